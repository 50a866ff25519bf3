"""Left-censoring: KPIs that need to know what was before the data begin."""

from datetime import date
from typing import Final

from crm_strategy.analysis.spans import DAY, Span

OF_THE_PAST: Final = (
    *("new_customers", "cac", "ltv_to_cac", "payback_months"),
    *("customer_retention_rate", "churn_rate", "ltv"),
    *("active_share", "loyalty_share"),
)
"""KPIs that rest on who is new, who was active before, or on everyone who ever ordered: only a
window before the period tells them."""

OF_THE_WINDOW: Final = ("active_customers",)
"""KPIs that count back a window from the period's end."""

SLACK_DAYS: Final = 7
"""The first order need not fall on the first day of the data, nor are all periods as long."""


def is_left_censored(kpi: str, span: Span, *, first_day: date | None, active_days: int) -> bool:
    """Whether a KPI of a period has no value, for the data do not reach back far enough.

    Before the data there were customers, too: whoever of them orders again looks new, and
    whoever does not is not missed. After a window within which customers come back, most of
    them are known.

    Parameters
    ----------
    kpi
        Its id.
    span
        The period.
    first_day
        First day of the data; None: they reach back to the beginning.
    active_days
        The window.

    References
    ----------
    Klein & Moeschberger (2003), Survival Analysis, ch. 3: left truncation and censoring.
    """
    if first_day is None or kpi not in (*OF_THE_PAST, *OF_THE_WINDOW):
        return False
    since = span.end + DAY if kpi in OF_THE_WINDOW else span.start
    return (since - first_day).days < active_days - SLACK_DAYS

"""KPIs: every figure of every period, each from the few scans that all share."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import ibis
import pandas as pd

from crm_strategy.analysis.data_reach import Reach, kpi_reach
from crm_strategy.analysis.kpi_table import kpi_table, kpi_verdict
from crm_strategy.analysis.kpi_values import kpi_values
from crm_strategy.analysis.left_censoring import is_left_censored
from crm_strategy.analysis.margin import goods_counts
from crm_strategy.analysis.period_counts import order_counts
from crm_strategy.analysis.spans import PeriodLike, Span, spans_of
from crm_strategy.analysis.spending import marketing_costs
from crm_strategy.analysis.survey_counts import survey_counts
from crm_strategy.analysis.touch_counts import touch_counts
from crm_strategy.words.kpis import KPIS

__all__ = ["KPI_IDS", "kpi_actuals", "kpi_history", "kpi_table", "kpi_verdict"]

_COMPUTED = frozenset(
    {
        *("revenue", "gross_margin", "order_count", "average_order_value", "purchase_frequency"),
        *("active_customers", "active_share", "new_customers", "repeat_rate"),
        *("customer_retention_rate", "churn_rate", "conversion_rate", "csat", "nps"),
        "loyalty_share",
        *("marketing_cost", "roi", "cac", "ltv", "ltv_to_cac", "payback_months"),
    }
)
KPI_IDS = tuple(kpi for kpi in KPIS if kpi in _COMPUTED)
"""The KPIs counted here, in the order reports print them."""

_FLOATS = ("value", "low", "high", "n", "customers", "smallest_count")
COLUMNS = ("kpi", "period", *_FLOATS, "unit", "start", "end")


def kpi_history(
    *,
    orders: ibis.Table,
    touches: ibis.Table | None = None,
    surveys: ibis.Table | None = None,
    costs: ibis.Table | None = None,
    loyal: pd.DataFrame | None = None,
    periods: Sequence[PeriodLike],
    active_days: int,
    conversion_days: int = 30,
    lookback_days: int = 30,
    margin_rate: float | None = None,
    discount_rate: float = 0.0,
    channel_terms: pd.DataFrame | None = None,
    first_day: date | None = None,
    reach: Mapping[str, Reach] | None = None,
) -> pd.DataFrame:
    """Every KPI of every period, with 95 % intervals of shares and means.

    Definitions stand in `words` (`kpis.<id>.definition`). Orders without a customer count in
    revenue, orders and their average only. KPIs that rest on what was before have no value in
    the first periods of a client's data (`left_censoring`), and those that rest on touches or
    costs none in periods that these do not cover in full (`data_reach`).

    Parameters
    ----------
    orders
        One row per order or refund: `order_id`, `customer_id`, `ordered_at` (timestamp),
        `amount` (money), `is_refund`, `cost_amount`? (money).
    touches, surveys, costs
        As in `touch_counts`, `survey_counts` and `channel_spending`. What rests on a table
        that is left out, or on none but empty ones, has no value.
    loyal
        Result of `loyalty.loyal_counts`, of any of the periods.
    periods
        The periods: `id`, `start`, `end` (inclusive days), in any order. They may overlap.
    active_days
        Days after an order in which a customer counts as active (`lifecycle.active_window`);
        at least the longest period.
    conversion_days
        Days after a touch in which an order is its conversion.
    lookback_days
        Days before an order in which a touch can earn its credit.
    margin_rate
        Gross margin as a fraction of revenue, for orders without a known cost.
    discount_rate
        What a year of waiting takes off the worth of money, a fraction.
    channel_terms
        What channels cost where the cost file is silent: `channel`, `per_touch`, `monthly`.
    first_day
        First day of the data; None: they reach back to the first customer, and all tables cover
        all periods.
    reach
        Result of `data_reach.kpi_reach`; None: of the touches and costs given. State it where
        these are of some customers only.

    Returns
    -------
    DataFrame
        One row per KPI and period, KPIs in the order of `KPI_IDS`, periods by time: `kpi`,
        `period` (id), `value`, `low`, `high`, `n` (orders, customers, answers it rests on),
        `customers` (who ordered in the period: few of them may not be shown),
        `smallest_count` (the fewest customers or answers that the value tells apart, as of 33
        answers 26 satisfied tell 7 others; NaN for none), `unit` (kind of `KPIS`), `start`,
        `end` (days). No value is NaN.
    """
    spans = spans_of(periods)
    found = [
        order_counts(orders, periods=spans, active_days=active_days),
        goods_counts(orders, periods=spans),
    ]
    if touches is not None:
        windows = {"conversion_days": conversion_days, "lookback_days": lookback_days}
        found.append(touch_counts(orders, touches, periods=spans, **windows))
    if surveys is not None:
        found.append(survey_counts(surveys, periods=spans))
    if costs is not None and touches is not None:
        spent = marketing_costs(costs, touches, spans, channel_terms=channel_terms)
        found.append(spent.groupby("period").sum(min_count=1).reindex([s.id for s in spans]))
    if loyal is not None:
        found.append(loyal.reindex([span.id for span in spans]))
    if reach is None and first_day is not None:
        reach = kpi_reach(touches, costs, lookback_days=lookback_days)
    return kpi_rows(
        pd.concat(found, axis="columns"),
        spans,
        margin_rate=margin_rate,
        discount_rate=discount_rate,
        first_day=first_day,
        reach=reach,
        active_days=active_days,
    )


def kpi_rows(
    counts: pd.DataFrame,
    spans: Sequence[Span],
    *,
    margin_rate: float | None = None,
    discount_rate: float = 0.0,
    first_day: date | None = None,
    reach: Mapping[str, Reach] | None = None,
    active_days: int = 0,
) -> pd.DataFrame:
    """Every KPI of every period from counts.

    Parameters
    ----------
    counts
        Indexed by period id: what `kpi_values` takes, and `traders`? where those who only
        returned something count as `customers`, too.
    spans
        The periods, by time.
    margin_rate, discount_rate, first_day, reach, active_days
        As in `kpi_history`.

    Returns
    -------
    DataFrame
        As of `kpi_history`.
    """
    window = max([active_days, *(span.days for span in spans)])
    figures = {
        span.id: kpi_values(
            defaultdict(lambda: math.nan, counts.loc[span.id]),
            margin_rate=margin_rate,
            discount_rate=discount_rate,
            days=span.days,
        )
        for span in spans
    }
    customers = counts["traders"] if "traders" in counts else counts["buyers"]
    rows = [
        {
            "kpi": kpi,
            "period": span.id,
            "value": figures[span.id][kpi].value,
            "low": figures[span.id][kpi].interval[0],
            "high": figures[span.id][kpi].interval[1],
            "n": figures[span.id][kpi].n,
            "customers": customers[span.id],
            "smallest_count": figures[span.id][kpi].smallest_count,
            "unit": KPIS[kpi].kind,
            "start": span.start,
            "end": span.end,
        }
        for kpi in KPI_IDS
        for span in spans
    ]
    _tell_growth(rows)
    for row in rows:
        span = Span(row["period"], row["start"], row["end"])
        known = (reach or {}).get(row["kpi"])
        if is_left_censored(row["kpi"], span, first_day=first_day, active_days=window) or (
            known is not None and not known.covers(span)
        ):
            row |= dict.fromkeys(("value", "low", "high", "n"))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(_FLOATS, "float64"))


def _tell_growth(rows: list[dict[str, Any]]) -> None:
    """Let earlier shares of active customers tell the new of every period.

    Active customers over their share are all customers so far, whose growth are the new.
    """
    last = max((row["end"] for row in rows), default=None)
    new = [row["smallest_count"] for row in rows if row["kpi"] == "new_customers"]
    for row in rows:
        if row["kpi"] == "active_share" and row["end"] != last:
            row["smallest_count"] = min(
                (n for n in (row["smallest_count"], *new) if n is not None), default=None
            )


def kpi_actuals(
    history: pd.DataFrame, *, period: PeriodLike, segment: str = "all", column: str = "value"
) -> dict[tuple[str, str], float | None]:
    """The values of one period as goals ask for them: by KPI and segment.

    Parameters
    ----------
    history
        Result of `kpi_history`, of all customers or of one segment's.
    period
        The period.
    segment
        Whose history it is.
    column
        `value`, or `smallest_count` for what the value would tell.
    """
    rows = history[history["period"] == period.id]
    return {
        (kpi, segment): None if pd.isna(value) else float(value)
        for kpi, value in zip(rows["kpi"], rows[column], strict=True)
    }

"""Hold-out plans that would tell a few customers, or all but a few."""

from typing import Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.channel_privacy import told_plan
from crm_strategy.views.payload import is_hidden
from crm_strategy.views.privacy import small
from crm_strategy.views.telling_rates import hide_telling_rates, without_rates

PLANNED: Final = (
    *("holdout_share", "weeks", "holdout_count", "contacted_count"),
    *("rate", "break_even_drop"),
)
"""The rates, and the sizes and weeks made of them, tell how many ordered, and how many of these
after a touch."""

_OBSERVED: Final = "observed_rate"


def shown_plan(plan: Data, single: Data = ()) -> pd.DataFrame:
    """Hold-out plans as the table and its sentence tell them.

    Of 10 customers of whom 90 % ordered, one did not: such a plan is hidden, as is one beside
    whose customers who ordered soon after a touch a few others ordered.

    Parameters
    ----------
    plan, single
        As in `channel_mix_tables.holdout_plan_table`.
    """
    rows = told_plan(plan, single) if len(frame_of(single)) else frame_of(plan)
    gone = (*PLANNED, "converted_count")
    if "ordering_count" in rows:
        ordering, soon = (
            rows[name].astype("float64") for name in ("ordering_count", "converted_count")
        )
        places = [place for place, n in enumerate(ordering - soon) if small(n)]
        rows = without_rates(_told_of(rows, ordering, gone), places, gone)
        rows = rows.drop(columns="ordering_count")
    if {"converted_count", "customer_count"} <= set(rows):
        soon = pd.to_numeric(rows["converted_count"], errors="coerce")
        rows = _told_of(rows, soon, gone)
    return rows


def _told_of(rows: pd.DataFrame, n: pd.Series, hides: tuple[str, ...]) -> pd.DataFrame:
    """The rows without the plans of which so many customers, or all but those, are few."""
    observed = rows.assign(**{_OBSERVED: n / rows["customer_count"].astype("float64")})
    told = hide_telling_rates(observed, _OBSERVED, of="customer_count", hides=hides)
    return told.drop(columns=_OBSERVED)


def told(rows: pd.DataFrame) -> pd.DataFrame:
    """The plans of `shown_plan` that a sentence may tell."""
    return rows[~rows["rate"].map(is_hidden).astype(bool)] if "rate" in rows else rows

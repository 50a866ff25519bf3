"""Goals whose date has passed: reached or missed by the period that holds the date."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from crm_strategy.analysis.spans import PeriodLike
from crm_strategy.words.kpis import KPIS

EVERYONE: Final = "all"
"""The segment of goals of all customers."""


def judged_on_date(
    goals: Sequence[Mapping[str, Any]],
    history: pd.DataFrame,
    *,
    period: PeriodLike,
    of_segments: Mapping[str, tuple[float, float]] | None = None,
) -> list[dict[str, Any]]:
    """Goals as they stand, and those whose date has passed as they stood in its period.

    From its date on a goal is no longer on its way: what its KPI does later neither reaches nor
    misses it. The value of the period that holds the date decides, once that period is over.

    Parameters
    ----------
    goals
        Goals with their status at the end of the period: `kpi`, `segment`, `baseline`, `target`,
        `by`, `actual`, `status`, `smallest_count`.
    history
        Result of `kpi_history` of all customers, for periods of one rhythm.
    period
        The period that the actual values are of.
    of_segments
        Result of `goal_actuals.segments_on_dates`; without it what a segment's goal came to in
        an earlier period is not known.

    Returns
    -------
    list of dict
        The goals, with `over` (whether the date has passed; never of goals that have not begun).
        Of those that are over `actual`, `progress` and `smallest_count` are of the date's
        period, `expected` is the target, and `status` is `reached`, `missed`, or `no_data` where
        that value is not known.
    """
    return [_judged(goal, history, period, of_segments or {}) for goal in goals]


def value_on_date(history: pd.DataFrame, kpi: str, by: date) -> tuple[float, float]:
    """A KPI in the period that holds a day, and the fewest customers that it tells.

    Parameters
    ----------
    history
        As in `judged_on_date`.
    kpi, by
        The KPI's id and the day.

    Returns
    -------
    tuple of float
        NaN for what is not known.
    """
    day = pd.Timestamp(by)
    held = (pd.to_datetime(history["start"]) <= day) & (pd.to_datetime(history["end"]) >= day)
    rows = history[held & (history["kpi"] == kpi) & history["value"].notna()]
    if rows.empty:
        return math.nan, math.nan
    counts = rows.reindex(columns=["smallest_count", "customers"]).astype("float64")
    return float(rows["value"].iloc[0]), float(counts.iloc[0].min())


def is_reached(value: float, *, target: float, kpi: str) -> bool:
    """Whether a value meets a target of a KPI, of which less may be better."""
    return value <= target if KPIS[kpi].lower_is_better else value >= target


def _judged(
    goal: Mapping[str, Any],
    history: pd.DataFrame,
    period: PeriodLike,
    of_segments: Mapping[str, tuple[float, float]],
) -> dict[str, Any]:
    by = pd.Timestamp(goal["by"]).date()
    if goal["status"] == "not_begun" or by > period.end:
        return {**goal, "over": False}
    if by < period.start and goal["segment"] != EVERYONE:
        value, smallest = of_segments.get(goal["goal_id"], (math.nan, math.nan))
    elif by < period.start:
        value, smallest = value_on_date(history, goal["kpi"], by)
    else:
        pair = (goal["actual"], goal.get("smallest_count"))
        value, smallest = (math.nan if x is None or pd.isna(x) else float(x) for x in pair)
    known, baseline, target = not math.isnan(value), goal["baseline"], goal["target"]
    started = baseline is not None and not pd.isna(baseline) and target != baseline
    reached = known and is_reached(value, target=target, kpi=goal["kpi"])
    return {
        **goal,
        "over": True,
        "actual": value if known else None,
        "smallest_count": None if math.isnan(smallest) else smallest,
        "progress": (value - baseline) / (target - baseline) if known and started else None,
        "expected_progress": 1.0,
        "expected": target,
        "status": ("reached" if reached else "missed") if known else "no_data",
    }

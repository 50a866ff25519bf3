"""Baselines of goals by today's definitions, where these have changed since they were taken."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import ibis
import pandas as pd

from crm_strategy.analysis.goal_dates import EVERYONE
from crm_strategy.analysis.restatements import kpi_restatements, window_changes
from crm_strategy.analysis.spans import PeriodLike

WRITTEN: Final = 0.01
"""A baseline is a figure as it was reported where it differs by so much of it at most: people
round."""


def restated_baselines(
    goals: Sequence[Mapping[str, Any]],
    history: pd.DataFrame,
    *,
    periods: Sequence[PeriodLike],
    orders: ibis.Table,
    active_days: int,
    chosen: int | None = None,
    stated: Sequence[Mapping[str, Any]] = (),
    min_count: int = 1,
    **inputs: Any,
) -> dict[str, float]:
    """What the baselines of goals are by today's definitions, from today's data.

    A baseline is restated where its KPI was counted otherwise in the report of the period that
    holds its day (`restatements`), and where it is the figure of that report: nearer to that than
    to the restated one, and at most a hundredth off. Others were taken elsewhere, or are of
    today's definition already. A target stays what it is.

    Parameters
    ----------
    goals
        `goal_id`, `kpi`, `segment`, `baseline`, `baseline_at` (day). Goals of one segment are not
        restated.
    history
        Result of `kpi_history` by today's definition.
    periods, orders, active_days, inputs
        As they were given to `kpi_history` for `history`.
    chosen, stated
        As in `restatements.window_changes`.
    min_count
        Customers that a group needs to be told; a restatement that tells fewer is not made.

    Returns
    -------
    dict
        The restated baselines by goal, in the KPI's unit.
    """
    asked = {
        str(goal["goal_id"]): period
        for goal in goals
        if goal["segment"] == EVERYONE and not _missing(goal["baseline"])
        for period in [_holding(periods, pd.Timestamp(goal["baseline_at"]).date())]
        if period is not None
    }
    compared = list({period.id: period for period in asked.values()}.values())
    if not compared:
        return {}
    known: dict[str, Any] = {"periods": periods, "active_days": active_days}
    moved = window_changes(
        orders, **known, compared=compared, chosen=chosen, stated=stated, min_count=min_count
    )
    changes = [*stated, *moved]
    found = kpi_restatements(
        history, changes=changes, compared=compared, orders=orders, **known, **inputs
    )
    rows = found[~(found["smallest_count"] < min_count)].set_index(["kpi", "period"])
    return {
        goal_id: float(row["restated"])
        for goal in goals
        if (goal_id := str(goal["goal_id"])) in asked
        and (key := (goal["kpi"], asked[goal_id].id)) in rows.index
        and _is_reported(float(goal["baseline"]), row := rows.loc[key])
    }


def _holding(periods: Sequence[PeriodLike], day: date) -> PeriodLike | None:
    return next((each for each in periods if each.start <= day <= each.end), None)


def _is_reported(baseline: float, row: "pd.Series[Any]") -> bool:
    """Whether a baseline is the figure as it was reported, rounded or not."""
    if row[["as_reported", "restated"]].isna().any():
        return False
    off = abs(baseline - row["as_reported"])
    near = off <= WRITTEN * abs(row["as_reported"])
    return bool(near and off < abs(baseline - row["restated"]))


def _missing(value: object) -> bool:
    return value is None or bool(pd.isna(value))

"""Natural limits to draw: on the level, or on the change against a year ago."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import pandas as pd

from crm_strategy.analysis.signals import (
    Limits,
    natural_limits,
    signal,
    year_before,
    yearly_changes,
)
from crm_strategy.errors import ParamsError
from crm_strategy.plan.period import parse_period
from crm_strategy.words.kpis import KPIS

Values = Sequence[float | None]
LIMITS: Final = ("lower_limit", "upper_limit", "verdict")


def limits_of(history: "pd.DataFrame") -> "pd.DataFrame":
    """The history with `lower_limit`, `upper_limit` and the `verdict` on the last period.

    Limits come from the periods before the last. Seasonal KPIs are judged on their change
    against a year ago; their limits are last year's value × (1 + limits of the change).

    Parameters
    ----------
    history
        `kpi`, `period` (id), `value` and, if known, `start` (day), oldest first a KPI.
    """
    parts = [_with_limits(str(kpi), rows) for kpi, rows in history.groupby("kpi", sort=False)]
    return pd.concat(parts) if parts else history.assign(**dict.fromkeys(LIMITS))


def _with_limits(kpi: str, rows: "pd.DataFrame") -> "pd.DataFrame":
    values: Values = [None if pd.isna(value) else float(value) for value in rows["value"]]
    starts = [*rows["start"]] if "start" in rows else [_start(str(p)) for p in rows["period"]]
    if kpi in KPIS and KPIS[kpi].seasonal and all(starts):
        lower, upper, verdict = _seasonal([start for start in starts if start], values)
    else:
        limits = natural_limits(values[:-1])
        lower, upper = _level(limits, len(values))
        verdict = signal(values[:-1], values[-1])
    return rows.assign(lower_limit=lower, upper_limit=upper, verdict=verdict)


def _level(limits: Limits | None, count: int) -> tuple[list[float | None], list[float | None]]:
    low, high = (limits.low, limits.high) if limits else (None, None)
    return [low] * count, [high] * count


def _seasonal(
    starts: Sequence[date], values: Values
) -> tuple[list[float | None], list[float | None], str]:
    changes = yearly_changes(starts, values)
    limits = natural_limits(changes[:-1])
    years = year_before(starts, values)
    lower, upper = (
        [None if year is None or limits is None else year * (1 + end) for year in years]
        for end in ((limits.low, limits.high) if limits else (0.0, 0.0))
    )
    return lower, upper, signal(changes[:-1], changes[-1])


def _start(period: str) -> date | None:
    try:
        return parse_period(period).start
    except ParamsError:
        return None

"""Goal paths: where a goal should stand by now in its KPI's season, and what chance explains."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd
from statsmodels.tsa.seasonal import seasonal_decompose

from crm_strategy.analysis.forecast import Forecast
from crm_strategy.analysis.goal_dates import EVERYONE
from crm_strategy.analysis.kpi_table import judged_values
from crm_strategy.analysis.period_levels import at_level_since
from crm_strategy.analysis.signals import natural_limits, year_before
from crm_strategy.analysis.spans import PeriodLike, periods_until
from crm_strategy.words.kpis import KPIS

STANDINGS: Final = ("ahead", "noise", "behind", "unjudged")
"""How an actual value stands to its path; `plan.standing.<id>` names them."""

_YEAR: Final = 365.25


def with_paths(
    goals: Sequence[Mapping[str, Any]],
    history: pd.DataFrame,
    *,
    period: PeriodLike,
    forecasts: Sequence[Forecast] = (),
) -> list[dict[str, Any]]:
    """Goals beside the path of their season, and whether what they lack is more than chance.

    The status of a goal compares with an even path. A KPI that follows the season, with two
    full years known before the period, has a path of its season, too:

    expected = [b / s(b) + (t / s(t) − b / s(b)) × time passed] × s(now)

    with b the baseline, t the target and s the seasonal index (classical decomposition: the mean
    ratio to the centered moving average of a year) of the last periods up to the baseline's day,
    the goal's date and now. Without a season s is 1, and the path is the even one.

    `standing` compares the actual with the path of the season, else with the even one: `ahead` is
    at or beyond it. Short of it, it is `noise` while the gap is within the KPI's natural range
    (half the width of its XmR limits; of KPIs that follow the season that of their changes on
    the year, times the value a year ago), or, with fewer than 8 earlier values, while the 95 %
    interval of the actual holds the path; `behind` beyond that; `unjudged` where neither is
    known, as for the goals of one segment. Revenue and orders whose level broke for good are
    taken at the level since, seasons and chance alike. A goal that is over has left its path: it
    has neither.

    Parameters
    ----------
    goals
        Goals with their status at the end of the period: `kpi`, `segment`, `baseline`,
        `baseline_at`, `target`, `by`, `actual`, `expected`, `expected_progress`, `over`?
        (`goal_dates.judged_on_date`).
    history
        Result of `kpi_history` of all customers, for periods of one rhythm.
    period
        The period that the actual values are of.
    forecasts
        Result of `forecast.sales_forecasts` up to the end of the period.

    Returns
    -------
    list of dict
        The goals, with `season_expected` (in the KPI's unit; None where no season is known) and
        `standing` (one of `STANDINGS`; None without an actual or an expected value).

    References
    ----------
    Hyndman & Athanasopoulos (2021), Forecasting, 3.4: classical decomposition.
    Wheeler (2000), Understanding Variation, for the natural range.
    """
    told = {each.measure: each for each in forecasts}
    return [{**goal, **_path(goal, history, period, told.get(goal["kpi"]))} for goal in goals]


def _path(
    goal: Mapping[str, Any], history: pd.DataFrame, period: PeriodLike, forecast: Forecast | None
) -> dict[str, float | str | None]:
    if goal.get("over"):
        return {"season_expected": None, "standing": None}
    rows = history[(history["kpi"] == goal["kpi"]) & (history["start"] <= period.start)]
    rows = rows.sort_values("start", ignore_index=True)
    level = None if forecast is None else at_level_since(rows, forecast)
    rows = rows if level is None else level
    known = goal["segment"] == EVERYONE and period.id in set(rows["period"])
    season = _season_expected(goal, rows) if known and KPIS[goal["kpi"]].seasonal else None
    actual, expected = goal["actual"], goal["expected"] if season is None else season
    if _missing(actual) or _missing(expected):
        return {"season_expected": season, "standing": None}
    way = -1.0 if KPIS[goal["kpi"]].lower_is_better else 1.0
    short = way * (expected - actual)
    # A billionth of slack, as for the status.
    if short <= 1e-9 * abs(expected):
        return {"season_expected": season, "standing": "ahead"}
    reach = _reach(rows, period, way, seasonal=KPIS[goal["kpi"]].seasonal) if known else None
    standing = "unjudged" if reach is None else "behind" if short > reach else "noise"
    return {"season_expected": season, "standing": standing}


def _season_expected(goal: Mapping[str, Any], rows: pd.DataFrame) -> float | None:
    """The value on the path of the season; None where no season can be claimed."""
    baseline, target, now = goal["baseline"], goal["target"], len(rows) - 1
    length = ((rows["end"].iloc[-1] - rows["start"].iloc[0]).days + 1) / len(rows)
    per_year = round(_YEAR / length)
    earlier = rows["value"].iloc[:-1]
    gaps = earlier.index[earlier.isna()]
    first = int(gaps[-1]) + 1 if len(gaps) else 0
    run = earlier.iloc[first:]
    if _missing(baseline) or per_year < 2 or len(run) < 2 * per_year or not (run > 0).all():
        return None
    split = seasonal_decompose(run.to_numpy("float64"), model="multiplicative", period=per_year)

    def index(day: date) -> float:
        at = now + periods_until(rows["end"].iloc[-1], day, length=length)
        return float(split.seasonal[(at - first) % per_year])

    start, end = (pd.Timestamp(goal[each]).date() for each in ("baseline_at", "by"))
    level = baseline / index(start)
    level += (target / index(end) - level) * goal["expected_progress"]
    return float(level * index(rows["end"].iloc[-1]))


def _reach(rows: pd.DataFrame, period: PeriodLike, way: float, *, seasonal: bool) -> float | None:
    """How far short of its path the KPI may fall by chance, in its unit."""
    earlier, change = judged_values(rows, period=period, seasonal=seasonal)
    limits, row = natural_limits(earlier), rows.iloc[-1]
    if limits is not None and change is not None and math.isfinite(change):
        # A change on the year of c is worth c times the value a year ago.
        starts, values = rows["start"].tolist(), rows["value"].tolist()
        unit = year_before(starts, values)[-1] if seasonal else 1.0
        return None if unit is None else (limits.high - limits.center) * float(unit)
    end = row["high"] if way > 0 else row["low"]
    return None if pd.isna(end) else way * float(end - row["value"])


def _missing(value: object) -> bool:
    return value is None or bool(pd.isna(value))

"""Goal outlook: how likely each goal is to be reached by its date, as its KPI has moved so far."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.stats import t as student

from crm_strategy.analysis.forecast import Forecast
from crm_strategy.analysis.goal_dates import EVERYONE, is_reached, value_on_date
from crm_strategy.analysis.monthly_sales import month_end, months_on
from crm_strategy.analysis.period_levels import at_level_since
from crm_strategy.analysis.signals import ENOUGH, year_before
from crm_strategy.analysis.spans import periods_until
from crm_strategy.words.kpis import KPIS

COLUMNS: Final = (
    *("goal_id", "confidence", "expected_at_end", "low", "high", "n", "basis"),
    "smallest_count",
)

OVER: Final = ("over_reached", "over_missed", "over_unknown")
"""Bases of goals whose date is over: there is no chance any more, only what came."""

LEVEL: Final = 0.9
"""Of the interval of what a KPI is expected to be."""

FORETOLD: Final = ("revenue", "order_count")
"""KPIs of which a period is the sum of its months."""

RANGES: Final = {
    "share": (0.0, 1.0),
    "score": (-100.0, 100.0),
    **dict.fromkeys(("count", "months"), (0.0, math.inf)),
}
"""What values of a kind can be: neither they nor their intervals go beyond."""

_YEAR: Final = 365.25
_MONTH: Final = _YEAR / 12


def goal_outlook(
    history: pd.DataFrame,
    goals: Sequence[Mapping[str, Any]] | pd.DataFrame,
    forecasts: Sequence[Forecast] = (),
) -> pd.DataFrame:
    """Chance that each goal of all customers is reached by its date.

    `forecast`, for revenue and orders: the last period up to the date is the sum of its months
    as `forecasts` foretell them, with the 90 % interval of that sum; the chance takes the
    misses behind it for normal (of logarithms, where the forecast takes them so). Where it does
    not reach so far, and for other KPIs:

    `drift`: the KPI goes on as it has: after k more periods it is v + k·m, with m the mean and
    s the standard deviation of its n changes from period to period, and a standard error of
    s·√(k + k²/n), by Student's t with n − 1 degrees of freedom. `year_on_year`, for KPIs that
    follow the season: the value of the same period a year before, times e to the mean of the
    logarithms of the n changes on the year, ± their standard deviation × √(1 + 1/n).
    `year_on_year_level`, for revenue and orders whose level broke for good: the same, of periods
    brought to the level since, so that neither the season before the break nor the change
    across it is taken for what is to come (`level_break`). At least 8
    changes, else no value. It knows nothing of what is planned: that is the point of it.

    `over_reached`, `over_missed`: the last period known has ended on the goal's date or after
    it, so the KPI of the period that holds the date decides; `over_unknown` without its value.

    Parameters
    ----------
    history
        Result of `kpi_history` of periods of one rhythm: `kpi`, `start`, `end`, `value`.
    goals
        `goal_id`, `kpi`, `segment`, `target`, `by` (day), `status`? (`not_begun` has no chance);
        result of `goal_dates.judged_on_date`, its word on goals that are over holds.
    forecasts
        Result of `forecast.sales_forecasts`, up to the end of the last period.

    Returns
    -------
    DataFrame
        One row per goal, in their order: `goal_id`, `confidence` (0 to 1), `expected_at_end`,
        `low`, `high` (90 %, in the KPI's unit), `n` (changes, or forecasts tested), `basis`
        (`forecast`, `drift`, `year_on_year`, `year_on_year_level`, one of `OVER`, or None where
        nothing can be said; a segment's goals, for one), `smallest_count` (the fewest customers
        that the value of a goal that is over tells; NaN for others).
    """
    rows = goals.to_dict("records") if isinstance(goals, pd.DataFrame) else goals
    told = {each.measure: each for each in forecasts if each.measure in FORETOLD}
    found = [
        _over(history, goal) or (*_outlook(history, goal, told.get(goal["kpi"])), math.nan)
        for goal in rows
    ]
    return pd.DataFrame(found, columns=list(COLUMNS))


def revenue_chance(
    history: pd.DataFrame,
    forecasts: Sequence[Forecast],
    *,
    target: float | None,
    by: date | None,
) -> float:
    """Chance that revenue reaches a target by a date, as `goal_outlook` has it for goals.

    Parameters
    ----------
    history, forecasts
        As in `goal_outlook`.
    target, by
        As in `driver_tree.driver_tree`.

    Returns
    -------
    float
        0 to 1; NaN where there is no target or nothing can be said.
    """
    if target is None or by is None:
        return math.nan
    aim = {"goal_id": "revenue", "kpi": "revenue", "segment": EVERYONE}
    found = goal_outlook(history, [aim | {"target": target, "by": by}], forecasts)
    return float(found["confidence"].iloc[0])


def season_before(
    history: pd.DataFrame, goals: Sequence[Mapping[str, Any]] | pd.DataFrame
) -> dict[str, tuple[float, float]]:
    """What the KPI of a goal was in the season of its date a year before, or the last one known.

    Parameters
    ----------
    history, goals
        As in `goal_outlook`.

    Returns
    -------
    dict
        By goal: the value, and the fewest customers that it tells (NaN for none). Only goals of
        all customers on a KPI that follows the season, whose date lies ahead.
    """
    rows = goals.to_dict("records") if isinstance(goals, pd.DataFrame) else goals
    found = {}
    for goal in rows:
        known = history[history["kpi"] == goal["kpi"]].sort_values("start")
        known = known[known["value"].notna()]
        seasonal = KPIS[goal["kpi"]].seasonal
        if not seasonal or goal["segment"] != EVERYONE or len(known) < 2:
            continue
        twin, years = _twin(known, pd.Timestamp(goal["by"]).date())
        if years > 0 and twin >= 0:
            row = known.iloc[twin]
            fewest = float(row[["smallest_count", "customers"]].astype("float64").min())
            found[str(goal["goal_id"])] = (float(row["value"]), fewest)
    return found


def _over(history: pd.DataFrame, goal: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Whether a goal was reached on its date; None where that lies ahead."""
    if "over" in goal:
        if not goal["over"]:
            return None
        pair = (goal["actual"], goal.get("smallest_count"))
        value, smallest = (math.nan if x is None or pd.isna(x) else float(x) for x in pair)
    else:
        by, ends = pd.Timestamp(goal["by"]), pd.to_datetime(history["end"])
        begun = goal.get("status") != "not_begun" and goal["segment"] == EVERYONE
        if not begun or history.empty or by > ends.max():
            return None
        value, smallest = value_on_date(history, goal["kpi"], by)
    if math.isnan(value):
        return (goal["goal_id"], *(math.nan,) * 4, 0, "over_unknown", math.nan)
    reached = is_reached(value, target=float(goal["target"]), kpi=goal["kpi"])
    basis = "over_reached" if reached else "over_missed"
    return (goal["goal_id"], math.nan, value, math.nan, math.nan, 0, basis, smallest)


def _outlook(
    history: pd.DataFrame, goal: Mapping[str, Any], forecast: Forecast | None
) -> tuple[Any, ...]:
    nothing = (goal["goal_id"], *(math.nan,) * 4, 0, None)
    rows = history[history["kpi"] == goal["kpi"]].sort_values("start")
    rows = rows[rows["value"].notna()]
    if goal["segment"] != EVERYONE or len(rows) < 2 or goal.get("status") == "not_begun":
        return nothing
    by = pd.Timestamp(goal["by"]).date()
    if forecast is not None and (foretold := _foretold(rows, by, forecast)) is not None:
        return (
            goal["goal_id"],
            _forecast_chance(float(goal["target"]), foretold, forecast),
            *foretold,
        )
    seasonal = KPIS[goal["kpi"]].seasonal
    level = at_level_since(rows, forecast) if seasonal and forecast is not None else None
    rows = rows if level is None else level
    basis, center, spread, n = _yearly(rows, by) if seasonal else _drift(rows, by)
    basis = basis if level is None else "year_on_year_level"
    if n < ENOUGH:
        return (goal["goal_id"], *(math.nan,) * 4, n, None)
    above = _chance_above(float(goal["target"]), center, spread, n, log=seasonal)
    chance = 1 - above if KPIS[goal["kpi"]].lower_is_better else above
    reach = float(student.ppf((1 + LEVEL) / 2, n - 1)) * spread
    ends = [center - reach, center + reach]
    told = (math.exp(x) if seasonal else x for x in (center, *ends))
    least, most = RANGES.get(KPIS[goal["kpi"]].kind, (-math.inf, math.inf))
    middle, low, high = (min(max(x, least), most) for x in told)
    return goal["goal_id"], chance, middle, low, high, n, basis


def _foretold(
    rows: pd.DataFrame, by: date, forecast: Forecast
) -> tuple[float, float, float, int, str] | None:
    """What the last period up to `by` comes to by the forecast, and its 90 % interval."""
    start, end = (pd.Timestamp(rows[each].iloc[-1]).date() for each in ("start", "end"))
    months = round((end - start).days / _MONTH)
    steps = periods_until(end, by, length=months * _MONTH) if months else 0
    if steps < 1 or start.day != 1 or end != month_end(end):
        return None
    first = months_on(end.replace(day=1), 1 + (steps - 1) * months)
    asked = [months_on(first, step) for step in range(months)]
    ahead = forecast.ahead["month"].tolist()
    if not set(asked) <= set(ahead):
        return None
    summed = forecast.total(first=ahead.index(first), months=months)
    expected, low, high = (summed[each] for each in ("expected", "low", "high"))
    return expected, low, high, len(forecast.chosen.rows), "forecast"


def _forecast_chance(
    target: float, foretold: tuple[float, float, float, int, str], forecast: Forecast
) -> float:
    expected, low, high, n, _basis = foretold
    log = forecast.judged.is_log and low > 0
    center, *ends = (math.log(x) if log else x for x in (expected, low, high))
    spread = (ends[1] - ends[0]) / 2 / float(student.ppf((1 + LEVEL) / 2, n - 1))
    return _chance_above(target, center, spread, n, log=log)


def _drift(rows: pd.DataFrame, by: date) -> tuple[str, float, float, int]:
    """Where the KPI stands at the end if it goes on as it has, and the error of that."""
    changes = np.diff(rows["value"].to_numpy("float64"))
    starts = rows["start"].tolist()
    length = (starts[-1] - starts[0]).days / (len(starts) - 1)
    steps = max((by - rows["end"].iloc[-1]).days / length, 0.0)
    n = len(changes)
    mean, deviation = float(changes.mean()), float(changes.std(ddof=1)) if n > 1 else math.nan
    center = float(rows["value"].iloc[-1]) + steps * mean
    return "drift", center, deviation * math.sqrt(steps + steps**2 / n), n


def _yearly(rows: pd.DataFrame, by: date) -> tuple[str, float, float, int]:
    """The logarithm of what the last period up to `by` comes to, and the error of that."""
    values, starts = rows["value"].tolist(), rows["start"].tolist()
    before = year_before(starts, values)
    changes = [
        math.log(now / then)
        for now, then in zip(values, before, strict=True)
        if then is not None and then > 0 and now > 0
    ]
    twin, years = _twin(rows, by)
    if len(changes) < 2 or twin < 0 or not values[twin] > 0:
        return "year_on_year", math.nan, math.nan, 0
    n = len(changes)
    mean, deviation = float(np.mean(changes)), float(np.std(changes, ddof=1))
    center = math.log(values[twin]) + years * mean
    spread = deviation * math.sqrt(years + years**2 / n)
    return "year_on_year", center, spread, n


def _twin(rows: pd.DataFrame, by: date) -> tuple[int, int]:
    """Where the last known period of the season of a day stands, and how many years before it.

    The season is that of the period that ends last, but not after the day; in 0 years it is the
    last period itself, below 0 it is not known.
    """
    starts = rows["start"].tolist()
    length = (starts[-1] - starts[0]).days / (len(starts) - 1)
    steps = max(periods_until(rows["end"].iloc[-1], by, length=length), 0)
    per_year = round(_YEAR / length)
    years = math.ceil(steps / per_year) if steps else 0
    return len(rows) - 1 + steps - years * per_year, years


def _chance_above(target: float, center: float, spread: float, n: int, *, log: bool) -> float:
    if log and target <= 0:
        return 1.0
    aim = math.log(target) if log else target
    if spread == 0:
        return float(center >= aim)
    return float(student.sf((aim - center) / spread, n - 1))

"""Forecast of revenue, orders and active customers, month by month, with its backtest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from crm_strategy.analysis.backtest import TOLD, Backtest, backtests, chosen_backtest
from crm_strategy.analysis.forecast_models import (
    MOST,
    QUARTER,
    SEASON_FROM,
    YEAR,
    point_forecasts,
)
from crm_strategy.analysis.forecast_ranges import RANGES, month_ranges, sum_range
from crm_strategy.analysis.level_break import (
    LevelBreak,
    at_one_level,
    empty_months,
    level_break,
    out_of_line,
)
from crm_strategy.analysis.monthly_sales import MEASURES, month_end, months_on

HORIZONS = {"month": 1, "half_year": 6, "year": YEAR}
"""Months that each horizon sums."""

MEANS = ("active_customers",)
"""Measures of which a horizon has the mean: a customer may be active in many months."""

SEASON_CLAIMED = SEASON_FROM + QUARTER
"""Months known from which a forecast follows a season: two full years, and three to test it on."""

_MONTH_COLUMNS = ("month", "low", "expected", "high", "low_50", "high_50", "measure")


@dataclass(frozen=True)
class Forecast:
    """One measure foretold.

    `months` and `values`: what is known, oldest first. `tested`: the backtest of each model;
    `chosen`: the one in force. `judged`: the backtest that chose it and sets the ranges, on
    months at one level (`level_break.at_one_level`); where all are, that is `chosen`.
    `ahead`: `month`, `low` and `high` (90 %), `low_50` and `high_50`, `expected`, one row a month
    ahead. `month_customers`: active customers of each month known, NaN when not known.
    """

    measure: str
    months: list[date]
    values: list[float]
    tested: list[Backtest]
    chosen: Backtest
    judged: Backtest
    ahead: pd.DataFrame
    month_customers: list[float]

    @property
    def is_seasonal(self) -> bool:
        """Whether the forecast may follow a season: see `SEASON_CLAIMED`."""
        return len(self.values) >= SEASON_CLAIMED

    @property
    def recent_break(self) -> LevelBreak | None:
        """The series' lasting break of level, if the forecast goes by months before it."""
        return _recent_break(self.values)

    @property
    def empty_months(self) -> int:
        """Months at the end that brought nothing and set the level: `level_break.empty_months`."""
        return empty_months(self.values)

    @property
    def filled(self) -> list[date]:
        """Months out of line of the last two years, which the forecast takes as others are."""
        if not self.is_seasonal or self.empty_months:
            return []
        even = at_one_level(np.array(self.values))
        odd = out_of_line(self.values) & (even > self.values)
        return [month for month, each in zip(self.months, odd, strict=True) if each][-SEASON_FROM:]

    def total(self, *, first: int = 0, months: int | None = None) -> dict[str, float]:
        """What some months ahead sum to, with its own ranges: `forecast_ranges.sum_range`."""
        expected = self.ahead["expected"].to_numpy("float64")
        most = MOST * max(self.values)
        return sum_range(expected, self.judged, most=most, first=first, months=months)

    @property
    def customers(self) -> float:
        """The fewest customers a figure may tell of: those of the leanest of the last 24 months.

        A forecast may repeat any of these. Months without customers tell of none; NaN when not
        known.
        """
        counts = [count for count in self.month_customers[-SEASON_FROM:] if count > 0]
        return min(counts, default=float("nan"))

    @property
    def recent_change(self) -> float:
        """The last three months / the same a year before − 1; NaN where not both are known.

        Of the series at one level: a step is no growth that may go on.
        """
        if len(self.values) < YEAR + QUARTER:
            return float("nan")
        known = np.array(self.values)
        even = (at_one_level(known) if self.is_seasonal else known).tolist()
        recent, before = even[-QUARTER:], even[-YEAR - QUARTER : -YEAR]
        return ratio(sum(recent), sum(before)) - 1


def sales_forecasts(sales: pd.DataFrame, *, steps: int = YEAR) -> list[Forecast]:
    """Foretell each measure by the model that its rolling origin found best.

    Where the level broke for good (`level_break`), months before are first brought to the level
    since, and the model is chosen on these: origins before a break cannot tell which model does
    well after it, nor by how much it misses then. `tested` holds what came all the same.
    Where the last months brought nothing (`level_break.empty_months`), that is the level since:
    nothing is expected, with the ranges of the model chosen on the series as it is.
    Months ahead that no origin tests are not foretold. Intervals come from the misses of the
    rolling origin (`backtest.half_widths`), not from a model's own assumptions.

    Parameters
    ----------
    sales
        Result of `monthly_sales`.
    steps
        Months ahead, at most.

    Returns
    -------
    list
        One forecast a measure; none of a series too short to test.
    """
    found = [_forecast(sales, measure, steps) for measure in MEASURES]
    return [each for each in found if each is not None]


def monthly_forecast(forecasts: Sequence[Forecast]) -> pd.DataFrame:
    """The months ahead, one row a measure and month.

    Returns
    -------
    DataFrame
        `month`, `low`, `expected`, `high` (90 %), `low_50`, `high_50`, `measure`, `unit`,
        `customer_count` (active customers of the leanest month it may repeat).
    """
    parts = [
        each.ahead.assign(
            measure=each.measure, unit=MEASURES[each.measure], customer_count=each.customers
        )
        for each in forecasts
    ]
    names = [*_MONTH_COLUMNS, "unit", "customer_count"]
    return pd.concat(parts, ignore_index=True)[names] if parts else pd.DataFrame(columns=names)


def horizon_forecast(forecasts: Sequence[Forecast]) -> pd.DataFrame:
    """The next month, half-year and year of each measure.

    Intervals are those of the sums (`forecast_ranges.sum_range`), not sums of the months' ends.

    Returns
    -------
    DataFrame
        `measure`, `horizon` (of `HORIZONS`), `start` and `end` (its first and last day), `low`,
        `expected`, `high` (90 %), `low_50`, `high_50`, `last_year` (the same months a year
        before), `change` = expected / last_year − 1, `error` (of the backtest), `model`,
        `recent_change` (the last three months / the same a year before − 1), `is_seasonal`,
        `break_month` (the first since a recent lasting break of level, if any) and
        `break_change` = level since / level before − 1, `empty_months` (those at the end that
        brought nothing and set the level, a number), `filled_months` (those far below their
        neighbours, oldest first), `is_evened` (whether model and ranges were tested on other
        months than those known), `unit`, `customer_count`. Horizons beyond the months foretold
        are left out. Measures of `MEANS` are a month's mean.
    """
    rows = [
        _horizon(each, horizon, months)
        for each in forecasts
        for horizon, months in HORIZONS.items()
        if months <= len(each.ahead)
    ]
    names = ["measure", "horizon", "start", "end", "low", "expected", "high", "low_50", "high_50"]
    names += ["last_year", "change", "error", "model", "recent_change", "is_seasonal"]
    names += ["break_month", "break_change", "empty_months", "filled_months", "is_evened"]
    names += ["unit", "customer_count"]
    return pd.DataFrame(rows, columns=names)


def forecast_fan(forecasts: Sequence[Forecast], *, measure: str = "revenue") -> pd.DataFrame:
    """One measure's past, what the chosen model would have said a month before, and its future.

    Returns
    -------
    DataFrame
        `month`, `actual`, `backtest` (the forecast made a month before), `low`, `low_50`,
        `expected`, `high_50`, `high`, `unit`, `customer_count` (as in `monthly_forecast`),
        `month_customers` (active customers of the month); NaN where there is none.
    """
    names = ["month", "actual", "backtest", *RANGES, "unit", "customer_count", "month_customers"]
    told = [each for each in forecasts if each.measure == measure]
    if not told:
        return pd.DataFrame(columns=names)
    (each,) = told
    tested = each.chosen.rows
    next_month = tested[tested["step"] == 1].set_index("origin")[TOLD]
    past = pd.DataFrame(
        {"month": each.months, "actual": each.values, "month_customers": each.month_customers}
    )
    past["backtest"] = past.index.map(next_month)
    rows = pd.concat([past, each.ahead], ignore_index=True)
    rows = rows.assign(unit=MEASURES[measure], customer_count=each.customers)
    return rows.reindex(columns=names)


def _forecast(sales: pd.DataFrame, measure: str, steps: int) -> Forecast | None:
    series = sales[measure].astype("float64")
    if series.isna().any():
        return None
    values = series.tolist()
    tested = backtests(values)
    if not tested:
        return None
    # Origins before a break cannot tell what does well after it, nor an empty month what is usual.
    stopped = bool(empty_months(values))
    whole = len(values) < SEASON_CLAIMED or stopped
    even = values if whole else at_one_level(np.array(values)).tolist()
    judged = chosen_backtest(tested if even == values else backtests(even))
    months = list(sales["month"])
    span = min(steps, int(judged.rows["step"].max()))
    told = point_forecasts(even, model=judged.model, steps=span, season_from=SEASON_CLAIMED)
    expected = np.zeros(span) if stopped else told
    ahead = month_ranges(expected, judged, most=MOST * max(values))
    return Forecast(
        measure=measure,
        months=months,
        values=values,
        tested=tested,
        chosen=next(each for each in tested if each.model == judged.model),
        judged=judged,
        ahead=pd.DataFrame({"month": [months_on(months[-1], n + 1) for n in range(span)], **ahead}),
        month_customers=sales["active_customers"].tolist(),
    )


def _recent_break(values: Sequence[float]) -> LevelBreak | None:
    if stopped := empty_months(values):
        return LevelBreak(months_ago=stopped, size=0.0)
    found = level_break(values) if len(values) >= SEASON_CLAIMED else None
    return found if found and found.months_ago < YEAR + QUARTER else None


def _horizon(forecast: Forecast, horizon: str, months: int) -> dict[str, object]:
    ahead = forecast.ahead["month"].head(months)
    share = 1 / months if forecast.measure in MEANS else 1.0
    past = forecast.values[-YEAR:][:months] if len(forecast.values) >= YEAR else []
    last_year = sum(past) * share if past else float("nan")
    sums = {name: value * share for name, value in forecast.total(months=months).items()}
    broke = forecast.recent_break
    return {
        "measure": forecast.measure,
        "horizon": horizon,
        "start": ahead.iloc[0],
        "end": month_end(ahead.iloc[-1]),
        **sums,
        "last_year": last_year,
        "change": ratio(sums["expected"], last_year) - 1,
        "error": forecast.chosen.error,
        "model": forecast.chosen.model,
        "recent_change": forecast.recent_change,
        "is_seasonal": forecast.is_seasonal,
        "break_month": months_on(forecast.months[-1], 1 - broke.months_ago) if broke else None,
        "break_change": broke.size - 1 if broke else float("nan"),
        "empty_months": forecast.empty_months,
        "filled_months": tuple(forecast.filled),
        "is_evened": forecast.judged is not forecast.chosen,
        "unit": MEASURES[forecast.measure],
        "customer_count": forecast.customers,
    }


def ratio(value: float, base: float) -> float:
    """Their quotient; NaN unless the base is above 0."""
    return value / base if base > 0 else float("nan")

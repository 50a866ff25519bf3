"""Backtest of forecasts by rolling origin: what each model would have said, month after month."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from crm_strategy.analysis.forecast_models import MODELS, on_log_scale, point_forecasts
from crm_strategy.analysis.histories import Floats

LEAST_KNOWN, LEAST_TESTED, MOST_TESTED = 6, 2, 12
"""Months known before the first forecast that is tested; origins at least, and at most."""

LEVELS = (0.5, 0.9)
"""Shares of cases that the two intervals are to hold."""

_SIMPLEST = MODELS[0]
_AS_GOOD = 1.01
_STEEPEST = 0.5


@dataclass(frozen=True)
class Backtest:
    """A model's forecasts from earlier months, held against what came.

    `rows`: `origin` (months known), `step` (months ahead), `actual`, `forecast`, one row a pair.
    `is_log`: whether errors are taken in logarithms, that is proportionally.
    """

    model: str
    rows: pd.DataFrame
    is_log: bool

    @property
    def misses(self) -> Floats:
        """Actual less forecast, in logarithms where the series allows it."""
        actual, told = (self.rows[name].to_numpy(dtype="float64") for name in ("actual", TOLD))
        return np.asarray(np.log(actual / told) if self.is_log else actual - told)

    def sums(self, months: int) -> tuple[Floats, Floats]:
        """Misses of sums of so many months, and how many months ahead the last of each was.

        Sums nearer than that begin with the next month. In logarithms, or a month's mean.
        """
        misses, ends = [], []
        for _, rows in self.rows.groupby("origin"):
            steps = rows["step"].to_numpy()
            totals = rows[["actual", TOLD]].cumsum()
            actual, told = (totals - totals.shift(months, fill_value=0.0)).to_numpy().T
            mean = (actual - told) / np.minimum(steps, months)
            misses.append(np.log(actual / told) if self.is_log else mean)
            ends.append(steps)
        return np.concatenate(misses), np.concatenate(ends)

    @property
    def error(self) -> float:
        """Σ |actual − forecast| / Σ actual; NaN where the actual months sum to 0."""
        total = float(self.rows["actual"].sum())
        return self.mean_miss * len(self.rows) / total if total > 0 else float("nan")

    @property
    def mean_miss(self) -> float:
        """Mean of |actual − forecast|, in the unit of the series."""
        return float((self.rows["actual"] - self.rows[TOLD]).abs().mean())

    @property
    def coverage(self) -> float:
        """Share of pairs inside the 90 % interval that all other origins' errors set."""
        origins, steps = (self.rows[name].to_numpy() for name in ("origin", "step"))
        misses, held = self.misses, np.zeros(len(self.rows), dtype=bool)
        for origin in np.unique(origins):
            own = origins == origin
            half = half_widths(misses[~own], steps[~own], at=steps[own], level=LEVELS[-1])
            held[own] = np.abs(misses[own]) <= half
        return float(held.mean())


TOLD = "forecast"


def backtests(values: Sequence[float], *, models: Sequence[str] = MODELS) -> list[Backtest]:
    """Let each model foretell the last months from each month before them.

    Origins are the last `MOST_TESTED` months at most, with at least `LEAST_KNOWN` months known
    at each; from each origin all later known months are foretold.

    Parameters
    ----------
    values
        One value a month, oldest first.
    models
        Of `forecast_models.MODELS`.

    Returns
    -------
    list
        One backtest a model; none where the series is too short to test anything.

    References
    ----------
    Tashman (2000), International Journal of Forecasting 16(4): rolling origin.
    """
    first = max(LEAST_KNOWN, len(values) - MOST_TESTED)
    origins = range(first, len(values))
    if len(origins) < LEAST_TESTED:
        return []
    is_log = on_log_scale(values)
    return [Backtest(model, _rows(values, model, origins), is_log) for model in models]


def chosen_backtest(tested: Sequence[Backtest]) -> Backtest:
    """The model that missed by least over all origins and months ahead.

    The simplest is kept unless another misses by over 1 % less.
    """
    best = min(tested, key=lambda each: each.mean_miss)
    simplest = next((each for each in tested if each.model == _SIMPLEST), best)
    return simplest if simplest.mean_miss <= _AS_GOOD * best.mean_miss else best


def half_widths(misses: Floats, steps: Floats, *, at: Floats, level: float) -> Floats:
    """Half of the interval so many months ahead, from the misses of a backtest.

    Misses grow by a power of the months ahead, stepᵖ with p from 0 to ½, fitted to their sizes.
    Scaled by it they are one sample, and the half width is its conformal quantile, the
    ⌈level (n + 1)⌉-th smallest size. Where n is too small for that rank: the largest size, or
    Student's t times their root mean square if that is more.

    Parameters
    ----------
    misses, steps
        Errors and how many months ahead each was.
    at
        Months ahead to give widths for.
    level
        Share of cases that the interval is to hold.

    References
    ----------
    Vovk, Gammerman & Shafer (2005), Algorithmic Learning in a Random World: conformal prediction.
    """
    power = _growth(misses, steps)
    sizes = np.sort(np.abs(misses) / steps**power)
    rank = int(np.ceil(level * (len(sizes) + 1)))
    # Too few misses for a quantile of their own: as if they were normal.
    spread = float(np.sqrt(np.mean(sizes**2)))
    normal = spread * float(stdtrit(max(len(sizes) - 1, 1), 0.5 + level / 2))
    quantile = float(sizes[rank - 1]) if rank <= len(sizes) else max(normal, float(sizes[-1]))
    return np.asarray(quantile * np.asarray(at, dtype="float64") ** power)


def _growth(misses: Floats, steps: Floats) -> float:
    """How fast the mean miss grows with the months ahead: p of stepᵖ, from 0 to ½."""
    distinct = np.unique(steps)
    means = np.array([np.abs(misses[steps == step]).mean() for step in distinct])
    weights = np.array([np.sum(steps == step) for step in distinct], dtype="float64")
    usable = means > 0
    if usable.sum() < 2:
        return 0.0
    across = np.log(distinct[usable])
    slope = np.polyfit(across, np.log(means[usable]), 1, w=np.sqrt(weights[usable]))[0]
    return float(np.clip(slope, 0.0, _STEEPEST))


def _rows(values: Sequence[float], model: str, origins: range) -> pd.DataFrame:
    parts = []
    for origin in origins:
        steps = len(values) - origin
        told = point_forecasts(values[:origin], model=model, steps=steps)
        parts.append(
            pd.DataFrame(
                {
                    "origin": origin,
                    "step": np.arange(1.0, steps + 1),
                    "actual": np.asarray(values[origin:], dtype="float64"),
                    TOLD: told,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)

"""Models that continue a monthly series: seasonal naive, exponential smoothing, damped Holt."""

import warnings
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from statsmodels.tools.sm_exceptions import ModelWarning
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from crm_strategy.analysis.histories import Floats
from crm_strategy.analysis.level_break import at_one_level

MODELS = ("seasonal_naive", "seasonal_level", "ets", "damped_holt")
"""The models' ids, the simplest first."""

YEAR, QUARTER = 12, 3
"""Months of a season's round, and of the level that `seasonal_level` goes by."""

SEASON_FROM = 2 * YEAR
"""Months known from which a season may be read: two full years."""

MOST = 3.0
"""No forecast exceeds so many times the highest month known, nor such a part of the lowest."""

_NEAR_ZERO = 0.1
_ENOUGH_TO_START = 10
_REFIT = 6
_TRENDS: Mapping[str, tuple[str | None, bool]] = {
    "": (None, False),
    "add": ("add", False),
    "damped": ("add", True),
}


def point_forecasts(
    values: Sequence[float], *, model: str, steps: int, season_from: int = SEASON_FROM
) -> Floats:
    """What a model expects of the months after a series.

    `seasonal_naive` repeats the last year, or the last month where fewer than two years are
    known. `seasonal_level` repeats the last year at the level of the last three months, times
    their sum / that of the same months a year before, of the series as if all of it stood at
    the level since its last break (`level_break.at_one_level`). `ets` is exponential smoothing
    of the level, ETS(A,N,N), or with a season ETS(A,N,A); `damped_holt` adds a damped trend,
    ETS(A,Ad,N) or ETS(A,Ad,A). Both smooth logarithms where no month is near zero
    (`on_log_scale`), else the values themselves; their parameters are fitted anew with each
    half-year known. A season is read from two full years on.

    Parameters
    ----------
    values
        One value a month, oldest first, none missing.
    model
        One of `MODELS`.
    steps
        Months ahead.
    season_from
        Months known from which a season is read; two full years at least.

    Returns
    -------
    array
        One value a month ahead, from the lowest value known / `MOST` to the highest × `MOST`.
        Where a smoothing finds no finite forecast, the naive one.

    References
    ----------
    Hyndman & Athanasopoulos (2021), Forecasting: principles and practice, ch. 5 and 8.
    """
    known = tuple(float(value) for value in values)
    # A year at once: what was said for one span serves another.
    seasonal = len(known) >= max(season_from, SEASON_FROM)
    return np.array(_forecasts(known, model, max(steps, YEAR), seasonal)[:steps])


def on_log_scale(values: Sequence[float]) -> bool:
    """Whether the series may be taken by its logarithms: no month is below a tenth of the median.

    Logarithms make seasons and errors proportional, but blow up a month near zero.
    """
    known = np.asarray(values, dtype="float64")
    return bool(len(known)) and bool(known.min() > _NEAR_ZERO * np.median(known) > 0)


def smoothed(
    values: Sequence[float] | Floats,
    *,
    steps: int,
    trend: str = "",
    season: str = "",
    period: int = YEAR,
    fixed: Mapping[str, float] | None = None,
    start: str | Mapping[str, object] = "estimated",
) -> Floats:
    """Forecasts of exponential smoothing with additive errors, fitted by likelihood.

    Parameters
    ----------
    values
        The series, oldest first.
    steps
        Number of values ahead.
    trend
        "" for none, "add", or "damped".
    season
        "" for none, "add" or "mul"; `period` values make a round.
    fixed
        Parameters to hold instead of fitting them, such as `smoothing_level`.
    start
        How it begins: `estimated` with the parameters, `heuristic` (read from the first values,
        ten at least and two rounds of a season: faster), or `initial_level`, `initial_trend`
        and `initial_seasonal` themselves.

    References
    ----------
    Hyndman, Koehler, Ord & Snyder (2008), Forecasting with Exponential Smoothing.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # A search that stopped early still gives a forecast, and the backtest judges it.
        warnings.simplefilter("ignore", ModelWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        model = _smoothing(values, trend, season, period, start)
        with model.fix_params(dict(fixed or {})):
            fit = model.fit(disp=False)
        return np.asarray(fit.forecast(steps), dtype="float64")


def _smoothing(
    values: Sequence[float] | Floats,
    trend: str,
    season: str,
    period: int,
    start: str | Mapping[str, object],
) -> ETSModel:
    kind, damped = _TRENDS[trend]
    known = {"initialization_method": "known", **start} if isinstance(start, Mapping) else {}
    return ETSModel(
        np.asarray(values, dtype="float64"),
        error="add",
        trend=kind,
        damped_trend=damped,
        seasonal=season or None,
        seasonal_periods=period if season else None,
        **(known or {"initialization_method": start}),
    )


@lru_cache(maxsize=4096)
def _forecasts(
    values: tuple[float, ...], model: str, steps: int, seasonal: bool
) -> tuple[float, ...]:
    known = np.array(values)
    naive = _naive(known, steps, seasonal=seasonal)
    if model == "seasonal_naive" or np.ptp(known) == 0:
        return tuple(naive)
    if model == "seasonal_level":
        even = at_one_level(known) if seasonal else known
        told = _naive(even, steps, seasonal=seasonal) * _level(even, seasonal=seasonal)
        return tuple(_bounded(told, known))
    # Parameters are fitted anew each half-year, and followed through the months since.
    fitted = len(known) - len(known) % _REFIT
    if not fitted or np.ptp(known[:fitted]) == 0:
        fitted = len(known)
    logs = on_log_scale(values)
    scale = float(np.abs(known[:fitted]).max())
    series = np.log(known) if logs else known / scale
    form = ("damped" if model == "damped_holt" else "", "add" if seasonal else "")
    try:
        ahead = _followed(tuple(series), fitted, form, steps)
    except (np.linalg.LinAlgError, ValueError, FloatingPointError):
        return tuple(naive)
    with np.errstate(over="ignore"):
        told = np.exp(ahead) if logs else ahead * scale
    usable = np.where(np.isfinite(told), told, naive)
    return tuple(_bounded(usable, known))


def _followed(series: tuple[float, ...], fitted: int, form: tuple[str, str], steps: int) -> Floats:
    """Forecasts of a smoothing whose parameters are those of the first `fitted` values."""
    start = "heuristic" if fitted >= _ENOUGH_TO_START else "estimated"
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", ModelWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        parameters = _parameters(series[:fitted], form, start)
        model = _smoothing(series, *form, YEAR, start)
        return np.asarray(model.smooth(np.array(parameters)).forecast(steps), dtype="float64")


@lru_cache(maxsize=4096)
def _parameters(series: tuple[float, ...], form: tuple[str, str], start: str) -> tuple[float, ...]:
    fit = _smoothing(series, *form, YEAR, start).fit(disp=False)
    return tuple(float(value) for value in fit.params)


def _bounded(told: Floats, known: Floats) -> Floats:
    low, high = max(known.min() / MOST, 0.0), max(MOST * known.max(), 0.0)
    return np.clip(told, low, high)


def _level(known: Floats, *, seasonal: bool) -> float:
    """The last three months against the same a year before; 1 where no season is read."""
    if not seasonal:
        return 1.0
    now, before = known[-QUARTER:].sum(), known[-YEAR - QUARTER : -YEAR].sum()
    return float(now / before) if now > 0 and before > 0 else 1.0


def _naive(known: Floats, steps: int, *, seasonal: bool) -> Floats:
    last = known[-YEAR:] if seasonal else known[-1:]
    return np.clip(np.resize(last, steps), 0.0, None)

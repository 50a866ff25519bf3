"""Choice of a value model: what each would have foretold, against what came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd

from crm_strategy.analysis.buying_models import expected_orders
from crm_strategy.analysis.histories import Floats
from crm_strategy.analysis.model_fits import Fit, fit_buying_model
from crm_strategy.analysis.purchase_counts import holdout_counts, unique_counts

NAIVE = "naive"
"""The formula that a model must beat: orders so far per day, x / T, go on for ever."""

USABLE = ("", "no_dropout", "no_spread")
"""Problems of a fit that leave its forecasts in force."""

LEAST_DAYS = 90
"""Days observed, below which nothing is held out."""

MOST_ROWS = 100_000
"""Unique rows above which a fit sees days in wider classes."""

AS_GOOD = 1.01
"""Models whose errors are less than this times the least foretell as well as it."""

_STEPS = (1, 7, 28)


@dataclass(frozen=True)
class Holdout:
    """The last days, held back from the models and then foretold by them.

    `errors`: root mean square error of orders per customer, by model and for `NAIVE`.
    `rows`: unique rows of `holdout_counts` with the expected orders of each model and `NAIVE`
    in a column of its name. Models that could not be fitted on the days before are absent.
    """

    calibration_end: date
    days: int
    errors: Mapping[str, float]
    rows: pd.DataFrame


def model_rows(counts: ibis.Table) -> pd.DataFrame:
    """Unique rows to fit a model on: `unique_counts`, in weeks or months where too many.

    Parameters
    ----------
    counts
        Result of `purchase_counts` or `holdout_counts`.
    """
    for step in _STEPS[:-1]:
        unique = unique_counts(counts, step_days=step)
        if unique.count().to_pyarrow().as_py() <= MOST_ROWS:
            return unique.to_pandas()
    return unique_counts(counts, step_days=_STEPS[-1]).to_pandas()


def held_out(
    orders: ibis.Table, *, as_of: date, span_days: int, most_days: int, models: Sequence[str]
) -> Holdout | None:
    """Fit each model on the first two thirds of the days and let it foretell the last third.

    Parameters
    ----------
    orders
        One row per order or refund, as in `purchase_counts`.
    as_of
        Last day observed.
    span_days
        Days from the first purchase of all to `as_of`.
    most_days
        Most days to hold out; a third of `span_days` is the other bound.
    models
        Of `buying_models.MODELS`.

    Returns
    -------
    Holdout or None
        None with fewer than `LEAST_DAYS` observed.
    """
    if span_days < LEAST_DAYS:
        return None
    days = min(most_days, span_days // 3)
    calibration_end = as_of - timedelta(days=days)
    counts = holdout_counts(orders, calibration_end=calibration_end, as_of=as_of).cache()
    rows = model_rows(counts)
    told = {}
    for model in models:
        fit = fit_buying_model(rows[["frequency", "recency", "T", "n"]], model=model)
        if fit.problem in USABLE:
            told[model] = expected_orders(
                model, fit.parameters, days, rows["frequency"], rows["recency"], rows["T"]
            )
    told[NAIVE] = naive_orders(rows["frequency"], rows["T"], days)
    rows = rows.assign(**told)
    errors = {model: _error(rows, model) for model in told}
    return Holdout(calibration_end, days, errors, rows)


def naive_orders(frequency: pd.Series, T: pd.Series, horizon: float) -> Floats:
    """Orders so far per day, x / T, times the days to come; 0 where T is 0."""
    return np.asarray(frequency / T.where(T > 0, np.inf) * horizon, dtype="float64")


def chosen_model(fits: Mapping[str, Fit], holdout: Holdout | None) -> str:
    """The model that foretold the held out days best, else the likeliest.

    Of models within 1 % of the least error, those come first whose parameters the data hold,
    for without them nobody knows how sure a forecast is. BG/NBD calls each one-time buyer alive:
    it comes after the others of these.

    Parameters
    ----------
    fits
        Fits on all days by model.
    holdout
        Result of `held_out`.

    Returns
    -------
    str
        Empty where no model can be used: the data cannot tell.
    """
    usable = {name: fit for name, fit in fits.items() if fit.problem in USABLE}
    errors = (
        {name: holdout.errors[name] for name in usable if name in holdout.errors}
        if (holdout is not None)
        else {}
    )
    if errors:
        best = min(errors.values())
        good = [name for name, error in errors.items() if error <= AS_GOOD * best]
        return min(
            good, key=lambda name: (fits[name].problem != "", name == "bg_nbd", errors[name], name)
        )
    return max(usable, key=lambda name: (usable[name].log_likelihood, name), default="")


def _error(rows: pd.DataFrame, model: str) -> float:
    # Σ(y − e)² over the customers of a row, who share e: Σy² − 2 e Σy + n e².
    expected = rows[model]
    squares = (
        rows["holdout_squares"] - 2 * expected * rows["holdout_orders"] + rows["n"] * expected**2
    )
    customers = rows["n"].sum()
    return float(np.sqrt(max(squares.sum(), 0.0) / customers)) if customers else np.nan

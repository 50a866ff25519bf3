"""Fitting the models of buying, spending and staying, and saying when the data cannot."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_strategy.analysis.histories import Floats
from crm_strategy.analysis.likelihood_search import Found, climb, inverse, search
from crm_strategy.analysis.model_frames import (
    Frame,
    buying_frame,
    occasion_frame,
    renewal_frame,
    spend_frame,
)

FEW_CUSTOMERS = 100
"""With fewer the parameters are fitted all the same, and called weak."""

PROBLEMS = ("no_repeat_buyers", "few_customers", "no_dropout", "no_spread", "not_converged")
"""What can be wrong with a fit; the first that holds is told.

no_repeat_buyers: nobody bought twice, or nothing of worth; nothing is fitted.
few_customers: fewer than `FEW_CUSTOMERS`.
no_dropout: nobody seems to drop out, or the data do not tell how many.
no_spread: the customers don't differ, or the data do not tell how much. The forecasts stand,
the single parameters do not.
not_converged: the search ended short of the best parameters."""

_ONE_STEP = 5_000
_RARE = 1e-2
_ALIKE = 10.0
_NEAR = 0.02
"""A draw is refitted to within this share of the error that chance alone makes."""


@dataclass(frozen=True)
class Fit:
    """The parameters that make the data most likely."""

    model: str
    parameters: pd.Series
    """By name; no values where nothing could be fitted."""
    log_likelihood: float
    covariance: pd.DataFrame
    """Of the logarithms of the parameters; no values of those that the data do not hold."""
    customer_count: int
    problem: str
    """One of `PROBLEMS`, or empty."""


def fit_buying_model(rows: pd.DataFrame, *, model: str) -> Fit:
    """Fit BG/NBD, MBG/NBD or Pareto/NBD by maximum likelihood.

    The order of rows, how they are split and the unit of time don't matter.

    Parameters
    ----------
    rows
        `frequency`, `recency`, `T` (any one unit of time), `n`: customers with this history.
    model
        One of `buying_models.MODELS`.

    Raises
    ------
    ValueError
        A history that cannot be.
    """
    frame = buying_frame(rows, model=model)
    if not (frame.rows["frequency"] > 0).any():
        return _nothing(model, frame, "no_repeat_buyers")
    return _fit(model, frame)


def fit_spend_model(rows: pd.DataFrame) -> Fit:
    """Fit Gamma-Gamma by maximum likelihood.

    Parameters
    ----------
    rows
        `frequency` (orders averaged), `monetary_value` (money, their mean), `n` customers.
        Only rows with both above 0 can be used.
    """
    frame = spend_frame(rows)
    if frame.rows.empty:
        return _nothing("gamma_gamma", frame, "no_repeat_buyers")
    return _fit("gamma_gamma", frame)


def fit_sbg(churned: Sequence[int], active: int | Sequence[int]) -> Fit:
    """Fit the shifted beta-geometric model of contracts.

    Parameters
    ----------
    churned
        Customers who left at the first renewal, the second, …
    active
        Customers still there after the last of these renewals; or, where they came at
        different times, those still there after the first, the second, … who face no more.
    """
    frame = renewal_frame(renewal_rows(churned, active))
    if not (frame.rows["left"] > 0).any():
        return _nothing("sbg", frame, "no_dropout")
    return _fit("sbg", frame)


def fit_bgbb(rows: pd.DataFrame) -> Fit:
    """Fit BG/BB: gifts or orders on occasions that can be counted.

    Parameters
    ----------
    rows
        `frequency` (gifts), `recency` (occasion of the last, 0 for none), `T` (occasions),
        `n` customers.
    """
    frame = occasion_frame(rows)
    if not (frame.rows["frequency"] > 0).any():
        return _nothing("bg_bb", frame, "no_repeat_buyers")
    return _fit("bg_bb", frame)


def renewal_rows(churned: Sequence[int], active: int | Sequence[int]) -> pd.DataFrame:
    """The rows that `fit_sbg` counts: `renewals`, `left` (1 or 0), `n`."""
    last = len(churned)
    staying = [0] * (last - 1) + [active] if isinstance(active, int) else list(active)
    return pd.DataFrame(
        {
            "renewals": [*range(1, last + 1), *range(1, len(staying) + 1)],
            "left": [1] * last + [0] * len(staying),
            "n": [*churned, *staying],
        }
    )


def bootstrap_parameters(fit: Fit, rows: pd.DataFrame, *, draws: int, seed: int) -> pd.DataFrame:
    """Parameters of as many customers, drawn again and again from those there are.

    Up to 5,000 distinct rows each draw is fitted anew. Above, each takes one Newton step from
    the fit, along the draw's own gradient: with so many customers, that is where it would end.

    Parameters
    ----------
    fit, rows
        A fit and the rows it was fitted to; for sBG those of `renewal_rows`.
    draws, seed
        How many draws; where chance starts.

    Returns
    -------
    DataFrame
        One row a draw, one column a parameter; no rows where the fit has no covariance. A
        parameter that the data do not hold stays where it is.
    """
    names = list(fit.parameters.index)
    covariance = fit.covariance.to_numpy(dtype=float)
    held = np.isfinite(np.diag(covariance))
    if not held.any():
        return pd.DataFrame(columns=names, dtype=float)
    frame = _frame(fit.model, rows)
    sample = frame.sample()
    place = np.log(fit.parameters.to_numpy(dtype=float)) - frame.log_units
    low, high = np.where(held, frame.low, place), np.where(held, frame.high, place)
    covariance, block = np.where(held & held[:, None], covariance, 0.0), np.ix_(held, held)
    customers = frame.customer_count
    counts = frame.rows["n"].to_numpy(dtype=float)
    scores, curvature = sample.scores(place), np.eye(len(place))
    curvature[block] = np.linalg.inv(covariance[block]) / customers
    chance = np.random.default_rng(seed)
    drawn = np.empty((draws, len(names)))
    for draw in range(draws):
        weights = chance.multinomial(customers, counts / counts.sum()).astype(float)
        slope = np.einsum("ij,j->i", scores, weights)
        drawn[draw] = np.clip(place + covariance @ slope, low, high)
        if len(weights) <= _ONE_STEP:
            again = sample.reweighted(weights)
            start, least = drawn[draw], _NEAR**2 / 2 / customers
            drawn[draw] = climb(again, start, curvature, low=low, high=high, least=least)
    return pd.DataFrame(np.exp(drawn + frame.log_units), columns=names)


def _frame(model: str, rows: pd.DataFrame) -> Frame:
    special = {"gamma_gamma": spend_frame, "sbg": renewal_frame, "bg_bb": occasion_frame}
    return special[model](rows) if model in special else buying_frame(rows, model=model)


def _fit(model: str, frame: Frame) -> Fit:
    found = search(frame.sample(), frame.thin(), frame.starts, low=frame.low, high=frame.high)
    customers = frame.customer_count
    densities = float(frame.rows["n"].to_numpy() @ frame.densities)
    few = customers < FEW_CUSTOMERS
    return Fit(
        model,
        pd.Series(np.exp(found.place + frame.log_units), index=list(frame.names)),
        float(found.mean * customers - densities * np.log(frame.unit)),
        _square(_covariance(found, customers), frame),
        customers,
        "few_customers" if few else _problem(model, found),
    )


def _covariance(found: Found, customers: float) -> Floats:
    """Of all parameters; where that is not known, of those that did not run away."""
    information = found.curvature * customers
    whole = inverse(information)
    if np.isfinite(whole).all():
        return whole
    held = ~np.array(found.runaway)
    if held.any():
        whole[np.ix_(held, held)] = inverse(information[np.ix_(held, held)])
    return whole


def _problem(model: str, found: Found) -> str:
    # The first two parameters, buying or spending, tell of spread; a model's last two of
    # dropping out: its chance an order or an occasion, or its rate in the mean time observed.
    if model in ("gamma_gamma", "sbg"):
        leaving = False
    else:
        first, second = np.exp(found.place[2:])
        rate = first / second if model == "pareto_nbd" else first / (first + second)
        alike = rate > _RARE and first > _ALIKE
        leaving = any(found.runaway[2:]) and not alike
    if leaving:
        return "no_dropout"
    if any(found.runaway):
        return "no_spread"
    return "" if found.converged else "not_converged"


def _nothing(model: str, frame: Frame, problem: str) -> Fit:
    none = np.full((len(frame.names),) * 2, np.nan)
    parameters = pd.Series(np.nan, index=list(frame.names))
    count = frame.customer_count
    return Fit(model, parameters, float("nan"), _square(none, frame), count, problem)


def _square(covariance: Floats, frame: Frame) -> pd.DataFrame:
    return pd.DataFrame(covariance, index=list(frame.names), columns=list(frame.names))

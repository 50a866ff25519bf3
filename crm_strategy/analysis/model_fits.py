"""Fitting the models of buying and spending to counted rows, and saying when data cannot."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from crm_strategy.analysis import buying_models, spend_model
from crm_strategy.analysis.histories import Floats, histories
from crm_strategy.analysis.likelihood_search import Found, Sample, inverse, refine, search

FEW_CUSTOMERS = 100
"""With fewer the parameters are fitted all the same, and called weak."""

PROBLEMS = (
    "no_repeat_buyers",
    "few_customers",
    "not_converged",
    "no_dropout",
    "no_spread",
)
"""What can be wrong with a fit, the gravest first."""


@dataclass(frozen=True)
class Fit:
    """The parameters that make the data most likely."""

    model: str
    parameters: pd.Series
    """By name; no values where nothing could be fitted."""
    log_likelihood: float
    covariance: pd.DataFrame
    """Of the logarithms of the parameters; no values where the data do not hold them all."""
    customer_count: int
    problem: str
    """One of `PROBLEMS`, or empty. no_repeat_buyers: nothing fitted. no_dropout: nobody seems
    to drop out. no_spread: the customers do not differ, or there is nothing to tell by."""


def fit_buying_model(rows: pd.DataFrame, *, model: str) -> Fit:
    """Fit BG/NBD, MBG/NBD or Pareto/NBD by maximum likelihood.

    Equal rows are summed and sorted first, so neither their order nor how they are split
    matters. Time is measured in mean T inside, so neither does its unit.

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
    names = buying_models.PARAMETERS[model]
    counted = _counted(rows, ["frequency", "recency", "T"])
    _check(counted)
    repeat = counted["frequency"] > 0
    if not repeat.any():
        return _nothing(model, names, counted, "no_repeat_buyers")
    unit, low, high = _frame(model, counted)
    mean_orders = float((counted["frequency"] * counted["n"]).sum() / counted["n"].sum())
    found = search(
        _buying_sample(counted, model, unit),
        _buying_sample(_thin(counted), model, unit),
        _buying_starts(model, mean_orders),
        low=low,
        high=high,
    )
    return _fit(model, names, found, counted, unit, _buying_problem(found, model))


def fit_spend_model(rows: pd.DataFrame) -> Fit:
    """Fit Gamma-Gamma by maximum likelihood.

    Parameters
    ----------
    rows
        `frequency` (orders averaged), `monetary_value` (money, their mean), `n` customers.
        Only rows with both above 0 can be used.
    """
    names = spend_model.PARAMETERS
    counted = _counted(rows, ["frequency", "monetary_value"])
    counted = counted[(counted["frequency"] > 0) & (counted["monetary_value"] > 0)]
    if counted.empty:
        return _nothing("gamma_gamma", names, counted, "no_repeat_buyers")
    unit = float((counted["monetary_value"] * counted["n"]).sum() / counted["n"].sum())
    found = search(
        _spend_sample(counted, unit),
        _spend_sample(_thin(counted), unit),
        [np.log(start) for start in ([6.0, 4.0, 0.5], [1.0, 2.0, 1.0], [50.0, 20.0, 0.5])],
        low=_SPEND_LOW,
        high=_SPEND_HIGH,
    )
    problem = "no_spread" if any(found.runaway) else "" if found.converged else "not_converged"
    return _fit("gamma_gamma", names, found, counted, unit, problem)


def bootstrap_parameters(fit: Fit, rows: pd.DataFrame, *, draws: int, seed: int) -> pd.DataFrame:
    """Parameters of as many customers, drawn again and again from those there are.

    Up to 5,000 distinct rows each draw is fitted anew. Above, each takes one Newton step from
    the fit, along the draw's own gradient: with so many customers, that is where it would end.

    Parameters
    ----------
    fit, rows
        A fit and the rows it was fitted to.
    draws, seed
        How many draws; where chance starts.

    Returns
    -------
    DataFrame
        One row a draw, one column a parameter; no rows where the fit has no covariance.
    """
    names = list(fit.parameters.index)
    if not np.isfinite(fit.covariance.to_numpy()).all():
        return pd.DataFrame(columns=names, dtype=float)
    if fit.model == "gamma_gamma":
        counted = _counted(rows, ["frequency", "monetary_value"])
        counted = counted[(counted["frequency"] > 0) & (counted["monetary_value"] > 0)]
        sample, low, high = _spend_sample(counted, 1.0), _SPEND_LOW, _SPEND_HIGH
    else:
        counted = _counted(rows, ["frequency", "recency", "T"])
        unit, low, high = _frame(fit.model, counted)
        sample = _buying_sample(counted, fit.model, 1.0)
    place = np.log(fit.parameters.to_numpy(dtype=float))
    covariance = fit.covariance.to_numpy()
    chance = np.random.default_rng(seed)
    customers = int(round(sample.weights.sum()))
    drawn = np.empty((draws, len(names)))
    shares = sample.weights / sample.weights.sum()
    scores = sample.scores(place)[1]
    curvature = np.linalg.inv(covariance) / customers
    for draw in range(draws):
        weights = chance.multinomial(customers, shares).astype(float)
        if len(weights) > _MANY:
            drawn[draw] = place + covariance @ (scores @ weights)
        else:
            again = replace(sample, weights=weights)
            drawn[draw] = refine(again, place, curvature, low=place - 5, high=place + 5).place
    return pd.DataFrame(np.exp(drawn), columns=names)


_MANY = 5_000
_THIN = 2_000
_SPEND_LOW, _SPEND_HIGH = np.full(3, -12.0), np.full(3, 12.0)


def _counted(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return rows.groupby(columns, as_index=False, sort=True)["n"].sum().query("n > 0")


def _check(rows: pd.DataFrame) -> None:
    x, t_x, T = (rows[name] for name in ("frequency", "recency", "T"))
    wrong = (x < 0) | (t_x < 0) | (t_x > T) | ((x == 0) & (t_x > 0))
    if wrong.any():
        first = rows[wrong].iloc[0]
        history = ", ".join(f"{name} {first[name]:g}" for name in ("frequency", "recency", "T"))
        raise ValueError(f"{int(wrong.sum())} rows are no history of orders; first: {history}")


def _thin(rows: pd.DataFrame) -> pd.DataFrame:
    if len(rows) <= _THIN:
        return rows
    # Customers at even distances, in the order of the rows: no chance, all kinds of rows.
    ends = rows["n"].cumsum().to_numpy(dtype=float)
    places = np.searchsorted(ends, (np.arange(_THIN) + 0.5) * ends[-1] / _THIN)
    chosen, counts = np.unique(places, return_counts=True)
    return rows.iloc[chosen].assign(n=counts)


def _frame(model: str, rows: pd.DataFrame) -> tuple[float, Floats, Floats]:
    # The unit of time, and bounds of the logarithms in it.
    unit = float((rows["T"] * rows["n"]).sum() / rows["n"].sum())
    time = np.array([name in _TIMES for name in buying_models.PARAMETERS[model]])
    return unit, np.where(time, -25.0, -12.0), np.where(time, 15.0, 12.0)


_TIMES = ("alpha", "beta")


def _buying_sample(rows: pd.DataFrame, model: str, unit: float) -> Sample:
    names = buying_models.PARAMETERS[model]
    known = histories(rows["frequency"], rows["recency"] / unit, rows["T"] / unit)

    def scores(place: Floats) -> tuple[Floats, Floats]:
        parameters = dict(zip(names, np.exp(place), strict=True))
        return buying_models.likelihood_scores(model, parameters, known)

    return Sample(scores, rows["n"].to_numpy(dtype=float))


def _spend_sample(rows: pd.DataFrame, unit: float) -> Sample:
    x = rows["frequency"].to_numpy(dtype=float)
    value = rows["monetary_value"].to_numpy(dtype=float) / unit
    return Sample(
        lambda place: spend_model.likelihood(np.exp(place), x, value),
        rows["n"].to_numpy(dtype=float),
    )


def _buying_starts(model: str, mean_orders: float) -> list[Floats]:
    # Buyers of twice the mean rate, of whom half have left; few and many, alike and not.
    leaving = {
        "pareto_nbd": [(0.5, 0.5), (0.5, 2.0), (2.0, 2.0), (0.2, 5.0)],
    }.get(model, [(0.8, 2.5), (0.2, 2.0), (2.0, 6.0), (0.2, 0.2)])
    return [
        np.log([r, r / (2 * mean_orders), *pair])
        for r, pair in zip((0.3, 1.0, 3.0, 0.6), leaving, strict=True)
    ]


def _buying_problem(found: Found, model: str) -> str:
    runs = dict(zip(buying_models.PARAMETERS[model], found.runaway, strict=True))
    first, second = np.exp(found.place[2:])
    leaving = list(runs.values())[2:]
    # The chance to leave after an order, or the rate of leaving in the mean T.
    rate = first / second if model == "pareto_nbd" else first / (first + second)
    if rate < _RARE and any(leaving):
        return "no_dropout"
    if all(leaving) and min(first, second) > 1:
        return "no_spread"
    if any(leaving):
        return "no_dropout"
    if any(found.runaway):
        return "no_spread"
    return "" if found.converged else "not_converged"


_RARE = 1e-2


def _fit(
    model: str, names: Sequence[str], found: Found, rows: pd.DataFrame, unit: float, problem: str
) -> Fit:
    customers = int(round(rows["n"].sum()))
    parameters = pd.Series(np.exp(found.place), index=list(names))
    scaled = [name for name in (*_TIMES, "gamma") if name in names]
    parameters[scaled] *= unit
    # Each row's density was per unit: that of an order's moment x times, that of money once.
    sizes = rows["n"] if model == "gamma_gamma" else rows["n"] * rows["frequency"]
    return Fit(
        model,
        parameters,
        found.mean * customers - float(sizes.sum()) * float(np.log(unit)),
        pd.DataFrame(inverse(found.curvature * customers), index=names, columns=names),
        customers,
        "few_customers" if customers < FEW_CUSTOMERS else problem,
    )


def _nothing(model: str, names: Sequence[str], rows: pd.DataFrame, problem: str) -> Fit:
    return Fit(
        model,
        pd.Series(np.nan, index=list(names)),
        float("nan"),
        pd.DataFrame(np.nan, index=names, columns=names),
        int(round(rows["n"].sum())),
        problem,
    )

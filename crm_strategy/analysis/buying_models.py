"""Models of buying until drop-out: who is alive, how many orders to expect.

`frequency`, `recency` and `T` are as in the papers: repeat orders, first to last order, first
order to the last day observed, in one unit of time, which is the parameters' too. Orders
expected of a BG/NBD one-time buyer are those of a customer who is surely alive: to win back
customers use MBG/NBD or Pareto/NBD.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from crm_strategy.analysis import beta_geometric, pareto_nbd
from crm_strategy.analysis.histories import Floats, Histories, Parameters, histories


@dataclass(frozen=True)
class _Model:
    parameters: tuple[str, ...]
    likelihood: Callable[[Floats, Histories], tuple[Floats, Floats]]
    p_alive: Callable[[Floats, Histories], Floats]
    expected_orders: Callable[[Floats, Floats, Histories], Floats]
    p_no_order: Callable[[Floats, Floats, Histories], Floats]


def _beta_geometric(first: int) -> _Model:
    return _Model(
        beta_geometric.PARAMETERS,
        partial(beta_geometric.likelihood, first=first),
        partial(beta_geometric.p_alive, first=first),
        partial(beta_geometric.expected_orders, first=first),
        partial(beta_geometric.p_no_order, first=first),
    )


_MODELS = {
    "bg_nbd": _beta_geometric(0),
    "mbg_nbd": _beta_geometric(1),
    "pareto_nbd": _Model(
        pareto_nbd.PARAMETERS,
        pareto_nbd.likelihood,
        pareto_nbd.p_alive,
        pareto_nbd.expected_orders,
        pareto_nbd.p_no_order,
    ),
}

MODELS = tuple(_MODELS)
"""The models' ids."""

PARAMETERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {name: model.parameters for name, model in _MODELS.items()}
)
"""The names of each model's parameters, all above 0; `alpha` and `beta` are in units of time."""


def likelihood_scores(model: str, parameters: Parameters, rows: Histories) -> tuple[Floats, Floats]:
    """Log-likelihood of each history, and its gradient by the logarithm of each parameter.

    Returns
    -------
    tuple
        One value a row; one row a parameter with one value for each history.
    """
    return _MODELS[model].likelihood(_vector(model, parameters), rows)


def log_likelihoods(
    model: str,
    parameters: Parameters,
    frequency: ArrayLike,
    recency: ArrayLike,
    T: ArrayLike,
) -> Floats:
    """Log-likelihood of each history, without the terms that hold no parameter."""
    return likelihood_scores(model, parameters, histories(frequency, recency, T))[0]


def p_alive(
    model: str,
    parameters: Parameters,
    frequency: ArrayLike,
    recency: ArrayLike,
    T: ArrayLike,
) -> Floats:
    """Probability that a customer with this history has not dropped out by T."""
    rows = histories(frequency, recency, T)
    return _MODELS[model].p_alive(_vector(model, parameters), rows)


def expected_orders(
    model: str,
    parameters: Parameters,
    horizon: ArrayLike,
    frequency: ArrayLike,
    recency: ArrayLike,
    T: ArrayLike,
) -> Floats:
    """Orders expected in the `horizon` after T from a customer with this history."""
    rows, ahead = _ahead(horizon, frequency, recency, T)
    return _MODELS[model].expected_orders(_vector(model, parameters), ahead, rows)


def p_no_order(
    model: str,
    parameters: Parameters,
    horizon: ArrayLike,
    frequency: ArrayLike,
    recency: ArrayLike,
    T: ArrayLike,
) -> Floats:
    """Probability of no order in the `horizon` after T from a customer with this history."""
    rows, ahead = _ahead(horizon, frequency, recency, T)
    return _MODELS[model].p_no_order(_vector(model, parameters), ahead, rows)


def expected_orders_new(model: str, parameters: Parameters, t: ArrayLike) -> Floats:
    """Repeat orders expected within t of the first order, of a customer not known yet."""
    return expected_orders(model, parameters, t, 0, 0, 0)


def p_orders_new(parameters: Parameters, t: ArrayLike, n: ArrayLike) -> Floats:
    """Probability of exactly n repeat orders within t of the first order, by BG/NBD."""
    until = np.asarray(t, dtype=float)
    return beta_geometric.p_orders_new(_vector("bg_nbd", parameters), until, n)


def _vector(model: str, parameters: Parameters) -> Floats:
    return np.array([float(parameters[name]) for name in PARAMETERS[model]])


def _ahead(
    horizon: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
) -> tuple[Histories, Floats]:
    ahead, x, t_x, observed = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(v, dtype=float)) for v in (horizon, frequency, recency, T))
    )
    return histories(x, t_x, observed), ahead

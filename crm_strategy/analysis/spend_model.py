"""Gamma-Gamma: what a customer's orders are worth on average.

A customer's orders are Gamma(p, ν) with ν ~ Gamma(q, γ) over customers, whatever the number of
orders. γ is money; p and q are pure numbers.

References
----------
Fader & Hardie (2013), The Gamma-Gamma model of monetary value. brucehardie.com/notes/025
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from crm_strategy.analysis.histories import Floats, Parameters

PARAMETERS = ("p", "q", "gamma")


def expected_spend(
    parameters: Parameters, frequency: ArrayLike, monetary_value: ArrayLike
) -> Floats:
    """Mean worth of an order, expected of customers.

    p (γ + x z̄) / (p x + q − 1): between the customer's own mean and that of all, p γ / (q − 1),
    which is all there is to say where x = 0. No value where q ≤ 1 and nothing was bought: the
    mean of all has no bound then.

    Parameters
    ----------
    parameters
        p, q and gamma (money).
    frequency
        Orders that `monetary_value` is the mean of: x, 0 or more.
    monetary_value
        Money an order: z̄; of no matter where x = 0.

    Returns
    -------
    array
        Money an order.
    """
    p, q, gamma = _vector(parameters)
    x = np.atleast_1d(np.asarray(frequency, dtype=float))
    spent = np.where(x > 0, x * np.where(x > 0, monetary_value, 0.0), 0.0)
    weight = p * x + q - 1
    spend = np.full(np.broadcast(x, spent).shape, np.nan)
    return np.asarray(np.divide(p * (gamma + spent), weight, out=spend, where=weight > 0))


def spend_log_likelihoods(
    parameters: Parameters, frequency: ArrayLike, monetary_value: ArrayLike
) -> Floats:
    """Log-likelihood of each mean order value, of customers with frequency and value above 0."""
    x = np.atleast_1d(np.asarray(frequency, dtype=float))
    value = np.atleast_1d(np.asarray(monetary_value, dtype=float))
    return likelihood(_vector(parameters), x, value)[0]


def likelihood(parameters: Floats, x: Floats, value: Floats) -> tuple[Floats, Floats]:
    """Log-likelihood of each row and its gradient by the logarithms of p, q and γ.

    −ln B(p x, q) + q ln(γ / (γ + x z̄)) − p x ln(1 + γ / (x z̄)) − ln z̄
    """
    p, q, gamma = parameters
    levels, level = np.unique(x, return_inverse=True)
    spent = x * value
    other, own = np.log1p(spent / gamma), np.log1p(gamma / spent)
    values = -special.betaln(p * levels, q)[level] - q * other - p * x * own - np.log(value)
    together = special.digamma(p * levels + q)
    by_p = (together - special.digamma(p * levels))[level]
    by_q = (together - special.digamma(q))[level]
    scores = np.stack(
        [
            p * x * (by_p - own),
            q * (by_q - other),
            q - gamma * (q + p * x) / (gamma + spent),
        ]
    )
    return values, scores


def _vector(parameters: Parameters) -> Floats:
    return np.array([float(parameters[name]) for name in PARAMETERS])

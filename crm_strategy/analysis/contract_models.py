"""Models of occasions: renewals of a contract (sBG), gifts once a year (BG/BB).

sBG: at each renewal a customer leaves with probability θ ~ Beta(α, β). BG/BB: before each
occasion a customer drops out with probability θ ~ Beta(γ, δ), and gives on it with probability
p ~ Beta(α, β).

References
----------
Fader & Hardie (2007), Journal of Interactive Marketing 21(1). doi:10.1002/dir.20074
Fader, Hardie & Shang (2010), Marketing Science 29(6). doi:10.1287/mksc.1100.0580
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from crm_strategy.analysis.histories import Floats, Parameters

SBG = ("alpha", "beta")
"""The parameters of sBG."""

BGBB = ("alpha", "beta", "gamma", "delta")
"""The parameters of BG/BB: of giving, then of dropping out."""


def sbg_survival(parameters: Parameters, renewals: ArrayLike) -> Floats:
    """Share of customers still there after so many renewals: B(α, β + t) / B(α, β)."""
    alpha, beta = _vector(parameters, SBG)
    t = np.asarray(renewals, dtype=float)
    log_share = special.betaln(alpha, beta + t) - special.betaln(alpha, beta)
    return np.asarray(np.exp(log_share), dtype=float)


def sbg_retention(parameters: Parameters, renewals: ArrayLike) -> Floats:
    """Share of those who faced the t-th renewal that renewed: (β + t − 1) / (α + β + t − 1)."""
    alpha, beta = _vector(parameters, SBG)
    t = np.asarray(renewals, dtype=float)
    return np.asarray((beta + t - 1) / (alpha + beta + t - 1))


def sbg_residual_periods(
    parameters: Parameters, renewals: ArrayLike, *, discount_rate: float
) -> Floats:
    """Further paid periods expected of a customer who renewed so often, discounted.

    Σ S(k) / S(t) / (1 + d)^(k − t − 1) over k > t, as the next renewal is about to come:
    (β + t) / (α + β + t) · ₂F₁(1, β + t + 1; α + β + t + 1; 1 / (1 + d)).

    Parameters
    ----------
    parameters
        alpha and beta.
    renewals
        Renewals so far: t.
    discount_rate
        A period, above 0: without one the sum may have no bound.
    """
    alpha, beta = _vector(parameters, SBG)
    left = beta + np.asarray(renewals, dtype=float)
    later = special.hyp2f1(1, left + 1, alpha + left + 1, 1 / (1 + discount_rate))
    return np.asarray(left / (alpha + left) * later)


def sbg_likelihood(parameters: Floats, renewals: Floats, left: Floats) -> tuple[Floats, Floats]:
    """Log-likelihood of each row and its gradient by the logarithms of α and β.

    Parameters
    ----------
    parameters
        α and β.
    renewals
        The renewal at which a customer left, or the last one made.
    left
        1 who left, 0 who is still there.
    """
    alpha, beta = parameters
    stays = renewals - left
    values = special.betaln(alpha + left, beta + stays) - special.betaln(alpha, beta)
    together = special.digamma(alpha + beta) - special.digamma(alpha + beta + renewals)
    by_alpha = special.digamma(alpha + left) - special.digamma(alpha)
    by_beta = special.digamma(beta + stays) - special.digamma(beta)
    return values, np.stack([alpha * (by_alpha + together), beta * (by_beta + together)])


def bgbb_p_alive(
    parameters: Parameters, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
) -> Floats:
    """Probability that a customer is there on the next occasion.

    Parameters
    ----------
    parameters
        alpha, beta, gamma and delta.
    frequency, recency, T
        Gifts, the occasion of the last of them (0: none), occasions so far.
    """
    values, x, t_x, n = _known(parameters, frequency, recency, T)
    log_likelihood = bgbb_likelihood(values, x, t_x, n)[0]
    return np.exp(_alive(values, x, n) + _stay(values, n, 1) - log_likelihood)


def bgbb_expected_orders(
    parameters: Parameters,
    horizon: int,
    frequency: ArrayLike,
    recency: ArrayLike,
    T: ArrayLike,
) -> Floats:
    """Gifts expected on the next `horizon` occasions; the rest as in `bgbb_p_alive`."""
    values, x, t_x, n = _known(parameters, frequency, recency, T)
    alpha, beta, _, _ = values
    there = np.zeros_like(n)
    for ahead in range(1, horizon + 1):
        there += np.exp(_stay(values, n, ahead))
    log_likelihood = bgbb_likelihood(values, x, t_x, n)[0]
    gives = (alpha + x) / (alpha + beta + n)
    return np.asarray(np.exp(_alive(values, x, n) - log_likelihood) * gives * there)


def bgbb_likelihood(parameters: Floats, x: Floats, t_x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Log-likelihood of each row and its gradient by the logarithms of the parameters."""
    alpha, beta, gamma, delta = parameters
    # A customer who is there after n occasions, or was last there on t_x + i.
    ahead = np.arange(int((n - t_x).max(initial=0)))[None, :]
    possible = ahead < (n - t_x)[:, None]
    missed = np.where(possible, (t_x - x)[:, None] + ahead, 0.0)
    stays = np.where(possible, t_x[:, None] + ahead, 0.0)
    gave, x_all = x[:, None], np.column_stack([x, np.broadcast_to(x[:, None], missed.shape)])
    missed = np.column_stack([n - x, missed])
    stays = np.column_stack([n, stays])
    leaves = np.column_stack([np.zeros_like(n), np.ones(possible.shape)])
    log_parts = (
        special.betaln(alpha + gave, beta + missed)
        - special.betaln(alpha, beta)
        + special.betaln(gamma + leaves, delta + stays)
        - special.betaln(gamma, delta)
    )
    log_parts[:, 1:][~possible] = -np.inf
    values = special.logsumexp(log_parts, axis=1)
    shares = np.exp(log_parts - values[:, None])
    slopes = [
        *_beta_slopes(alpha, beta, x_all, missed),
        *_beta_slopes(gamma, delta, leaves, stays),
    ]
    return values, np.stack([(shares * slope).sum(axis=1) for slope in slopes])


def _beta_slopes(a: float, b: float, more_a: Floats, more_b: Floats) -> tuple[Floats, Floats]:
    # Of ln B(a + more_a, b + more_b) − ln B(a, b), by ln a and by ln b.
    together = special.digamma(a + b) - special.digamma(a + b + more_a + more_b)
    return (
        a * (special.digamma(a + more_a) - special.digamma(a) + together),
        b * (special.digamma(b + more_b) - special.digamma(b) + together),
    )


def _alive(parameters: Floats, x: Floats, n: Floats) -> Floats:
    # Log-likelihood of the gifts and of being there after n occasions.
    alpha, beta, gamma, delta = parameters
    gifts = special.betaln(alpha + x, beta + n - x) - special.betaln(alpha, beta)
    return np.asarray(gifts + special.betaln(gamma, delta + n) - special.betaln(gamma, delta))


def _stay(parameters: Floats, n: Floats, ahead: int) -> Floats:
    # Log-probability of being there on the ahead-th occasion after the n-th, being there then.
    _, _, gamma, delta = parameters
    return np.asarray(special.betaln(gamma, delta + n + ahead) - special.betaln(gamma, delta + n))


def _known(
    parameters: Parameters, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    x, t_x, n = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(v, dtype=float)) for v in (frequency, recency, T))
    )
    return _vector(parameters, BGBB), x, t_x, n


def _vector(parameters: Parameters, names: tuple[str, ...]) -> Floats:
    return np.array([float(parameters[name]) for name in names])

"""Pareto/NBD: orders come at random until a customer drops out, at any moment.

A customer orders at the rate λ ~ Gamma(r, α) and lives for a time of rate μ ~ Gamma(s, β).

The published likelihood is a difference of hypergeometric functions, which cancels to nothing
for busy customers. The integral it comes from, over the moment τ of the drop-out, has no such
trouble and gives the gradient too:

L = Γ(r+x)/Γ(r) α^r β^s {(α+T)^−(r+x) (β+T)^−s + s ∫ (α+τ)^−(r+x) (β+τ)^−(s+1) dτ, t_x to T}

References
----------
Schmittlein, Morrison & Colombo (1987), Management Science 33(1). doi:10.1287/mnsc.33.1.1
Fader & Hardie (2005), A note on deriving the Pareto/NBD model. brucehardie.com/notes/009
"""

import numpy as np
from scipy import special

from crm_strategy.analysis.histories import Floats, Histories, dead_and_either

PARAMETERS = ("r", "alpha", "s", "beta")
"""Shape and rate of the order rates, then of the drop-out rates."""

_PLACES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
_PLACES, _WEIGHTS = (_PLACES[:, None] + 1) / 2, _WEIGHTS[:, None] / 2
"""One row a point, so that each row of the data is a column: NumPy's inner loops are long."""
_FADED = 40.0
"""e^−40 of the integrand's height adds nothing to a double."""
_ROWS = 1_024
"""Rows at once: their integration points, 200 kB a term, stay in the processor's cache."""


def likelihood(parameters: Floats, rows: Histories) -> tuple[Floats, Floats]:
    """Log-likelihood of each history and its gradient by the logarithms of the parameters.

    Returns
    -------
    tuple
        One value a row; four rows (as `PARAMETERS`) of one value each.
    """
    count = len(rows.frequency)
    values, scores = np.empty(count), np.empty((4, count))
    for start in range(0, count, _ROWS):
        stop = min(start + _ROWS, count)
        values[start:stop], scores[:, start:stop] = _likelihood(parameters, rows.part(start, stop))
    return values, scores


def _likelihood(parameters: Floats, rows: Histories) -> tuple[Floats, Floats]:
    r, alpha, s, beta = parameters
    x = rows.frequency
    rate = r + x
    log_odds, density, since, buys_since, lives_since = _drop_out(parameters, rows)
    dead, either = dead_and_either(log_odds)
    alive = 1 - dead

    # Means over the moments of drop-out, as likely as the history makes them.
    def mean_wait(known: Floats, at_end: Floats, since: Floats) -> Floats:
        before = known + np.einsum("ij,ij->j", density, since)
        return np.asarray(alive * at_end + dead * before)

    def mean_inverse(start: float) -> Floats:
        moments = since + (start + rows.recency)
        return np.asarray(dead * np.divide(density, moments, out=moments).sum(axis=0))

    grown = (special.gammaln(r + rows.levels) - special.gammaln(r))[rows.level]
    by_r = (special.digamma(r + rows.levels) - special.digamma(r))[rows.level]
    buys, lives = np.log1p(rows.T / alpha), np.log1p(rows.T / beta)
    values = grown - r * buys - x * np.log(alpha + rows.T) - s * lives
    scores = np.stack(
        [
            r * (by_r - mean_wait(np.log1p(rows.recency / alpha), buys, buys_since)),
            r - alpha * rate * (alive / (alpha + rows.T) + mean_inverse(alpha)),
            s * -mean_wait(np.log1p(rows.recency / beta), lives, lives_since) + dead,
            s - beta * (s * alive / (beta + rows.T) + (s + 1) * mean_inverse(beta)),
        ]
    )
    return values + either, scores


def p_alive(parameters: Floats, rows: Histories) -> Floats:
    """Probability not to have dropped out by T."""
    count = len(rows.frequency)
    parts = [
        special.expit(-_drop_out(parameters, rows.part(start, start + _ROWS))[0])
        for start in range(0, count, _ROWS)
    ]
    return np.concatenate(parts) if parts else np.empty(0)


def expected_orders(parameters: Floats, horizon: Floats, rows: Histories) -> Floats:
    """Orders expected in (T, T + horizon].

    (r + x)(β + T) / ((α + T)(s − 1)) · [1 − ((β + T) / (β + T + horizon))^(s−1)] · P(alive)
    """
    r, alpha, s, beta = parameters
    lives = beta + rows.T
    gone = np.log1p(horizon / lives)
    # (1 − e^−(s−1)g) / (s − 1) = g · (e^−(s−1)g − 1) / −(s−1)g, which has no pole at s = 1.
    years = gone * special.exprel(-(s - 1) * gone) * lives
    rate = (r + rows.frequency) / (alpha + rows.T)
    return np.asarray(rate * years * p_alive(parameters, rows), dtype=float)


def p_no_order(parameters: Floats, horizon: Floats, rows: Histories) -> Floats:
    """Probability of no order in (T, T + horizon].

    1 − P(alive) · ∫ λ's e^−λu and μ's e^−μu over the wait u for the next order, which in
    y = (r + x) ln(1 + u / (α + T)) is ∫ e^−y ((β + T) / (β + T + u))^s dy.
    """
    r, alpha, s, beta = parameters
    wait = np.broadcast_to(horizon, rows.T.shape)
    parts = [np.empty(0)]
    for start in range(0, len(rows.T), _ROWS):
        cut = rows.part(start, start + _ROWS)
        rate, late = r + cut.frequency, alpha + cut.T
        longest = np.minimum(rate * np.log1p(wait[start : start + _ROWS] / late), _FADED)
        y = longest * _PLACES
        u = late * np.expm1(y / rate)
        still = np.exp(-y - s * np.log1p(u / (beta + cut.T)))
        parts.append(longest * (still * _WEIGHTS).sum(axis=0))
    orders = np.concatenate(parts)
    return np.asarray(1 - p_alive(parameters, rows) * orders, dtype=float)


def _drop_out(parameters: Floats, rows: Histories) -> tuple[Floats, ...]:
    # The log odds of dead to alive; for each row the shares of the moments τ of drop-out, the
    # time τ − t_x, and ln((α + τ) / (α + t_x)), ln((β + τ) / (β + t_x)).
    r, alpha, s, beta = parameters
    x, t_x = rows.frequency, rows.recency
    rate = r + x
    # In w = ln((c + τ) / (c + t_x)) with the smaller of α and β, the integrand has no
    # singularity nearer than π; it ends where one of its factors has faded.
    c = min(alpha, beta)
    faded = np.minimum(_fades(alpha + t_x, rate), _fades(beta + t_x, s + 1))
    longest = np.log1p(np.minimum(rows.T - t_x, faded) / (c + t_x))
    w = longest * _PLACES
    since = np.expm1(w)
    since *= c + t_x
    # One of the two logarithms is w.
    buys = w if alpha <= beta else np.log1p(since / (alpha + t_x))
    lives = w if beta <= alpha else np.log1p(since / (beta + t_x))
    weight = rate * buys
    weight += (s + 1) * lives
    np.exp(np.subtract(w, weight, out=weight), out=weight)
    weight *= _WEIGHTS
    area = weight.sum(axis=0)
    weight /= area
    length = longest * (c + t_x) / (beta + t_x)
    # No time to drop out in has odds of 0.
    log_area = np.log(area) + np.log(length, out=np.full_like(length, -np.inf), where=length > 0)
    log_odds = (
        np.log(s)
        + log_area
        + rate * np.log((alpha + rows.T) / (alpha + t_x))
        + s * np.log((beta + rows.T) / (beta + t_x))
    )
    return log_odds, weight, since, buys, lives


def _fades(start: Floats, power: Floats | float) -> Floats:
    # The time u after which (start + u)^−power has faded.
    return np.asarray(start * np.expm1(np.minimum(_FADED / power, 600.0)))

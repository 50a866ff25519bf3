"""BG/NBD and MBG/NBD: orders come at random until a customer drops out after one of them.

A customer orders at the rate λ ~ Gamma(r, α) and after an order drops out with probability
p ~ Beta(a, b). In BG/NBD the first order is no chance to drop out, so whoever ordered once is
alive; in MBG/NBD (`first` = 1) it is. With n = frequency + `first` chances the two share every
formula.

References
----------
Fader, Hardie & Lee (2005), Marketing Science 24(2). doi:10.1287/mksc.1040.0098
Batislam, Denizel & Filiztekin (2007), IJRM 24(3). doi:10.1016/j.ijresmar.2006.12.005
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from crm_strategy.analysis.histories import Floats, Histories, dead_and_either

PARAMETERS = ("r", "alpha", "a", "b")
"""Shape and rate of the order rates, then the two of the drop-out probabilities."""

_NEAR = 1e-5
"""Nearer than this to a removable pole, a value is the mean of both sides."""
_ROWS, _POINTS = 2_048, 400


def likelihood(parameters: Floats, rows: Histories, *, first: int) -> tuple[Floats, Floats]:
    """Log-likelihood of each history and its gradient by the logarithms of the parameters.

    Returns
    -------
    tuple
        One value a row; four rows (as `PARAMETERS`) of one value each.
    """
    r, alpha, a, b = parameters
    levels, chances = rows.levels, rows.levels + first
    together = special.digamma(a + b) - special.digamma(a + b + chances)
    # Without a chance to drop out nobody is dead, and b + n − 1 may be 0.
    last = np.where(chances > 0, b + chances - 1, 1.0)
    by_level = [
        special.gammaln(r + levels)
        - special.gammaln(r)
        + special.betaln(a, b + chances)
        - special.betaln(a, b)
        - levels * np.log(alpha),
        special.digamma(r + levels) - special.digamma(r),
        together,
        together + special.digamma(b + chances) - special.digamma(b),
        np.where(chances > 0, np.log(a / last), -np.inf),
        1 / last,
    ]
    height, by_r, by_a, by_b, odds, by_last = np.take(by_level, rows.level, axis=1)
    rate, buying = r + rows.frequency, np.log1p(rows.T / alpha)
    silent = buying - np.log1p(rows.recency / alpha)
    dead, either = dead_and_either(odds + rate * silent)
    waiting = (1 - dead) / (1 + rows.T / alpha) + dead / (1 + rows.recency / alpha)
    scores = np.stack(
        [
            r * (by_r - buying + dead * silent),
            r - rate * waiting,
            a * by_a + dead,
            b * (by_b - dead * by_last),
        ]
    )
    return height - rate * buying + either, scores


def dead_log_odds(parameters: Floats, rows: Histories, *, first: int) -> Floats:
    """Logarithm of P(dropped out) / P(alive); −∞ where there was no chance to drop out."""
    r, alpha, a, b = parameters
    chances = rows.frequency + first
    some = chances > 0
    silent = np.log1p(rows.T / alpha) - np.log1p(rows.recency / alpha)
    last = np.where(some, b + chances - 1, 1.0)
    return np.where(some, np.log(a / last) + (r + rows.frequency) * silent, -np.inf)


def p_alive(parameters: Floats, rows: Histories, *, first: int) -> Floats:
    """Probability not to have dropped out by T."""
    return np.asarray(special.expit(-dead_log_odds(parameters, rows, first=first)), dtype=float)


def expected_orders(parameters: Floats, horizon: Floats, rows: Histories, *, first: int) -> Floats:
    """Orders expected in (T, T + horizon].

    C / (a − 1) · [1 − z^(a−1) ₂F₁(a − 1, a + b + first − 1 − r; C; 1 − z)] · P(alive) with
    C = a + b + n − 1 and z = (α + T) / (α + T + horizon): Euler's transform of the published
    formula. Its second argument does not grow with frequency, so that ten million orders of
    one customer don't overflow.
    """
    r, alpha, a, b = parameters
    start = alpha + rows.T
    z = start / (start + horizon)

    def while_alive(a: float, b: float) -> Floats:
        c = a + b + rows.frequency + first - 1
        later = special.hyp2f1(a - 1, a + b + first - 1 - r, c, 1 - z)
        return np.asarray(c / (a - 1) * (1 - z ** (a - 1) * later), dtype=float)

    # a = 1 and a + b + first = 1 are poles of the formula, not of what it says.
    sides = [(a, b)]
    if abs(a - 1) < _NEAR:
        sides = [(1 - _NEAR, b), (1 + _NEAR, b)]
    elif abs(a + b + first - 1) < _NEAR:
        sides = [(a, b - _NEAR), (a, b + _NEAR)]
    with np.errstate(all="ignore"):
        orders = np.mean([while_alive(*side) for side in sides], axis=0)
    # At most the orders of someone who never drops out.
    most = (r + rows.frequency) * horizon / start
    lost = np.flatnonzero(~((orders >= 0) & (orders <= most * (1 + _NEAR))))
    for places in np.array_split(lost, len(lost) // _ROWS + 1):
        rate, chances = r + rows.frequency[places], rows.frequency[places] + first
        orders[places] = _orders_by_chance(a, b + chances, rate, (horizon / start)[places])
    return np.asarray(orders * p_alive(parameters, rows, first=first), dtype=float)


def p_no_order(parameters: Floats, horizon: Floats, rows: Histories, *, first: int) -> Floats:
    """Probability of no order in (T, T + horizon].

    1 − P(alive) · [1 − ((α + T) / (α + T + horizon))^(r + x)]
    """
    r, alpha, _, _ = parameters
    waits = np.log1p(horizon / (alpha + rows.T)) * (r + rows.frequency)
    return np.asarray(1 + p_alive(parameters, rows, first=first) * np.expm1(-waits), dtype=float)


def p_orders_new(parameters: Floats, t: Floats, n: ArrayLike) -> Floats:
    """Probability that a new customer makes exactly n repeat orders until t, by BG/NBD."""
    r, alpha, a, b = parameters
    orders = np.asarray(n, dtype=float)
    share = t / (alpha + t)
    log_alive = (
        special.betaln(a, b + orders)
        - special.betaln(a, b)
        - special.betaln(r, orders + 1)
        - np.log(r + orders)
        + special.xlogy(orders, share)
        - r * np.log1p(t / alpha)
    )
    some = orders > 0
    at_least = np.where(some, orders, 1.0)
    dropped = np.exp(special.betaln(a + 1, b + at_least - 1) - special.betaln(a, b))
    # At least n orders in t by someone who never drops out.
    reached = special.betainc(at_least, r, share)
    return np.asarray(np.exp(log_alive) + np.where(some, dropped * reached, 0.0), dtype=float)


def _orders_by_chance(a: float, b: Floats, rate: Floats, ahead: Floats) -> Floats:
    # Mean of (1 − (1 + p u)^−rate) / p over p ~ Beta(a, b), u = `ahead`: for large a, where
    # the hypergeometric function overflows. In y = ln(p / (1 − p)) the beta is smooth; above
    # y = 40, p is 1 to a double.
    middle, spread = np.log(a / b), np.sqrt(1 / a + 1 / b)
    low = middle - 40 / a - 9 * spread
    high = np.maximum(np.minimum(middle + 40 / b + 9 * spread, 40.0), low + spread)
    y = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, _POINTS)
    log_weight = a * special.log_expit(y) + b[:, None] * special.log_expit(-y)
    step = (high - low) / (_POINTS - 1)
    weight = np.exp(log_weight - special.betaln(a, b)[:, None]) * step[:, None]
    p = special.expit(y)
    orders = -np.expm1(-rate[:, None] * np.log1p(p * ahead[:, None])) / p
    surely = -np.expm1(-rate * np.log1p(ahead))
    rest = np.maximum(1 - weight.sum(axis=1), 0.0)
    return np.asarray((weight * orders).sum(axis=1) + rest * surely, dtype=float)

"""95 % intervals of an index: a group against the base it belongs to, 100 = as the base.

Both intervals are symmetric on the logarithm, so they stay above zero, and both know that the
group is part of the base: the whole base has the index 100, give or take nothing.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtrit

from crm_strategy.analysis.intervals import CONFIDENCE

Bounds = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Low and high; NaN where the data are too few to say."""

LEAST_EFFECTIVE = 20.0
"""Customers' worth, (Σx)² / Σx², that a base needs: the effective number of Kish (1965).

One customer with over a fifth of the sum takes its own group far from the base, and the variance,
linear in shares, hardly sees it: of groups drawn by chance from bases of 8 to 10 customers'
worth one in six would seem clearly unlike the base, instead of one in twenty.
"""

_ROUNDING = 1e-12


def mean_index_intervals(
    count: ArrayLike,
    total: ArrayLike,
    squares: ArrayLike,
    *,
    base: tuple[float, float, float],
    confidence: float = CONFIDENCE,
    least_effective: float = LEAST_EFFECTIVE,
) -> Bounds:
    """Intervals of 100 × a group's mean ÷ the base's mean, by linearisation.

    Var(I) = (S (1/n² − 2I/(nN)) n/(n−1) + I² S_N/N²) / M², with I the index / 100, n and S the
    group's size and Σ(x − its mean)², N, M and S_N the base's size, mean and Σ(x − M)².

    Parameters
    ----------
    count, total, squares
        Of each group: number of customers, Σx and Σ(x − mean of the group)².
    base
        The same of the base, whose part the groups are.
    confidence
        Level of the interval, 0 to 1.
    least_effective
        Customers' worth that the base needs, (Σx)² / Σx².

    Returns
    -------
    tuple
        Low and high. NaN for groups of one, where all are equal, unless both means are above
        0, and where a few customers hold most of the base's sum.
    """
    n, sums, spread = (np.asarray(each, dtype="float64") for each in (count, total, squares))
    N, base_total, base_spread = base
    with np.errstate(divide="ignore", invalid="ignore"):
        base_mean = np.float64(base_total) / N
        index = sums / n / base_mean
        own = spread * (1 / n**2 - 2 * index / (n * N)) * n / (n - 1)
        variance = np.maximum(own + index**2 * base_spread / N**2, 0) / base_mean**2
        varies = spread > _ROUNDING * sums**2 / n
        known = (n > 1) & varies & (base_mean > 0) & (index > 0)
        known &= base_total**2 >= least_effective * (base_spread + base_total * base_mean)
        degrees = np.where(known, n - 1, 1)
        half = stdtrit(degrees, 0.5 + confidence / 2) * np.sqrt(variance) / index
    return _bounds(index, half, known)


def share_index_intervals(
    count: ArrayLike,
    size: ArrayLike,
    base_count: ArrayLike,
    base_size: ArrayLike,
    *,
    confidence: float = CONFIDENCE,
) -> Bounds:
    """Intervals of 100 × (count / size) ÷ (base_count / base_size), by the delta method.

    With the four cells of value × group: Var(log I) = Σ nᵢ gᵢ², gᵢ = ∂ log I / ∂ nᵢ.

    Parameters
    ----------
    count, size
        How many of a group have the value, of how many.
    base_count, base_size
        The same of the base, the group included.
    confidence
        Level of the interval, 0 to 1.

    Returns
    -------
    tuple
        Low and high. NaN where nobody in the group has the value.
    """
    both, group, value, everyone = (
        np.asarray(each, dtype="float64") for each in (count, size, base_count, base_size)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        index = both * everyone / (group * value)
        each = 1 / everyone
        variance = (
            both * (1 / both - 1 / group - 1 / value + each) ** 2
            + (value - both) * (each - 1 / value) ** 2
            + (group - both) * (each - 1 / group) ** 2
            + (everyone - value - group + both) * each**2
        )
        half = ndtri(0.5 + confidence / 2) * np.sqrt(np.maximum(variance, 0))
    return _bounds(index, half, both > 0)


def _bounds(
    index: NDArray[np.float64], half: NDArray[np.float64], known: NDArray[np.bool_]
) -> Bounds:
    # Past exp(700) floats end: such an interval says nothing, and needs no warning.
    width = np.exp(np.minimum(np.where(known, half, 0.0), 700.0))
    return (
        np.where(known, 100 * index / width, np.nan),
        np.where(known, 100 * index * width, np.nan),
    )

"""95 % intervals: how far chance alone could move a figure."""

import math
from statistics import NormalDist

from scipy.special import chdtri, stdtrit

CONFIDENCE = 0.95
"""Share of samples whose interval holds the true value."""

Interval = tuple[float | None, float | None]
"""Low and high; None where the data are too few to say."""

NONE: Interval = (None, None)

_ROUNDING = 1e-12


def share_interval(count: float, n: float, *, confidence: float = CONFIDENCE) -> Interval:
    """Wilson's interval of a share.

    centre = (p + z²/2n) / (1 + z²/n), half = z √(p(1−p)/n + z²/4n²) / (1 + z²/n), p = count / n.

    Parameters
    ----------
    count, n
        How many of how many; n = 0 gives no interval.
    confidence
        Its level, 0 to 1.

    References
    ----------
    Wilson (1927), JASA 22(158). Recommended by Brown, Cai & DasGupta (2001), Stat. Sci. 16(2).
    """
    if not n or n <= 0:
        return NONE
    share, z = count / n, _z(confidence)
    spread = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / spread
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / spread
    # Rounding must not push a bound past the share itself, at 0 or at 1.
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


def difference_interval(
    count: float, n: float, other_count: float, other_n: float, *, confidence: float = CONFIDENCE
) -> Interval:
    """Newcombe's interval of the difference of two shares, count / n − other_count / other_n.

    With d the difference and l, u the ends of Wilson's intervals: low = d − √((p₁ − l₁)² +
    (u₂ − p₂)²), high = d + √((u₁ − p₁)² + (p₂ − l₂)²).

    Parameters
    ----------
    count, n, other_count, other_n
        How many of how many, in two separate groups; an empty group gives no interval.
    confidence
        Its level, 0 to 1.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17(8), 873–890, method 10.
    """
    low, high = share_interval(count, n, confidence=confidence)
    other_low, other_high = share_interval(other_count, other_n, confidence=confidence)
    if low is None or high is None or other_low is None or other_high is None:
        return NONE
    share, other = count / n, other_count / other_n
    below = math.hypot(share - low, other_high - other)
    above = math.hypot(high - share, other - other_low)
    return share - other - below, share - other + above


def mean_interval(
    mean: float, squares: float, n: float, *, confidence: float = CONFIDENCE
) -> Interval:
    """Student's t interval of a mean: mean ± t(n−1) √(Σ(x−mean)² / (n−1) / n).

    Parameters
    ----------
    mean
        The mean of n values.
    squares
        Σ(x − mean)², in the unit of the mean, squared.
    n
        Number of values.
    confidence
        Its level, 0 to 1.

    Returns
    -------
    tuple
        Low and high. None for fewer than two values, and where all are equal, for chance
        cannot be read from them.
    """
    if n < 2 or squares <= _ROUNDING * mean * mean * n:
        return NONE
    error = math.sqrt(squares / (n - 1) / n)
    half = float(stdtrit(n - 1, 0.5 + confidence / 2)) * error
    return mean - half, mean + half


def sum_interval(
    total: float, squares: float, *, typical: float, confidence: float = CONFIDENCE
) -> Interval:
    """Interval of a sum of money over events that come by chance, each of its own size.

    Both how many events come and how much each brings is chance. The sum is held for a gamma
    variable of mean `total` and variance `squares`; for the upper end one more event of typical
    size is added. Of events of size 1 it is the exact interval of a Poisson count.

    Parameters
    ----------
    total, squares
        Σx and Σx² over the events seen; 0 where none was.
    typical
        Size of an event that might have come as well: Σx² / Σx over all events known.
    confidence
        Its level, 0 to 1.

    References
    ----------
    Fay & Feuer (1997), Statistics in Medicine 16(7), 791-801; typical instead of largest size
    as in Tiwari, Clegg & Zou (2006), Statistical Methods in Medical Research 15(6), 547-569.
    """
    tail = (1 - confidence) / 2
    above, spread = total + typical, squares + typical * typical
    if not above > 0:
        return NONE
    low = _gamma(total, squares, 1 - tail) if total > 0 and squares > 0 else 0.0
    return low, _gamma(above, spread, tail)


def _gamma(mean: float, variance: float, upper: float) -> float:
    """What a gamma variable exceeds with the probability `upper`."""
    return float(variance / (2 * mean) * chdtri(2 * mean * mean / variance, upper))


def nps_interval(
    promoters: float, detractors: float, n: float, *, confidence: float = CONFIDENCE
) -> Interval:
    """Interval of a net promoter score, in points: score ± 100 z √((p + d − (p − d)²) / n).

    p and d are the shares of promoters and detractors. No interval where the answers do not
    vary, for chance cannot be read from them.

    References
    ----------
    Rocks (2016), The American Statistician 70(4): Wald interval of a difference of two shares
    of one multinomial sample.
    """
    if not n or n <= 0:
        return NONE
    up, down = promoters / n, detractors / n
    variance = up + down - (up - down) ** 2
    if variance <= 0:
        return NONE
    half = 100 * _z(confidence) * math.sqrt(variance / n)
    score = 100 * (up - down)
    return max(-100.0, score - half), min(100.0, score + half)


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf(0.5 + confidence / 2)

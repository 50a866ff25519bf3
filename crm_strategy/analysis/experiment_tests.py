"""Tests of differences: of two shares, of several, of two means, of a split, of many at once."""

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import chdtrc, ndtr, stdtr, stdtrit
from scipy.stats import fisher_exact

from crm_strategy.analysis.histories import Floats
from crm_strategy.analysis.intervals import CONFIDENCE, NONE, Interval

SPLITS = (0.5, 0.4, 0.3, 0.25, 0.2, 0.1, 0.05)
"""Usual shares of the smaller of two groups."""

_LEAST_EXPECTED = 5
_NAN = float("nan")


def difference_test(count: float, n: float, other_count: float, other_n: float) -> float:
    """P-value of two shares being equal, two-sided: the pooled z test.

    z = (p₁ − p₂) / √(p̄ q̄ (1/n₁ + 1/n₂)). Where fewer than 5 of a kind are expected in a group,
    Fisher's exact test. NaN for an empty group, and where all cases are alike.

    Parameters
    ----------
    count, n, other_count, other_n
        How many of how many, in two separate groups.
    """
    if n <= 0 or other_n <= 0:
        return _NAN
    pooled = (count + other_count) / (n + other_n)
    if pooled in (0.0, 1.0):
        return _NAN
    if min(n, other_n) * min(pooled, 1 - pooled) < _LEAST_EXPECTED:
        table = [[count, n - count], [other_count, other_n - other_count]]
        return float(fisher_exact(np.round(table).astype(int)).pvalue)
    error = math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / other_n))
    return float(2 * ndtr(-abs(count / n - other_count / other_n) / error))


def equal_shares_test(counts: Sequence[float], sizes: Sequence[float]) -> tuple[float, float]:
    """χ² of several shares being equal, and its p-value with one degree less than groups.

    NaN with fewer than two groups that have cases, and where all cases are alike.
    """
    groups = [(count, n) for count, n in zip(counts, sizes, strict=True) if n > 0]
    cases = sum(n for _, n in groups)
    pooled = sum(count for count, _ in groups) / cases if cases else 0.0
    if len(groups) < 2 or pooled in (0.0, 1.0):
        return _NAN, _NAN
    square = sum((count - n * pooled) ** 2 / (n * pooled * (1 - pooled)) for count, n in groups)
    return square, float(chdtrc(len(groups) - 1, square))


def sample_ratio_test(sizes: Sequence[float]) -> float:
    """P-value of groups having been drawn in the split that was meant: χ² of their sizes.

    Which split was meant is not known: of two groups the nearest of `SPLITS`, of more an equal
    one. A split that chance does not explain means that customers were lost or doubled on the
    way, and then the groups are not alike. A group without any case is a split like others.

    Parameters
    ----------
    sizes
        Cases a group; NaN for fewer than two groups, and where none has cases.

    References
    ----------
    Fabijan et al. (2019), KDD '19: diagnosing sample ratio mismatch.
    """
    total = float(sum(sizes))
    if len(sizes) < 2 or total <= 0:
        return _NAN
    meant = [1 / len(sizes)] * len(sizes)
    if len(sizes) == 2:
        small = min(sizes) / total
        nearest = min(SPLITS, key=lambda split: abs(split - small))
        meant = [nearest, 1 - nearest] if sizes[0] <= sizes[1] else [1 - nearest, nearest]
    square = sum(
        (size - share * total) ** 2 / (share * total)
        for size, share in zip(sizes, meant, strict=True)
    )
    return float(chdtrc(len(sizes) - 1, square))


def welch_interval(
    means: tuple[float, float],
    variances: tuple[float, float],
    sizes: tuple[float, float],
    *,
    confidence: float = CONFIDENCE,
) -> tuple[Interval, float]:
    """Welch's interval of a difference of two means, first − second, and its p-value.

    Degrees of freedom by Satterthwaite. None and NaN for fewer than two cases in a group, or
    where nothing varies.

    Parameters
    ----------
    means, variances, sizes
        Of the two groups; variances with n − 1.
    confidence
        Its level, 0 to 1.

    References
    ----------
    Welch (1947), Biometrika 34.
    """
    if min(sizes) < 2:
        return NONE, _NAN
    parts = [variance / size for variance, size in zip(variances, sizes, strict=True)]
    error = math.sqrt(sum(parts))
    if not error > 0:
        return NONE, _NAN
    freedom = sum(parts) ** 2 / sum(
        part**2 / (size - 1) for part, size in zip(parts, sizes, strict=True)
    )
    gap = means[0] - means[1]
    half = float(stdtrit(freedom, 0.5 + confidence / 2)) * error
    return (gap - half, gap + half), float(2 * stdtr(freedom, -abs(gap) / error))


def interaction_test(own: Sequence[float], others: Sequence[float]) -> float:
    """P-value of a difference of shares being the same in two sets of cases: z of the two.

    Parameters
    ----------
    own, others
        Size and control's size, count and control's count, of each set; NaN where a group is
        empty or nothing varies.
    """
    gaps, variances = [], []
    for size, control_size, count, control_count in (own, others):
        if min(size, control_size) <= 0:
            return _NAN
        rate, base = count / size, control_count / control_size
        gaps.append(rate - base)
        variances.append(rate * (1 - rate) / size + base * (1 - base) / control_size)
    error = math.sqrt(sum(variances))
    return float(2 * ndtr(-abs(gaps[0] - gaps[1]) / error)) if error > 0 else _NAN


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values adjusted for testing many at once; NaN stays and counts for none.

    The i-th smallest of m is multiplied by m − i + 1, never less than the one before, at most 1.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6(2).
    """
    known = sorted((p, at) for at, p in enumerate(p_values) if p == p)
    adjusted, least = [_NAN] * len(p_values), 0.0
    for place, (p, at) in enumerate(known):
        least = max(least, min(1.0, p * (len(known) - place)))
        adjusted[at] = least
    return adjusted


def bootstrap_means(
    values: Floats, counts: Floats, *, zeros: int, draws: int, random: np.random.Generator
) -> Floats:
    """Means of samples drawn anew, with replacement, from values that occur so often.

    Parameters
    ----------
    values, counts
        Distinct values above 0 and how often each occurs.
    zeros
        How often 0 occurs.
    draws
        Number of samples.
    random
        Where chance comes from.
    """
    sizes = np.append(counts, zeros).astype("int64")
    total = int(sizes.sum())
    if total == 0:
        return np.full(draws, _NAN)
    drawn = random.multinomial(total, sizes / total, size=draws)
    return np.asarray(drawn[:, :-1] @ values / total)

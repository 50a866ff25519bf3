"""Power and sample size of a test of two shares."""

import math
from collections.abc import Sequence
from statistics import NormalDist

import pandas as pd

POWER, ALPHA = 0.8, 0.05
"""Chance to find an effect that is there, and to find one that is not (two-sided)."""

LIFTS = (0.05, 0.1, 0.2, 0.3, 0.5)
"""Rises of a rate to plan for, fractions of it."""


def sample_size(
    share: float,
    other: float,
    *,
    power: float = POWER,
    alpha: float = ALPHA,
    ratio: float = 1.0,
) -> float:
    """Cases of the first group that it takes to tell two shares apart.

    n = (z(1 − α/2) √(p̄ q̄ (1 + 1/k)) + z(power) √(p₁q₁ + p₂q₂/k))² / (p₁ − p₂)², with
    p̄ = (p₁ + k p₂) / (1 + k): the two-sided test of two proportions.

    Parameters
    ----------
    share, other
        The two shares; equal ones take infinitely many.
    power, alpha
        See `POWER` and `ALPHA`.
    ratio
        k, cases of the second group for each of the first.

    References
    ----------
    Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, ch. 4; R's
    `power.prop.test`.
    """
    if share == other:
        return math.inf
    null, apart = _spreads(share, other, ratio)
    z = NormalDist().inv_cdf
    return ((z(1 - alpha / 2) * null + z(power) * apart) / (share - other)) ** 2


def found_power(
    share: float, other: float, *, size: float, alpha: float = ALPHA, ratio: float = 1.0
) -> float:
    """Chance that a test of so many cases in the first group tells two shares apart.

    The inverse of `sample_size`; 0 for equal shares or an empty group.

    Parameters
    ----------
    share, other, alpha, ratio
        As in `sample_size`.
    size
        Cases of the first group.
    """
    null, apart = _spreads(share, other, ratio)
    if size <= 0 or ratio <= 0 or apart == 0 or share == other:
        return 0.0
    z = NormalDist()
    distance = math.sqrt(size) * abs(share - other) - z.inv_cdf(1 - alpha / 2) * null
    return z.cdf(distance / apart)


def _spreads(share: float, other: float, ratio: float) -> tuple[float, float]:
    """√ of the variance of one case's difference, if the shares are equal and if they are not."""
    if ratio <= 0:
        return 0.0, 0.0
    mean = (share + ratio * other) / (1 + ratio)
    null = math.sqrt(mean * (1 - mean) * (1 + 1 / ratio))
    return null, math.sqrt(share * (1 - share) + other * (1 - other) / ratio)


def size_plan(rate: float, *, lifts: Sequence[float] = LIFTS) -> pd.DataFrame:
    """How many customers a group it takes to find rises of a rate.

    Parameters
    ----------
    rate
        The rate without the change: a fraction; others than between 0 and 1 give no plan.
    lifts
        Rises, fractions of the rate; those beyond 100 % are left out.

    Returns
    -------
    DataFrame
        `lift`, `rate`, `aim` = rate × (1 + lift), `needed_size` and `needed_size_90` (customers
        a group, for a power of 80 % and of 90 %).
    """
    aims = [(lift, rate * (1 + lift)) for lift in lifts if 0 < rate < 1]
    rows = [
        {
            "lift": lift,
            "rate": rate,
            "aim": aim,
            "needed_size": math.ceil(sample_size(rate, aim)),
            "needed_size_90": math.ceil(sample_size(rate, aim, power=0.9)),
        }
        for lift, aim in aims
        if aim < 1
    ]
    return pd.DataFrame(rows, columns=["lift", "rate", "aim", "needed_size", "needed_size_90"])

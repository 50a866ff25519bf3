"""A lasting break in the level of a monthly series, told apart from its season and its growth."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crm_strategy.analysis.histories import Floats

LEAST_SIZE = float(np.log(1.25))
"""The least break that counts, in logarithms: a quarter more, or a fifth less."""

CLEAR = 16.0
"""F from which a break is believed, against 12 of the 1 % point where its month is sought.

Andrews (1993), Econometrica 61(4), table I. Noise alone reaches it in 1 series of 100 at most.
"""

READ = 48
"""The last months, at most, in which a break is sought."""

_YEAR, _LEAST_MONTHS = 12, 3


@dataclass(frozen=True)
class LevelBreak:
    """`months_ago`: months known since the break; `size`: level since / level before."""

    months_ago: int
    size: float


def level_break(values: Sequence[float] | Floats) -> LevelBreak | None:
    """The clearest lasting break of level, if one explains the series better than growth does.

    The logarithms are fitted, by least squares, with a mean for each calendar month and
    either one step, after every month in turn (the best is kept), or steady growth. The break
    is believed where F = (misses squared under growth − under the step) / (under the step /
    (n − 13)) exceeds `CLEAR`, and the step is `LEAST_SIZE` at least.

    Parameters
    ----------
    values
        One value a month, oldest first; the last `READ` are looked at.

    Returns
    -------
    LevelBreak or None
        None, too, under two full years, with fewer than three months before or after the best
        step, which may be a month out of line, and where a month is not above 0.

    References
    ----------
    Bai & Perron (1998), Econometrica 66(1): breaks by least squares.
    """
    known = np.asarray(values, dtype="float64")[-READ:]
    if len(known) < 2 * _YEAR or known.min() <= 0:
        return None
    at = np.arange(len(known))
    starts = np.arange(1, len(known))
    rest = _less_season(np.log(known))
    steps = _less_season((at[:, None] >= starts).astype("float64"))
    growth = _less_season(at.astype("float64"))
    sizes = rest @ steps / (steps**2).sum(axis=0)
    missed = ((rest[:, None] - steps * sizes) ** 2).sum(axis=0)
    best = int(missed.argmin())
    start, size = int(starts[best]), float(sizes[best])
    if not _LEAST_MONTHS <= start <= len(known) - _LEAST_MONTHS:
        return None
    grown = float(((rest - growth * (rest @ growth) / (growth @ growth)) ** 2).sum())
    free = len(known) - _YEAR - 1
    if abs(size) < LEAST_SIZE or (grown - missed[best]) * free <= CLEAR * missed[best]:
        return None
    return LevelBreak(months_ago=len(known) - start, size=float(np.exp(size)))


def at_one_level(values: Floats) -> Floats:
    """The series as if all of it stood at the level since its break: months before × its size."""
    found = level_break(values)
    if found is None:
        return values
    before = np.arange(len(values)) < len(values) - found.months_ago
    return np.asarray(np.where(before, values * found.size, values), dtype="float64")


def _less_season(columns: Floats) -> Floats:
    """What the mean of each calendar month leaves."""
    months = np.arange(len(columns)) % _YEAR
    means = np.array([columns[months == month].mean(axis=0) for month in range(_YEAR)])
    return np.asarray(columns - means[months], dtype="float64")

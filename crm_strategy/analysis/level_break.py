"""A lasting break in the level of a monthly series, told apart from its season and its growth."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crm_strategy.analysis.histories import Floats

LEAST_SIZE: Final = float(np.log(1.25))
"""The least break that counts, in logarithms: a quarter more, or a fifth less."""

CLEAR: Final = 13.0
"""F from which a break is believed, against 12 of the 1 % point where its month is sought.

Andrews (1993), Econometrica 61(4), table I, for long series. In 24 to 48 months noise alone
reaches it, with `LEAST_SIZE`, in 2 series of 100 at most.
"""

READ: Final = 48
"""The last months, at most, in which a break is sought."""

LEAST_MONTHS: Final = 3
"""Months before and after a break, at least: a younger one looks like chance, or like a spike."""

CHANCE: Final = 0.02
"""Under it, by the share of empty months before, the empty months at the end are no chance."""

_YEAR: Final = 12
_SEASON, _GROWTH, _NOISE = 0.3, 0.2, 0.1
"""How far calendar months, growth in a year, and chance are held to reach, in logarithms."""

_NO_STEP: Final = 1e-9
_NEAR, _IN_LINE = 3, 0.1
"""A month is in line if it is over so much of the median of the months so near."""


@dataclass(frozen=True)
class LevelBreak:
    """`months_ago`: months known since the break; `size`: level since / level before."""

    months_ago: int
    size: float


class _Reading(NamedTuple):
    """The break, if any, and what each month would be at the last level, as it is fitted."""

    found: LevelBreak | None
    fitted: Floats


def level_break(values: Sequence[float] | Floats) -> LevelBreak | None:
    """The clearest lasting break of level, if season and growth cannot explain it.

    The logarithms are fitted, by least squares, with a season, steady growth and one step, after
    every month in turn; the best is kept. Season and growth are ridge terms (each calendar month
    strays from the mean by ± 30 %, growth is ± 20 % a year, against chance of ± 10 %): in short
    series a step up would else pass for growth with a step down a year before. The step is
    believed where F = (misses squared without it − with it) / (with it / (n − 14)) exceeds
    `CLEAR` × (1 + φ) / (1 − φ), φ the autocorrelation of what the step leaves, if above 0, and
    the step is `LEAST_SIZE` at least. Months out of line (none, or under a tenth of the median of
    their neighbours) are left out.

    Parameters
    ----------
    values
        One value a month, oldest first; the last `READ` are looked at.

    Returns
    -------
    LevelBreak or None
        None, too, where under two full years of months are in line, and with fewer than
        `LEAST_MONTHS` before or after the step: a break of the last two months is not seen.

    References
    ----------
    Bai & Perron (1998), Econometrica 66(1): breaks by least squares. Hoerl & Kennard (1970),
    Technometrics 12(1): ridge terms. Andrews (1991), Econometrica 59(3): variance of misses
    that follow one another.
    """
    known = np.asarray(values, dtype="float64")[-READ:]
    read = _read(known, _in_line(known))
    return read.found if read else None


def at_one_level(values: Floats) -> Floats:
    """The series as if all of it stood at the level since its break, and no month were missed.

    Months before the break × its size. A month out of line becomes what the fit of `level_break`
    has for it, unless its calendar month is more often out of line than not.
    """
    known = values[-READ:]
    in_line = _in_line(known)
    read = _read(known, in_line)
    if read is None:
        return values
    size, ago = (read.found.size, read.found.months_ago) if read.found else (1.0, 0)
    even = np.where(np.arange(len(values)) < len(values) - ago, values * size, values)
    months = np.arange(len(known)) % _YEAR
    usual = np.array([in_line[months == month].mean() >= 1 / 2 for month in months])
    once = out_of_line(known) & usual
    even[len(values) - len(known) :][once] = read.fitted[once]
    return np.asarray(even, dtype="float64")


def out_of_line(values: Sequence[float] | Floats) -> NDArray[np.bool_]:
    """Which months are under a tenth of the median of their neighbours, which is above 0.

    `LEAST_MONTHS` or more without anything that reach the end are a level, and none of these.
    """
    known = np.asarray(values, dtype="float64")
    odd = np.asarray((_near(known) > 0) & ~_in_line(known))
    run = _empty_run(known)
    if run >= LEAST_MONTHS:
        odd[-run:] = False
    return odd


def empty_months(values: Sequence[float] | Floats) -> int:
    """Months at the end that brought nothing, if neither their season nor chance explains them.

    Of the run, those count whose calendar month was empty in under half of the years before it.
    The run is believed from `LEAST_MONTHS` such months on, where so many empty ones in a row have
    a chance under `CHANCE`, by the share of empty months before the run.

    Parameters
    ----------
    values
        One value a month, oldest first.

    Returns
    -------
    int
        The length of the run; 0 where it is none, or may be season or chance.
    """
    known = np.asarray(values, dtype="float64")
    run = _empty_run(known)
    empty = known[: len(known) - run] <= 0
    if run < LEAST_MONTHS or not len(empty):
        return 0
    same = [empty[at % _YEAR :: _YEAR] for at in range(len(empty), len(known))]
    unusual = sum(not len(years) or years.mean() < 1 / 2 for years in same)
    is_stop = unusual >= LEAST_MONTHS and empty.mean() ** unusual < CHANCE
    return run if is_stop else 0


def _empty_run(known: Floats) -> int:
    """How many months at the end brought nothing."""
    sold = np.flatnonzero(known > 0)
    return len(known) - 1 - int(sold[-1]) if len(sold) else 0


def _in_line(known: Floats) -> NDArray[np.bool_]:
    return np.asarray((known > _IN_LINE * _near(known)) & (known > 0))


def _near(known: Floats) -> Floats:
    """Median of the months near each, itself among them."""
    return np.array(
        [np.median(known[max(at - _NEAR, 0) : at + _NEAR + 1]) for at in range(len(known))]
    )


def _read(known: Floats, in_line: NDArray[np.bool_]) -> _Reading | None:
    """The break and the fit of a series; None where too little is in line."""
    count, at = int(in_line.sum()), np.arange(len(known))
    if count < 2 * _YEAR:
        return None
    terms = np.column_stack(
        [np.equal.outer(at % _YEAR, np.arange(_YEAR)), at / _YEAR, np.ones(len(at))]
    )
    ridge = np.diag([*[_NOISE / _SEASON] * _YEAR, _NOISE / _GROWTH, 0.0])
    before = np.vstack([terms[in_line], ridge])
    starts = at[1:]
    steps = (at[:, None] >= starts).astype("float64")
    held = np.zeros(len(ridge))
    logs = np.r_[np.log(known[in_line]), held]
    columns = np.vstack([steps[in_line], np.zeros((len(ridge), len(starts)))])
    basis, _ = np.linalg.qr(before)
    rest, left = (each - basis @ (basis.T @ each) for each in (logs, columns))
    # A step after which nothing is in line leaves 0 / 0.
    squared = np.maximum((left**2).sum(axis=0), _NO_STEP)
    sizes = rest @ left / squared
    best = int((sizes**2 * squared).argmax())
    missed = rest - left[:, best] * sizes[best]
    gain, misses = float(sizes[best] ** 2 * squared[best]), float(missed @ missed)
    own = missed[:count]
    follow = max(float(own[1:] @ own[:-1]) / misses, 0.0) if misses > 0 else 0.0
    free = count - _YEAR - 2
    clear = gain * free * (1 - follow) > CLEAR * misses * (1 + follow)
    found, start = None, int(starts[best])
    if clear and abs(sizes[best]) >= LEAST_SIZE:
        ago = len(known) - start
        if min(start, ago) < LEAST_MONTHS:
            # Months too few to be a level must not hide a break beside them.
            return _read(known, in_line & ((at < start) if ago < start else (at >= start)))
        found = LevelBreak(months_ago=ago, size=float(np.exp(sizes[best])))
        logs = logs - columns[:, best] * sizes[best] + np.r_[np.full(count, sizes[best]), held]
    weights = np.linalg.lstsq(before, logs, rcond=None)[0]
    return _Reading(found, np.asarray(np.exp(terms @ weights), dtype="float64"))

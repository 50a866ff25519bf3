"""Scan statistic: the run of days on which a share was lower than on all others.

For every run of days the likelihood of two shares, inside and outside, is held against that of
one. The best of many runs is always unlike the rest: how unlike by chance alone is drawn from
the data, the same cases on days chosen at random.

References
----------
Kulldorff (1997), Communications in Statistics 26(6), 1481–1496: a spatial scan statistic.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

Counts = NDArray[np.float64]

SHORTEST, LONGEST = 3, 56
"""Days of the shortest and the longest run."""

LEAST = 10
"""Cases inside and outside a run from which it is looked at."""

_GROWTH = 1.25


class Run(NamedTuple):
    """A run of days: its first day by number, its length, and how unlike the rest it is."""

    first: int
    length: int
    score: float

    @property
    def last(self) -> int:
        """Its last day by number."""
        return self.first + self.length - 1


def run_lengths(days: int) -> list[int]:
    """Lengths to look at: from three days, each a quarter longer, to eight weeks or a third."""
    longest = min(LONGEST, days // 3)
    lengths, length = [], float(SHORTEST)
    while round(length) <= longest:
        lengths.append(round(length))
        length = max(length * _GROWTH, round(length) + 1)
    return sorted({*lengths, longest}) if lengths else []


def low_runs(n: Counts, k: Counts, *, most: int = 3) -> list[Run]:
    """The runs of days on which the fewest went on, most unlike the rest first, none overlapping.

    Parameters
    ----------
    n, k
        Cases a day, and those of them that went on.
    most
        Runs to return.
    """
    runs: list[Run] = []
    for length in run_lengths(len(n)):
        scores = _scores(n, k[None, :], length)[0]
        runs += [Run(int(at), length, float(scores[at])) for at in np.argsort(-scores)[:20]]
    found: list[Run] = []
    for run in sorted(runs, key=lambda run: (-run.score, run.first, run.length)):
        apart = all(run.last < other.first or other.last < run.first for other in found)
        if run.score > 0 and apart and len(found) < most:
            found.append(run)
    return found


def sharpened(n: Counts, k: Counts, run: Run) -> Run:
    """The run with its ends moved by up to a third of its length, to where it is most unlike."""
    room = max(run.length // 3, 2)
    whole_n, whole_k = np.concatenate([[0.0], n.cumsum()]), np.concatenate([[0.0], k.cumsum()])
    best = run
    for first in range(max(run.first - room, 0), run.first + room + 1):
        for last in range(run.last - room, min(run.last + room, len(n) - 1) + 1):
            if last - first + 1 < SHORTEST:
                continue
            inside = whole_n[last + 1] - whole_n[first], whole_k[last + 1] - whole_k[first]
            score = _score(*map(np.asarray, (*inside, whole_n[-1], whole_k[-1])))
            if float(score) > best.score:
                best = Run(first, last - first + 1, float(score))
    return best


def unrest(n: Counts, k: Counts, run: Run) -> float:
    """How much more the days outside a run differ than chance would have it; 1 is chance.

    Pearson's χ² of the shares of the days over its degrees of freedom, never below 1. A score
    divided by it is the quasi-likelihood's: days that differ anyway make no run special.

    References
    ----------
    Wedderburn (1974), Biometrika 61(3), 439–447.
    """
    outside = np.ones(len(n), dtype=bool)
    outside[run.first : run.last + 1] = False
    cases, went_on = n[outside & (n > 0)], k[outside & (n > 0)]
    if len(cases) < 2 or not 0 < went_on.sum() < cases.sum():
        return 1.0
    share = went_on.sum() / cases.sum()
    squares = (went_on - cases * share) ** 2 / (cases * share * (1 - share))
    return max(1.0, float(squares.sum()) / (len(cases) - 1))


def chance_scores(
    series: Sequence[tuple[Counts, Counts]], *, draws: int = 199, seed: int = 1
) -> Counts:
    """The best score of all series in each draw, where nothing but chance is at work.

    Each draw spreads the cases that went on over the days at random, as many as there were,
    among the cases of each day.

    Parameters
    ----------
    series
        Pairs of cases a day and those that went on.
    draws, seed
        Number of draws, and what makes them the same in every run.
    """
    generator = np.random.default_rng(seed)
    best = np.zeros(draws)
    for n, k in series:
        cases, went_on = n.astype(np.int64), int(k.sum())
        if not 0 < went_on < cases.sum():
            continue
        drawn = generator.multivariate_hypergeometric(
            cases, went_on, size=draws, method="marginals"
        ).astype("float64")
        for length in run_lengths(len(n)):
            best = np.maximum(best, _scores(n, drawn, length).max(axis=1))
    return best


def _scores(n: Counts, k: Counts, length: int) -> Counts:
    """Score of each run of this length, a row per row of `k`."""
    whole_n = np.concatenate([[0.0], n.cumsum()])
    whole_k = np.concatenate([np.zeros((len(k), 1)), k.cumsum(axis=1)], axis=1)
    inside_n = whole_n[length:] - whole_n[:-length]
    inside_k = whole_k[:, length:] - whole_k[:, :-length]
    return _score(inside_n[None, :], inside_k, whole_n[-1], whole_k[:, -1:])


def _score(n: Counts, k: Counts, all_n: Counts, all_k: Counts) -> Counts:
    """Logarithm of the ratio of likelihoods; 0 unless fewer went on inside than outside."""
    out_n, out_k = all_n - n, all_k - k
    lower = k * out_n < out_k * n
    enough = (n >= LEAST) & (out_n >= LEAST)
    gain = _likelihood(n, k) + _likelihood(out_n, out_k) - _likelihood(all_n, all_k)
    return np.where(lower & enough, gain, 0.0)


def _likelihood(n: Counts, k: Counts) -> Counts:
    """Greatest log-likelihood of k out of n: k ln(k / n) + (n − k) ln(1 − k / n)."""
    return np.asarray(xlogy(k, k) + xlogy(n - k, n - k) - xlogy(n, n))

"""Shapley attribution: what a channel adds, over all orders in which channels could join."""

from dataclasses import dataclass
from math import factorial
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_strategy.analysis.path_steps import Real, Steps, Whole, numbered, sums

MOST_EXACT: Final = 12
"""Channels of a journey up to which all sets are looked at; of more, orders are drawn by lot."""

DRAWS: Final = 200
"""Orders of joining drawn, each also the other way round."""

_AT_ONCE: Final = 1 << 18
"""Sets within sets that are looked at together."""


def shapley_sets(steps: Steps, measure: str = "conversions") -> pd.Series:
    """Credit when a set of channels is worth what the journeys within it earned.

    v(S) = Σ earned by paths with no channel outside S. Its Shapley value *is* linear on unique
    channels: each journey shared equally by the channels in it, however often they touched.
    Journeys that ended in none count for nothing.

    Parameters
    ----------
    steps
        As `steps_of` returns them.
    measure
        `conversions` or `value`.

    Returns
    -------
    Series
        Credit by `channel`, in the unit of the measure (orders or money).

    References
    ----------
    Zhao, Mahboobi & Bagheri (2018), arXiv:1804.05327
    """
    path, channel = steps.distinct
    sizes = np.bincount(path, minlength=len(steps.conversions))
    shares = (steps.measure(measure) / np.maximum(sizes, 1))[path]
    return _by_channel(steps, sums(channel, shares, len(steps.channels)))


def shapley_rates(
    steps: Steps, *, most_exact: int = MOST_EXACT, draws: int = DRAWS, seed: int = 0
) -> pd.DataFrame:
    """Credit when a set of channels is worth the share of journeys within it that convert.

    v(S) = Σ orders / Σ journeys of paths with no channel outside S, 0 without any. Each order
    is shared by the channels T of its journey in proportion to their Shapley values in T:
    effect(c) = Σ over S ⊆ T without c: |S|! (t − |S| − 1)! / t! · (v(S + c) − v(S)). A channel
    that lowers the rate of the others earns nothing. So no channel earns more than the orders
    that it led to, however high the rate of a few journeys. It needs journeys that ended in
    none: without them every set converts always.

    Parameters
    ----------
    steps
        As `steps_of` returns them.
    most_exact
        Journeys of more different channels are estimated by `draws` orders of joining, each
        also reversed, with `seed`.
    draws, seed
        See there.

    Returns
    -------
    DataFrame
        `conversions` and `value` (credit in orders and in money, shared alike), `error`
        (standard error of the orders; 0 where exact) by `channel`; Σ is what the paths earned.

    References
    ----------
    Shapley (1953), Contributions to the Theory of Games 2. Shao & Li (2011), KDD '11,
    doi:10.1145/2020408.2020453, for rates of sets of channels.
    """
    random = np.random.default_rng(seed)
    sets = _sets(steps)
    credit = np.zeros((3, len(steps.channels)))
    sold, sizes = sets.conversions > 0, sets.holds.sum(axis=1)
    for size in range(1, most_exact + 1):
        alike = np.flatnonzero(sold & (sizes == size))
        for places in np.array_split(alike, (len(alike) << size) // _AT_ONCE + 1):
            members = np.nonzero(sets.holds[places])[1].reshape(-1, size)
            credit += _credit(sets, places, members, _exact(sets, members), 0.0)
    for place in np.flatnonzero(sold & (sizes > most_exact)):
        own = np.flatnonzero(sets.holds[place])
        effect, error = _drawn(sets, own, draws, random)
        credit += _credit(sets, np.array([place]), own[None], effect[None], error)
    names = pd.Index(steps.channels, name="channel", dtype="object")
    columns = {"conversions": credit[0], "value": credit[1], "error": np.sqrt(credit[2])}
    return pd.DataFrame(columns, index=names)


@dataclass(frozen=True)
class _Sets:
    """Journeys by the set of their channels, each set once, by its number."""

    holds: NDArray[np.bool_]
    numbers: NDArray[Any]
    conversions: Real
    value: Real
    journeys: Real


def _sets(steps: Steps) -> _Sets:
    path, channel = steps.distinct
    holds = np.zeros((len(steps.conversions), len(steps.channels)), dtype=bool)
    holds[path, channel] = True
    # Numbers of more than 62 channels are Python's own, which have no end.
    kind = np.int64 if len(steps.channels) <= 62 else object
    bits = np.array([1 << bit for bit in range(len(steps.channels))], dtype=kind)
    own = holds.astype(kind) @ bits if len(steps.channels) else np.zeros(0, dtype=np.int64)
    place, numbers = numbered(own)
    first = np.zeros(len(numbers), dtype=np.intp)
    first[place[::-1]] = np.arange(len(place))[::-1]
    totals = [
        sums(place, each, len(numbers))
        for each in (steps.conversions, steps.value, steps.conversions + steps.nulls)
    ]
    return _Sets(holds[first], numbers, *totals)


def _credit(
    sets: _Sets, places: Whole, members: Whole, effects: Real, errors: Real | float
) -> Real:
    """Orders, money and squared error of each channel, given the effects of each set's members."""
    kept = np.maximum(effects, 0.0)
    whole = kept.sum(axis=1, keepdims=True)
    orders, value = sets.conversions[places, None], sets.value[places, None]
    error = np.where(kept > 0, orders * errors / whole, 0.0)
    each = (orders * kept / whole, value * kept / whole, error**2)
    return np.stack([sums(members.ravel(), one.ravel(), sets.holds.shape[1]) for one in each])


def _exact(sets: _Sets, members: Whole) -> Real:
    """Shapley values of the members of sets of one size, a set a row, over all sets of them."""
    size = members.shape[1]
    within = np.arange(2**size)
    bits = np.array([1 << bit for bit in range(sets.holds.shape[1])], dtype=sets.numbers.dtype)
    number = np.zeros((len(members), len(within)), dtype=sets.numbers.dtype)
    for bit in range(size):
        number[:, within >> bit & 1 == 1] += bits[members[:, bit], None]
    found = np.minimum(np.searchsorted(sets.numbers, number), len(sets.numbers) - 1)
    known = sets.numbers[found] == number
    got = np.where(known, sets.conversions[found], 0.0)
    seen = np.where(known, sets.journeys[found], 0.0)
    for bit in range(size):
        # Sums over subsets, a channel at a time.
        with_it = within[within >> bit & 1 == 1]
        got[:, with_it] += got[:, with_it ^ (1 << bit)]
        seen[:, with_it] += seen[:, with_it ^ (1 << bit)]
    worth = _rate(got, seen)
    weight = _weights(size)[[int(each).bit_count() for each in within]]
    effects = np.zeros(members.shape)
    for bit in range(size):
        without = within[within >> bit & 1 == 0]
        effects[:, bit] = (worth[:, without | 1 << bit] - worth[:, without]) @ weight[without]
    return effects


def _weights(count: int) -> Real:
    """Chance that just s given channels have joined before another; 0 for all of them."""
    chances = [factorial(s) * factorial(count - s - 1) / factorial(count) for s in range(count)]
    return np.array([*chances, 0.0])


def _drawn(
    sets: _Sets, members: Whole, draws: int, random: np.random.Generator
) -> tuple[Real, Real]:
    """Shapley values of the members and their standard errors, from orders of joining."""
    outside = np.ones(sets.holds.shape[1], dtype=bool)
    outside[members] = False
    inside = ~sets.holds[:, outside].any(axis=1)
    rows, channel = np.nonzero(sets.holds[inside][:, members])
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    got, seen = sets.conversions[inside], sets.journeys[inside]
    pairs = np.empty((draws, len(members)))
    for draw in range(draws):
        joining = random.permutation(len(members))
        both = [_joined(each, channel, starts, got, seen) for each in (joining, joining[::-1])]
        pairs[draw] = (both[0] + both[1]) / 2
    return pairs.mean(axis=0), pairs.std(axis=0, ddof=1) / np.sqrt(draws)


def _joined(joining: Whole, channel: Whole, starts: Whole, got: Real, seen: Real) -> Real:
    """What each channel adds to the rate when they join in this order."""
    rank = np.empty(len(joining), dtype=np.intp)
    rank[joining] = np.arange(len(joining))
    # A journey is within the set once the last of its channels has joined.
    whole = np.maximum.reduceat(rank[channel], starts)
    so_far = [np.cumsum(sums(whole, each, len(rank))) for each in (got, seen)]
    added = np.empty(len(joining))
    added[joining] = np.diff(_rate(so_far[0], so_far[1]), prepend=0.0)
    return added


def _rate(got: Real, seen: Real) -> Real:
    return np.divide(got, seen, out=np.zeros_like(got), where=seen > 0)


def _by_channel(steps: Steps, values: Real) -> pd.Series:
    names = pd.Index(steps.channels, name="channel", dtype="object")
    return pd.Series(values, index=names, dtype="float64")

"""Which conversions stay when only some channels do: sums over all subsets, or a search."""

import numpy as np
from numpy.typing import NDArray

from crm_strategy.analysis.channel_groups import Bools, ChannelGroups
from crm_strategy.analysis.histories import Floats

MOST_CHANNELS = 12
"""Channels up to which every subset is looked at: 4,096 of them."""

_TINY = 1e-9


def all_subsets(count: int) -> Bools:
    """Every subset of some channels: row s holds channel i if bit i of s is 1."""
    numbers = np.arange(2**count)[:, None]
    held: Bools = (numbers >> np.arange(count)) & 1 == 1
    return held


def kept_by_subset(groups: ChannelGroups, switchable: Bools) -> tuple[Floats, Floats]:
    """Conversions whose channels are all on, and those with any channel on, for all subsets.

    Sums over subsets by bits: with k channels, k passes over 2^k sums give the groups inside
    each subset; those with a channel on are all but the groups inside its complement.

    Parameters
    ----------
    groups
        Result of `channel_groups`.
    switchable
        Which of its channels may be off; the others are always on.

    Returns
    -------
    tuple
        Draws × subsets of the switchable channels, in the order of `all_subsets`.
    """
    count = int(switchable.sum())
    masks = groups.holds[:, switchable] @ (1 << np.arange(count, dtype=np.int64))
    fixed = groups.holds[:, ~switchable].any(axis=1)
    inside = _subset_sums(groups.conversions, masks, count)
    loose = _subset_sums(groups.conversions[:, ~fixed], masks[~fixed], count)
    # Counted from the end, a subset stands where its complement does.
    return inside, groups.conversions.sum(axis=1)[:, None] - loose[:, ::-1]


def _subset_sums(weights: Floats, masks: NDArray[np.int64], count: int) -> Floats:
    sums = np.zeros((len(weights), 2**count))
    for mask, column in zip(masks, weights.T, strict=True):
        sums[:, mask] += column
    for bit in range(count):
        halves = sums.reshape(len(weights), -1, 2, 2**bit)
        halves[:, :, 1, :] += halves[:, :, 0, :]
    return sums


def kept_by_sets(groups: ChannelGroups, on: Bools, *, draws: bool = True) -> tuple[Floats, Floats]:
    """As `kept_by_subset`, for the sets given: one row a set, one column a channel."""
    holds = groups.holds.astype(np.float32)
    inside = holds @ (~on).T.astype(np.float32) < 0.5
    touching = holds @ on.T.astype(np.float32) > 0.5
    weights = groups.conversions if draws else groups.conversions[:1]
    return weights @ inside, weights @ touching


def searched_sets(
    groups: ChannelGroups, switchable: Bools, costs: Floats, substitution: float
) -> Bools:
    """Sets found by switching off one channel after another, with exchanges in between.

    Each time the channel goes off that loses the fewest conversions per unit of money saved;
    then a channel that is off takes the place of one that is on, as long as that keeps at least
    as many conversions for at most the money, and more or for less. Not every set is looked at,
    so a cheaper one may exist.

    Parameters
    ----------
    groups, switchable
        As in `kept_by_subset`.
    costs
        Cost of each channel of the groups, known for the switchable ones.
    substitution
        Share of a path's conversions that its channels on win back, 0 to 1.

    Returns
    -------
    array
        Sets × channels, from all channels on to none of the switchable ones.
    """
    on = np.ones(len(groups.channels), dtype=bool)
    found = [on.copy()]
    while (on & switchable).any():
        choices = np.flatnonzero(on & switchable)
        trials = np.repeat(on[None, :], len(choices), axis=0)
        trials[np.arange(len(choices)), choices] = False
        lost = _kept(groups, on[None, :], substitution)[0] - _kept(groups, trials, substitution)
        price = lost / np.maximum(costs[choices], _TINY)
        best = np.lexsort((choices, -costs[choices], price))[0]
        on = _exchanged(groups, trials[best], switchable, costs, substitution)
        found.append(on.copy())
    return np.array(found)


def _exchanged(
    groups: ChannelGroups, on: Bools, switchable: Bools, costs: Floats, substitution: float
) -> Bools:
    while True:
        leaving, coming = np.flatnonzero(on & switchable), np.flatnonzero(~on & switchable)
        pairs = [(out, into) for out in leaving for into in coming if costs[into] <= costs[out]]
        if not pairs:
            return on
        trials = np.repeat(on[None, :], len(pairs), axis=0)
        for row, (out, into) in enumerate(pairs):
            trials[row, [out, into]] = False, True
        kept = _kept(groups, trials, substitution)
        saved = np.array([costs[out] - costs[into] for out, into in pairs])
        gained = kept - _kept(groups, on[None, :], substitution)[0]
        better = (gained >= -_TINY) & ((gained > _TINY) | (saved > _TINY))
        if not better.any():
            return on
        best = max(np.flatnonzero(better), key=lambda row: (gained[row], saved[row], -row))
        on = trials[best]


def _kept(groups: ChannelGroups, on: Bools, substitution: float) -> Floats:
    inside, touching = kept_by_sets(groups, on, draws=False)
    kept: Floats = ((1 - substitution) * inside + substitution * touching)[0]
    return kept

"""Sets of channels that would tell the few orders of some channels, by differences of sets."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

import pandas as pd

from crm_strategy.analysis.crowds import Crowd
from crm_strategy.views.payload import hidden
from crm_strategy.views.privacy import small

BETTER: Final = ("share_half", "share_most")
"""Shares kept if others win back half or all they can: either tells the other."""

BETWEEN: Final = " + "


def without_telling_shares(rows: pd.DataFrame, gone: Mapping[str, Crowd]) -> pd.DataFrame:
    """Rows without the shares that tell how few orders only the channels off led to.

    What a set loses at most substitution, less what its channels lose one by one and less what a
    smaller set told here loses, is a bound of the orders of a channel that has few of its own.

    Parameters
    ----------
    rows
        Sets: `switched_off`, `share_half`, `share_most`.
    gone
        Customers behind the orders that no channel left on could win back, by the channels off
        of each set known, single channels among them.
    """
    alone = {
        off: each
        for off, each in gone.items()
        if off and BETWEEN not in off and each.n and not small(each.n)
    }
    told: list[tuple[frozenset[str], Crowd | None]] = [(frozenset(), None)]
    untold = []
    for at in sorted(range(len(rows)), key=lambda row: len(_channels(rows, row))):
        off, lost = _channels(rows, at), gone[rows["switched_off"].iat[at]]
        if any(
            small(_left(lost, before, [alone[each] for each in off - smaller if each in alone]))
            for smaller, before in told
            if smaller <= off
        ):
            untold.append(at)
        else:
            told.append((off, lost))
    shown = rows.astype(dict.fromkeys(BETTER, object))
    for at in untold:
        for name in BETTER:
            shown.iat[at, shown.columns.get_loc(name)] = hidden()
    return shown


def _left(lost: Crowd, before: Crowd | None, alone: Sequence[Crowd]) -> float:
    """Customers behind what is lost, less what a smaller set loses and some channels alone."""
    left = lost
    for each in (*alone, *([] if before is None else [before])):
        left = left - each
    return left.n


def _channels(rows: pd.DataFrame, at: int) -> frozenset[str]:
    return frozenset(each for each in rows["switched_off"].iat[at].split(BETWEEN) if each)


def telling_sets(
    lost: Sequence[tuple[frozenset[str], Crowd]], known: Mapping[frozenset[str], Crowd]
) -> set[frozenset[str]]:
    """Sets whose lost orders would tell a small group beside those of the other sets.

    What the larger of two nested sets loses more is a group of orders: those of its further
    channels without those of the smaller. So is what two sets lose both, which follows from
    each, from both together and from what they share.

    Parameters
    ----------
    lost
        Channels off and customers behind the orders lost, of the sets to be told, the most
        important first: what a set gives away is told by leaving out the later one.
    known
        The same of sets that are told in any case, such as single channels.
    """
    told = {off: each for off, each in known.items() if not small(each.n)}
    gone = set()
    for off, orders in lost:
        if off not in told and any(small(each.n) for each in _groups(off, orders, told)):
            gone.add(off)
        else:
            told[off] = orders
    return gone


def _groups(
    off: frozenset[str], orders: Crowd, told: Mapping[frozenset[str], Crowd]
) -> Iterator[Crowd]:
    """The groups that follow from what a set loses, beside the sets told."""
    if frozenset() not in told:
        yield orders
    for other, each in told.items():
        if other < off or off < other:
            yield orders - each if other < off else each - orders
    for first, each in told.items():
        both, shared = first | off, first & off
        if (both in told or both == off) and (shared in told or not shared):
            yield _less(orders & each, told.get(shared))
    # The set as what two others are together, or share.
    for (first, each), (second, more) in combinations(told.items(), 2):
        if first | second == off and (first & second in told or not first & second):
            yield _less(each & more, told.get(first & second))
        elif first & second == off and first | second in told:
            yield (each & more) - orders


def _less(crowd: Crowd, other: Crowd | None) -> Crowd:
    return crowd if other is None else crowd - other

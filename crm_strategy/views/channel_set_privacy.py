"""Sets of channels that would tell the few orders of some channels, by differences of sets."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from crm_strategy.views.channel_privacy import least_customers
from crm_strategy.views.payload import hidden
from crm_strategy.views.privacy import small

BETTER: Final = ("share_half", "share_most")
"""Shares kept if others win back half or all they can: either tells the other."""

BETWEEN: Final = " + "

_DIGITS: Final = 6
"""Parts of a customer add up to one but for rounding."""


def without_telling_shares(rows: pd.DataFrame, least: dict[str, float]) -> pd.DataFrame:
    """Rows without the shares that tell how few orders only the channels off led to.

    What a set loses at most substitution, less what its channels lose one by one and less what a
    smaller set told here loses, is a bound of the orders of a channel that has few of its own.

    Parameters
    ----------
    rows
        Sets: `switched_off`, `share_half`, `share_most`.
    least
        Customers behind the orders that no channel left on could win back, by the channels off
        of each set known, single channels among them; each in equal parts over their orders.
    """
    single = {off: n for off, n in least.items() if off and BETWEEN not in off}
    alone = {off: n for off, n in single.items() if not small(round(n, _DIGITS))}
    told: list[tuple[frozenset[str], float]] = [(frozenset(), 0.0)]
    gone = []
    for at in sorted(range(len(rows)), key=lambda row: len(_channels(rows, row))):
        off, lost = _channels(rows, at), least.get(rows["switched_off"].iat[at], 0.0)
        left = [
            lost - before - sum(alone.get(each, 0.0) for each in off - smaller)
            for smaller, before in told
            if smaller <= off
        ]
        if any(small(least_customers(each)) for each in left):
            gone.append(at)
        else:
            told.append((off, lost))
    shown = rows.astype(dict.fromkeys(BETTER, object))
    for at in gone:
        for name in BETTER:
            shown.iat[at, shown.columns.get_loc(name)] = hidden()
    return shown


def _channels(rows: pd.DataFrame, at: int) -> frozenset[str]:
    return frozenset(each for each in rows["switched_off"].iat[at].split(BETWEEN) if each)


def telling_sets(
    lost: Sequence[tuple[frozenset[str], float]], known: Mapping[frozenset[str], float]
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
    told: dict[frozenset[str], float] = {frozenset(): 0.0}
    told |= {off: n for off, n in known.items() if not small(round(n, _DIGITS))}
    gone = set()
    for off, orders in lost:
        if off not in told and any(small(each) for each in _groups(off, orders, told)):
            gone.add(off)
        else:
            told[off] = orders
    return gone


def _groups(
    off: frozenset[str], orders: float, told: Mapping[frozenset[str], float]
) -> list[float]:
    """Sizes of the groups that follow from what a set loses, beside the sets told."""
    every = {**told, off: orders}
    found = [abs(orders - n) for other, n in told.items() if other < off or off < other]
    for first, n in told.items():
        both, shared = first | off, first & off
        if both in every and shared in every:
            found.append(orders + n - every[both] - every[shared])
        # The set as what two others are together, or share.
        for second, m in told.items():
            if first | second == off and first & second in told:
                found.append(n + m - orders - told[first & second])
            elif first & second == off and first | second in told:
                found.append(n + m - orders - told[first | second])
    return [least_customers(each) for each in found]

"""Sets of channels that would tell the few orders which one channel alone led to."""

from typing import Final

import pandas as pd

from crm_strategy.views.payload import hidden
from crm_strategy.views.privacy import small

BETTER: Final = ("share_half", "share_most")
"""Shares kept if others win back half or all they can: either tells the other."""

BETWEEN: Final = " + "


def without_telling_shares(rows: pd.DataFrame, least: dict[str, float]) -> pd.DataFrame:
    """Rows without the shares that tell how few orders only the channels off led to.

    What a set loses at most substitution, less what its channels lose one by one and less what a
    smaller set told here loses, is a bound of the orders of a channel that has few of its own.

    Parameters
    ----------
    rows
        Sets: `switched_off`, `share_half`, `share_most`.
    least
        Orders that no channel left on could win back, by the channels off of each set known,
        single channels among them.
    """
    alone = {off: n for off, n in least.items() if off and BETWEEN not in off and not small(n)}
    told: list[tuple[frozenset[str], float]] = [(frozenset(), 0.0)]
    gone = []
    for at in sorted(range(len(rows)), key=lambda row: len(_channels(rows, row))):
        off, lost = _channels(rows, at), round(least.get(rows["switched_off"].iat[at], 0.0))
        left = [
            lost - before - sum(alone.get(each, 0.0) for each in off - smaller)
            for smaller, before in told
            if smaller <= off
        ]
        if any(small(round(each)) for each in left):
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

"""Of each channel, the customers behind the orders that it led to, and that rules give it."""

from collections.abc import Collection
from typing import Final

import numpy as np
import pandas as pd

from crm_strategy.analysis.attribution_rules import DIRECT, unshared_channels
from crm_strategy.analysis.crowds import Crowd
from crm_strategy.analysis.path_steps import Steps, Whole, crowds_behind, steps_of

UNSHARED: Final = ("first_touch", "last_touch", "last_non_direct")
"""The rules that give each order to one channel."""

LED: Final = "conversion_customers"
"""Customers behind the orders that a channel led to, alone or with others."""

OTHERS: Final = "other_customers"
"""How many customers are behind the orders after touches of which none was the channel's."""

UNTOUCHED: Final = "untouched_customers"
"""Customers behind the orders without a touch, the same beside each channel."""

GIVEN: Final = tuple(f"{rule}_customers" for rule in UNSHARED)
"""Customers behind the orders that these rules give a channel."""

APART: Final = tuple(f"{rule}_apart" for rule in UNSHARED)
"""Customers behind the orders that a channel led to and these rules give to others."""

_UNKNOWN: Final = {"nulls": 0.0, "value": np.nan}
"""What paths need not say."""

GUARDS: Final = (LED, *GIVEN, *APART, OTHERS, UNTOUCHED)


def channel_crowds(
    paths: pd.DataFrame, *, steps: Steps | None = None, direct: Collection[str] = DIRECT
) -> pd.DataFrame:
    """Customers behind the orders of each channel, for those who hide small groups.

    Parameters
    ----------
    paths
        As `paths.conversion_paths` returns them; orders count where they know no customers.
    steps
        Those of the paths, where they are known.
    direct
        As in `attribution_rules.rule_credit`.

    Returns
    -------
    DataFrame
        By `channel`, sorted: `conversion_count` (orders that it led to) and the `GUARDS`, each a
        `Crowd` but for `other_customers`, a number that is exact where it is small.
    """
    if steps is None:
        missing = {name: n for name, n in _UNKNOWN.items() if name not in paths}
        paths = paths.assign(**missing)
        steps = steps_of(paths)
    crowds, count = crowds_behind(paths), len(steps.channels)
    path, channel = steps.distinct
    led = [Crowd(crowds, np.sort(rows)) for rows in _by_channel(path, channel, count)]
    untouched = Crowd(crowds, np.array([crowds.size - 1], dtype=np.intp))
    found: dict[str, list[object]] = {LED: [*led]}
    for rule, owner in unshared_channels(steps, direct=direct).items():
        rows = _by_channel(np.arange(len(owner), dtype=np.intp), owner, count)
        given = [Crowd(crowds, each) for each in rows]
        found[f"{rule}_customers"] = [*given]
        found[f"{rule}_apart"] = [all_of - own for all_of, own in zip(led, given, strict=True)]
    found[OTHERS] = [(each | untouched).others for each in led]
    found[UNTOUCHED] = [untouched] * count
    table = pd.DataFrame(found, index=pd.Index(steps.channels, name="channel", dtype="object"))
    return table.assign(conversion_count=steps.reached())[["conversion_count", *GUARDS]]


def _by_channel(path: Whole, channel: Whole, count: int) -> list[Whole]:
    """The paths of each channel."""
    in_order = np.argsort(channel, kind="stable")
    ends = np.searchsorted(channel[in_order], np.arange(1, count))
    return np.split(path[in_order], ends) if count else []

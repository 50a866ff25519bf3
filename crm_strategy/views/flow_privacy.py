"""Steps between channels that would follow from the sums of their rows and their columns."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from crm_strategy.analysis.crowds import Crowd, Crowds, counted, listed
from crm_strategy.analysis.journeys import START
from crm_strategy.views.crowd_privacy import complete_crowds
from crm_strategy.views.payload import hidden, too_few
from crm_strategy.views.privacy import narrowed, small, wholes_of

if TYPE_CHECKING:
    import pandas as pd

WITHIN = (("source",), ("target",))
"""Sums the reader knows: n / share tells a row's, and what comes out of a channel went into it."""


def without_telling_steps(steps: "pd.DataFrame") -> "pd.DataFrame":
    """Steps with `n` and `share` hidden where few took them, or where they would tell these.

    Parameters
    ----------
    steps
        One row per step: `source`, `target`, `n` and, maybe, `share` and the customers, as
        `journeys.transitions` lists them; without these, steps count for customers.

    Returns
    -------
    DataFrame
        The steps told in their order, then the hidden ones by name.
    """
    counts = [int(n) for n in steps["n"]]
    hide = steps_to_hide(list(steps["source"]), list(steps["target"]), counts, _behind(steps))
    unsaid = narrowed(counts, hide, wholes_of(steps, WITHIN))
    figures = [name for name in ("n", "share") if name in steps]
    shown = steps.astype(dict.fromkeys(figures, object))
    for row in hide:
        for name in figures:
            few = name == "n" and small(counts[row]) and row not in unsaid
            shown.iat[row, shown.columns.get_loc(name)] = too_few() if few else hidden()
    # Rows stand by size: the hidden ones last and by name, or their place would tell it.
    names = {row: (str(steps["source"].iat[row]), str(steps["target"].iat[row])) for row in hide}
    kept = [row for row in range(len(steps)) if row not in names]
    return shown.iloc[[*kept, *sorted(hide, key=lambda row: names[row])]]


def touches_told(steps: "pd.DataFrame") -> bool:
    """Whether the number of all steps may be told.

    Less the journeys, which the share of a first step tells, it is the number of all touches, and
    less those of the other channels that of a channel which few customers were touched by.

    Parameters
    ----------
    steps
        As in `without_telling_steps`.
    """
    behind = _behind(steps)
    channels = {each for each in steps["source"] if each != START}
    return not any(small(behind.of(steps["target"] == each).n) for each in channels)


def _behind(steps: "pd.DataFrame") -> Crowds:
    """The customers who took each step; the times it was taken where they are not known."""
    if "customers" in steps:
        return listed(steps["customers"])
    return counted(steps["n"].to_numpy(np.float64))


def steps_to_hide(
    sources: Sequence[object], targets: Sequence[object], counts: Sequence[int], behind: Crowds
) -> list[int]:
    """Positions of steps to hide: the small ones and those that they would follow from.

    In each row and each column, enough are hidden that none follows from its sum. A hidden step
    still follows from sums of sums where it is the only hidden one between two blocks of the
    table: then the smallest step shown between them is hidden too.

    Parameters
    ----------
    sources, targets
        Where each step leads from and to.
    counts
        Times it was taken.
    behind
        Customers who took it.
    """
    wholes: dict[tuple[int, object], dict[int, Crowd]] = {}
    for row, crowd in enumerate(behind.each()):
        if crowd.n > 0:
            for side, name in enumerate((sources[row], targets[row])):
                wholes.setdefault((side, name), {})[row] = crowd
    hide = {row for each in wholes.values() for row, crowd in each.items() if small(crowd.n)}
    while True:
        _complete(hide, list(wholes.values()), counts)
        added = _between_blocks(sources, targets, counts, hide)
        if not added:
            return sorted(hide)
        hide |= added


def _complete(hide: set[int], wholes: Sequence[Mapping[int, Crowd]], counts: Sequence[int]) -> None:
    """Hide in each row and column as many steps as are of two and of no small group together."""
    grew = bool(hide)
    while grew:
        before = len(hide)
        for members in wholes:
            if members.keys() & hide:
                complete_crowds(hide, members, counts)
        grew = len(hide) > before


def _between_blocks(
    sources: Sequence[object],
    targets: Sequence[object],
    counts: Sequence[int],
    hide: Collection[int],
) -> set[int]:
    """The smallest steps shown that keep a hidden one from being the only one between blocks."""
    for step in sorted(hide):
        block = _reached(sources, targets, set(hide) - {step}, ("source", sources[step]))
        if ("target", targets[step]) in block:
            continue
        shown = [
            row
            for row in range(len(counts))
            if row not in hide
            and counts[row] > 0
            and (("source", sources[row]) in block) != (("target", targets[row]) in block)
        ]
        if shown:
            least = min(counts[row] for row in shown)
            return {row for row in shown if counts[row] == least}
    return set()


def _reached(
    sources: Sequence[object],
    targets: Sequence[object],
    hide: Collection[int],
    begin: tuple[str, object],
) -> set[tuple[str, object]]:
    """Rows and columns linked to one of them by hidden steps."""
    links = [(("source", sources[row]), ("target", targets[row])) for row in hide]
    found, grew = {begin}, True
    while grew:
        more = {end for link in links if found & set(link) for end in link}
        grew = not more <= found
        found |= more
    return found

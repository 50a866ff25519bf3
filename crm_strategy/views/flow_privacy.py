"""Steps between channels that would follow from the sums of their rows and their columns."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from crm_strategy.views.payload import hidden, too_few
from crm_strategy.views.privacy import narrowed, rows_to_hide, small, wholes_of

if TYPE_CHECKING:
    import pandas as pd

WITHIN = (("source",), ("target",))
"""Sums the reader knows: n / share tells a row's, and what comes out of a channel went into it."""


def without_telling_steps(steps: "pd.DataFrame") -> "pd.DataFrame":
    """Steps with `n` and `share` hidden where few took them, or where they would tell these.

    Parameters
    ----------
    steps
        One row per step: `source`, `target`, `n` and, maybe, `share`.

    Returns
    -------
    DataFrame
        The steps told in their order, then the hidden ones by name.
    """
    counts = [int(n) for n in steps["n"]]
    hide = steps_to_hide(list(steps["source"]), list(steps["target"]), counts)
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


def steps_to_hide(
    sources: Sequence[object], targets: Sequence[object], counts: Sequence[int]
) -> list[int]:
    """Positions of steps to hide: the small ones and those that they would follow from.

    In each row and each column, enough are hidden that none follows from its sum. A hidden step
    still follows from sums of sums where it is the only hidden one between two blocks of the
    table: then the smallest step shown between them is hidden too.
    """
    groups = [list(sources), list(targets)]
    hide = set(rows_to_hide(counts, groups=groups))
    while True:
        added = _between_blocks(sources, targets, counts, hide)
        if not added:
            return sorted(hide)
        hide |= added


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

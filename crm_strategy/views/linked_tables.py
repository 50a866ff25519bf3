"""Sums of cells of a cross table that linked tables of the report tell: none of few follows.

The repeat rate of each answer tells how many who answered so ordered once; what is told of the
most valuable fifth by attribute, how many of a value are in the first two tenths.
"""

from collections.abc import Mapping

from crm_strategy.analysis import disclosure
from crm_strategy.analysis.attributes import STATED
from crm_strategy.analysis.disclosure import Cells
from crm_strategy.analysis.members import UNKNOWN
from crm_strategy.analysis.nested_tables import Pair
from crm_strategy.analysis.value_segments import DECILES, REGULARITIES
from crm_strategy.views.telling_rates import telling_rates
from crm_strategy.words import voice

_TOP = frozenset(DECILES[:2])
_ONCE = REGULARITIES[0]


def told_lines(
    tables: Mapping[Pair, Cells], unseen: Mapping[str, set[str]]
) -> dict[Pair, dict[Pair, Pair]]:
    """By the kinds of a cross table the cells with a sum of their own, in a line of its own.

    Parameters
    ----------
    tables
        By the names of two kinds, customers by a segment of each.
    unseen
        Segments of each kind whose size is hidden.

    Returns
    -------
    dict
        Of cells whose sum within a segment is told, the row and the column that they are summed
        in: as in the table, but for the segment, which is named apart.
    """
    found = {}
    for kinds, cells in tables.items():
        for straight in (True, False):
            of, by = kinds if straight else kinds[::-1]
            turned = {cell if straight else cell[::-1]: n for cell, n in cells.items()}
            told: set[Pair] = set()
            if (of, by) == ("regularity", "satisfaction"):
                told = {cell for cell in _told_once(turned) if cell[1] not in unseen[by]}
            elif of == "value" and by.startswith(STATED):
                told = {cell for cell in _told_top(turned) if cell[1] not in unseen[by]}
            apart = {(row, column): (row, f"{column} told") for row, column in told}
            if apart:
                found[kinds] = {
                    cell if straight else cell[::-1]: line if straight else line[::-1]
                    for cell, line in apart.items()
                }
    return found


def _told_once(cells: Cells) -> set[Pair]:
    """Who ordered once, by answers whose repeat rate is told; few did not answer, or many."""
    bands = list(dict.fromkeys(band for _segment, band in cells))
    sizes = [sum(n for cell, n in cells.items() if cell[1] == band) for band in bands]
    rates = [
        1 - cells.get((_ONCE, band), 0) / size for band, size in zip(bands, sizes, strict=True)
    ]
    gone = telling_rates(rates, sizes, groups=[[band == UNKNOWN for band in bands]])
    told = {band for place, band in enumerate(bands) if place not in gone}
    return {(_ONCE, band) for band in told if cells.get((_ONCE, band), 0)}


def _told_top(cells: Cells) -> set[Pair]:
    """The first two tenths, by values of an attribute whose customers among both are told."""
    if any(decile == UNKNOWN for decile, _value in cells):
        return set()
    sums: Cells = {}
    for (decile, value), n in cells.items():
        place = ("top" if decile in _TOP else "rest", value)
        sums[place] = sums.get(place, 0) + n
    known = {place: n for place, n in sums.items() if place[1] != UNKNOWN}
    hide = disclosure.hidden_cells(known, least=voice().min_cell)
    told = set() if hide is None else {value for _group, value in {*known} - hide}
    return {cell for cell in cells if cell[0] in _TOP and cell[1] in told}

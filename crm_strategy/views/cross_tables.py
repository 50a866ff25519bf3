"""Tables of two divisions of the same customers: no small cell follows from the margins."""

from collections.abc import Collection, Mapping
from heapq import heappop, heappush

import pandas as pd

from crm_strategy.views.kind_privacy import sizes_to_hide
from crm_strategy.views.privacy import small
from crm_strategy.words import voice

Cells = dict[tuple[str, str], int]
"""Customers by the segment of one kind and of another; nobody has no cell."""

ENDS = ["kind", "segment", "with_kind", "with_segment"]
REST = ""
"""The segments of a kind whose size is hidden, as one."""


def guarded(overlap: pd.DataFrame) -> pd.DataFrame:
    """The overlap of segments whose size is shown, with `hides`: pairs that tell a small group.

    Both are found in the whole cross table of two kinds. The reader knows its margins: the sizes
    of segments, and of those with a hidden size, which are one line here, the rest. Kinds in
    whose table a small group follows from the margins alone are not compared.
    """
    tables = _cross_tables(overlap)
    unseen = {kind: sizes_to_hide(kind, sizes) for kind, sizes in _sizes(tables).items()}
    gone = {
        kinds: cells_to_hide(_merged(cells, unseen[kinds[0]], unseen[kinds[1]]))
        for kinds, cells in tables.items()
    }
    kept, hides = [], []
    for kind, segment, with_kind, with_segment in overlap[ENDS].itertuples(index=False, name=None):
        straight = (kind, with_kind) in gone
        covered = gone[(kind, with_kind) if straight else (with_kind, kind)]
        seen = segment not in unseen[kind] and with_segment not in unseen[with_kind]
        kept.append(seen and covered is not None)
        cell = (segment, with_segment) if straight else (with_segment, segment)
        hides.append(covered is not None and cell in covered)
    return overlap.assign(hides=hides)[kept]


def hidden_cells(
    cells: Cells, *, rows: Collection[str] = (), columns: Collection[str] = ()
) -> set[tuple[str, str]] | None:
    """Cells to hide where all margins are known but those of some rows and columns.

    Cells of these are hidden, for their sums would tell the margins. None where the margins
    alone tell a small cell once it is known which cells are empty: then none may be shown.

    Parameters
    ----------
    cells
        The whole table.
    rows, columns
        Names whose margins are hidden.
    """
    covered = cells_to_hide(_merged(cells, rows, columns))
    if covered is None:
        return None
    return {(row, column) for row, column in cells if row in rows or column in columns} | {
        cell for cell in cells if cell in covered
    }


def _merged(cells: Cells, rows: Collection[str], columns: Collection[str]) -> Cells:
    """The cells with rows of hidden size as one, and columns too."""
    merged: Cells = {}
    for (row, column), n in cells.items():
        place = (REST if row in rows else row, REST if column in columns else column)
        merged[place] = merged.get(place, 0) + n
    return merged


def _cross_tables(overlap: pd.DataFrame) -> dict[tuple[str, str], Cells]:
    """The cross table of each two kinds, whichever way round its pairs come."""
    tables: dict[tuple[str, str], Cells] = {}
    rows = overlap[[*ENDS, "customer_count"]].itertuples(index=False, name=None)
    for kind, segment, with_kind, with_segment, n in rows:
        if (with_kind, kind) in tables:
            tables[with_kind, kind][with_segment, segment] = int(n)
        else:
            tables.setdefault((kind, with_kind), {})[segment, with_segment] = int(n)
    return tables


def _sizes(tables: Mapping[tuple[str, str], Cells]) -> dict[str, dict[str, int]]:
    """Customers of each segment of each kind."""
    sizes: dict[str, dict[str, int]] = {}
    for kinds, cells in tables.items():
        for axis, kind in enumerate(kinds):
            sums: dict[str, int] = {}
            for pair, n in cells.items():
                sums[pair[axis]] = sums.get(pair[axis], 0) + n
            known = sizes.setdefault(kind, {})
            known.update({name: max(n, known.get(name, 0)) for name, n in sums.items()})
    return sizes


def cells_to_hide(cells: Cells) -> set[tuple[str, str]] | None:
    """Cells to hide where all margins are known; None where they tell a small cell anyway.

    Every hidden cell lies on a ring of hidden cells that turns from row to column: adding one
    and taking one away in turns, all margins stay, so no cell follows from them. In each row and
    column the hidden ones are `min_cell` customers at least.
    """
    hide: set[tuple[str, str]] = set()
    for cell in sorted(
        (each for each, n in cells.items() if small(n)), key=lambda c: (cells[c], c)
    ):
        ring = _ring(cells, hide, cell)
        if not ring:
            return None
        hide |= ring
    lines = [(axis, name) for axis in (0, 1) for name in sorted({cell[axis] for cell in cells})]
    grew = True
    while grew:
        before = len(hide)
        for axis, name in lines:
            line = [cell for cell in cells if cell[axis] == name]
            rest = sorted((c for c in line if c not in hide), key=lambda c: (cells[c], c))
            while 0 < sum(cells[c] for c in line if c in hide) < voice().min_cell:
                if not rest:
                    return None
                hide |= _ring(cells, hide, rest.pop(0))
        grew = len(hide) > before
    return hide


def _ring(cells: Cells, hide: set[tuple[str, str]], cell: tuple[str, str]) -> set[tuple[str, str]]:
    """The ring through a cell that hides the fewest more customers; empty if there is none."""
    start, end = (0, cell[0]), (1, cell[1])
    paths: list[tuple[int, tuple[int, str], tuple[tuple[str, str], ...]]] = [(0, start, ())]
    seen = set()
    while paths:
        cost, place, path = heappop(paths)
        if place == end:
            return {cell, *path}
        if place in seen:
            continue
        seen.add(place)
        axis, name = place
        for each, n in cells.items():
            if each[axis] == name and each != cell:
                more = 0 if each in hide else n
                heappush(paths, (cost + more, (1 - axis, each[1 - axis]), (*path, each)))
    return set()

"""Disclosure control: which cells of a table with known margins would tell a small group."""

from collections.abc import Collection, Mapping, Sequence
from heapq import heappop, heappush
from numbers import Real

Cells = dict[tuple[str, str], int]
"""Customers by the segment of one division and of another; nobody has no cell."""

REST = ""
"""The rows or columns whose margins are hidden, as one."""


def hidden_cells(
    cells: Cells,
    *,
    least: int,
    rows: Collection[str] = (),
    columns: Collection[str] = (),
) -> set[tuple[str, str]] | None:
    """Cells to hide where all margins are known but those of some rows and columns.

    Cells of these are hidden, for their sums would tell the margins. None where the margins
    alone tell a small cell once it is known which cells are empty: then none may be shown.

    Parameters
    ----------
    cells
        The whole table.
    least
        Customers that a group needs to be told.
    rows, columns
        Names whose margins are hidden.
    """
    covered = cells_to_hide(_merged(cells, rows, columns), least=least)
    if covered is None:
        return None
    return {(row, column) for row, column in cells if row in rows or column in columns} | {
        cell for cell in cells if cell in covered
    }


def _merged(cells: Cells, rows: Collection[str], columns: Collection[str]) -> Cells:
    """The cells with rows of hidden size as one, and columns too."""
    found: Cells = {}
    for (row, column), n in cells.items():
        place = (REST if row in rows else row, REST if column in columns else column)
        found[place] = found.get(place, 0) + n
    return found


def cells_to_hide(cells: Cells, *, least: int) -> set[tuple[str, str]] | None:
    """Cells to hide where all margins are known; None where they tell a small cell anyway.

    Every hidden cell lies on a ring of hidden cells that turns from row to column: adding one
    and taking one away in turns, all margins stay, so no cell follows from them. In each row and
    column the hidden ones are `least` customers at least.
    """
    hide: set[tuple[str, str]] = set()
    few = [each for each, n in cells.items() if 0 < n < least]
    for cell in sorted(few, key=lambda c: (cells[c], c)):
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
            while 0 < sum(cells[c] for c in line if c in hide) < least:
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


def hidden_sizes(sizes: Mapping[str, float], *, least: int) -> set[str]:
    """Groups whose size is hidden where the reader knows how many all are together."""
    names = [*sizes]
    hide = rows_to_hide([*sizes.values()], groups=[[0] * len(names)], least=least)
    return {names[row] for row in hide}


def rows_to_hide(
    counts: Sequence[object], *, least: int, groups: Sequence[Sequence[object]] = ()
) -> list[int]:
    """Positions of rows to hide: the small ones and, in each known whole, their complement.

    Parameters
    ----------
    counts
        Customers a row.
    least
        Customers that a row needs to be told.
    groups
        For each way of summing that the reader may know, the whole each row belongs to.
    """
    known = {row: float(n) for row, n in enumerate(counts) if isinstance(n, Real) and float(n) > 0}
    hide = {row for row, n in known.items() if n < least}
    wholes = [_wholes(known, group) for group in groups] if hide else []
    grew = bool(hide)
    while grew:
        before = len(hide)
        for group, members in zip(groups, wholes, strict=True):
            for whole in dict.fromkeys(group[row] for row in sorted(hide)):
                complete(hide, members[whole], least=least)
        grew = len(hide) > before
    return sorted(hide)


def _wholes(known: Mapping[int, float], group: Sequence[object]) -> dict[object, dict[int, float]]:
    """The counted rows of each whole."""
    found: dict[object, dict[int, float]] = {}
    for row, n in known.items():
        found.setdefault(group[row], {})[row] = n
    return found


def complete(hide: set[int], members: Mapping[int, float], *, least: int) -> None:
    """Hide the next smallest members until two rows and `least` customers are hidden."""
    rest = sorted((row for row in members if row not in hide), key=lambda row: members[row])
    gone = [members[row] for row in members if row in hide]
    while rest and (len(gone) < 2 or sum(gone) < least):
        # Another table may have its rows in another order: equal ones go together.
        equal = [row for row in rest if members[row] == members[rest[0]]]
        hide.update(equal)
        gone += [members[row] for row in equal]
        rest = rest[len(equal) :]

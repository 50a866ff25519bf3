"""Tables of each two divisions of the same customers: segments within segments tell no few.

Who is retained ordered, and who lives in Graz lives in Styria. So of those of Styria in a third
division, less those of Graz in it, the rest is a group; beside a third division, two nested ones
are held together, in addition to what each table hides by itself.
"""

from collections.abc import Mapping
from itertools import permutations
from types import MappingProxyType

import numpy as np

from crm_strategy.analysis.disclosure import Cells, hidden_cells

Pair = tuple[str, str]
Triple = tuple[str, str, str]


_ROUNDING = 1e-6


class CrossTables:
    """The cells to hide of all tables of two divisions.

    Parameters
    ----------
    tables
        By the names of two divisions, customers by a segment of each.
    unseen
        Segments of each division whose size is hidden.
    least
        Customers that a group needs to be told.
    lines
        By the names of two divisions, of cells whose sum within a segment is known besides, the
        row and the column of their own that they are summed in.
    """

    def __init__(
        self,
        tables: Mapping[Pair, Cells],
        unseen: Mapping[str, set[str]],
        *,
        least: int,
        lines: Mapping[Pair, Mapping[Pair, Pair]] = MappingProxyType({}),
    ) -> None:
        self._tables, self._unseen, self._least = tables, unseen, least
        self._lines = {kinds: lines.get(kinds, {}) for kinds in tables}
        self._asked: dict[Pair, set[Pair]] = {kinds: set() for kinds in tables}
        self._hide = {kinds: self._hidden(kinds) for kinds in tables}
        names = list(dict.fromkeys(kind for kinds in tables for kind in kinds))
        pairs = list(permutations(names, 2))
        self._cells = {pair: self._turned(*pair) for pair in pairs}
        self._beside = {pair: _columns(self._cells[pair]) for pair in pairs}
        self._triples = [(*pair, other) for pair in pairs for other in names if other not in pair]
        self._seen: dict[tuple[str, Triple], tuple[object, ...]] = {}
        self._nests: dict[Triple, dict[Pair, str]] = {}

    def hidden(self) -> dict[Pair, set[Pair] | None]:
        """By the divisions of each table the cells to hide; None where none may be shown."""
        grew = True
        while grew:
            grew = sum(self._hid_more(*triple) for triple in self._triples) > 0
        grew = True
        while grew:
            grew = sum(self._left_out(*triple) for triple in self._triples) > 0
        return self._hide

    def _hidden(self, kinds: Pair) -> set[Pair] | None:
        (first, second), lines = kinds, self._lines[kinds]
        placed = {lines.get(cell, cell): cell for cell in self._tables[kinds]}
        hide = hidden_cells(
            {line: self._tables[kinds][cell] for line, cell in placed.items()},
            least=self._least,
            rows=self._unseen.get(first, ()),
            columns=self._unseen.get(second, ()),
            also={lines.get(cell, cell) for cell in self._asked[kinds]},
        )
        return None if hide is None else {placed[line] for line in hide}

    def _place(self, first: str, second: str) -> Pair:
        return (first, second) if (first, second) in self._tables else (second, first)

    def _line(self, first: str, second: str, cell: Pair) -> Pair:
        """The row and the column that a cell of two divisions is summed in."""
        kinds = self._place(first, second)
        if kinds == (first, second):
            return self._lines[kinds].get(cell, cell)
        turned = cell[::-1]
        return self._lines[kinds].get(turned, turned)[::-1]

    def _turned(self, first: str, second: str) -> Cells:
        """The cells that somebody is in, the first division as rows."""
        kinds = self._place(first, second)
        straight = kinds == (first, second)
        cells = self._tables[kinds].items()
        return {cell if straight else cell[::-1]: n for cell, n in cells if n > 0}

    def _shown(self, first: str, second: str) -> set[Pair] | None:
        """The cells that are shown; None where the table is left out."""
        kinds = self._place(first, second)
        hide = self._hide[kinds]
        if hide is None:
            return None
        straight = kinds == (first, second)
        return {
            cell
            for cell in self._cells[first, second]
            if (cell if straight else cell[::-1]) not in hide
        }

    def _within(self, name: str, whole: str, other: str) -> dict[Pair, str]:
        """Of the cells of a division with a third one, the segment that all in a cell are of.

        Who is in a cell can only be of segments that overlap with both of its own.
        """
        triple = (name, whole, other)
        if triple not in self._nests:
            of, beside = self._beside[name, whole], self._beside[other, whole]
            found = {}
            for cell in self._cells[name, other]:
                wholes = of[cell[0]] & beside[cell[1]]
                if len(wholes) == 1:
                    found[cell] = min(wholes)
            self._nests[triple] = found
        return self._nests[triple]

    def _changed(self, step: str, triple: Triple) -> bool:
        """Whether more is hidden of two tables since this step last looked at them."""
        name, whole, other = triple
        places = (self._place(name, other), self._place(whole, other))
        state = tuple(None if (of := self._hide[each]) is None else len(of) for each in places)
        before = self._seen.get((step, triple))
        self._seen[step, triple] = state
        return before != state

    def _hid_more(self, name: str, whole: str, other: str) -> bool:
        """Hide the smallest parts whose absence from their wholes would be a few."""
        if not self._changed("parts", (name, whole, other)):
            return False
        shown, told = self._shown(name, other), self._shown(whole, other)
        if shown is None or told is None:
            return False
        parts, within = self._cells[name, other], self._within(name, whole, other)
        left: dict[Pair, int] = {}
        for cell, n in self._cells[whole, other].items():
            place = (cell[0] if cell in told else "", cell[1])
            left[place] = left.get(place, 0) + n
        inside: dict[Pair, list[Pair]] = {}
        for cell in sorted(shown & within.keys()):
            place = (within[cell] if (within[cell], cell[1]) in told else "", cell[1])
            inside.setdefault(place, []).append(cell)
        small = [
            place
            for place, cells in inside.items()
            if 0 < left.get(place, 0) - sum(parts[cell] for cell in cells) < self._least
        ]
        kinds = self._place(name, other)
        for place in small:
            cell = min(inside[place], key=lambda each: (parts[each], each))
            self._asked[kinds].add(cell if kinds[0] == name else cell[::-1])
        if small:
            self._hide[kinds] = self._hidden(kinds)
        return bool(small)

    def _left_out(self, name: str, whole: str, other: str) -> bool:
        """Leave out one of two tables where the hidden cells follow from both together."""
        if not self._changed("sums", (name, whole, other)):
            return False
        shown, told = self._shown(name, other), self._shown(whole, other)
        if shown is None or told is None or not self._follows(name, whole, other, shown, told):
            return False
        least = whole if len(told) <= len(shown) else name
        self._hide[self._place(least, other)] = None
        return True

    def _follows(
        self, name: str, whole: str, other: str, shown: set[Pair], told: set[Pair]
    ) -> bool:
        """Whether the sums that a reader knows determine a small hidden cell."""
        parts, wholes = self._cells[name, other], self._cells[whole, other]
        unknown = [("part", cell) for cell in parts if cell not in shown]
        unknown += [("whole", cell) for cell in wholes if cell not in told]
        counts = {"part": parts, "whole": wholes}
        few = [at for at, (of, cell) in enumerate(unknown) if counts[of][cell] < self._least]
        if not few:
            return False
        within = self._within(name, whole, other)
        shared = {
            (of, cell[1])
            for cell in parts
            if cell not in within
            for of in self._beside[name, whole][cell[0]]
        }
        sums: dict[tuple[str, str, str], list[tuple[int, float]]] = {}
        for at, (of, (segment, third)) in enumerate(unknown):
            kind = name if of == "part" else whole
            row, column = self._line(kind, other, (segment, third))
            row = "" if segment in self._unseen.get(kind, ()) else row
            column = "" if third in self._unseen.get(other, ()) else column
            sums.setdefault((of, "row", row), []).append((at, 1.0))
            sums.setdefault((of, "column", column), []).append((at, 1.0))
            link = within.get((segment, third)) if of == "part" else segment
            if link is not None and (link, third) not in shared:
                sign = 1.0 if of == "part" else -1.0
                sums.setdefault(("link", link, third), []).append((at, sign))
        if not any(of == "link" for of, _row, _column in sums):
            return False
        matrix = np.zeros((len(sums), len(unknown)))
        for line, terms in enumerate(sums.values()):
            for at, sign in terms:
                matrix[line, at] += sign
        return bool(_determined(matrix)[few].any())


def _determined(matrix: np.ndarray) -> np.ndarray:
    """Which unknowns sums alone determine: those that no change which keeps all sums moves."""
    _left, sizes, turned = np.linalg.svd(matrix)
    rank = int((sizes > _ROUNDING).sum())
    return np.asarray(np.abs(turned[rank:]).max(axis=0, initial=0.0) < _ROUNDING)


def _columns(cells: Cells) -> dict[str, set[str]]:
    """The columns that somebody of each row is in."""
    found: dict[str, set[str]] = {}
    for row, column in cells:
        found.setdefault(row, set()).add(column)
    return found

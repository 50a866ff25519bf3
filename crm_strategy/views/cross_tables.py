"""Tables of two divisions of the same customers: no small cell follows from the margins."""

from collections.abc import Collection, Mapping
from itertools import permutations

import pandas as pd

from crm_strategy.analysis import disclosure
from crm_strategy.analysis.attributes import STATED
from crm_strategy.analysis.disclosure import Cells
from crm_strategy.views.kind_privacy import sizes_to_hide
from crm_strategy.views.privacy import small
from crm_strategy.words import voice

ENDS = ["kind", "segment", "with_kind", "with_segment"]


def guarded(overlap: pd.DataFrame) -> pd.DataFrame:
    """The overlap of segments whose size is shown, with `hides`: pairs that tell a small group.

    Both are found in the whole cross table of two kinds. The reader knows its margins: the sizes
    of segments, and of those with a hidden size, which are one line here, the rest. Kinds in
    whose table a small group follows from the margins alone are not compared.

    Where a city lies within a region, their tables with a third kind tell more together: where
    that would be of a few, only the fuller one is compared.
    """
    tables = _cross_tables(overlap)
    unseen = {kind: sizes_to_hide(kind, sizes) for kind, sizes in _sizes(tables).items()}
    gone = {
        kinds: hidden_cells(cells, rows=unseen[kinds[0]], columns=unseen[kinds[1]])
        for kinds, cells in tables.items()
    }
    _leave_out_nested(gone, tables)
    kept, hides = [], []
    for kind, segment, with_kind, with_segment in overlap[ENDS].itertuples(index=False, name=None):
        straight = (kind, with_kind) in gone
        covered = gone[(kind, with_kind) if straight else (with_kind, kind)]
        seen = segment not in unseen[kind] and with_segment not in unseen[with_kind]
        kept.append(seen and covered is not None)
        cell = (segment, with_segment) if straight else (with_segment, segment)
        hides.append(covered is not None and cell in covered)
    return overlap.assign(hides=hides)[kept]


def _leave_out_nested(
    gone: dict[tuple[str, str], set[tuple[str, str]] | None],
    tables: Mapping[tuple[str, str], Cells],
) -> None:
    """Leave out one of two tables of a kind with attributes that lie within one another."""
    turned = {kinds[::-1]: _turned(cells) for kinds, cells in tables.items()}
    every = {**turned, **tables}
    kinds = list(dict.fromkeys(kind for pair in tables for kind in pair))
    stated = [kind for kind in kinds if kind.startswith(STATED)]
    for name, whole in permutations(stated, 2):
        within = _within(every[name, whole])
        for other in kinds:
            if not within or other in (name, whole):
                continue
            places = {each: _place((each, other), tables) for each in (name, whole)}
            covered = {each: gone[place] for each, place in places.items()}
            if any(hide is None for hide in covered.values()):
                continue
            shown = {
                each: {
                    cell
                    for cell in every[each, other]
                    if _turn(cell, places[each], each) not in (covered[each] or ())
                }
                for each in (name, whole)
            }
            counts = {each: every[each, other] for each in (name, whole)}
            hides = len(shown[name]) < len(counts[name])
            if hides or _leaves_few(counts, shown, name, whole, within):
                least = min(whole, name, key=lambda each: (len(shown[each]), each == whole))
                gone[places[least]] = None


def _place(pair: tuple[str, str], tables: Mapping[tuple[str, str], Cells]) -> tuple[str, str]:
    return pair if pair in tables else pair[::-1]


def _turn(cell: tuple[str, str], place: tuple[str, str], first: str) -> tuple[str, str]:
    return cell if place[0] == first else cell[::-1]


def _turned(cells: Cells) -> Cells:
    """The table with its columns as rows."""
    return {cell[::-1]: n for cell, n in cells.items()}


def _within(cells: Cells) -> dict[str, str]:
    """The segments that lie within one of the other kind, and that one."""
    found: dict[str, set[str]] = {}
    for (segment, whole), n in cells.items():
        if n > 0:
            found.setdefault(segment, set()).add(whole)
    return {each: min(wholes) for each, wholes in found.items() if len(wholes) == 1}


def _leaves_few(
    counts: Mapping[str, Cells],
    shown: Mapping[str, set[tuple[str, str]]],
    name: str,
    whole: str,
    within: Mapping[str, str],
) -> bool:
    """Whether parts that are shown leave a few of a whole, or of its hidden ones together."""
    left: dict[tuple[str, str], int] = {}
    for cell, n in counts[whole].items():
        place = (cell[0] if cell in shown[whole] else "", cell[1])
        left[place] = left.get(place, 0) + n
    for segment, other in shown[name]:
        if segment in within:
            of = (within[segment], other)
            place = (of[0] if of in shown[whole] else "", other)
            left[place] = left.get(place, 0) - counts[name][segment, other]
    return any(small(n) for n in left.values())


def hidden_cells(
    cells: Cells, *, rows: Collection[str] = (), columns: Collection[str] = ()
) -> set[tuple[str, str]] | None:
    """As `disclosure.hidden_cells`, of the smallest group that this report shows."""
    return disclosure.hidden_cells(cells, least=voice().min_cell, rows=rows, columns=columns)


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

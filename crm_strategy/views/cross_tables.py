"""Tables of two divisions of the same customers: no small cell follows from the margins."""

from collections.abc import Collection, Mapping

import pandas as pd

from crm_strategy.analysis import disclosure
from crm_strategy.analysis.disclosure import Cells
from crm_strategy.analysis.nested_tables import CrossTables
from crm_strategy.views.kind_privacy import sizes_to_hide
from crm_strategy.views.linked_tables import told_lines
from crm_strategy.words import voice

ENDS = ["kind", "segment", "with_kind", "with_segment"]


def guarded(overlap: pd.DataFrame) -> pd.DataFrame:
    """The overlap of segments whose size is shown, with `hides`: pairs that tell a small group.

    Both are found in the whole cross table of two kinds. The reader knows its margins: the sizes
    of segments, and of those with a hidden size, which are one line here, the rest. Kinds in
    whose table a small group follows from the margins alone are not compared.

    Where segments lie within those of another kind, as a city within a region, the tables of both
    with a third kind tell more together: more is hidden, or only the fuller one is compared.
    What linked tables tell of a cross table, as rates of those who ordered again, is known too.
    """
    tables = _cross_tables(overlap)
    unseen = {kind: sizes_to_hide(kind, sizes) for kind, sizes in _sizes(tables).items()}
    lines = told_lines(tables, unseen)
    gone = CrossTables(tables, unseen, least=voice().min_cell, lines=lines).hidden()
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

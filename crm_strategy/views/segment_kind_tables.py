"""Tables across segment kinds: all of them in one shape, how they overlap, who gets effort."""

from collections.abc import Mapping
from heapq import heappop, heappush

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.naming import with_kind_names
from crm_strategy.views.payload import hidden, too_few
from crm_strategy.views.privacy import rows_to_hide, small
from crm_strategy.views.stage_privacy import (
    LIFECYCLE,
    kinds_without_telling_stages,
    stages_to_hide,
)
from crm_strategy.views.table import Table
from crm_strategy.words import voice

Cells = dict[tuple[str, str], int]
"""Customers by the segment of one kind and of another; nobody has no cell."""

PRINTED = {"kind": "text", "segment": "text"}
"""These columns hold names, not ids."""


def segment_kinds_table(kinds: Data) -> Table:
    """Every kind of segment: each divides the same customers and the same revenue."""
    return Table(
        with_kind_names(kinds_without_telling_stages(frame_of(kinds)), "kind", "segment"),
        id="segment_kinds",
        formats=PRINTED,
        suppress=(Suppress(count="customer_count", within=("kind",)),),
        layout=Layout(
            sheet_only=("purchase_frequency", "p_alive", "expected_orders"),
            rows_shown=16,
            ranked=True,
        ),
    )


def rf_grid_table(grid: Data) -> Table:
    """Customers by score of recency and of frequency."""
    return Table(
        grid,
        id="rf_grid",
        formats={"recency_score": "count", "frequency_score": "count"},
        suppress=(Suppress(count="customer_count", hides=("revenue",), within=("segment", ())),),
        layout=Layout(rows_shown=10),
    )


def segment_overlap_table(overlap: Data) -> Table:
    """Which segments of different kinds are the same people; hidden pairs last, by name."""
    rows = strongest_pairs(frame_of(overlap))
    if len(rows):
        gone = rows[rows["hides"]].sort_values(ENDS)
        few = [too_few() if small(count) else hidden() for count in gone["customer_count"]]
        unsaid = [hidden() for _ in few]
        gone = gone.assign(customer_count=few, share=unsaid, lift=unsaid)
        told = rows[~rows["hides"]].astype({"customer_count": object})
        rows = pd.concat([told.astype({"share": object, "lift": object}), gone])
    rows = with_kind_names(rows.drop(columns="hides", errors="ignore"), "kind", "segment")
    return Table(
        with_kind_names(rows, "with_kind", "with_segment"),
        id="segment_overlap",
        formats=PRINTED,
        layout=Layout(rows_shown=15),
    )


def strongest_pairs(overlap: pd.DataFrame) -> pd.DataFrame:
    """Each pair of segments once, the way round that says more; the most beyond chance first.

    Kinds that are made of the same orders overlap by their making: their pairs come last, with
    those of nobody in particular. `hides` marks pairs whose figures would tell a small group;
    segments whose size is hidden are in no pair, as sizes follow from shares.
    """
    if overlap.empty:
        return overlap
    ends = [ENDS[:2], ENDS[2:]]
    overlap = guarded(overlap)
    pairs = zip(*(overlap[each].itertuples(index=False, name=None) for each in ends), strict=True)
    ranked = overlap.assign(
        pair=[tuple(sorted(pair)) for pair in pairs],
        made=(overlap["kind"].isin(OF_ORDERS) & overlap["with_kind"].isin(OF_ORDERS))
        | overlap["segment"].isin(UNNAMED)
        | overlap["with_segment"].isin(UNNAMED),
        # In customers: a lift of nine among twelve people says little.
        excess=overlap["customer_count"] * (1 - 1 / overlap["lift"].where(overlap["lift"] > 0)),
    )
    told = ranked.sort_values(["share", *ENDS], ascending=[False] + [True] * 4)
    once = told.drop_duplicates("pair")
    order = ["made", "excess", *ENDS]
    sorted_pairs = once.sort_values(order, ascending=[True, False] + [True] * 4)
    return sorted_pairs[list(overlap.columns)].reset_index(drop=True)


def guarded(overlap: pd.DataFrame) -> pd.DataFrame:
    """The overlap of segments whose size is shown, with `hides`: pairs that tell a small group.

    Both are found in the whole cross table of two kinds. The reader knows its margins: the sizes
    of segments, and of those with a hidden size, which are one line here, the rest. Kinds in
    whose table a small group follows from the margins alone are not compared.
    """
    tables = _cross_tables(overlap)
    unseen = {
        kind: stages_to_hide(sizes) if kind == LIFECYCLE else _of_hidden_size(sizes)
        for kind, sizes in _sizes(tables).items()
    }
    gone: dict[tuple[str, str], set[tuple[str, str]] | None] = {}
    for (kind, with_kind), cells in tables.items():
        merged: Cells = {}
        for (segment, with_segment), n in cells.items():
            one = REST if segment in unseen[kind] else segment
            other = REST if with_segment in unseen[with_kind] else with_segment
            merged[one, other] = merged.get((one, other), 0) + n
        gone[kind, with_kind] = cells_to_hide(merged)
    kept, hides = [], []
    for kind, segment, with_kind, with_segment in overlap[ENDS].itertuples(index=False, name=None):
        straight = (kind, with_kind) in gone
        covered = gone[(kind, with_kind) if straight else (with_kind, kind)]
        seen = segment not in unseen[kind] and with_segment not in unseen[with_kind]
        kept.append(seen and covered is not None)
        cell = (segment, with_segment) if straight else (with_segment, segment)
        hides.append(covered is not None and cell in covered)
    return overlap.assign(hides=hides)[kept]


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


def _of_hidden_size(sizes: Mapping[str, int]) -> set[str]:
    """Segments whose size their kind's table hides; of equal ones it may hide either."""
    counts = list(sizes.values())
    gone = rows_to_hide(counts, groups=[[0] * len(counts)])
    most = max((counts[row] for row in gone), default=0)
    return {name for name, n in sizes.items() if n <= most}


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


ENDS = ["kind", "segment", "with_kind", "with_segment"]
REST = ""
"""The segments of a kind whose size is hidden, as one."""
UNNAMED = ("unknown", "other")
OF_ORDERS = ("rfm", "grid", "lifecycle", "value", "regularity", "tier")


def effort_table(effort: Data, segments: Data) -> Table:
    """Shares of customers, revenue, expected value and contacts, and what follows.

    Parameters
    ----------
    effort
        Result of `effort.effort`.
    segments
        Result of `rfm.segment_summary`: how many customers each segment has.
    """
    return Table(
        with_sizes(frame_of(effort), frame_of(segments)),
        id="effort",
        suppress=(Suppress(count="customer_count", within=((),)),),
        layout=Layout(
            columns=(
                *("segment", "customer_share", "revenue_share", "expected_value_share"),
                *("touch_share", "verdict", "customer_count"),
            ),
            words={"verdict": "value.effort.{}"},
            sheet_only=("customer_count",),
            ranked=True,
        ),
    )


def with_sizes(effort: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """The shares of each segment with its number of customers."""
    if effort.empty:
        return effort
    sizes = dict(zip(segments["segment"], segments["customer_count"], strict=True))
    return effort.assign(customer_count=effort["segment"].map(sizes))

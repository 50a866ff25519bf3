"""Charts of the segments chapter: who holds the revenue, who moved, who comes back."""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from crm_strategy import words
from crm_strategy.analysis.rfm import SEGMENTS
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.bars import Panel, ranked_bars
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.chart import Chart
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.heatmaps import Grid, heatmap
from crm_strategy.views.layout import Layout
from crm_strategy.views.markup import cell_text
from crm_strategy.views.naming import segment_name
from crm_strategy.views.payload import (
    TablePayload,
    column_cells,
    is_hidden,
    numbers,
)
from crm_strategy.views.privacy import told_sizes
from crm_strategy.views.segment_tables import (
    all_moves_hidden,
    moves_to_hide,
    segments_table,
    told_moves,
)
from crm_strategy.views.table import Table

NEWCOMERS: Final = "none"
"""Where customers come from who had not ordered before."""

STEPS: Final = (0.05, 0.2, 0.4, 0.6)


def segment_bars_chart(segments: Data, *, highlight: str | None = None) -> Chart:
    """Revenue and customers by segment, largest revenue first, one segment highlighted.

    Parameters
    ----------
    segments
        Result of `segment_summary`.
    highlight
        The segment the finding speaks of; the one with most revenue by default.
    """

    def chosen(figures: TablePayload) -> int:
        keys = figures["keys"]["segment"]
        return keys.index(highlight) if highlight and highlight in keys else 0

    def paint(figures: TablePayload) -> Drawing:
        labels, revenue, customers = _bars(figures)
        return ranked_bars(labels, [revenue, customers], highlight={chosen(figures)})

    def alt(figures: TablePayload) -> str:
        labels, revenue, customers = _bars(figures)
        at = chosen(figures)
        message = words.say(
            "views.chart.segment_bars.message",
            segment=labels[at],
            revenue=revenue.texts[at],
            customers=customers.texts[at],
        )
        return alt_text("segment_bars", figures=listing(labels, revenue.texts), message=message)

    return Chart(
        segments_table(segments),
        id="segment_bars",
        kind="bars",
        category="segment",
        values=("revenue",),
        paint=paint,
        alt=alt,
        beside="segments",
    )


def _bars(figures: TablePayload) -> tuple[list[str], Panel, Panel]:
    rows = len(figures["rows"]) - int(figures["total"])
    panels = [
        Panel(
            numbers(figures, value)[:rows],
            _with_share(figures, value, share, kind)[:rows],
            words.say(f"views.column.{value}"),
        )
        for value, share, kind in (
            ("revenue", "revenue_share", "short_money"),
            ("customer_count", "customer_share", "count"),
        )
    ]
    return column_cells(figures, "segment")[:rows], panels[0], panels[1]


def _with_share(figures: TablePayload, value: str, share: str, kind: str) -> list[str]:
    """€1.30M (25%)"""
    pairs = zip(column_cells(figures, value), column_cells(figures, share), strict=True)
    return [
        cell_text(cell, kind)
        if is_hidden(cell) or part is None
        else f"{cell_text(cell, kind)} ({words.numbers.format_share(part, digits=0)})"
        for cell, part in pairs
    ]


def segment_migration_chart(migration: Data) -> Chart:
    """Where customers of each segment are now, in % of where they came from."""
    rows = frame_of(migration).copy()
    covered = all_moves_hidden(rows)
    if covered:
        rows = rows.head(0)
    if len(rows):
        sizes = rows.groupby("from_segment")["customer_count"].transform("sum")
        _, unseen = moves_to_hide(rows)
        told = told_sizes(dict(zip(rows["from_segment"], sizes, strict=True)), unseen)
        rows = rows.assign(row_share=rows["customer_count"] / sizes)
        rows = told_moves(rows, hides=("row_share",))
        counts = [told[segment] for segment in rows["from_segment"]]
        rows = rows.assign(from_count=pd.Series(counts, index=rows.index, dtype="object"))
    figures = Table(
        rows,
        id="segment_migration",
        layout=Layout(
            columns=("from_segment", "to_segment", "customer_count", "row_share", "from_count"),
            covered=covered,
        ),
    )
    return Chart(
        figures,
        id="segment_migration",
        kind="heatmap",
        category="from_segment",
        values=("row_share",),
        paint=lambda payload: heatmap(_migration(payload)),
        alt=_migration_alt,
        beside="segment_migration",
    )


def _migration(figures: TablePayload) -> Grid:
    before, after = figures["keys"]["from_segment"], figures["keys"]["to_segment"]
    rows = _in_order([*before], last=NEWCOMERS)
    columns = _in_order([*after, *(key for key in before if key != NEWCOMERS)])
    cells = {pair: at for at, pair in enumerate(zip(before, after, strict=True))}
    shares, counts = numbers(figures, "row_share"), column_cells(figures, "customer_count")
    sizes = dict(zip(before, column_cells(figures, "from_count"), strict=True))
    values = [[shares[cells[r, c]] if (r, c) in cells else None for c in columns] for r in rows]
    texts = [
        [
            _share_text(shares[cells[r, c]], counts[cells[r, c]]) if (r, c) in cells else ""
            for c in columns
        ]
        for r in rows
    ]
    return Grid(
        rows=[_segment(key) for key in rows],
        columns=[_segment(key) for key in columns],
        values=values,
        texts=texts,
        framed=[(rows.index(key), columns.index(key)) for key in rows if key in columns],
        key=_largest_move(figures, rows, columns),
        row_sizes=[cell_text(sizes[key], "count") for key in rows],
        row_title=words.say("views.chart.segment_migration.rows"),
        column_title=words.say("views.chart.segment_migration.columns"),
        steps=STEPS,
    )


def _in_order(found: Sequence[str | None], last: str = "") -> list[str]:
    known = [key for key in SEGMENTS if key in found]
    others = sorted({str(key) for key in found} - set(SEGMENTS) - {last})
    return [*known, *others, *([last] if last in found else [])]


def _segment(key: str) -> str:
    return segment_name(key)


def _share_text(share: float | None, count: object) -> str:
    if share is None:
        return "·" if is_hidden(count) else ""
    return "<1" if 0 < share < 0.005 else f"{100 * share:.0f}"


def _largest_move(
    figures: TablePayload, rows: list[str], columns: list[str]
) -> tuple[int, int] | None:
    """The move of most customers between two segments: what the heading speaks of."""
    before, after = figures["keys"]["from_segment"], figures["keys"]["to_segment"]
    counts, shares = numbers(figures, "customer_count"), numbers(figures, "row_share")
    moves = [
        (-count, str(old), str(new))
        for count, share, old, new in zip(counts, shares, before, after, strict=True)
        if count and share is not None and old not in (new, NEWCOMERS)
    ]
    if not moves:
        return None
    _, old, new = min(moves)
    return rows.index(old), columns.index(new)


def _migration_alt(figures: TablePayload) -> str:
    grid = _migration(figures)
    percent = {"en": "%", "ru": "\u00a0%"}[words.voice().language]
    stayed = [
        (grid.rows[row], f"{grid.texts[row][column]}{percent}")
        for row, column in grid.framed
        if grid.values[row][column] is not None
    ]
    message = ""
    if grid.key:
        row, column = grid.key
        message = words.say(
            "views.chart.segment_migration.message",
            before=grid.rows[row],
            after=grid.columns[column],
            share=f"{grid.texts[row][column]}{percent}",
        )
    figures_said = listing([name for name, _ in stayed], [text for _, text in stayed])
    return alt_text("segment_migration", figures=figures_said, message=message)

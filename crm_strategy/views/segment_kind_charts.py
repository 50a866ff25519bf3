"""Charts across segment kinds: the grid of recency and frequency, and who gets the effort."""

from crm_strategy import words
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.bars import Panel, ranked_bars
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.chart import Chart
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.heatmaps import Grid, heatmap
from crm_strategy.views.markup import cell_text
from crm_strategy.views.payload import TablePayload, column_cells, is_hidden, numbers
from crm_strategy.views.segment_kind_tables import effort_table, rf_grid_table
from crm_strategy.words.numbers import format_share

SHARES = ("revenue_share", "expected_value_share", "touch_share")
LEAST_SHARES = 2
"""Shares that there must be to weigh one against another."""


def rf_grid_chart(grid: Data) -> Chart:
    """Customers by recency (across) and frequency (up): where the base stands."""
    return Chart(
        rf_grid_table(grid),
        id="rf_grid",
        kind="heatmap",
        category="recency_score",
        values=("customer_count",),
        paint=lambda figures: heatmap(_cells(figures)),
        alt=_grid_alt,
        beside="rf_grid",
    )


def _cells(figures: TablePayload) -> Grid:
    recency, frequency = (
        [int(score) for score in column_cells(figures, f"{name}_score")]
        for name in ("recency", "frequency")
    )
    counts, told = numbers(figures, "customer_count"), column_cells(figures, "customer_count")
    cells = {pair: at for at, pair in enumerate(zip(frequency, recency, strict=True))}
    rows = list(range(max(frequency), 0, -1))
    columns = list(range(1, max(recency) + 1))
    places = [[cells.get((row, column)) for column in columns] for row in rows]
    return Grid(
        rows=[words.say("views.chart.rf_grid.row", score=row) for row in rows],
        columns=[str(column) for column in columns],
        values=[[None if at is None else counts[at] for at in row] for row in places],
        texts=[["" if at is None else _count(told[at]) for at in row] for row in places],
        column_title=words.say("views.chart.rf_grid.columns"),
    )


def _count(cell: object) -> str:
    return "·" if is_hidden(cell) else cell_text(cell, "count")


def _grid_alt(figures: TablePayload) -> str:
    sizes: dict[str, float] = {}
    pairs = zip(column_cells(figures, "segment"), numbers(figures, "customer_count"), strict=True)
    for segment, count in pairs:
        sizes[segment] = sizes.get(segment, 0.0) + (count or 0.0)
    covered = {
        segment
        for segment, cell in zip(
            column_cells(figures, "segment"), column_cells(figures, "customer_count"), strict=True
        )
        if is_hidden(cell)
    }
    shown = [segment for segment in sizes if segment not in covered]
    texts = [cell_text(sizes[segment], "count") for segment in shown]
    return alt_text("rf_grid", figures=listing(shown, texts))


def effort_chart(effort: Data, segments: Data) -> Chart:
    """Shares of revenue, expected value and contacts, segment by segment.

    Shares that nobody knows are left out: those of value without a model, those of contacts
    without any. One share alone weighs nothing against another, and is not drawn.
    """
    rows = frame_of(effort)
    known = [share for share in SHARES if len(rows) and rows[share].notna().any()]
    if len(known) < LEAST_SHARES:
        rows = rows.head(0)
    if len(rows):
        order = ["expected_value_share", "revenue_share"]
        rows = rows.sort_values([*order, "segment"], ascending=[False, False, True])
    return Chart(
        effort_table(rows, segments),
        id="effort",
        kind="bars",
        category="segment",
        values=SHARES,
        paint=_effort,
        alt=_effort_alt,
        beside="effort",
    )


def _effort(figures: TablePayload) -> Drawing:
    panels = [
        Panel(
            numbers(figures, column),
            _shares(figures, column),
            words.say(f"views.chart.effort.{column}"),
        )
        for column in _known(figures)
    ]
    more = {at for at, verdict in enumerate(figures["keys"]["verdict"]) if verdict == "more"}
    return ranked_bars(column_cells(figures, "segment"), panels, highlight=more)


def _shares(figures: TablePayload, column: str) -> list[str]:
    return [
        cell_text(cell, "share") if is_hidden(cell) else format_share(cell, digits=0)
        for cell in column_cells(figures, column)
    ]


def _effort_alt(figures: TablePayload) -> str:
    columns = _known(figures)[-2:]
    pairs = zip(*(_shares(figures, column) for column in columns), strict=True)
    names = [words.say(f"views.chart.effort.{column}") for column in columns]
    return alt_text(
        "effort",
        figures=listing(column_cells(figures, "segment"), [" / ".join(pair) for pair in pairs]),
        columns=" / ".join(names).lower(),
    )


def _known(figures: TablePayload) -> list[str]:
    """The shares that are known, or hidden, of any segment."""
    return [
        column
        for column in SHARES
        if any(cell is not None for cell in column_cells(figures, column))
    ]

"""Charts of the funnel by group, and of the steps between channels."""

from crm_strategy import words
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.chart import Chart
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.funnel_tables import funnel_segments_table
from crm_strategy.views.heatmaps import Grid, heatmap
from crm_strategy.views.journey_tables import transitions_table
from crm_strategy.views.markup import cell_text
from crm_strategy.views.payload import TablePayload, column_cells, is_hidden, numbers
from crm_strategy.words.numbers import format_count, format_share

MOST_GROUPS = 14
"""Groups the chart shows; the table beside it shows all."""


def funnel_segments_chart(funnels: Data) -> Chart:
    """Step rates of each group, the lowest of a step framed where it is well below the best."""
    rows = frame_of(funnels)
    if len(rows):
        keys = rows[["attribute", "value"]].drop_duplicates().head(MOST_GROUPS)
        rows = rows[rows["step_rate"].notna()].merge(keys, on=["attribute", "value"])
    return Chart(
        funnel_segments_table(rows),
        id="funnel_segments",
        kind="heatmap",
        category="value",
        values=("step_rate",),
        paint=lambda figures: heatmap(_rates(figures)),
        alt=_rates_alt,
        beside="funnel_segments",
    )


def _rates(figures: TablePayload) -> Grid:
    rates = numbers(figures, "step_rate")
    groups = column_cells(figures, "value")
    stages = column_cells(figures, "stage")
    attributes = column_cells(figures, "attribute")
    rows = list(dict.fromkeys(zip(attributes, groups, strict=True)))
    columns = list(dict.fromkeys(stages))
    cells = dict(zip(zip(attributes, groups, stages, strict=True), rates, strict=True))
    values = [[cells.get((*row, column)) for column in columns] for row in rows]
    return Grid(
        rows=[value for _attribute, value in rows],
        columns=columns,
        values=values,
        texts=[["" if v is None else format_share(v, digits=0) for v in row] for row in values],
        steps=(0.2, 0.4, 0.6, 0.8),
        column_title=words.say("views.chart.funnel_segments.columns"),
    )


def _rates_alt(figures: TablePayload) -> str:
    grid = _rates(figures)
    texts = ["; ".join(filter(None, row)) for row in grid.texts]
    return alt_text(
        "funnel_segments", stages=", ".join(grid.columns), figures=listing(grid.rows, texts)
    )


def transitions_chart(transitions: Data) -> Chart:
    """Where customers went next from each channel, as shares of the row."""
    return Chart(
        transitions_table(transitions),
        id="transitions",
        kind="heatmap",
        category="source",
        values=("share",),
        paint=_transitions,
        alt=_transitions_alt,
        beside="transitions",
    )


def _transitions(figures: TablePayload) -> Drawing:
    sources, targets = column_cells(figures, "source"), column_cells(figures, "target")
    ids = {
        side: dict(zip(column_cells(figures, side), figures["keys"][side], strict=True))
        for side in ("source", "target")
    }
    rows = sorted(dict.fromkeys(sources), key=lambda name: _place(ids["source"][name], name))
    columns = sorted(dict.fromkeys(targets), key=lambda name: _place(ids["target"][name], name))
    pairs = list(zip(sources, targets, strict=True))
    shares = dict(zip(pairs, numbers(figures, "share"), strict=True))
    told = dict(zip(pairs, column_cells(figures, "share"), strict=True))
    return heatmap(
        Grid(
            rows=rows,
            columns=columns,
            values=[[shares.get((row, column)) for column in columns] for row in rows],
            texts=[[_share(told.get((row, column))) for column in columns] for row in rows],
            row_title=words.say("views.chart.transitions.rows"),
            column_title=words.say("views.chart.transitions.columns"),
        )
    )


def _place(key: str | None, name: str) -> tuple[int, str]:
    """The beginning first, the two ends last."""
    return {"START": 0, "CONVERSION": 2, "NULL": 3}.get(key or "", 1), name


def _share(cell: object) -> str:
    if cell is None:
        return ""
    # Without the sign, for cells are narrow on a phone; the heading has it.
    return "·" if is_hidden(cell) else format_count(100 * cell)  # type: ignore[operator]


def _transitions_alt(figures: TablePayload) -> str:
    pairs = zip(column_cells(figures, "source"), column_cells(figures, "target"), strict=True)
    labels = [f"{source} → {target}" for source, target in pairs]
    texts = [cell_text(cell, "share") for cell in column_cells(figures, "share")]
    return alt_text("transitions", figures=listing(labels, texts))

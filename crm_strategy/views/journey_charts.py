"""Charts of the touchpoints chapter: where customers drop out, which actions are agreed."""

from crm_strategy import words
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.bars import Panel, ranked_bars
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.chart import Chart
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.heatmaps import Grid, heatmap
from crm_strategy.views.journey_tables import funnel_table
from crm_strategy.views.layout import Layout
from crm_strategy.views.markup import cell_text
from crm_strategy.views.payload import TablePayload, column_cells, is_hidden, numbers
from crm_strategy.views.table import Table
from crm_strategy.words.numbers import format_count, format_share


def funnel_chart(funnel: Data) -> Chart:
    """Customers at each stage with the share that came on; the narrowest step highlighted."""
    return Chart(
        funnel_table(funnel),
        id="funnel",
        kind="funnel",
        category="stage",
        values=("customer_count",),
        paint=_funnel,
        alt=_funnel_alt,
        beside="funnel",
    )


def _funnel(figures: TablePayload) -> Drawing:
    panel = Panel(numbers(figures, "customer_count"), _step_texts(figures))
    return ranked_bars(column_cells(figures, "stage"), [panel], highlight=_narrowest(figures))


def _step_texts(figures: TablePayload) -> list[str]:
    pairs = zip(column_cells(figures, "customer_count"), numbers(figures, "step_rate"), strict=True)
    return [
        cell_text(count, "count")
        if rate is None or is_hidden(count)
        else f"{cell_text(count, 'count')} ({format_share(rate, digits=0)})"
        for count, rate in pairs
    ]


def _narrowest(figures: TablePayload) -> set[int]:
    rates = [
        (rate, at) for at, rate in enumerate(numbers(figures, "step_rate")) if rate is not None
    ]
    return {min(rates)[1]} if rates else set()


def _funnel_alt(figures: TablePayload) -> str:
    stages = column_cells(figures, "stage")
    message = "".join(
        words.say("views.chart.funnel.message", stage=stages[at], text=_step_texts(figures)[at])
        for at in _narrowest(figures)
    )
    return alt_text("funnel", figures=listing(stages, _step_texts(figures)), message=message)


def touchpoint_matrix_chart(actions: Data) -> Chart:
    """Segments by touchpoints: where a target action is agreed, and where there is a gap."""
    rows = frame_of(actions)
    if len(rows):
        rows = rows.assign(agreed=rows["target_action"].notna().astype(int))
    figures = Table(
        rows,
        id="touchpoint_actions",
        formats={"agreed": "count"},
        layout=Layout(columns=("segment", "touchpoint", "agreed")),
    )
    return Chart(
        figures,
        id="touchpoint_matrix",
        kind="matrix",
        category="segment",
        values=("agreed",),
        paint=lambda payload: heatmap(_matrix(payload)),
        alt=_matrix_alt,
        beside="touchpoint_actions",
    )


def _matrix(figures: TablePayload) -> Grid:
    segments, touchpoints = column_cells(figures, "segment"), column_cells(figures, "touchpoint")
    agreed = dict(
        zip(zip(segments, touchpoints, strict=True), numbers(figures, "agreed"), strict=True)
    )
    rows, columns = list(dict.fromkeys(segments)), list(dict.fromkeys(touchpoints))
    values = [[agreed.get((row, column)) or None for column in columns] for row in rows]
    return Grid(
        rows=rows,
        columns=columns,
        values=values,
        texts=[["●" if value else "" for value in row] for row in values],
        steps=(0.2, 1.0, 2.0, 3.0),
    )


def _matrix_alt(figures: TablePayload) -> str:
    agreed = numbers(figures, "agreed")
    bare = [
        row
        for row, values in zip(_matrix(figures).rows, _matrix(figures).values, strict=True)
        if not any(values)
    ]
    message = (
        words.say("views.chart.touchpoint_matrix.gaps", segments=", ".join(bare)) if bare else ""
    )
    return alt_text(
        "touchpoint_matrix",
        filled=format_count(sum(value or 0 for value in agreed)),
        cells=format_count(len(agreed)),
        message=message,
    )

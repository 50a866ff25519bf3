"""Charts of what customers say: satisfaction against value."""

from typing import Final

from crm_strategy import words
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.cells import Data
from crm_strategy.views.chart import Chart
from crm_strategy.views.heatmaps import Grid, heatmap
from crm_strategy.views.payload import TablePayload, column_cells, is_hidden, numbers
from crm_strategy.views.satisfaction_tables import satisfaction_value_table
from crm_strategy.words.numbers import format_short_money

BANDS: Final = ("detractor", "passive", "promoter", "low", "middle", "high")
GROUPS: Final = ("top", "middle", "low")
UNHAPPY: Final = ("detractor", "low")


def satisfaction_value_chart(grid: Data, total: "Data | None" = None) -> Chart:
    """Revenue by satisfaction and value; the most valuable unhappy customers are framed.

    Parameters
    ----------
    grid, total
        As in `satisfaction_value_table`.
    """
    return Chart(
        satisfaction_value_table(grid, total),
        id="satisfaction_value",
        kind="heatmap",
        category="band",
        values=("revenue",),
        paint=lambda figures: heatmap(_grid(figures)),
        alt=_alt,
        beside="satisfaction_value",
    )


def _grid(figures: TablePayload) -> Grid:
    bands, groups = figures["keys"]["band"], figures["keys"]["value_group"]
    names = dict(zip(bands, column_cells(figures, "band"), strict=True))
    heads = dict(zip(groups, column_cells(figures, "value_group"), strict=True))
    rows = [band for band in BANDS if band in names]
    columns = [group for group in GROUPS if group in heads]
    cells = {pair: at for at, pair in enumerate(zip(bands, groups, strict=True))}
    revenue, texts = numbers(figures, "revenue"), _texts(figures)
    places = [[cells.get((row, column)) for column in columns] for row in rows]
    return Grid(
        rows=[names[row] for row in rows],
        columns=[heads[column] for column in columns],
        values=[[None if at is None else revenue[at] for at in row] for row in places],
        texts=[["" if at is None else texts[at] for at in row] for row in places],
        key=(0, 0) if rows[:1] and rows[0] in UNHAPPY and columns[:1] == ["top"] else None,
        row_title=words.say("views.chart.satisfaction_value.rows"),
        column_title=words.say("views.chart.satisfaction_value.columns"),
    )


def _texts(figures: TablePayload) -> list[str]:
    cells = column_cells(figures, "revenue")
    return ["·" if is_hidden(cell) else format_short_money(cell) for cell in cells]


def _alt(figures: TablePayload) -> str:
    bands, groups, revenue = (
        column_cells(figures, name) for name in ("band", "value_group", "revenue")
    )
    cells = zip(bands, groups, revenue, _texts(figures), strict=True)
    told = [
        (f"{band} – {group}:", text) for band, group, cell, text in cells if not is_hidden(cell)
    ]
    labels, texts = [label for label, _ in told], [text for _, text in told]
    return alt_text("satisfaction_value", figures=listing(labels, texts))

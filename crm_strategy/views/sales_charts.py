"""Charts of the KPI review: what sold."""

from typing import Final

from crm_strategy import words
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.bars import Panel, ranked_bars
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.chart import Chart
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.kpi_tables import SALES_KINDS, SOLD
from crm_strategy.views.layout import Layout
from crm_strategy.views.markup import cell_text
from crm_strategy.views.payload import TablePayload, column_cells, is_hidden, numbers
from crm_strategy.views.product_privacy import told_categories
from crm_strategy.views.table import Table
from crm_strategy.words.numbers import format_change

MOST_BARS: Final = 12


def category_bars_chart(categories: Data) -> Chart:
    """Revenue by category, largest first, with its change; ▼ is the previous period."""
    rows = frame_of(categories)
    if len(rows):
        # What is hidden goes by all categories, those beyond the last bar too.
        ranked = rows.sort_values(["revenue", "category"], ascending=[False, True])
        rows = told_categories(ranked).head(MOST_BARS)
    figures = Table(rows, id="categories", formats=SALES_KINDS, layout=Layout(columns=SOLD))
    return Chart(
        figures,
        id="category_bars",
        kind="bars",
        category="category",
        values=("revenue",),
        paint=_categories,
        alt=_categories_alt,
        beside="categories",
    )


def _categories(figures: TablePayload) -> Drawing:
    panel = Panel(numbers(figures, "revenue"), _sales_texts(figures))
    return ranked_bars(
        _names(figures),
        [panel],
        highlight={0},
        previous=numbers(figures, "previous") if _has_previous(figures) else (),
    )


def _has_previous(figures: TablePayload) -> bool:
    return any(column["name"] == "previous" for column in figures["columns"])


def _sales_texts(figures: TablePayload) -> list[str]:
    """€1.30M (+4%)"""
    return [
        cell_text(cell, "short_money")
        if change is None or is_hidden(cell)
        else f"{cell_text(cell, 'short_money')} ({format_change(change, digits=0)})"
        for cell, change in zip(
            column_cells(figures, "revenue"), numbers(figures, "change"), strict=True
        )
    ]


def _categories_alt(figures: TablePayload) -> str:
    return alt_text("category_bars", figures=listing(_names(figures), _sales_texts(figures)))


def _names(figures: TablePayload) -> list[str]:
    unnamed = words.say("views.unnamed")
    return [unnamed if cell is None else str(cell) for cell in column_cells(figures, "category")]

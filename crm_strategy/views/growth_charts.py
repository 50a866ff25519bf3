"""Charts of the growth chapter: which products belong together."""

from typing import Final

from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.bars import Panel, ranked_bars
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.chart import Chart
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.growth_offer_tables import cross_sell_table
from crm_strategy.views.markup import cell_text
from crm_strategy.views.payload import TablePayload, column_cells, is_hidden, numbers

MOST_BARS: Final = 12


def cross_sell_chart(pairs: Data) -> Chart:
    """How many times as often as by chance the second product is in orders with the first."""
    rows = frame_of(pairs)
    return Chart(
        cross_sell_table(rows.head(MOST_BARS)),
        id="cross_sell",
        kind="bars",
        category="product",
        values=("lift",),
        paint=_paint,
        alt=_alt,
        beside="cross_sell",
    )


def _paint(figures: TablePayload) -> Drawing:
    panel = Panel(numbers(figures, "lift"), _texts(figures))
    return ranked_bars(
        _names(figures), [panel], highlight={0}, previous=numbers(figures, "lift_low")
    )


def _names(figures: TablePayload) -> list[str]:
    pairs = zip(
        column_cells(figures, "product"), column_cells(figures, "with_product"), strict=True
    )
    return [f"{first} → {second}" for first, second in pairs]


def _texts(figures: TablePayload) -> list[str]:
    """3.1 × (28%)"""
    cells = zip(column_cells(figures, "lift"), column_cells(figures, "confidence"), strict=True)
    return [
        cell_text(lift, "ratio")
        if is_hidden(lift)
        else f"{cell_text(lift, 'ratio')} × ({cell_text(share, 'share')})"
        for lift, share in cells
    ]


def _alt(figures: TablePayload) -> str:
    return alt_text("cross_sell", figures=listing(_names(figures), _texts(figures)))

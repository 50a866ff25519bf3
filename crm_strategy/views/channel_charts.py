"""Charts of the channels chapter: what an order and a new customer cost, by channel."""

import pandas as pd

from crm_strategy import words
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.bars import Panel, ranked_bars
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.channel_tables import told_channels
from crm_strategy.views.chart import Chart
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.layout import Layout
from crm_strategy.views.markup import cell_text
from crm_strategy.views.payload import TablePayload, column_cells, is_hidden, numbers
from crm_strategy.views.table import Table

_MEASURES = ("cost_per_order", "cac")


def channel_cost_chart(channels: Data) -> Chart:
    """Cost per credited order and per new customer, the dearest channel first."""
    rows = frame_of(channels)
    if len(rows):
        rows = rows[rows[list(_MEASURES)].notna().any(axis=1)]
        rows = rows.sort_values(["cost_per_order", "channel"], ascending=[False, True])
        told = told_channels(channels).loc[rows.index]
        # Of no rows the engine of tables would not know that these are yes or no.
        unseen = told["cost_per_order"].map(is_hidden).astype(bool)
        # The place of a hidden bar would tell it.
        rows = pd.concat([told[~unseen], told[unseen].sort_values("channel")])
    figures = Table(
        rows,
        id="channel_costs",
        layout=Layout(
            columns=("channel", "cost_per_order", "cac", "order_count", "new_customers"),
            ranked=True,
        ),
    )
    return Chart(
        figures,
        id="channel_cost",
        kind="bars",
        category="channel",
        values=_MEASURES,
        paint=_paint,
        alt=_alt,
        beside="channel_costs",
    )


def _paint(figures: TablePayload) -> Drawing:
    panels = [
        Panel(
            numbers(figures, column), _texts(figures, column), words.say(f"views.column.{column}")
        )
        for column in _MEASURES
    ]
    return ranked_bars(column_cells(figures, "channel"), panels, highlight=_dearest(figures))


def _texts(figures: TablePayload, column: str) -> list[str]:
    return [cell_text(cell, "unit_money") for cell in column_cells(figures, column)]


def _dearest(figures: TablePayload) -> set[int]:
    known = [
        at
        for at, cell in enumerate(column_cells(figures, "cost_per_order"))
        if cell is not None and not is_hidden(cell)
    ]
    return set(known[:1]) if len(known) > 1 else set()


def _alt(figures: TablePayload) -> str:
    channels = column_cells(figures, "channel")
    return alt_text(
        "channel_cost",
        figures=listing(channels, _texts(figures, "cost_per_order")),
        customers=listing(channels, _texts(figures, "cac")),
    )

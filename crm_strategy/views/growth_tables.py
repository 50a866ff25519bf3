"""Tables of the growth chapter: whom to win back, whom to remind."""

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.segment_tables import customers_in
from crm_strategy.views.table import Table


def win_back_table(lapsed: Data) -> Table:
    """Customers who lapsed in the period, by segment, with what they had brought."""
    rows = frame_of(lapsed)
    if len(rows):
        rows = rows.sort_values(["past_revenue", "segment"], ascending=[False, True])
    return Table(
        rows,
        id="win_back",
        suppress="customer_count",
        total=("customer_count", "past_revenue"),
        layout=Layout(ranked=True),
        basis=customers_in(rows),
    )


def replenishment_table(due: Data) -> Table:
    """Products bought again, and how many customers are past the usual time."""
    return Table(
        due,
        id="replenishment",
        suppress=(Suppress(count="due_count"), Suppress(count="customer_count")),
        layout=Layout(sheet_only=("gap_count", "product_id"), rows_shown=20, ranked=True),
    )

"""Tables of the channels chapter: what a customer and an order cost, by channel."""

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.table import Table

CREDITED = (
    Suppress(
        count="order_count",
        hides=(
            "new_customers",
            "revenue",
            "margin",
            "cac",
            "cost_per_order",
            "roi",
            "payback_months",
        ),
    ),
    Suppress(count="new_customers", hides=("cac", "payback_months")),
    Suppress(count="customer_count", hides=()),
)
"""An order is of a customer: fewer than ten orders are fewer than ten customers."""


def channel_costs_table(channels: Data) -> Table:
    """Cost, credited orders and new customers, and what each of them cost."""
    layout = Layout(
        columns=(
            "channel",
            "cost",
            "touch_count",
            "new_customers",
            "cac",
            "order_count",
            "cost_per_order",
            "roi",
            "revenue",
            "margin",
            "customer_count",
            "payback_months",
            "cost_source",
            "roi_basis",
        ),
        words={"cost_source": "views.cost_source.{}", "roi_basis": "views.roi_basis.{}"},
    )
    rows = frame_of(channels)
    if len(rows) and "roi_basis" in rows and (rows["roi_basis"] == "revenue").all():
        # Revenue is no margin.
        rows = rows.drop(columns="margin")
    return Table(
        rows,
        id="channel_costs",
        suppress=CREDITED,
        total=("cost", "touch_count", "new_customers", "order_count", "revenue", "margin"),
        layout=layout,
    )


def planned_costs_table(planned: Data) -> Table:
    """What each channel was to cost and did cost, the dearest overrun first."""
    money = ("planned", "actual", "difference")
    rows = frame_of(planned)
    return Table(
        rows,
        id="planned_costs",
        formats={**dict.fromkeys(money, "money"), "difference_share": "change"},
        # A sum with a part missing is no sum.
        total=[each for each in money if each in rows and rows[each].notna().all()],
        layout=Layout(columns=("channel", *money, "difference_share")),
    )

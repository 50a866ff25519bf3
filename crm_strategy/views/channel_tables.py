"""Tables of the channels chapter: what a customer and an order cost, by channel."""

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.channel_privacy import with_customers
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.privacy import rows_to_hide, small
from crm_strategy.views.table import Table
from crm_strategy.views.telling_rates import without_rates

BEHIND = {"ordering_customers": "order_count"}
"""The customers behind the credited orders: neither the page nor the workbook shows them."""

CREDITED = (
    Suppress(
        count="ordering_customers",
        hides=(
            "order_count",
            "new_customers",
            "revenue",
            "margin",
            "cac",
            "cost_per_order",
            "roi",
            "payback_months",
        ),
        within=((),),
    ),
    Suppress(count="new_customers", hides=("cac", "payback_months")),
    Suppress(count="customer_count", hides=("touch_count",)),
)
"""Orders are hidden by the customers who ordered: one of them may have had all."""


def told_channels(channels: Data) -> pd.DataFrame:
    """All channels with the figures hidden that the table of them hides beside its totals.

    Parameters
    ----------
    channels
        Result of `channel_costs.channel_costs`, whole: of some channels other figures follow.
    """
    rows = with_customers(frame_of(channels), BEHIND)
    told = rows.astype("object")
    for guard in [each for each in CREDITED if each.count in rows]:
        counts = [None if n != n else n for n in rows[guard.count]]
        gone = rows_to_hide(counts, groups=[[0] * len(rows)] if guard.within else ())
        told = without_rates(told, gone, (guard.count, *(guard.hides or ())))
    # What was never known is not hidden.
    return told.where(rows.notna(), None)


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
            *BEHIND,
        ),
        sheet_only=tuple(BEHIND),
        page_only=tuple(BEHIND),
        words={"cost_source": "views.cost_source.{}", "roi_basis": "views.roi_basis.{}"},
    )
    rows = with_customers(frame_of(channels), BEHIND)
    if len(rows) and "roi_basis" in rows and (rows["roi_basis"] == "revenue").all():
        # Revenue is no margin.
        rows = rows.drop(columns="margin")
    total = ["cost", "new_customers", "order_count", "revenue", "margin", *BEHIND]
    if not ("customer_count" in rows and rows["customer_count"].map(small).any()):
        # All touches would tell those of a channel that few customers had.
        total.append("touch_count")
    return Table(
        rows,
        id="channel_costs",
        suppress=CREDITED,
        total=[each for each in total if each in rows],
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

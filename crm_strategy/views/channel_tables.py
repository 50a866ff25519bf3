"""Tables of the channels chapter: what a customer and an order cost, by channel."""

import numpy as np
import pandas as pd

from crm_strategy.analysis.crowds import together
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.channel_privacy import UNTOLD, credited_untold
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.privacy import small
from crm_strategy.views.table import Table
from crm_strategy.views.telling_rates import without_rates

CREDITED = (
    Suppress(
        count=UNTOLD,
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
    ),
    Suppress(count="new_customers", hides=("cac", "payback_months")),
    Suppress(count="customer_count", hides=("touch_count",)),
)
"""Orders are hidden by the customers who ordered: one of them may have had all."""

_ORDERED = ("order_count", "revenue", "margin")


def with_untold(channels: Data) -> pd.DataFrame:
    """All channels with the guard of their credited orders, which nothing shows."""
    rows = frame_of(channels)
    gone = credited_untold(rows) if "order_count" in rows else np.zeros(len(rows), dtype=bool)
    return rows.assign(**{UNTOLD: np.where(gone, 1.0, np.nan)})


def told_channels(channels: Data) -> pd.DataFrame:
    """All channels with the figures hidden that the table of them hides beside its totals.

    Parameters
    ----------
    channels
        Result of `channel_costs.channel_costs`, whole: of some channels other figures follow.
    """
    rows = with_untold(channels)
    told = rows.astype("object")
    for guard in [each for each in CREDITED if each.count in rows]:
        gone = np.flatnonzero([small(n) for n in rows[guard.count]])
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
            UNTOLD,
        ),
        sheet_only=(UNTOLD,),
        page_only=(UNTOLD,),
        words={"cost_source": "views.cost_source.{}", "roi_basis": "views.roi_basis.{}"},
    )
    rows = with_untold(channels)
    if len(rows) and "roi_basis" in rows and (rows["roi_basis"] == "revenue").all():
        # Revenue is no margin.
        rows = rows.drop(columns="margin")
    total = ["cost", "new_customers"]
    if "order_count" in rows:
        ordering = rows.get("ordering_customers", rows["order_count"])
        # All together may be few.
        total += () if small(together(ordering.dropna())) else _ORDERED
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

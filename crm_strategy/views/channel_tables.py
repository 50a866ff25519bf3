"""Tables of the channels chapter: what a customer and an order cost, by channel."""

from typing import Final

import numpy as np
import pandas as pd

from crm_strategy.analysis.crowds import together
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.channel_privacy import UNTOLD, credited_untold
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.privacy import hidden_beside, small
from crm_strategy.views.table import Table
from crm_strategy.views.telling_rates import without_rates

NEW_UNTOLD: Final = "new_untold"
"""Names the guard of new customers: 1 where those who had ordered before would follow."""

_WON: Final = ("new_customers", "cac", "payback_months")

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
    Suppress(count=NEW_UNTOLD, hides=_WON),
    Suppress(count="new_customers", hides=_WON[1:]),
    Suppress(count="customer_count", hides=("touch_count",)),
)
"""Orders are hidden by the customers who ordered: one of them may have had all."""

_ORDERED = ("order_count", "revenue", "margin")


def with_untold(channels: Data) -> pd.DataFrame:
    """All channels with the guard of their credited orders, which nothing shows."""
    rows = frame_of(channels)
    gone = credited_untold(rows) if "order_count" in rows else np.zeros(len(rows), dtype=bool)
    unknown = new_untold(rows, gone)
    return rows.assign(
        **{UNTOLD: np.where(gone, 1.0, np.nan), NEW_UNTOLD: np.where(unknown, 1.0, np.nan)}
    )


def new_untold(rows: pd.DataFrame, untold: np.ndarray) -> np.ndarray:
    """The channels whose new customers would tell the few of their orders that were no first ones.

    Of 63 orders of which 60 were first ones 3 are of customers who had ordered before. All orders
    and all new customers are known, so as many channels are held back that neither follows.

    Parameters
    ----------
    rows
        Result of `channel_costs.channel_costs`, whole.
    untold
        Channels whose orders and new customers are hidden in any case.
    """
    found = np.zeros(len(rows), dtype=bool)
    if not {"order_count", "new_customers"} <= set(rows):
        return found
    orders, new = (rows[name].astype("float64") for name in ("order_count", "new_customers"))
    again = list((orders - new).round().fillna(0.0))
    if any(small(n) and not off for n, off in zip(again, untold, strict=True)):
        sides = [list(new.fillna(0.0)), again]
        found[hidden_beside(sides, {*np.flatnonzero(untold).tolist()})] = True
    return found


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
            NEW_UNTOLD,
        ),
        sheet_only=(UNTOLD, NEW_UNTOLD),
        page_only=(UNTOLD, NEW_UNTOLD),
        words={"cost_source": "views.cost_source.{}", "roi_basis": "views.roi_basis.{}"},
    )
    rows = with_untold(channels)
    if len(rows) and "roi_basis" in rows and (rows["roi_basis"] == "revenue").all():
        # Revenue is no margin.
        rows = rows.drop(columns="margin")
    total = ["cost", "new_customers"]
    if "order_count" in rows:
        if small(round(rows["order_count"].sum() - rows["new_customers"].sum())):
            total.remove("new_customers")
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

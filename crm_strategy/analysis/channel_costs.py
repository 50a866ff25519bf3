"""Channel costs: what each channel costs, what it is credited with, what comes back."""

from datetime import date

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.attribution import credited_orders
from crm_strategy.analysis.channel_crowds import GUARDS, channel_crowds
from crm_strategy.analysis.crowds import few_of, listed
from crm_strategy.analysis.margin import goods_counts, margin_of
from crm_strategy.analysis.spans import Span, within
from crm_strategy.analysis.spending import channel_spending

COLUMNS = (
    *("channel", "cost", "touch_count", "new_customers", "order_count", "revenue"),
    *("cac", "cost_per_order", "roi", "margin", "customer_count", "cost_source", "roi_basis"),
)
GUARDED = ("ordering_customers", "conversion_count", *GUARDS)
"""Columns more for those who hide small groups, where customers are known."""


def channel_costs(
    costs: ibis.Table,
    touches: ibis.Table,
    orders: ibis.Table,
    channel_terms: pd.DataFrame | None = None,
    *,
    start: date,
    end: date,
    lookback_days: int = 30,
    margin_rate: float | None = None,
    paths: pd.DataFrame | None = None,
    customers: int | None = None,
) -> pd.DataFrame:
    """Cost, cost per new customer and per order, and return of each channel in a period.

    Orders are credited to the last touch before them (`credited_orders`), so figures are
    attributed, not caused. Revenue is before refunds. Σ cost is the KPI `marketing_cost`
    where every channel's cost is known, and with it Σ margin gives the KPI `roi`.

    Parameters
    ----------
    costs, touches, channel_terms
        As in `channel_spending`.
    orders
        As in `credited_orders`.
    start, end
        First and last day of the period.
    lookback_days
        Calendar days before an order in which a touch can earn its credit.
    margin_rate
        Gross margin as a fraction of revenue, for orders without a known cost of goods.
    paths
        Journeys of the same touches and orders, as `paths.conversion_paths` returns them: with
        customers, those who hide small groups can hold the orders against all that a channel
        led to.
    customers
        Most customers listed of each channel, for those who hide groups of fewer; None: no lists.

    Returns
    -------
    DataFrame
        One row per channel with touches or a cost in the period, by name: `channel`, `cost`
        (money; NaN where unknown), `touch_count`, `new_customers` (first orders credited),
        `order_count` and `revenue` (credited), `cac` = cost / new customers, `cost_per_order`
        = cost / orders, `roi` = (margin − cost) / cost, `margin` (money, of credited orders),
        `customer_count` (touched), `cost_source` (`file`, `params`, None), `roi_basis`
        (`margin`, `margin_rate`, `revenue`: see `margin_of`), `ordering_customers` (with
        `customers`: those behind the credited orders, a `Crowd`) and, of paths that know
        customers, `conversion_count` and the `GUARDS` of `channel_crowds`.
        A channel of which no touch was ever supplied cannot be credited: its touches, orders and
        what rests on them are NaN.
    """
    span = Span("period", start, end)
    spending = channel_spending(costs, touches, periods=[span], channel_terms=channel_terms)
    credit = _credit(orders, touches, span, lookback_days, customers)
    reach = _reach(touches, span)
    table = spending.set_index("channel").join(reach, how="outer").join(credit, how="outer")
    counts = ["touch_count", "customer_count", "order_count", "new_customers"]
    sums = ["revenue", "costed_revenue", "goods"]
    measured = table["touch_count"].notna()
    table.loc[measured, counts + sums] = table.loc[measured, counts + sums].fillna(0.0)
    known = goods_counts(orders, periods=[span]).loc[span.id]
    margin = margin_of(known, margin_rate=margin_rate)
    table["margin"] = [
        margin.of(*values) for values in zip(*(table[name] for name in sums), strict=True)
    ]
    cost = table["cost"].astype("float64")
    table["cac"] = cost / table["new_customers"].where(table["new_customers"] > 0)
    table["cost_per_order"] = cost / table["order_count"].where(table["order_count"] > 0)
    table["roi"] = (table["margin"] - cost) / cost.where(cost > 0)
    table["roi_basis"] = margin.basis
    if paths is not None and "customers" in paths:
        table = table.join(channel_crowds(paths))
    table = table.rename_axis("channel").sort_index().reset_index()
    return table[[*COLUMNS, *(each for each in GUARDED if each in table)]]


def _credit(
    orders: ibis.Table, touches: ibis.Table, span: Span, lookback_days: int, least: int | None
) -> pd.DataFrame:
    reached = orders.semi_join(touches, "customer_id")
    credited = credited_orders(
        reached, touches, start=span.start, end=span.end, lookback_days=lookback_days
    )
    sums = {
        "order_count": _.count(),
        "new_customers": _.is_first.sum(),
        "revenue": _.amount.sum(),
        "costed_revenue": _.amount.sum(where=_.cost_amount.notnull()),
        "goods": _.cost_amount.sum(),
    }
    led = credited.filter(_.channel.notnull())
    if least is None:
        found = led.group_by("channel").agg(**sums).to_pandas()
        return found.set_index("channel").astype("float64")
    added = {name: _[name].sum() for name in sums} | {"ids": few_of(_.customer_id, least)}
    own = led.group_by("channel", "customer_id").agg(**sums)
    found = own.group_by("channel").agg(**added).to_pandas().set_index("channel")
    customers = listed(found.pop("ids")).each()
    return found.astype("float64").assign(ordering_customers=customers)


def _reach(touches: ibis.Table, span: Span) -> pd.DataFrame:
    sizes = (
        touches.filter(within(_.touched_at, span.start, span.end))
        .group_by("channel")
        .agg(customer_count=_.customer_id.nunique())
    )
    return sizes.to_pandas().set_index("channel").astype("float64")

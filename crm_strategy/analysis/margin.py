"""Margin of orders: from their own costs where known, else from a rate, else unknown."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.spans import PeriodLike, bucket_of, edges_of, layers, spans_of

MarginBasis = Literal["margin", "margin_rate", "revenue"]
"""margin: from the orders' own costs. margin_rate: from the client's rate. revenue: neither is
known, so revenue itself stands for margin and is named so."""

COUNTS = (
    *("priced_orders", "costed_orders", "costed_order_revenue", "order_goods"),
    *("costed_revenue", "goods"),
)

ENOUGH = 0.5
"""Share of orders whose costs must be known before they speak for the rest."""


class Margin(NamedTuple):
    """How revenue without a known cost is turned into margin."""

    rate: float
    basis: MarginBasis

    def of(self, revenue: float, costed_revenue: float, goods: float) -> float:
        """Margin = (costed revenue − its goods) + rate × the other revenue."""
        if self.basis == "revenue":
            return revenue
        return (costed_revenue - goods) + self.rate * (revenue - costed_revenue)


def goods_counts(orders: ibis.Table, *, periods: Sequence[PeriodLike]) -> pd.DataFrame:
    """What is known of the cost of goods of each period.

    Parameters
    ----------
    orders
        One row per order or refund: `ordered_at` (timestamp), `amount` (money), `is_refund`,
        `cost_amount`? (money, cost of the goods). A refund takes the cost of its goods back.
    periods
        The periods: `id`, `start`, `end` (inclusive days).

    Returns
    -------
    DataFrame
        Indexed by period id; 0 where nothing is known. `priced_orders` (all orders),
        `costed_orders` (with a known cost), their `costed_order_revenue` and `order_goods`;
        `costed_revenue` and `goods` are these two less refunds.
    """
    spans = spans_of(periods)
    nothing = pd.DataFrame(0.0, index=[span.id for span in spans], columns=list(COUNTS))
    if "cost_amount" not in orders.columns:
        return nothing
    # However the export signs the cost of a refund.
    goods = ibis.ifelse(orders.is_refund, -orders.cost_amount.abs(), orders.cost_amount)
    rows = orders.mutate(goods=goods, costed=orders.cost_amount.notnull())
    for layer in layers(spans):
        edges = edges_of(layer)
        sums = (
            rows.mutate(bucket=bucket_of(rows.ordered_at, edges))
            .group_by("bucket")
            .agg(
                priced_orders=(~_.is_refund).sum(),
                costed_orders=(~_.is_refund & _.costed).sum(),
                costed_order_revenue=_.amount.sum(where=~_.is_refund & _.costed),
                order_goods=_.goods.sum(where=~_.is_refund),
                costed_revenue=_.amount.sum(where=_.costed),
                goods=_.goods.sum(),
            )
        )
        found = sums.to_pandas().set_index("bucket").astype("float64").fillna(0.0)
        nothing.update(found.rename({edges.index(span.start) + 1: span.id for span in layer}))
    return nothing


def margin_of(counts: Mapping[str, float], *, margin_rate: float | None) -> Margin:
    """Choose how margin is reckoned for the orders of a period.

    Parameters
    ----------
    counts
        The period's row of `goods_counts`.
    margin_rate
        The client's gross margin as a fraction of revenue, if known.

    Returns
    -------
    Margin
        `margin` when the costs of at least half of the orders are known: the others earn the
        same share of revenue as those, Σ margin / Σ revenue before refunds. Else `margin_rate`
        when given: orders without a known cost earn it. Else `revenue`.
    """
    known, revenue = counts["costed_orders"], counts["costed_order_revenue"]
    if known > 0 and known >= ENOUGH * counts["priced_orders"] and revenue > 0:
        return Margin((revenue - counts["order_goods"]) / revenue, "margin")
    if margin_rate is not None:
        return Margin(margin_rate, "margin_rate")
    return Margin(1.0, "revenue")

"""Margin of orders: from their own costs where known, else from a rate, else unknown."""

from typing import Literal, NamedTuple

MarginBasis = Literal["margin", "margin_rate", "revenue"]
"""margin: from the orders' own costs. margin_rate: from the client's rate. revenue: neither is
known, so revenue itself stands for margin and is named so."""

ENOUGH = 0.5
"""Share of revenue whose costs must be known before they speak for the rest."""


class Margin(NamedTuple):
    """How revenue without a known cost is turned into margin."""

    rate: float
    basis: MarginBasis

    def of(self, revenue: float, costed_revenue: float, cost: float) -> float:
        """Margin = (costed revenue − its cost) + rate × the other revenue."""
        if self.basis == "revenue":
            return revenue
        return (costed_revenue - cost) + self.rate * (revenue - costed_revenue)


def margin_of(
    revenue: float, costed_revenue: float, cost: float, *, margin_rate: float | None
) -> Margin:
    """Choose how margin is reckoned for orders of a period.

    Parameters
    ----------
    revenue
        Money of all its orders.
    costed_revenue, cost
        Money of the orders with a known cost of goods, and that cost.
    margin_rate
        The client's gross margin as a fraction of revenue, if known.

    Returns
    -------
    Margin
        `margin` when the known costs cover at least half of revenue: the other orders earn
        the same share as those, Σ margin / Σ revenue. Else `margin_rate` when given: orders
        without a known cost earn it. Else `revenue`.
    """
    if revenue > 0 and costed_revenue > 0 and costed_revenue >= ENOUGH * revenue:
        return Margin((costed_revenue - cost) / costed_revenue, "margin")
    if margin_rate is not None:
        return Margin(margin_rate, "margin_rate")
    return Margin(1.0, "revenue")

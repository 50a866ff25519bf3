"""Totals of orders: what each customer bought until a day, and what of it before a period.

Profiles, stages and the scores of an earlier day all ask for it: one look at the orders
answers them together.
"""

from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.spans import DAY, midnight, until

_CENTS = 4


def order_totals(orders: ibis.Table, *, as_of: date, start: date | None = None) -> ibis.Table:
    """What each customer bought until a day, and what of it before a period.

    Sums until a day are taken to 1/100 cent, so that the order in which amounts are added
    decides nothing. A column nobody asks for costs nothing unless the table is kept.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `amount` (money),
        `is_refund`. Refunds lessen revenue and are no orders; rows without customer and
        customers without an order are left out.
    as_of
        Last day observed; later orders are ignored.
    start
        First day of the period, if there is one.

    Returns
    -------
    Table
        One row per customer: `customer_id`, `order_count`, `revenue` (money, net),
        `first_order`, `last_order` (timestamps); of a period also `earlier_order_count`,
        `earlier_revenue`, `earlier_last_order` (the same before it; the last two without a
        value where nothing was), `period_revenue` (money in the period, net; no value where
        nothing was).
    """
    known = orders.filter(until(_.ordered_at, as_of), _.customer_id.notnull())
    rows = known.mutate(placed_at=ibis.ifelse(known.is_refund, None, known.ordered_at))
    asked = {
        "order_count": rows.placed_at.count(),
        "revenue": rows.amount.sum().round(_CENTS),
        "first_order": rows.placed_at.min(),
        "last_order": rows.placed_at.max(),
    }
    if start is not None:
        is_early = rows.ordered_at < midnight(start)
        early = ibis.ifelse(is_early, rows.placed_at, None)
        asked |= {
            "earlier_order_count": early.count(),
            "earlier_revenue": ibis.ifelse(is_early, rows.amount, None).sum().round(_CENTS),
            "earlier_last_order": early.max(),
            "period_revenue": ibis.ifelse(is_early, None, rows.amount).sum(),
        }
    return rows.group_by("customer_id").agg(**asked).filter(_.order_count > 0)


def earlier_behaviour(totals: ibis.Table, *, start: date) -> ibis.Table:
    """What each customer had bought the day before a period began: what scores are made of.

    Parameters
    ----------
    totals
        Result of `order_totals`.
    start
        First day of its period.

    Returns
    -------
    Table
        One row per customer with an order by then: `customer_id`, `order_count`, `revenue`
        (money, net), `recency_days` (last order to that day), as of
        `profiles.customer_behaviour`.
    """
    day_before = start - DAY
    return totals.filter(_.earlier_order_count > 0).select(
        "customer_id",
        order_count=_.earlier_order_count,
        revenue=_.earlier_revenue,
        recency_days=-_.earlier_last_order.date().delta(day_before, unit="day"),
    )

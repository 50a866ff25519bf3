"""Customers who only ever returned something: no customers of any segment, but some revenue."""

from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.spans import until


def refunds_only(orders: ibis.Table, *, as_of: date) -> ibis.Table:
    """How many customers have refunds and no order, and the money of these.

    Whoever has no order is in no segment; so the segments hold the revenue with a customer less
    this.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `amount` (money),
        `is_refund`. Rows without customer are left out.
    as_of
        Last day observed; later rows are ignored.

    Returns
    -------
    Table
        One row: `customer_count`, `revenue` (money, 0 or less; 0 where there is nobody).
    """
    known = orders.filter(until(_.ordered_at, as_of), _.customer_id.notnull())
    totals = known.group_by("customer_id").agg(
        order_count=(~_.is_refund).sum(), revenue=_.amount.sum()
    )
    without = totals.filter(_.order_count == 0)
    return without.agg(customer_count=_.count(), revenue=_.revenue.sum().fill_null(0.0))

"""How the series of orders runs, so that gaps and steps are seen before they mislead."""

from datetime import date

import ibis
from ibis import _


def monthly_orders(orders: ibis.Table, *, as_of: date) -> ibis.Table:
    """Orders and revenue by calendar month, with the months between that have none.

    Parameters
    ----------
    orders
        One row per order or refund: `order_id`, `customer_id`, `ordered_at` (timestamp),
        `amount` (money), `is_refund`.
    as_of
        Last day observed; later orders are ignored.

    Returns
    -------
    Table
        One row per month from the first to the last, in order: `month` (its first day),
        `order_count` (refunds are no orders), `revenue` (money, net of refunds),
        `customer_count` (known customers who ordered).
    """
    placed = orders.filter(_.ordered_at.date() <= as_of).mutate(
        month=_.ordered_at.truncate("month").date()
    )
    months = placed.group_by("month").agg(
        order_count=_.count(where=~_.is_refund),
        revenue=_.amount.sum(),
        customer_count=_.customer_id.nunique(where=~_.is_refund),
    )
    span = months.agg(first=_.month.min(), last=_.month.max()).filter(_.first.notnull())
    starts = ibis.range(
        span.first.cast("timestamp"),
        (span.last + ibis.interval(days=1)).cast("timestamp"),
        ibis.interval(months=1),
    )
    calendar = span.select(month=starts.unnest()).select(month=_.month.date())
    return (
        calendar.left_join(months, "month")
        .select(
            "month",
            order_count=_.order_count.fill_null(0),
            revenue=_.revenue.fill_null(0.0),
            customer_count=_.customer_count.fill_null(0),
        )
        .order_by("month")
    )

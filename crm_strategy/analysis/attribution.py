"""Attribution: which channel's touch gets the credit for an order."""

from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.spans import DAY, midnight, within
from crm_strategy.analysis.timeline import last_touches, soon_after


def credited_orders(
    orders: ibis.Table, touches: ibis.Table, *, start: date, end: date, lookback_days: int
) -> ibis.Table:
    """Orders of a period with the channel of the last touch before each.

    A correlation, no cause: customers who would have ordered anyway are touched too.

    Parameters
    ----------
    orders
        One row per order or refund: `order_id`, `customer_id`, `ordered_at` (timestamp),
        `amount` (money), `is_refund`, `cost_amount`? (money). Refunds and orders without a
        customer are left out.
    touches
        One row per touch: `customer_id`, `touched_at` (timestamp), `channel`. Touches before
        the period count too.
    start, end
        First and last day of the period.
    lookback_days
        Calendar days before an order in which a touch can earn its credit.

    Returns
    -------
    Table
        One row per order: `order_id`, `customer_id`, `ordered_at`, `amount`, `cost_amount`,
        `is_first` (the customer's first order ever), `channel` (null: no touch in time).
    """
    reach = start - lookback_days * DAY
    last = last_touches(
        orders.filter(within(_.ordered_at, start, end)),
        touches.filter(within(_.touched_at, reach, end)),
    )
    before = orders.filter(_.ordered_at < midnight(start), ~_.is_refund)
    known = before.select("customer_id").distinct().mutate(ordered_before=True)
    seen = last.left_join(known, "customer_id")
    credited = soon_after(seen.placed_at, seen.touched_at, lookback_days)
    return seen.select(
        *("order_id", "customer_id", "ordered_at", "amount", "cost_amount"),
        is_first=(seen.order_number == 1) & seen.ordered_before.isnull(),
        channel=ibis.ifelse(credited, seen.channel, None),
    )


def last_touch_credit(
    orders: ibis.Table, touches: ibis.Table, *, start: date, end: date, lookback_days: int
) -> ibis.Table:
    """Orders, first orders and revenue by the channel of the last touch; Σ is all orders.

    Parameters
    ----------
    orders, touches, start, end, lookback_days
        As in `credited_orders`.

    Returns
    -------
    Table
        `channel` (null: orders without a touch in time), `order_count`, `new_customers`
        (first orders), `revenue` (money, before refunds); sorted by channel.
    """
    credited = credited_orders(orders, touches, start=start, end=end, lookback_days=lookback_days)
    return (
        credited.group_by("channel")
        .agg(order_count=_.count(), new_customers=_.is_first.sum(), revenue=_.amount.sum())
        .order_by("channel")
    )

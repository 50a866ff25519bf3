"""Touches and orders of a customer on one line of time: what came last before, what next.

An order without a time of day, at midnight sharp, counts as placed at the end of its day:
touches of the same day come before it. A touch and an order of one moment: the touch is first.
"""

import ibis
from ibis import _

_MOMENT = "timestamp(6)"
_ALMOST_A_DAY = 24 * 60 * 60 - 1


def placed_orders(orders: ibis.Table) -> ibis.Table:
    """Orders of known customers with `placed_at`, the moment they count from; no refunds."""
    placed = orders.filter(_.customer_id.notnull(), ~_.is_refund)
    undated = placed.ordered_at == placed.ordered_at.truncate("day")
    late = placed.ordered_at + ibis.interval(seconds=_ALMOST_A_DAY)
    return placed.mutate(placed_at=ibis.ifelse(undated, late, placed.ordered_at).cast(_MOMENT))


def known_touches(touches: ibis.Table) -> ibis.Table:
    """Touches of known customers."""
    return touches.filter(_.customer_id.notnull()).mutate(touched_at=_.touched_at.cast(_MOMENT))


def last_touches(orders: ibis.Table, touches: ibis.Table) -> ibis.Table:
    """For each of the orders of a known customer, the last of the touches before it.

    Of touches of one moment the last channel by name counts.

    Parameters
    ----------
    orders
        One row per order or refund: `order_id`, `customer_id`, `ordered_at` (timestamp),
        `amount` (money), `is_refund`, `cost_amount`? (money). Refunds are left out.
    touches
        One row per touch: `customer_id`, `touched_at` (timestamp), `channel`.

    Returns
    -------
    Table
        One row per order: `order_id`, `customer_id`, `ordered_at`, `placed_at` (see above),
        `amount`, `cost_amount` (null where unknown), `order_number` (the customer's first of
        these orders is 1), `touched_at` and `channel` of the last touch before it (null: none).
    """
    placed = placed_orders(orders)
    cost = placed.cost_amount if "cost_amount" in placed.columns else ibis.null("float64")
    events = ibis.union(
        placed.select(
            "customer_id",
            at=_.placed_at,
            is_touch=ibis.literal(0),
            order_id=_.order_id.cast("string"),
            ordered_at=_.ordered_at.cast(_MOMENT),
            amount=_.amount.cast("float64"),
            cost_amount=cost.cast("float64"),
            touched_at=ibis.null(_MOMENT),
            touch_channel=ibis.null("string"),
        ),
        known_touches(touches).select(
            "customer_id",
            at=_.touched_at,
            is_touch=ibis.literal(1),
            order_id=ibis.null("string"),
            ordered_at=ibis.null(_MOMENT),
            amount=ibis.null("float64"),
            cost_amount=ibis.null("float64"),
            touched_at=_.touched_at,
            touch_channel=_.channel,
        ),
    )
    so_far = ibis.window(
        group_by="customer_id",
        order_by=[_.at, _.is_touch.desc(), _.touch_channel, _.order_id],
        preceding=None,
        following=0,
    )
    counted = events.mutate(
        touched_at=_.touched_at.max().over(so_far),
        touch_number=_.is_touch.sum().over(so_far),
        order_number=(1 - _.is_touch).sum().over(so_far),
    )
    # Each touch and the orders up to the next touch share a number.
    same_touch = ibis.window(group_by=["customer_id", "touch_number"])
    return (
        counted.mutate(channel=_.touch_channel.max().over(same_touch))
        .filter(_.is_touch == 0)
        .select(
            *("order_id", "customer_id", "ordered_at", "amount", "cost_amount"),
            *("order_number", "touched_at", "channel"),
            placed_at=_.at,
        )
    )


def next_orders(touches: ibis.Table, orders: ibis.Table) -> ibis.Table:
    """For each of the touches of a known customer, the first of the orders after it.

    Parameters
    ----------
    touches
        One row per touch: `customer_id`, `touched_at` (timestamp), `channel`, `touchpoint`.
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `is_refund`.

    Returns
    -------
    Table
        One row per touch: `customer_id`, `touched_at`, `channel`, `touchpoint`, `placed_at`
        of the next order (null: none).
    """
    events = ibis.union(
        known_touches(touches).select(
            "customer_id",
            at=_.touched_at,
            is_touch=ibis.literal(1),
            channel=_.channel,
            touchpoint=_.touchpoint,
            placed_at=ibis.null(_MOMENT),
        ),
        placed_orders(orders).select(
            "customer_id",
            at=_.placed_at,
            is_touch=ibis.literal(0),
            channel=ibis.null("string"),
            touchpoint=ibis.null("string"),
            placed_at=_.placed_at,
        ),
    )
    from_here = ibis.window(
        group_by="customer_id",
        order_by=[_.at, _.is_touch.desc()],
        preceding=0,
        following=None,
    )
    return (
        events.mutate(placed_at=_.placed_at.min().over(from_here))
        .filter(_.is_touch == 1)
        .select("customer_id", "channel", "touchpoint", "placed_at", touched_at=_.at)
    )


def soon_after(at: ibis.Value, since: ibis.Value, days: int) -> ibis.Value:
    """Whether a moment lies at most so many calendar days after another; False where null."""
    return (at < since.truncate("day") + ibis.interval(days=days + 1)).fill_null(False)

"""Migration: which segment customers were in and which one they are in."""

from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.spans import within


def segment_migration(
    before: ibis.Table, after: ibis.Table, orders: ibis.Table, *, start: date, end: date
) -> ibis.Table:
    """Count customers by the segment they were in and the one they are in.

    Score both days by the same cut points (`rfm.cut_points`), else a customer can move because
    others did.

    Parameters
    ----------
    before, after
        Members as of an earlier and a later day: `customer_id`, `segment`.
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `amount` (money).
    start, end
        First and last day of the later period.

    Returns
    -------
    Table
        `from_segment` (`none`: no order by the earlier day), `to_segment`, `customer_count`,
        `revenue` (money in the later period, net of refunds); sorted by segment names.
    """
    spent = (
        orders.filter(within(_.ordered_at, start, end))
        .group_by("customer_id")
        .agg(revenue=_.amount.sum())
    )
    return _moved(before, after, spent)


def migration_of_totals(before: ibis.Table, after: ibis.Table, totals: ibis.Table) -> ibis.Table:
    """The same where the totals of the orders are known.

    Parameters
    ----------
    before, after
        As in `segment_migration`.
    totals
        Result of `order_totals.order_totals` of the later period.
    """
    return _moved(before, after, totals.select("customer_id", revenue=_.period_revenue))


def _moved(before: ibis.Table, after: ibis.Table, spent: ibis.Table) -> ibis.Table:
    then = before.select("customer_id", from_segment=_.segment)
    now = after.select("customer_id", to_segment=_.segment)
    moved = now.left_join(then, "customer_id").drop("customer_id_right")
    return (
        moved.left_join(spent, "customer_id")
        .mutate(from_segment=_.from_segment.fill_null("none"))
        .group_by("from_segment", "to_segment")
        .agg(customer_count=_.count(), revenue=_.revenue.sum().fill_null(0.0))
        .order_by("from_segment", "to_segment")
    )

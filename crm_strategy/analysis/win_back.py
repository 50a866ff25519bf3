"""Win-back: who lapsed in a period, and what they had brought."""

import ibis
from ibis import _


def lapsed_segments(customers: ibis.Table, stages: ibis.Table) -> ibis.Table:
    """Lapsed customers and their past revenue by segment.

    Parameters
    ----------
    customers
        Result of `rfm.customer_segments` as of the period's end.
    stages
        Result of `lifecycle.customer_stages` of the period.

    Returns
    -------
    Table
        `segment`, `customer_count`, `past_revenue` (money, net, all orders observed); most
        revenue first. Past revenue shows what is at stake, not what will return.
    """
    lapsed = stages.filter(_.stage == "lapsed").select("customer_id")
    return (
        customers.semi_join(lapsed, "customer_id")
        .group_by("segment")
        .agg(customer_count=_.count(), past_revenue=_.revenue.sum())
        .order_by(_.past_revenue.desc(), "segment")
    )

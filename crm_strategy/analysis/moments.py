"""Moments: who has a birthday, an anniversary, a season or a second order due in coming days."""

from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.spans import DAY, within

MOMENTS = ("birthday", "anniversary", "season", "second_order")
"""birthday: of the customer. anniversary: of the first order. season: ordered in the same days
a year ago. second_order: ordered once, and the usual time to a second order ends."""


def moments(
    profiles: ibis.Table, orders: ibis.Table, *, as_of: date, days: int, active_days: int
) -> ibis.Table:
    """How many customers have a moment to write to them in the days after `as_of`.

    Parameters
    ----------
    profiles
        Result of `profiles.customer_profiles`: `customer_id`, `order_count`, `revenue`,
        `recency_days`, `first_order`; `birth_date`? (date).
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `is_refund`.
    as_of
        Last day observed.
    days
        Days ahead, at most 365.
    active_days
        A customer is active so many days after an order.

    Returns
    -------
    Table
        One row per moment that anyone has, in the order of `MOMENTS`: `moment`,
        `customer_count`, `active_count` (of them active now), `past_revenue` (money, net),
        `place`. Counts are not reduced by consents: who may be written to is checked when
        lists are made.
    """
    first, last = as_of + DAY, as_of + days * DAY
    born = profiles.birth_date if "birth_date" in profiles.columns else ibis.null("date")
    gap = _second_order_days(orders, as_of)
    known = profiles.mutate(born=born).cross_join(gap)
    waits = (known.order_count == 1) & (known.recency_days < known.gap)
    due = waits & (known.recency_days + days >= known.gap)
    year_ago = (
        orders.filter(~_.is_refund, within(_.ordered_at, first - 365 * DAY, last - 365 * DAY))
        .select("customer_id")
        .distinct()
    )
    parts = [
        _people(known.filter(_comes(known.born, first, last)), "birthday"),
        _people(known.filter(_comes(known.first_order.date(), first, last)), "anniversary"),
        _people(known.semi_join(year_ago, "customer_id"), "season"),
        _people(known.filter(due), "second_order"),
    ]
    return (
        ibis.union(*parts)
        .group_by("place", "moment")
        .agg(
            customer_count=_.count(),
            active_count=(_.recency_days < active_days).sum(),
            past_revenue=_.revenue.sum(),
        )
        .order_by("place")
        .select("moment", "customer_count", "active_count", "past_revenue", "place")
    )


def _people(rows: ibis.Table, moment: str) -> ibis.Table:
    return rows.select(
        "recency_days",
        "revenue",
        moment=ibis.literal(moment),
        place=ibis.literal(MOMENTS.index(moment)),
    )


def _comes(day: ibis.Value, first: date, last: date) -> ibis.Value:
    """Whether a day of the year lies between two days less than a year apart."""
    number = day.month() * 100 + day.day()
    low, high = (each.month * 100 + each.day for each in (first, last))
    if (last - first).days >= 364:
        return day.notnull()
    inside = (number >= low, number <= high)
    return (inside[0] & inside[1]) if low <= high else (inside[0] | inside[1])


def _second_order_days(orders: ibis.Table, as_of: date) -> ibis.Table:
    """Median days from the first order to the next day with one; one row."""
    bought = orders.filter(~_.is_refund, _.customer_id.notnull(), _.ordered_at < as_of + DAY)
    days = bought.mutate(day=_.ordered_at.date()).select("customer_id", "day").distinct()
    in_order = ibis.window(group_by="customer_id", order_by="day")
    placed = days.mutate(place=ibis.row_number().over(in_order), before=_.day.lag().over(in_order))
    seconds = placed.filter(_.place == 1)
    return seconds.agg(gap=_.day.delta(_.before, unit="day").median())

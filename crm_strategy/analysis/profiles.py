"""Profiles: what each customer bought in all, and who they are; segments are made of these."""

from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.order_totals import order_totals

BEHAVIOUR = (
    "order_count",
    "revenue",
    "recency_days",
    "first_order",
    "last_order",
    "tenure_days",
    "average_order_value",
)
"""Columns of a profile that come from orders; further ones are the customer's attributes."""


def customer_behaviour(orders: ibis.Table, *, as_of: date) -> ibis.Table:
    """What each customer bought until a day.

    Revenue is taken to 1/100 cent, so that the order in which amounts are added decides
    nothing.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `amount` (money),
        `is_refund`. Refunds lessen revenue and are no orders; rows without customer and
        customers without an order are left out.
    as_of
        Last day observed; later orders are ignored.

    Returns
    -------
    Table
        One row per customer: `customer_id`, `order_count`, `revenue` (money, net),
        `recency_days` (last order to `as_of`), `first_order`, `last_order` (timestamps),
        `tenure_days` (first order to `as_of`), `average_order_value` = revenue / order_count.
    """
    return _behaviour(order_totals(orders, as_of=as_of), as_of)


def customer_profiles(orders: ibis.Table, customers: ibis.Table, *, as_of: date) -> ibis.Table:
    """What each customer bought, and their attributes: what segments are made of.

    Parameters
    ----------
    orders, as_of
        As in `customer_behaviour`.
    customers
        One row per customer: `customer_id` and attributes, such as `birth_date` and `country`.

    Returns
    -------
    Table
        One row per customer who ordered: the columns of `customer_behaviour`, then every
        attribute (missing where the customer is not listed). An attribute named like one of
        the former gets " (2)" behind its name.
    """
    return profiles_of_totals(order_totals(orders, as_of=as_of), customers, as_of=as_of)


def profiles_of_totals(totals: ibis.Table, customers: ibis.Table, *, as_of: date) -> ibis.Table:
    """The same where the totals of the orders are known.

    Parameters
    ----------
    totals
        Result of `order_totals.order_totals`.
    customers
        As in `customer_profiles`.
    as_of
        Last day observed of `totals`.
    """
    behaviour = _behaviour(totals, as_of)
    attributes = customers.select("customer_id", **_free_names(customers))
    joined = behaviour.left_join(attributes, "customer_id")
    return joined.select("customer_id", *BEHAVIOUR, *attributes.columns[1:])


def _behaviour(totals: ibis.Table, as_of: date) -> ibis.Table:
    return totals.select(
        "customer_id",
        "order_count",
        "revenue",
        recency_days=-_.last_order.date().delta(as_of, unit="day"),
        first_order=_.first_order,
        last_order=_.last_order,
        tenure_days=-_.first_order.date().delta(as_of, unit="day"),
        average_order_value=_.revenue / _.order_count,
    )


def attribute_columns(profiles: ibis.Table) -> tuple[str, ...]:
    """The attributes among a profile's columns."""
    return tuple(each for each in profiles.columns if each not in ("customer_id", *BEHAVIOUR))


def _free_names(customers: ibis.Table) -> dict[str, ibis.Value]:
    # Engines do not tell Revenue from revenue.
    taken = {"customer_id", *BEHAVIOUR}
    named: dict[str, ibis.Value] = {}
    for column in customers.columns:
        if column == "customer_id":
            continue
        name = column
        while name.casefold() in taken:
            name += " (2)"
        taken.add(name.casefold())
        named[name] = customers[column]
    return named

"""Members: `customer_id` and `segment`, the shape that every kind of segment has.

A kind divides the customers: each of them is in exactly one segment. `unknown` holds those of
whom the data do not tell, `other` those whom no rule names. Of several kinds, each has a column
of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
from ibis import _

UNKNOWN = "unknown"
OTHER = "other"

EXPECTED: Mapping[str, Any] = {
    "p_alive": _.p_alive.mean(),
    "expected_orders": _.expected_orders.mean(),
    "expected_value": _.expected_value.sum(),
}
"""What is expected of a segment: means per customer, and the money of all."""


def with_values(customers: ibis.Table, values: ibis.Table | None) -> ibis.Table:
    """Customers and what is expected of each; no value where nothing is.

    Parameters
    ----------
    customers
        One row per customer: `customer_id` and anything else.
    values
        Per customer `customer_id`, `p_alive`, `expected_orders`, `expected_value`, or None.
    """
    if values is None:
        return customers.mutate(**dict.fromkeys(EXPECTED, ibis.null("float64")))
    return customers.left_join(values.select("customer_id", *EXPECTED), "customer_id").drop(
        "customer_id_right"
    )


def members_of(profiles: ibis.Table, found: ibis.Table, *, otherwise: str) -> ibis.Table:
    """Every customer of the profiles with the segment that was found, else another.

    Parameters
    ----------
    profiles
        One row per customer: `customer_id`.
    found
        `customer_id`, `segment`: at most one row per customer.
    otherwise
        The segment of those not found.

    Returns
    -------
    Table
        `customer_id`, `segment`: each customer of the profiles once.
    """
    named = found.select("customer_id", "segment")
    joined = profiles.select("customer_id").left_join(named, "customer_id")
    return joined.select("customer_id", segment=_.segment.fill_null(otherwise))


def every_member(*kinds: ibis.Table) -> ibis.Table:
    """The members of several kinds in one table: a customer once for each.

    Parameters
    ----------
    kinds
        Members of each kind.

    Returns
    -------
    Table
        `customer_id`, `segment`.
    """
    parts = [members.select("customer_id", "segment") for members in kinds]
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def sums_by_segment(
    customers: ibis.Table, kinds: Sequence[str], *, within: Sequence[str] = (), **sums: Any
) -> ibis.Table:
    """The customers of every segment of several kinds, summed up.

    Parameters
    ----------
    customers
        One row per customer, a column of segments for each kind, and what `sums` need.
    kinds
        The columns.
    within
        Further columns to group by.
    sums
        What is asked of each segment, such as `n=_.count()`.

    Returns
    -------
    Table
        `place` (of the kind, from 0), `kind`, `segment`, the columns of `within`, `sums`.
    """
    asked = list(enumerate(kinds))
    if not asked:
        customers = customers.filter(ibis.literal(False)).mutate(nothing=ibis.literal(UNKNOWN))
        asked = [(0, "nothing")]
    parts = [
        customers.group_by(*within, segment=customers[kind])
        .agg(**sums)
        .select(
            "segment",
            *within,
            *sums,
            place=ibis.literal(place, type="int64"),
            kind=ibis.literal(kind),
        )
        for place, kind in asked
    ]
    return ibis.union(*parts) if len(parts) > 1 else parts[0]

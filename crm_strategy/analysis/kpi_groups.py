"""Groups to look at KPIs by: of customers, of orders, and of what orders hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import ibis
from ibis import _

from crm_strategy.analysis.attributes import STATED, customer_attributes, known_text
from crm_strategy.analysis.members import OTHER, UNKNOWN

ORDER_COLUMNS: Final = ("channel", "payment_method", "delivery_method", "coupon")
"""Columns of orders that divide them."""

SEGMENT, CATEGORY, ACQUISITION = "segment", "category", "source_channel"
"""Breakdowns of a meaning of their own: by segment at each period's end, by category of order
lines, and by the channel that brought the customer, which has costs."""


@dataclass(frozen=True)
class Groups:
    """One way to divide customers, orders or order lines.

    Parameters
    ----------
    breakdown
        Its name, such as `country`.
    divides
        `customers`: each is in one group (of each period, where there is a `period`), and so
        is all that a customer does. `orders`: each order is. `lines`: an order may be in
        several groups, with the lines it has in each.
    table
        Of customers `customer_id`, `group`, `period`? (id); else `orders` with a `group`.
    names
        Groups that are kept by their name; None: all are.
    """

    breakdown: str
    divides: Literal["customers", "orders", "lines"]
    table: ibis.Table
    names: tuple[str, ...] | None = None


def kpi_groups(
    breakdowns: Iterable[str],
    *,
    orders: ibis.Table,
    order_lines: ibis.Table,
    customers: ibis.Table,
    segments: ibis.Table,
    as_of: date,
    most: int = 7,
) -> list[Groups]:
    """The groups of every breakdown that the data have.

    Parameters
    ----------
    breakdowns
        Names: `segment`, `category`, a column of `ORDER_COLUMNS` or an attribute of customers.
    orders
        One row per order or refund, with any of `ORDER_COLUMNS`.
    order_lines
        One row per line of an order or refund: `order_id`, `customer_id`, `ordered_at`
        (timestamp), `amount` (money), `is_refund`, `category`?, `cost`? (money, of the line).
    customers
        One row per customer: `customer_id` and attributes.
    segments
        Result of `loyalty.period_segments`, of every period to be looked at.
    as_of
        The day on which ages count.
    most
        Groups that are kept, those of most customers or orders; the others are `other`.
        Segments are kept all.

    Returns
    -------
    list of Groups
        In the order asked, without those of which the data know no group. What is missing or
        blank is `unknown`.
    """
    found = []
    for name in breakdowns:
        if name == SEGMENT:
            found.append(Groups(name, "customers", segments.rename({"group": "segment"})))
        elif name == CATEGORY:
            if "category" in order_lines.columns:
                found.append(_commonest(Groups(name, "lines", _order_parts(order_lines)), most))
        elif name in ORDER_COLUMNS and name in orders.columns:
            divided = orders.mutate(group=known_text(orders[name]))
            found.append(_commonest(Groups(name, "orders", divided), most))
        elif {"age_band": "birth_date"}.get(name, name) in customers.columns:
            found.append(_commonest(_stated(customers, name, as_of), most))
    return [each for each in found if each.names is None or set(each.names) - {UNKNOWN}]


def _stated(customers: ibis.Table, name: str, as_of: date) -> Groups:
    stated = customer_attributes(customers, as_of=as_of, columns=[name])
    table = stated.table.select("customer_id", group=stated.table[STATED + name])
    return Groups(name, "customers", table)


def _order_parts(order_lines: ibis.Table) -> ibis.Table:
    """Each order, and each refund, once for every category in it, with its lines' money.

    The cost is known where that of all these lines is.
    """
    cost = order_lines.cost if "cost" in order_lines.columns else ibis.null("float64")
    lines = order_lines.mutate(group=known_text(order_lines.category), cost=cost.cast("float64"))
    return (
        lines.group_by("order_id", "group", "is_refund")
        .agg(
            customer_id=_.customer_id.max(),
            ordered_at=_.ordered_at.min(),
            amount=_.amount.sum(),
            all_costed=_.cost.notnull().all(),
            cost_amount=_.cost.sum(),
        )
        .mutate(cost_amount=ibis.ifelse(_.all_costed, _.cost_amount, None))
        .drop("all_costed")
    )


def _commonest(groups: Groups, most: int) -> Groups:
    """Keep the groups of most customers or orders, the first by the alphabet of equal ones."""
    counted = groups.table.group_by("group").agg(n=_.count()).order_by(_.n.desc(), "group")
    names = [name for name in counted.to_pandas()["group"] if name != UNKNOWN]
    kept = names if len(names) <= most else names[: most - 1]
    table = groups.table
    if kept != names:
        named = table["group"].isin([*kept, UNKNOWN])
        table = table.mutate(group=ibis.ifelse(named, table["group"], OTHER))
        kept.append(OTHER)
    return Groups(groups.breakdown, groups.divides, table, (*kept, UNKNOWN))

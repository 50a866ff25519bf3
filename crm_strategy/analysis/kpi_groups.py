"""Groups to look at KPIs by: of customers, of orders, and of what orders hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

import ibis
from ibis import _

from crm_strategy.analysis.attribute_groups import AttributeGroups, attribute_groups
from crm_strategy.analysis.attributes import known_text
from crm_strategy.analysis.members import OTHER, UNKNOWN
from crm_strategy.analysis.value_groups import Kept, nested_values

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
    within
        Of groups whose customers, or orders, all are in one group of another breakdown, as those
        of a city are in one of the regions: that `breakdown` and that group.
    """

    breakdown: str
    divides: Literal["customers", "orders", "lines"]
    table: ibis.Table
    names: tuple[str, ...] | None = None
    within: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)


def kpi_groups(
    breakdowns: Iterable[str],
    *,
    orders: ibis.Table,
    order_lines: ibis.Table,
    customers: ibis.Table,
    segments: ibis.Table,
    as_of: date,
    most: int = 7,
    min_count: int = 1,
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
    min_count
        Customers that a group needs to be named: a value of one customer may be a name. Of
        attributes those values are named that `attributes.common_values` keeps.

    Returns
    -------
    list of Groups
        In the order asked, without those of which the data know no group. What is missing or
        blank is `unknown`.
    """
    found, asked = [], list(breakdowns)
    kept = {"most": most, "least": min_count}
    columns = [name for name in asked if _source(name) in customers.columns]
    stated = attribute_groups(customers, orders, columns=columns, as_of=as_of, min_count=min_count)
    for name in asked:
        if name == SEGMENT:
            found.append(Groups(name, "customers", segments.rename({"group": "segment"})))
        elif name == CATEGORY:
            if "category" in order_lines.columns:
                found.append(_commonest(Groups(name, "lines", _order_parts(order_lines)), **kept))
        elif name in ORDER_COLUMNS and name in orders.columns:
            divided = orders.mutate(group=known_text(orders[name]))
            found.append(_commonest(Groups(name, "orders", divided), **kept))
        elif name in columns:
            found.append(_commonest(_stated(name, stated), **kept))
    known = [each for each in found if each.names is None or set(each.names) - {UNKNOWN, OTHER}]
    return _with_nested_orders(known, orders) if min_count > 1 else known


def _with_nested_orders(found: list[Groups], orders: ibis.Table) -> list[Groups]:
    """The groups, with what groups of orders lie within: parcels are of the web shop."""
    names = {each.breakdown: each.names or () for each in found if each.divides == "orders"}
    if len(names) < 2:
        return found
    texts = {name: known_text(orders[name]) for name in names}
    table = orders.select(
        **{
            name: ibis.ifelse(texts[name].isin([*kept, UNKNOWN]), texts[name], OTHER)
            for name, kept in names.items()
        }
    )
    kept = {name: Kept(dict.fromkeys(of, 0)) for name, of in names.items()}
    within: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {name: {} for name in names}
    for each in nested_values(table, list(names), kept):
        wholes = within[each.column].get(each.value, ())
        within[each.column][each.value] = (*wholes, (each.within_column, each.within))
    return [replace(each, within=within.get(each.breakdown, each.within)) for each in found]


def _source(name: str) -> str:
    """The column that an attribute is made of."""
    return "birth_date" if name == "age_band" else name


def _stated(name: str, stated: AttributeGroups) -> Groups:
    return Groups(name, "customers", stated.of(name), within=stated.within(name))


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


def _commonest(groups: Groups, *, most: int, least: int = 1) -> Groups:
    """Keep the groups of most customers or orders, the first by the alphabet of equal ones.

    Groups of a few customers, and those already `other`, are `other`.
    """
    people = _.customer_id.nunique() if least > 1 else ibis.literal(0)
    grouped = groups.table.group_by("group").agg(n=_.count(), people=people)
    counted = grouped.order_by(_.n.desc(), "group").to_pandas()
    counted = counted[counted["group"] != UNKNOWN]
    # Of orders that name no customer nobody is told.
    few = counted["people"].between(1, least - 1) | (counted["group"] == OTHER)
    names, has_other = list(counted.loc[~few, "group"]), bool(few.any())
    kept = names if len(names) + has_other <= most else names[: most - 1]
    table = groups.table
    if kept != names or has_other:
        named = table["group"].isin([*kept, UNKNOWN])
        table = table.mutate(group=ibis.ifelse(named, table["group"], OTHER))
        kept = [*kept, OTHER]
    return replace(groups, table=table, names=(*kept, UNKNOWN))

"""Groups of customers by attribute, with the values that segments by attribute have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.attributes import (
    STATED,
    all_attributes,
    common_values,
    customer_attributes,
    in_values,
)
from crm_strategy.analysis.bands import number_cuts
from crm_strategy.analysis.value_groups import Nested


@dataclass(frozen=True)
class AttributeGroups:
    """Attributes of everybody who is a customer or ordered.

    Parameters
    ----------
    table
        One row per customer: `customer_id` and a column of text for each attribute, named as
        in `attributes`.
    nested
        Values that lie within one value of another attribute, as a city within a region.
    """

    table: ibis.Table
    nested: Sequence[Nested] = ()

    def of(self, name: str) -> ibis.Table:
        """The `customer_id` and the `group` of an attribute."""
        return self.table.select("customer_id", group=self.table[STATED + name])

    def within(self, name: str) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Of the values of an attribute, the attributes and values that each lies within."""
        found: dict[str, tuple[tuple[str, str], ...]] = {}
        for each in self.nested:
            if each.column == STATED + name:
                whole = (each.within_column.removeprefix(STATED), each.within)
                found[each.value] = (*found.get(each.value, ()), whole)
        return found


def attribute_groups(
    customers: ibis.Table,
    orders: ibis.Table,
    *,
    columns: Sequence[str],
    as_of: date,
    min_count: int = 1,
) -> AttributeGroups:
    """Attributes of customers, with the same values as segments by attribute have.

    Those count who ordered. With other values here, or cut elsewhere, the difference of two
    tables could be a few customers; so all attributes are looked at, whichever are asked for.

    Parameters
    ----------
    customers
        One row per customer: `customer_id` and attributes.
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `is_refund`.
    columns
        The attributes asked for.
    as_of
        Last day observed, on which ages count.
    min_count
        As in `attributes.common_values`; with 1 all values are kept.
    """
    if min_count <= 1 or not columns:
        stated = customer_attributes(customers, as_of=as_of, columns=columns)
        return AttributeGroups(stated.table)
    everyone = _everyone(customers, orders)
    bought = orders.filter(~_.is_refund, _.ordered_at.date() <= as_of)
    people = everyone.semi_join(bought, "customer_id").cache()
    every = list(dict.fromkeys([*all_attributes(customers), *columns]))
    cuts = number_cuts(people, columns=[name for name in every if name != "age_band"])
    of_people = customer_attributes(people, as_of=as_of, columns=every, cuts=cuts)
    known = common_values(of_people, min_count=min_count)
    stated = customer_attributes(everyone, as_of=as_of, columns=columns, cuts=cuts)
    return AttributeGroups(in_values(stated.table, known.values), known.nested)


def _everyone(customers: ibis.Table, orders: ibis.Table) -> ibis.Table:
    """All customers, listed or not: of who is not, nothing is stated."""
    ordered = orders.filter(_.customer_id.notnull()).select("customer_id")
    listed = customers.select("customer_id")
    names = ibis.union(listed, ordered.cast(listed.schema()), distinct=True)
    return names.left_join(customers, "customer_id").select(*customers.columns)

"""Attributes: who customers are and what they prefer, one row per customer.

A column for each attribute, named as the segment kind it makes: `attribute:country`,
`preference:channel`. It holds the value as text, `unknown` where it is missing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import ibis
from ibis import _

from crm_strategy.analysis.bands import AGE_CUTS, band_names, band_of, number_cuts, number_of
from crm_strategy.analysis.members import OTHER, UNKNOWN, sums_by_segment
from crm_strategy.analysis.profiles import attribute_columns
from crm_strategy.analysis.value_groups import (
    OR_UNKNOWN,
    Nested,
    kept_values,
    nested_as_told,
    nested_values,
    with_joined_unknown,
    without_differences,
)

KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "demography": (
            *("age_band", "age", "gender", "income", "education", "occupation"),
            *("marital_status", "household", "household_size", "kids_count"),
        ),
        "geography": ("country", "region", "city", "area_type"),
        "firmography": ("kind", "industry"),
        "preference": (),
        "other": (),
    }
)
"""Kinds of attributes, and the columns of customers that belong to each. A column that is not
named here is `other`; preferences come from orders."""

STATED, PREFERRED = "attribute:", "preference:"
"""How columns begin: of what customers state, and of what their orders tell."""

WAYS = ("channel", "payment_method", "delivery_method")
"""Preferences that may lie within one another: who picks up mostly orders in the shop."""

STATED_OTHER = "stated_other"
"""What customers stated to be "other": a value like any, where `other` holds the rare ones."""

_OLDEST = 110


@dataclass(frozen=True)
class CustomerAttributes:
    """Attributes of customers, and which of them have an order of their own.

    Parameters
    ----------
    table
        One row per customer: `customer_id` and a column of text for each attribute (see above).
    ordinal
        Column: its values, lowest first, where they stand in an order, such as bands.
    nested
        Values that lie within one value of another attribute, as a city within a region.
    values
        The values that stand alone, of each column that has others, too, or a value that is
        told with the unknown.
    """

    table: ibis.Table
    ordinal: Mapping[str, Sequence[str]] = field(default_factory=dict)
    nested: Sequence[Nested] = ()
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that hold attributes."""
        return tuple(self.table.columns[1:])

    def of_kinds(self, kinds: Collection[str]) -> "CustomerAttributes":
        """Only the attributes of some of the `KINDS`."""
        chosen = [each for each in self.columns if attribute_of(each)[0] in kinds]
        table = self.table.select("customer_id", *chosen)
        return CustomerAttributes(table, self.ordinal, self.nested, self.values)


def attribute_of(column: str) -> tuple[str, str]:
    """The kind, one of `KINDS`, and the name of the attribute in a column."""
    if column.startswith(PREFERRED):
        return "preference", column.removeprefix(PREFERRED)
    name = column.removeprefix(STATED)
    return next((kind for kind, names in KINDS.items() if name in names), "other"), name


def customer_attributes(
    profiles: ibis.Table,
    *,
    as_of: date,
    columns: Sequence[str] | None = None,
    cuts: Mapping[str, Sequence[float]] | None = None,
) -> CustomerAttributes:
    """The attributes of each customer that the customer table states.

    Parameters
    ----------
    profiles
        One row per customer: `customer_id`, `birth_date`? (date), and any columns of text,
        numbers or yes and no.
    as_of
        The day on which ages count. An age below 0 or above 110 is unknown.
    columns
        Which attributes; by default all that are text, numbers or yes and no.
        `age_band` is made of `birth_date`.
    cuts
        Where numeric columns are cut into bands, each cut beginning the next band; columns
        that are not named keep their values. Read from the data (`bands.number_cuts`) unless
        given.

    Returns
    -------
    CustomerAttributes
        Each customer of the profiles once.
    """
    chosen = list(columns) if columns is not None else all_attributes(profiles)
    named = [name for name in chosen if name != "age_band"]
    if cuts is None:
        cuts = number_cuts(profiles, columns=named)
    values, ordinal = {}, {}
    for name in chosen:
        column = STATED + name
        if name == "age_band":
            age = _age(profiles.birth_date, as_of)
            values[column] = band_of(age, AGE_CUTS, whole=True).fill_null(UNKNOWN)
            ordinal[column] = band_names(AGE_CUTS, whole=True)
        elif cuts.get(name):
            values[column] = band_of(number_of(profiles[name]), cuts[name]).fill_null(UNKNOWN)
            ordinal[column] = band_names(cuts[name])
        else:
            values[column] = known_text(_plain(profiles[name]))
    return CustomerAttributes(profiles.select("customer_id", **values), ordinal)


def known_text(value: ibis.Value) -> ibis.Value:
    """A value as text; blank and missing are `unknown`, a stated "other" is no rest."""
    text = value.cast("string").strip().nullif("").fill_null(UNKNOWN)
    return ibis.ifelse(text == OTHER, STATED_OTHER, text)


def common_values(
    *attributes: CustomerAttributes,
    top: int = 20,
    min_count: int = 1,
    values: Mapping[str, Collection[str]] | None = None,
) -> CustomerAttributes:
    """Attributes in one table, with only the commonest values of each; the rest are `other`.

    The engine works the attributes out here, once, and keeps them.

    Parameters
    ----------
    attributes
        Attributes of the same customers.
    top
        Values of an attribute that are kept, most customers first, then by the alphabet.
    min_count
        Customers a value needs to be kept. A value of one customer may be a name. `other` and
        `unknown` need as many: else the next smallest values, or the unknown, are `other`
        too; where there are no others the unknown are told with the smallest value, which then
        ends in `value_groups.OR_UNKNOWN`. Those whom the values kept leave of a value they lie
        within need as many: of a region whose only listed city holds all but a few, the city is
        `other`.
    values
        The values that are kept, of each column that has others too; counted unless given.

    Returns
    -------
    CustomerAttributes
        All attributes. `unknown` is no value: it is kept, and not counted among the top.
    """
    first, *others = attributes
    table = first.table
    for each in others:
        table = table.join(each.table, "customer_id")
    nested: Sequence[Nested] = ()
    if values is None:
        table = table.cache()
        named, nested = _commonest(table, top, min_count)
    else:
        named = {column: [*kept, UNKNOWN] for column, kept in values.items()}
    ordinal = {
        column: _with_joined(order, named.get(column, ()))
        for each in attributes
        for column, order in each.ordinal.items()
    }
    return CustomerAttributes(in_values(table, named), ordinal, nested, named)


def in_values(table: ibis.Table, values: Mapping[str, Sequence[str]]) -> ibis.Table:
    """The attributes with all values but those that stand alone as `other`.

    Parameters
    ----------
    table
        One row per customer: `customer_id` and attributes.
    values
        The values that stand alone, of each column that has others, too, or a value that is
        told with the unknown.
    """
    table = with_joined_unknown(table, values)
    shown = {
        column: ibis.ifelse(table[column].isin([*kept]), table[column], OTHER)
        if kept
        else ibis.literal(OTHER)
        for column, kept in values.items()
        if column in table.columns
    }
    return table.mutate(**shown)


def _with_joined(order: Sequence[str], kept: Collection[str]) -> list[str]:
    """An order of values in which one that is told with the unknown keeps its place."""
    return [value + OR_UNKNOWN if value + OR_UNKNOWN in kept else value for value in order]


def _commonest(
    table: ibis.Table, top: int, least: int
) -> tuple[dict[str, list[str]], list[Nested]]:
    """The values to keep, of columns not all of whose values are; those that lie within others."""
    counts = sums_by_segment(table, table.columns[1:], n=_.count())
    is_unknown = counts.segment == UNKNOWN
    by_size = ibis.window(group_by="kind", order_by=[is_unknown, counts.n.desc(), counts.segment])
    ranked = counts.mutate(
        rank=ibis.row_number().over(by_size), total=_.n.sum().over(group_by="kind")
    )
    # One more than are kept tells whether there are more.
    asked = ranked.filter((_["rank"] <= top) | (_.segment == UNKNOWN))
    rows = asked.order_by("place", "rank").to_pandas()
    # Of an attribute of nobody the unknown are no rest of other values, however few they are.
    stated_by = (rows["segment"] != UNKNOWN).groupby(rows["kind"]).transform("any")
    kept = kept_values(rows[stated_by.astype(bool)], top=top, least=least)
    stated = [column for column in kept if column.startswith(STATED)]
    joined = with_joined_unknown(table, {column: each.sizes for column, each in kept.items()})
    preferred = [PREFERRED + name for name in WAYS if PREFERRED + name in kept]
    nested: list[Nested] = []
    for columns in (stated, preferred) if least > 1 else ():
        nested += nested_values(joined, columns, kept)
    within = sorted({each.within for each in nested})
    sizes = counts.filter(_.segment.isin(within)).to_pandas() if within else None
    if sizes is not None:
        keys = zip(sizes["kind"], sizes["segment"], strict=True)
        wholes = dict(zip(keys, sizes["n"].astype(int), strict=True))
        wholes |= {(column, value): n for column in kept for value, n in kept[column].sizes.items()}
        without_differences(kept, nested, wholes, least=least)
    chosen = {
        column: [*each.sizes, *([] if each.with_unknown else [UNKNOWN])]
        for column, each in kept.items()
        if each.other or each.joined
    }
    return chosen, nested_as_told(nested, kept)


def all_attributes(profiles: ibis.Table) -> list[str]:
    """The attributes that a table of customers states; `age_band` is made of `birth_date`."""
    types = profiles.schema()
    named = [
        name
        for name in attribute_columns(profiles)
        if types[name].is_string() or types[name].is_numeric() or types[name].is_boolean()
    ]
    return ["age_band", *named] if "birth_date" in types else named


def _age(birth_date: ibis.Value, as_of: date) -> ibis.Value:
    """Whole years of age."""
    had_birthday = birth_date.month() * 100 + birth_date.day() <= as_of.month * 100 + as_of.day
    age = as_of.year - birth_date.year() - ibis.ifelse(had_birthday, 0, 1)
    return ibis.ifelse((birth_date <= as_of) & (age <= _OLDEST), age, None)


def _plain(value: ibis.Value) -> ibis.Value:
    """Numbers as people write them: 3, not 3.0."""
    return value.cast("string").re_replace(r"\.0+$", "") if value.type().is_floating() else value

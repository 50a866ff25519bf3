"""Attributes: who customers are and what they prefer, as one row per customer and attribute.

Every function here returns or takes *attributes*: a table `customer_id`, `kind` (of the
attribute), `attribute`, `place` (of values with an order of their own, from 1; else 0), `value`
(text; `unknown` where missing). Preferences have the same shape, so both can be one table.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

import ibis
from ibis import _

from crm_strategy.analysis.bands import AGE_CUTS, band_of, number_cuts, number_of
from crm_strategy.analysis.members import OTHER, UNKNOWN
from crm_strategy.analysis.profiles import attribute_columns

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

_OLDEST = 110


def attribute_kind(attribute: str) -> str:
    """The kind an attribute of customers belongs to, one of `KINDS`."""
    return next((kind for kind, names in KINDS.items() if attribute in names), "other")


def customer_attributes(
    profiles: ibis.Table,
    *,
    as_of: date,
    columns: Sequence[str] | None = None,
    cuts: Mapping[str, Sequence[float]] | None = None,
) -> ibis.Table:
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
    Table
        Attributes (see above), one row per customer and attribute.
    """
    chosen = list(columns) if columns is not None else _all_attributes(profiles)
    named = [name for name in chosen if name != "age_band"]
    if cuts is None:
        cuts = number_cuts(profiles, columns=named)
    parts = [_attribute(profiles, name, as_of, cuts) for name in chosen]
    if not parts:
        return _nothing(profiles)
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def common_values(attributes: ibis.Table, *, top: int = 20, min_count: int = 1) -> ibis.Table:
    """Attributes with only the commonest values of each; the rest are `other`.

    Parameters
    ----------
    attributes
        Attributes (see above).
    top
        Values of an attribute that are kept, most customers first, then by the alphabet.
    min_count
        Customers a value needs to be kept. A value of one customer may be a name.

    Returns
    -------
    Table
        As `attributes`. `unknown` is no value: it is kept, and not counted among the top.
    """
    keys = ["kind", "attribute", "place", "value"]
    counts = attributes.group_by(keys).agg(n=_.count())
    by_size = ibis.window(
        group_by=["kind", "attribute"],
        order_by=[(counts.value == UNKNOWN).cast("int8"), counts.n.desc(), counts.value],
    )
    ranked = counts.mutate(rank=ibis.row_number().over(by_size))
    kept = (ranked.value == UNKNOWN) | ((ranked["rank"] < top) & (ranked.n >= min_count))
    shown = ranked.select(
        *keys,
        shown=ibis.ifelse(kept, ranked.value, OTHER),
        shown_place=ibis.ifelse(kept, ranked.place, 0),
    )
    return attributes.join(shown, keys).select(
        "customer_id", "kind", "attribute", place=_.shown_place, value=_.shown
    )


def attribute_members(
    attributes: ibis.Table, attribute: str, *, kind: str | None = None
) -> ibis.Table:
    """Customers by their value of one attribute.

    Parameters
    ----------
    attributes
        Attributes (see above), usually of `common_values`.
    attribute, kind
        Which attribute; its kind where attributes of two kinds share the name.

    Returns
    -------
    Table
        `customer_id`, `segment` (the value; `unknown` where missing).
    """
    chosen = attributes.filter(_.attribute == attribute)
    if kind is not None:
        chosen = chosen.filter(_.kind == kind)
    return chosen.select("customer_id", segment=_.value)


def attribute_rows(
    customers: ibis.Table,
    *,
    kind: str,
    attribute: str | ibis.Value,
    value: ibis.Value,
    place: ibis.Value | None = None,
) -> ibis.Table:
    """One attribute of customers in the shape of this module; blank and missing are `unknown`."""
    text = value.cast("string").strip().nullif("").fill_null(UNKNOWN)
    known_place = ibis.literal(0) if place is None else place.fill_null(0)
    return customers.select(
        "customer_id",
        kind=ibis.literal(kind),
        attribute=ibis.literal(attribute) if isinstance(attribute, str) else attribute,
        place=known_place.cast("int64"),
        value=text,
    )


def _all_attributes(profiles: ibis.Table) -> list[str]:
    types = profiles.schema()
    named = [
        name
        for name in attribute_columns(profiles)
        if types[name].is_string() or types[name].is_numeric() or types[name].is_boolean()
    ]
    return ["age_band", *named] if "birth_date" in types else named


def _attribute(
    profiles: ibis.Table, name: str, as_of: date, cuts: Mapping[str, Sequence[float]]
) -> ibis.Table:
    kind = attribute_kind(name)
    if name == "age_band":
        place, value = band_of(_age(profiles.birth_date, as_of), AGE_CUTS, whole=True)
    elif cuts.get(name):
        place, value = band_of(number_of(profiles[name]), cuts[name])
    elif profiles[name].type().is_string():
        return attribute_rows(profiles, kind=kind, attribute=name, value=profiles[name])
    else:
        place, value = None, _plain(profiles[name])
    return attribute_rows(profiles, kind=kind, attribute=name, value=value, place=place)


def _age(birth_date: ibis.Value, as_of: date) -> ibis.Value:
    """Whole years of age."""
    had_birthday = birth_date.month() * 100 + birth_date.day() <= as_of.month * 100 + as_of.day
    age = as_of.year - birth_date.year() - ibis.ifelse(had_birthday, 0, 1)
    return ibis.ifelse((birth_date <= as_of) & (age <= _OLDEST), age, None)


def _plain(value: ibis.Value) -> ibis.Value:
    """Numbers as people write them: 3, not 3.0."""
    return value.cast("string").re_replace(r"\.0+$", "") if value.type().is_floating() else value


def _nothing(profiles: ibis.Table) -> ibis.Table:
    nobody = profiles.filter(ibis.literal(False))
    return attribute_rows(nobody, kind="other", attribute="", value=ibis.null("string"))

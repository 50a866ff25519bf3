"""Which values of attributes stand alone, so that neither `other` nor a difference is a few."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.members import OTHER, UNKNOWN

OR_UNKNOWN: Final = "|unknown"
"""How a value ends whose customers are told together with those of unknown value."""


@dataclass
class Kept:
    """The values of an attribute that stand alone, with their customers; the rest are `other`.

    Attributes
    ----------
    sizes
        Customers of each value that stands alone, most first.
    other
        Customers of all other values.
    with_unknown
        Whether those of unknown value are among the others, or told with one value.
    """

    sizes: dict[str, int]
    other: int = 0
    with_unknown: bool = False

    @property
    def joined(self) -> str | None:
        """The value that is told together with the unknown, if there is one."""
        return next((value for value in self.sizes if value.endswith(OR_UNKNOWN)), None)

    def join(self, unknown: int) -> None:
        """Tell those of unknown value together with the smallest value."""
        smallest = min(self.sizes, key=lambda value: (self.sizes[value], value))
        self.sizes[smallest + OR_UNKNOWN] = self.sizes.pop(smallest) + unknown
        self.with_unknown = True

    def drop(self) -> None:
        """Count the smallest value that stands alone among the others."""
        self.other += self.sizes.pop(min(self.sizes, key=lambda value: (self.sizes[value], value)))


@dataclass(frozen=True)
class Nested:
    """A value all of whose customers have one value of another attribute: Graz, of Styria."""

    column: str
    value: str
    within_column: str
    within: str


def kept_values(counts: pd.DataFrame, *, top: int, least: int) -> dict[str, Kept]:
    """Of each attribute the commonest values, as far as nobody few is left beside them.

    Parameters
    ----------
    counts
        The `top` + 1 commonest known values of each column and `unknown`: `kind` (the column),
        `segment` (the value), `n`, `total` (customers of the column), most first.
    top
        Values of an attribute that are kept at most.
    least
        Customers that a value needs, and `other` and `unknown` too: where fewer are `other`,
        the next smallest values join them; where fewer are `unknown`, these join `other` or,
        where every value stands alone, the smallest value, which then ends in `OR_UNKNOWN`.
    """
    found = {}
    for column, rows in counts.groupby("kind", sort=False):
        sizes = dict(zip(rows["segment"], rows["n"].astype(int), strict=True))
        unknown = sizes.pop(UNKNOWN, 0)
        alone = {value: n for value, n in [*sizes.items()][:top] if n >= least}
        known = int(rows["total"].iloc[0]) - unknown
        kept = Kept(alone, known - sum(alone.values()))
        if 0 < unknown < least and not kept.other and kept.sizes:
            kept.join(unknown)
        elif 0 < unknown < least:
            kept.other, kept.with_unknown = kept.other + unknown, True
        while 0 < kept.other < least and kept.sizes:
            kept.drop()
        if 0 < kept.other < least and unknown and not kept.with_unknown:
            kept.other, kept.with_unknown = kept.other + unknown, True
        found[str(column)] = kept
    return found


def with_joined_unknown(table: ibis.Table, values: Mapping[str, Iterable[str]]) -> ibis.Table:
    """The table, customers of unknown value with those of the value that they are told with.

    Parameters
    ----------
    table
        One row per customer: attributes.
    values
        The values of columns that stand alone; one that ends in `OR_UNKNOWN` is two.
    """
    joined = {
        column: ibis.ifelse(
            table[column].isin([value.removesuffix(OR_UNKNOWN), UNKNOWN]), value, table[column]
        )
        for column, kept in values.items()
        if column in table.columns
        for value in kept
        if value.endswith(OR_UNKNOWN)
    }
    return table.mutate(**joined) if joined else table


def nested_values(table: ibis.Table, columns: Sequence[str], kept: dict[str, Kept]) -> list[Nested]:
    """Values that stand alone and lie within one value of another attribute.

    Parameters
    ----------
    table
        One row per customer: the columns.
    columns
        The attributes to compare.
    kept
        Result of `kept_values`.
    """
    asked = [column for column in columns if kept[column].sizes]
    if not asked or len(columns) == 1:
        return []
    # Customers who are alike in all of these are looked at once.
    alike = table.select(*columns).distinct().cache()
    found = []
    for column in asked:
        others = [each for each in columns if each != column]
        ends = {
            name: end
            for place, each in enumerate(others)
            for name, end in (
                (f"least_{place}", alike[each].min()),
                (f"most_{place}", alike[each].max()),
            )
        }
        listed = alike.filter(alike[column].isin([*kept[column].sizes]))
        for row in listed.group_by(value=_[column]).agg(**ends).to_pandas().to_dict("records"):
            found += [
                Nested(column, row["value"], each, row[f"least_{place}"])
                for place, each in enumerate(others)
                if row[f"least_{place}"] == row[f"most_{place}"]
            ]
    return sorted(found, key=lambda each: (each.column, each.value, each.within_column))


def without_differences(
    kept: dict[str, Kept],
    nested: Iterable[Nested],
    wholes: dict[tuple[str, str], int],
    *,
    least: int,
) -> None:
    """Drop values until none leaves a few of the value that it lies within.

    Of a region of 100 customers with one city of 95 that stands alone, five live elsewhere. Of 100
    in regions told as `other`, whose cities of 95 together stand alone, five do as well.

    Parameters
    ----------
    kept
        Result of `kept_values`; changed.
    nested
        Result of `nested_values`.
    wholes
        Customers by column and value, of those that values lie within.
    least
        As in `kept_values`.
    """
    groups: dict[tuple[str, str], list[Nested]] = {}
    for each in nested:
        groups.setdefault((each.column, each.within_column), []).append(each)
    told = True
    while told:
        told = False
        for (column, of), values in groups.items():
            of_wholes = {(of, each.within): wholes[of, each.within] for each in values}
            for whole, size in [*of_wholes.items(), ((of, OTHER), kept[of].other)]:
                sizes = kept[column].sizes
                listed = {
                    each.value: sizes[each.value]
                    for each in values
                    if each.value in sizes
                    and (each.within == whole[1] or _as_told(each, kept).within == whole[1])
                }
                if listed and 0 < size - sum(listed.values()) < least:
                    told, alone = True, kept[column].other == 0
                    smallest = min(listed, key=lambda value: (listed[value], value))
                    kept[column].other += sizes.pop(smallest)
                    if alone and sizes:
                        # An `other` of a single value would still be that value.
                        kept[column].drop()


def nested_as_told(nested: Iterable[Nested], kept: dict[str, Kept]) -> list[Nested]:
    """Of the values that stand alone, what they lie within as it is told: a rare one as `other`.

    Parameters
    ----------
    nested
        Result of `nested_values`.
    kept
        Result of `kept_values`, after `without_differences`.
    """
    return [_as_told(each, kept) for each in nested if each.value in kept[each.column].sizes]


def _as_told(each: Nested, kept: dict[str, Kept]) -> Nested:
    of = kept[each.within_column]
    alone = each.within in of.sizes or (each.within == UNKNOWN and not of.with_unknown)
    return each if alone else replace(each, within=OTHER)

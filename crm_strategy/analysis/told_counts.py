"""Which counts by segment and attribute may be told beside the sizes of both."""

from collections.abc import Iterable

import pandas as pd

from crm_strategy.analysis.attributes import attribute_of
from crm_strategy.analysis.disclosure import Cells, hidden_cells, hidden_sizes
from crm_strategy.analysis.members import OTHER, UNKNOWN
from crm_strategy.analysis.value_groups import Nested

Name = tuple[str, str]
"""Kind and name of an attribute."""


def with_few_unknown_as_other(counts: pd.DataFrame, *, least: int) -> pd.DataFrame:
    """The counts; attributes that few of a segment have no known value of have no `unknown`.

    Shares among those whose value is known would tell how few the others are.

    Parameters
    ----------
    counts
        `segment`, `kind`, `attribute`, `value`, `customer_count`.
    least
        Customers that a group needs to be told.
    """
    few = (counts["value"] == UNKNOWN) & (counts["customer_count"] < least)
    names = pd.MultiIndex.from_frame(counts[["kind", "attribute"]])
    folded = names.isin(names[few]) & (counts["value"] == UNKNOWN)
    if not folded.any():
        return counts
    keys = ["segment", "kind", "attribute", "value"]
    renamed = counts.assign(value=counts["value"].mask(folded, OTHER))
    return renamed.groupby(keys, as_index=False, sort=False)["customer_count"].sum()


def told_counts(counts: pd.DataFrame, nested: Iterable[Nested], *, least: int) -> pd.Series:
    """Whether each count may be told: neither it nor what follows from it is of a few.

    The reader knows the sizes of the segments and of the values, the sum of an attribute's
    values in each segment, and of which region a city is.

    Parameters
    ----------
    counts
        Result of `with_few_unknown_as_other`: every customer once an attribute.
    nested
        Values that lie within one value of another attribute.
    least
        Customers that a group needs to be told.
    """
    tables: dict[Name, Cells] = {}
    columns = ["segment", "kind", "attribute", "value", "customer_count"]
    for segment, kind, attribute, value, n in counts[columns].itertuples(index=False, name=None):
        tables.setdefault((kind, attribute), {})[segment, value] = int(n)
    known = {name: _shown(cells, least) for name, cells in tables.items()}
    for name, values, (whole, within) in _wholes(nested):
        if not (known.get(name) and known.get(whole)):
            continue
        hides = any(cell not in known[name] for cell in tables[name] if cell[1] != UNKNOWN)
        if hides or _leaves_few(tables, known, name, values, (whole, within), least):
            # Side by side, one would tell what the other hides: the fuller one stays.
            known[min(whole, name, key=lambda each: (len(known[each]), each == whole))] = set()
    keys = counts[columns[:-1]].itertuples(index=False, name=None)
    shown = [(segment, value) in known[kind, name] for segment, kind, name, value in keys]
    return pd.Series(shown, index=counts.index, dtype=bool)


def _shown(cells: Cells, least: int) -> set[tuple[str, str]]:
    """The cells that may be told; a share and its count tell how many are known, of unknown."""
    sizes: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for cell, n in cells.items():
        for axis in (0, 1):
            sizes[axis][cell[axis]] = sizes[axis].get(cell[axis], 0) + n
    unsaid = [hidden_sizes(each, least=least) for each in sizes]
    known = {cell: n for cell, n in cells.items() if cell[1] != UNKNOWN}
    hide = hidden_cells(known, least=least, rows=unsaid[0], columns=unsaid[1])
    return set() if hide is None else {*known} - hide


def _wholes(nested: Iterable[Nested]) -> list[tuple[Name, list[str], tuple[Name, str]]]:
    """The values of an attribute that lie within one value of another, and that value."""
    groups: dict[tuple[Name, Name, str], list[str]] = {}
    for each in nested:
        key = (attribute_of(each.column), attribute_of(each.within_column), each.within)
        groups.setdefault(key, []).append(each.value)
    return [(name, values, (whole, within)) for (name, whole, within), values in groups.items()]


def _leaves_few(
    tables: dict[Name, Cells],
    known: dict[Name, set[tuple[str, str]]],
    name: Name,
    values: list[str],
    whole: tuple[Name, str],
    least: int,
) -> bool:
    """Whether the counts told leave a few of a whole told in the same segment."""
    of, within = whole
    for segment in dict.fromkeys(segment for segment, _value in known[of]):
        if (segment, within) not in known[of]:
            continue
        inside = [(segment, value) for value in values if (segment, value) in known[name]]
        left = tables[of][segment, within] - sum(tables[name][cell] for cell in inside)
        if inside and 0 < left < least:
            return True
    return False

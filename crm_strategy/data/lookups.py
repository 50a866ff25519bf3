"""Lookups: further columns for a file's rows, found in another file by a key that both have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis import _

from crm_strategy.data import engine
from crm_strategy.data.column_errors import shown
from crm_strategy.data.data_finding import DataFinding
from crm_strategy.data.guess import find_header, nearest_header
from crm_strategy.data.parse import parse_column
from crm_strategy.data.source import Source
from crm_strategy.errors import DataError
from crm_strategy.plan.data_params import LookupParams

_FOUND = "_found"


@dataclass(frozen=True)
class Lookup:
    """A lookup as the parameters give it, its rows, and where it stands in the parameters."""

    given: LookupParams
    source: Source
    place: str


def with_lookup(con: ibis.BaseBackend, source: Source, lookup: Lookup) -> Source:
    """`source` with the further columns of a lookup's file, empty where its key has no match.

    Keys are compared as ids: as text, so that 7 and 007 differ. Equal rows of the lookup
    count once. A column both files have keeps its name in this one; the other's is called
    after its file: `products.price`.

    Raises
    ------
    DataError
        A file lacks the key, a key stands on several rows of the lookup, or none is found.
    """
    ours, theirs = _keys(source, lookup)
    added = _added(source, lookup, theirs)
    keyed = _ids(source, ours, "_ours")
    by_key = _by_key(con, lookup, theirs, added)
    joined = source.table.mutate(**keyed).left_join(
        by_key, [(f"_ours {number}", f"_theirs {number}") for number in range(len(ours))]
    )
    kept = [*source.table.columns, *keyed, *added, _FOUND]
    name = lookup.source.name
    table = engine.store(con, f"joined_{name}", [joined.select(*kept)])
    unmatched = _unmatched(table, source, lookup, ours)
    brought = dict.fromkeys(added, lookup.source)
    return replace(
        source,
        table=table.drop(*keyed, _FOUND),
        headers=(*source.headers, *added),
        looked_up={**source.looked_up, **brought},
        findings=(*source.findings, *unmatched),
    )


def _keys(source: Source, lookup: Lookup) -> tuple[list[str], list[str]]:
    by = lookup.given.by
    pairs = [
        (find_header(ours, source.headers), find_header(theirs, lookup.source.headers))
        for ours, theirs in by.items()
    ]
    for (wanted, their_wanted), (ours, theirs) in zip(by.items(), pairs, strict=True):
        if ours is None:
            near = nearest_header(wanted, source.headers, table=source.name)
            pair = f"{near or '…'}: {theirs or their_wanted}"
            raise _no_key(source, wanted, near, pair, lookup)
        if theirs is None:
            near = nearest_header(their_wanted, lookup.source.headers, table=source.name)
            raise _no_key(lookup.source, their_wanted, near, f"{ours}: {near or '…'}", lookup)
    return [ours for ours, _theirs in pairs if ours], [theirs for _ours, theirs in pairs if theirs]


def _added(source: Source, lookup: Lookup, theirs: Sequence[str]) -> dict[str, str]:
    """Our name of each further column, and its header in the lookup."""
    # The engine does not tell names apart by case.
    taken = {header.casefold() for header in source.headers}
    origin = lookup.given
    stem = Path(origin.file).name.split(".")[0] if origin.file else origin.origin.split(".")[-1]
    added: dict[str, str] = {}
    for header in lookup.source.headers:
        if header in theirs:
            continue
        name = header
        if name.casefold() in taken:
            name = f"{stem}.{header}"
        while name.casefold() in taken:
            name += " (2)"
        added[name] = header
        taken.add(name.casefold())
    return added


def _ids(source: Source, headers: Sequence[str], called: str) -> dict[str, ir.Column]:
    return {
        f"{called} {number}": parse_column(source, header, "id", timezone="UTC").value
        for number, header in enumerate(headers)
    }


def _by_key(
    con: ibis.BaseBackend, lookup: Lookup, theirs: Sequence[str], added: Mapping[str, str]
) -> ibis.Table:
    raw = lookup.source.table
    keys = _ids(lookup.source, theirs, "_theirs")
    columns = {name: raw[header] for name, header in added.items()}
    rows = raw.select(**keys, **columns).distinct().mutate(**{_FOUND: ibis.literal(True)})
    filled = rows.filter([rows[key].notnull() for key in keys])
    by_key = engine.store(con, f"keys_{lookup.source.name}", [filled])
    doubled = by_key.group_by(list(keys)).agg(rows=_.count()).filter(_.rows > 1)
    count = engine.count(doubled)
    if count:
        raise _doubled(lookup, theirs, count, doubled.order_by(list(keys)))
    return by_key


def _unmatched(
    table: ibis.Table, source: Source, lookup: Lookup, ours: Sequence[str]
) -> list[DataFinding]:
    key = reduce(_beside, [table[f"_ours {number}"] for number in range(len(ours))])
    lost = table[_FOUND].isnull() & key.notnull()
    sums = table.aggregate(lost=lost.sum().fill_null(0), keys=key.count())
    found = engine.rows(sums)[0]
    if not found["lost"]:
        return []
    first = table.filter(lost).order_by("_file", "_row").limit(1)
    example = engine.rows(first.select(key=key))[0]["key"]
    named = " + ".join(ours)
    if found["lost"] == found["keys"]:
        raise DataError(
            f"{source.label}: no row finds its '{named}' in {lookup.source.label}, "
            f"e.g. '{example}'.\n"
            f"Correct {lookup.place}.by, or remove the lookup."
        )
    detail = {"file": (lookup.source.label, "text"), "key": (named, "text")}
    return [
        DataFinding(source.name, "unmatched_keys", "warning", found["lost"], example, None, detail)
    ]


def _beside(left: ir.StringValue, right: ir.StringValue) -> ir.StringValue:
    return left + " + " + right


def _no_key(source: Source, wanted: str, near: str | None, pair: str, lookup: Lookup) -> DataError:
    return DataError(
        f"{source.label}: no column '{wanted}', the key of a lookup; "
        f"found {shown(source.headers)}.\n"
        + (f"Did you mean '{near}'? " if near else "")
        + f"Correct {lookup.place}:\n    by: {{{pair}}}"
    )


def _doubled(lookup: Lookup, theirs: Sequence[str], count: int, doubled: ibis.Table) -> DataError:
    first = engine.rows(doubled.limit(1))[0]
    example = " + ".join(first[f"_theirs {number}"] for number in range(len(theirs)))
    return DataError(
        f"{lookup.source.label}: '{' + '.join(theirs)}' is no key: {count:,} of its values "
        f"stand{'' if count > 1 else 's'} on several rows, e.g. '{example}' on "
        f"{first['rows']:,}.\n"
        f"Keep one row for each, or name further columns in {lookup.place}:\n"
        f"    by: [{', '.join(theirs)}, …]"
    )

"""Typed rows: a file's columns, mapped and parsed, in the scratch database."""

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from crm_strategy.data import engine
from crm_strategy.data.column_errors import Place
from crm_strategy.data.data_finding import DataFinding
from crm_strategy.data.mapping import MappedColumn, Mapping
from crm_strategy.data.parse import ParsedColumn, parse_columns
from crm_strategy.data.pseudonyms import pseudonym
from crm_strategy.data.schema import TABLES
from crm_strategy.data.source import Source
from crm_strategy.data.unreadable import unreadable_cells

CUSTOMER = "customer: "
"""What the names of staged customer attributes begin with."""


@dataclass(frozen=True)
class Staged:
    """One file's typed rows, ready to be checked.

    Parameters
    ----------
    table
        Canonical columns, customer attributes (their names begin with `CUSTOMER`), `_file`,
        `_row`, and `_row_hash`: equal rows of the file have equal hashes.
    bad
        Columns in which a value could not be read: the name of the flag that says so.
    parsed
        How each column was read.
    findings
        Unreadable values, and keys that lookups lack.
    named_by
        The header of a column that tells customers apart by name, e-mail or phone.
    """

    name: str
    table: ibis.Table
    mapping: Mapping
    source: Source
    place: Place
    bad: MappingType[str, str] = field(default_factory=dict)
    parsed: MappingType[str, ParsedColumn] = field(default_factory=dict)
    findings: tuple[DataFinding, ...] = ()
    named_by: str | None = None

    def __contains__(self, column: str) -> bool:
        return column in self.table.columns

    def is_bad(self, column: str) -> Any:
        """Whether the file's value could not be read, by row."""
        return _[self.bad[column]] if column in self.bad else ibis.literal(False)


def stage(
    con: ibis.BaseBackend,
    source: Source,
    mapping: Mapping,
    *,
    place: Place,
    timezone: str,
    pseudonyms: bool,
    named_by: str | None,
) -> Staged:
    """Read the mapped columns of `source` as what they are, into the scratch database.

    With `pseudonyms`, customer ids are replaced by a hash: a name, e-mail or phone number
    (in the column `named_by`, here or in another file) tells customers apart, but is never
    stored.

    Raises
    ------
    DataError
        More than half of a column's values cannot be read.
    """
    wanted = _wanted(mapping)
    parsed = parse_columns(
        source,
        {
            f"{name}#{number}": (part.header, _type(mapping.table, name))
            for name, column in wanted.items()
            for number, part in enumerate(column.parts)
        },
        timezone=timezone,
    )
    values = {name: _value(name, column, parsed) for name, column in wanted.items()}
    if pseudonyms and "customer_id" in values:
        values["customer_id"] = pseudonym(values["customer_id"], wanted["customer_id"])
    for name, constant in mapping.constants.items():
        values[name] = ibis.literal(constant)
    flags = {
        name: _any([parsed[f"{name}#{number}"].bad for number in range(len(column.parts))])
        for name, column in wanted.items()
        if any(parsed[f"{name}#{number}"].bad_count for number in range(len(column.parts)))
    }
    bad = {name: f"_bad {name}" for name in flags}
    raw = source.table
    typed = raw.select(
        **values,
        **{bad[name]: flag for name, flag in flags.items()},
        _file=raw["_file"],
        _row=raw["_row"],
        _row_hash=ibis.struct({each: raw[each] for each in source.own_headers}).hash(),
    )
    table = engine.store(con, f"staged_{mapping.table}", [typed])
    first = {name: parsed[f"{name}#0"] for name in wanted}
    findings = _unreadable(table, wanted, parsed, place=place)
    return Staged(
        mapping.table,
        table,
        mapping,
        source,
        place,
        bad,
        first,
        (*source.findings, *findings),
        named_by,
    )


def _wanted(mapping: Mapping) -> dict[str, MappedColumn]:
    customers = {CUSTOMER + name: column for name, column in mapping.customers.items()}
    return {**mapping.columns, **customers}


def _type(table: str, name: str) -> Any:
    for other in (table, "orders", "order_lines"):
        columns = {column.name: column for column in TABLES[other].readable}
        if name in columns:
            return columns[name].type
    known = {column.name: column.type for column in TABLES["customers"].readable}
    return known.get(name.removeprefix(CUSTOMER), "text")


def _value(name: str, column: MappedColumn, parsed: MappingType[str, ParsedColumn]) -> ir.Value:
    values: list[ir.Value] = []
    for number, part in enumerate(column.parts):
        value = parsed[f"{name}#{number}"].value
        for nothing in column.empty:
            value = value.nullif(nothing)
        values.append(ibis.literal(part.prefix) + value if part.prefix else value)
    return values[0] if len(values) == 1 else ibis.coalesce(*values)


def _any(flags: list[ir.BooleanValue]) -> ir.BooleanValue:
    result = flags[0]
    for flag in flags[1:]:
        result = result | flag
    return result


def _unreadable(
    table: ibis.Table,
    wanted: MappingType[str, MappedColumn],
    parsed: MappingType[str, ParsedColumn],
    *,
    place: Place,
) -> list[DataFinding]:
    bad = {
        (name, number): parsed[f"{name}#{number}"]
        for name, column in wanted.items()
        for number in range(len(column.parts))
        if parsed[f"{name}#{number}"].bad_count
    }
    if not bad:
        return []
    names = {name for name, _part in bad}
    filled = engine.rows(table.aggregate(**{name: table[name].count() for name in names}))[0]
    return [
        unreadable_cells(column, name=name.removeprefix(CUSTOMER), read=filled[name], place=place)
        for (name, _part), column in bad.items()
    ]

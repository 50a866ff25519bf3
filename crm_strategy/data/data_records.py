"""What is written down about the data: tables, exclusions, findings, sources and columns."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import ibis
import pyarrow as pa
from ibis import _

from crm_strategy.data import engine
from crm_strategy.data.data_finding import DataFinding, gravest_first
from crm_strategy.data.marking import Marked
from crm_strategy.data.source import Source, SourceFile
from crm_strategy.data.staging import Staged

RECORDS: Mapping[str, Mapping[str, str]] = {
    "data_tables": {
        "table": "string",
        "rows_read": "int64",
        "rows_kept": "int64",
        "rows_excluded": "int64",
        "first_date": "date",
        "last_date": "date",
    },
    "data_findings": {
        "table": "string",
        "severity": "string",
        "check": "string",
        "row_count": "int64",
        "example": "string",
        "column": "string",
        "detail": "string",
    },
    "data_exclusions": {"table": "string", "reason": "string", "row_count": "int64"},
    "data_sources": {
        "table": "string",
        "file": "string",
        "kind": "string",
        "encoding": "string",
        "delimiter": "string",
        "decimal": "string",
        "dates": "string",
        "row_count": "int64",
        "sha256": "string",
        "notes": "string",
    },
    "data_columns": {
        "table": "string",
        "column": "string",
        "header": "string",
        "how": "string",
        "decimal": "string",
        "dates": "string",
    },
}
"""Columns of the tables that describe the data."""

_DAYS = {
    "customers": ("created_at", "created_at"),
    "orders": ("ordered_at", "ordered_at"),
    "order_lines": ("ordered_at", "ordered_at"),
    "touches": ("touched_at", "touched_at"),
    "leads": ("created_at", "created_at"),
    "costs": ("period_start", "period_end"),
    "surveys": ("answered_at", "answered_at"),
    "consents": ("granted_at", "granted_at"),
    "experiments": ("assigned_at", "assigned_at"),
}


def write_records(
    con: ibis.BaseBackend,
    staged: Mapping[str, Staged],
    marked: Mapping[str, Marked],
    findings: Iterable[DataFinding],
) -> None:
    """Write the tables that describe the data beside the prepared ones."""
    exclusions = {name: table.exclusions() for name, table in marked.items()}
    _write(
        con, "data_tables", [_table(con, table, exclusions[name]) for name, table in marked.items()]
    )
    _write(con, "data_findings", [finding.row() for finding in gravest_first(findings)])
    _write(
        con,
        "data_exclusions",
        [
            {"table": name, "reason": reason, "row_count": count}
            for name, reasons in exclusions.items()
            for reason, count in sorted(reasons.items())
        ],
    )
    _write(con, "data_sources", [row for table in staged.values() for row in _sources(table)])
    _write(con, "data_columns", [row for table in staged.values() for row in _columns(table)])


def _table(con: ibis.BaseBackend, marked: Marked, exclusions: Mapping[str, int]) -> dict[str, Any]:
    table = con.table(marked.name)
    sums: dict[str, Any] = {"kept": _.count()}
    if marked.name in _DAYS:
        first, last = _DAYS[marked.name]
        sums |= {"first": _[first].min().cast("date"), "last": _[last].max().cast("date")}
    found = engine.rows(table.aggregate(**sums))[0]
    return {
        "table": marked.name,
        "rows_read": marked.rows_read,
        "rows_kept": found["kept"],
        "rows_excluded": sum(exclusions.values()),
        "first_date": found.get("first"),
        "last_date": found.get("last"),
    }


def _sources(staged: Staged) -> list[dict[str, Any]]:
    source = staged.source
    lookups = {each.name: each for each in source.looked_up.values()}
    return [
        _source(staged, written, file)
        for written in (source, *lookups.values())
        for file in written.files
    ]


def _source(staged: Staged, written: Source, file: SourceFile) -> dict[str, Any]:
    """One file; of the columns read, those that it wrote tell its notation."""
    headers = {each for each in staged.source.headers if staged.source.written_in(each) is written}
    read = [each for each in staged.parsed.values() if each.header in headers]
    decimals = {each.decimal for each in read if each.decimal}
    dates = dict.fromkeys(form for each in read for form in each.dates)
    return {
        "table": staged.name,
        "file": file.name,
        "kind": file.kind,
        "encoding": file.encoding,
        "delimiter": file.delimiter,
        "decimal": decimals.copy().pop() if len(decimals) == 1 else file.decimal,
        "dates": ", ".join(dates) or None,
        "row_count": file.row_count,
        "sha256": file.sha256,
        "notes": json.dumps(
            [{"key": note.key, "values": dict(note.values)} for note in file.notes],
            ensure_ascii=False,
        ),
    }


def _columns(staged: Staged) -> list[dict[str, Any]]:
    mapping = staged.mapping
    rows = [
        {
            "table": staged.name,
            "column": name,
            "header": " / ".join(part.header for part in column.parts),
            "how": column.how,
            "decimal": staged.parsed[name].decimal if name in mapping.columns else None,
            "dates": ", ".join(staged.parsed[name].dates) or None
            if name in mapping.columns
            else None,
        }
        for name, column in {**mapping.customers, **mapping.columns}.items()
    ]
    constants = [
        {
            "table": staged.name,
            "column": name,
            "header": value,
            "how": "constant",
            "decimal": None,
            "dates": None,
        }
        for name, value in mapping.constants.items()
    ]
    return rows + constants


def _write(con: ibis.BaseBackend, name: str, rows: list[dict[str, Any]]) -> None:
    schema = ibis.schema(RECORDS[name])
    con.create_table(name, pa.Table.from_pylist(rows, schema=schema.to_pyarrow()), schema=schema)

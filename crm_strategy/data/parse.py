"""Raw columns as typed ones: how each reads is decided over the whole column."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from crm_strategy.data import engine
from crm_strategy.data.parse_dates import parse_dates
from crm_strategy.data.parse_numbers import parse_numbers
from crm_strategy.data.schema import ColumnType
from crm_strategy.data.source import Source
from crm_strategy.data.text_column import (
    TextColumn,
    as_text,
    clean_text,
    is_placeholder,
    needs_cleaning,
    without_placeholders,
)
from crm_strategy.errors import DataError

__all__ = ["ParsedColumn", "clean_text", "parse_column", "parse_columns"]

_YES = ("да", "д", "yes", "y", "true", "t", "истина", "1", "+")
_NO = ("нет", "н", "no", "n", "false", "f", "ложь", "0", "-", "−")


@dataclass(frozen=True)
class ParsedColumn:
    """How a raw column reads as a type.

    Parameters
    ----------
    header
        The file's name for it.
    type
        What it was read as.
    value
        The typed value, an expression over `source.table`; null where the cell is empty or
        does not read.
    bad
        Whether the cell is filled but does not read, over `source.table`.
    bad_count, bad_example, bad_file, bad_row
        How many such cells there are, and the first one.
    decimal, thousands, dates
        The marks and forms found; None and () where the column holds none.
    """

    header: str
    type: ColumnType
    value: ir.Column
    bad: ir.BooleanColumn
    bad_count: int = 0
    bad_example: str | None = None
    bad_file: str | None = None
    bad_row: int | None = None
    decimal: str | None = None
    thousands: str | None = None
    dates: tuple[str, ...] = ()


def parse_column(source: Source, header: str, kind: ColumnType, *, timezone: str) -> ParsedColumn:
    """Read one raw column as `kind`; see `parse_columns`."""
    return parse_columns(source, {header: (header, kind)}, timezone=timezone)[header]


def parse_columns(
    source: Source, wanted: Mapping[str, tuple[str, ColumnType]], *, timezone: str
) -> dict[str, ParsedColumn]:
    """Read raw columns as types; unreadable cells are counted, never guessed.

    Parameters
    ----------
    source
        The raw rows.
    wanted
        For each result: the file's header and the type to read it as.
    timezone
        The client's: moments with a zone become what the clocks there showed.

    Raises
    ------
    DataError
        A column reads in two ways and nothing says which, or its ids are damaged.
    """
    parsed = {
        name: _parsed(source, header, kind, timezone) for name, (header, kind) in wanted.items()
    }
    sums = {str(place): column.bad.sum() for place, column in enumerate(parsed.values())}
    counts = engine.rows(source.table.aggregate(**sums))[0] if sums else {}
    for place, (name, column) in enumerate(parsed.items()):
        if count := counts[str(place)]:
            text = _text_column(source, column.header)
            first = text.first(column.bad) or {}
            parsed[name] = replace(
                column,
                bad_count=count,
                bad_example=first.get("cell"),
                bad_file=first.get("file"),
                bad_row=first.get("row"),
            )
    return parsed


def _parsed(source: Source, header: str, kind: ColumnType, timezone: str) -> ParsedColumn:
    raw = source.table[header]
    if kind in ("money", "number", "integer"):
        return _numbers(source, header, kind)
    if kind in ("date", "timestamp"):
        return _dates(source, header, kind, timezone)
    if kind == "boolean":
        return _booleans(source, header)
    value = _ids(source, header) if kind == "id" else clean_text(as_text(raw))
    return ParsedColumn(header, kind, value, ibis.literal(False) & raw.isnull())


def _numbers(source: Source, header: str, kind: ColumnType) -> ParsedColumn:
    raw = source.table[header]
    if raw.type().is_numeric() or raw.type().is_boolean():
        value = raw.cast("float64")
        filled = value.notnull() & ~value.isnan()
        found = ParsedColumn(header, kind, ibis.ifelse(filled, value, None), ~filled & filled)
    else:
        column = _text_column(source, header)
        written = source.written_in(header)
        numbers = parse_numbers(column, said=_said_mark(written), likely=written.decimal)
        found = ParsedColumn(
            header,
            kind,
            numbers.value,
            column.cells.notnull() & numbers.value.isnull(),
            decimal=numbers.decimal,
            thousands=numbers.thousands,
        )
    if kind != "integer":
        return found
    whole = found.value.round().cast("int64")
    broken = found.value.notnull() & (found.value != whole)
    return replace(found, value=ibis.ifelse(broken, None, whole), bad=found.bad | broken)


def _said_mark(source: Source) -> str | None:
    # Who says that points stand between thousands says that the comma is decimal.
    said = source.format
    return said.decimal or {".": ",", ",": "."}.get(said.thousands or "")


def _dates(source: Source, header: str, kind: ColumnType, timezone: str) -> ParsedColumn:
    raw = source.table[header]
    if raw.type().is_timestamp() or raw.type().is_date():
        zoned = raw.type().is_timestamp() and raw.type().timezone is not None
        moment = engine.local_time(timezone, raw) if zoned else raw.cast("timestamp(6)")
        found = ParsedColumn(header, kind, moment, ibis.literal(False) & raw.isnull())
    else:
        column = _text_column(source, header)
        dates = parse_dates(
            column,
            said=source.written_in(header).format.dates,
            timezone=timezone,
            whole_days=kind == "date",
        )
        unread = column.cells.notnull() & dates.value.isnull()
        found = ParsedColumn(header, kind, dates.value, unread, dates=dates.formats)
    return replace(found, value=found.value.date()) if kind == "date" else found


def _booleans(source: Source, header: str) -> ParsedColumn:
    raw = source.table[header]
    folded = clean_text(as_text(raw)).lower()
    value = ibis.cases((folded.isin(_YES), True), (folded.isin(_NO), False), else_=None)
    return ParsedColumn(header, "boolean", value, folded.notnull() & value.isnull())


def _ids(source: Source, header: str) -> ir.StringColumn:
    column = _text_column(source, header)
    cells = column.cells
    excel = column.fits(r"\d(?:[.,]\d+)?[eE]\+\d{1,3}")
    whole = column.fits(r"\d+\.0+")
    found = column.counts(excel=excel, whole=whole, broken=cells.contains(".") & ~whole)
    if found["excel"]:
        raise DataError(
            f"{column.place}: {found['excel']} ids such as {column.example(excel)} have lost their "
            "last digits: Excel saved them as numbers.\n"
            "Export the file again, and open it in Excel only with this column as text."
        )
    # 1001.0 is what a spreadsheet makes of the id 1001, unless other ids have real decimals.
    if found["whole"] and not found["broken"]:
        return ibis.ifelse(whole, cells.re_replace(r"\.0+$", ""), cells)
    return cells


def _text_column(source: Source, header: str) -> TextColumn:
    raw = as_text(source.table[header])
    column = TextColumn(
        source.table, raw, f"{source.label}: column '{header}'", f"data.{source.name}"
    )
    found = column.counts(unclean=needs_cleaning(raw), placeholders=is_placeholder(raw))
    # Over ten million rows, what no cell needs is worth leaving out.
    if found["unclean"]:
        return replace(column, cells=without_placeholders(clean_text(raw)))
    return replace(column, cells=without_placeholders(raw)) if found["placeholders"] else column

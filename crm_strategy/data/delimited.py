"""Delimited text (CSV, TSV, TXT, also .gz): its layout found, its rows loaded."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir

from crm_strategy.data import detect, encoding, engine
from crm_strategy.data.marks import proven_marks
from crm_strategy.data.source import Loaded, Note, SourceFile
from crm_strategy.errors import DataError
from crm_strategy.plan.data_params import FormatParams

_SYSTEMATIC = 0.05
"""From this share of short lines on, the exporter leaves out empty cells at the end."""

_AS_IT_IS = ("utf-8", "utf-8-sig", "ascii")
"""Encodings the engine reads without a copy."""

_PROBLEMS = {
    "missing_columns": "too few cells",
    "too_many_columns": "too many cells",
    "unquoted_value": "a quote that is not closed, or text after it",
    "line_size_over_maximum": "longer than two million bytes",
}
"""What the engine's words for a line that does not fit mean."""


@dataclass(frozen=True)
class _Layout:
    """Where the table stands in the text: from character `start` on, its names first."""

    delimiter: str
    start: int
    header_row: int
    title_rows: int
    width: int
    names: tuple[str, ...]
    numbered: tuple[str, ...]
    unnamed: tuple[int, ...]
    decimal: str | None
    thousands: str | None


def load_delimited(
    con: ibis.BaseBackend, path: Path, *, label: str, name: str, said: FormatParams, scratch: Path
) -> Loaded:
    """Load delimited text as columns of text.

    Parameters
    ----------
    path
        The file; `label` names it in messages.
    name
        The table of the scratch database to make.
    said
        What the parameters say about its format; the rest is detected.
    scratch
        Folder for a UTF-8 copy of a file in another encoding or with lines above its header.

    Raises
    ------
    DataError
        Bytes do not fit the encoding, or most lines do not fit the columns.
    """
    charset = encoding.find_encoding(path, label=label, said=said.encoding)
    layout = _layout(encoding.read_head(path, charset, label=label), said, label)
    copy = scratch / f"{name}.csv"
    whole = not layout.start and charset in _AS_IT_IS
    try:
        if whole:
            try:
                rejected, padded = _load(con, path, name, layout)
            except engine.UnreadableError:  # line ends of several kinds: a copy has one
                whole = False
        if not whole:
            encoding.rewrite(path, copy, encoding=charset, start=layout.start, label=label)
            rejected, padded = _load(con, copy, name, layout)
    except engine.UnreadableError as error:
        raise DataError(f"{label}: not readable as a table: {error}\n{_remedy(layout)}") from None
    finally:
        copy.unlink(missing_ok=True)
    table = engine.scratch_table(con, name)
    _refuse_misfit(rejected, engine.count(table), layout, label)
    return Loaded(
        table,
        layout.names,
        SourceFile(
            path,
            "csv",
            encoding=charset,
            delimiter=layout.delimiter,
            decimal=layout.decimal,
            thousands=layout.thousands,
            header_row=layout.header_row,
            notes=tuple(_notes(layout, rejected, padded)),
        ),
        layout.unnamed,
    )


def _layout(head: str, said: FormatParams, label: str) -> _Layout:
    declared, skipped = detect.declared_delimiter(head)
    text = head[skipped:]
    delimiter = _said_delimiter(said, label) or declared or detect.likely_delimiter(text)
    found = detect.sample_rows(text, delimiter)
    if not found:
        raise DataError(f"{label}: the file is empty.\nExport it again, or name another file.")
    rows = [row for _, row in found]
    place = detect.header_row(rows)
    body = rows[place + 1 :]
    usual = Counter(len(row) for row in body).most_common(1)[0][0] if body else 0
    width = max(detect.last_filled(rows[place]), usual)
    names, numbered = detect.column_names(rows[place], width)
    columns = [[row[at] for row in body if at < len(row)] for at in range(width)]
    decimal, thousands = proven_marks(columns)
    start = skipped + found[place][0]
    return _Layout(
        delimiter=delimiter,
        start=start,
        header_row=head[:start].count("\n") + 1,
        title_rows=place,
        width=width,
        names=names,
        numbered=numbered,
        unnamed=tuple(at for at in range(width) if not "".join(rows[place][at : at + 1]).strip()),
        decimal=said.decimal or decimal,
        thousands=said.thousands or thousands,
    )


def _said_delimiter(said: FormatParams, label: str) -> str | None:
    delimiter = {"\\t": "\t", "tab": "\t"}.get(said.delimiter or "", said.delimiter)
    if delimiter and len(delimiter) > 1:
        raise DataError(
            f"{label}: format.delimiter is one character, not {delimiter!r}.\n"
            "Common ones are ; , | and tab:\n    format: {delimiter: tab}"
        )
    return delimiter


def _load(
    con: ibis.BaseBackend, path: Path, name: str, layout: _Layout
) -> tuple[engine.Rejected, int]:
    # What did not fit, and how many short lines were filled up with empty cells.
    def load(*, pad: bool = False, quoted: bool = True) -> engine.Rejected:
        return engine.load_delimited(
            con,
            path,
            name=name,
            width=layout.width,
            delimiter=layout.delimiter,
            gzip=encoding.is_gzip(path),
            pad=pad,
            quoted=quoted,
        )

    rejected = load()
    if rejected.quotes:
        # An exporter that does not quote, and a name with a quote in it.
        literal = load(quoted=False)
        if not literal.count:
            table = engine.scratch_table(con, name)
            engine.store(
                con, name, [table.select([_without_quotes(table[name]) for name in table.columns])]
            )
            return literal, 0
        return load(), 0
    short = rejected.short
    if short <= _SYSTEMATIC * (engine.count(engine.scratch_table(con, name)) + rejected.count):
        return rejected, 0
    try:
        return load(pad=True), short
    except engine.UnreadableError:  # short lines are not all that is wrong
        return load(), 0


def _without_quotes(cell: ir.StringColumn) -> ir.StringColumn:
    within = cell.substr(1, cell.length() - 2).replace('""', '"').nullif("")
    around = cell.startswith('"') & cell.endswith('"') & (cell.length() > 1)
    return ibis.ifelse(around, within, cell).name(cell.get_name())


def _refuse_misfit(rejected: engine.Rejected, kept: int, layout: _Layout, label: str) -> None:
    if rejected.endless:
        raise DataError(
            f"{label}: line {_line(rejected, layout)}: a quote is opened and not closed: the lines "
            "after it would be lost.\n"
            "Close it, or export the file again with quotes in a cell doubled."
        )
    if rejected.count > kept:
        raise DataError(
            f"{label}: {rejected.count} of {rejected.count + kept} lines do not fit the "
            f"{layout.width} columns of the header; first: line {_line(rejected, layout)}: "
            f"{_PROBLEMS.get(rejected.problem, rejected.problem)}.\n{_remedy(layout)}"
        )


def _notes(layout: _Layout, rejected: engine.Rejected, padded: int) -> Iterator[Note]:
    if layout.title_rows:
        yield Note("title_rows", {"count": layout.title_rows})
    if layout.numbered:
        yield Note("duplicate_headers", {"headers": ", ".join(layout.numbered)})
    if rejected.count:
        line = _line(rejected, layout)
        yield Note(
            "rejected_lines",
            {"count": rejected.count, "line": line, "problem": rejected.problem},
        )
    if padded:
        yield Note("short_rows", {"count": padded})


def _line(rejected: engine.Rejected, layout: _Layout) -> int:
    # The engine counts from the header on.
    return rejected.line + layout.header_row - 1


def _remedy(layout: _Layout) -> str:
    return (
        f"The delimiter is taken to be {layout.delimiter!r}; if it is another, say so:\n"
        '    format: {delimiter: ";"}'
    )

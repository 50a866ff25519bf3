"""HTML tables that systems name .xls: the largest table of the page, row by row."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path

import ibis

from crm_strategy.data import detect, encoding, engine
from crm_strategy.data.marks import proven_marks
from crm_strategy.data.source import Loaded, Note, SourceFile
from crm_strategy.errors import DataError
from crm_strategy.plan.data_params import FormatParams

_CHUNK = 1 << 16
_HEAD_ROWS = 200
_MOST_COLUMNS = 1000


def load_html(
    con: ibis.BaseBackend, path: Path, *, label: str, name: str, said: FormatParams
) -> Loaded:
    """Load the page's largest table as columns of text, with little of the page in memory.

    Parameters
    ----------
    path
        The page; `label` names it in messages.
    name
        The table of the scratch database to make.
    said
        What the parameters say about its format; the rest is detected.

    Raises
    ------
    DataError
        The page holds no table, or bytes do not fit the encoding.
    """
    hint = _own_charset(encoding.first_bytes(path, label))
    charset = encoding.find_encoding(path, label=label, said=said.encoding, hint=hint)
    sizes: Counter[int] = Counter()
    widths: Counter[int] = Counter()
    for table, row in _rows(path, charset, label):
        sizes[table] += len(row)
        widths[table] = max(widths[table], len(row))
    if not sizes:
        raise DataError(
            f"{label}: an HTML page without a table.\n"
            "Export it again as .xlsx or .csv: the server may have answered with an error page."
        )
    largest = max(sizes, key=lambda table: (sizes[table], -table))
    width = widths[largest]

    def lines() -> Iterator[list[str | None]]:
        return (row for table, row in _rows(path, charset, label) if table == largest and any(row))

    head = list(islice(lines(), _HEAD_ROWS))
    place = detect.header_row(head)
    names, numbered = detect.column_names(head[place], width)
    engine.load_rows(con, islice(lines(), place + 1, None), name=name, width=width)
    notes = []
    if place:
        notes.append(Note("title_rows", {"count": place}))
    if numbered:
        notes.append(Note("duplicate_headers", {"headers": ", ".join(numbered)}))
    body = [[*row, *([None] * (width - len(row)))] for row in head[place + 1 :]]
    decimal, thousands = proven_marks(zip(*body, strict=True))
    return Loaded(
        engine.scratch_table(con, name),
        names,
        SourceFile(
            path,
            "html",
            encoding=charset,
            decimal=said.decimal or decimal,
            thousands=said.thousands or thousands,
            header_row=place + 1,
            notes=tuple(notes),
        ),
        tuple(at for at in range(width) if not any(head[place][at : at + 1])),
    )


def _own_charset(head: bytes) -> str | None:
    found = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", head)
    try:
        name = codecs.lookup(found[1].decode()).name if found else "utf-8"
    except LookupError:
        return None
    return None if name.startswith("utf-8") else name


def _rows(path: Path, charset: str, label: str) -> Iterator[tuple[int, list[str | None]]]:
    parser = _TableRows()
    with encoding.open_text(path, charset, label) as text:
        while chunk := text.read(_CHUNK):
            parser.feed(chunk)
            yield from parser.take()
    parser.close()
    yield from parser.take()


class _TableRows(HTMLParser):
    """Rows of every table with the table's number; tables within cells are tables of their own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._done: list[tuple[int, list[str | None]]] = []
        self._open: list[int] = []
        self._rows: dict[int, list[str | None]] = {}
        self._cells: dict[int, list[str]] = {}
        self._spans: dict[int, int] = {}
        self._count = 0

    def take(self) -> list[tuple[int, list[str | None]]]:
        """The rows finished since the last call."""
        done, self._done = self._done, []
        return done

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, row or cell; whatever it implies to be over is closed."""
        if tag == "table":
            self._open.append(self._count)
            self._count += 1
        elif self._open and tag == "tr":
            self._end_row()
            self._rows[self._open[-1]] = []
        elif self._open and tag in ("td", "th"):
            self._end_cell()
            span = dict(attrs).get("colspan") or ""
            self._spans[self._open[-1]] = int(span) if span.isdecimal() else 1
            self._cells[self._open[-1]] = []
        elif tag == "br":
            self._write("\n")

    def handle_endtag(self, tag: str) -> None:
        """Close a cell, row or table."""
        if not self._open:
            return
        if tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "table":
            self._end_row()
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Text of the innermost cell; line ends and tabs are blanks, as on a page."""
        self._write(re.sub(r"[ \t\r\n]+", " ", data))

    def close(self) -> None:
        """Finish the page; tables that were left open count as closed."""
        super().close()
        while self._open:
            self.handle_endtag("table")

    def _write(self, text: str) -> None:
        if self._open and self._open[-1] in self._cells:
            self._cells[self._open[-1]].append(text)

    def _end_cell(self) -> None:
        table = self._open[-1]
        parts = self._cells.pop(table, None)
        if parts is not None:
            row = self._rows.setdefault(table, [])
            blanks = min(self._spans[table], _MOST_COLUMNS) - 1
            row.extend(["".join(parts).strip() or None, *([None] * blanks)])

    def _end_row(self) -> None:
        self._end_cell()
        row = self._rows.pop(self._open[-1], None)
        if row:
            self._done.append((self._open[-1], row))

"""What was read: raw rows, and what was found out about the files they came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import ibis

from crm_strategy.data.data_finding import DataFinding
from crm_strategy.plan.data_params import FormatParams


@dataclass(frozen=True)
class Note:
    """Something the reader of a file should know, as an id and its values."""

    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class SourceFile:
    """One file as it was found.

    Parameters
    ----------
    path
        Where it is; `name` is what may be printed.
    kind
        csv (any delimited text), xlsx, html, parquet, json, or table (of an engine).
    encoding, delimiter, decimal, thousands
        As said or detected; None where it does not apply, or where the file's first rows
        do not prove it.
    header_row
        The row of the file that names the columns, from 1.
    row_count
        Rows that came in: without blank rows, total rows and rejected lines.
    sha256
        Of the file's bytes.
    notes
        What was dropped, chosen or converted.
    """

    path: Path
    kind: str
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    header_row: int | None = None
    row_count: int = 0
    sha256: str = ""
    notes: tuple[Note, ...] = ()

    @property
    def name(self) -> str:
        """The file's name, without its folder."""
        return self.path.name

    @property
    def dropped(self) -> dict[str, int]:
        """How many lines did not come in, by reason: rejected_lines, total_rows, blank_rows."""
        reasons = ("rejected_lines", "total_rows", "blank_rows")
        return {note.key: int(note.values["count"]) for note in self.notes if note.key in reasons}


@dataclass(frozen=True)
class Loaded:
    """A file's rows in the engine, its columns' names, and which of them it does not name."""

    table: ibis.Table
    headers: tuple[str, ...]
    file: SourceFile
    unnamed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Source:
    """Raw rows of one or many files of one shape.

    Parameters
    ----------
    name
        The canonical table they were read for.
    table
        The file's columns in its order (text, but Parquet files and engine tables keep
        their types), `_file` (its name) and `_row` (number of the data row in it, from 1).
    headers
        The names of those columns, duplicates numbered.
    files
        Each file as it was found.
    label
        What to call it in a message: `orders.csv`, `orders_*.csv (12 files)`.
    format
        What the parameters say about how it is written.
    looked_up
        Of each header that a lookup brought: the file it comes from.
    findings
        Rows whose key a lookup lacks.
    """

    name: str
    table: ibis.Table
    headers: tuple[str, ...]
    files: tuple[SourceFile, ...]
    label: str
    format: FormatParams
    looked_up: Mapping[str, "Source"] = field(default_factory=dict)
    findings: tuple[DataFinding, ...] = ()

    def written_in(self, header: str) -> "Source":
        """The rows whose file wrote a column: these, or those of a lookup."""
        return self.looked_up.get(header, self)

    @property
    def own_headers(self) -> tuple[str, ...]:
        """Columns of its own files; those of lookups follow from them."""
        return tuple(header for header in self.headers if header not in self.looked_up)

    @property
    def row_count(self) -> int:
        """Rows that came in, over all files."""
        return sum(file.row_count for file in self.files)

    @property
    def decimal(self) -> str | None:
        """The decimal mark, when the files' first rows prove one and the same."""
        marks = {file.decimal for file in self.files if file.decimal}
        return marks.pop() if len(marks) == 1 else None

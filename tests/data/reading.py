"""What was read, as plain Python values to compare with."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_strategy.data import engine
from crm_strategy.data.files import Source
from crm_strategy.data.parse import ParsedColumn

SHARED = Path(__file__).parents[2].parent / "shared"
"""Sample exports and public data that stand beside a checkout, where they do."""


@dataclass(frozen=True)
class Typed:
    """A column as it was read, and its values."""

    column: ParsedColumn
    values: list[Any]


def raw_cells(source: Source, *headers: str) -> list[Any]:
    """The raw cells of one column, or rows of several, in the order of the file."""
    names = headers or source.headers
    rows = engine.rows(source.table.order_by("_file", "_row"))
    return [
        row[names[0]] if len(headers) == 1 else tuple(row[name] for name in names) for row in rows
    ]


def typed_cells(source: Source, column: ParsedColumn) -> list[Any]:
    """The typed values of a column, in the order of the file."""
    raw = source.table
    typed = raw.select(value=column.value, file=raw["_file"], row=raw["_row"])
    return [row["value"] for row in engine.rows(typed.order_by("file", "row"))]


def notes(source: Source) -> dict[str, dict[str, str | int]]:
    """What was noted about the only file."""
    (file,) = source.files
    return {note.key: dict(note.values) for note in file.notes}

"""What a canonical column and a canonical table are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import ibis.expr.datatypes as dt

ColumnType = Literal["id", "text", "money", "number", "integer", "boolean", "date", "timestamp"]
"""How a column reads. `id` is text that identifies: leading zeros and 20 digits stay, what
Excel made of it (1001.0) is undone. `money` is a number that may carry a currency."""

_TYPES: Mapping[ColumnType, dt.DataType] = {
    "id": dt.string,
    "text": dt.string,
    "money": dt.float64,
    "number": dt.float64,
    "integer": dt.int64,
    "boolean": dt.boolean,
    "date": dt.date,
    "timestamp": dt.Timestamp(scale=6),
}


@dataclass(frozen=True)
class Column:
    """One canonical column.

    Parameters
    ----------
    name
        Its name everywhere in the house.
    type
        How its values read.
    required
        Whether the table means anything without it.
    allowed
        The only values it may hold; empty when any will do.
    derived
        Made by the house while preparing, never mapped from a file.
    """

    name: str
    type: ColumnType
    required: bool = False
    allowed: tuple[str, ...] = ()
    derived: bool = False

    @property
    def dtype(self) -> dt.DataType:
        """The Ibis type of its values."""
        return _TYPES[self.type]


@dataclass(frozen=True)
class TableSchema:
    """One canonical table: its columns in order, and the columns no two rows share.

    `open` tables keep further columns of the file as attributes.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    open: bool = False

    def __getitem__(self, name: str) -> Column:
        return {column.name: column for column in self.columns}[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Every column, derived ones last."""
        return tuple(column.name for column in self.columns)

    @property
    def readable(self) -> tuple[Column, ...]:
        """The columns a file can supply."""
        return tuple(column for column in self.columns if not column.derived)

    @property
    def required(self) -> tuple[str, ...]:
        """The columns without which a file cannot supply this table."""
        return tuple(column.name for column in self.columns if column.required)

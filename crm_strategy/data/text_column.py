"""One raw column as clean text, with questions about all of its cells."""

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from crm_strategy.data import engine
from crm_strategy.data.marks import EMPTY

_WHITE = " \t\r\n\u00a0\u2007\u202f\u2009\u200b\ufeff"


@dataclass(frozen=True)
class TextColumn:
    """A column's cells, and how to speak of it.

    Parameters
    ----------
    table
        The raw rows.
    cells
        Text over them: trimmed, null where there is no value.
    place
        For messages: `orders.csv: column 'Date'`.
    params
        Where the parameters speak of its file: `data.orders`.
    """

    table: ibis.Table
    cells: ir.StringColumn
    place: str
    params: str

    def fits(self, pattern: str) -> ir.BooleanColumn:
        """Whether the whole cell has the form of `pattern`."""
        return self.cells.re_search(f"^(?:{pattern})$")

    def counts(self, **conditions: ir.BooleanColumn) -> dict[str, int]:
        """How many cells meet each condition; one look at the whole column."""
        sums = {name: condition.sum() for name, condition in conditions.items()}
        return {
            name: count or 0 for name, count in engine.rows(self.table.aggregate(**sums))[0].items()
        }

    def example(self, condition: ir.BooleanColumn) -> str:
        """The first cell that meets a condition, with its row: `'1,000' (row 3)`."""
        found = self.first(condition)
        return f"'{found['cell']}' (row {found['row']})" if found else ""

    def first(self, condition: ir.BooleanColumn) -> dict[str, Any] | None:
        """File, row and text of the first cell that meets a condition."""
        met = self.table.filter(condition).select(
            file=self.table["_file"], row=self.table["_row"], cell=self.cells
        )
        return next(iter(engine.rows(met.order_by("file", "row").limit(1))), None)


def clean_text(cells: ir.StringColumn) -> ir.StringColumn:
    """Text without blanks around it and without Excel's guarding apostrophe; "" is null.

    The apostrophe goes where it guards a formula sign (`'+7…`, `'=cmd()`) or a number kept
    as text (`'0012`); in names (`'s-Hertogenbosch`) it stays.
    """
    trimmed = engine.trim(cells, _WHITE)
    guarded = trimmed.startswith("'") & trimmed.re_search(r"^'(?:[=+@-]|\d+$)")
    return ibis.ifelse(guarded, trimmed[1:], trimmed).nullif("")


def without_placeholders(cells: ir.StringColumn) -> ir.StringColumn:
    """Null for cells that only say there is no value: "-", "NULL", "n/a", "nan"."""
    says_nothing = (cells.length() <= 4) & cells.re_search(f"^(?:{EMPTY})$")
    return ibis.ifelse(says_nothing, ibis.null("string"), cells)


def as_text(column: ir.Column) -> ir.StringColumn:
    """Any column as text: whole numbers without decimals, moments in ISO form."""
    kind = column.type()
    if kind.is_string():
        return column
    if kind.is_floating() or kind.is_decimal():
        whole = column.cast("decimal(38, 0)")
        return ibis.ifelse(column == whole, whole.cast("string"), column.cast("string"))
    return column.cast("string")

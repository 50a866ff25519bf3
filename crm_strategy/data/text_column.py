"""One raw column as clean text, with questions about all of its cells."""

import re
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from crm_strategy.data import engine
from crm_strategy.data.marks import EMPTY

_SHAPES = 1000
_SAMPLE = 1000
_FEW = 20
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

    def shapes(self) -> list[str]:
        """The commonest forms of the cells, every digit a 9: `99.99.9999`."""
        # Counting forms over the whole column is dear: mostly the first rows show them all.
        seen = {re.sub("[0-9]", "9", cell) for cell in self.sample()}
        if len(seen) <= _FEW:
            known = "|".join(re.escape(shape).replace("9", "[0-9]") for shape in seen)
            others = self.counts(others=self.cells.notnull() & ~self.fits(known))
            if not others["others"]:
                return sorted(seen)
        shape = self.cells.translate("0123456789", "9999999999")
        shaped = self.table.select(shape=shape).filter(ibis._.shape.notnull())
        counted = shaped.group_by("shape").aggregate(n=ibis._.count())
        common = counted.order_by(ibis.desc("n"), "shape").limit(_SHAPES)
        return [row["shape"] for row in engine.rows(common)]

    def sample(self) -> list[str]:
        """Some of the filled cells."""
        filled = self.table.select(cell=self.cells).filter(ibis._.cell.notnull())
        return [row["cell"] for row in engine.rows(filled.limit(_SAMPLE))]

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


def needs_cleaning(cells: ir.StringColumn) -> ir.BooleanColumn:
    """Whether `clean_text` would change a cell; blanks in the middle do not count."""
    return cells.re_search(f"^[{_WHITE}']|[{_WHITE}]$|^$")


def without_placeholders(cells: ir.StringColumn) -> ir.StringColumn:
    """Null for cells that only say there is no value: "-", "NULL", "n/a", "nan"."""
    return ibis.ifelse(is_placeholder(cells), ibis.null("string"), cells)


def is_placeholder(cells: ir.StringColumn) -> ir.BooleanColumn:
    """Whether a cell only says that there is no value."""
    return cells.re_search(f"^(?:{EMPTY})$")


def as_text(column: ir.Column) -> ir.StringColumn:
    """Any column as text: whole numbers without decimals, moments in ISO form."""
    kind = column.type()
    if kind.is_string():
        return column
    if kind.is_floating() or kind.is_decimal():
        if kind.is_floating():
            column = ibis.ifelse(column.isnan(), ibis.null(kind), column)
        whole = column.try_cast("decimal(38, 0)")
        return ibis.ifelse(column == whole, whole.cast("string"), column.cast("string"))
    return column.cast("string")

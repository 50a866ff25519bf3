"""Numbers and money as people write them: the mark is decided once for the whole column."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from crm_strategy.data.marks import (
    MARKS,
    PLAIN,
    SCIENTIFIC,
    UNDECIDED,
    number_pattern,
    proven_marks,
)
from crm_strategy.data.text_column import TextColumn
from crm_strategy.errors import DataError


@dataclass(frozen=True)
class Numbers:
    """How a column's numbers read, and the marks they are written with."""

    value: ir.FloatingColumn
    decimal: str | None = None
    thousands: str | None = None


def parse_numbers(column: TextColumn, *, said: str | None, likely: str | None) -> Numbers:
    """Read text as numbers: "39 000,00", "₽ 1 200", "(12,30)", "1,250,000.50".

    Each number that reads in one way only is read so, and proves the mark of the column;
    "1,000" is then read by that mark.

    Parameters
    ----------
    column
        Cleaned text, null where there is no value.
    said
        The decimal mark the parameters declare.
    likely
        The mark other columns of the file prove, for a column that does not prove its own.

    Raises
    ------
    DataError
        Some numbers read in two ways, and nothing says which.
    """
    cells = column.cells
    undecided = column.fits(UNDECIDED)
    found = column.counts(
        filled=cells.notnull(),
        plain=column.fits(PLAIN),
        scientific=column.fits(SCIENTIFIC),
        undecided=undecided,
        point=column.fits(PLAIN) & cells.contains(".") & ~undecided,
    )
    machine = found["plain"] + found["scientific"] == found["filled"]
    by_point = said == "." or (not said and (found["point"] or likely == "."))
    if machine and (not found["undecided"] or by_point):
        marked = found["point"] or found["undecided"]
        return Numbers(cells.try_cast("float64"), "." if marked else None)

    comma, point = (cells.re_search(number_pattern(mark)) for mark in MARKS)
    unclear = comma & point & cells.re_search("[.,]\\d")
    proofs = column.counts(comma=comma & ~point, point=point & ~comma, unclear=unclear)
    both = proofs["comma"] and proofs["point"]
    proven = None if both else "," if proofs["comma"] else "." if proofs["point"] else likely
    decimal = said or proven
    if proofs["unclear"] and decimal is None:
        raise DataError(_ambiguous(column, unclear, proofs["unclear"]))
    # What does not read with the column's mark may read with the other one, and only so.
    marks = sorted(MARKS, key=lambda mark: mark != (decimal or "."))
    other = proofs["comma" if marks[1] == "," else "point"]
    value = ibis.coalesce(*(_read(column, mark) for mark in (marks if other else marks[:1])))
    if found["scientific"]:
        exact = ibis.ifelse(column.fits(SCIENTIFIC), cells, ibis.null("string"))
        value = ibis.coalesce(exact.try_cast("float64"), value)
    return Numbers(value, decimal, _thousands(column))


def _read(column: TextColumn, decimal: str) -> ir.FloatingColumn:
    # The point of "р." goes with its letter.
    bare = column.cells.re_replace(rf"[A-Za-zА-я]\.|[^0-9{decimal}]", "").replace(",", ".")
    size = bare.try_cast("float64")
    signed = ibis.ifelse(column.cells.re_search("[-−–(]"), -size, size)
    reads = column.cells.re_search(number_pattern(decimal))
    return ibis.ifelse(reads, signed, ibis.null("float64"))


def _thousands(column: TextColumn) -> str | None:
    return proven_marks([column.sample()])[1]


def _ambiguous(column: TextColumn, unclear: ir.BooleanColumn, count: int) -> str:
    found = column.first(unclear) or {}
    cell = str(found.get("cell"))
    whole, _, decimals = cell.replace(",", ".").rpartition(".")
    mark = "," if "," in cell else "."
    other = "." if mark == "," else ","
    return (
        f"{column.place}: {count} numbers such as '{cell}' (row {found.get('row')}) read both as "
        "thousands and with three decimals, and no number of the file tells which.\n"
        f"Say which mark is decimal in the parameters, {column.params}:\n"
        f'    format: {{decimal: "{mark}"}}   # {whole}.{decimals}\n'
        f'    format: {{decimal: "{other}"}}   # {whole}{decimals}'
    )

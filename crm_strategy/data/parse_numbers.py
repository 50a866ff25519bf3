"""Numbers and money as people write them: the mark is decided once for the whole column."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from crm_strategy.data.marks import BLANKS, MARKS, PLAIN, SCIENTIFIC, UNDECIDED, number_pattern
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
        The decimal mark the parameters declare; numbers with the other one do not read.
    likely
        The mark other columns of the file prove, for a column that does not prove its own.

    Raises
    ------
    DataError
        Some numbers read in two ways, and nothing says which.
    """
    cells = column.cells
    if said:
        return Numbers(_read(cells, said), said, _thousands(column, said))
    undecided = column.fits(UNDECIDED)
    found = column.counts(
        filled=cells.notnull(),
        plain=column.fits(PLAIN),
        scientific=column.fits(SCIENTIFIC),
        undecided=undecided,
        point=column.fits(PLAIN) & cells.contains(".") & ~undecided,
    )
    machine = found["plain"] + found["scientific"] == found["filled"]
    if machine and (not found["undecided"] or found["point"] or likely == "."):
        marked = found["point"] or found["undecided"]
        return Numbers(cells.try_cast("float64"), "." if marked else None)

    comma, point = (cells.re_search(number_pattern(mark)) for mark in MARKS)
    unclear = comma & point & cells.re_search("[.,]\\d")
    proofs = column.counts(comma=comma & ~point, point=point & ~comma, unclear=unclear)
    both = proofs["comma"] and proofs["point"]
    proven = "," if proofs["comma"] else "." if proofs["point"] else None
    decimal = None if both else proven or likely
    if proofs["unclear"] and decimal is None:
        raise DataError(_ambiguous(column, unclear, proofs["unclear"]))
    value = (
        ibis.coalesce(*(_read(cells, mark) for mark in MARKS))
        if both
        else _read(cells, decimal or ".")
    )
    if found["scientific"]:
        exact = ibis.ifelse(column.fits(SCIENTIFIC), cells, ibis.null("string"))
        value = ibis.coalesce(exact.try_cast("float64"), value)
    return Numbers(value, decimal, _thousands(column, decimal))


def _read(cells: ir.StringColumn, decimal: str) -> ir.FloatingColumn:
    digits = cells.re_extract(number_pattern(decimal), 1)
    bare = digits.re_replace(f"[^0-9{decimal}]", "").replace(",", ".")
    size = bare.nullif("").try_cast("float64")
    return ibis.ifelse(cells.re_search(r"[-−–]|^\("), -size, size)


def _thousands(column: TextColumn, decimal: str | None) -> str | None:
    # The commonest mark before three digits, when there is one at all.
    marks = [*BLANKS, *(mark for mark in MARKS if decimal and mark != decimal)]
    counted = column.counts(
        **{
            str(number): column.cells.re_search(rf"\d[{mark}]\d{{3}}(?:\D|$)")
            for number, mark in enumerate(marks)
        }
    )
    most = max(range(len(marks)), key=lambda number: counted[str(number)])
    return marks[most] if counted[str(most)] else None


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

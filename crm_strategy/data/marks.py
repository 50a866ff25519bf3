"""Decimal marks and thousands: what numbers look like, and what a column of them proves.

"1,000" alone is undecidable: one thousand in English, one in a Russian export. "39 000,00",
"1,250,000.50" and "0,5" read in one way only, and so prove the mark of their column.
The patterns are read alike by Python and by the engines' RE2.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

MARKS = (",", ".")

BLANKS = " \u00a0\u202f\u2009\u2007'’"
"""What may stand between thousands besides a point or comma."""

EMPTY = r"(?i:[-–—]|null|none|nan|n/a|#n/a|\\n)"
"""Cells that say there is no value."""

PLAIN = r"[+-]?\d+(?:\.\d+)?"
"""A number as machines write it."""

SCIENTIFIC = r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d+"
"""A number as machines write very large and very small ones."""

UNDECIDED = r"[+-]?[1-9]\d{0,2}[.,]\d{3}"
"""Thousands or three decimals: the number itself does not say."""

_SIGN = r"[-+−–]?"
_CURRENCY = r"(?i:[₽$€£₴₸¥]|руб(?:\.|лей|ля|ль)?|р\.?|грн\.?|тг\.?|us\$|[a-z]{3})"


def number_pattern(mark: str) -> str:
    """A number with decimal `mark`, as people write money.

    Thousands may stand apart by a blank, an apostrophe or the other mark; currency and sign
    stand before or after; brackets are a minus.
    """
    other = re.escape("." if mark == "," else ",")
    grouped = rf"[1-9]\d{{0,2}}(?:[{BLANKS}]\d{{3}})+|[1-9]\d{{0,2}}(?:{other}\d{{3}})+"
    mark = re.escape(mark)
    digits = rf"(?:(?:{grouped}|\d+)(?:{mark}\d+)?|{mark}\d+)"
    blank = "[\\s\u00a0\u202f\u2009]*"
    return (
        rf"^\(?{_SIGN}{blank}(?:{_CURRENCY}{blank})?{_SIGN}{blank}{digits}"
        rf"{blank}(?:\|?{_CURRENCY})?{_SIGN}\)?$"
    )


_READS = {mark: re.compile(number_pattern(mark)) for mark in MARKS}


def proven_marks(columns: Iterable[Sequence[str | None]]) -> tuple[str | None, str | None]:
    """The decimal mark and the thousands mark that columns of numbers prove, if they agree.

    Columns count when nine in ten of their filled cells are numbers.
    """
    decimals: set[str] = set()
    thousands: Counter[str] = Counter()
    for column in columns:
        cells = [cell.strip() for cell in column if cell and cell.strip()]
        found = [(cell, _marks_of(cell)) for cell in cells]
        numbers = [(cell, marks) for cell, marks in found if marks]
        if len(numbers) < 0.9 * max(len(cells), 1):
            continue
        for cell, marks in numbers:
            if len(marks) == 1:
                decimals.update(marks)
                thousands.update(_between(cell, marks[0]))
            else:
                thousands.update(_between(cell, None))
    decimal = decimals.pop() if len(decimals) == 1 else None
    return decimal, thousands.most_common(1)[0][0] if thousands else None


def _marks_of(cell: str) -> list[str]:
    return [mark for mark in MARKS if _READS[mark].match(cell)]


def _between(cell: str, decimal: str | None) -> list[str]:
    separators = re.findall(rf"(?<=\d)([{BLANKS}.,])(?=\d{{3}}(?!\d))", cell)
    return [mark for mark in separators if mark in BLANKS or (decimal and mark != decimal)]

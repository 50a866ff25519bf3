"""What a file is written like, found out from its first bytes and rows."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence

DELIMITERS = (";", ",", "\t", "|")
"""What may separate columns, likeliest first."""

_HEADER_ROWS = 30
_SAMPLE_ROWS = 200

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PAR1", "parquet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"{\\rtf", "an RTF document"),
)

_NOT_TEXT = bytes([*range(9), *range(14, 27), *range(28, 32)])
_NUMBER_OR_DATE = re.compile(r"[\s\d.,:/\-–−+()%'₽$€]*\d[\s\d.,:/\-–−+()%'₽$€TZ]*")


def content_kind(head: bytes) -> str:
    """What the first bytes say a file is, whatever its name ends in.

    Returns
    -------
    str
        zip, parquet, old Excel, html, xml, json, text; else what kind of binary it is.
    """
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if byte_order_mark(head) in (None, "utf-8-sig") and _is_binary(head):
        return f"binary: it starts with the bytes {head[:4].hex(' ').upper()}"
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:200].lower()
    if start.startswith(b"<?xml"):
        return "html" if b"<html" in head.lower() else "xml"
    if re.match(rb"<(!doctype|html|head|meta|table|style|body|div|!--)", start):
        return "html"
    return "json" if start[:1] in (b"{", b"[") else "text"


def byte_order_mark(head: bytes) -> str | None:
    """The encoding a byte order mark declares."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return None


def likely_legacy(text: bytes) -> str:
    """cp1251 or cp1252, for text that is not UTF-8.

    Western text as cp1251 mixes alphabets within words (Mьller); Russian text does not.
    """
    words = re.findall(r"[^\W\d_]+", text.decode("cp1251", errors="replace"))
    foreign = [word for word in words if not word.isascii()]
    mixed = sum(1 for word in foreign if re.search("[A-Za-z]", word))
    return "cp1252" if mixed > len(foreign) / 2 else "cp1251"


def declared_delimiter(text: str) -> tuple[str | None, int]:
    """The delimiter of a leading `sep=;` line, and how many characters that line takes."""
    found = re.match(r'"?sep=(.)"?\r?\n', text, re.IGNORECASE)
    return (found[1], found.end()) if found else (None, 0)


def likely_delimiter(text: str) -> str:
    """The delimiter that splits the rows most evenly into the most columns with names."""
    return max(DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))


def sample_rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """The first rows with a filled cell, each after the number of characters before it."""
    buffer = io.StringIO(text, newline="")
    found: list[tuple[int, list[str]]] = []
    start = 0
    try:
        for row in csv.reader(buffer, delimiter=delimiter):
            if any(cell.strip() for cell in row):
                found.append((start, row))
            start = buffer.tell()
            if len(found) == _SAMPLE_ROWS:
                break
    except csv.Error:  # an unclosed quote: the rows before it tell enough
        pass
    return found


def header_row(rows: Sequence[Sequence[object]]) -> int:
    """Which of the first rows names the columns: the first one about as full of words as any.

    A title fills few cells; a data row holds numbers and dates, or no more words than the
    names above it.
    """
    first = rows[:_HEADER_ROWS]
    filled = [sum(1 for cell in row if not _empty(cell)) for row in first]
    words = [sum(1 for cell in row if _is_word(cell)) for row in first]
    wide = [place for place, count in enumerate(filled) if count >= 0.6 * max(filled)]
    most = max(words[place] for place in wide)
    return next(place for place in wide if words[place] >= 0.8 * most)


def column_names(cells: Sequence[object], width: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names for `width` columns, and those that had to be numbered: `Sum`, `Sum (2)`.

    Names differ by more than case, for engines do not tell `ID` from `id`; a column without
    name is called by its place.
    """
    taken = {"_file", "_row"}
    names: list[str] = []
    numbered: list[str] = []
    for place in range(width):
        cell = cells[place] if place < len(cells) else None
        wanted = " ".join(str(cell).split()) if not _empty(cell) else f"column {place + 1}"
        name = wanted
        count = 1
        while name.casefold() in taken:
            count += 1
            name = f"{wanted} ({count})"
        if count > 1:
            numbered.append(name)
        taken.add(name.casefold())
        names.append(name)
    return tuple(names), tuple(numbered)


def last_filled(cells: Iterable[object]) -> int:
    """How many cells there are up to the last one that is filled."""
    return max((place for place, cell in enumerate(cells, 1) if not _empty(cell)), default=0)


def _evenness(text: str, delimiter: str) -> float:
    rows = [row for _, row in sample_rows(text, delimiter)]
    if not rows:
        return 0
    # A quote left alone in a cell: the mark stands within quoted text.
    whole = [len(row) for row in rows if not any(cell.count('"') % 2 for cell in row)]
    if not whole:
        return 0
    width, count = Counter(whole).most_common(1)[0]
    names = rows[header_row(rows)]
    words = sum(1 for cell in names if _is_word(cell)) / len(names)
    # "Сумма, руб.": a mark with a blank after it in a name is prose.
    prose = any(cell.startswith(" ") for cell in names[1:])
    return (width - 1) * count / len(rows) * words * (0.3 if prose else 1)


def _is_binary(head: bytes) -> bool:
    return b"\0" in head or len(head.translate(None, _NOT_TEXT)) < 0.99 * len(head)


def _empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _is_word(cell: object) -> bool:
    return (
        isinstance(cell, str) and not _empty(cell) and not _NUMBER_OR_DATE.fullmatch(cell.strip())
    )

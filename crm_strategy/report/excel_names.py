"""The names of sheets and of named tables: short, legal, unique, stable."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from crm_strategy import words
from crm_strategy.report.executed import Chapter, payloads
from crm_strategy.views.payload import TABLE_MIME, TablePayload

LONGEST: Final = 31
_SHORTEST_CLAUSE: Final = 12
_ILLEGAL: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")
_RESERVED: Final = frozenset({"history"})
_WORD_END: Final = " ,;:–-("
_SMALL_WORDS: Final = re.compile(r"(?<=\w)(?: [^\W\d_A-ZА-ЯЁ]{1,3})+$")
"""Articles and prepositions that a cut leaves at the end."""


def chapter_tables(chapter: Chapter) -> list[TablePayload]:
    """The chapter's tables that get a sheet: those with rows, each table id once."""
    found: dict[str, TablePayload] = {}
    for table in payloads(chapter.cells, TABLE_MIME):
        if table["rows"]:
            found.setdefault(table["id"], table)
    return list(found.values())


def table_sheets(
    chapters: Sequence[Chapter], *, taken: Iterable[str]
) -> dict[tuple[str, str], str]:
    """The sheet of each table, by chapter name and table id, in the order of the workbook.

    Parameters
    ----------
    chapters
        In reading order.
    taken
        Names of the workbook's own sheets (Contents, Summary, …).
    """
    used = {name.casefold() for name in taken}
    sheets = {}
    for chapter in chapters:
        for table in chapter_tables(chapter):
            sheets[chapter.name, table["id"]] = sheet_name(_short(table), used)
    return sheets


def sheet_name(title: str, used: set[str]) -> str:
    """A title as a sheet's name: at most 31 characters, cut at a word, unlike `used`.

    The name is added to `used`, which holds names in casefold.
    """
    legal = " ".join(_ILLEGAL.sub(" ", title).split()).strip("' ")
    if not legal or legal.casefold() in _RESERVED:
        legal = f"{legal} 1".strip()
    name, count = _cut(legal, LONGEST), 1
    while name.casefold() in used:
        count += 1
        name = f"{_cut(legal, LONGEST - len(str(count)) - 1)} {count}"
    used.add(name.casefold())
    return name


def _short(table: TablePayload) -> str:
    """The table's short name, where the catalogue has one, else its title."""
    key = f"views.table.{table['id']}.sheet"
    return words.say(key) if words.known(key) else table["title"]


def table_name(table_id: str, used: set[str]) -> str:
    """The name of an Excel table: tbl and its English id, as `tblDataFindings`."""
    words = re.findall(r"[A-Za-z0-9]+", table_id) or ["Table"]
    stem = "tbl" + "".join(word[:1].upper() + word[1:] for word in words)
    name, count = stem[:200], 1
    while name.casefold() in used:
        count += 1
        name = f"{stem[:200]}{count}"
    used.add(name.casefold())
    return name


def _cut(text: str, most: int) -> str:
    for mark in (";", ",", ":", " ("):
        head = text.split(mark)[0].strip()
        if len(text) > most and _SHORTEST_CLAUSE <= len(head) <= most:
            return head
    if len(text) <= most:
        return text
    words, cut = text.split(), ""
    for word in words:
        if len(f"{cut} {word}".strip()) > most:
            break
        cut = f"{cut} {word}".strip()
    return _SMALL_WORDS.sub("", cut or text[:most]).rstrip(_WORD_END)

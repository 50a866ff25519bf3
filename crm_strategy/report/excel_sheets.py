"""One sheet for one table: finding, basis, named table, notes."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Final

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table as NamedTable
from openpyxl.worksheet.table import TableStyleInfo

from crm_strategy import words
from crm_strategy.report.excel_cells import (
    BOLD,
    body_look,
    is_right,
    printed_widths,
    put,
    put_text,
    sheet_columns,
    sheet_text,
)
from crm_strategy.report.excel_names import table_name
from crm_strategy.report.excel_style import Look, Styles, status_rules
from crm_strategy.views.payload import ColumnPayload, TablePayload, cell_kinds
from crm_strategy.views.theme import EXCEL
from crm_strategy.words.numbers import format_count

HEADER_ROW: Final = 3
NARROWEST: Final = 11
WIDEST: Final = 48
_TRIED: Final = (
    (WIDEST, NARROWEST, 2),
    (40, NARROWEST, 2),
    (32, NARROWEST, 2),
    (26, NARROWEST, 2),
    (26, 9, 3),
    (22, 9, 3),
)
"""How wide and how narrow columns may be and the lines of their labels, tried until the table
prints readably on one page's width."""

PAPER_WIDTH: Final = 1740.0
"""Pixels that A4 holds lying, at 60 %."""

EXTRA_WIDTH: Final = 13
_NOTE_WIDTH: Final = 100
_LINE_HEIGHT: Final = 15
_FINDING_SCALE: Final = 1.4  # a 14 pt bold character against an 11 pt one
_LONGEST_LABEL: Final = 200  # Excel allows 255 in a named table
_LONGEST_HEADING: Final = 150


@dataclass
class Book:
    """A workbook in the making: its styles and the names already given."""

    workbook: Any
    footer: str
    contents: str
    styles: Styles = field(default_factory=Styles)
    table_names: set[str] = field(default_factory=set)


@dataclass
class Sheet:
    """A sheet and how far it is written.

    `places` tells where each payload column stands (1 is A), `last_row` the last row of the
    table's body, `end_row` and `end_column` the print area, `text_column` the last of the table
    with its heading and notes, without pictures.
    """

    book: Book
    page: Any
    widths: list[float]
    places: dict[str, int] = field(default_factory=dict)
    last_row: int = HEADER_ROW
    end_row: int = HEADER_ROW
    end_column: int = 1
    text_column: int = 1


def new_sheet(book: Book, name: str, *, heading: str, basis: str, widths: Sequence[float]) -> Sheet:
    """A sheet with its heading in A1, its basis in A2, and a way back to the contents."""
    page = book.workbook.create_sheet(name)
    sheet = Sheet(book, page, list(widths))
    page.sheet_view.showGridLines = False
    page.freeze_panes = "B4"
    for at, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(at)].width = width
    put_text(page["A1"], heading, book.styles, Look(role="finding"))
    put_text(page["A2"], basis, book.styles, Look(role="note"))
    page.row_dimensions[1].height = 24
    page.row_dimensions[2].height = 18
    linked = _reach(sheet, min(len(heading) * _FINDING_SCALE, _LONGEST_HEADING)) + 1
    linked = max(linked, len(widths))
    widen(sheet, max(linked, _reach(sheet, min(len(basis), _LONGEST_HEADING))))
    sheet.text_column = max(len(widths), linked - 1)
    if name != book.contents:
        link(book, page.cell(1, linked), words.say("report.contents"), book.contents)
    return sheet


def _reach(sheet: Sheet, needed: float) -> int:
    """How many columns a text of this width runs over; it needs the cells at its right empty."""
    for at, reached in enumerate(accumulate(sheet.widths), start=1):
        if reached >= needed:
            return at
    return len(sheet.widths) + math.ceil((needed - sum(sheet.widths)) / EXTRA_WIDTH)


def widen(sheet: Sheet, column: int) -> None:
    """Let the sheet's print area reach at least this column."""
    sheet.end_column = max(sheet.end_column, column)
    for at in range(len(sheet.widths) + 1, column + 1):
        sheet.page.column_dimensions[get_column_letter(at)].width = EXTRA_WIDTH


def link(book: Book, cell: Any, text: str, sheet: str) -> None:
    """A link to the top of another sheet."""
    quoted = sheet.replace("'", "''")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!A1")
    put_text(cell, text, book.styles, Look(role="link"))


def table_sheet(book: Book, name: str, table: TablePayload, *, heading: str, basis: str) -> Sheet:
    """A sheet for a table's payload."""
    columns = sheet_columns(table)
    labels = [table["columns"][at]["label"] for at in columns]
    link_width = len(words.say("report.contents")) + 2
    widths = _fitting_widths(labels, printed_widths(table, columns), last=link_width)
    sheet = new_sheet(book, name, heading=heading, basis=basis, widths=widths)
    write_table(sheet, table, top=HEADER_ROW, name=table["id"])
    notes = [table["note"], rows_left_out(table), table["source"]]
    write_notes(sheet, [note for note in notes if note])
    return sheet


def pixels(widths: Sequence[float]) -> float:
    """The width of columns in pixels."""
    return sum(7 * width + 5 for width in widths)


def columns_on_paper(widths: Sequence[float]) -> int:
    """How many of the columns fit on one page's width."""
    reached = accumulate(pixels([width]) for width in widths)
    return max(1, sum(end <= PAPER_WIDTH for end in reached))


def _fitting_widths(labels: Sequence[str], longest: Sequence[int], *, last: int) -> list[float]:
    """The columns' widths, long texts and labels broken into lines as far as paper needs it.

    The last column is at least `last` wide: the link to the contents may stand above it, and
    what lies beyond it does not print.
    """
    widths: list[float] = []
    for widest, narrowest, lines in _TRIED:
        widths = [
            _fitting_width(label, cell, widest, narrowest, lines)
            for label, cell in zip(labels, longest, strict=True)
        ]
        widths[-1:] = [max(width, float(last)) for width in widths[-1:]]
        if pixels(widths) <= PAPER_WIDTH:
            break
    return widths


def rows_left_out(table: TablePayload) -> str:
    """How many rows the sheet shows of how many, if not all."""
    shown = len(table["rows"]) - bool(table["total"])
    if table["row_count"] <= shown:
        return ""
    said = {"shown": format_count(shown), "rows": format_count(table["row_count"])}
    return words.say("report.rows_left_out", **said)


def _fitting_width(label: str, longest: int, widest: int, narrowest: int, lines: int) -> float:
    """A column's width: its cells on one line up to a limit, its label on at most so many."""
    word = max(map(len, label.split()), default=0)
    # Bold, and beside the indent of its cell.
    label_width = math.ceil(round(max(math.ceil(len(label) / lines), word) * BOLD + 2.1, 6))
    return float(min(max(longest + 2, label_width, narrowest), widest))


def write_table(sheet: Sheet, table: TablePayload, *, top: int, name: str) -> None:
    """Write a payload as a named table with its header in row `top`; a total goes below it."""
    page, styles = sheet.page, sheet.book.styles
    columns = sheet_columns(table)
    write_header(sheet, [table["columns"][at] for at in columns], top=top)
    kinds = [cell_kinds(table, table["columns"][at]["name"]) for at in columns]
    for row in range(len(table["rows"])):
        values = [sheet_text(table, row, at) for at in columns]
        bold = [place == 0 or kind[row] == "status" for place, kind in enumerate(kinds)]
        lines = max(map(line_count, values, sheet.widths, bold))
        for place, at in enumerate(columns):
            look = body_look(table, row, at, first=place == 0, wrap=lines > 1)
            cell = page.cell(top + 1 + row, place + 1)
            put(cell, values[place], kinds[place][row], styles, look)
        page.row_dimensions[top + 1 + row].height = row_height(lines)
    body = len(table["rows"]) - bool(table["total"])
    sheet.places = {table["columns"][at]["name"]: place + 1 for place, at in enumerate(columns)}
    sheet.last_row = top + body
    sheet.end_row = max(sheet.end_row, top + len(table["rows"]))
    add_named_table(sheet, name, top=top, last_row=sheet.last_row, columns=len(columns))
    for place, at in enumerate(columns):
        if table["columns"][at]["kind"] in {"status", "verdict"}:
            tint_statuses(sheet, column=place + 1, top=top + 1, last_row=sheet.last_row)


def write_header(sheet: Sheet, columns: Sequence[ColumnPayload], *, top: int) -> None:
    """The header row; labels are made unlike each other, as a named table needs."""
    used: set[str] = set()
    lines = 1
    for place, column in enumerate(columns):
        stem = " ".join(column["label"].split())[:_LONGEST_LABEL] or column["name"]
        label, count = stem, 1
        while label.casefold() in used:
            count += 1
            label = f"{stem} {count}"
        used.add(label.casefold())
        look = Look(role="header", right=is_right(column["kind"]), indent=place > 0)
        put_text(sheet.page.cell(top, place + 1), label, sheet.book.styles, look)
        lines = max(lines, line_count(label, sheet.widths[place] - 1, bold=True))
    sheet.page.row_dimensions[top].height = max(EXCEL.row_height, 2 + _LINE_HEIGHT * lines)


def add_named_table(sheet: Sheet, name: str, *, top: int, last_row: int, columns: int) -> None:
    """Name the range so that formulas and pivots can use it."""
    ref = f"A{top}:{get_column_letter(columns)}{last_row}"
    named = NamedTable(displayName=table_name(name, sheet.book.table_names), ref=ref)
    named.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.page.add_table(named)


def tint_statuses(sheet: Sheet, *, column: int, top: int, last_row: int) -> None:
    """Tint a column's statuses as their shapes say."""
    letter = get_column_letter(column)
    for rule in status_rules(f"{letter}{top}"):
        sheet.page.conditional_formatting.add(f"{letter}{top}:{letter}{last_row}", rule)


def write_notes(sheet: Sheet, notes: Sequence[str]) -> None:
    """Notes below the table, broken into lines that stay on the page."""
    printed = sheet.widths[: columns_on_paper(sheet.widths)]
    width = max(int(sum(printed)), _NOTE_WIDTH)
    widen(sheet, _reach(sheet, width))
    row = sheet.end_row + 1
    for note in notes:
        for line in textwrap.wrap(note, width):
            row += 1
            put_text(sheet.page.cell(row, 1), line, sheet.book.styles, Look(role="note"))
    if notes:
        sheet.end_row = row


def line_count(text: Any, width: float, bold: bool = False) -> int:
    """How many lines a text takes in a column of this width."""
    if not isinstance(text, str):
        return 1
    # A billionth of slack: 11 / 1.1 is 10.
    fitting = max(int(width / (BOLD if bold else 1.0) + 1e-9) - 1, 1)
    return sum(max(1, len(textwrap.wrap(line, fitting))) for line in text.split("\n"))


def row_height(lines: int) -> float:
    """The height of a row of this many lines, in points; Excel allows 409."""
    return min(EXCEL.row_height + _LINE_HEIGHT * (lines - 1), 409)

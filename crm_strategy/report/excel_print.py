"""How a sheet prints: readable pages, the heads repeated, long lists cut where the page says so."""

from dataclasses import dataclass
from typing import Any, Final

from openpyxl.drawing.spreadsheet_drawing import AnchorClientData
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins

from crm_strategy import words
from crm_strategy.report.excel_sheets import (
    EXTRA_WIDTH,
    HEADER_ROW,
    Sheet,
    columns_on_paper,
    pixels,
)
from crm_strategy.words.numbers import format_count

SMALLEST_SCALE: Final = 0.6
"""A sheet that would print smaller goes over several pages instead."""

MOST_PRINTED: Final = 260
"""Rows of a list that print, about five pages; the heading says how many there are."""

_A4: Final = 9
_LONG_SIDE, _SHORT_SIDE = 11.69, 8.27  # inches
_BESIDE, _ABOVE, _BELOW = 0.4, 0.5, 0.6
_LONGEST_FOOTER: Final = 100  # Excel allows 255 in all three parts of a footer
_DEFAULT_HEIGHT: Final = 15.0


@dataclass(frozen=True)
class Paper:
    """A4 lying or upright: what fits on one page at full size, in pixels and points."""

    orientation: str
    width: float
    height: float

    def scale(self, width: float) -> float:
        """How small a sheet of this width prints on one page's width."""
        return min(1.0, self.width / width)


def _paper(orientation: str, across: float, down: float) -> Paper:
    return Paper(orientation, 96 * (across - 2 * _BESIDE), 72 * (down - _ABOVE - _BELOW))


LANDSCAPE: Final = _paper("landscape", _LONG_SIDE, _SHORT_SIDE)
PORTRAIT: Final = _paper("portrait", _SHORT_SIDE, _LONG_SIDE)


def finish(sheet: Sheet) -> None:
    """Print set-up: A4, the first rows and the first column repeated, a footer.

    A sheet prints lying, one page wide. Of one that would be smaller than `SMALLEST_SCALE` the
    first columns print, those the heading speaks of. A list of several pages prints upright
    where that is not too small, without the picture beside it, and its first `MOST_PRINTED`
    rows. The line under the heading says which rows and columns print.
    """
    page = sheet.page
    one_page = _scale_on_one_page(sheet) >= SMALLEST_SCALE
    last = sheet.end_column if one_page else min(sheet.text_column, _columns_on_paper(sheet))
    width = _width(sheet, last)
    paper = LANDSCAPE
    if not one_page and PORTRAIT.scale(width) >= SMALLEST_SCALE:
        paper = PORTRAIT
    for drawn in [] if one_page else [*page._charts, *page._images]:
        if drawn.anchor._from.col:
            drawn.anchor.clientData = AnchorClientData(fPrintsWithSheet=False)
    page.print_title_rows = f"1:{HEADER_ROW}"
    page.page_setup.orientation = paper.orientation
    page.page_setup.paperSize = _A4
    page.page_margins = PageMargins(
        left=_BESIDE, right=_BESIDE, top=_ABOVE, bottom=_BELOW, header=0.3, footer=0.3
    )
    page.print_area = ",".join(_areas(sheet, last))
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_setup.fitToWidth = 1
    page.page_setup.fitToHeight = 1 if one_page else 0
    page.oddFooter.left.text = sheet.book.footer[:_LONGEST_FOOTER].replace("&", "&&")
    page.oddFooter.center.text = "&A"
    page.oddFooter.right.text = "&P / &N"


def _scale_on_one_page(sheet: Sheet) -> float:
    height = sum(_height(sheet.page, row) for row in range(1, sheet.end_row + 1))
    return min(LANDSCAPE.scale(_width(sheet, sheet.end_column)), LANDSCAPE.height / height)


def _height(page: Any, row: int) -> float:
    return float(page.row_dimensions[row].height or _DEFAULT_HEIGHT)


def _width(sheet: Sheet, last: int) -> float:
    """The width of the first columns in pixels."""
    return pixels([*sheet.widths, *[EXTRA_WIDTH] * last][:last])


def _columns_on_paper(sheet: Sheet) -> int:
    widths = [*sheet.widths, *[EXTRA_WIDTH] * (sheet.text_column - len(sheet.widths))]
    return columns_on_paper(widths)


def _areas(sheet: Sheet, last: int) -> list[str]:
    """What prints, part by part; of a long list its first rows, then what is below it."""
    rows, end = sheet.last_row - HEADER_ROW, get_column_letter(last)
    if last < len(sheet.places):
        _add_to_basis(sheet, "views.columns_on_paper", len(sheet.places), last)
    if rows > MOST_PRINTED:
        _add_to_basis(sheet, "views.rows_on_paper", rows, MOST_PRINTED)
        below = range(sheet.last_row + 1, sheet.end_row + 1)
        parts = [f"A1:{end}{HEADER_ROW + MOST_PRINTED}"]
        return [*parts, f"A{below[0]}:{end}{below[-1]}"] if below else parts
    return [f"A1:{end}{sheet.end_row}"]


def _add_to_basis(sheet: Sheet, said: str, count: int, shown: int) -> None:
    """Say under the heading how much of the sheet prints."""
    basis = str(sheet.page["A2"].value).removesuffix(".")
    text = words.say_count(said, count, shown=format_count(shown))
    sheet.page["A2"].value = f"{basis}. {text}"

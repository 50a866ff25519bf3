"""Where charts stand on a sheet: native ones, and pictures of all others."""

import math
from base64 import b64decode
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from openpyxl.drawing.image import Image
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.utils.units import pixels_to_EMU

from crm_strategy.report.excel_charts import is_native, native_chart
from crm_strategy.report.excel_sheets import EXTRA_WIDTH, HEADER_ROW, Sheet, widen
from crm_strategy.views.payload import ChartPayload, TablePayload, column_cells

_WIDTH, _HEIGHT = 720, 320
_ROW_PIXELS: Final = 20  # a default row; the table's own are higher
_EXTRA_PIXELS: Final = EXTRA_WIDTH * 7 + 5


class DescribedAnchor(OneCellAnchor):  # type: ignore[misc]
    """An anchor that gives its chart or picture the words that stand for it."""

    __attrs__ = OneCellAnchor.__attrs__
    __elements__ = OneCellAnchor.__elements__
    __nested__ = OneCellAnchor.__nested__
    __namespaced__ = OneCellAnchor.__namespaced__

    def __init__(self, *, alt: str, **kw: Any) -> None:
        super().__init__(**kw)
        self.alt = alt

    def to_tree(self, *args: Any, **kw: Any) -> Any:
        """The anchor as XML, with the alternative text."""
        if self.graphicFrame is not None:
            self.graphicFrame.nvGraphicFramePr.cNvPr.descr = self.alt
        if self.pic is not None:
            self.pic.nvPicPr.cNvPr.descr = self.alt
        return super().to_tree(*args, **kw)


def table_rows(chart: ChartPayload, table: TablePayload) -> tuple[int, int] | None:
    """The rows of a table that hold a chart's figures: first and last, counted from 0.

    None if the table lacks a column or a figure of the chart, or holds them apart.
    """
    names = [chart["category"], *chart["values"]]
    held = {column["name"] for column in table["columns"]}
    if not set(names) <= held or not chart["rows"]:
        return None
    body = len(table["rows"]) - bool(table["total"])
    shown = list(zip(*(column_cells(table, name) for name in names), strict=True))[:body]
    drawn = list(zip(*(column_cells(chart, name) for name in names), strict=True))
    if drawn[0] not in shown:
        return None
    first = shown.index(drawn[0])
    last = first + len(drawn) - 1
    return (first, last) if shown[first : last + 1] == drawn else None


@dataclass
class Gallery:
    """Places charts on a sheet: below the table, or beside a long one while there is room."""

    sheet: Sheet
    _beside_row: int = HEADER_ROW

    def add(self, chart: ChartPayload, rows: tuple[int, int] | None) -> None:
        """Add a chart: native if it is small bars or lines whose figures are on the sheet.

        Parameters
        ----------
        chart
            The chart's payload.
        rows
            Which rows of the sheet's table hold its figures, counted from 0.
        """
        if rows is not None and is_native(chart):
            first = HEADER_ROW + 1 + rows[0]
            drawn = native_chart(self.sheet, chart, header=HEADER_ROW, first=first)
            self._place(drawn, chart["alt"], _WIDTH, _HEIGHT)
            self.sheet.page.add_chart(drawn)
        elif chart["wide"]:
            picture = Image(BytesIO(b64decode(chart["wide"])))
            picture.width, picture.height = chart["wide_size"]
            self._place(picture, chart["alt"], *chart["wide_size"])
            self.sheet.page.add_image(picture)

    def _place(self, drawn: Any, alt: str, width: int, height: int) -> None:
        sheet, rows = self.sheet, math.ceil(height / _ROW_PIXELS) + 1
        if self._beside_row + rows < sheet.last_row:
            column, row = len(sheet.widths), self._beside_row
            self._beside_row += rows
        else:
            column, row = 0, sheet.end_row + 1
            sheet.end_row = row + rows
        reached = column + math.ceil(width / _EXTRA_PIXELS) + 1 if column else 0
        widen(sheet, reached)
        marker = AnchorMarker(col=column, row=row, colOff=pixels_to_EMU(20) if column else 0)
        size = XDRPositiveSize2D(pixels_to_EMU(width), pixels_to_EMU(height))
        drawn.anchor = DescribedAnchor(alt=alt, _from=marker, ext=size)

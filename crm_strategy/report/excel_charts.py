"""Native Excel charts of a sheet's cells, with cached values: phones do not calculate."""

from datetime import date
from typing import Any, Final

from openpyxl.chart import BarChart, LineChart
from openpyxl.chart.axis import DateAxis
from openpyxl.chart.data_source import (
    AxDataSource,
    NumData,
    NumDataSource,
    NumRef,
    NumVal,
    StrData,
    StrRef,
    StrVal,
)
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.legend import Legend
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.chart.title import title_maker
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.utils.datetime import to_excel

from crm_strategy import words
from crm_strategy.report.excel_cells import excel_value
from crm_strategy.report.excel_sheets import Sheet
from crm_strategy.views import theme
from crm_strategy.views.markup import cell_text
from crm_strategy.views.payload import ChartPayload, cell_kinds, column_cells, column_index

MOST_POINTS: Final = 50
NATIVE: Final = {
    "bars": "bar",
    "funnel": "bar",
    "columns": "col",
    "line": "line",
}
"""Chart kinds that Excel draws itself: bars lying, columns standing, lines."""

_LINE_WIDTH: Final = 25400  # EMU: 2 points
_SERIES: Final = (
    theme.MARKS["actual"],
    theme.MARKS["other"],
    theme.LIGHT["focus"],
    theme.MARKS["previous"],
    theme.LIGHT["none"],
)


def has_total(chart: ChartPayload) -> bool:
    """Whether the last row of a chart's figures is their total, which is not drawn."""
    keys = chart["keys"].get(chart["category"])
    if not keys or keys[-1] is not None:
        return False
    return bool(column_cells(chart, chart["category"])[-1] == words.say("views.total"))


def without_total(chart: ChartPayload) -> ChartPayload:
    """The chart with the rows that it draws."""
    return {**chart, "rows": chart["rows"][:-1]} if has_total(chart) else chart


def point_count(chart: ChartPayload) -> int:
    """How many marks a chart draws."""
    return len(chart["rows"]) * len(chart["values"])


def is_native(chart: ChartPayload) -> bool:
    """Whether Excel draws the chart itself: bars or lines, few points, one kind of number."""
    kinds = {kind for name in chart["values"] for kind in cell_kinds(chart, name)}
    return chart["kind"] in NATIVE and point_count(chart) <= MOST_POINTS and len(kinds) == 1


def native_chart(sheet: Sheet, chart: ChartPayload, *, header: int, first: int) -> Any:
    """An Excel chart of the figures in `sheet.places`.

    Parameters
    ----------
    sheet
        Where the chart's figures stand.
    chart
        The chart's payload; `is_native`.
    header
        The row of the series' names.
    first
        The row of the first figures; the others follow.
    """
    form = NATIVE[chart["kind"]]
    drawn = LineChart() if form == "line" else BarChart()
    last = first + len(chart["rows"]) - 1
    kind = cell_kinds(chart, chart["values"][0])[0]
    for at, name in enumerate(chart["values"]):
        series = Series(
            val=NumDataSource(numRef=_numbers(sheet, chart, name, first, last, kind)),
            cat=_categories(sheet, chart, first, last),
            tx=SeriesLabel(strRef=_label(sheet, chart, name, header)),
            idx=at,
            order=at,
        )
        _dress_series(series, form, _SERIES[at % len(_SERIES)])
        drawn.series.append(series)
    # One series says what it is; the heading above it is the sheet's.
    drawn.title = title_maker(_label_of(chart, *chart["values"]))
    drawn.title.overlay = False
    drawn.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_letters(1100, bold=True))
    drawn.legend = Legend() if len(chart["values"]) > 1 else None
    if drawn.legend:
        drawn.legend.position = "b"
        drawn.legend.overlay = False
    if form != "line":
        drawn.type = form
        drawn.gapWidth = 50
    if len(chart["values"]) == 1 and form != "line":
        drawn.dataLabels = DataLabelList(
            showVal=True,
            showSerName=False,
            showCatName=False,
            showLegendKey=False,
            showPercent=False,
            numFmt=theme.excel_format(kind),
            txPr=_text(900, theme.LIGHT["ink"]),
        )
    _dress_axes(drawn, chart, form, kind)
    return drawn


def _numbers(
    sheet: Sheet, chart: ChartPayload, name: str, first: int, last: int, kind: str
) -> NumRef:
    stored = [excel_value(cell, kind) for cell in column_cells(chart, name)]
    points = [
        NumVal(idx=at, v=repr(value))
        for at, value in enumerate(stored)
        if isinstance(value, (int, float))
    ]
    cache = NumData(formatCode=theme.excel_format(kind), ptCount=len(stored), pt=points)
    return NumRef(f=_range(sheet, name, first, last), numCache=cache)


def _categories(sheet: Sheet, chart: ChartPayload, first: int, last: int) -> AxDataSource:
    name = chart["category"]
    kind = cell_kinds(chart, name)[0]
    cells = column_cells(chart, name)
    where = _range(sheet, name, first, last)
    if kind in {"date", "month"}:
        points = [
            NumVal(idx=at, v=str(to_excel(date.fromisoformat(str(cell)[:10]))))
            for at, cell in enumerate(cells)
        ]
        cache = NumData(formatCode=theme.excel_format(kind), ptCount=len(cells), pt=points)
        return AxDataSource(numRef=NumRef(f=where, numCache=cache))
    texts = [StrVal(idx=at, v=cell_text(cell, kind)) for at, cell in enumerate(cells)]
    return AxDataSource(strRef=StrRef(f=where, strCache=StrData(ptCount=len(cells), pt=texts)))


def _label(sheet: Sheet, chart: ChartPayload, name: str, header: int) -> StrRef:
    cache = StrData(ptCount=1, pt=[StrVal(idx=0, v=_label_of(chart, name))])
    return StrRef(f=_range(sheet, name, header, header), strCache=cache)


def _label_of(chart: ChartPayload, *names: str) -> str:
    if len(names) > 1:
        return chart["title"]
    return chart["columns"][column_index(chart, names[0])]["label"]


def _range(sheet: Sheet, name: str, first: int, last: int) -> str:
    letter = get_column_letter(sheet.places[name])
    where = f"${letter}${first}" + ("" if first == last else f":${letter}${last}")
    return f"{quote_sheetname(sheet.page.title)}!{where}"


def _dress_series(series: Any, form: str, colour: str) -> None:
    fill = colour.lstrip("#")
    if form == "line":
        line = LineProperties(solidFill=fill, w=_LINE_WIDTH)
        series.graphicalProperties = GraphicalProperties(ln=line)
        series.smooth = False
        series.marker = Marker(symbol="none")
    else:
        series.graphicalProperties = GraphicalProperties(solidFill=fill)
        series.invertIfNegative = False


def _dress_axes(drawn: Any, chart: ChartPayload, form: str, kind: str) -> None:
    category_kind = cell_kinds(chart, chart["category"])[0]
    if form == "line" and category_kind in {"date", "month"}:
        drawn.x_axis = DateAxis(crossAx=100)
        drawn.y_axis.crossAx = drawn.x_axis.axId
    if category_kind in {"date", "month"}:
        drawn.x_axis.number_format = theme.excel_format(category_kind)
    drawn.y_axis.number_format = theme.excel_format(kind)
    if form == "bar":
        drawn.x_axis.scaling.orientation = "maxMin"
        drawn.y_axis.crosses = "max"  # the first bar is on top, the scale below the last
    if form != "line":
        drawn.y_axis.scaling.min = None if _below_zero(chart) else 0
    drawn.x_axis.tickLblPos = "low"  # beside the chart, also where bars run below zero
    drawn.x_axis.majorGridlines = None
    drawn.y_axis.majorGridlines.spPr = _rule(theme.MARKS["grid"])
    for axis in (drawn.x_axis, drawn.y_axis):
        axis.delete = False
        axis.majorTickMark = "none"
        axis.txPr = _text(900, theme.LIGHT["mut"])
        axis.spPr = _rule(theme.MARKS["axis"])


def _below_zero(chart: ChartPayload) -> bool:
    return any(
        isinstance(cell, (int, float)) and cell < 0
        for name in chart["values"]
        for cell in column_cells(chart, name)
    )


def _rule(colour: str) -> GraphicalProperties:
    return GraphicalProperties(ln=LineProperties(solidFill=colour.lstrip("#"), w=9525))


def _text(size: int, colour: str) -> RichText:
    letters = _letters(size, colour=colour)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=letters), endParaRPr=letters)])


def _letters(size: int, *, bold: bool = False, colour: str = theme.LIGHT["ink"]) -> Any:
    return CharacterProperties(sz=size, b=bold, solidFill=colour.lstrip("#"))

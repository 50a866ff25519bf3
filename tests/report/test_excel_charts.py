"""Charts of the workbook: native where Excel draws them alike, pictures otherwise."""

import re
import zipfile
from datetime import datetime
from io import BytesIO

from tests.report.by_hand import (
    chart,
    column,
    notebook,
    said,
    segments_chart,
    segments_table,
    shown,
    table,
)
from tests.report.excel_by_hand import TEXT, book, export, report, sheet_of


def test_a_small_chart_of_bars_is_native_on_the_sheet_of_its_table():
    sheet = book(report())["Segments"]
    (drawn,) = sheet._charts
    (series,) = drawn.series
    assert drawn.type == "bar"
    assert series.val.numRef.f == "'Segments'!$D$4:$D$6"
    assert series.cat.strRef.f == "'Segments'!$A$4:$A$6"
    cached = [point.v for point in series.val.numRef.numCache.pt]
    assert cached == [1142683, 1298504, 1194623]
    assert (drawn.x_axis.delete, drawn.y_axis.delete) == (False, False)
    assert sheet._images == []


def test_a_small_line_is_native_on_a_sheet_of_its_own_and_not_smoothed():
    sheet = book(report())["Revenue by month"]
    (drawn,) = sheet._charts
    assert drawn.series[0].smooth is False
    assert drawn.series[0].val.numRef.f == "'Revenue by month'!$B$4:$B$6"
    assert sheet["A4"].value == datetime(2026, 7, 1)
    assert drawn.x_axis.tagname == "dateAx"


def test_other_charts_and_large_ones_are_pictures():
    assert len(book(report())["Moves of customers"]._images) == 1
    columns = [TEXT, column("revenue", "money", "Revenue")]
    rows = [[f"Segment {at}", at] for at in range(51)]
    large = sheet_of(chart(columns, rows))
    assert (large._charts, len(large._images)) == ([], 1)
    assert len(sheet_of(chart(columns, rows[:50]))._charts) == 1


def test_a_chart_whose_figures_its_table_lacks_gets_a_sheet_with_them():
    columns = [TEXT, column("revenue", "money", "Revenue")]
    other = chart(columns, [["New", 7.0]], beside="segments", title="New only")
    read = book(notebook(said(), shown(segments_table()), shown(other)))
    assert read["Segments"]._charts == []
    assert (read["New only"]["B4"].value, len(read["New only"]._charts)) == (7, 1)


def test_charts_and_pictures_say_their_alternative_text():
    with zipfile.ZipFile(BytesIO(export(report()))) as file:
        drawings = [file.read(name).decode() for name in file.namelist() if "/drawing" in name]
    described = re.findall(r'descr="([^"]*)"', "".join(drawings))
    assert described == ["Bar chart of revenue by segment."] * 3


def test_a_charts_total_is_not_drawn():
    payload = segments_chart()
    payload["rows"].append(["Total", 3635810.0])
    payload["keys"]["segment"].append(None)
    (drawn,) = sheet_of(segments_table(), payload)._charts
    assert drawn.series[0].val.numRef.f == "'Segments'!$D$4:$D$6"


def test_charts_stand_beside_a_long_table_and_below_a_short_one():
    def anchor(rows):
        sheet = sheet_of(
            table([TEXT, column("revenue", "money", "Revenue")], rows),
            chart([TEXT, column("revenue", "money", "Revenue")], rows[:20], beside="segments"),
        )
        return sheet._charts[0].anchor._from

    rows = [[f"Segment {at}", at] for at in range(40)]
    assert (anchor(rows).row, anchor(rows).col) == (3, 2)
    assert (anchor(rows[:10]).row, anchor(rows[:10]).col) == (14, 0)

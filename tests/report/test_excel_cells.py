"""Cells of the workbook: real numbers and dates, text that stays text, statuses, labels."""

from datetime import datetime

import pytest

from crm_strategy.report.merge import merge
from tests.report.by_hand import META, RU, column, finding, kpis_table, notebook, shown, table
from tests.report.excel_by_hand import TEXT, book, one_cell, report, sheet_of


@pytest.mark.parametrize(
    ("kind", "value", "stored", "english", "russian"),
    [
        ("count", 1245715, 1245715, "#,##0", "#,##0"),
        ("money", 1245715.25, 1245715.25, '"€"#,##0', '#,##0 "€"'),
        ("unit_money", 71.2, 71.2, '"€"#,##0.00', '#,##0.00 "€"'),
        ("share", 0.758, 0.758, "0.0%", "0.0%"),
        ("change", -0.033, -0.033, "+0.0%;-0.0%;0.0%", "+0.0%;-0.0%;0.0%"),
        ("ratio", 1.8, 1.8, "0.00", "0.00"),
        ("date", "2026-09-30", datetime(2026, 9, 30), "d mmm yyyy", "dd.mm.yyyy"),
        ("month", "2026-09-01", datetime(2026, 9, 1), "mmm yyyy", "mm.yyyy"),
    ],
)
def test_numbers_and_dates_are_real_in_the_languages_format(kind, value, stored, english, russian):
    for meta, number_format in ((META, english), ({**META, **RU}, russian)):
        cell = one_cell(value, kind, meta)
        assert (cell.value, cell.number_format) == (stored, number_format)


def test_percentage_points_are_stored_as_points():
    assert one_cell(-0.033, "points").value == pytest.approx(-3.3)


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_no_value_is_an_empty_cell(value):
    assert one_cell(value, "money").value is None


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ({"suppressed": True, "text": "<10"}, "count", "<10"),
        (12345678901234567890, "count", "12345678901234567890"),
        (True, "text", "Yes"),
        ("bell\x07", "text", "bell"),
    ],
)
def test_what_is_no_number_is_text(value, kind, text):
    cell = one_cell(value, kind)
    assert (cell.value, cell.data_type) == (text, "s")


@pytest.mark.parametrize(
    "text", ["=cmd()|' /C calc'!A0", "+79001234567", "-1", "@SUM(A1)", "#N/A", "🛒 שלום", "ж" * 300]
)
def test_text_stays_text_everywhere(text):
    ask = {"title": text, "why": text, "owner": text, "evidence": "measured"}
    views = [
        finding(text, severity="act", decision=ask),
        table([column("segment", "text", text), TEXT], [[text, text]], title=text, source=text),
    ]
    made = merge([notebook(*map(shown, views), chapter="03_segments")], {**META, "client": text})
    read = book(made)
    cells = [cell for sheet in read for row in sheet.iter_rows() for cell in row if cell.value]
    assert all(cell.data_type != "f" and cell.data_type != "e" for cell in cells)
    same = [cell for cell in cells if cell.value == text]
    assert len(same) >= 6
    assert all(cell.quotePrefix == text.startswith(("=", "+", "-", "@")) for cell in same)


def test_a_status_is_shape_and_word_with_conditional_tints():
    sheet = book(report())["Goals"]
    assert [sheet.cell(row, 9).value for row in (4, 5, 6)] == [
        "● On track",
        "▲ At risk",
        "○ No data",
    ]
    (tinted,) = sheet.conditional_formatting
    tints = {rule.formula[0]: rule.dxf.fill.bgColor.rgb[2:] for rule in tinted.rules}
    assert str(tinted.sqref) == "I4:I6"
    assert tints == {
        'LEFT(I4,1)="●"': "E2F1E9",
        'LEFT(I4,1)="▲"': "FBEFD9",
        'LEFT(I4,1)="◆"': "FBE5E2",
        'LEFT(I4,1)="○"': "ECEFF2",
    }


def test_a_kpi_is_written_in_its_own_unit_and_its_sparkline_left_out():
    sheet = sheet_of(kpis_table())
    assert [cell.value for cell in sheet[3]][:3] == ["KPI", "Value", "Low"]
    assert "13 quarters" not in [cell.value for cell in sheet[3]]
    assert [sheet.cell(row, 2).number_format for row in (4, 5, 6)] == [
        '"€"#,##0',
        "0.0%",
        "#,##0",
    ]


def test_every_cell_names_its_font():
    for sheet in book(report()):
        fonts = {cell.font.name for row in sheet.iter_rows() for cell in row if cell.value}
        assert fonts == {"Calibri"}


def test_long_text_is_wrapped_in_a_row_high_enough():
    sheet = sheet_of(table([TEXT, column("why", "text", "Why")], [["New", "word " * 40]]))
    assert sheet["B4"].alignment.wrap_text
    assert sheet.row_dimensions[4].height >= 19 + 4 * 15
    assert sheet.column_dimensions["B"].width <= 48


def test_labels_that_are_alike_are_told_apart():
    columns = [column("a", "text", "Share"), column("b", "share", "share")]
    assert [cell.value for cell in sheet_of(table(columns, [["x", 0.1]]))[3]][:2] == [
        "Share",
        "share 2",
    ]


def test_labels_and_footers_stay_within_excels_limits():
    sheet = sheet_of(
        table([column("a", "text", "x" * 300)], [["y"]]), meta={**META, "client": "z" * 300}
    )
    assert sheet["A3"].value == "x" * 200
    assert sheet.oddFooter.left.text == "z" * 100

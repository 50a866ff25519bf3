"""The workbook's sheets: their order, their named tables, what stands around them."""

import os
import re
import shutil
import subprocess

import pytest
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_code_cell
from openpyxl.utils import range_boundaries

from crm_strategy import words
from crm_strategy.errors import ReportError
from crm_strategy.report.excel import ExcelExporter
from tests.report.by_hand import (
    META,
    RU,
    column,
    failed,
    notebook,
    prose,
    said,
    segments_chart,
    segments_table,
    shown,
    table,
)
from tests.report.excel_by_hand import TEXT, book, export, report, sheet_of


def test_sheets_stand_in_reading_order_between_the_front_and_the_notes():
    assert book(report()).sheetnames == [
        "About",
        "Contents",
        "Summary",
        "Goals",
        "Segments",
        "Moves of customers",
        "KPI",
        "Revenue by month",
        "Data tables",
        "Dictionary",
        "Data notes",
    ]


def test_the_russian_workbook_names_its_own_sheets_in_russian():
    names = book(report(**RU)).sheetnames
    assert names[:3] + names[-2:] == ["О книге", "Содержание", "Сводка", "Словарь", "О данных"]


def test_a_sheet_has_the_finding_the_basis_a_named_table_and_frozen_heads():
    sheet = book(report())["Segments"]
    assert sheet["A1"].value == "At-risk customers hold 23% of revenue"
    assert sheet["A2"].value == "Segments on 30 Sep 2026. 2026 Q3, EUR"
    assert [cell.value for cell in sheet[3]][:3] == ["Segment", "Customers", "Share"]
    assert [(named.displayName, named.ref) for named in sheet.tables.values()] == [
        ("tblSegments", "A3:G7")
    ]
    assert sheet.freeze_panes == "B4"
    assert sheet.sheet_view.showGridLines is False


def test_named_tables_have_english_names_in_both_languages():
    def names(made):
        return [name for sheet in book(made) for name in sheet.tables]

    assert names(report()) == names(report(**RU))
    assert all(re.fullmatch(r"tbl[A-Za-z0-9]+", name) for name in names(report()))


def test_a_total_stands_below_the_named_table_and_the_source_below_that():
    sheet = book(report())["Segments"]
    assert (sheet["A8"].value, sheet["B8"].value, sheet["A8"].font.b) == ("Total", 8970, True)
    assert [sheet.cell(row, 1).value for row in (10, 11)] == [
        "Small groups are hidden.",
        "Source: orders, 2026 Q3; n = 31,460 customers.",
    ]


def test_every_sheet_prints_on_landscape_a4_one_page_wide_with_its_heads_repeated():
    for sheet in book(report()):
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToWidth) == (9, 1)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$1:$3"
        assert sheet.print_area.split("!")[1].startswith("$A$1:")
        assert sheet.oddFooter.left.text == "Eco Mart, 2026 Q3"


def test_an_ampersand_in_a_clients_name_stays_one_in_the_footer():
    sheet = sheet_of(segments_table(), meta={**META, "client": "M&P"})
    assert sheet.oddFooter.left.text == "M&&P, 2026 Q3"


def test_columns_for_the_page_only_are_left_out():
    payload = table(
        [TEXT, {**column("range", "text", "Range"), "page_only": True}], [["New", "1–2"]]
    )
    assert [cell.value for cell in sheet_of(payload)[3]][:2] == ["Segment", None]


def test_more_rows_than_a_payload_carries_are_told():
    payload = table([TEXT], [["New"], ["Lost"]])
    payload["row_count"] = 7000
    assert sheet_of(payload)["A7"].value == "This sheet shows the first 2 of 7,000 rows."


def test_the_same_notebook_gives_the_same_cells():
    def cells(made):
        return [
            (sheet.title, cell.coordinate, cell.value, cell.number_format)
            for sheet in book(made)
            for row in sheet.iter_rows()
            for cell in row
        ]

    assert cells(report()) == cells(report())


def test_a_workbook_opens_in_libreoffice(tmp_path):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        assert os.environ.get("CI") != "true", "CI must have LibreOffice"
        pytest.skip("no LibreOffice here")
    (tmp_path / "report.xlsx").write_bytes(export(report()))
    subprocess.run(
        [
            office,
            "--headless",
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "report.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_the_voice_is_as_it_was_after_an_export():
    before = words.voice()
    export(report(**RU))
    assert words.voice() == before


def test_a_notebook_that_failed_or_was_not_run_makes_no_workbook():
    with pytest.raises(ReportError, match=r"^03_segments, cell 1: ValueError: no such column\n"):
        export(notebook(failed()))
    with pytest.raises(ReportError, match=r"^03_segments, cell 1: not run yet"):
        export(notebook(new_code_cell("1")))


def test_a_notebook_without_tables_makes_a_workbook_of_its_own_sheets():
    made = notebook(said(), prose("# Goals: x?"))
    assert book(made).sheetnames == ["About", "Contents", "Dictionary", "Data notes"]


def test_nbconvert_knows_the_exporter_as_excel_and_gives_it_the_right_ending():
    assert get_exporter("excel") is ExcelExporter
    assert ExcelExporter.export_from_notebook == "Excel"
    _, resources = ExcelExporter().from_notebook_node(notebook(said(), shown(segments_chart())))
    assert resources["output_extension"] == ".xlsx"


def test_named_ranges_hold_exactly_their_rows():
    for sheet in book(report()):
        for named in sheet.tables.values():
            left, top, right, _ = range_boundaries(named.ref)
            heads = [sheet.cell(top, at).value for at in range(left, right + 1)]
            assert heads == [one.name for one in named.tableColumns]

import os
import re
import shutil
import subprocess
import zipfile
from datetime import datetime
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_code_cell
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from crm_strategy import words
from crm_strategy.errors import ReportError
from crm_strategy.report.excel import ExcelExporter
from crm_strategy.report.html import ReportExporter
from crm_strategy.report.merge import merge
from crm_strategy.views import theme
from crm_strategy.views.kinds import print_value
from tests.report.by_hand import (
    META,
    RU,
    chart,
    column,
    failed,
    finding,
    kpis_table,
    notebook,
    prose,
    said,
    segments_chart,
    segments_table,
    shown,
    table,
    whole_report,
)

NAME = {"metadata": {"name": "03_segments"}}
TEXT = column("segment", "text", "Segment")


def export(made):
    return ExcelExporter().from_notebook_node(made, NAME)[0]


def book(made):
    return load_workbook(BytesIO(export(made)))


def report(**meta):
    return merge(whole_report(), {"prepared": "2026-10-06", **meta})


def sheet_of(*views, meta=META):
    """The sheet of the first view's table."""
    return book(notebook(said(meta), *(shown(view) for view in views))).worksheets[2]


def one_cell(value, kind, meta=META, **more):
    columns = [TEXT, column("value", kind, "Value")]
    return sheet_of(table(columns, [["New", value]], **more), meta=meta)["B4"]


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


def test_contents_link_to_every_sheet_and_every_sheet_links_back():
    read = book(report())
    contents = read["Contents"]
    linked = [row[0] for row in contents.iter_rows(min_row=4, max_row=12)]
    assert [cell.value for cell in linked] == read.sheetnames[2:]
    assert [cell.hyperlink.location for cell in linked] == [
        f"'{name}'!A1" for name in read.sheetnames[2:]
    ]
    assert contents["C5"].value == "1 of 3 goals is on track"
    for sheet in read:
        back = [cell.hyperlink.location for cell in sheet[1] if cell.hyperlink]
        assert back == ([] if sheet.title == "Contents" else ["'Contents'!A1"])


def test_the_summary_takes_decisions_in_open_validated_cells_of_a_locked_sheet():
    sheet = book(report())["Summary"]
    assert sheet["A1"].value == "1 decision is asked"
    assert [cell.value for cell in sheet[4]][:6] == [
        "D1",
        "Fund a win-back for 2,640 at-risk customers",
        "They hold 23% of revenue.",
        "CRM lead",
        "measured",
        "Segments",
    ]
    (choice,) = sheet.data_validations.dataValidation
    assert (str(choice.sqref), choice.formula1) == ("G4", '"Yes,No,Later"')
    assert not sheet["G4"].protection.locked
    assert not sheet["H4"].protection.locked
    assert sheet["B4"].protection.locked
    assert sheet.protection.sheet
    assert sheet.protection.password is None


def test_the_summary_shows_goals_and_kpis_below_the_decisions():
    sheet = book(report())["Summary"]
    assert [(named.name, named.ref) for named in sheet.tables.values()] == [
        ("tblDecisions", "A3:H4"),
        ("tblSummaryGoals", "A7:H10"),
        ("tblSummaryKpis", "A13:H16"),
    ]
    assert [sheet["B9"].value, sheet["D9"].value, sheet["F9"].value] == [
        "Retention rate",
        0.31,
        "▲ At risk",
    ]
    assert sheet["H15"].value == "Signal, low"


def test_a_report_without_decisions_says_so():
    made = merge([notebook(said(), shown(segments_table()), chapter="03_segments")], {})
    assert book(made)["Summary"]["A1"].value == "No decision is asked this period"


def test_the_dictionary_defines_the_kpis_shown():
    sheet = book(report())["Dictionary"]
    names = [sheet.cell(row, 1).value for row in range(4, 8)]
    assert names[:2] == ["Revenue", "Customer retention rate"]
    assert all(sheet.cell(4, column).value for column in (2, 3, 4))


def test_data_notes_say_what_was_not_supplied():
    sheet = book(report())["Data notes"]
    notes = {row[0]: row[1] for row in sheet.iter_rows(min_row=4, max_col=2, values_only=True)}
    assert notes["Not supplied: cost by channel"] == "Add data.costs to the parameters file."
    assert "fewer than 10 customers" in notes["Privacy"]


def test_the_files_own_properties_are_filled():
    properties = book(report()).properties
    assert properties.title == "Eco Mart: CRM strategy workbook, 2026 Q3"
    assert properties.subject == "CRM strategy, 2026 Q3"
    assert properties.description == "Data to 30\u00a0Sep\u00a02026, EUR"
    assert properties.language == "en"


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


def test_columns_for_the_page_only_are_left_out():
    payload = table(
        [TEXT, {**column("range", "text", "Range"), "page_only": True}], [["New", "1–2"]]
    )
    assert [cell.value for cell in sheet_of(payload)[3]][:2] == ["Segment", None]


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


def printed_by_html(page, title):
    """The page's table of this title: printed texts by row header and column."""
    (grid,) = [one.find_parent("table") for one in page.select("caption span") if title in one.text]
    heads = [head.get_text() for head in grid.select("thead th")]
    return [
        dict(zip(heads, [cell.get_text() for cell in line.select("th, td")], strict=True))
        for line in grid.select("tbody tr")
    ]


def printed_by_workbook(sheet):
    """The sheet's numbers and dates as its formats print them, by row and column."""
    kinds = ("count", "money", "unit_money", "share", "change", "points", "date")
    formats = {theme.excel_format(kind): kind for kind in kinds}
    heads = [cell.value for cell in sheet[3]]
    for line in sheet.iter_rows(min_row=4):
        kept = [(head, cell) for head, cell in zip(heads, line, strict=True) if head]
        yield {
            head: print_value(cell.value / 100 if kind == "points" else cell.value, kind)
            for head, cell in kept
            if isinstance(cell.value, (int, float, datetime))
            and (kind := formats.get(cell.number_format))
        }


@pytest.mark.parametrize("meta", [META, {**META, **RU}], ids=["en", "ru"])
def test_html_and_workbook_show_the_same_numbers(meta):
    made = report(**meta)
    html, _ = ReportExporter().from_notebook_node(made, NAME)
    page, read = BeautifulSoup(html, "html.parser"), book(made)
    page.select_one("#summary").extract()
    compared = 0
    with words.speaking(language=meta["language"]):
        for title, table in (
            ("Goal register", "goals"),
            ("Segments on 30 Sep 2026", "segments"),
            ("KPIs, 2026 Q3", "kpis"),
            ("Tables read", "data_tables"),
        ):
            on_page = printed_by_html(page, title)
            in_book = printed_by_workbook(read[words.say(f"views.table.{table}.sheet")])
            for texts, numbers in zip(on_page, in_book, strict=False):
                assert {head: texts[head] for head in numbers} == numbers
                compared += len(numbers)
    # 7 of goals, 22 of segments, 14 of KPIs, 1 of tables read.
    assert compared == 44


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

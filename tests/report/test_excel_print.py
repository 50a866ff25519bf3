"""How the workbook prints: readable on A4, the heads repeated, long lists cut where it is said."""

from crm_strategy.report.excel_print import LANDSCAPE, MOST_PRINTED, PORTRAIT, SMALLEST_SCALE
from tests.report.by_hand import chart, column, notebook, prose, said, shown, table
from tests.report.excel_by_hand import book


def sheets(*payloads):
    return book(notebook(said(), prose("# Segments: who?"), *map(shown, payloads)))


def a_list(rows, columns=3, *, width=8, **more):
    named = [column("segment", label="Segment"), *(column(f"c{at}") for at in range(columns - 1))]
    texts = ["w" * width] * (columns - 1)
    return table(named, [[f"Segment {at}", *texts] for at in range(rows)], **more)


def printed(payload, *more):
    (sheet,) = [each for each in sheets(payload, *more) if "tblSegments" in each.tables]
    areas = [area.split("!")[1].replace("$", "") for area in sheet.print_area.split(",")]
    return sheet, areas


def test_a_small_table_prints_on_one_page_lying():
    sheet, areas = printed(a_list(10))
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 1)
    assert len(areas) == 1


def test_a_list_of_several_pages_prints_upright_with_its_heads():
    sheet, areas = printed(a_list(200))
    assert sheet.page_setup.orientation == "portrait"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$1:$3"
    assert areas[0].endswith("203")


def test_a_list_too_wide_to_stand_prints_lying():
    sheet, _ = printed(a_list(200, columns=11, width=14))
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_long_texts_break_into_lines_before_columns_go_over_pages():
    sheet, _ = printed(a_list(5, columns=8, width=60))
    widths = [sheet.column_dimensions[letter].width for letter in "BCDEFGH"]
    assert max(widths) < 48
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert LANDSCAPE.scale(sum(7 * width + 5 for width in widths)) >= SMALLEST_SCALE


def test_a_very_long_list_prints_its_first_rows_and_says_so_on_every_page():
    rows = MOST_PRINTED + 40
    sheet, areas = printed(a_list(rows, note="Small groups are hidden."))
    said_of_rows = f"On paper: the first {MOST_PRINTED} of {rows} rows."
    assert sheet["A2"].value.endswith(said_of_rows)
    assert areas[0].endswith(str(3 + MOST_PRINTED))
    assert areas[1].startswith(f"A{rows + 4}:")
    below = [sheet.cell(row, 1).value for row in range(rows + 4, sheet.max_row + 1)]
    assert "Small groups are hidden." in below
    whole, areas = printed(a_list(MOST_PRINTED))
    assert "On paper" not in whole["A2"].value
    assert len(areas) == 1


def test_a_picture_beside_a_list_of_several_pages_does_not_print():
    picture = chart(
        [column("segment", label="Segment")], [["A"]], kind="heatmap", beside="segments"
    )
    (long,) = printed(a_list(100), picture)[0]._images
    (short,) = printed(a_list(10), picture)[0]._images
    assert long.anchor._from.col > 0
    assert long.anchor.clientData.fPrintsWithSheet is False
    assert short.anchor.clientData.fPrintsWithSheet is not False


def test_a_page_upright_is_the_page_lying_turned():
    assert PORTRAIT.width < LANDSCAPE.width
    assert PORTRAIT.height > LANDSCAPE.height
    assert [LANDSCAPE.scale(width) for width in (1, LANDSCAPE.width * 2)] == [1.0, 0.5]

"""A sheet of many columns prints its first columns on one page, and says how many there are."""

from openpyxl.utils import get_column_letter, range_boundaries

from crm_strategy.report.excel_print import LANDSCAPE, SMALLEST_SCALE
from tests.report.by_hand import chart, column
from tests.report.test_excel_print import a_list, printed


def width_of(sheet, last):
    letters = [get_column_letter(at) for at in range(1, last + 1)]
    return sum(7 * sheet.column_dimensions[letter].width + 5 for letter in letters)


def test_of_many_columns_the_first_print_on_one_page_with_the_picture_below():
    picture = chart(
        [column("segment", label="Segment")], [["A"]], kind="heatmap", beside="segments"
    )
    sheet, (area,) = printed(a_list(5, columns=30, note="A note. " * 40), picture)
    _, _, last, end = range_boundaries(area)
    assert 1 < last < 30
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert LANDSCAPE.scale(width_of(sheet, last)) >= SMALLEST_SCALE
    assert LANDSCAPE.scale(width_of(sheet, last + 1)) < SMALLEST_SCALE
    assert sheet["A2"].value.endswith(f". On paper: the first {last} of 30 columns.")
    # No column is repeated, so that no heading is cut by the next page's first column.
    assert sheet.print_title_cols is None
    assert sheet._images[0].anchor._from.row < end
    notes = [sheet.cell(row, 1).value for row in range(10, sheet.max_row + 1)]
    widest = max(len(note) for note in notes if note)
    assert 7 * widest < width_of(sheet, last)


def test_labels_break_into_three_lines_before_columns_are_left_out():
    columns = [column("segment", label="Segment")]
    columns += [column(f"c{at}", label="Orders with one alone, fewer") for at in range(14)]
    texts = ["w" * 8] * 14
    payload = a_list(1) | {"columns": columns, "rows": [["Segment 1", *texts]]}
    sheet, (area,) = printed(payload)
    assert "On paper" not in sheet["A2"].value
    assert range_boundaries(area)[2] >= 15
    # Three lines of 15 points.
    assert sheet.row_dimensions[3].height >= 45

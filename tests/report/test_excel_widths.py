"""Columns are wide enough for what is printed bold in them, and for the link above the last."""

import pytest

from crm_strategy.report.excel_cells import BOLD
from crm_strategy.report.excel_sheets import line_count
from tests.report.by_hand import META, RU, column, notebook, prose, said, shown
from tests.report.excel_by_hand import book
from tests.report.test_excel_print import a_list

PADDING, INDENT = 0.7, 1.3
"""In characters of ordinary weight."""


def widths(*columns, cells, meta=META):
    payload = a_list(1) | {"columns": list(columns), "rows": [list(cells)]}
    made = book(notebook(said(meta), prose("# Segments: who?"), shown(payload)))
    (sheet,) = [each for each in made if "tblSegments" in each.tables]
    dimensions = [sheet.column_dimensions[each.coordinate[:-1]].width for each in sheet[3]]
    return sheet, dimensions


@pytest.mark.parametrize(("meta", "text"), [(META, "Contents"), (META | RU, "Содержание")])
def test_the_link_to_the_contents_fits_into_a_narrow_last_column(meta, text):
    many = [column(f"c{at}", label="n") for at in range(18)]
    first = column("segment", label="Segment")
    sheet, found = widths(first, *many, cells=["w" * 30] * 18 + ["w"], meta=meta)
    link = next(each for each in sheet[1] if each.hyperlink)
    assert link.value == text
    assert link.column == len(found)
    assert found[link.column - 1] >= len(link.value) + 2


@pytest.mark.parametrize("word", ["Факт", "Ожидалось", "Ответственный", "Продолжительность"])
def test_no_letter_of_a_bold_label_is_cut(word):
    _, found = widths(column("segment", label="Цель"), column("c", label=word), cells=["a", "b"])
    assert found[1] >= len(word) * BOLD + PADDING + INDENT


def test_no_letter_of_a_bold_row_name_is_cut():
    name = "return_on_marketing"
    _, found = widths(column("segment", label="Код"), column("c", label="n"), cells=[name, "b"])
    assert found[0] >= len(name) * BOLD + PADDING


def test_a_label_that_is_bold_on_two_lines_has_the_height_of_two():
    # Twelve letters fit into 14 places, bold ones do not.
    assert line_count("Ваше решение", 14) == 1
    assert line_count("Ваше решение", 14, bold=True) == 2

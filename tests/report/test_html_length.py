"""What a phone and paper show of long tables: the first rows, and how to have the others."""

import re
from pathlib import Path

import pytest

from crm_strategy.views import markup
from tests.browser import Page, need
from tests.report.by_hand import chart, column, notebook, prose, said, shown, table
from tests.report.html_by_hand import export, page, texts

COLUMNS = [column("segment", label="Segment"), column("revenue", "money", "Revenue")]
STYLE = Path(markup.__file__).parents[1] / "report/templates/crm_report/style.css"


def rows(count):
    return [[f"Segment {at}", 10.0 * at] for at in range(count)]


def a_report(*payloads):
    return notebook(said(), prose("# Segments: who?"), *map(shown, payloads))


@pytest.mark.parametrize("kind", ["heatmap", "intervals", "line", "matrix", "multiples"])
def test_the_first_rows_of_a_long_table_are_folded_under_the_chart_that_shows_all(kind):
    drawn = chart(COLUMNS, rows(30), kind=kind, beside="segments")
    soup = page(a_report(drawn, table(COLUMNS, rows(30), rows_shown=10)), "03_segments")
    assert texts(soup, ".fold > summary") == ["Table 1: 30 rows, all in the workbook"]
    assert len(soup.select(".fold tbody tr")) == 10


def test_tables_that_a_chart_does_not_replace_stay_open():
    shortened = table(COLUMNS, rows(30), rows_shown=10)
    bars = chart(COLUMNS, rows(5), kind="bars", beside="segments")
    whole = chart(COLUMNS, rows(9), kind="heatmap", beside="segments")
    for payloads in ((shortened,), (bars, shortened), (whole, table(COLUMNS, rows(9)))):
        soup = page(a_report(*payloads), "03_segments")
        assert soup.select(".fold") == []
        assert len(soup.select("section > .scroll")) == 1


def test_more_than_twelve_rows_have_a_switch_for_the_phone():
    soup = page(a_report(table(COLUMNS, rows(13)), table(COLUMNS, rows(12), id="b")), "x")
    assert texts(soup, ".scroll + .more > summary") == ["Show all 13 rows"]
    total = table(COLUMNS, [*rows(12), [None, 1.0]], total=True)
    assert page(a_report(total), "x").select(".more") == []


def test_a_shortened_table_says_how_many_rows_paper_shows():
    soup = page(a_report(table(COLUMNS, rows(30), rows_shown=15)), "x")
    (said_of_rows,) = soup.select(".src:has(.ppr)")
    screen, paper = (texts(said_of_rows, css)[0] for css in (".scr", ".ppr"))
    assert screen == "The first 15 of 30 rows are shown; the workbook has all."
    assert paper == "The first 8 of 30 rows are shown; the workbook has all."
    assert len(soup.select("table.cut tbody tr")) == 15
    few = page(a_report(table(COLUMNS, rows(30), rows_shown=8)), "x")
    assert texts(few, ".src:not(:has(span))")[-1] == paper


def test_the_style_sheet_hides_the_rows_that_the_words_count():
    hidden = re.findall(r"nth-child\(n\+(\d+)\):not\(\.tot\)", STYLE.read_text("utf-8"))
    assert hidden == [str(markup.ON_PAPER + 1)] * 2


def test_a_phone_opens_all_rows_and_paper_prints_the_first_ones(tmp_path):
    need("chromium")
    file = tmp_path / "report.html"
    cut = table(COLUMNS, rows(30), id="cut", rows_shown=14)
    file.write_text(export(a_report(table(COLUMNS, rows(20)), cut), "x"), "utf-8")
    seen = """Array.from(document.querySelectorAll('table')).map(
        table => Array.from(table.tBodies[0].rows).filter(row => row.offsetParent).length)"""
    with Page(width=390, phone=True) as phone:
        phone.goto(file.as_uri())
        assert phone.evaluate(seen)[:2] == [8, 8]
        phone.evaluate("document.querySelector('.more summary').click()")
        assert phone.evaluate(seen)[:2] == [20, 8]
        phone.call("Emulation.setEmulatedMedia", media="print")
        assert phone.evaluate(seen)[:2] == [20, 8]

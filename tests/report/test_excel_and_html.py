"""The page and the workbook print the same numbers."""

from datetime import datetime

import pytest
from bs4 import BeautifulSoup

from crm_strategy import words
from crm_strategy.report.html import ReportExporter
from crm_strategy.views import theme
from crm_strategy.views.kinds import print_value
from tests.report.by_hand import META, RU
from tests.report.excel_by_hand import NAME, book, report


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

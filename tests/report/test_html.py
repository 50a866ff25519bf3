"""The page: its header, summary, contents, chapters and notes, in both languages."""

import re

import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_code_cell

from crm_strategy import words
from crm_strategy.errors import ReportError
from crm_strategy.report.html import ReportExporter
from tests.report.by_hand import (
    META,
    RU,
    chart,
    column,
    failed,
    goals_table,
    notebook,
    prose,
    said,
    shown,
)
from tests.report.html_by_hand import assert_sound, export, page, report, texts


@pytest.mark.parametrize("meta", [{}, RU], ids=["en", "ru"])
def test_a_report_is_sound_and_loads_nothing(meta):
    html = export(report(**meta))
    soup = BeautifulSoup(html, "html.parser")
    assert_sound(soup)
    assert soup.html["lang"] == meta.get("language", "en")
    assert "http://" not in html
    assert "https://" not in html
    assert "url(" not in html
    assert "@import" not in html


def test_the_header_says_client_period_dates_and_currency():
    soup = page(report())
    assert texts(soup, "h1") == ["Eco Mart: CRM strategy report, 2026 Q3"]
    assert soup.title.get_text() == "Eco Mart: CRM strategy report, 2026 Q3"
    assert texts(soup, ".meta div") == [
        "ClientEco Mart",
        "Period1 Jul–30 Sep 2026",
        "Data to30 Sep 2026",
        "Prepared6 Oct 2026",
        "CurrencyEUR",
    ]
    assert texts(soup, ".tag") == ["Example: fictitious data"]


def test_the_header_speaks_russian():
    assert texts(page(report(**RU)), ".meta div") == [
        "КлиентEco Mart",
        "Период01.07–30.09.2026",
        "Данные по30.09.2026",
        "Подготовлен06.10.2026",
        "ВалютаEUR",
    ]


def test_a_real_client_is_not_tagged_as_an_example():
    assert texts(page(report(demo=False)), ".tag") == []


def test_contents_lead_to_every_section():
    soup = page(report())
    assert texts(soup, "nav a") == [
        "Summary",
        "1Goals",
        "3Segments",
        "4Channels",
        "6KPI review",
        "0Data",
        "Notes and method",
    ]
    targets = [link["href"] for link in soup.select("a[href]")]
    assert all(soup.find(id=target[1:]) is not None for target in targets)


def test_a_chapters_heading_is_its_question_under_its_number_and_name():
    soup = page(report())
    assert texts(soup, "#c3 h2") == ["3 SegmentsWho merits effort?"]
    assert texts(soup, "#c6 h3")[0] == "Reading it"
    assert texts(page(report(**RU)), "#c3 h2") == ["3 СегментыКому уделить силы?"]


def test_the_summary_asks_for_decisions_and_shows_goals_and_kpis():
    soup = page(report())
    assert texts(soup, "#summary h3") == [
        "1 decision is asked",
        "1 of 3 goals are reached or on track",
        "1 of 2 KPIs moved beyond their natural range",
    ]
    asked = soup.select_one(".asks li#D1")
    assert texts(asked, "h4") == ["D1 Fund a win-back for 2,640 at-risk customers"]
    assert texts(asked, ".vote span") == ["☐ Yes", "☐ No", "☐ Later"]
    assert asked.select_one("a")["href"] == "#c3"
    assert texts(soup, ".goals b") == ["€3.10M", "31.0%", "–"]
    assert texts(soup, ".goals .st") == ["● On track", "▲ At risk", "○ No data"]
    assert texts(soup, "table.score")[0].startswith("Table 1 KPIs, 2026 Q3")


def test_the_scorecard_puts_kpi_value_target_and_status_first():
    score = page(report()).select_one("#summary table.score")
    assert texts(score, "thead th") == [
        "KPI", "Value", "Target", "Status", "Change", "Last year", "13 quarters", "Verdict",
    ]  # fmt: skip
    assert (
        texts(score, "tbody tr")[1] == "Retention rate75.8%80.0%◆ Off track−3.3 pp79.4%Signal, low"
    )
    assert len(score.select("svg.spark")) == 3


def test_tables_are_numbered_through_figures_by_chapter():
    soup = page(report())
    assert texts(soup, "caption b") == [f"Table {number}" for number in range(1, 7)]
    assert texts(soup, "figcaption b") == ["Figure 3.1", "Figure 3.2", "Figure 6.1"]
    assert [figure["id"] for figure in soup.select("figure")] == ["fig-3-1", "fig-3-2", "fig-6-1"]
    assert "Data: table 3." in texts(soup, "#fig-3-1 .src")[0]


def test_a_chapter_names_its_decisions_and_sheets():
    assert texts(page(report()), "#c3 > .src")[0] == (
        "Decisions asked: D1. Workbook sheets: Segments."
    )


def test_a_finding_links_to_the_decision_it_leads_to():
    links = page(report()).select("#c3 a[href='#D1']")
    assert len(links) == 2


def test_what_was_not_supplied_is_said_in_the_chapter():
    aside = page(report()).select_one("#c4 aside.void")
    assert texts(aside, "p") == [
        "○ Not supplied: cost by channel",
        "Add data.costs to the parameters file.",
    ]


def test_notes_define_the_kpis_shown_and_the_rules():
    soup = page(report())
    assert texts(soup, "#notes table.defs tbody th")[:2] == ["Revenue", "Customer retention rate"]
    rules = texts(soup, "#notes > p")
    assert rules[0].startswith("Status of a goal. A goal is compared with its path")
    assert rules[-1].startswith("Privacy. Groups of fewer than 10 customers are hidden, and what")
    assert rules[-1].endswith("The report holds no names, addresses or customer numbers.")


def test_one_report_is_made_of_one_input():
    assert export(report()) == export(report())


def test_a_report_with_fifty_charts_stays_below_three_megabytes():
    columns = [column("segment", label="Segment"), column("revenue", "money", "Revenue")]
    charts = [shown(chart(columns, [["New", at]], id=f"c{at}")) for at in range(50)]
    assert len(export(notebook(said(), *charts))) < 3_000_000


def test_the_style_sheet_is_within_its_budget():
    html = export(report())
    assert (
        sum(len(style.encode()) for style in re.findall(r"<style.*?</style>", html, re.S)) <= 8192
    )


def test_a_single_notebook_makes_a_page_without_summary():
    made = notebook(said(), prose("# Goals: are we on course?"), shown(goals_table()))
    soup = page(made, "01_goals")
    assert_sound(soup)
    assert soup.find(id="summary") is None
    assert texts(soup, "#c1 h2") == ["1 GoalsAre we on course?"]


def test_a_notebook_keeps_the_prose_of_its_books_language():
    cells = [prose("# Goals: x?", language="en"), prose("# Цели: y?", language="ru"), prose("Both")]
    english = page(notebook(said(), *cells), "01_goals")
    russian = page(notebook(said({**META, **RU}), *cells), "01_goals")
    assert (texts(english, "h2")[0], texts(russian, "h2")[0]) == ("1 GoalsX?", "1 ЦелиY?")
    assert texts(russian, "#c1 > p") == ["Both"]


def test_a_notebook_without_a_book_is_english_and_named_by_its_first_heading():
    soup = page(notebook(prose("# Loyalty: who stays?"), prose("Текст", language="ru")), "loyalty")
    assert_sound(soup)
    assert (soup.html["lang"], texts(soup, "h1")) == ("en", ["Who stays?"])
    assert "Текст" not in soup.get_text()


def test_a_notebook_without_a_heading_is_named_by_its_file():
    assert texts(page(notebook(said(), prose("Text.")), "07_loyalty_club"), "#c7 h2") == [
        "7Loyalty club"
    ]


def test_a_copy_run_by_papermill_is_the_chapter_that_was_run():
    made = notebook(said(), prose("# Segments: who?"))
    made.metadata["papermill"] = {"input_path": "notebooks/03_segments.ipynb"}
    assert texts(page(made, "out"), "h2")[0] == "3 SegmentsWho?"
    assert texts(page(made, "04_channels"), "h2")[0] == "4 SegmentsWho?"


def test_the_voice_is_as_it_was_after_an_export():
    before = words.voice()
    export(report(**RU))
    assert words.voice() == before


def test_a_notebook_that_failed_or_was_not_run_makes_no_page():
    with pytest.raises(ReportError, match=r"^03_segments, cell 1: ValueError: no such column\n"):
        export(notebook(failed()), "03_segments")
    with pytest.raises(ReportError, match=r"^03_segments, cell 1: not run yet"):
        export(notebook(new_code_cell("1")), "03_segments")


def test_nbconvert_knows_the_exporter_as_report_and_jupyterlab_lists_it():
    assert get_exporter("report") is ReportExporter
    assert ReportExporter.export_from_notebook == "Report"


def test_pages_made_one_after_another_each_keep_their_own_language():
    first, second = page(report(language="en")), page(report(language="ru"))
    assert "Decisions asked" in first.get_text()
    assert "Decisions asked" not in second.get_text()

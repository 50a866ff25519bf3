import re
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_code_cell

from crm_strategy import words
from crm_strategy.errors import ReportError
from crm_strategy.report.html import ReportExporter
from crm_strategy.report.html_prose import level_headings
from crm_strategy.report.merge import merge
from tests.report.by_hand import (
    META,
    RU,
    chart,
    column,
    decision,
    displayed,
    failed,
    finding,
    goals_table,
    notebook,
    png,
    printed,
    prose,
    said,
    shown,
    table,
    void_table,
    whole_report,
)

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd()|' /C calc'!A0",
    "+79001234567",
    "{{ 7 * 7 }} {% raw %}",
    "🛒 مرحبا שלום",
    "ж" * 300,
)


def export(made, name="report"):
    html, _ = ReportExporter().from_notebook_node(made, {"metadata": {"name": name}})
    return html


def page(made, name="report"):
    return BeautifulSoup(export(made, name), "html.parser")


def report(**meta):
    return merge(whole_report(), {"prepared": "2026-10-06", **meta})


def texts(soup, selector):
    return [" ".join(one.get_text().split()) for one in soup.select(selector)]


def assert_sound(soup):
    """What holds for every page: one h1, no skipped level, captions, scopes, alt, no script."""
    assert len(soup.select("h1")) == 1
    levels = [int(tag.name[1]) for tag in soup.find_all(re.compile("^h[1-6]$"))]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for each in soup.select("table"):
        assert each.caption is not None
        assert each.caption.get_text().strip()
        assert all(head.get("scope") in {"row", "col"} for head in each.select("th"))
    assert all(picture.get("alt") for picture in soup.select("img"))
    ids = [tag["id"] for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    for tag in soup.find_all(True):
        assert tag.name not in {"script", "iframe", "object", "embed", "form"}
        assert not [name for name in tag.attrs if name.startswith("on")]
        for name in ("src", "href", "srcset", "action", "data"):
            assert tag.get(name, "#").startswith(("#", "data:"))


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
    assert rules[-1] == (
        "Privacy. Groups of fewer than 10 customers are hidden. "
        "The report holds no names, addresses or customer numbers."
    )


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


def test_headings_of_prose_never_skip_a_level():
    made = notebook(said(), prose("# A: b?\n\n#### Deep\n\n# Again\n\n###### Deepest"))
    soup = page(made, "01_goals")
    assert_sound(soup)
    assert texts(soup, "#c1 h3") == ["Deep", "Again"]


@given(st.lists(st.integers(1, 6)))
def test_levelled_headings_go_down_one_step_at_a_time(levels):
    html = "".join(f'<h{level} id="x">a</h{level}>' for level in levels)
    soup = BeautifulSoup(level_headings(html, start=2), "html.parser")
    made = [2, *(int(tag.name[1]) for tag in soup.find_all(True))]
    assert len(made) == len(levels) + 1
    assert all(after <= before + 1 for before, after in pairwise(made))
    assert all(
        after <= before for before, after in zip(levels, made[1:], strict=True) if before > 1
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_it_is_and_does_nothing(text):
    columns = [column("segment", label=text), column("revenue", "money", "Revenue")]
    ask = decision(text, text, text)
    goals = goals_table()
    goals["rows"][0][1] = text
    made = [
        notebook(
            said(),
            prose("# Segments: who?"),
            shown(finding(text, text=text, severity="act", decision=ask)),
            shown(table(columns, [[text, 1.0]], title=text, source=text, note=text)),
            shown(chart(columns, [[text, 1.0]], title=text, alt=text, source=text)),
            shown(goals),
            printed(text),
            displayed(text=text),
            chapter="03_segments",
        )
    ]
    soup = page(merge(made, {**META, "client": text, "period_label": text}))
    assert_sound(soup)
    written = " ".join(text.split())
    assert soup.h1.get_text().startswith(text)
    assert written in texts(soup, "tbody th")
    assert written in texts(soup, "#D1 p")
    assert written in texts(soup, ".goals .g")
    assert text in [picture["alt"] for picture in soup.select("img")]
    assert texts(soup, "pre") == [written, written]
    assert not soup.select("main img[src='x']")


def test_a_data_frame_is_dressed_as_a_table():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"segment": ["<b>New</b>", "Lost"], "customers": [12, 7]})
    soup = page(notebook(said(), displayed(html=frame._repr_html_(), text="frame")))
    assert_sound(soup)
    dressed = soup.select_one(".scroll table")
    assert texts(dressed, "caption") == ["Working table"]
    assert texts(dressed, "tbody td") == ["<b>New</b>", "12", "Lost", "7"]
    assert [cell.get("class") for cell in dressed.select("tr > :last-child")] == [["n"]] * 3
    assert not soup.select("main style, main [border], .dataframe")


def test_a_long_data_frame_says_its_size_in_the_reports_language():
    pandas = pytest.importorskip("pandas")
    html = pandas.DataFrame({"a": range(1500)})._repr_html_()
    assert "Строк: 1 500, столбцов: 1" in texts(
        page(notebook(said({**META, **RU}), displayed(html=html))), "p"
    )


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p onclick='x()' style='background:url(//a)'>Text</p>", "<p>Text</p>"),
        ("<script>x()</script><p>a</p><style>p{}</style>", "<p>a</p>"),
        ("<iframe src='//a'>x</iframe><custom>b</custom>", "b"),
        ("<a href='https://doi.org/1'>paper</a>", "paper (doi.org/1)"),
        ("<a href='javascript:x()'>b</a>", "b (javascript:x())"),
        ("<a href='#c1'>chapter</a>", '<a href="#c1">chapter</a>'),
        ("<img src='//host/a.png' alt='a map'>", "a map"),
        ("<!-- secret --><em>b</em>", "<em>b</em>"),
        ("<svg><script>x()</script></svg><b>b</b>", "<b>b</b>"),
    ],
)
def test_displayed_html_loses_what_runs_styles_or_loads(html, kept):
    section = page(notebook(said(), displayed(html=html)), "01_goals").select_one("#c1")
    section.h2.extract()
    assert section.decode_contents().strip() == kept


def test_printed_text_is_shown_and_warnings_are_not():
    made = notebook(said(), printed("\x1b[31mred\x1b[0m\n"), printed("Warning", name="stderr"))
    assert texts(page(made), "pre") == ["red"]


def test_a_plain_picture_is_a_figure_with_its_description_or_words_in_its_stead():
    described = displayed(png=png(wide=8, high=8), text="<Figure>")
    described.outputs[0].metadata["image/png"] = {"alt": "Two lines cross"}
    made = notebook(said(), described, displayed(png=png(wide=8, high=8) + "\n", text="<Figure>"))
    soup = page(made, "01_goals")
    assert_sound(soup)
    assert [picture["alt"] for picture in soup.select("img")] == [
        "Two lines cross",
        "Picture without a description",
    ]
    assert texts(soup, "figcaption") == ["Figure 1.1 Two lines cross", "Figure 1.2 Working chart"]
    assert soup.select("pre") == []


def test_prose_keeps_its_form_and_its_addresses_as_text():
    text = "A *word*, `code`, [paper](https://doi.org/1) https://x.org\n\n- one\n\n"
    text += "| a | b |\n|---|---|\n| x | 1 |"
    soup = page(notebook(said(), prose(text)), "01_goals")
    assert_sound(soup)
    assert texts(soup, "#c1 > p") == ["A word, code, paper (doi.org/1) x.org"]
    assert texts(soup, "#c1 > ul li") == ["one"]
    assert texts(soup, "#c1 caption") == ["Overview"]


def test_a_table_without_rows_gets_no_number():
    soup = page(notebook(said(), shown(void_table()), shown(goals_table())), "04_channels")
    assert texts(soup, "#c4 caption b") == ["Table 1"]


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

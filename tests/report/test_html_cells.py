"""What notebooks show on the page: prose, tables, pictures, HTML of any origin, made harmless."""

from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.report.html_prose import level_headings
from crm_strategy.report.merge import merge
from tests.report.by_hand import (
    META,
    RU,
    chart,
    column,
    decision,
    displayed,
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
)
from tests.report.html_by_hand import assert_sound, page, texts

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd()|' /C calc'!A0",
    "+79001234567",
    "{{ 7 * 7 }} {% raw %}",
    "🛒 مرحبا שלום",
    "ж" * 300,
)


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

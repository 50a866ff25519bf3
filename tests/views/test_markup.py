import re
from html import escape
from html.parser import HTMLParser

import pytest

from crm_strategy import words
from crm_strategy.views import charts, markup, tables
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.layout import Layout
from crm_strategy.views.payload import FINDING_MIME
from crm_strategy.views.spark import spark_svg
from crm_strategy.views.table import Table
from tests.views.samples import HOSTILE, sample

VOID = {"img", "source", "polyline", "circle"}


class Tags(HTMLParser):
    """Tags in order; fails on one that is not closed or closed twice."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def test_all_data_are_escaped_wherever_they_stand():
    goals = sample("goals").assign(goal=HOSTILE, owner=HOSTILE)
    finding = Finding(
        "x",
        title=HOSTILE,
        text=HOSTILE,
        decision=Decision(title=HOSTILE, why=HOSTILE, owner=HOSTILE),
    )
    for html in (
        markup.table_html(tables.goals_table(goals).payload(), HOSTILE, anchor=HOSTILE),
        markup.figure_html(charts.goal_bullets_chart(goals).payload(), HOSTILE, anchor=HOSTILE),
        markup.finding_html(finding.payload()),
        markup.finding_html(finding.payload(), decision_id=HOSTILE),
        markup.void_html(HOSTILE, HOSTILE),
        markup.status_html(HOSTILE, HOSTILE),
    ):
        assert "script" not in {tag for tag, _ in Tags(html).seen}
        assert 'alert("x")' not in html
        assert escape(HOSTILE)[:20] in html


@pytest.mark.parametrize("name", ["segments", "kpis", "channel_costs", "lifecycle"])
def test_a_table_has_a_caption_scopes_and_row_headers(name):
    payload = getattr(tables, f"{name}_table")(sample(name)).payload()
    seen = Tags(html := markup.table_html(payload, "4")).seen
    shown = [column for column in payload["columns"] if not column["sheet_only"]]
    heads = [attributes["scope"] for tag, attributes in seen if tag == "th"]
    assert heads == ["col"] * len(shown) + ["row"] * len(payload["rows"])
    assert f'<caption><span id="t-{name}"><b>Table 4</b> {payload["title"]}</span>' in html
    wide = f'<div class="scroll" role="region" aria-labelledby="t-{name}" tabindex="0">'
    assert html.startswith(wide if len(shown) >= 5 else '<div class="scroll"><table>')


def test_the_scorecard_shows_actual_target_and_status_first():
    html = markup.table_html(tables.kpis_table(sample("kpis")).payload())
    heads = re.findall(r"<th scope=\"col\"[^>]*>([^<]+)</th>", html)
    assert heads == [
        *("KPI", "Actual", "Target", "Status"),
        *("95% interval", "Previous period", "A year before", "Verdict"),
    ]
    assert '<table class="score wide">' in html
    off = '<span class="st off"><span aria-hidden="true">◆</span> Off track</span>'
    assert f"<td>{off}</td>" in html
    assert "<b>Signal, low</b>" in html
    assert '<span class="mut">Noise</span>' in html


def test_a_figure_has_two_pictures_alt_text_and_its_data():
    payload = charts.monthly_orders_chart(sample("monthly_orders")).payload()
    html = markup.figure_html(payload, "1.2")
    seen = Tags(html).seen
    images = [attributes for tag, attributes in seen if tag == "img"]
    assert [(each["alt"], each["width"]) for each in images] == [(payload["alt"], "799")]
    narrow = next(attributes for tag, attributes in seen if tag == "source")
    assert (narrow["media"], narrow["width"]) == ("(max-width:600px)", "355")
    assert (
        '<figure id="fig-monthly_orders"><figcaption><b>Figure 1.2</b> Revenue and orders' in html
    )
    assert "<summary>Data behind figure 1.2</summary>" in html
    assert html.count("<tr>") == 1 + 36


def test_a_figure_beside_its_table_points_to_it():
    payload = charts.segment_bars_chart(sample("segments")).payload()
    html = markup.figure_html(payload, "3.1", table_number="4")
    assert "<details" not in html
    source = '<p class="src">Source: orders; n = 6,600 customers. Data: table 4.</p>'
    assert source in html.replace(payload["note"] + " ", "")


def test_without_data_the_table_says_what_to_supply_and_the_figure_beside_it_is_silent():
    funnel = sample("funnel").head(0)
    void = markup.table_html(tables.funnel_table(funnel).payload())
    assert void == (
        '<aside class="void"><p><b><span aria-hidden="true">○</span> Not supplied: touches</b></p>'
        "<p>No touches were supplied: add <code>data.touches</code>.</p></aside>"
    )
    assert markup.figure_html(charts.funnel_chart(funnel).payload()) == ""
    months = charts.monthly_orders_chart(sample("monthly_orders").head(0)).payload()
    assert "Not supplied: orders" in markup.figure_html(months)


def test_a_finding_shows_its_decision_or_leads_to_it():
    decision = Decision(
        title="Fund a win-back", why="€17.6k (€8.8–26.5k)", owner="CRM lead", evidence="assumed"
    )
    finding = Finding("at_risk", title="23% at risk", severity="act", decision=decision)
    assert markup.finding_html(finding.payload()) == (
        '<h3>23% at risk</h3><aside class="note"><p><b>Decision: Fund a win-back</b></p>'
        "<p>€17.6k (€8.8–26.5k)</p>"
        '<p class="facts">Owner: CRM lead · Evidence: assumed</p></aside>'
    )
    assert markup.finding_html(finding.payload(), decision_id="D1") == (
        '<h3>23% at risk</h3><p class="src">Leads to decision <a href="#D1">D1</a>.</p>'
    )
    bundle = finding._repr_mimebundle_(include=None)
    assert bundle[FINDING_MIME]["decision"]["evidence"] == "assumed"


def test_an_unknown_severity_or_evidence_is_refused():
    with pytest.raises(ValueError, match=r"^severity 'bad'; known are act, watch, good, note$"):
        Finding("x", title="x", severity="bad")
    with pytest.raises(
        ValueError, match=r"^evidence 'sure'; known are measured, partial, assumed$"
    ):
        Decision(title="x", why="y", evidence="sure")


def test_a_spark_says_its_ends_and_extremes():
    with words.speaking(language="ru"):
        svg = spark_svg([0.789, None, 0.799, 0.758], "share")
    # By hand: 19 − 16 × (78.9 − 75.8) / (79.9 − 75.8) = 6.9.
    label = "3 периода, от 78,9\u00a0% до 75,8\u00a0%; минимум 75,8\u00a0%, максимум 79,9\u00a0%"
    assert f'aria-label="{label}"' in svg
    assert 'points="2.0,6.9 52.7,3.0 78.0,19.0"' in svg
    assert spark_svg([1.0]) == spark_svg([None, 1.0]) == ""


def test_a_spark_column_is_drawn_in_the_row():
    rows = [{"kpi": "csat", "trend": [0.8, 0.9]}]
    table = Table(rows, id="x", formats={"trend": "spark"}, layout=Layout(by_kpi=["unit"]))
    assert "<td><svg" in markup.table_html(table.payload())


def test_a_minus_before_a_currency_is_not_left_at_the_end_of_a_line():
    html = markup.finding_html(
        Finding("x", title="Fell by −€12", text="−3.3 pp (−€14.4k)").payload()
    )
    assert "Fell by −\u2060€12" in html
    assert "−3.3 pp (−\u2060€14.4k)" in html

import json
from datetime import date

import ibis
import pandas as pd
import pytest

from crm_strategy import words
from crm_strategy.views import charts, markup, tables
from crm_strategy.views.layout import Basis, Layout
from crm_strategy.views.payload import TABLE_MIME, column_cells
from crm_strategy.views.table import MOST_COLUMNS, MOST_ROWS, Table
from tests.views.samples import ROWS, sample
from tests.views.segment_samples import BESIDE

TABLES = [*ROWS, "segments", "segment_migration", "cohort_retention"]
QUIET = {"subscription"}
"""Tables that are not there at all where they have no rows."""
KEYS = {
    *("id", "title", "note", "columns", "rows", "keys", "kinds", "total", "source", "n"),
    *("void", "void_title", "look", "rows_shown", "row_count"),
}


def payload_of(name: str, *, rows: int | None = None):
    beside = [BESIDE[name]] if name in BESIDE else []
    return getattr(tables, f"{name}_table")(sample(name).head(rows or 10**6), *beside).payload()


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_json_of_one_shape_with_words_for_all_it_prints(name, language):
    with words.speaking(language=language):
        payload = payload_of(name)
        assert set(payload) == KEYS
        assert json.loads(json.dumps(payload)) == payload
        assert payload["title"] == words.say(f"views.table.{name}.title")
        assert {len(row) for row in payload["rows"]} == {len(payload["columns"])}
        # A guard stands neither on the page nor in the workbook.
        guards = [c for c in payload["columns"] if c["sheet_only"] and c.get("page_only")]
        for column in (c for c in payload["columns"] if c not in guards):
            own = f"views.table.{name}.column.{column['name']}"
            assert words.known(own) or words.known(f"views.column.{column['name']}"), column
        assert payload["void"] == ""
        shown = [c for c in payload["columns"] if not c["sheet_only"]]
        assert len(shown) <= MOST_COLUMNS


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("name", [name for name in TABLES if name not in QUIET])
def test_a_table_without_rows_says_what_to_supply(name, language):
    with words.speaking(language=language):
        for empty in (sample(name).head(0), []):
            beside = [BESIDE[name]] if name in BESIDE else []
            payload = getattr(tables, f"{name}_table")(empty, *beside).payload()
            assert payload["rows"] == []
            assert payload["void"] == words.say(f"views.table.{name}.void")
            assert 'class="void"' in markup.table_html(payload)


def test_numbers_are_written_as_the_language_writes_them():
    table = Table(
        [{"revenue": 1245715.4, "retention_rate": 0.758, "by": date(2026, 9, 30), "cac": 26}],
        id="x",
        basis=Basis(n=17496, unit="orders"),
    )
    cells = [[1245715.4, 0.758, "2026-09-30", 26]]
    assert table.payload()["rows"] == cells
    english = markup.table_html(table.payload())
    for text in ("€1,245,715<", "75.8%<", "30\u00a0Sep\u00a02026<", "€26.00<"):
        assert text in english
    with words.speaking(language="ru", currency="RUB"):
        assert table.payload()["rows"] == cells
        russian = markup.table_html(table.payload())
    for text in ("1\u00a0245\u00a0715\u00a0₽<", "75,8\u00a0%<", "30.09.2026<", "26,00\u00a0₽<"):
        assert text in russian


def test_a_source_line_says_where_when_and_how_many():
    table = tables.segments_table(sample("segments"))
    assert table.payload()["source"] == "Source: orders; n = 6,600 customers."
    with words.speaking(language="ru"):
        assert table.payload()["source"] == "Источник: заказы; n = 6\u00a0600 клиентов."
    named = Table([{"n": 1}], id="segments", basis=Basis(n=21, period="2026 Q3"))
    assert named.payload()["source"] == "Source: orders, 2026 Q3; n = 21 customers."


def test_ids_are_printed_as_words_and_kept_beside_them():
    with words.speaking(language="ru", labels={"channel.email": "Эл. почта"}):
        segments = payload_of("segments", rows=2)
        assert column_cells(segments, "segment")[:2] == ["Чемпионы", "Лояльные"]
        assert segments["keys"]["segment"] == ["champions", "loyal", None]
        channels = payload_of("channel_costs", rows=2)
        assert column_cells(channels, "channel")[:2] == ["Эл. почта", "sms"]
        kpis = payload_of("kpis")
        assert column_cells(kpis, "verdict")[:2] == ["Шум", "Сигнал: ниже"]
        assert kpis["keys"]["status"][:2] == ["reached", "off_track"]


def test_a_kpi_is_written_in_its_own_unit():
    kpis = payload_of("kpis")
    assert kpis["kinds"]["value"] == ["money", "share", "unit_money", "score", "unit_money"]
    # A change of a share is in points, of a score a difference, else relative.
    assert kpis["kinds"]["change"] == ["change", "points", "change", "score_change", "change"]
    html = markup.table_html(kpis)
    for text in ("€1,245,715", "75.8%", "€71.20", "75.1–76.5%", "€70.10–€72.30"):
        assert text in html


def test_a_total_sums_what_can_be_summed_and_leaves_the_rest_blank():
    payload = payload_of("segments")
    # 100 + 200 + … + 1,100 by hand.
    assert payload["rows"][-1][:3] == ["Total", 6600, pytest.approx(1)]
    assert payload["rows"][-1][5:] == [None] * 4
    assert '<tr class="tot"><th scope="row">Total</th><td class="n">6,600</td>' in (
        markup.table_html(payload)
    )


def test_columns_beyond_the_eighth_go_to_the_workbook_only():
    row = {f"c{at}": at for at in range(10)}
    columns = Table([row], id="x").payload()["columns"]
    assert [column["sheet_only"] for column in columns] == [False] * 8 + [True] * 2


def test_unknown_columns_get_a_readable_label_and_a_kind_from_their_values():
    frame = pd.DataFrame({"odd_thing": [1], "weight": [1.5], "when": [pd.Timestamp("2026-09-30")]})
    columns = Table(frame, id="x").payload()["columns"]
    assert [(c["label"], c["kind"]) for c in columns] == [
        ("Odd thing", "count"),
        ("Weight", "ratio"),
        ("When", "date"),
    ]


def test_missing_values_are_null_and_print_as_a_dash():
    frame = pd.DataFrame({"name": ["a", None], "revenue": [float("nan"), float("inf")]})
    frame["by"] = [pd.NaT, pd.Timestamp("2026-09-30 12:00")]
    payload = Table(frame, id="x").payload()
    assert payload["rows"] == [["a", None, None], [None, None, "2026-09-30"]]
    assert markup.table_html(payload).count(">–<") == 4


def test_an_ibis_table_and_its_frame_show_the_same():
    frame = sample("channel_costs")
    lazy = tables.channel_costs_table(ibis.memtable(frame))
    assert lazy.payload() == tables.channel_costs_table(frame).payload()


def test_what_channels_bring_is_called_margin_only_where_a_margin_is_known():
    frame = sample("channel_costs").assign(margin=1.0)
    without = tables.channel_costs_table(frame.assign(roi_basis="revenue")).payload()
    known = tables.channel_costs_table(frame.assign(roi_basis="margin_rate")).payload()
    named = [[column["name"] for column in each["columns"]] for each in (known, without)]
    assert set(named[0]) - set(named[1]) == {"margin"}


def test_at_most_5000_rows_are_kept_and_the_note_says_so():
    payload = Table([{"n": at} for at in range(MOST_ROWS + 1)], id="x", total=["n"]).payload()
    assert len(payload["rows"]) == MOST_ROWS + 1  # with the total
    assert payload["row_count"] == MOST_ROWS + 1
    assert payload["rows"][-1] == ["Total"]
    assert payload["note"] == "The first 5,000 of 5,001 rows are listed."


def test_the_page_shows_the_first_rows_and_the_total():
    rows = [{"name": str(at), "n": at} for at in range(30)]
    payload = Table(rows, id="x", total=["n"], layout=Layout(rows_shown=3)).payload()
    html = markup.table_html(payload)
    assert html.count("<tr") == 1 + 3 + 1
    assert '<tr class="tot"><th scope="row">Total</th><td class="n">435</td></tr>' in html
    assert "The first 3 of 30 rows are shown; the workbook has all." in html


def test_what_is_to_do_stands_before_what_has_passed():
    payload = payload_of("goal_checks")
    assert payload["keys"]["verdict"] == ["failed", "passed"]
    assert column_cells(payload, "goal_id") == ["All goals", "grow"]


def test_the_most_severe_finding_stands_first():
    assert payload_of("data_findings")["keys"]["severity"] == ["warning", "note"]


def test_agreed_actions_stand_before_the_gaps():
    actions = column_cells(payload_of("touchpoint_actions"), "target_action")
    assert actions == ["second order"] * 11 + ["No action yet"] * 22


def test_marks_and_notes_of_a_file_are_words():
    with words.speaking(language="ru"):
        payload = payload_of("data_sources")
        assert column_cells(payload, "delimiter") == ["точка с запятой"]
        assert column_cells(payload, "decimal") == ["запятая"]


def test_a_table_shows_itself_in_html_text_and_payload():
    bundle = tables.lifecycle_table(sample("lifecycle"))._repr_mimebundle_(include=None)
    assert set(bundle) == {TABLE_MIME, "text/html", "text/plain"}
    assert bundle["text/plain"].splitlines()[:3] == [
        "Customers by stage of the lifecycle",
        "Stage\tCustomers\tRevenue",
        "New\t480\t€61,200",
    ]


def test_one_result_is_computed_once_for_all_that_shows_it(monkeypatch):
    computed = []
    to_pandas = ibis.Table.to_pandas
    monkeypatch.setattr(
        ibis.Table, "to_pandas", lambda self: computed.append(self) or to_pandas(self)
    )
    result = ibis.memtable(sample("lifecycle"))
    tables.lifecycle_table(result).payload()
    charts.lifecycle_chart(result).payload()
    assert len(computed) == 1
    # The same question asked anew is another result.
    tables.lifecycle_table(result.filter(result.customer_count > 0)).payload()
    assert len(computed) == 2


def test_dates_of_a_file_are_patterns_people_read():
    sources = sample("data_sources")
    assert column_cells(tables.data_sources_table(sources).payload(), "dates") == ["DD.MM.YYYY"]
    with words.speaking(language="ru"):
        payload = tables.data_sources_table(sources).payload()
        assert column_cells(payload, "dates") == ["ДД.ММ.ГГГГ"]

"""Views of journeys: sentences with n and interval, small groups hidden everywhere."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from crm_strategy.analysis.drop_offs import COLUMNS as DROP_OFFS
from crm_strategy.analysis.funnel_change import COLUMNS as CHANGE
from crm_strategy.analysis.incident_clues import COLUMNS as CLUES
from crm_strategy.analysis.incidents import COLUMNS as INCIDENTS
from crm_strategy.analysis.journey_days import DailySteps
from crm_strategy.analysis.occasions import COLUMNS as OCCASIONS
from crm_strategy.views import charts, findings, tables
from crm_strategy.views.journey_names import with_group_names
from crm_strategy.views.payload import is_hidden
from crm_strategy.words import speaking

LANGUAGES = pytest.mark.parametrize("language", ["en", "ru"])


def incident(**more):
    row = {
        "stage": "ordered",
        "before_stage": "touched",
        "attribute": "platform",
        "value": "phone",
        "start": date(2026, 8, 1),
        "end": date(2026, 8, 14),
        "inside_count": 200,
        "inside_rate": 0.3,
        "outside_count": 900,
        "outside_rate": 0.6,
        "difference": -0.3,
        "low": -0.37,
        "high": -0.22,
        "p_value": 0.005,
        "lost_count": 60.0,
        "lost_orders": 60.0,
        "lost_value": 3000.0,
        "verdict": "incident",
        "mix": None,
    }
    return pd.DataFrame([row | more], columns=list(INCIDENTS))


def clue(**more):
    row = {
        "stage": "ordered",
        "start": date(2026, 8, 1),
        "end": date(2026, 8, 14),
        "touchpoint": "error",
        "customer_count": 50,
        "all_customers": 200,
        "inside_share": 0.25,
        "outside_share": 0.01,
    }
    return pd.DataFrame([row | more], columns=list(CLUES))


def cells(table):
    payload = table.payload()
    names = [column["name"] for column in payload["columns"]]
    return [dict(zip(names, row, strict=True)) for row in payload["rows"]]


DAYS = [DailySteps("all", "all", "touched", "ordered", np.full(90, 12.0), np.full(90, 7.0), None)]
"""1,080 journeys on 90 days."""


def test_no_incident_says_how_much_was_looked_at_and_nothing_to_look_at_is_no_all_clear():
    none = findings.incident_finding(incident().head(0), clue().head(0), DAYS)
    assert none.title == "No days on which a step went worse beyond chance"
    assert "Looked at: 1,080 journeys on 90 days" in none.text
    nothing = findings.incident_finding(incident().head(0), clue().head(0), [])
    assert nothing.title.startswith("No touches that show the steps were supplied")
    assert (nothing.text, nothing.figures) == ("", {})
    few = [replace(DAYS[0], n=np.full(3, 2.0))]
    said = findings.incident_finding(incident().head(0), clue().head(0), few)
    assert said.title.startswith("Too few journeys on too few days")


def test_an_incident_says_step_group_days_rates_n_interval_loss_and_clue():
    said = findings.incident_finding(incident(), clue(), DAYS).payload()
    assert said["title"] == (
        "1\xa0Aug\xa02026 – 14\xa0Aug\xa02026: only 30% went from “Touched” to “Ordered” "
        "(Platform: phone)"
    )
    assert "30% of 200 against 60% of 900 on other days" in said["text"]
    assert (
        "(difference −37.0\xa0pp to −22.0\xa0pp); lost: about 60 journeys with an order, "
        "€3,000 in all." in said["text"]
    )
    assert "Then 50 customers (25%) met “error”" in said["text"]
    assert said["decision"]["evidence"] == "measured"


@LANGUAGES
def test_other_mixes_and_levels_are_told_and_are_no_incident(language):
    rows = pd.concat([incident(verdict="mix", mix="channel"), incident(verdict="shift")])
    with speaking(language=language):
        said = findings.incident_finding(rows, clue().head(0), DAYS).payload()
    assert said["decision"] is None
    assert said["figures"] == {"incidents": 0}
    word = {"en": "another mix of groups (Channel)", "ru": "другой состав групп (Канал)"}
    assert word[language] in said["text"]


def test_incidents_that_would_tell_a_few_are_not_told():
    few = incident(inside_count=20, inside_rate=0.2)  # 4 of 20 went on
    assert findings.incident_finding(few, clue(), DAYS).payload()["figures"] == {"incidents": 0}
    assert cells(tables.incidents_table(few, clue())) == []


def test_a_clue_of_nearly_all_customers_is_told_without_its_number():
    near = clue(customer_count=195, inside_share=0.975)
    said = findings.incident_finding(incident(), near, DAYS).payload()["text"]
    assert "195" not in said
    assert "“error”" in said


def occasion(*steps):
    rows = []
    for whole, before, stage, n, rate in steps:
        rows.append(
            {
                "occasion": "Sale",
                "start": date(2026, 8, 1),
                "end": date(2026, 8, 3),
                "is_whole": whole,
                "before_stage": before,
                "stage": stage,
                "inside_count": n,
                "inside_rate": rate,
                "outside_count": 1000,
                "outside_rate": 0.5,
                "difference": rate - 0.5,
                "low": rate - 0.6,
                "high": rate - 0.4,
                "needed_count": 70,
                "verdict": "chance",
            }
        )
    return pd.DataFrame(rows, columns=list(OCCASIONS))


def test_steps_behind_a_small_one_are_hidden_with_it():
    steps = occasion(
        (True, "a", "d", 100, 0.03),  # 3 of 100
        (False, "a", "b", 100, 0.4),
        (False, "b", "c", 40, 0.1),  # 4 of 40
        (False, "c", "d", 4, 0.75),
    )
    whole, first, second, third = cells(tables.occasions_table(steps))
    assert whole["inside_count"] == 100
    assert is_hidden(whole["inside_rate"])
    assert first["inside_rate"] == 0.4
    assert second["inside_count"] == 40
    assert is_hidden(second["inside_rate"])
    assert is_hidden(second["difference"])
    assert is_hidden(third["inside_count"])
    said = findings.occasions_finding(steps).payload()
    assert "40% of 100 against 50% of 1,000" in said["text"]
    assert "about 70 journeys" in said["text"]


def test_a_step_at_which_few_stopped_is_hidden_with_those_behind():
    rows = [
        {
            "stage": stage,
            "customer_count": count,
            "step_rate": rate,
            "overall_rate": count / 100,
            "median_days": days,
        }
        for stage, count, rate, days in (
            ("touched", 100, None, None),
            ("responded", 60, 0.6, 1.0),
            ("ordered", 55, 55 / 60, 2.0),  # 5 stopped
            ("ordered_again", 30, 30 / 55, 9.0),
        )
    ]
    shown = cells(tables.funnel_table(rows))
    assert [is_hidden(row["customer_count"]) for row in shown] == [False, False, True, True]
    assert [is_hidden(row["step_rate"]) for row in shown] == [False, False, True, True]
    said = findings.funnel_finding(rows).payload()
    assert "“Touched” to “Responded”" in said["title"]
    assert "55" not in said["text"]
    assert "30" not in charts.funnel_chart(rows).payload()["alt"]


def drop_off(**more):
    row = {
        "attribute": "platform",
        "value": "phone",
        "stage": "ordered",
        "before_stage": "touched",
        "before_count": 1000.0,
        "before_customers": 1000.0,
        "step_rate": 0.4,
        "against": "best",
        "best_value": "desk",
        "best_count": 900.0,
        "best_customers": 900.0,
        "best_rate": 0.7,
        "gap": 0.3,
        "low": 0.25,
        "high": 0.35,
        "lost_orders": 300.0,
        "lost_value": 6000.0,
        "lost_low": 5000.0,
        "lost_high": 7000.0,
        "verdict": "loses",
    }
    return pd.DataFrame([row | more], columns=list(DROP_OFFS))


def test_a_drop_off_says_group_step_rates_n_interval_and_price():
    said = findings.drop_off_finding(drop_off()).payload()
    assert said["title"] == (
        "Dearest drop-off: “Touched” → “Ordered”, Platform: phone: about 300 journeys with an "
        "order, €6,000 in all"
    )
    assert "40% go on (1,000 journeys), against 70% of 900 for “desk”" in said["text"]
    assert "(difference +25.0\xa0pp to +35.0\xa0pp)" in said["text"]
    assert "Assumed:" in said["text"]


@LANGUAGES
def test_drop_offs_within_chance_ask_for_nothing(language):
    with speaking(language=language):
        said = findings.drop_off_finding(drop_off(verdict="chance")).payload()
    assert said["decision"] is None
    assert said["figures"] == {"loses": 0, "compared": 1}


def test_what_an_order_is_worth_unknown_is_told_in_orders_alone():
    said = findings.drop_off_finding(
        drop_off(lost_value=None, lost_low=None, lost_high=None)
    ).payload()
    assert said["title"].endswith("about 300 journeys with an order")


@LANGUAGES
def test_changes_are_counted_and_told_with_both_numbers(language):
    row = {
        "attribute": "all",
        "value": "all",
        "stage": "ordered",
        "before_count": 2000,
        "before_customers": 2000,
        "step_rate": 0.4,
        "previous_count": 1800,
        "previous_customers": 1800,
        "previous_rate": 0.5,
        "difference": -0.1,
        "low": -0.13,
        "high": -0.07,
        "verdict": "worse",
    }
    change = pd.DataFrame([row], columns=list(CHANGE))
    with speaking(language=language):
        said = findings.funnel_change_finding(change).payload()
        table = tables.funnel_change_table(change).payload()
    assert said["severity"] == "watch"
    assert said["figures"] == {"moved": 1, "worse": 1, "compared": 1}
    assert table["keys"]["verdict"] == ["worse"]


def test_a_canvas_has_a_column_a_segment_with_action_and_evidence():
    actions = [
        {
            "segment": segment,
            "touchpoint_id": "cart",
            "touchpoint": "Cart e-mail",
            "target_action": action,
            "evidence": evidence,
        }
        for segment, action, evidence in (
            ("new", "Order", "measured"),
            ("lost", None, "assumed"),
            ("own", "Call", "partial"),
        )
    ]
    plan = [{"touchpoint_id": "cart", "stage": "service"}]
    with speaking(language="ru"):
        payload = tables.touchpoint_canvas_table(actions, plan).payload()
    labels = [column["label"] for column in payload["columns"]]
    assert labels == ["Точка контакта", "Этап", "Новые", "Потерянные", "own"]
    assert payload["rows"] == [["Cart e-mail", "Обслуживание", "● Order", "○", "◐ Call"]]
    assert payload["look"] == "canvas"


def test_a_heatmap_of_transitions_shows_ends_last_and_hides_small_steps():
    steps = [
        {"source": source, "target": target, "n": n, "share": share}
        for source, target, n, share in (
            ("START", "email", 100, 1.0),
            ("email", "CONVERSION", 60, 0.6),
            ("email", "sms", 32, 0.32),
            ("email", "NULL", 8, 0.08),
        )
    ]
    payload = charts.transitions_chart(steps).payload()
    assert payload["wide"]
    assert "8.0%" not in payload["alt"]
    assert "32" not in payload["alt"]  # It would tell the 8.


@pytest.mark.parametrize(
    "view",
    [
        lambda: charts.funnel_segments_chart([]),
        lambda: charts.transitions_chart([]),
        lambda: tables.funnel_segments_table([]),
        lambda: tables.funnel_change_table([]),
        lambda: tables.drop_offs_table([]),
        lambda: tables.incidents_table([], []),
        lambda: tables.occasions_table([]),
        lambda: tables.conversion_time_table([]),
        lambda: tables.touchpoint_coverage_table([]),
        lambda: tables.touchpoint_canvas_table([], []),
    ],
)
@LANGUAGES
def test_without_rows_views_say_what_to_supply(view, language):
    with speaking(language=language):
        payload = view().payload()
    assert payload["rows"] == []
    assert "`" in payload["void"]


@pytest.mark.parametrize(("language", "name"), [("en", "All customers"), ("ru", "Все клиенты")])
def test_all_customers_begin_their_cell_with_a_capital(language, name):
    rows = pd.DataFrame({"attribute": ["all", "segment"], "value": ["all", "mobile shop"]})
    with speaking(language=language):
        assert with_group_names(rows)["value"].tolist() == [name, "mobile shop"]

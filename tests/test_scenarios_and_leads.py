"""Scenarios and leads end to end: the demo's truth is found, and what is missing is asked for."""

from pathlib import Path
from typing import Any

import pytest

from crm_strategy import words
from crm_strategy.data.demo_truth import TRUTH
from tests.test_deliverables import payloads

VOID = ("lead_funnel", "lost_reasons", "deals", "planned_costs", "attribution_value")


def column(table: dict[str, Any], name: str) -> list[Any]:
    at = [each["name"] for each in table["columns"]].index(name)
    return [row[at] for row in table["rows"]]


def test_true_win_rates_lie_within_the_intervals_of_the_lead_funnel(demo_report: Path) -> None:
    funnel = payloads(demo_report, "en")["lead_funnel"]
    ends = zip(column(funnel, "low"), column(funnel, "high"), strict=True)
    found = dict(zip(funnel["keys"]["source_channel"], ends, strict=True))
    assert set(found) == set(TRUTH.sources)
    for source, (_share, win_rate) in TRUTH.sources.items():
        low, high = found[source]
        assert low < win_rate < high, source


def test_the_demo_cascades_cost_less_than_every_step_to_everyone(demo_report: Path) -> None:
    table = payloads(demo_report, "en")["cascade_comparison"]
    rows = list(
        zip(
            column(table, "scenario"),
            table["keys"]["option"],
            column(table, "cost"),
            column(table, "expected_responses"),
            strict=True,
        )
    )
    for scenario in set(column(table, "scenario")):
        of = {option: (cost, answers) for name, option, cost, answers in rows if name == scenario}
        best = of.get("best", of["cascade"])
        assert best[0] <= of["cascade"][0] <= of["everyone"][0]
        assert of["reversed"][1] == pytest.approx(of["everyone"][1]) == pytest.approx(best[1])


def test_a_scenario_without_touches_and_consents_reaches_nobody_and_says_why(
    shop_report: Path,
) -> None:
    found = payloads(shop_report, "en")
    assert column(found["communication_plan"], "channel") == ["email", "sms"]
    assert column(found["cascades"], "reach") == [0, 0]
    rates = found["cascade_rates"]
    assert column(rates, "rate") == [None, None]
    assert set(column(rates, "rate_basis")) == {"No contacts in a year"}
    assert set(column(rates, "consent")) == {"Assumed: none supplied"}
    # A price that is not known is no 0, and it leaves no total.
    assert column(rates, "per_touch") == [0.01, None]


def test_without_leads_plans_and_touches_the_chapter_says_what_to_supply(shop_report: Path) -> None:
    found = payloads(shop_report, "en")
    for name in VOID:
        assert found[name]["rows"] == []
        assert found[name]["void"] == words.say(f"views.table.{name}.void")

"""What the demo report calls a signal, sentence by sentence, and the planted fact behind it.

Nothing else may be called one: the demo holds no other change.
"""

from pathlib import Path
from typing import Any

import pytest

from crm_strategy.data.demo_catalogue import articles
from crm_strategy.data.demo_truth import TRUTH
from tests.test_deliverables import payloads
from tests.test_outlook import column, findings

# From July 2026 on every customer orders more rarely (`fall_factor`). Fewer orders a customer
# are fewer with a second one; less revenue, at costs that stay, is less return. The series has
# the fall in its last months; the count from customers knows the rarer orders too little.
FALL = {
    ("kpis", "repeat_rate", "signal_low"),
    ("kpis", "purchase_frequency", "signal_low"),
    ("forecast_score", "revenue", "below"),
    ("forecast_score", "order_count", "below"),
    ("forecast_score", "active_customers", "below"),
    ("forecast_reconciliation", "year", "above"),
}
DEAD = {("products", TRUTH.dead_product, "no_interest")}
SEASON = {("seasonality", TRUTH.seasonal_product, "one_season")}
WINNER = {
    ("experiments", TRUTH.winning_test.variant, "roll_out"),
    ("win_back_results", TRUTH.winning_test.variant, "more"),
}
SIGNALS = FALL | DEAD | SEASON | WINNER

QUIET = {
    "kpis": ("noise", "too_short"),
    "forecast_score": ("inside",),
    "forecast_reconciliation": ("inside",),
    "products": ("steady", "too_few"),
    "seasonality": ("even", "seasonal"),
    "experiments": ("control", "stop"),
    "win_back_results": (None, "open"),
}
"""What a table's verdicts call no change."""

KEYS = {
    "kpis": "kpi",
    "forecast_score": "measure",
    "forecast_reconciliation": "horizon",
    "products": "product_id",
    "seasonality": "product_id",
    "experiments": "variant",
    "win_back_results": "variant",
}


@pytest.fixture(scope="module")
def tables(demo_report: Path) -> dict[str, dict[str, Any]]:
    return payloads(demo_report, "en")


@pytest.fixture(scope="module")
def told(demo_report: Path) -> dict[str, dict[str, Any]]:
    return findings(demo_report)


def signals(tables: dict[str, dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {
        (name, key, verdict)
        for name, by in KEYS.items()
        for key, verdict in zip(
            column(tables[name], by), column(tables[name], "verdict"), strict=True
        )
        if verdict not in QUIET[name]
    }


def test_every_verdict_that_is_a_signal_follows_from_a_planted_fact_and_no_other_is(
    tables: dict[str, dict[str, Any]], told: dict[str, dict[str, Any]]
) -> None:
    assert signals(tables) == SIGNALS
    assert told["kpi_signals"]["figures"]["signals"] == 2


def test_in_groups_only_what_follows_from_rarer_orders_is_a_signal(
    tables: dict[str, dict[str, Any]], told: dict[str, dict[str, Any]]
) -> None:
    # Fewer orders a customer are fewer second ones, and fewer within 30 days of a touch.
    table = tables["kpi_breakdowns"]
    rows = set(zip(column(table, "kpi"), column(table, "verdict"), strict=True))
    called = {(kpi, verdict) for kpi, verdict in rows if verdict in ("signal_high", "signal_low")}
    fallen = ("repeat_rate", "purchase_frequency", "conversion_rate")
    assert called <= {(kpi, "signal_low") for kpi in fallen}
    named = set(told["kpi_breakdowns"]["figures"]["kpis"].split(", "))
    assert "repeat_rate" in named
    assert named <= {"repeat_rate", "purchase_frequency"}


def test_no_decision_is_said_to_have_moved_anything_but_the_one_that_the_test_was(
    tables: dict[str, dict[str, Any]],
) -> None:
    table = tables["decisions"]
    judged = zip(column(table, "decision_id"), column(table, "verdict"), strict=True)
    unmoved = ("not_seen", "not_judged", "no_kpi")
    moved = {which for which, verdict in judged if verdict not in unmoved}
    assert moved <= {"test_free_delivery"}


def test_what_is_called_seasonal_was_drawn_with_a_season(
    tables: dict[str, dict[str, Any]],
) -> None:
    table = tables["seasonality"]
    rows = zip(
        *(column(table, name) for name in ("product_id", "level", "verdict")),
        strict=True,
    )
    called = {
        (level, product)
        for product, level, verdict in rows
        if verdict in ("seasonal", "one_season")
    }
    drawn = articles()
    drawn = drawn[drawn["category"].isin(["Garden", "Gifts"])]
    assert {product for level, product in called if level == "category"} == {"Garden", "Gifts"}
    assert {product for level, product in called if level == "product"} <= {*drawn["product_id"]}


def test_pairs_offered_are_the_planted_one_alone(tables: dict[str, dict[str, Any]]) -> None:
    table = tables["cross_sell"]
    pairs = zip(column(table, "product_id"), column(table, "with_product_id"), strict=True)
    assert [set(pair) for pair in pairs] == [set(TRUTH.pair)]
    assert tables["bundles"]["rows"] == []


def test_kpis_that_pull_against_each_other_are_newcomers_and_what_is_paid_for_each(
    tables: dict[str, dict[str, Any]],
) -> None:
    # Advertising costs `media_per_customer` a customer won: more of one is more of the other.
    table = tables["opposed_kpis"]
    pairs = zip(column(table, "kpi"), column(table, "with_kpi"), strict=True)
    assert set(pairs) <= {("new_customers", "marketing_cost")}
    assert set(TRUTH.media_per_customer) == {"search", "social"}


def test_the_lapsed_group_alone_had_brought_more_than_the_other_lapsed(
    told: dict[str, dict[str, Any]],
) -> None:
    # `lapsed_share` of the customers are companies who bought often and dearly, and stopped.
    assert told["lapsed_groups"]["figures"] == {"attribute": "kind", "value": "company"}


@pytest.mark.parametrize(
    ("finding", "says"),
    [
        ("kpi_signals", "KPIs moved beyond their natural range"),
        ("period_changes", "2 KPIs left their natural range"),
        ("products", "“Bamboo Phone Case” no longer sells"),
        ("seasonality", "“Advent Tea Calendar” sells in one season"),
        ("experiments", "Roll out “free_delivery”"),
        ("experiment_segments", "No segment responded unlike the others beyond chance"),
        ("bundles", "No third product belongs to a pair more often than chance explains"),
        ("revenue_drivers", "most through: Orders per customer"),
    ],
)
def test_planted_facts_are_stated_and_chance_is_called_chance(
    told: dict[str, dict[str, Any]], finding: str, says: str
) -> None:
    assert says in told[finding]["title"]

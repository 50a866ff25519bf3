"""A channel through which few customers order much is hidden as one of few orders is."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from crm_strategy.analysis.attribution import attribution
from crm_strategy.analysis.attribution_intervals import attribution_intervals
from crm_strategy.analysis.channel_costs import channel_costs
from crm_strategy.analysis.channel_mix import channel_sets
from crm_strategy.analysis.channel_verdicts import channel_verdicts
from crm_strategy.analysis.holdout_plan import holdout_plan, reached_customers
from crm_strategy.analysis.paths import conversion_paths
from crm_strategy.analysis.switch_offs import switch_offs
from crm_strategy.views import charts, findings, tables
from crm_strategy.views.payload import column_cells, is_hidden
from tests.analysis.builders import costs, orders, touches

GUARDS = {"ordering_customers", "smallest_count", "lost_customers", "customers"}
WINDOW = {"start": date(2026, 7, 1), "end": date(2026, 9, 30)}


def journeys_of(channel: str, names: range, orders_each: int, money: int) -> tuple[list, list]:
    """Customers who order again and again, each time the day after a touch of the channel."""
    days = [date(2026, 7, 2) + timedelta(days=3 * at) for at in range(orders_each)]
    touched = [(f"k{who}", day, channel) for who in names for day in days]
    placed = [(f"k{who}", day + timedelta(days=1), money) for who in names for day in days]
    return touched, placed


@pytest.fixture(scope="module")
def shop() -> dict[str, Any]:
    """Visits led 4 customers to 40 orders of 617; calls 6 others to 12, and 30 to none."""
    groups = [
        journeys_of("email", range(60), 1, 20),
        journeys_of("sms", range(60, 90), 1, 30),
        journeys_of("visit", range(90, 94), 10, 617),
        journeys_of("call", range(94, 100), 2, 40),
    ]
    touched = [row for group in groups for row in group[0]]
    touched += [(f"n{who}", date(2026, 8, 1), "call") for who in range(30)]
    placed = [row for group in groups for row in group[1]]
    sent, bought = touches(*touched), orders(*placed)
    paid = costs(*((name, *WINDOW.values(), 90.0) for name in ("email", "sms", "visit", "call")))
    channels = channel_costs(paid, sent, bought, None, **WINDOW, margin_rate=0.4)
    paths = conversion_paths(sent, bought, **WINDOW, lookback_days=30, customers=True)
    credit = attribution(paths)
    drawn = attribution_intervals(paths, credit, draws=20)
    single = switch_offs(paths, channels, margin_rate=0.4)
    reached = reached_customers(sent, bought, **WINDOW, conversion_days=30)
    return {
        "channels": channels,
        "credit": credit,
        "verdicts": channel_verdicts(credit, channels, drawn, margin_rate=0.4),
        "single": single,
        "sets": channel_sets(paths, channels, draws=20),
        "plan": holdout_plan(single, reached, None, **WINDOW),
    }


def shown(payload: dict[str, Any], column: str) -> dict[str, object]:
    """What a reader sees of a column, by channel."""
    pairs = zip(payload["keys"]["channel"], column_cells(payload, column), strict=True)
    return {str(name): cell for name, cell in pairs if not is_hidden(cell)}


def test_ten_orders_of_one_customer_are_not_ten_customers(shop):
    told = tables.channel_costs_table(shop["channels"]).payload()
    drawn = charts.channel_cost_chart(shop["channels"]).payload()
    single = tables.switch_off_table(shop["single"]).payload()
    credit = tables.attribution_table(shop["credit"]).payload()
    for payload, column in (
        *((told, each) for each in ("order_count", "cost_per_order", "roi", "revenue", "margin")),
        *((drawn, each) for each in ("order_count", "cost_per_order")),
        *((single, each) for each in ("conversions_lost", "margin_lost", "high", "flip_margin")),
        *((credit, each) for each in ("last_touch", "linear", "shapley", "conversion_count")),
        (tables.attribution_value_table(shop["credit"]).payload(), "linear_value"),
        (tables.attribution_verdicts_table(shop["verdicts"]).payload(), "roi_high"),
    ):
        found = shown(payload, column)
        assert "email" in found, column
        assert not {"visit", "call"} & set(found), column


def test_the_total_less_the_channels_shown_tells_orders_of_ten_customers_at_least(shop):
    # Visits and calls are of 10 customers together, so that no third channel is hidden.
    told = tables.channel_costs_table(shop["channels"]).payload()
    assert set(shown(told, "order_count")) == {"email", "sms", "None"}
    credit = tables.attribution_table(shop["credit"]).payload()
    assert {"email", "sms"} < set(shown(credit, "last_touch"))
    fewer = shop["channels"].assign(
        ordering_customers=shop["channels"]["ordering_customers"].replace(6.0, 5.0)
    )
    told = tables.channel_costs_table(fewer).payload()
    assert set(shown(told, "order_count")) == {"email", "None"}


def test_sets_of_channels_tell_no_orders_of_few_customers(shop):
    told = tables.channel_sets_table(shop["sets"]).payload()
    off = column_cells(told, "switched_off")
    kept = dict(zip(off, column_cells(told, "conversions"), strict=True))
    # Of 142 orders 40 are of the visits.
    assert kept["None"] == 142
    assert not {102, 130} & {cell for cell in kept.values() if not is_hidden(cell)}


def test_findings_name_no_figure_of_a_channel_that_few_customers_order_through(shop):
    said = [
        findings.channel_cost_finding(shop["channels"]),
        findings.attribution_finding(shop["verdicts"]),
        findings.switch_off_finding(shop["single"], shop["plan"]),
        findings.channel_sets_finding(shop["sets"]),
        findings.holdout_plan_finding(shop["plan"]),
    ]
    text = " ".join(f"{each.title} {each.text} {each.figures}" for each in said)
    # Visits: 40 orders at 2.25, EUR 24,680; calls: 12 at 7.5.
    for figure in ("40 orders", "2.25", "24,680", "9,872", "12 orders", "7.5"):
        assert figure not in text
    assert "email" in text.lower()


def test_the_customers_behind_orders_are_printed_nowhere(shop):
    for payload in (
        tables.channel_costs_table(shop["channels"]).payload(),
        tables.attribution_table(shop["credit"]).payload(),
        tables.switch_off_table(shop["single"]).payload(),
        tables.channel_sets_table(shop["sets"]).payload(),
    ):
        behind = [each for each in payload["columns"] if each["name"] in GUARDS]
        assert behind
        assert all(each["sheet_only"] and each["page_only"] for each in behind)


def test_ready_made_paths_know_no_customers_and_are_hidden_by_their_orders():
    rows = [("call", 3.0, 30.0, 40.0), ("email", 60.0, 600.0, 90.0), ("sms", 40.0, 400.0, 90.0)]
    paths = pd.DataFrame(rows, columns=["path", "conversions", "value", "nulls"])
    credit = tables.attribution_table(attribution(paths)).payload()
    # The next fewest are hidden with the 3, whom the sum would tell.
    assert set(shown(credit, "last_touch")) == {"email", "None"}

"""The tables of channels hide the same ones, and none of which enough customers are behind."""

import random
from datetime import date, timedelta
from typing import Any

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

WINDOW = {"start": date(2026, 7, 1), "end": date(2026, 9, 30)}
LEAST = 10

Journeys = list[tuple[str, int, list[str]]]
"""Customers, days into the period, and the channels that led to an order on that day."""


def results(journeys: Journeys) -> dict[str, Any]:
    """What chapter 4 makes of journeys that all end in an order."""
    first = WINDOW["start"]
    touched = [
        (who, first + timedelta(days=day - len(path) + at), channel)
        for who, day, path in journeys
        for at, channel in enumerate(path)
    ]
    sent = touches(*touched)
    bought = orders(*((who, first + timedelta(days=day), 50) for who, day, _ in journeys))
    names = sorted({channel for _, _, channel in touched})
    paid = costs(*((name, *WINDOW.values(), 900.0 + at) for at, name in enumerate(names)))
    paths = conversion_paths(sent, bought, **WINDOW, lookback_days=9, customers=LEAST)
    told = {"margin_rate": 0.4, "paths": paths, "customers": LEAST}
    channels = channel_costs(paid, sent, bought, **WINDOW, lookback_days=9, **told)
    credit = attribution(paths, order=1)
    drawn = attribution_intervals(paths, credit, draws=3)
    single = switch_offs(paths, channels, margin_rate=0.4)
    reached = reached_customers(sent, bought, **WINDOW, conversion_days=9)
    return {
        "channels": channels,
        "credit": credit,
        "verdicts": channel_verdicts(credit, channels, drawn, margin_rate=0.4),
        "single": single,
        "sets": channel_sets(paths, channels, draws=3),
        "plan": holdout_plan(single, reached, None, **WINDOW),
    }


def shown(payload: Any, column: str) -> dict[str, Any]:
    """What a reader sees of a column, by channel, the total apart."""
    rows = len(payload["rows"]) - payload.get("total", False)
    pairs = list(zip(payload["keys"]["channel"], column_cells(payload, column), strict=True))
    return {str(name): cell for name, cell in pairs[:rows] if not is_hidden(cell)}


def test_orders_of_fifteen_customers_are_told_though_each_ordered_through_other_channels_too():
    # In equal parts over their orders, 5 customers would be behind each of three channels.
    journeys = [
        (f"k{who}", day, [channel])
        for who in range(15)
        for day, channel in ((5, "fair"), (25, "call"), (45, "post"))
    ]
    journeys += [(f"m{who}", 40, ["email"]) for who in range(60)]
    found = results(journeys)
    for payload, column in (
        (tables.channel_costs_table(found["channels"]).payload(), "order_count"),
        (charts.channel_cost_chart(found["channels"]).payload(), "cost_per_order"),
        (tables.attribution_table(found["credit"]).payload(), "linear"),
        (tables.attribution_table(found["credit"]).payload(), "conversion_count"),
        (tables.attribution_value_table(found["credit"]).payload(), "last_touch_value"),
        (charts.attribution_range_chart(found["credit"]).payload(), "low"),
        (tables.attribution_verdicts_table(found["verdicts"]).payload(), "roi_high"),
        (tables.switch_off_table(found["single"]).payload(), "conversions_lost"),
    ):
        assert {"fair", "call", "post", "email"} <= set(shown(payload, column)), column
    sets = tables.channel_sets_table(found["sets"]).payload()
    assert not any(is_hidden(cell) for cell in column_cells(sets, "conversions"))
    assert findings.channel_sets_finding(found["sets"]).text


def test_two_channels_of_the_same_few_customers_are_no_larger_group():
    # 6 customers ordered after calls and again after a fair: 12 orders of 6, not of 12.
    journeys = [(f"k{who}", day, [name]) for who in range(6) for day, name in DAYS.items()]
    journeys += [(f"s{who}", 40, ["sms"]) for who in range(20)]
    journeys += [(f"m{who}", 40, ["email"]) for who in range(60)]
    found = results(journeys)
    for payload, column in (
        (tables.channel_costs_table(found["channels"]).payload(), "order_count"),
        (tables.attribution_table(found["credit"]).payload(), "linear"),
        (tables.switch_off_table(found["single"]).payload(), "conversions_lost"),
    ):
        assert set(shown(payload, column)) == {"email"}


DAYS = {20: "call", 40: "fair"}


def test_orders_that_others_were_last_to_touch_do_not_follow_from_two_tables():
    # E-mail led to 68 orders and was the last touch of 62; the 6 between are of 2 customers.
    journeys = [(f"m{who}", 40, ["email"]) for who in range(62)]
    journeys += [(f"k{at % 2}", 12 + 10 * (at // 2), ["email", "sms"]) for at in range(6)]
    journeys += [(f"s{who}", 40, ["sms"]) for who in range(30)]
    journeys += [(f"p{who}", 40, ["post"]) for who in range(80)]
    found = results(journeys)
    assert found["credit"].set_index("channel").loc["email", "conversion_count"] == 68
    table = tables.channel_costs_table(found["channels"]).payload()
    assert "email" not in shown(table, "order_count")
    assert shown(table, "order_count")["post"] == 80
    drawn = charts.channel_cost_chart(found["channels"]).payload()
    assert "email" not in shown(drawn, "cost_per_order")
    assert "62 orders" not in findings.channel_cost_finding(found["channels"]).text


def test_a_plan_tells_no_drop_that_the_switch_offs_hide():
    # Post led few to orders; beside the total, those of the fair would tell them.
    journeys = [(f"p{who}", 40, ["post"]) for who in range(4)]
    journeys += [(f"f{who}", 40, ["fair"]) for who in range(20)]
    journeys += [(f"m{who}", 40, ["email"]) for who in range(90)]
    found = results(journeys)
    single = tables.switch_off_table(found["single"]).payload()
    plan = found["plan"].assign(verdict="ready", break_even_drop=0.1, customer_count=300.0)
    table = tables.holdout_plan_table(plan, found["single"]).payload()
    for payload, column in ((single, "margin_lost"), (table, "break_even_drop")):
        assert set(shown(payload, column)) == {"email"}


def a_client(seed: int) -> Journeys:
    """Up to 160 customers, most of whom order through few of the channels, some very often."""
    chance = random.Random(seed)
    names = [f"c{at}" for at in range(chance.randrange(3, 7))]
    weights = [1 / (1 + at) ** 2 for at in range(len(names))]
    journeys = []
    for who in range(chance.randrange(40, 160)):
        for turn in range(chance.choice((1, 1, 1, 2, 5))):
            path = chance.choices(names, weights, k=chance.choice((0, 1, 1, 2)))
            steps = [each for at, each in enumerate(path) if each not in path[:at]]
            journeys.append((f"k{who}", 12 + 15 * turn, steps))
    return journeys


@pytest.mark.parametrize("seed", range(12))
def test_no_table_tells_the_orders_of_few_customers_beside_another(seed):
    journeys = a_client(seed)
    found = results(journeys)
    names = sorted({channel for _, _, path in journeys for channel in path})
    credit = tables.attribution_table(found["credit"]).payload()
    spent = shown(tables.channel_costs_table(found["channels"]).payload(), "order_count")
    single = shown(tables.switch_off_table(found["single"]).payload(), "conversions_lost")
    held_back = {name for name in names if name not in shown(credit, "linear")}
    assert not 0 < len(customers(journeys, held_back, slice(None))) < LEAST
    assert len(held_back) != 1
    assert not held_back & {*single, *spent}
    for rule, steps in STEPS.items():
        told = {name for name in names if name in shown(credit, rule)}
        assert not held_back & told
        if rule == "last_touch":
            # A channel that was never the last is told to have 0 orders.
            assert told == {name for name in spent if name in names}
        assert not 0 < len(customers(journeys, {*names} - told, steps)) < LEAST
        for name in told & {*single}:
            led = [each for each in journeys if name in each[2] and name not in each[2][steps]]
            assert not 0 < len({who for who, _, _ in led}) < LEAST, (rule, name)


STEPS = {"first_touch": slice(1), "last_touch": slice(-1, None), "last_non_direct": slice(-1, None)}
"""The steps of a path that a rule credits."""


def customers(journeys: Journeys, channels: set[str], steps: slice) -> set[str]:
    """Who ordered after one of the channels, of the steps of a path that count."""
    return {who for who, _, path in journeys if channels & {*path[steps]}}


def test_few_who_ordered_without_a_touch_are_no_hindrance_to_the_table_of_costs():
    journeys = [
        (f"{channel}{who}", 20 + who % 60, [channel])
        for channel, size in (("email", 60), ("fax", 45), ("sms", 40))
        for who in range(size)
    ]
    found = results([*journeys, *((f"alone{who}", 30, []) for who in range(3))])
    costed = tables.channel_costs_table(found["channels"]).payload()
    credit = tables.attribution_table(found["credit"]).payload()
    told = shown(costed, "order_count")
    assert set(told) <= {"email", "fax", "sms"}
    assert "no_touch" not in shown(credit, "last_touch")
    # Beside the three, as many are held back as are of ten customers together.
    assert len(told) < 3

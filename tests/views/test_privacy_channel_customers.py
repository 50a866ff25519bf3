"""A channel through which few customers order much is hidden as one of few orders is."""

from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from crm_strategy.analysis.attribution import attribution
from crm_strategy.analysis.attribution_intervals import attribution_intervals
from crm_strategy.analysis.channel_costs import channel_costs
from crm_strategy.analysis.channel_mix import channel_sets
from crm_strategy.analysis.channel_verdicts import channel_verdicts
from crm_strategy.analysis.funnel_sizes import without_small_steps
from crm_strategy.analysis.holdout_plan import holdout_plan, reached_customers
from crm_strategy.analysis.journeys import transitions
from crm_strategy.analysis.lead_funnel import lead_funnel, lost_reasons
from crm_strategy.analysis.paths import conversion_paths
from crm_strategy.analysis.switch_offs import switch_offs
from crm_strategy.analysis.touchpoint_coverage import touchpoint_coverage
from crm_strategy.views import charts, findings, tables
from crm_strategy.views.payload import column_cells, is_hidden
from tests.analysis.builders import costs, orders, table, touches

GUARDS = {"channel_untold", "new_untold", "lost_customers", "customers"}
LEAST = 10
WINDOW = {"start": date(2026, 7, 1), "end": date(2026, 9, 30)}


def journeys_of(channel: str, names: range, orders_each: int, money: int) -> tuple[list, list]:
    """Customers who order again and again, each time the day after a touch of the channel."""
    days = [date(2026, 7, 2) + timedelta(days=3 * at) for at in range(orders_each)]
    touched = [(f"k{who}", day, channel) for who in names for day in days]
    placed = [(f"k{who}", day + timedelta(days=1), money) for who in names for day in days]
    return touched, placed


def who(end: int, begin: int = 0) -> list[int]:
    """Customers by number, as few of a path as are listed."""
    return [*range(begin, end)][:LEAST]


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
    paths = conversion_paths(sent, bought, **WINDOW, lookback_days=30, customers=LEAST)
    channels = channel_costs(
        paid, sent, bought, None, **WINDOW, margin_rate=0.4, paths=paths, customers=LEAST
    )
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
    plain = shop["channels"].drop(columns=["conversion_count"])
    fewer = plain.assign(ordering_customers=[5.0, 60.0, 30.0, 4.0])
    told = tables.channel_costs_table(fewer).payload()
    assert set(shown(told, "order_count")) == {"email", "None"}


def test_sets_of_channels_tell_no_orders_of_few_customers(shop):
    told = tables.channel_sets_table(shop["sets"]).payload()
    off = column_cells(told, "switched_off")
    kept = dict(zip(off, column_cells(told, "conversions"), strict=True))
    # Of 142 orders 40 are of the visits.
    assert kept["None"] == 142
    assert not {102, 130} & {cell for cell in kept.values() if not is_hidden(cell)}


def test_orders_without_a_channel_do_not_follow_from_all_orders_less_those_with_it():
    # 20 orders of 4 customers came after SMS alone: all 88 less the 68 after e-mails.
    # So do the 8 orders after both: all after e-mails less the 60 after e-mails alone.
    rows = [("email", 60.0, who(60)), ("email > sms", 8.0, who(68, 60)), ("sms", 20.0, who(72, 68))]
    paths = pd.DataFrame(rows, columns=["path", "conversions", "customers"])
    paths = paths.assign(
        value=50 * paths["conversions"],
        nulls=paths["conversions"],
        null_customers=[who(150, 100)] * 3,
    )
    paid = pd.DataFrame({"channel": ["email", "sms"], "cost": [90.0, 900.0]})
    single = switch_offs(paths, paid, margin_rate=0.4)
    credit = attribution(paths)
    verdicts = channel_verdicts(credit, paid, margin_rate=0.4)
    for payload, column in (
        (tables.switch_off_table(single).payload(), "conversions_lost"),
        (tables.switch_off_table(single).payload(), "least_conversions_lost"),
        (tables.attribution_table(credit).payload(), "conversion_count"),
        (tables.attribution_verdicts_table(verdicts).payload(), "conversion_count"),
    ):
        assert "email" not in shown(payload, column), column
    plan = pd.DataFrame(columns=["channel", "customer_count"])
    for found in (
        findings.switch_off_finding(single, plan),
        findings.attribution_finding(verdicts),
    ):
        assert "68" not in f"{found.title} {found.text}"


def test_journeys_that_ended_in_none_do_not_follow_from_all_journeys_less_orders():
    rows = [
        ("fair", 40.0, who(40), 5.0, who(105, 100)),
        ("email", 60.0, who(100, 40), 300.0, who(500, 200)),
    ]
    names = ["path", "conversions", "customers", "nulls", "null_customers"]
    paths = pd.DataFrame(rows, columns=names).assign(value=[2000.0, 3000.0])
    paid = pd.DataFrame({"channel": ["fair", "email"], "cost": [500.0, 10.0]})
    single = switch_offs(paths, paid, margin_rate=0.4)
    told = tables.switch_off_table(single).payload()
    assert set(shown(told, "journey_count")) == {"email"}
    assert set(shown(told, "conversions_lost")) == {"fair", "email"}
    found = findings.switch_off_finding(single, pd.DataFrame(columns=["channel", "customer_count"]))
    assert "at least 40 journeys" in found.text
    assert "45" not in found.text


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


def test_steps_that_few_customers_took_often_do_not_follow_from_their_row_or_column():
    groups = [
        journeys_of("visit", range(4), 10, 617),
        journeys_of("email", range(10, 60), 2, 20),
        journeys_of("sms", range(60, 90), 2, 30),
    ]
    touched = [row for group in groups for row in group[0]]
    touched += [(f"n{who}", date(2026, 8, 1), name) for who in range(30) for name in ("sms", "web")]
    placed = [row for group in groups for row in group[1]]
    taken = transitions(touches(*touched), orders(*placed), **WINDOW, customers=LEAST)
    told = tables.transitions_table(taken.to_pandas()).payload()
    pairs = list(zip(told["keys"]["source"], told["keys"]["target"], strict=True))
    shown = {
        pair for pair, n in zip(pairs, column_cells(told, "n"), strict=True) if not is_hidden(n)
    }
    # 40 times 4 customers went from a visit to an order, and all came to it from the start.
    assert ("web", "NULL") in shown
    for step in (("visit", "CONVERSION"), ("START", "visit")):
        assert step not in shown
        column = [pair for pair in pairs if pair[1] == step[1]]
        assert len(column) == 1 or len(set(column) - shown) > 1
    # All steps less the journeys are all touches: those of the visits would follow.
    assert told["n"] is None
    assert "steps" not in told["source"]


def test_the_number_of_all_steps_is_told_where_no_channel_touched_few():
    groups = [journeys_of("email", range(10, 60), 2, 20), journeys_of("sms", range(60, 90), 1, 30)]
    # Few ordered, which hides some steps; of the touches no channel had few customers.
    groups[1] = (groups[1][0], groups[1][1][:4])
    touched, placed = ([row for group in groups for row in group[at]] for at in (0, 1))
    taken = transitions(touches(*touched), orders(*placed), **WINDOW, customers=LEAST)
    told = tables.transitions_table(taken.to_pandas()).payload()
    assert any(is_hidden(n) for n in column_cells(told, "n"))
    assert told["n"] == taken.to_pandas()["n"].sum()


def test_steps_of_customers_who_took_others_too_are_not_hidden_needlessly():
    # Each of 15 customers was touched by three channels: in equal parts 5 came to each first.
    names = ("fair", "call", "post")
    touched = [
        (f"k{who}", date(2026, 7, 1) + timedelta(days=40 * at), name)
        for who in range(15)
        for at, name in enumerate(names)
    ]
    taken = transitions(touches(*touched), orders(), **WINDOW, customers=LEAST).to_pandas()
    few = taken.assign(customers=[each[:9] for each in taken["customers"]])
    assert len(taken) == 6
    told = column_cells(tables.transitions_table(taken).payload(), "n")
    assert told == [15] * 6
    assert all(is_hidden(n) for n in column_cells(tables.transitions_table(few).payload(), "n"))


LEADS = {
    **dict.fromkeys(("lead_id", "customer_id", "source_channel"), "string"),
    "created_at": "timestamp(6)",
    "status_group": "string",
    "converted_at": "timestamp(6)",
    "amount": "float64",
    "lost_reason": "string",
}


def leads_of(*groups: tuple[str, int, str, str | None, str | None]) -> Any:
    """So many leads of a source: their status, the customer of all of them, the reason."""
    rows = [
        {
            "lead_id": f"{source} {status} {number}",
            "customer_id": customer,
            "source_channel": source,
            "created_at": datetime(2026, 7, 5),
            "status_group": status,
            "converted_at": datetime(2026, 8, 5) if status == "won" else None,
            "amount": 70.0,
            "lost_reason": reason,
        }
        for source, count, status, customer, reason in groups
        for number in range(count)
    ]
    return table(LEADS, rows)


def test_leads_of_one_customer_are_no_group() -> None:
    leads = leads_of(
        ("partner", 12, "lost", "k3", "price"),
        ("partner", 14, "won", "k3", None),
        ("web", 20, "lost", None, "time"),
        ("web", 30, "won", None, None),
        ("fair", 15, "lost", None, "other plans"),
        ("fair", 15, "won", None, None),
    )
    costs_of = pd.DataFrame({"channel": ["partner"], "cost": [50.0]})
    funnel = lead_funnel(leads, orders(), costs_of, **WINDOW)
    told = tables.lead_funnel_table(funnel).payload()
    partner = told["keys"]["source_channel"].index("partner")
    for column in ("lead_count", "won_count", "lost_count", "win_rate", "value", "cost_per_won"):
        cells = column_cells(told, column)
        assert is_hidden(cells[partner]), column
        assert sum(map(is_hidden, cells)) == 1, column
    reasons = lost_reasons(leads, **WINDOW)
    assert "price" not in list(reasons["lost_reason"])
    shown = column_cells(tables.lost_reasons_table(reasons).payload(), "lead_count")
    # The few stand together, and the sum of all does not tell them: the next fewest are hidden.
    assert [cell for cell in shown if not is_hidden(cell)] == [20]
    assert "price" not in findings.lost_reasons_finding(reasons).title


def test_deals_of_the_same_few_customers_in_several_stages_are_no_larger_group() -> None:
    deals = pd.DataFrame(
        {
            "stage_group": ["open", "open", "won"],
            "stage": ["Call", "Offer", "Paid"],
            "deal_count": [20, 25, 90],
            "customer_count": [6, 6, 50],
            "value": [2000.0, 2500.0, 9000.0],
            "average_value": [100.0, 100.0, 100.0],
            "deal_customers": [2.7, 3.3, 50.0],
        }
    )
    payload = tables.deals_table(deals).payload()
    assert [is_hidden(cell) for cell in column_cells(payload, "deal_count")] == [True, True, False]
    found = findings.deals_finding(deals)
    assert "45" not in f"{found.title} {found.text}"


def test_touches_of_a_channel_that_few_customers_had_are_hidden_in_every_table() -> None:
    mapped = pd.DataFrame(
        {
            "touchpoint_id": ["news", "fax"],
            "touchpoint": ["News", "Fax"],
            "channel": ["email", "fax"],
            "place": ["online", "online"],
            "stage": ["awareness", "awareness"],
            "touch_count": [210.0, 9.0],
            "customer_count": [121.0, 8.0],
            "converted_count": [20.0, 0.0],
            "conversion_rate": [20 / 121, 0.0],
        }
    )
    actions = pd.DataFrame({"segment": [], "touchpoint_id": [], "target_action": []})
    coverage = tables.touchpoint_coverage_table(touchpoint_coverage(mapped, actions)).payload()
    used = tables.touchpoints_table(mapped).payload()
    rows = pd.DataFrame(
        {
            "channel": ["email", "fax"],
            "cost": [100.0, 20.0],
            "touch_count": [210, 9],
            "order_count": [60.0, 30.0],
            "new_customers": [0.0, 0.0],
            "customer_count": [121, 8],
        }
    )
    spent = tables.channel_costs_table(rows).payload()
    assert column_cells(used, "touch_count")[0] == 210
    for payload in (used, spent, coverage):
        cells = column_cells(payload, "touch_count")
        assert not {9, 219} & {cell for cell in cells if not is_hidden(cell)}


def test_customers_who_took_no_step_in_any_session_do_not_follow_from_two_stages() -> None:
    # 18 customers in 40 sessions; 10 of them answered in one of 20, so that 8 never did.
    rows = pd.DataFrame(
        [
            ("all", "all", "touched", 60, 90, None, None, None),
            ("all", "all", "responded", 40, 50, 90, 60, 35),
            ("segment", "at_risk", "touched", 18, 40, None, None, None),
            ("segment", "at_risk", "responded", 10, 20, 40, 18, 15),
        ],
        columns=[
            *("attribute", "value", "stage", "customer_count", "journey_count", "before_count"),
            *("before_customers", "stopped_customers"),
        ],
    )
    shown = without_small_steps(rows, 10)
    assert list(zip(shown["value"], shown["stage"], strict=True)) == [
        ("all", "touched"),
        ("all", "responded"),
        ("at_risk", "touched"),
    ]
    rows.loc[3, ["customer_count", "stopped_customers"]] = [18, 4]
    # 20 sessions that stopped, but of 4 customers only.
    assert len(without_small_steps(rows, 10)) == 3

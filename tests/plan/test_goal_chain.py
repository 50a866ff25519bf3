from datetime import date

import pytest

from crm_strategy.plan.goal_chain import LEVERS, LINKS, goal_chain
from crm_strategy.words import speaking
from crm_strategy.words.kpis import KPIS

# Each comment names the links that the goal under it lacks, and where to mend them.
PARAMS = """\
client: Acme
data:
  orders: {file: orders.csv}
  experiments: {file: tests.csv}
business_goals:
  - {id: growth, goal: Grow, kpi: revenue, target: 9, by: 2026-12-31}
  - {id: thrift, goal: Spend less, kpi: cac, target: 9, by: 2026-12-31}
goals:
  # nothing
  - {id: whole, goal: Sell more often, serves: growth, kpi: purchase_frequency, target: 2,
     by: 2026-12-31, test: mail}
  # no business goal, no touchpoint and so no channel, no test, no decision: line 13
  - {id: alone, goal: Be liked, kpi: repeat_rate, target: 0.3, by: 2026-12-31}
  - id: mistaken
    goal: Please customers
    serves: thrift
    # csat does not make customers cheaper, and there are no surveys: line 18
    kpi: csat
    target: 0.9
    by: 2026-12-31
    # no such experiment in the data: line 22
    test: unheard_of
channels:
  email: {cost: {per_touch: 0.01}}
  # no price: line 26
  call: {}
touchpoints:
  - id: letter
    name: Letter
    channel: email
    stage: loyalty
    actions: {all: {target_action: Order again, kpi: purchase_frequency}}
  - id: talk
    name: Talk
    channel: call
    stage: service
    actions: {all: {target_action: Say what is wrong, kpi: csat}}
decisions:
  - {id: d1, decision: Write monthly, period: 2026-Q2, goal: whole}
  - {id: d2, decision: Call the unhappy, period: 2026-Q2, goal: mistaken}
"""


def broken(params, **more):
    return {
        (row["goal_id"], row["link"], row["line"])
        for row in goal_chain(params, **more)
        if row["verdict"] == "broken"
    }


def test_the_chain_lists_exactly_the_broken_links_with_their_lines(read):
    assert broken(read(PARAMS), tests=["mail"]) == {
        ("alone", "business_goal", 13),
        ("alone", "touchpoint", 13),
        ("alone", "channel", 13),
        ("alone", "test", 13),
        ("alone", "decision", 13),
        ("mistaken", "lever", 18),
        ("mistaken", "data", 18),
        ("mistaken", "channel", 26),
        ("mistaken", "test", 22),
    }


def test_whether_the_data_hold_a_test_is_left_open_without_them(read):
    assert ("mistaken", "test", 22) not in broken(read(PARAMS))


def test_each_goal_has_every_link_in_order_and_says_what_holds(read):
    rows = goal_chain(read(PARAMS))
    assert [row["link"] for row in rows if row["goal_id"] == "whole"] == list(LINKS)
    assert [row["holds"] for row in rows if row["goal_id"] == "whole"] == [
        *("Grow", "Purchase frequency", "Letter", "email", "orders", "mail", "Write monthly"),
    ]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_broken_link_has_a_remedy(read, language):
    with speaking(language=language):
        rows = goal_chain(read(PARAMS), tests=["mail"])
    assert all((row["remedy"] is None) == (row["verdict"] == "whole") for row in rows)
    assert all(row["holds"] is None for row in rows if row["verdict"] == "broken")


def test_a_scenario_for_the_segment_is_a_touchpoint_too(read):
    text = PARAMS.replace(
        "decisions:",
        "scenarios:\n  - {id: comeback, segment: all, steps: [{channel: email}]}\ndecisions:",
    )
    links = {link for goal, link, _ in broken(read(text)) if goal == "alone"}
    assert not links & {"touchpoint", "channel"}


def test_costs_in_the_data_price_the_channels_that_they_name(read):
    params = read(PARAMS.replace("experiments: {", "costs: {file: costs.csv}\n  experiments: {"))
    # Which these are is left open without the data.
    assert ("mistaken", "channel") not in {link[:2] for link in broken(params)}
    assert ("mistaken", "channel") not in {link[:2] for link in broken(params, costed=["call"])}
    # One line further down, for the costs are named in line 4.
    assert ("mistaken", "channel", 27) in broken(params, costed=["email", None])


@pytest.mark.parametrize(
    ("kpi", "costs", "holds"),
    [
        ("cac", "", "orders, channels"),
        ("cac", "costs: {file: costs.csv}\n  ", "orders, costs"),
        ("roi", "costs: {file: costs.csv}\n  ", "orders, touches, costs"),
        ("marketing_cost", "costs: {file: costs.csv}\n  ", "costs"),
    ],
)
def test_costs_are_named_where_a_kpi_is_counted_from_them(read, kpi, costs, holds):
    text = PARAMS.replace("experiments: {", f"{costs}experiments: {{")
    rows = goal_chain(read(text.replace("kpi: repeat_rate", f"kpi: {kpi}")))
    found = {row["link"]: row["holds"] for row in rows if row["goal_id"] == "alone"}
    assert found["data"] == holds


def test_every_kpi_is_a_lever_of_itself():
    assert all(kpi in LEVERS[kpi] for kpi in KPIS)


@pytest.mark.parametrize(("day", "missing"), [(date(2026, 6, 30), 0), (date(2026, 3, 31), 2)])
def test_a_decision_of_a_later_period_is_no_link(read, day, missing):
    rows = goal_chain(read(PARAMS), until=day)
    later = [row for row in rows if "after this period" in str(row["remedy"])]
    assert [row["link"] for row in later] == ["decision"] * missing


def test_of_a_goal_whose_date_has_passed_nothing_is_left_to_mend(read):
    rows = goal_chain(read(PARAMS), until=date(2026, 12, 31))
    assert {row["verdict"] for row in rows} == {"over"}
    assert all(row["line"] is None and row["remedy"] is None for row in rows)
    assert any(row["holds"] for row in rows)

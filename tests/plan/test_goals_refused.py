"""Every refusal of goals, names and segments, by its whole message."""

import pytest

from tests.plan.acme import ACME, SEGMENTS, plan

KPIS = (
    "revenue, gross_margin, order_count, active_customers, active_share, new_customers, "
    "customer_retention_rate, churn_rate, repeat_rate, average_order_value, purchase_frequency, "
    "conversion_rate, csat, nps, loyalty_share, marketing_cost, roi, cac, ltv, ltv_to_cac, "
    "payback_months"
)


def test_the_plan_the_tests_break_is_right(read):
    assert read(plan()).line_of(("goals", 0, "id")) == 9


def test_unknown_key(refusal):
    assert refusal(plan(tarjet=1)) == (
        "params/acme.yml, line 16, goals[0].tarjet: unknown key.\n"
        "Did you mean 'target'? Known here: id, goal, serves, priority, kpi, segment, baseline, "
        "target, by, baseline_at, owner, test, note."
    )


def test_unknown_key_at_the_top(refusal):
    assert refusal(ACME + "goal: []\n") == (
        "params/acme.yml, line 4, goal: unknown key.\n"
        "Did you mean 'goals'? Known here: client, language, currency, timezone, rhythm, data, "
        "business_goals, goals, segments, segment_kinds, tiers, personas, touchpoints, channels, "
        "scenarios, decisions, privacy, rfm, value, growth, kpis, definition_changes, journeys, "
        "attribution."
    )


def test_unknown_key_below_a_name_of_the_users_own(refusal):
    # The channel is named like a key of ours: the keys listed must still be the channel's.
    assert refusal(ACME + "channels:\n  cost: {labl: Cost}\n") == (
        "params/acme.yml, line 5, channels.cost.labl: unknown key.\n"
        "Did you mean 'label'? Known here: label, kind, cost."
    )


def test_goal_with_deadline_before_its_baseline(refusal):
    assert refusal(plan(baseline_at="2027-01-01")) == (
        "params/acme.yml, line 15, goals[0].by: the deadline 2026-12-31 is not after the baseline "
        "of 2027-01-01.\n"
        "Write a later by, or an earlier baseline_at."
    )


def test_goal_with_deadline_on_its_baseline(refusal):
    assert refusal(plan(baseline_at="2026-12-31")) == (
        "params/acme.yml, line 15, goals[0].by: the deadline 2026-12-31 is not after the baseline "
        "of 2026-12-31.\n"
        "Write a later by, or an earlier baseline_at."
    )


def test_target_equal_to_baseline(refusal):
    assert refusal(plan(target=0.2)) == (
        "params/acme.yml, line 14, goals[0].target: 0.2 equals the baseline.\n"
        "A goal is a change: write the value the KPI should reach."
    )


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("38", "Write a fraction: 0.38 for 38 %."),
        ("380", "Write a fraction, such as 0.38 for 38 %."),
        ("-0.1", "Write a fraction, such as 0.38 for 38 %."),
    ],
)
def test_share_that_is_no_fraction(refusal, value, remedy):
    assert refusal(plan(target=value)) == (
        f"params/acme.yml, line 14, goals[0].target: {value} is no share: repeat_rate runs from 0 "
        f"to 1.\n{remedy}"
    )


def test_baseline_that_is_no_fraction(refusal):
    assert refusal(plan(baseline=20)) == (
        "params/acme.yml, line 13, goals[0].baseline: 20 is no share: repeat_rate runs from 0 to "
        "1.\nWrite a fraction: 0.2 for 20 %."
    )


def test_unknown_kpi(refusal):
    assert refusal(plan(kpi="repeat_rat")) == (
        "params/acme.yml, line 12, goals[0].kpi: unknown KPI 'repeat_rat'.\n"
        f"Did you mean 'repeat_rate'? KPIs: {KPIS}."
    )


def test_unknown_business_goal(refusal):
    assert refusal(plan(serves="grwth")) == (
        "params/acme.yml, line 11, goals[0].serves: no business goal 'grwth'.\n"
        "Did you mean 'growth'? Business goals: growth."
    )


def test_business_goal_where_there_is_none(refusal):
    goals = "goals: [{id: a, goal: G, serves: growth, kpi: nps, target: 40, by: 2026-12-31}]\n"

    assert refusal(ACME + goals) == (
        "params/acme.yml, line 4, goals[0].serves: no business goal 'growth'.\n"
        "Business goals: none."
    )


def test_unknown_segment(refusal):
    assert refusal(plan(segment="atrisk")) == (
        "params/acme.yml, line 16, goals[0].segment: no segment 'atrisk'.\n"
        f"Did you mean 'at_risk'? Segments: {SEGMENTS}."
    )


def test_a_segment_of_another_map_is_told_where_its_customers_are(refusal):
    assert refusal(plan(segment="promising")) == (
        "params/acme.yml, line 16, goals[0].segment: no segment 'promising'.\n"
        "It is part of 'potential'; write that, or have all eleven segments with "
        "rfm: {map: codes}."
    )
    assert refusal(plan(segment="lost") + "rfm: {map: grid}\n").startswith(
        "params/acme.yml, line 16, goals[0].segment: no segment 'lost'.\n"
    )


def test_a_segment_of_the_map_that_is_chosen_is_known(read):
    codes = plan(segment="promising") + "rfm: {map: codes}\n"
    assert read(codes).goals[0].segment == "promising"


def test_segment_of_the_clients_own_is_known(read):
    assert read(plan(segment="vip") + "segments: {vip: revenue > 500}\n").goals[0].segment == "vip"


@pytest.mark.parametrize(
    ("section", "item"),
    [
        ("business_goals", "{id: a, goal: G, kpi: nps, target: 40, by: 2026-12-31}"),
        ("goals", "{id: a, goal: G, kpi: nps, target: 40, by: 2026-12-31}"),
        ("touchpoints", "{id: a, name: T, channel: email, stage: purchase}"),
        ("scenarios", "{id: a, segment: all, steps: [{channel: email}]}"),
        ("decisions", "{id: a, decision: D, period: 2026-Q3}"),
    ],
)
def test_duplicate_id(refusal, section, item):
    assert refusal(f"{ACME}{section}:\n  - {item}\n  - {item}\n") == (
        f"params/acme.yml, line 6, {section}[1].id: 'a' is taken by {section}[0] in line 5.\n"
        "Give each its own id."
    )


def test_unknown_channels(refusal):
    text = f"""{ACME}\
channels: {{email: {{}}}}
touchpoints:
  - {{id: t, name: T, channel: emial, stage: purchase}}
scenarios:
  - {{id: s, segment: all, steps: [{{channel: email}}, {{channel: sms}}]}}
"""

    assert refusal(text) == (
        "params/acme.yml, line 6, touchpoints[0].channel: no channel 'emial'.\n"
        "Did you mean 'email'? Channels: email.\n"
        "params/acme.yml, line 8, scenarios[0].steps[1].channel: no channel 'sms'.\n"
        "Channels: email."
    )


def test_any_channel_will_do_where_none_is_listed(read):
    text = ACME + "touchpoints: [{id: t, name: T, channel: email, stage: purchase}]\n"

    assert read(text).touchpoints[0].channel == "email"


def test_action_for_an_unknown_segment(refusal):
    text = f"""{ACME}\
touchpoints:
  - id: t
    name: T
    channel: email
    stage: purchase
    actions:
      news: {{target_action: Order}}
"""

    assert refusal(text) == (
        "params/acme.yml, line 10, touchpoints[0].actions.news: no segment 'news'.\n"
        f"Did you mean 'new'? Segments: {SEGMENTS}."
    )

from datetime import date

import pytest

from crm_strategy.plan.goal_checks import goal_checks
from crm_strategy.words import speaking

GOOD = {
    "id": "retain",
    "goal": "Keep more buyers",
    "serves": "growth",
    "kpi": "repeat_rate",
    "baseline": "0.20",
    "target": "0.25",
    "by": "2026-12-31",
    "owner": "CRM lead",
}
ACTION = """\
touchpoints:
  - {id: t, name: T, channel: email, stage: purchase,
     actions: {all: {target_action: Order, kpi: repeat_rate}}}
"""


def plan(*goals, more=ACTION):
    lines = [
        "client: Acme",
        "data: {orders: {file: orders.csv}}",
        "business_goals: [{id: growth, goal: Grow, kpi: revenue, target: 9, by: 2026-12-31}]",
        "goals:" if goals else "goals: []",
    ]
    for goal in goals:
        values = ", ".join(f"{key}: {value}" for key, value in goal.items() if value is not None)
        lines.append(f"  - {{{values}}}")
    return "\n".join(lines) + "\n" + more


def failed(params, **when):
    return {
        (row["goal_id"], row["check"]): row["remedy"]
        for row in goal_checks(params, **when)
        if row["verdict"] == "failed"
    }


def test_a_good_goal_passes_every_check_of_a_goal(read):
    rows = goal_checks(read(plan(GOOD)), as_of=date(2026, 9, 30))

    assert [row["check"] for row in rows] == [
        "specific",
        "measurable",
        "improves",
        "achievable",
        "relevant",
        "time_bound",
        "owned",
        "touched",
        "served",
        "goal_count",
        "ranks",
    ]
    assert [row["verdict"] for row in rows[:9]] == ["passed"] * 9
    assert [row["remedy"] for row in rows[:9]] == [None] * 9


def test_no_action_is_asked_for_to_move_a_goal_whose_date_has_passed(read):
    idle = read(plan(GOOD | {"by": "2026-06-30"}, more=""))
    assert ("retain", "touched") in failed(idle, as_of=date(2026, 6, 29))
    assert ("retain", "touched") not in failed(idle, as_of=date(2026, 6, 30))
    assert ("retain", "time_bound") in failed(idle, as_of=date(2026, 6, 30))


@pytest.mark.parametrize(
    ("changes", "check", "remedy"),
    [
        ({"goal": "Retention"}, "specific", "Say in a sentence who should do what, and where."),
        (
            {"baseline": None},
            "measurable",
            "Add the baseline: the value of “Repeat rate” the goal starts from.",
        ),
        (
            {"target": "0.15"},
            "improves",
            "The target 15.0% is worse than the baseline 20.0%: correct one of them.",
        ),
        (
            {"target": "0.40"},
            "achievable",
            "The target is +100.0% away from the baseline: note why it can be reached, or lower "
            "it.",
        ),
        (
            {"baseline": "0"},
            "achievable",
            "The baseline is 0: note why the target can be reached.",
        ),
        (
            {"by": "2026-09-30"},
            "time_bound",
            "The deadline 30\u00a0Sep\u00a02026 has passed: score the goal and set a new one.",
        ),
        (
            {"by": "2027-03-31"},
            "time_bound",
            "The deadline 31\u00a0Mar\u00a02027 is later than that of the business goal, "
            "31\u00a0Dec\u00a02026: bring it forward.",
        ),
        ({"owner": None}, "owned", "Name the role that answers for it."),
    ],
)
def test_what_a_goal_lacks_is_said_with_a_remedy(read, changes, check, remedy):
    params = read(plan(GOOD | changes))

    assert failed(params, as_of=date(2026, 9, 30))["retain", check] == remedy


def test_a_goal_that_serves_nothing_leaves_its_business_goal_unserved(read):
    problems = failed(read(plan(GOOD | {"serves": None})))

    assert problems["retain", "relevant"] == ("Name the business goal it serves, or drop the goal.")
    assert problems["growth", "served"] == (
        "No goal serves it: add one, or drop the business goal."
    )


def test_a_goal_is_as_specific_in_every_language(read):
    params = read(plan(GOOD | {"goal": "{en: Keep more buyers, ru: Удержание}"}))

    with speaking(language="ru"):
        assert ("retain", "specific") not in failed(params)


def test_a_bold_target_passes_with_a_reason(read):
    params = read(plan(GOOD | {"target": "0.40", "note": "The trial shop got there"}))

    assert ("retain", "achievable") not in failed(params)


def test_scores_are_bold_by_points_not_by_share(read):
    nps = GOOD | {"kpi": "nps", "baseline": 4}

    assert ("retain", "achievable") not in failed(read(plan(nps | {"target": 24})))
    assert failed(read(plan(nps | {"target": 25})))["retain", "achievable"] == (
        "The target is 21.0 points away from the baseline: note why it can be reached, or lower it."
    )


def test_lower_is_the_better_way_for_costs(read):
    cost = GOOD | {"kpi": "cac", "baseline": 20, "target": 18}

    assert ("retain", "improves") not in failed(read(plan(cost)))
    assert ("retain", "improves") in failed(read(plan(cost | {"target": 22})))


def test_a_deadline_lies_ahead_until_its_day_is_over(read):
    params = read(plan(GOOD))

    assert ("retain", "time_bound") not in failed(params, as_of=date(2026, 12, 30))
    assert ("retain", "time_bound") in failed(params, as_of=date(2026, 12, 31))
    assert ("retain", "time_bound") not in failed(params)


@pytest.mark.parametrize(
    ("segment", "actions", "touched"),
    [
        ("all", "{new: {target_action: Order, kpi: repeat_rate}}", True),
        ("new", "{new: {target_action: Order, kpi: repeat_rate}}", True),
        ("new", "{all: {target_action: Order, kpi: repeat_rate}}", True),
        ("lost", "{new: {target_action: Order, kpi: repeat_rate}}", False),
        ("all", "{new: {target_action: Order, kpi: csat}}", False),
        ("all", "{new: {target_action: Order}}", False),
        ("all", "{}", False),
    ],
)
def test_a_goal_is_touched_by_an_action_on_its_kpi_and_segment(read, segment, actions, touched):
    touchpoints = (
        "touchpoints:\n"
        f"  - {{id: t, name: T, channel: email, stage: purchase, actions: {actions}}}\n"
    )
    params = read(plan(GOOD | {"segment": segment}, more=touchpoints))

    assert (("retain", "touched") not in failed(params)) == touched


def test_a_goal_is_touched_by_a_scenario_for_its_segment(read):
    scenario = "scenarios: [{id: s, segment: at_risk, steps: [{channel: email}]}]\n"

    at_risk = read(plan(GOOD | {"segment": "at_risk"}, more=scenario))
    assert ("retain", "touched") not in failed(at_risk)
    new = read(plan(GOOD | {"segment": "new"}, more=scenario))
    assert failed(new)["retain", "touched"] == (
        "Add a touchpoint action that moves “Repeat rate”, or a scenario for the segment."
    )


@pytest.mark.parametrize(
    ("count", "remedy"),
    [
        (0, "Goals so far: 0. Add goals until there are at least 5."),
        (4, "Goals so far: 4. Add goals until there are at least 5."),
        (5, None),
        (10, None),
        (11, "Goals so far: 11. Keep the 10 that matter most."),
    ],
)
def test_a_strategy_has_five_to_ten_goals(read, count, remedy):
    goals = [GOOD | {"id": f"goal_{number}"} for number in range(count)]

    assert failed(read(plan(*goals))).get((None, "goal_count")) == remedy


def test_both_ranks_are_used(read):
    second = GOOD | {"id": "second", "priority": "secondary"}

    assert (None, "ranks") not in failed(read(plan(GOOD, second)))
    assert failed(read(plan(GOOD)))[None, "ranks"] == (
        "Rank the goals: mark some as primary, the others as secondary."
    )


def test_remedies_speak_the_language_of_the_report(read):
    params = read(plan(GOOD | {"target": "0.40"}))

    with speaking(language="ru"):
        problems = failed(params)

    assert problems["retain", "achievable"] == (
        "Изменение к исходному значению: +100,0\u00a0%. Обоснуйте в примечании, почему это "
        "достижимо, или снизьте цель."
    )
    assert (None, "goal_count") in problems


@pytest.mark.parametrize(
    ("before", "fails"),
    [
        ((900.0, 200.0), True),  # last year's season brought more than the target
        ((700.0, 200.0), False),
        ((900.0, 9.0), False),  # too few customers to be told
        (None, False),
    ],
)
def test_a_target_should_improve_on_its_own_season(read, before, fails):
    goal = GOOD | {"kpi": "revenue", "baseline": "500", "target": "800", "note": "why"}
    known = {} if before is None else {"retain": before}
    found = failed(read(plan(goal)), season_before=known)
    assert (("retain", "improves") in found) == fails
    if fails:
        assert found["retain", "improves"] == (
            "In its own season the last time it was already €900: "
            "a target of €800 is no improvement on that."
        )


@pytest.mark.parametrize(
    ("language", "remedy"),
    [
        (
            "en",
            "By today's definition the baseline is 26.0%: a target of 25.0% is no improvement "
            "on that. State both anew.",
        ),
        (
            "ru",
            "По нынешнему определению исходное значение 26,0\u00a0%: цель 25,0\u00a0% его не "
            "улучшает. Задайте заново и то и другое.",
        ),
    ],
)
def test_a_target_should_improve_on_the_baseline_of_todays_definition(read, language, remedy):
    params = read(plan(GOOD))
    with speaking(language=language):
        found = failed(params, baselines={"retain": 0.26})
    assert found["retain", "improves"] == remedy
    assert ("retain", "improves") not in failed(params, baselines={"retain": 0.24})

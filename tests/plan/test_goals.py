from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crm_strategy.plan.goals import (
    LOWER_IS_BETTER,
    GoalStatus,
    decision_rows,
    goal_status,
    goals_table_rows,
    time_passed,
)

START, END = date(2025, 12, 31), date(2026, 12, 31)
VALUES = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))
TODAYS = st.dates(date(2025, 6, 1), date(2027, 6, 1))
BEGUN = st.dates(START, date(2027, 6, 1))
ORDER = ["no_data", "missed", "off_track", "at_risk", "on_track", "reached"]


def status(actual, *, baseline=100.0, target=200.0, today=END, lower_is_better=False):
    return goal_status(
        actual,
        baseline=baseline,
        target=target,
        baseline_at=START,
        by=END,
        today=today,
        lower_is_better=lower_is_better,
    )


HALF = START + timedelta(days=183)
# 183 of 365 days have passed: expected is 100 + 100 × 183/365 = 150.137; 95 % of it is 142.630.


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (200, "reached"),
        (250, "reached"),
        (199.99, "on_track"),
        (150.14, "on_track"),
        (150.13, "at_risk"),
        (142.64, "at_risk"),
        (142.62, "off_track"),
        (100, "off_track"),
        (-5, "off_track"),
        (None, "no_data"),
        (float("nan"), "no_data"),
    ],
)
def test_status_half_way_through_worked_by_hand(actual, expected):
    assert status(actual, today=HALF).status == expected


@pytest.mark.parametrize(
    ("actual", "expected"),
    # From 0.20 down to 0.10, 183 of 365 days: expected is 0.14986; 105 % of it is 0.15736.
    [
        (0.10, "reached"),
        (0.05, "reached"),
        (0.1498, "on_track"),
        (0.1499, "at_risk"),
        (0.1573, "at_risk"),
        (0.1574, "off_track"),
        (0.20, "off_track"),
    ],
)
def test_status_where_lower_is_better_worked_by_hand(actual, expected):
    churn = status(actual, baseline=0.2, target=0.1, today=HALF, lower_is_better=True)

    assert churn.status == expected


def test_progress_expected_progress_and_expected_value():
    assert status(120, today=START + timedelta(days=73)) == GoalStatus(
        progress=0.2, expected_progress=0.2, expected=120.0, status="on_track"
    )


def test_the_expected_value_itself_is_on_track_whatever_the_last_bit():
    # 0.31 + 0.07 × 0.6 is 0.352 by hand and 0.35200000000000004 by machine.
    assert status(0.352, baseline=0.31, target=0.38, today=START + timedelta(days=219)).status == (
        "on_track"
    )


def test_from_its_day_on_a_goal_that_falls_short_is_missed_by_however_little():
    before = END - timedelta(days=1)
    for actual in (199.99, 100):
        assert status(actual, today=before).status in ("on_track", "off_track")
        assert [status(actual, today=END + timedelta(days=n)).status for n in (0, 90)] == [
            "missed",
            "missed",
        ]
    assert status(199, baseline=None).status == "missed"
    assert status(200).status == "reached"
    assert status(None).status == "no_data"


def test_without_baseline_only_reached_is_known():
    assert status(200, baseline=None) == GoalStatus(None, 1.0, None, "reached")
    early = status(199, baseline=None, today=END - timedelta(days=1))
    assert (early.expected, early.status) == (None, "no_data")
    assert status(9, baseline=None, target=10, lower_is_better=True).status == "reached"


def test_before_its_baseline_a_goal_has_not_begun_whatever_its_kpi():
    for actual in (50, 150, 250, None):
        early = status(actual, today=START - timedelta(days=1))
        assert early == GoalStatus(None, 0.0, None, "not_begun")
    assert status(100, today=START).status == "on_track"


def test_only_a_baseline_whose_day_is_stated_lets_a_goal_begin_later(read):
    goal = "{id: a, goal: Keep them, kpi: repeat_rate, baseline: 0.2, target: 0.3, by: 2026-12-31"
    text = f"client: Acme\ndata: {{orders: {{file: a.csv}}}}\ngoals:\n  - {goal}"
    stated, guessed = (read(text + end) for end in (", baseline_at: 2025-12-31}\n", "}\n"))
    actuals, today = {("repeat_rate", "all"): 0.2}, START - timedelta(days=1)
    assert goals_table_rows(stated, actuals, today)[0]["status"] == "not_begun"
    assert goals_table_rows(guessed, actuals, today)[0]["status"] == "on_track"


def test_time_passed_stops_at_both_ends():
    assert time_passed(START, END, START - timedelta(days=90)) == 0
    assert time_passed(START, END, END + timedelta(days=90)) == 1


@given(VALUES, VALUES, VALUES, VALUES, BEGUN, st.booleans())
def test_status_never_worsens_as_the_actual_improves(one, other, baseline, target, today, lower):
    assume(baseline != target)
    worse, better = sorted((one, other), reverse=lower)
    first, second = (
        status(each, baseline=baseline, target=target, today=today, lower_is_better=lower).status
        for each in (worse, better)
    )

    assert ORDER.index(first) <= ORDER.index(second)


@given(VALUES, VALUES, VALUES, BEGUN, st.booleans())
def test_reached_exactly_when_the_target_is_met(actual, baseline, target, today, lower):
    assume(baseline != target)
    standing = status(
        actual, baseline=baseline, target=target, today=today, lower_is_better=lower
    ).status

    assert (standing == "reached") == (actual <= target if lower else actual >= target)


@given(VALUES, VALUES, VALUES, TODAYS)
def test_lower_is_better_mirrors_higher_is_better(actual, baseline, target, today):
    assume(baseline != target)
    higher = status(actual, baseline=baseline, target=target, today=today)
    lower = status(-actual, baseline=-baseline, target=-target, today=today, lower_is_better=True)

    assert lower.status == higher.status
    assert lower.progress == pytest.approx(higher.progress)


@given(VALUES, VALUES)
def test_expected_runs_from_baseline_to_target(baseline, target):
    assume(baseline != target)

    at_start = status(0, baseline=baseline, target=target, today=START).expected
    at_end = status(0, baseline=baseline, target=target, today=END).expected
    assert at_start == baseline
    assert at_end == pytest.approx(target, abs=1e-9)


def test_kpis_of_which_less_is_better():
    assert {"churn_rate", "cac", "marketing_cost", "payback_months"} == LOWER_IS_BETTER


def test_the_goals_table_compares_each_goal_with_the_value_of_its_kpi_and_segment(read):
    params = read("""\
client: Acme
data: {orders: {file: orders.csv}}
business_goals: [{id: growth, goal: Grow, kpi: revenue, target: 9, by: 2026-12-31}]
goals:
  - {id: cheaper, goal: Spend less, priority: secondary, kpi: cac, baseline: 20, target: 10,
     by: 2026-12-31}
  - {id: retain, goal: Keep them, serves: growth, kpi: repeat_rate, segment: new, baseline: 0.2,
     target: 0.3, by: 2026-12-31, owner: CRM lead}
""")
    actuals = {("cac", "all"): 16.0, ("repeat_rate", "all"): 0.3}

    first, second = goals_table_rows(params, actuals, HALF)

    assert first == {
        "goal_id": "retain",
        "goal": "Keep them",
        "serves": "growth",
        "priority": "primary",
        "kpi": "repeat_rate",
        "segment": "new",
        "baseline": 0.2,
        "target": 0.3,
        "by": END,
        "baseline_at": START,
        "owner": "CRM lead",
        "actual": None,
        "progress": None,
        "expected_progress": pytest.approx(183 / 365),
        "status": "no_data",
        "expected": pytest.approx(0.2 + 0.1 * 183 / 365),
        "unit": "share",
        "smallest_count": None,
        "baseline_stated": None,
        "target_stated": None,
    }
    assert (second["goal_id"], second["serves"], second["owner"]) == ("cheaper", None, None)
    assert (second["actual"], second["progress"], second["status"]) == (16.0, 0.4, "off_track")


def test_decisions_name_their_product_and_later_ones_are_left_out(read):
    params = read(
        "client: Acme\ndata: {orders: {file: a.csv}}\ndecisions:\n"
        "  - {id: a, decision: Sell off, period: 2026-Q2, product: P-507}\n"
        "  - {id: b, decision: Buy more, period: 2026-Q3}\n"
    )
    assert [row["product"] for row in decision_rows(params)] == ["P-507", None]
    assert [row["id"] for row in decision_rows(params, until=date(2026, 6, 30))] == ["a"]


RESTATED = """\
client: Acme
data: {orders: {file: orders.csv}}
goals:
  - {id: retain, goal: Keep them, kpi: customer_retention_rate, baseline: 0.672,
     baseline_at: 2025-12-31, target: 0.7, by: 2026-12-31}
  - {id: churn, goal: Lose fewer, kpi: churn_rate, baseline: 0.328,
     baseline_at: 2025-12-31, target: 0.3, by: 2026-12-31}
"""


def test_no_goal_is_reached_by_another_definition_alone(read):
    params = read(RESTATED)
    actuals = {("customer_retention_rate", "all"): 0.707, ("churn_rate", "all"): 0.293}
    stated = goals_table_rows(params, actuals, HALF)
    assert [row["status"] for row in stated] == ["reached", "reached"]
    # By today's definition both were better at the baseline than their target, and than now.
    rows = goals_table_rows(params, actuals, HALF, baselines={"retain": 0.728, "churn": 0.272})
    assert [row["status"] for row in rows] == ["at_risk", "off_track"]
    names = ("baseline", "target", "progress", "baseline_stated", "target_stated")
    assert [[row[name] for name in names] for row in rows] == [
        [0.728, 0.728, None, 0.672, 0.7],
        [0.272, 0.272, None, 0.328, 0.3],
    ]


def test_a_target_beyond_the_restated_baseline_stays_and_the_way_begins_there(read):
    (row, _churn) = goals_table_rows(
        read(RESTATED),
        {("customer_retention_rate", "all"): 0.69},
        HALF,
        baselines={"retain": 0.68},
    )
    assert (row["target"], row["target_stated"]) == (0.7, None)
    assert row["progress"] == pytest.approx(0.5)
    assert row["expected"] == pytest.approx(0.68 + 0.02 * 183 / 366, abs=1e-3)

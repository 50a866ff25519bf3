import math
from datetime import date

import pytest

from crm_strategy.analysis.goal_dates import judged_on_date
from crm_strategy.analysis.goal_outlook import goal_outlook
from crm_strategy.analysis.goal_paths import with_paths
from crm_strategy.analysis.spans import Span
from tests.analysis.test_decision_scores import kpi

NOW = Span("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))
# Eleven quarters up to 2026-Q3; the target of 0.33 is met in 2026-Q1 alone.
HISTORY = kpi("repeat_rate", [0.30] * 8 + [0.34, 0.32, 0.36])


def goal(by, *, actual=0.36, target=0.33, status="reached", **more):
    row = {"goal_id": "g", "kpi": "repeat_rate", "segment": "all", "by": by, "target": target}
    row |= {"baseline": 0.30, "baseline_at": date(2025, 1, 1), "actual": actual}
    row |= {"expected": 0.32, "expected_progress": 0.8, "smallest_count": 90, "status": status}
    return row | {"progress": 0.5} | more


def judged(*args, **more):
    (found,) = judged_on_date([goal(*args, **more)], HISTORY, period=NOW)
    return found


@pytest.mark.parametrize(
    ("by", "actual", "status"),
    [
        (date(2026, 3, 15), 0.34, "reached"),
        (date(2026, 4, 1), 0.32, "missed"),
        (date(2026, 6, 30), 0.32, "missed"),
        # In the period itself: its own value.
        (date(2026, 8, 15), 0.36, "reached"),
        # Before the history: nothing is known.
        (date(2019, 6, 30), None, "no_data"),
    ],
)
def test_from_its_date_on_the_value_of_the_period_that_holds_it_decides(by, actual, status):
    found = judged(by)
    assert (found["over"], found["actual"], found["status"]) == (True, actual, status)
    assert (found["expected"], found["expected_progress"]) == (0.33, 1.0)
    if actual is not None:
        # From 0.30 towards 0.33.
        assert found["progress"] == pytest.approx((actual - 0.30) / 0.03)


def test_without_a_way_from_baseline_to_target_there_is_no_progress():
    found = judged(date(2026, 6, 30), baseline=0.33)
    assert (found["progress"], found["status"]) == (None, "missed")


def test_a_goal_whose_date_lies_ahead_or_that_has_not_begun_stands_as_it_did():
    for row in (goal(date(2026, 12, 31)), goal(date(2026, 3, 31), status="not_begun")):
        (found,) = judged_on_date([row], HISTORY, period=NOW)
        assert found == row | {"over": False}


def test_where_lower_is_better_less_than_the_target_has_reached_it():
    history = kpi("churn_rate", [0.40] * 9 + [0.32, 0.50])
    row = goal(date(2026, 6, 30), kpi="churn_rate", actual=0.5, status="missed")
    (found,) = judged_on_date([row], history, period=NOW)
    assert (found["actual"], found["status"]) == (0.32, "reached")


def test_path_and_outlook_take_the_word_of_the_date():
    goals = judged_on_date([goal(date(2026, 6, 30))], HISTORY, period=NOW)
    (found,) = with_paths(goals, HISTORY, period=NOW)
    assert (found["standing"], found["season_expected"]) == (None, None)
    (outlook,) = goal_outlook(HISTORY, goals).to_dict("records")
    assert (outlook["basis"], outlook["expected_at_end"]) == ("over_missed", 0.32)
    assert math.isnan(outlook["confidence"])


def test_a_segments_goal_is_judged_by_its_customers_of_then():
    row = goal(date(2026, 6, 30), segment="loyal")
    (unknown,) = judged_on_date([row], HISTORY, period=NOW)
    assert (unknown["over"], unknown["status"]) == (True, "no_data")
    (known,) = judged_on_date([row], HISTORY, period=NOW, of_segments={"g": (0.5, 40.0)})
    assert (known["actual"], known["smallest_count"], known["status"]) == (0.5, 40.0, "reached")
    (outlook,) = goal_outlook(HISTORY, [known]).to_dict("records")
    assert (outlook["basis"], outlook["smallest_count"]) == ("over_reached", 40.0)

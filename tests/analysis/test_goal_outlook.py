import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from crm_strategy.analysis.goal_outlook import goal_outlook, season_before
from tests.analysis.test_decision_scores import kpi


def outlook(history, kpi_id, target, *, by=date(2026, 12, 30), segment="all"):
    goal = {"goal_id": "g", "kpi": kpi_id, "segment": segment, "target": target, "by": by}
    return goal_outlook(history, [goal]).iloc[0]


def test_drift_matches_the_formula_worked_apart():
    values = [0.30, 0.31, 0.30, 0.32, 0.31, 0.33, 0.32, 0.33, 0.34, 0.33, 0.35]
    changes = np.diff(values)
    found = outlook(kpi("repeat_rate", values), "repeat_rate", 0.36)
    # Ten changes; the deadline is one quarter on, 91 of 91 days and a bit.
    steps = (date(2026, 12, 30) - date(2026, 9, 30)).days / (912 / 10)
    error = changes.std(ddof=1) * math.sqrt(steps + steps**2 / 10)
    center = 0.35 + steps * changes.mean()
    assert found["n"] == 10
    assert found["expected_at_end"] == pytest.approx(center)
    assert found["confidence"] == pytest.approx(student.sf((0.36 - center) / error, 9))
    assert found["low"] == pytest.approx(center - student.ppf(0.95, 9) * error)


def test_a_lower_target_of_a_cost_turns_the_chance_round():
    values = [20, 21, 20, 22, 20, 21, 20, 21, 20, 21, 20.5]
    low, high = (outlook(kpi("cac", values), "cac", aim)["confidence"] for aim in (15, 25))
    assert low < 0.05 < 0.95 < high


def test_a_seasonal_kpi_goes_on_from_the_same_quarter_of_last_year():
    # Ten percent more each year, exactly: the fourth quarter comes to 132 × 1.1.
    first = np.array([100, 110, 90, 120.0])
    values = [*first, *(1.1 * first), *(1.21 * first)[:3]]
    # Of eleven quarters only seven have one a year before.
    assert math.isnan(outlook(kpi("revenue", values), "revenue", 140)["confidence"])
    more = [*first, *(1.1 * first), *(1.21 * first)]
    found = outlook(kpi("revenue", more), "revenue", 150, by=date(2027, 12, 30))
    assert found["basis"] == "year_on_year"
    assert found["expected_at_end"] == pytest.approx(120 * 1.331)
    assert found["confidence"] == 1.0


def test_eight_changes_are_needed_and_segments_are_not_foretold():
    short = outlook(kpi("repeat_rate", [0.3, 0.31, 0.3]), "repeat_rate", 0.4)
    assert math.isnan(short["confidence"])
    assert short["n"] == 2
    other = outlook(kpi("repeat_rate", [0.3] * 11), "repeat_rate", 0.4, segment="new")
    assert other["basis"] is None


def test_a_kpi_that_never_moves_is_certain():
    found = outlook(kpi("repeat_rate", [0.3] * 11), "repeat_rate", 0.3)
    assert found["confidence"] == 1.0


def test_without_goals_the_table_is_empty():
    assert goal_outlook(pd.DataFrame(), []).empty


@pytest.mark.parametrize(
    ("kpi_id", "by", "before"),
    [
        ("revenue", date(2026, 12, 30), {"g": (8, 50)}),  # 2025-Q4
        ("revenue", date(2027, 9, 30), {"g": (11, 50)}),  # the period itself, a year before
        ("revenue", date(2026, 9, 30), {}),  # over
        ("repeat_rate", date(2026, 12, 30), {}),  # follows no season
    ],
)
def test_the_season_of_a_goal_is_known_from_the_last_time(kpi_id, by, before):
    known = kpi(kpi_id, [float(n) for n in range(1, 12)])
    known = known.assign(smallest_count=math.nan, customers=50)
    goal = {"goal_id": "g", "kpi": kpi_id, "segment": "all", "target": 9, "by": by}
    assert season_before(known, [goal]) == before

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from crm_strategy.analysis.forecast import sales_forecasts
from crm_strategy.analysis.goal_outlook import goal_outlook, revenue_chance, season_before
from crm_strategy.analysis.goal_paths import with_paths
from crm_strategy.analysis.monthly_sales import month_end, months_on
from crm_strategy.analysis.spans import Span
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


@pytest.mark.parametrize(
    ("kpi_id", "values", "low", "high"),
    [
        ("customer_retention_rate", [0.80, 0.98] * 5 + [0.97], 0.0, 1.0),
        ("nps", [20.0, 95.0] * 5 + [90.0], -100.0, 100.0),
        ("active_customers", [300.0, 20.0] * 5 + [10.0], 0.0, math.inf),
    ],
)
def test_an_interval_holds_only_what_a_kpi_can_be(kpi_id, values, low, high):
    found = outlook(kpi(kpi_id, values), kpi_id, values[-1], by=date(2027, 12, 31))
    assert low <= found["low"] <= found["expected_at_end"] <= found["high"] <= high
    # The plain interval would go beyond.
    assert found["low"] == low or found["high"] == high


def test_a_goal_that_has_not_begun_has_no_chance_yet():
    goal = {"goal_id": "g", "kpi": "repeat_rate", "segment": "all", "target": 0.36}
    goal |= {"by": date(2026, 12, 30), "status": "not_begun"}
    found = goal_outlook(kpi("repeat_rate", [0.30, 0.31] * 6), [goal]).iloc[0]
    assert math.isnan(found["confidence"])
    assert found["basis"] is None


@pytest.mark.parametrize(
    ("kpi_id", "target", "basis"),
    [
        ("repeat_rate", 0.31, "over_reached"),
        ("repeat_rate", 0.33, "over_missed"),
        ("churn_rate", 0.33, "over_reached"),
    ],
)
def test_a_goal_past_its_date_is_judged_by_the_period_of_its_date(kpi_id, target, basis):
    # The last quarter ends on 30 September 2026, the one before it on 30 June.
    history = kpi(kpi_id, [0.30] * 9 + [0.32, 0.10 if basis == "over_reached" else 0.90])
    found = outlook(history, kpi_id, target, by=date(2026, 6, 30))
    assert (found["basis"], found["expected_at_end"]) == (basis, 0.32)
    assert math.isnan(found["confidence"])
    before = outlook(history, kpi_id, target, by=date(2019, 6, 30))
    assert (before["basis"], before["n"]) == ("over_unknown", 0)


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


def months_of(level, count=36):
    """Months up to September 2026, with a season and noise that repeats every five months."""
    last = date(2026, 9, 1)
    return pd.DataFrame(
        [
            {
                "month": months_on(last, at + 1 - count),
                "revenue": level * (1.3 if at % 12 in (2, 3) else 1.0) * (1 + 0.02 * (at % 5 - 2)),
                "order_count": 10.0,
                "active_customers": 50.0,
            }
            for at in range(count)
        ]
    )


def by_forecast(target, *, kpi_id="revenue", by=date(2026, 12, 31)):
    foretold = sales_forecasts(months_of(100.0))
    goal = {"goal_id": "g", "kpi": kpi_id, "segment": "all", "target": target, "by": by}
    history = kpi(kpi_id, [300.0 + at for at in range(11)])
    return goal_outlook(history, [goal], foretold).iloc[0], foretold


def test_revenue_is_foretold_as_the_kpi_review_does():
    found, foretold = by_forecast(330.0)
    quarter = foretold[0].total(months=3)
    assert found["basis"] == "forecast"
    for name, column in (("expected_at_end", "expected"), ("low", "low"), ("high", "high")):
        assert found[name] == pytest.approx(quarter[column])
    assert found["expected_at_end"] == pytest.approx(foretold[0].ahead["expected"].head(3).sum())
    assert found["n"] == len(foretold[0].chosen.rows)


def test_the_chance_of_a_forecast_is_that_of_its_interval():
    found, _ = by_forecast(330.0)
    middle = math.sqrt(found["low"] * found["high"])
    chances = [by_forecast(aim)[0]["confidence"] for aim in (found["low"], middle, found["high"])]
    # Its 90 % interval leaves 5 % on either side, about its middle on the scale of logarithms.
    assert found["expected_at_end"] == pytest.approx(middle, rel=0.01)
    assert chances == pytest.approx([0.95, 0.5, 0.05], abs=0.05)


def test_beyond_the_months_foretold_the_growth_on_the_year_says_it():
    assert by_forecast(330.0, by=date(2027, 9, 30))[0]["basis"] == "forecast"
    assert by_forecast(330.0, by=date(2027, 12, 31))[0]["basis"] != "forecast"
    assert by_forecast(0.3, kpi_id="repeat_rate")[0]["basis"] == "drift"


def test_the_driver_tree_has_the_chance_of_the_goal():
    found, foretold = by_forecast(330.0)
    history = kpi("revenue", [300.0 + at for at in range(11)])
    by = date(2026, 12, 31)
    assert revenue_chance(history, foretold, target=330.0, by=by) == found["confidence"]
    assert math.isnan(revenue_chance(history, foretold, target=None, by=by))
    assert math.isnan(revenue_chance(history[:0], [], target=330.0, by=by))


def test_beyond_the_forecast_a_goal_after_a_break_goes_by_the_level_since():
    # Fifteen quarters, the level doubled for good with the first of the last three.
    months = months_of(100.0, count=45)
    months["revenue"] *= np.where(np.arange(45) >= 36, 2.0, 1.0)
    quarters = months["revenue"].to_numpy().reshape(15, 3).sum(axis=1)
    starts = months["month"].tolist()[::3]
    ends = [month_end(months_on(start, 2)) for start in starts]
    history = pd.DataFrame({"kpi": "revenue", "start": starts, "end": ends, "value": quarters})
    goal = {"goal_id": "g", "kpi": "revenue", "segment": "all", "by": date(2027, 12, 31)}
    aims = [goal | {"target": target} for target in (500, 900)]
    near, far = goal_outlook(history, aims, sales_forecasts(months)).to_dict("records")
    assert near["basis"] == far["basis"] == "year_on_year_level"
    # A fourth quarter before the break, at twice its level, and no growth.
    assert near["expected_at_end"] == pytest.approx(2 * quarters[11], rel=0.05)
    assert near["low"] > 0.8 * near["expected_at_end"]
    assert near["confidence"] > 0.95
    assert far["confidence"] < 0.05


def test_after_a_break_a_goal_is_held_against_what_chance_takes_at_the_level_since():
    # Fifteen quarters; the level fell to 0.4 for good with the first of the last three.
    months = months_of(100.0, count=45)
    months["revenue"] *= np.where(np.arange(45) >= 36, 0.4, 1.0)
    starts = months["month"].tolist()[::3]
    ends = [month_end(months_on(start, 2)) for start in starts]
    rows = {"kpi": "revenue", "period": [str(start) for start in starts], "start": starts}
    quarters = months["revenue"].to_numpy().reshape(15, 3).sum(axis=1)
    history = pd.DataFrame({**rows, "end": ends, "value": quarters, "low": 0.0, "high": 0.0})
    period = Span(rows["period"][-1], starts[-1], ends[-1])
    # A third short of a path that stays where the level is, with five years to go.
    goal = {"goal_id": "g", "kpi": "revenue", "segment": "all", "baseline": 1.5 * quarters[-1]}
    goal |= {"target": 1.5 * quarters[-1], "baseline_at": ends[-5], "by": date(2030, 12, 31)}
    goal |= {"actual": quarters[-1], "expected": 1.5 * quarters[-1], "expected_progress": 0.5}
    told, untold = (
        with_paths([goal], history, period=period, forecasts=forecasts)[0]["standing"]
        for forecasts in (sales_forecasts(months), ())
    )
    # Before, the limits of the changes straddled the break.
    assert (told, untold) == ("behind", "noise")

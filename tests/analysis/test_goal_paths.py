import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.goal_paths import with_paths
from crm_strategy.analysis.spans import Span, periods_until
from tests.analysis.builders import FEW

SEASON = np.array([0.8, 1.0, 0.9, 1.3])
NOW = Span("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))


def kpi(name, values):
    """A KPI's history up to 2026-Q3."""
    quarters = pd.period_range(end="2026Q3", periods=len(values), freq="Q")
    rows = [
        {"kpi": name, "period": f"{each.year}-Q{each.quarter}", "value": value}
        | {"start": each.start_time.date(), "end": each.end_time.date()}
        for each, value in zip(quarters, values, strict=True)
    ]
    return pd.DataFrame(rows).assign(low=math.nan, high=math.nan).astype({"value": "float64"})


def goal(kpi_id="revenue", actual=90.0, *, baseline=100.0, target=130.0, segment="all", **more):
    row = {"goal_id": "g", "kpi": kpi_id, "segment": segment, "actual": actual}
    passed = (date(2026, 9, 30) - date(2025, 9, 30)).days / 457
    return {
        **row,
        "baseline": baseline,
        "target": target,
        "baseline_at": date(2025, 9, 30),
        "by": date(2026, 12, 31),
        "expected": (baseline or 0) + (target - (baseline or 0)) * passed,
        "expected_progress": passed,
        **more,
    }


def path(history, **of_goal):
    return with_paths([goal(**of_goal)], history, period=NOW)[0]


def quarters(level, growth=0.0):
    """Eleven quarters up to 2026-Q3, of a season on a level that grows evenly."""
    return [(level + growth * at) * SEASON[at % 4] for at in range(11)]


def test_the_path_of_the_season_is_the_even_one_at_its_own_level():
    # Third quarters are 0.9 and fourth ones 1.3 of a level of 100: 90 to 130 asks for no growth,
    # so 90 is expected in the third quarter, where the even path expects 122.
    found = path(kpi("revenue", quarters(100)), baseline=90.0)
    assert found["season_expected"] == pytest.approx(90)
    assert found["standing"] == "ahead"
    # A level of 110 by the fourth quarter: 366 of 458 days have passed.
    grown = path(kpi("revenue", quarters(100)), baseline=90.0, target=143.0)
    assert grown["season_expected"] == pytest.approx(0.9 * (100 + 10 * 365 / 457))


@FEW
@given(st.floats(50, 150), st.floats(50, 150), st.floats(0, 1))
def test_without_ups_and_downs_of_the_season_its_path_is_the_even_one(baseline, target, passed):
    even = {"expected": baseline + (target - baseline) * passed, "expected_progress": passed}
    found = path(kpi("revenue", [100.0] * 11), baseline=baseline, target=target, **even)
    assert found["season_expected"] == pytest.approx(even["expected"])


@pytest.mark.parametrize(
    ("kpi_id", "values", "more"),
    [
        ("repeat_rate", quarters(0.3), {}),  # follows no season
        ("revenue", [None, None, None, *quarters(100)[3:]], {}),  # seven quarters before
        ("revenue", [*quarters(100)[:9], None, 90.0], {}),  # a gap
        ("revenue", [*quarters(100)[:4], 0.0, *quarters(100)[5:]], {}),  # a quarter without any
        ("revenue", quarters(100), {"segment": "new"}),
        ("revenue", quarters(100), {"baseline": None, "expected": None}),
    ],
)
def test_no_season_is_claimed_without_two_full_years_of_one_rhythm(kpi_id, values, more):
    assert path(kpi(kpi_id, values), **{"baseline": 90.0, **more})["season_expected"] is None


def test_short_of_its_path_by_less_than_its_natural_range_a_kpi_is_noise():
    # Moving ranges of 0.02: the limits lie 2.66 × 0.02 = 0.0532 about the mean.
    values = [0.30, 0.32] * 5 + [0.30]
    aims = {"kpi_id": "repeat_rate", "actual": 0.30, "baseline": 0.30}
    assert path(kpi("repeat_rate", values), **aims, expected=0.353)["standing"] == "noise"
    assert path(kpi("repeat_rate", values), **aims, expected=0.354)["standing"] == "behind"
    assert path(kpi("repeat_rate", values), **aims, expected=0.30)["standing"] == "ahead"


def test_where_lower_is_better_the_comparison_turns_round():
    values = [20.0, 21.0] * 5 + [20.0]
    aims = {"kpi_id": "cac", "baseline": 25.0, "target": 15.0}
    standings = [
        path(kpi("cac", values), actual=actual, expected=20.0, **aims)["standing"]
        for actual in (19.0, 22.6, 22.7)
    ]
    assert standings == ["ahead", "noise", "behind"]


def test_a_short_history_is_judged_by_the_interval_or_not_at_all():
    short = kpi("repeat_rate", [math.nan] * 8 + [0.30, 0.32, 0.31])
    known = short.assign(low=0.29, high=0.33)
    aims = {"kpi_id": "repeat_rate", "actual": 0.31, "baseline": 0.30}
    assert path(known, **aims, expected=0.325)["standing"] == "noise"
    assert path(known, **aims, expected=0.335)["standing"] == "behind"
    bare = short.assign(low=math.nan, high=math.nan)
    assert path(bare, **aims, expected=0.325)["standing"] == "unjudged"
    assert path(known, **aims, expected=0.325, segment="new")["standing"] == "unjudged"
    assert path(known, **aims | {"actual": None}, expected=0.3)["standing"] is None


def test_seasonal_kpis_are_judged_by_the_range_of_their_growth():
    # Changes on the year of 0 and 10 % in turn: the limits lie 2.66 × 0.1 about their mean, so
    # by chance the value falls up to 0.266 × that of a year ago short of its path.
    factors = [1, 1, 1, 1, 1, 1.1, 1, 1.1, 1, 1.21, 1, 1.21, 1, 1.331, 1]
    history = kpi("revenue", [100 * SEASON[at % 4] * each for at, each in enumerate(factors)])
    before = history["value"].iloc[-5]
    gap = path(history, baseline=before)["season_expected"] - 0.266 * before
    for actual, standing in ((gap + 1, "noise"), (gap - 1, "behind")):
        assert path(history, baseline=before, actual=actual)["standing"] == standing


def test_a_period_without_any_orders_is_short_of_its_path_by_more_than_chance():
    # Changes on the year of 0 and 10 % in turn, then −100 %: the value of a year ago, not that of
    # the period, says what a change is worth.
    factors = [1, 1, 1, 1, 1, 1.1, 1, 1.1, 1, 1.21, 1, 1.21, 1, 1.331]
    values = [100 * SEASON[at % 4] * each for at, each in enumerate(factors)]
    history = kpi("revenue", [*values, 0.0])
    assert path(history, baseline=values[-4], actual=0.0)["standing"] == "behind"


@pytest.mark.parametrize(
    ("end", "day", "steps"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2026, 1, 31), date(2026, 6, 30), 5),
        (date(2026, 1, 31), date(2025, 6, 30), -7),
        (date(2026, 1, 31), date(2026, 2, 20), 0),
    ],
)
def test_months_are_counted_though_they_differ_in_days(end, day, steps):
    assert periods_until(end, day, length=365.25 / 12) == steps

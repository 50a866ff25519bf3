import math
from datetime import date

import pandas as pd
import pytest

from crm_strategy.analysis.decision_scores import decision_scores
from crm_strategy.analysis.spans import Span
from tests.analysis.test_driver_tree import QUARTERS

NOW = QUARTERS[10]


def kpi(name, values, *, half=None):
    return pd.DataFrame(
        [
            {
                "kpi": name,
                "period": span.id,
                "start": span.start,
                "end": span.end,
                "value": value,
                "low": math.nan if half is None else value - half,
                "high": math.nan if half is None else value + half,
                "n": 400,
            }
            for span, value in zip(QUARTERS, values, strict=False)
        ]
    )


def decided(kpi_id, expected=None, period="2026-Q2"):
    return [
        {
            "id": "d",
            "decision": "Do it",
            "period": period,
            "kpi": kpi_id,
            "expected_change": expected,
        }
    ]


def score(history, kpi_id, expected=None, **more):
    return decision_scores(decided(kpi_id, expected, **more), history, period=NOW).iloc[0]


def test_the_interval_is_zou_and_donners_of_both_periods():
    # 0.30 ± 0.03 → 0.38 ± 0.04: 0.08 ± √(0.03² + 0.04²) = 0.05.
    history = kpi("repeat_rate", [0.3] * 10 + [0.38], half=0.03)
    history.loc[10, ["low", "high"]] = [0.34, 0.42]
    found = score(history, "repeat_rate", 0.1)
    assert found[["observed_change", "low", "high"]].tolist() == pytest.approx([0.08, 0.03, 0.13])
    assert found["basis"] == "interval"
    assert found["verdict"] == "as_expected"


@pytest.mark.parametrize(
    ("now", "expected", "verdict"),
    [
        (0.31, 0.05, "not_seen"),
        (0.40, 0.02, "exceeded"),
        (0.40, 0.30, "fell_short"),
        (0.20, 0.05, "opposite"),
        (0.40, None, "better"),
        (0.20, None, "worse"),
        (0.20, -0.1, "as_expected"),
    ],
)
def test_verdicts(now, expected, verdict):
    history = kpi("repeat_rate", [0.3] * 10 + [now], half=0.03)
    assert score(history, "repeat_rate", expected)["verdict"] == verdict


def test_a_cost_that_falls_is_better():
    values = [20, 21, 20, 21, 20, 21, 20, 21, 20, 21, 10]
    assert score(kpi("cac", values), "cac")["verdict"] == "better"


def test_without_intervals_the_moving_range_of_the_periods_before_judges():
    # Ten values that swing by 1: sigma = 1 / 1.128, ± 1.96 · √2 / 1.128 = 2.457.
    values = [20, 21, 20, 21, 20, 21, 20, 21, 20, 21, 10]
    found = score(kpi("cac", values), "cac")
    assert found["basis"] == "moving_range"
    assert found["high"] - found["observed_change"] == pytest.approx(2.457, abs=5e-4)
    short = kpi("cac", values)[5:]
    assert score(short, "cac")["verdict"] == "not_judged"


def test_a_kpi_of_the_season_is_compared_with_last_years_pattern():
    # Revenue always falls by a tenth from the second quarter to the third: so did it now.
    values = [100, 100, 90, 120] * 2 + [110, 100, 90]
    found = score(kpi("revenue", values), "revenue")
    assert found["observed_change"] == pytest.approx(0)
    assert found["before"] == pytest.approx(90)


@pytest.mark.parametrize(
    ("kpi_id", "period", "verdict"),
    [
        (None, "2026-Q2", "no_kpi"),
        ("repeat_rate", "2026-Q3", "too_early"),
        ("repeat_rate", "2020-Q1", "no_data"),
        ("nps", "2026-Q2", "no_data"),
    ],
)
def test_what_cannot_be_scored_is_said(kpi_id, period, verdict):
    history = kpi("repeat_rate", [0.3] * 11, half=0.03)
    assert score(history, kpi_id, period=period)["verdict"] == verdict


def test_no_decisions_give_an_empty_table():
    period = Span("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))
    assert decision_scores([], kpi("repeat_rate", [0.3]), period=period).empty

import math
from datetime import date, timedelta
from itertools import pairwise

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


def decided(kpi_id, expected=None, period="2026-Q2", test=None, name="d"):
    return [
        {
            "id": name,
            "decision": "Do it",
            "period": period,
            "kpi": kpi_id,
            "expected_change": expected,
            "test": test,
        }
    ]


def score(history, kpi_id, expected=None, **more):
    return decision_scores(decided(kpi_id, expected, **more), history, period=NOW).iloc[0]


def experiment(
    verdict="roll_out", reason="better", *, start=date(2026, 7, 1), end=date(2026, 8, 14)
):
    columns = ("experiment", "variant", "size", "conversions", "rate", "difference", "low", "high")
    rows = [
        ("delivery", "control", 1000, 200, 0.2, math.nan, math.nan, math.nan),
        ("delivery", "free", 1000, 260, 0.26, 0.06, 0.023, 0.097),
    ]
    table = pd.DataFrame(rows, columns=list(columns))
    return table.assign(verdict=["control", verdict], reason=["", reason], start=start, end=end)


@pytest.mark.parametrize(
    ("results", "expected", "verdict"),
    [
        (experiment(), 0.05, "as_expected"),
        (experiment(), 0.01, "exceeded"),
        (experiment("stop", "no_effect"), 0.05, "not_seen"),
        (experiment("invalid", "split"), 0.05, "not_judged"),
        (experiment("extend", "running"), 0.05, "too_early"),
    ],
)
def test_a_decision_that_names_a_test_is_scored_by_it(results, expected, verdict):
    # Conversion fell for all customers while the test found that free delivery raises it.
    history = kpi("conversion_rate", [0.3, 0.31] * 5 + [0.2], half=0.01)
    decisions = decided("conversion_rate", expected, test="delivery")
    found = decision_scores(decisions, history, period=NOW, experiments=results).iloc[0]
    assert found["verdict"] == verdict
    assert found[["basis", "test"]].tolist() == ["experiment", "delivery"]
    assert found[["observed_change", "low", "high", "n"]].tolist() == [0.06, 0.023, 0.097, 1000]
    assert found["smallest_count"] == 200


@pytest.mark.parametrize(
    ("test", "results"),
    [
        (None, experiment()),
        ("another", experiment()),
        ("delivery", None),
        ("delivery", experiment(end=date(2026, 3, 1))),  # before the decision's quarter
        ("delivery", experiment(start=date(2026, 10, 1))),  # more than a quarter after it
    ],
)
def test_without_its_test_the_kpi_scores_a_decision(test, results):
    history = kpi("conversion_rate", [0.3, 0.31] * 5 + [0.2], half=0.01)
    decisions = decided("conversion_rate", 0.05, test=test)
    found = decision_scores(decisions, history, period=NOW, experiments=results).iloc[0]
    assert (found["basis"], found["verdict"]) == ("interval", "opposite")


def test_a_test_scores_the_nearest_decision_alone():
    history = kpi("conversion_rate", [0.3, 0.31] * 5 + [0.2], half=0.01)
    decisions = [
        each
        for quarter, name in (("2026-Q1", "early"), ("2026-Q2", "near"), ("2026-Q2", "beside"))
        for each in decided("conversion_rate", 0.05, period=quarter, test="delivery", name=name)
    ]
    found = decision_scores(decisions, history, period=NOW, experiments=experiment())
    assert found["basis"].tolist() == ["interval", "experiment", "interval"]


@pytest.mark.parametrize(
    ("verdict", "reason", "low", "scored"),
    [
        ("roll_out", "revenue_better", -0.03, ["better", "experiment_revenue"]),
        ("stop", "revenue_worse", 0.023, ["worse", "experiment_revenue"]),
        ("roll_out", "revenue_better", 0.023, ["as_expected", "experiment"]),
    ],
)
def test_where_revenue_decided_the_test_against_conversion_it_decides_the_score(
    verdict, reason, low, scored
):
    history = kpi("conversion_rate", [0.3, 0.31] * 5 + [0.2], half=0.01)
    results = experiment(verdict, reason)
    results.loc[1, "low"] = low
    decisions = decided("conversion_rate", 0.05, test="delivery")
    found = decision_scores(decisions, history, period=NOW, experiments=results).iloc[0]
    assert found[["verdict", "basis"]].tolist() == scored


def test_the_variant_to_roll_out_scores_before_one_that_converts_better():
    results = pd.concat(
        [experiment("stop", "no_effect"), experiment("roll_out", "revenue_better")[1:]],
        ignore_index=True,
    )
    results.loc[2, ["difference", "low", "high"]] = [-0.04, -0.07, -0.01]
    history = kpi("conversion_rate", [0.3, 0.31] * 5 + [0.2], half=0.01)
    decisions = decided("conversion_rate", 0.05, test="delivery")
    found = decision_scores(decisions, history, period=NOW, experiments=results).iloc[0]
    assert found[["observed_change", "verdict"]].tolist() == [-0.04, "better"]


def test_what_the_scorecard_calls_noise_is_no_effect():
    # 0.26 after 0.31 is beyond both samples, but the KPI has swung from 0.25 to 0.35 all along.
    history = kpi("repeat_rate", [0.25, 0.35] * 4 + [0.25, 0.31, 0.26], half=0.01)
    found = score(history, "repeat_rate", 0.05)
    assert found["high"] < 0
    assert found["verdict"] == "not_seen"


def test_the_range_of_a_seasonal_kpi_is_of_its_changes_on_the_year():
    # Each year 4 % more and 6 % more by turns, with a fourth quarter three times as large:
    # sigma of the changes is 0.02 / 1.128, ± 1.96 · √2 · that · the value a year ago.
    values = [100.0, 100, 100, 300]
    for n in range(10):
        values.append(values[n] * (1.04 if n % 2 == 0 else 1.06))
    starts = [date(2020 + n // 4, 1 + n % 4 * 3, 1) for n in range(len(values) + 1)]
    quarters = [
        Span(f"q{n}", start, end - timedelta(days=1))
        for n, (start, end) in enumerate(pairwise(starts))
    ]
    rows = [
        {"kpi": "revenue", "period": span.id, "start": span.start, "end": span.end, "value": value}
        for span, value in zip(quarters, values, strict=True)
    ]
    history = pd.DataFrame(rows).assign(low=math.nan, high=math.nan, n=400)
    found = decision_scores(decided("revenue", period="q12"), history, period=quarters[13]).iloc[0]
    assert found["basis"] == "moving_range"
    reach = 1.959964 * math.sqrt(2) * 0.02 / 1.128 * values[9]
    assert found["high"] - found["observed_change"] == pytest.approx(reach)


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


def test_a_quarter_without_orders_is_no_base_of_the_season():
    # No pattern of last year's makes anything of 0.
    values = [100, 100, 90, 120] * 2 + [110, 0, 90]
    assert score(kpi("revenue", values, half=5), "revenue")["verdict"] == "not_judged"


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

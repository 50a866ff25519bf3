"""KPIs that rest on touches, answers and costs."""

from datetime import date

import pytest

from crm_strategy.analysis.spans import Span
from tests.analysis.builders import costs, surveys, touches
from tests.analysis.kpi_cases import Q3, history, values


def test_csat_is_the_share_of_the_two_best_boxes():
    answers = surveys(
        *(("csat", "2026-08-01", score) for score in (5, 4, 4, 3, 1)),
        ("csat", "2026-08-01", 9, 10),
        ("csat", "2026-08-01", 8, 10),
        ("csat", "2026-08-01", 2, 3),
        ("csat", "2026-08-01", None),
    )
    found = history(("a", "2026-08-01", 5), surveys=answers).set_index(["kpi", "period"])
    assert found.loc[("csat", Q3.id), "value"] == 4 / 8
    assert found.loc[("csat", Q3.id), "n"] == 8


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        # methods.md: 50 promoters, 30 passives, 20 detractors.
        ([10] * 50 + [8] * 30 + [0] * 20, 30),
        # CDCgov/prime-reportstream#5281: 18, 11, 2.
        ([9] * 18 + [7] * 11 + [6] * 2, 100 * 16 / 31),
        # R package IUHhelpers: the missing answer does not count.
        ([1, 8, 8, 10, 5, None, 9], 0),
    ],
)
def test_nps_matches_published_cases(scores, expected):
    answers = surveys(*(("nps", "2026-08-01", score) for score in scores))
    assert values(("a", "2026-08-01", 5), surveys=answers)["nps"] == pytest.approx(expected)


def test_nps_of_another_scale_does_not_count():
    # 5 of 5 would be a detractor on the scale to 10.
    answers = surveys(("nps", "2026-08-01", 5, 5), ("nps", "2026-08-01", 10, 10))
    assert values(("a", "2026-08-01", 5), surveys=answers)["nps"] == pytest.approx(100)


def test_answers_of_other_periods_and_kinds_do_not_count():
    answers = surveys(("nps", "2026-05-01", 10), ("csat", "2026-08-01", 5))
    found = values(("a", "2026-08-01", 5), surveys=answers)
    assert (found["nps"], found["csat"]) == (None, 1)


def test_conversion_needs_touch_and_order_in_the_period_and_in_time():
    rows = (
        ("in time", "2026-08-31 23:00", 5),
        ("too late", "2026-09-01 00:10", 5),
        ("order before", "2026-07-31", 5),
        ("touched before the period", "2026-07-01", 5),
        ("ordered after the period", "2026-10-01", 5),
        ("never touched", "2026-08-01", 5),
    )
    made = touches(
        ("in time", "2026-08-01 10:00", "email"),
        ("too late", "2026-08-01 10:00", "email"),
        ("order before", "2026-08-01 10:00", "email"),
        ("touched before the period", "2026-06-30", "email"),
        ("ordered after the period", "2026-09-30", "email"),
    )
    found = history(*rows, touches=made).set_index(["kpi", "period"])
    # Touched in Q3: four; the order of 31 August came 30 days after the touch.
    assert found.loc[("conversion_rate", Q3.id), "value"] == 1 / 4
    assert found.loc[("conversion_rate", Q3.id), "n"] == 4


def test_an_order_without_a_time_of_day_comes_after_the_touches_of_its_day():
    made = touches(("a", "2026-08-01 10:00", "email"), ("b", "2026-08-01 10:00", "email"))
    rows = (("a", "2026-08-01 00:00", 5), ("b", "2026-08-01 09:59", 5))
    assert values(*rows, touches=made)["conversion_rate"] == 1 / 2


MARKETING = costs(
    ("email", date(2026, 7, 1), date(2026, 7, 31), 31.0),
    ("ads", date(2026, 6, 1), date(2026, 7, 30), 60.0),  # 30 of its 60 days in Q3
    ("ads", date(2026, 8, 1), date(2026, 8, 1), 500.0, "goods"),
    ("ads", date(2026, 8, 1), date(2026, 8, 1), 500.0, "media", "planned"),
    ("ads", date(2026, 8, 1), None, 9.0, "people", "actual"),
)


def test_marketing_cost_and_cac_worked_by_hand():
    found = values(("a", "2026-08-01", 5), ("b", "2026-08-01", 5), costs=MARKETING)
    assert found["marketing_cost"] == pytest.approx(31 + 30 + 9)
    assert found["cac"] == pytest.approx(70 / 2)


def test_a_period_the_cost_file_is_silent_about_has_no_cost():
    later = [Q3, Span("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))]
    rows = (("a", "2026-08-01", 5), ("b", "2026-11-01", 5))
    found = values(*rows, costs=MARKETING, periods=later, period=later[1])
    assert (found["marketing_cost"], found["cac"]) == (None, None)


def test_roi_credits_the_margin_of_touched_orders_only():
    # Margin of all with a known cost: (60 − 30) + (40 − 10) of 100: 0.6. Credited: a and c;
    # c's cost is unknown, so it earns 0.6 × 50. ROI = (30 + 30 − 10) / 10.
    rows = (
        ("a", "2026-08-10", 60, 30),
        ("b", "2026-08-10", 40, 10),
        ("c", "2026-08-10", 50),
    )
    made = touches(("a", "2026-08-01", "email"), ("c", "2026-08-01", "email"))
    spent = costs(("email", Q3.start, Q3.end, 10.0))
    found = values(*rows, touches=made, costs=spent)
    assert found["roi"] == pytest.approx(5)
    assert found["gross_margin"] == pytest.approx(30 + 30 + 30)


@pytest.mark.parametrize(("margin_rate", "roi", "margin"), [(0.5, 4, 50), (None, 9, None)])
def test_without_costs_of_goods_margin_is_a_rate_or_revenue_itself(margin_rate, roi, margin):
    found = values(
        ("a", "2026-08-10", 100),
        touches=touches(("a", "2026-08-01", "email")),
        costs=costs(("email", Q3.start, Q3.end, 10.0)),
        margin_rate=margin_rate,
    )
    assert found["roi"] == pytest.approx(roi)
    assert found["gross_margin"] == margin


def test_a_refund_takes_the_cost_of_its_goods_back():
    sold, returned = ("a", "2026-08-01", 100, 60), ("a", "2026-08-05", -100, 60)
    assert values(sold, returned)["gross_margin"] == 0


def test_touches_that_earned_nothing_return_minus_one():
    found = values(
        ("a", "2026-08-10", 100),
        touches=touches(("b", "2026-08-01", "email")),
        costs=costs(("email", Q3.start, Q3.end, 10.0)),
    )
    assert found["roi"] == -1

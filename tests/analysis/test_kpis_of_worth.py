"""KPIs of what customers are worth: lifetime value, its ratio to CAC, payback."""

import math
from collections import defaultdict

import pytest

from crm_strategy.analysis.kpi_values import kpi_values

YEAR = 365.25


def worth(*, days=YEAR, discount_rate=0.1, margin_rate=0.5, **counts):
    known = {
        "revenue": 2000.0,
        "order_count": 20,
        "priced_orders": 20,
        "costed_orders": 0,
        "buyers": 8,
        "active_start": 10,
        "active_end": 10,
        "retained": 8,
        "new": 2,
        "ever": 12,
        "marketing_cost": 50.0,
        "costed_revenue": 0.0,
        "goods": 0.0,
    }
    found = kpi_values(
        defaultdict(lambda: math.nan, known | counts),
        margin_rate=margin_rate,
        discount_rate=discount_rate,
        days=days,
    )
    return {kpi: found[kpi].value for kpi in ("ltv", "ltv_to_cac", "payback_months")}


def test_lifetime_value_of_margin_100_retention_80_discount_10_percent_is_266_67():
    # m·r / (1 + i − r), the textbook formula with its textbook case: 100 · 0.8 / 0.3.
    assert worth()["ltv"] == pytest.approx(266.67, abs=0.005)


def test_ratio_and_payback_follow_from_cac():
    # CAC 50 / 2 = 25. Margin 1000 of 8 buyers in a year: 10.42 a month.
    found = worth()
    assert found["ltv_to_cac"] == pytest.approx(80 / 0.3 / 25)
    assert found["payback_months"] == pytest.approx(25 / (1000 / 8 / 12))


def test_discount_and_retention_are_of_the_same_period():
    quarter = worth(days=YEAR / 4)["ltv"]
    assert quarter == pytest.approx(80 / (1 + 1.1**0.25 - 1 - 0.8))


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"margin_rate": None}, {"ltv", "ltv_to_cac", "payback_months"}),
        ({"marketing_cost": math.nan}, {"ltv_to_cac", "payback_months"}),
        ({"marketing_cost": 0.0}, {"ltv_to_cac"}),
        ({"new": 0}, {"ltv_to_cac", "payback_months"}),
        ({"active_start": 0, "retained": 0}, {"ltv", "ltv_to_cac"}),
        ({"discount_rate": 0.0, "retained": 10}, {"ltv", "ltv_to_cac"}),
        ({"revenue": -100.0}, {"payback_months"}),
    ],
)
def test_what_is_not_known_has_no_value(changes, missing):
    assert {kpi for kpi, value in worth(**changes).items() if value is None} == missing

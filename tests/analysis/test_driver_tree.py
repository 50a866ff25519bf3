from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from crm_strategy.analysis.driver_tree import driver_tree, factor_history, opposed_kpis
from crm_strategy.analysis.spans import Span
from tests.analysis.builders import orders, records

QUARTERS = [
    Span(f"{year}-Q{quarter}", date(year, 3 * quarter - 2, 1), date(year, 3 * quarter, 30))
    for year in (2024, 2025, 2026)
    for quarter in (1, 2, 3, 4)
]
NOW = QUARTERS[10]


def history(customers, frequency, order_value, no_customer=0.0):
    table = pd.DataFrame(
        {
            "period": [span.id for span in QUARTERS[: len(customers)]],
            "start": [span.start for span in QUARTERS[: len(customers)]],
            "end": [span.end for span in QUARTERS[: len(customers)]],
            "customers": np.array(customers, dtype=float),
            "frequency": np.array(frequency, dtype=float),
            "order_value": np.array(order_value, dtype=float),
        }
    )
    factors = table[["customers", "frequency", "order_value"]]
    revenue = factors.prod(axis=1, skipna=False)
    others = np.zeros(len(table)) + no_customer
    return table.assign(revenue=revenue, no_customer=others, total=revenue + others)


def kpis(**values):
    return pd.DataFrame(
        [
            {"kpi": kpi, "period": span.id, "start": span.start, "value": value}
            for kpi, series in values.items()
            for span, value in zip(QUARTERS, series, strict=False)
        ]
    )


def test_factors_worked_by_hand():
    # Two customers, three orders, 90 less 10 back; the order without a customer stands beside.
    found = factor_history(
        orders(
            ("a", "2026-07-01", 40),
            ("a", "2026-08-01", 30),
            ("b", "2026-08-01", 20),
            ("b", "2026-09-01", -10),
            (None, "2026-09-01", 99),
            ("a", "2026-10-01", 5),
        ),
        [Span("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)), QUARTERS[0]],
    )
    factors = ("customers", "frequency", "order_value", "revenue", "no_customer", "total")
    (nothing, quarter) = records(found, *factors)
    assert nothing == (None,) * 6
    assert quarter == (2, 1.5, pytest.approx(80 / 3), 80, 99, 179)


def test_each_lever_alone_is_scored_against_its_own_past():
    # 15 % more revenue: 1,150 customers were there before; 2.3 orders are far outside of
    # 2 ± 0.01; 57.5 an order never was, but orders swing between 45 and 55.
    past = 10
    values = [45, 55] * 5
    frequency = [2.0, 2.005] * 5
    found = driver_tree(
        history([1160] * past + [1000], [*frequency, 2.0], [*values, 50]),
        period=NOW,
        target=115_000,
    )
    rows = found.set_index("driver")
    assert rows["verdict"].to_dict() == {
        "customers": "seen",
        "order_value": "near",
        "frequency": "beyond",
    }
    assert rows.loc["customers", ["needed", "best_change", "n"]].tolist() == [
        *(pytest.approx(1150), pytest.approx(0.16), 10)
    ]
    assert rows.loc["frequency", "needed"] == pytest.approx(2.3)
    assert rows["change_needed"].tolist() == pytest.approx([0.15] * 3)
    # Together each grows by the third root of 1.15, 4.8 %.
    assert rows.loc["order_value", "needed_together"] == pytest.approx(50 * 1.15 ** (1 / 3))
    product = rows["needed_together"].prod()
    assert product == pytest.approx(115_000)


def seasonal(years=(100, 104, 108), now=10):
    """Customers who grow by 4 % a year and are twice as many in the fourth quarter."""
    return [n * (2 if quarter == 3 else 1) for n in years for quarter in range(4)][: now + 1]


def test_a_target_is_compared_with_its_own_season_a_year_before():
    # 10,400 a quarter's normal, 20,800 in 2025-Q4: 21,424 by the end of 2026 is 3 % more.
    customers = seasonal()
    past = history(customers, [2.0] * 11, [50.0] * 11)
    found = driver_tree(past, period=NOW, target=21_424, by=date(2026, 12, 31))
    rows = found.set_index("driver")
    assert set(rows["base_period"]) == {"2025-Q4"}
    assert rows["revenue_change"].tolist() == pytest.approx([0.03] * 3)
    assert rows.loc["customers", ["base", "needed"]].tolist() == pytest.approx([208, 214.24])
    # Customers grew by 4 % on the year throughout, the others by nothing in seven quarters.
    assert rows["verdict"].to_dict() == {
        "customers": "seen",
        "frequency": "too_short",
        "order_value": "too_short",
    }
    assert rows["n"].tolist() == [7, 7, 7]


def test_over_two_years_growth_is_scored_a_year_and_told_so():
    past = history(seasonal(), [2.0] * 11, [50.0] * 11)
    # Customers grew by 4 % on the year: 7 % by the end of 2027 is 3.4 % a year.
    found = driver_tree(past, period=NOW, target=20_800 * 1.07, by=date(2027, 12, 31))
    rows = found.set_index("driver")
    assert rows["years"].tolist() == [2, 2, 2]
    assert rows["change_needed"].tolist() == pytest.approx([0.07] * 3)
    assert rows["change_a_year"].tolist() == pytest.approx([1.07**0.5 - 1] * 3)
    assert rows.loc["customers", "verdict"] == "seen"


def test_a_period_without_orders_leaves_the_tree_of_its_targets_season():
    past = history(seasonal(), [2.0] * 11, [50.0] * 11)
    figures = ["customers", "frequency", "order_value", "revenue", "no_customer", "total"]
    past.loc[past.index[-1], figures] = np.nan
    found = driver_tree(past, period=NOW, target=21_424, by=date(2026, 12, 31))
    assert set(found["base_period"]) == {"2025-Q4"}
    assert not found["met"].any()
    # By now there is no season to compare with, and nothing to grow from.
    assert driver_tree(past, period=NOW, target=21_424, by=NOW.end).empty


def test_a_target_below_last_years_season_needs_nothing_and_pace_is_told():
    past = history(seasonal(), [2.0] * 11, [50.0] * 11)
    found = driver_tree(past, period=NOW, target=18_720, by=date(2026, 12, 31))
    assert set(found["verdict"]) == {"reached"}
    assert found["revenue_change"].tolist() == pytest.approx([-0.1] * 3)
    # 108 customers against 104 a year before.
    assert found["pace"].tolist() == pytest.approx([4 / 104] * 3)
    assert not found["met"].any()


@pytest.mark.parametrize(
    ("by", "base"),
    [
        (date(2026, 9, 30), "2026-Q3"),  # the period itself
        (date(2026, 11, 30), "2026-Q3"),  # no later period ends by then
        (date(2027, 3, 31), "2026-Q1"),
        (date(2028, 3, 31), "2026-Q1"),  # two years ahead of the last one
        (date(2027, 9, 30), "2026-Q3"),
    ],
)
def test_the_base_is_the_last_known_period_of_the_targets_season(by, base):
    past = history(seasonal(), [2.0] * 11, [50.0] * 11)
    assert set(driver_tree(past, period=NOW, target=99_999, by=by)["base_period"]) == {base}


def test_revenue_without_a_customer_counts_towards_the_target():
    # 8,000 of known customers and 2,000 of others: 11,000 is 10 % more of all revenue, 12.5 %
    # of the known and half as much again of the others.
    past = history([80] * 11, [2.0] * 11, [50.0] * 11, no_customer=2000)
    rows = driver_tree(past, period=NOW, target=11_000).set_index("driver")
    assert rows.loc["customers", "change_needed"] == pytest.approx(0.125)
    assert rows.loc["no_customer", ["base", "needed"]].tolist() == pytest.approx([2000, 3000])
    assert rows["revenue_change"].tolist() == pytest.approx([0.1] * 4)
    together = rows["needed_together"]
    factors = together[["customers", "frequency", "order_value"]].prod()
    assert factors + together["no_customer"] == pytest.approx(11_000)
    # 7,000 are less than known customers bring: the others may fall to nothing, not below.
    below = driver_tree(past, period=NOW, target=7_000).set_index("driver")
    assert below.loc["no_customer", "needed"] == 0
    # The scorecard counts all revenue: a target of 10,000 is reached.
    met = driver_tree(past, period=NOW, target=10_000)
    assert set(met["verdict"]) == {"reached"}
    assert met["met"].all()


def test_no_lever_falls_below_what_it_can_be():
    # 20,000 of others: 21,000 asks for an eighth of the known customers' 8,000, or 0.25 orders of
    # each who ordered; one order of each is more than enough.
    past = history([80] * 11, [2.0] * 11, [50.0] * 11, no_customer=20_000)
    rows = driver_tree(past, period=NOW, target=21_000).set_index("driver")
    assert rows.loc["frequency", ["needed", "change_needed"]].tolist() == [1.0, -0.5]
    assert rows["bounded"].to_dict() == {
        **dict.fromkeys(("customers", "order_value", "no_customer"), False),
        "frequency": True,
    }
    none_needed = driver_tree(past, period=NOW, target=7_000).set_index("driver")
    assert none_needed["bounded"].all()
    assert none_needed["needed"].to_dict() == {
        **dict.fromkeys(("customers", "order_value", "no_customer"), 0.0),
        "frequency": 1.0,
    }


@pytest.mark.parametrize("others", [0.0, 0.004])
def test_where_no_orders_lack_a_customer_they_are_no_lever(others):
    past = history([80] * 11, [2.0] * 11, [50.0] * 11, no_customer=others)
    assert "no_customer" not in set(driver_tree(past, period=NOW, target=9_000)["driver"])


def test_a_target_that_is_met_needs_nothing():
    found = driver_tree(history([10] * 11, [1] * 11, [10] * 11), period=NOW, target=90)
    assert set(found["verdict"]) == {"reached"}


def test_a_short_past_is_said():
    found = driver_tree(history([10, 11], [1, 1], [10, 10]), period=QUARTERS[1], target=1000)
    assert set(found["verdict"]) == {"too_short"}


@pytest.mark.parametrize(("target", "customers"), [(None, [10]), (100, [np.nan])])
def test_without_a_target_or_revenue_there_is_no_tree(target, customers):
    found = driver_tree(history(customers, [1], [10]), period=QUARTERS[0], target=target)
    assert found.empty
    assert "needed" in found


def test_kpis_that_mirror_each_other_are_named_with_scipys_correlation():
    up = [3, 9, 2, 8, 4, 7, 1, 9, 3, 8, 2, 6]
    down = [20, 13, 21, 14, 19, 15, 22, 12, 20, 14, 21, 16]
    flat = [5, 5.1, 5.2, 5.1, 5.3, 5.2, 5.4, 5.3, 5.1, 5.2, 5.5, 5.4]
    found = opposed_kpis(kpis(revenue=up, average_order_value=down, repeat_rate=flat))
    assert records(found, "kpi", "with_kpi", "n") == [("revenue", "average_order_value", 11)]
    wanted = spearmanr(np.diff(up), np.diff(down))
    assert found.loc[0, "correlation"] == pytest.approx(wanted.statistic)
    # Holm: the smallest of three chances counts three times.
    assert found.loc[0, "p_value"] == pytest.approx(3 * wanted.pvalue)


def test_a_cost_that_rises_with_revenue_pulls_against_it():
    up = [3, 9, 2, 8, 4, 7, 1, 9, 3, 8, 2, 6]
    found = opposed_kpis(kpis(revenue=up, marketing_cost=[2 * each for each in up]))
    assert records(found, "kpi", "with_kpi") == [("revenue", "marketing_cost")]


def test_kpis_opposed_by_the_sign_of_a_negative_margin_alone_are_left_out():
    up = [3, 9, 2, 8, 4, 7, 1, 9, 3, 8, 2, 6]
    lost = [-0.2 * each for each in up]
    sign = kpis(revenue=up, order_count=up, gross_margin=lost, ltv=lost, roi=lost)
    assert opposed_kpis(sign).empty
    # What is opposed for another reason is still told, beside a loss and without one.
    other = kpis(revenue=up, gross_margin=lost, average_order_value=[30 - each for each in up])
    assert records(opposed_kpis(other), "kpi", "with_kpi") == [("revenue", "average_order_value")]
    earned = kpis(revenue=up, gross_margin=[30 - each for each in up])
    assert records(opposed_kpis(earned), "kpi", "with_kpi") == [("revenue", "gross_margin")]


def test_eight_changes_are_needed():
    assert opposed_kpis(kpis(revenue=[1, 2, 1, 2], churn_rate=[1, 2, 1, 2])).empty


@pytest.mark.parametrize(("frequency", "fewest"), [(1.04, 4), (1.0, 100), (1.5, 50), (3.0, 100)])
def test_levers_rest_on_the_fewest_who_ordered_or_ordered_again(frequency, fewest):
    # 100 customers with 104 orders tell that at most 4 ordered again; with 300, more did.
    past = history([100.0] * 11, [frequency] * 11, [20.0] * 11)
    found = driver_tree(past, period=NOW, target=9_000.0)
    assert found["customers"].tolist() == [fewest] * len(found)

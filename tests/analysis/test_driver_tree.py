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


def history(customers, frequency, order_value):
    table = pd.DataFrame(
        {
            "period": [span.id for span in QUARTERS[: len(customers)]],
            "start": [span.start for span in QUARTERS[: len(customers)]],
            "customers": np.array(customers, dtype=float),
            "frequency": np.array(frequency, dtype=float),
            "order_value": np.array(order_value, dtype=float),
        }
    )
    factors = table[["customers", "frequency", "order_value"]]
    return table.assign(revenue=factors.prod(axis=1, skipna=False))


def kpis(**values):
    return pd.DataFrame(
        [
            {"kpi": kpi, "period": span.id, "start": span.start, "value": value}
            for kpi, series in values.items()
            for span, value in zip(QUARTERS, series, strict=False)
        ]
    )


def test_factors_worked_by_hand():
    # Two customers, three orders, 90 less 10 back; the order without a customer is none's.
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
    (nothing, quarter) = records(found, "customers", "frequency", "order_value", "revenue")
    assert nothing == (None, None, None, None)
    assert quarter == (2, 1.5, pytest.approx(80 / 3), 80)


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
    assert rows.loc["customers", ["needed", "best", "n"]].tolist() == [1150, 1160, 10]
    assert rows.loc["frequency", "needed"] == pytest.approx(2.3)
    assert rows["change_needed"].tolist() == pytest.approx([0.15] * 3)
    # Together each grows by the third root of 1.15, 4.8 %.
    assert rows.loc["order_value", "needed_together"] == pytest.approx(50 * 1.15 ** (1 / 3))
    product = rows["needed_together"].prod()
    assert product == pytest.approx(115_000)


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


def test_eight_changes_are_needed():
    assert opposed_kpis(kpis(revenue=[1, 2, 1, 2], churn_rate=[1, 2, 1, 2])).empty

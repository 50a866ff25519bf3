from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from crm_strategy.analysis.buying_models import expected_orders
from crm_strategy.analysis.forecast import sales_forecasts
from crm_strategy.analysis.forecast_bottom_up import bottom_up_orders, reconciliation
from crm_strategy.analysis.model_choice import model_rows
from crm_strategy.analysis.model_fits import fit_buying_model
from crm_strategy.analysis.monthly_sales import monthly_sales
from crm_strategy.analysis.purchase_counts import purchase_counts
from tests.analysis.builders import orders

START, END = date(2024, 1, 1), date(2026, 6, 30)


@pytest.fixture(scope="module")
def shop():
    """As many newcomers each month, who order at their own rate until they leave."""
    random = np.random.default_rng(7)
    rows = []
    days = (END - START).days
    for number in range(700):
        first = int(number * days / 700)
        rate, leaves = random.gamma(1.0, 1 / 60), random.beta(1.0, 4.0)
        day, alive = float(first), True
        while day <= days and alive:
            rows.append((f"c{number}", START + timedelta(days=int(day)), 50))
            alive = random.random() > leaves
            day += random.exponential(1 / rate) + 1
    return orders(*rows)


def test_customers_known_are_foretold_by_the_model_alone(shop):
    rows = model_rows(purchase_counts(shop, as_of=END))
    fit = fit_buying_model(rows, model="mbg_nbd")
    told = expected_orders(
        "mbg_nbd", fit.parameters, 182, rows["frequency"], rows["recency"], rows["T"]
    )
    found = bottom_up_orders(shop, as_of=END, days=[182]).iloc[0]
    # No two orders of a customer share a day, so nothing is scaled.
    assert found["known_orders"] == pytest.approx((told * rows["n"]).sum(), rel=1e-6)
    assert found["expected"] == found["known_orders"] + found["new_orders"]


def test_what_was_foretold_half_a_year_ago_came(shop):
    cut = date(2025, 12, 31)
    found = bottom_up_orders(shop, as_of=cut, days=[(END - cut).days]).iloc[0]
    came = shop.filter(shop.ordered_at > pd.Timestamp(cut) + pd.Timedelta(days=1)).count()
    assert found["expected"] == pytest.approx(came.to_pyarrow().as_py(), rel=0.1)


def test_both_ways_stand_side_by_side_with_their_last_misses(shop):
    forecasts = sales_forecasts(monthly_sales(shop, as_of=END))
    found = reconciliation(shop, forecasts).set_index("horizon")
    assert list(found.index) == ["month", "half_year", "year"]
    assert found["difference"].to_list() == pytest.approx(
        (found["bottom_up"] / found["expected"] - 1).to_list()
    )
    assert found["series_miss"].abs().max() < 0.3
    assert found["bottom_up_miss"].abs().max() < 0.15
    assert set(found["in_force"]) <= {"series", "bottom_up"}


def test_a_young_or_empty_shop_has_no_count_from_below(shop):
    assert bottom_up_orders(orders(), as_of=END, days=[30]).empty
    assert bottom_up_orders(shop, as_of=date(2024, 6, 30), days=[30]).empty
    assert reconciliation(shop, []).empty

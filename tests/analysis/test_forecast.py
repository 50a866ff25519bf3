from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.backtest import Backtest, backtests, chosen_backtest, half_widths
from crm_strategy.analysis.forecast import (
    forecast_fan,
    horizon_forecast,
    monthly_forecast,
    sales_forecasts,
)
from crm_strategy.analysis.forecast_scores import forecast_backtest, last_forecast
from crm_strategy.analysis.monthly_sales import monthly_sales, months_on
from tests.analysis.builders import FEW, orders, records

SEASON = (1.0, 0.9, 0.9, 1.0, 1.0, 1.1, 1.0, 0.9, 1.0, 1.1, 1.5, 1.8)


def sales(*revenue: float, first: date = date(2024, 1, 1)) -> pd.DataFrame:
    values = np.array(revenue, dtype=float)
    return pd.DataFrame(
        {
            "month": [months_on(first, at) for at in range(len(values))],
            "revenue": values,
            "order_count": np.round(values / 50),
            "active_customers": np.round(values / 80),
        }
    )


def noisy_years(months: int, *, seed: int = 1) -> list[float]:
    noise = np.random.default_rng(seed).normal(1, 0.05, months)
    return [10_000 * SEASON[at % 12] * noise[at] for at in range(months)]


def test_months_are_whole_and_those_without_orders_are_zero():
    found = monthly_sales(
        orders(
            ("a", "2026-01-20", 9), ("a", "2026-02-02", 10), ("b", "2026-02-27", 30),
            ("b", "2026-02-28", -5), (None, "2026-04-01", 7), ("a", "2026-04-29", 8),
            ("a", "2026-05-10", 99),
        ),
        as_of=date(2026, 5, 31),
    )  # fmt: skip
    assert records(found) == [
        # January begins with its 20th, May ends with its 10th: neither is whole.
        (date(2026, 2, 1), 35.0, 2, 2),
        (date(2026, 3, 1), 0.0, 0, 0),
        (date(2026, 4, 1), 15.0, 2, 1),
    ]


def test_a_month_counts_only_when_it_has_ended():
    rows = orders(("a", "2026-01-01", 9), ("a", "2026-01-30", 9), ("a", "2026-02-27", 9))
    assert len(monthly_sales(rows, as_of=date(2026, 2, 27))) == 1
    assert len(monthly_sales(rows, as_of=date(2026, 2, 28))) == 2
    assert monthly_sales(orders(), as_of=date(2026, 2, 28)).empty


def test_a_month_without_orders_is_whole_when_later_orders_tell_that_the_data_reach_over_it():
    rows = orders(("a", "2026-01-02", 9), ("a", "2026-01-12", 9), ("a", "2026-04-20", 9))
    assert monthly_sales(rows, as_of=date(2026, 3, 31))["order_count"].tolist() == [2, 0, 0]
    assert monthly_sales(rows, as_of=date(2026, 3, 30))["order_count"].tolist() == [2, 0]


def test_without_customers_their_number_is_unknown_and_not_foretold():
    rows = orders(
        *((None, f"2026-{month:02}-{day:02}", 9) for month in range(1, 10) for day in (1, 28))
    )
    known = monthly_sales(rows, as_of=date(2026, 9, 30))
    assert known["active_customers"].isna().all()
    assert [each.measure for each in sales_forecasts(known)] == ["revenue", "order_count"]


def test_a_rolling_origin_sees_nothing_later():
    values = noisy_years(36)
    ahead = backtests(values)[0].rows
    # Seasonal naive: from 24 months known, the 25th is the 13th.
    first = ahead[(ahead["origin"] == 24) & (ahead["step"] == 1)].iloc[0]
    assert (first["forecast"], first["actual"]) == (values[12], values[24])
    assert len(ahead) == 12 * 13 / 2


def test_the_error_is_the_sum_of_misses_by_the_sum_of_sales():
    (tested,) = backtests([10.0, 10, 10, 10, 10, 10, 12, 9], models=["seasonal_naive"])
    # From 6: 10 and 10 for 12 and 9; from 7: 12 for 9. (2 + 1 + 3) / (12 + 9 + 9).
    assert tested.error == pytest.approx(6 / 30)


def test_the_width_is_the_conformal_quantile_of_the_misses():
    misses = np.array(
        [1.0, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12, 13, -14, 15, -16, 17, -18, 19]
    )
    at_once = np.ones(19)
    # Vovk & al.: the ⌈.9 × 20⌉ = 18th smallest of 19, the ⌈.5 × 20⌉ = 10th.
    assert half_widths(misses, at_once, at=at_once[:1], level=0.9) == 18
    assert half_widths(misses, at_once, at=at_once[:1], level=0.5) == 10


def test_widths_grow_as_misses_grow_but_no_faster_than_a_random_walk():
    steps = np.repeat(np.arange(1.0, 5), 30)
    chance = np.random.default_rng(1).normal(size=120)
    for power, grown in ((0.0, 1.0), (0.5, 2.0), (3.0, 2.0)):
        found = half_widths(chance * steps**power, steps, at=np.array([1.0, 4.0]), level=0.9)
        assert found[1] / found[0] == pytest.approx(grown, rel=0.25)


def test_never_a_forecast_without_its_backtest():
    found = sales_forecasts(sales(*noisy_years(30)))
    table, tested = monthly_forecast(found), forecast_backtest(found)
    assert set(table["measure"]) == set(tested.loc[tested["chosen"], "measure"])
    assert tested.loc[tested["chosen"], "error"].notna().all()
    # Nine months: tested three months ahead, so three are foretold and no half-year.
    short = sales_forecasts(sales(*noisy_years(9)))
    assert len(short[0].ahead) == 3
    assert set(horizon_forecast(short)["horizon"]) == {"month"}


@pytest.mark.parametrize("months", [0, 1, 5, 7])
def test_too_few_months_give_no_forecast(months):
    found = sales_forecasts(sales(*[100.0] * months))
    assert found == []
    assert monthly_forecast(found).empty
    assert horizon_forecast(found).empty
    assert forecast_backtest(found).empty
    assert forecast_fan(found).empty


def test_no_season_is_claimed_before_two_years_and_what_it_takes_to_test_it():
    for months, claimed in ((23, False), (26, False), (27, True)):
        (revenue, *_) = sales_forecasts(sales(*noisy_years(months)))
        assert revenue.is_seasonal == claimed
    rising = sales_forecasts(sales(*noisy_years(23)))[0].ahead
    assert rising["expected"].std() < 0.2 * rising["expected"].mean()


def test_half_year_and_year_add_up_the_months_and_customers_are_a_mean():
    found = sales_forecasts(sales(*noisy_years(36)))
    months = monthly_forecast(found).set_index("measure")
    spans = horizon_forecast(found).set_index(["measure", "horizon"])
    year = spans.loc[("revenue", "year")]
    assert year["expected"] == pytest.approx(months.loc["revenue", "expected"].sum())
    assert (year["start"], year["end"]) == (date(2027, 1, 1), date(2027, 12, 31))
    customers = spans.loc[("active_customers", "half_year"), "expected"]
    assert customers == pytest.approx(months.loc["active_customers", "expected"][:6].mean())
    assert year["last_year"] == pytest.approx(sum(noisy_years(36)[24:]))


def test_the_range_of_a_sum_is_that_of_sums_as_the_backtest_missed_them():
    rows = [
        {"origin": origin, "step": step, "actual": 100.0 + miss, "forecast": 100.0}
        for origin, misses in enumerate([[9, -9, 9, -9], [9, -9, 9], [-9, 9], [9]])
        for step, miss in enumerate(misses, start=1)
    ]
    tested = Backtest("seasonal_naive", pd.DataFrame(rows), is_log=False)
    misses, ends = tested.sums(2)
    # Sums of one month, where one is all there is, then of two: nothing is missed.
    assert list(ends) == [1, 2, 3, 4, 1, 2, 3, 1, 2, 1]
    assert list(np.abs(misses)) == [9, 0, 0, 0, 9, 0, 0, 9, 0, 9]
    # Of four: 9, 0, 9 / 3, 0 a month.
    assert list(np.abs(tested.sums(4)[0])) == [9, 0, 3, 0, 9, 0, 3, 9, 0, 9]


def test_the_range_of_a_year_is_narrower_than_its_months_and_nested():
    for seed in (1, 2, 3):
        (revenue, *_) = sales_forecasts(sales(*noisy_years(36, seed=seed)))
        year, ends = revenue.total(), revenue.ahead.sum(numeric_only=True)
        assert ends["low"] < year["low"] < year["low_50"] < year["expected"]
        assert year["expected"] < year["high_50"] < year["high"] < ends["high"]


def test_the_chosen_model_is_never_worse_than_the_seasonal_naive():
    for seed in (1, 2):
        tested = backtests(noisy_years(36, seed=seed))
        assert chosen_backtest(tested).mean_miss <= tested[0].mean_miss


def test_the_last_forecast_is_made_from_nothing_later_and_scored():
    values = noisy_years(36)
    fallen = sales(*values[:33], *(0.5 * value for value in values[33:]))
    scored = last_forecast(fallen, start=date(2026, 10, 1), end=date(2026, 12, 31))
    revenue = scored.set_index("measure").loc["revenue"]
    untouched = last_forecast(sales(*values), start=date(2026, 10, 1), end=date(2026, 12, 31))
    assert revenue["expected"] == untouched.set_index("measure").loc["revenue", "expected"]
    assert revenue["verdict"] == "below"
    assert revenue["miss"] == pytest.approx(revenue["actual"] / revenue["expected"] - 1)
    assert set(untouched["verdict"]) == {"inside"}


def test_a_period_that_is_no_run_of_whole_months_is_not_scored():
    known = sales(*noisy_years(36))
    assert last_forecast(known, start=date(2026, 10, 2), end=date(2026, 12, 31)).empty
    assert last_forecast(known, start=date(2027, 1, 1), end=date(2027, 3, 31)).empty
    assert last_forecast(known[-3:], start=date(2026, 10, 1), end=date(2026, 12, 31)).empty


def test_the_fan_has_the_past_what_was_said_of_it_and_the_future():
    fan = forecast_fan(sales_forecasts(sales(*noisy_years(36))))
    assert len(fan) == 36 + 12
    assert fan["actual"].notna().sum() == 36
    assert fan["backtest"].notna().sum() == 12
    assert fan["expected"].notna().sum() == 12


@FEW
@given(
    st.lists(
        # Money has cents: nothing smaller is paid.
        st.one_of(st.just(0.0), st.integers(0, 10**9).map(lambda cents: cents / 100)),
        min_size=8,
        max_size=40,
    ),
)
def test_intervals_nest_and_hold_what_is_expected(values):
    for each in sales_forecasts(sales(*values)):
        ends = each.ahead[["low", "low_50", "expected", "high_50", "high"]].to_numpy()
        assert np.isfinite(ends).all()
        assert (np.diff(ends, axis=1) >= -1e-6 * (1 + np.abs(ends[:, :-1]))).all()
        assert (ends >= 0).all()

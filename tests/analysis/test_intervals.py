import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from crm_strategy.analysis.intervals import (
    difference_interval,
    mean_interval,
    nps_interval,
    share_interval,
    sum_interval,
)


@pytest.mark.parametrize(("count", "n"), [(0, 5), (1, 1), (3, 10), (56, 70), (4999, 10000)])
def test_share_intervals_equal_wilson_of_statsmodels(count, n):
    assert share_interval(count, n) == pytest.approx(proportion_confint(count, n, method="wilson"))


def test_a_share_of_nobody_has_no_interval():
    assert share_interval(0, 0) == (None, None)


def test_a_difference_of_shares_matches_newcombe_1998_table_ii():
    # 56/70 against 48/80, method 10: 0.0524 to 0.3339.
    assert difference_interval(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@pytest.mark.parametrize("pair", [(0, 20, 0, 10), (9, 10, 3, 10), (10, 10, 0, 20), (5, 56, 0, 29)])
def test_a_difference_of_shares_equals_newcombe_of_statsmodels(pair):
    expected = confint_proportions_2indep(*pair, method="newcomb", compare="diff")
    assert difference_interval(*pair) == pytest.approx(expected)


def test_a_difference_to_nobody_has_no_interval():
    assert difference_interval(3, 10, 0, 0) == (None, None)


@given(st.integers(1, 1000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_in_its_interval_between_0_and_1(case):
    count, n = case
    low, high = share_interval(count, n)
    assert 0 <= low <= count / n <= high <= 1


@pytest.mark.parametrize("values", [[1.0, 2.0], [10, 12.5, 80, 3], list(range(100))])
def test_mean_intervals_equal_students_t_of_scipy(values):
    mean = statistics.fmean(values)
    error = statistics.stdev(values) / math.sqrt(len(values))
    squares = sum((value - mean) ** 2 for value in values)
    expected = student.interval(0.95, len(values) - 1, mean, error)
    assert mean_interval(mean, squares, len(values)) == pytest.approx(expected)


@pytest.mark.parametrize(("mean", "squares", "n"), [(5.0, 0.0, 1), (5.0, 0.0, 9), (5.0, 1e-13, 9)])
def test_no_interval_from_one_value_or_from_equal_ones(mean, squares, n):
    assert mean_interval(mean, squares, n) == (None, None)


def test_nps_of_50_promoters_20_detractors_of_100_is_30_give_or_take_15_3():
    # SE = √((p + d − (p − d)²) / n), methods.md: 50/30/20 of 100 → 30 ± 15.3.
    low, high = nps_interval(50, 20, 100)
    assert (low, high) == pytest.approx((30 - 15.3, 30 + 15.3), abs=0.05)


@pytest.mark.parametrize(("promoters", "detractors", "n"), [(0, 0, 0), (3, 0, 3), (0, 4, 4)])
def test_nps_of_answers_that_do_not_vary_has_no_interval(promoters, detractors, n):
    assert nps_interval(promoters, detractors, n) == (None, None)


def test_an_nps_interval_stays_on_the_scale():
    assert nps_interval(2, 1, 3)[1] == 100


def test_a_sum_of_equal_events_has_garwoods_interval_of_their_count():
    # Garwood (1936): 10 events hold 4.80 to 18.39, none 0 to 3.69.
    assert sum_interval(70.0, 490.0, typical=7.0) == pytest.approx(
        (7 * 4.795, 7 * 18.390), rel=1e-3
    )
    assert sum_interval(0.0, 0.0, typical=7.0) == pytest.approx((0.0, 7 * 3.689), rel=1e-3)
    assert sum_interval(0.0, 0.0, typical=0.0) == (None, None)

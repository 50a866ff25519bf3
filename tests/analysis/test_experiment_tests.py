import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crm_strategy.analysis.experiment_power import found_power, sample_size, size_plan
from crm_strategy.analysis.experiment_tests import (
    bootstrap_means,
    difference_test,
    equal_shares_test,
    holm,
    interaction_test,
    sample_ratio_test,
    welch_interval,
)
from crm_strategy.analysis.intervals import difference_interval


def test_two_shares_match_newcombe_1998():
    # Newcombe (1998), Statistics in Medicine 17, table II (a): 56/70 against 48/80.
    assert difference_test(56, 70, 48, 80) == pytest.approx(0.008045, abs=5e-7)
    assert stats.norm.isf(difference_test(56, 70, 48, 80) / 2) == pytest.approx(2.65017, abs=5e-6)
    assert difference_interval(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_four_groups_match_r():
    # R's help of prop.test: smokers among lung patients, Fleiss (1981).
    found = equal_shares_test([83, 90, 129, 70], [86, 93, 136, 82])
    assert found == pytest.approx((12.6004, 0.005585), abs=5e-5)


def test_power_and_size_match_r():
    # R's help of power.prop.test.
    assert found_power(0.50, 0.75, size=50) == pytest.approx(0.7402, abs=5e-5)
    assert sample_size(0.50, 0.75, power=0.9) == pytest.approx(76.7, abs=0.05)
    assert math.ceil(sample_size(0.05, 0.06)) == 8158


def test_power_is_the_inverse_of_size():
    for ratio in (0.25, 1.0, 9.0):
        size = sample_size(0.1, 0.12, ratio=ratio)
        assert found_power(0.1, 0.12, size=size, ratio=ratio) == pytest.approx(0.8)
    assert sample_size(0.1, 0.1) == math.inf
    assert found_power(0.1, 0.1, size=99) == found_power(0.1, 0.2, size=0) == 0


def test_few_cases_are_tested_exactly():
    assert difference_test(3, 8, 0, 8) == pytest.approx(stats.fisher_exact([[3, 5], [0, 8]])[1])


def test_no_cases_and_all_alike_tell_nothing():
    for counts in ((0, 0, 3, 9), (0, 9, 0, 9), (9, 9, 9, 9)):
        assert math.isnan(difference_test(*counts))
    assert math.isnan(equal_shares_test([0, 0], [10, 10])[1])
    assert math.isnan(equal_shares_test([3], [10])[1])
    assert welch_interval((1, 2), (0, 0), (5, 5))[0] == (None, None)
    assert math.isnan(interaction_test((10, 0, 1, 0), (10, 10, 1, 2)))


def test_welch_matches_scipy():
    random = np.random.default_rng(1)
    ours, theirs = random.exponential(10, 40), random.exponential(14, 90)
    (low, high), p = welch_interval(
        (ours.mean(), theirs.mean()), (ours.var(ddof=1), theirs.var(ddof=1)), (40, 90)
    )
    expected = stats.ttest_ind(ours, theirs, equal_var=False)
    assert p == pytest.approx(expected.pvalue)
    assert (low, high) == pytest.approx(tuple(expected.confidence_interval()))


def test_holm_worked_by_hand():
    # Sorted .01, .02, .04: × 3, × 2, × 1; never less than the one before. NaN counts for none.
    assert holm([0.04, 0.01, float("nan"), 0.02])[:2] == pytest.approx([0.04, 0.03])
    assert holm([0.04, 0.01, float("nan"), 0.02])[3] == pytest.approx(0.04)
    assert math.isnan(holm([float("nan")])[0])


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_never_lessens_a_p_value_and_keeps_the_order(values):
    adjusted = holm(values)
    assert all(p <= q <= 1 for p, q in zip(values, adjusted, strict=True))
    assert np.argsort(values, kind="stable").tolist() == sorted(
        range(len(values)), key=lambda at: (adjusted[at], values[at], at)
    )


def test_a_split_that_lost_customers_is_found_and_a_meant_one_is_not():
    assert sample_ratio_test([5000, 5000]) == 1
    assert sample_ratio_test([1000, 9000]) == 1
    # Fabijan & al. (2019): 821,588 and 815,482 look alike and are not.
    assert sample_ratio_test([821_588, 815_482]) < 1e-5
    assert sample_ratio_test([100, 100, 200]) < 1e-3
    # A group without a case is a split, too; of a few cases it may be chance.
    assert sample_ratio_test([1000, 0, 1000]) < 1e-3
    assert sample_ratio_test([10, 0]) > 0.05
    assert math.isnan(sample_ratio_test([0, 0]))


def test_resampled_means_scatter_as_the_mean_does():
    values, counts = np.array([10.0, 50.0]), np.array([30.0, 10.0])
    means = bootstrap_means(values, counts, zeros=60, draws=4000, random=np.random.default_rng(1))
    whole = np.repeat([0.0, 10, 50], [60, 30, 10])
    assert means.mean() == pytest.approx(whole.mean(), rel=0.02)
    assert means.std() == pytest.approx(whole.std() / 10, rel=0.05)


def test_a_lift_of_one_segment_alone_is_told_from_one_of_all():
    # 20 % against 10 % in one, 10 % against 10 % in the other.
    assert interaction_test((2000, 2000, 400, 200), (2000, 2000, 200, 200)) < 1e-6
    assert interaction_test((2000, 2000, 240, 200), (2000, 2000, 240, 200)) == 1


def test_the_plan_names_the_size_of_a_group_for_each_rise():
    plan = size_plan(0.05, lifts=(0.2, 30.0))
    # R's help of power.prop.test: from 5 % to 6 %; a rise to 155 % is none.
    assert plan["needed_size"].to_list() == [8158]
    assert size_plan(float("nan")).empty
    assert size_plan(0.0).empty

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.signals import natural_limits, signal, yearly_changes

EIGHT = [10.0, 12.0, 11.0, 13.0, 12.0, 10.0, 11.0, 13.0]


def test_natural_limits_of_eight_values_worked_by_hand():
    # Mean 92 / 8 = 11.5; moving ranges 2 1 2 1 2 1 2, mean 11 / 7; 2.66 × 11 / 7 = 4.18.
    limits = natural_limits(EIGHT)
    assert limits == pytest.approx((11.5, 11.5 - 4.18, 11.5 + 4.18))


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (15.67, "noise"),
        (15.69, "signal_high"),
        (7.33, "noise"),
        (7.31, "signal_low"),
        (None, "too_short"),
        (float("nan"), "too_short"),
    ],
)
def test_a_value_is_judged_by_the_limits(value, verdict):
    assert signal(EIGHT, value) == verdict


def test_seven_known_values_are_too_few():
    assert signal([*EIGHT[:7], None, float("nan")], 100.0) == "too_short"


def test_after_a_flat_series_any_change_is_a_signal_and_rounding_is_none():
    assert signal([0.3] * 8, 0.31) == "signal_high"
    assert signal([0.3] * 8, 0.1 + 0.2) == "noise"


@given(
    st.lists(st.integers(-1000, 1000), min_size=8, max_size=20),
    st.integers(-3000, 3000),
    st.integers(-500, 500),
    st.integers(1, 50),
)
def test_shifting_and_stretching_a_series_changes_no_verdict(earlier, value, shift, factor):
    changed = [factor * each + shift for each in earlier]
    assert signal(earlier, value) == signal(changed, factor * value + shift)


def test_yearly_changes_find_the_twin_by_its_first_day():
    starts = [date(2024, 7, 1), date(2024, 10, 1), date(2025, 7, 1), date(2025, 10, 1)]
    assert yearly_changes(starts, [100.0, 0.0, 120.0, 50.0]) == [
        None,
        None,
        pytest.approx(0.2),
        None,
    ]


def test_yearly_changes_pass_over_missing_values_and_leap_days():
    starts = [date(2023, 2, 28), date(2024, 2, 29), date(2025, 2, 28)]
    assert yearly_changes(starts, [50.0, 60.0, float("nan")]) == [None, pytest.approx(0.2), None]

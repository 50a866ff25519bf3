"""A forecast after a lasting break of level goes by the new level, and by it only once."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from crm_strategy.analysis.forecast import horizon_forecast, sales_forecasts
from crm_strategy.analysis.forecast_models import point_forecasts
from crm_strategy.analysis.level_break import (
    LevelBreak,
    at_one_level,
    empty_months,
    level_break,
    out_of_line,
)
from crm_strategy.analysis.monthly_sales import month_end, months_on
from crm_strategy.analysis.period_levels import period_sizes

STEPS = (1.5, 4.0, 0.5)
SIZES = (0.5, 0.67, 1.5, 2.0, 3.0, 4.0)


def broken(months: int, *, ago: int, size: float, season: float = 0.3, seed: int = 1) -> np.ndarray:
    """Months around 1,000, with 5 % of noise, times `size` for the last `ago` of them."""
    noise = np.exp(np.random.default_rng(seed).normal(0, 0.05, months))
    since = np.arange(months) >= months - ago
    return np.asarray(1_000 * rounds(months, season) * np.where(since, size, 1.0) * noise)


def rounds(months: int, season: float) -> np.ndarray:
    return np.asarray(1 + season * np.sin(2 * np.pi * np.arange(months) / 12))


def year_ahead(months: int, *, size: float, season: float) -> float:
    return float(1_000 * size * rounds(months + 12, season)[months:].sum())


def sales(values: np.ndarray) -> pd.DataFrame:
    months = [months_on(date(2023, 1, 1), at) for at in range(len(values))]
    return pd.DataFrame(
        {"month": months, "revenue": values, "order_count": np.nan, "active_customers": np.nan}
    )


@pytest.mark.parametrize("season", [0.0, 0.3])
@pytest.mark.parametrize("size", STEPS)
@pytest.mark.parametrize("months", [36, 39, 42, 45, 48])
def test_wherever_the_level_broke_last_years_months_come_at_the_new_level(
    months: int, size: float, season: float
) -> None:
    true = year_ahead(months, size=size, season=season)
    for ago in range(3, 25):
        values = broken(months, ago=ago, size=size, season=season)
        told = point_forecasts(values, model="seasonal_level", steps=12).sum()
        assert 0.85 < told / true < 1.2, ago


@pytest.mark.parametrize("size", STEPS)
@pytest.mark.parametrize(("months", "ago"), [(36, 3), (36, 9), (36, 12), (41, 4), (48, 6)])
def test_the_forecast_after_a_break_goes_by_the_level_since(
    months: int, ago: int, size: float
) -> None:
    (told,) = sales_forecasts(sales(broken(months, ago=ago, size=size)))
    assert told.recent_break is not None
    assert told.recent_break.months_ago == ago
    # The step itself is no growth on the year that may go on.
    assert abs(told.recent_change) < 0.2
    true = year_ahead(months, size=size, season=0.3)
    year = horizon_forecast([told]).set_index("horizon").loc["year"]
    assert 0.85 < year["expected"] / true < 1.2
    assert year["low"] < true < year["high"]


def test_a_break_that_the_forecast_does_not_reach_is_none_of_its_concern() -> None:
    values = broken(48, ago=20, size=1.5)
    (told,) = sales_forecasts(sales(values))
    assert level_break(values) is not None
    assert told.recent_break is None


def test_a_step_without_noise_is_found_with_its_month_and_size() -> None:
    values = 100 * rounds(36, 0.3) * np.where(np.arange(36) >= 29, 1.5, 1.0)
    found = level_break(values)
    assert found == LevelBreak(months_ago=7, size=pytest.approx(1.5, rel=0.02))
    assert at_one_level(values) == pytest.approx(150 * rounds(36, 0.3), rel=0.02)


@pytest.mark.parametrize(
    "values",
    [
        # Steady growth, by half a year; a season alone; a sixth more.
        1_000 * rounds(36, 0.3) * 1.5 ** (np.arange(36) / 12),
        1_000 * rounds(36, 0.3),
        broken(36, ago=6, size=7 / 6),
        # Under two years; two months at the new level; a spike.
        broken(23, ago=6, size=4.0),
        broken(36, ago=2, size=4.0),
        broken(36, ago=0, size=1.0) * np.where(np.arange(36) == 30, 4.0, 1.0),
    ],
    ids=["growth", "season", "small", "young", "fresh", "spike"],
)
def test_growth_seasons_small_steps_and_short_series_are_no_break(values: np.ndarray) -> None:
    assert level_break(values) is None
    assert list(at_one_level(values)) == list(values)


@pytest.mark.parametrize("noise", [0.1, 0.3])
@pytest.mark.parametrize("months", [24, 36, 48])
def test_noise_has_a_break_in_two_series_of_a_hundred_at_most(months: int, noise: float) -> None:
    chance = np.random.default_rng(months)
    series = np.exp(chance.normal(7, noise, (500, months)))
    assert sum(level_break(each) is not None for each in series) <= 10


def shops(count: int) -> list[tuple[np.ndarray, float]]:
    """Series with or without a step, season, growth and an empty month, and the year after them."""
    chance, found = np.random.default_rng(10), []
    for _ in range(count):
        months, ago = int(chance.integers(27, 49)), int(chance.integers(3, 16))
        size, season = chance.choice([1.0, *SIZES]), chance.choice([0.0, 0.2, 0.3])
        at, phase = np.arange(months + 12), chance.uniform(0, 2 * np.pi)
        true = 1_000 * (1 + season * np.sin(2 * np.pi * at / 12 + phase))
        true = true * np.where(at >= months - ago, size, 1.0)
        true = true * (1 + chance.choice([0.0, 0.1, 0.2, 0.3])) ** (at / 12)
        known = true[:months] * np.exp(chance.normal(0, chance.choice([0.05, 0.1]), months))
        if chance.integers(3):
            known[chance.integers(months)] = chance.choice([0.0, 5.0])
        found.append((known, float(true[months:].sum())))
    return found


def test_steps_beside_growth_and_empty_months_leave_the_year_ahead_near_the_truth() -> None:
    told = np.array(
        [
            point_forecasts(known, model="seasonal_level", steps=12).sum() / true
            for known, true in shops(1_000)
        ]
    )
    assert np.mean((told > 0.75) & (told < 1.35)) >= 0.99
    assert 0.6 < told.min() < told.max() < 1.6


def test_so_does_the_forecast_of_the_models_together_and_its_range_is_narrow() -> None:
    widths = []
    for known, true in shops(12):
        (told,) = sales_forecasts(sales(known))
        year = told.total()
        assert 0.75 < year["expected"] / true < 1.35
        assert year["low"] <= year["low_50"] <= year["expected"] <= year["high_50"] <= year["high"]
        widths.append(year["high"] / year["low"])
    assert np.median(widths) < 1.5


def test_an_empty_month_is_taken_as_the_fit_has_it_unless_it_is_always_empty() -> None:
    values = broken(48, ago=9, size=2.0, season=0.0)
    once = np.where(np.arange(48) == 30, 0.0, values)
    assert at_one_level(once)[30] == pytest.approx(2_000, rel=0.1)
    always = np.where(np.arange(48) % 12 == 6, 0.0, values)
    assert (at_one_level(always)[6::12] == 0).all()
    for each in (once, always):
        assert level_break(each) == LevelBreak(months_ago=9, size=pytest.approx(2.0, rel=0.1))
    (told,) = sales_forecasts(sales(once))
    assert told.filled == [months_on(date(2023, 1, 1), 30)]


@pytest.mark.parametrize("run", [3, 4, 5, 9])
@pytest.mark.parametrize("months", [20, 40])
def test_three_empty_months_at_the_end_are_the_level_and_nothing_is_expected(
    months: int, run: int
) -> None:
    values = broken(months, ago=run, size=0.0, season=0.0)
    assert empty_months(values) == run
    assert not out_of_line(values)[-run:].any()
    assert (at_one_level(values)[-run:] == 0).all()
    (told,) = sales_forecasts(sales(values))
    assert told.recent_break == LevelBreak(months_ago=run, size=0.0)
    assert told.filled == []
    spans = horizon_forecast([told])
    assert (spans["expected"] == 0).all()
    assert (spans["empty_months"] == run).all()
    assert (spans["high"] >= 0).all()


@pytest.mark.parametrize(
    "values",
    [
        # Two months; a pause that is over; the empty winter of a summer's shop; one in two.
        broken(40, ago=2, size=0.0),
        broken(40, ago=0, size=1.0) * np.where(np.arange(40) // 3 == 12, 0.0, 1.0),
        broken(36, ago=0, size=1.0) * np.where(np.arange(36) % 12 >= 8, 0.0, 1.0),
        np.r_[np.tile([0.0, 500.0], 18), 0.0, 0.0, 0.0],
        np.zeros(30),
        np.array([]),
    ],
    ids=["two", "over", "season", "sparse", "nothing", "none"],
)
def test_empty_months_of_a_season_or_of_chance_stop_nothing(values: np.ndarray) -> None:
    assert empty_months(values) == 0


def test_what_was_tested_on_other_months_than_those_known_says_so() -> None:
    whole = broken(40, ago=0, size=1.0)
    once = np.where(np.arange(40) == 38, 0.0, whole)
    for values, evened in ((whole, False), (once, True), (broken(48, ago=20, size=1.5), True)):
        assert (horizon_forecast(sales_forecasts(sales(values)))["is_evened"] == evened).all()


def test_a_spike_in_the_last_month_hides_no_break_before_it() -> None:
    values = broken(40, ago=9, size=2.0) * np.where(np.arange(40) == 39, 4.0, 1.0)
    assert level_break(values) == LevelBreak(months_ago=9, size=pytest.approx(2.0, rel=0.2))


def test_periods_are_brought_to_the_level_since_with_their_months() -> None:
    values = broken(36, ago=10, size=2.0, season=0.0)
    months = [months_on(date(2023, 1, 1), at) for at in range(36)]
    starts = [date(2022, 10, 1), date(2024, 10, 1), date(2025, 1, 1), date(2025, 10, 1)]
    ends = [month_end(months_on(start, 2)) for start in starts]
    # The level broke in March 2025: of its quarter a month of three came after.
    sizes = period_sizes(starts, ends, months, values.tolist())
    assert sizes == pytest.approx([2, 2, 6 / 4, 1], rel=0.1)
    assert period_sizes(starts, ends, months, (1_000 * rounds(36, 0.3)).tolist()) is None

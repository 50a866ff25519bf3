"""A forecast after a lasting break of level goes by the new level, and by it only once."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from crm_strategy.analysis.forecast import AFTER_BREAK, horizon_forecast, sales_forecasts
from crm_strategy.analysis.forecast_models import point_forecasts
from crm_strategy.analysis.level_break import LevelBreak, at_one_level, level_break
from crm_strategy.analysis.monthly_sales import months_on

STEPS = (1.5, 4.0, 0.5)


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
def test_the_model_chosen_after_a_break_is_the_one_that_allows_for_it(
    months: int, ago: int, size: float
) -> None:
    (told,) = sales_forecasts(sales(broken(months, ago=ago, size=size)))
    assert told.chosen.model == AFTER_BREAK
    assert told.recent_break is not None
    assert told.recent_break.months_ago == ago
    true = year_ahead(months, size=size, season=0.3)
    year = horizon_forecast([told]).set_index("horizon").loc["year"]
    assert 0.85 < year["expected"] / true < 1.2
    assert year["low"] < true < year["high"]


def test_a_break_that_the_forecast_does_not_reach_leaves_the_choice_to_the_backtest() -> None:
    values = broken(48, ago=20, size=1.5)
    (told,) = sales_forecasts(sales(values))
    assert level_break(values) is not None
    assert told.recent_break is None
    assert told.chosen.mean_miss <= told.tested[0].mean_miss


def test_a_step_without_noise_is_found_with_its_month_and_size() -> None:
    values = 100 * rounds(36, 0.3) * np.where(np.arange(36) >= 29, 1.5, 1.0)
    found = level_break(values)
    assert found == LevelBreak(months_ago=7, size=pytest.approx(1.5))
    assert at_one_level(values) == pytest.approx(150 * rounds(36, 0.3))


@pytest.mark.parametrize(
    "values",
    [
        # Steady growth, by half a year; a season alone; a sixth more.
        1_000 * rounds(36, 0.3) * 1.5 ** (np.arange(36) / 12),
        1_000 * rounds(36, 0.3),
        broken(36, ago=6, size=7 / 6),
        # Under two years; two months at the new level; a spike; a month of nothing.
        broken(23, ago=6, size=4.0),
        broken(36, ago=2, size=4.0),
        broken(36, ago=0, size=1.0) * np.where(np.arange(36) == 30, 4.0, 1.0),
        np.r_[0.0, broken(36, ago=9, size=4.0)],
    ],
    ids=["growth", "season", "small", "young", "fresh", "spike", "zero"],
)
def test_growth_seasons_small_steps_and_short_series_are_no_break(values: np.ndarray) -> None:
    assert level_break(values) is None
    assert list(at_one_level(values)) == list(values)


@pytest.mark.parametrize("noise", [0.1, 0.3])
@pytest.mark.parametrize("months", [24, 36, 48])
def test_noise_has_a_break_in_one_series_of_a_hundred_at_most(months: int, noise: float) -> None:
    chance = np.random.default_rng(months)
    series = np.exp(chance.normal(7, noise, (500, months)))
    assert sum(level_break(each) is not None for each in series) <= 5

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.forecast_models import MODELS, MOST, point_forecasts, smoothed
from tests.analysis.builders import FEW

# Saudi oil and Australian tourists, as in the tests of statsmodels 0.14 (Hyndman & al., fpp).
OIL = (
    *(446.6565, 454.4733, 455.663, 423.6322, 456.2713, 440.5881),
    *(425.3325, 485.1494, 506.0482, 526.792, 514.2689, 494.211),
)
AUST = (
    *(41.727458, 24.04185, 32.328103, 37.328708, 46.213153, 29.346326, 36.48291, 42.977719),
    *(48.901525, 31.180221, 37.717881, 40.420211, 51.206863, 31.887228, 40.978263, 43.772491),
    *(55.558567, 33.850915, 42.076383, 45.642292, 59.76678, 35.191877, 44.319737, 47.913736),
)
# Box & Jenkins (1976), series G: airline passengers, thousands a month, 1949 to 1960.
PASSENGERS = (
    *(112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118),
    *(115, 126, 141, 135, 125, 149, 170, 170, 158, 133, 114, 140),
    *(145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166),
    *(171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194),
    *(196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201),
    *(204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203, 229),
    *(242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278),
    *(284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306),
    *(315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336),
    *(340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337),
    *(360, 342, 406, 396, 420, 472, 548, 559, 463, 407, 362, 405),
    *(417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432),
)


@pytest.mark.parametrize(("level", "forecast"), [(0.2, 484.8025), (0.6, 501.8375)])
def test_smoothing_of_oil_by_a_given_level_matches_statsmodels(level, forecast):
    found = smoothed(
        OIL, steps=1, fixed={"smoothing_level": level}, start={"initial_level": OIL[0]}
    )
    assert found == pytest.approx([forecast], abs=5e-5)


def test_the_best_smoothing_of_oil_matches_statsmodels():
    assert smoothed(OIL, steps=1) == pytest.approx([496.4935], abs=5e-5)


def test_a_trend_with_a_multiplied_season_matches_statsmodels():
    found = smoothed(AUST, steps=4, trend="add", season="mul", period=4)
    assert found == pytest.approx([61.3083, 37.3730, 46.9652, 51.5578], abs=5e-4)


def test_holt_winters_of_airline_passengers_matches_r():
    # R 4: HoltWinters(AirPassengers, seasonal = "additive"): its optimum, its start from the
    # first two years, and predict(…, 3). R's coefficients are a, b, g of level, trend, season;
    # in the form with errors these are a, ab, g(1 - a).
    a, b, g = 0.2479595, 0.03453373, 1.0
    level, trend, season = _r_start(np.array(PASSENGERS[:24], dtype=float))
    found = smoothed(
        PASSENGERS[12:],
        steps=3,
        trend="add",
        season="add",
        fixed={
            "smoothing_level": a,
            "smoothing_trend": a * b,
            "smoothing_seasonal": g * (1 - a),
        },
        start={"initial_level": level, "initial_trend": trend, "initial_seasonal": season},
    )
    assert found == pytest.approx([453.4977, 429.3906, 467.0361], abs=1e-4)


def _r_start(years: np.ndarray) -> tuple[float, float, list[float]]:
    """R's start: a line through the moving average of two years, and what the months differ."""
    middle = np.convolve(years, np.r_[0.5, np.ones(11), 0.5] / 12, "valid")
    trend, level = np.polyfit(np.arange(1, 13), middle, 1)
    apart = np.roll(years[6:18] - middle, 6)
    return float(level), float(trend), list(apart - apart.mean())


YEARS = [100.0, 80, 90, 100, 110, 120, 100, 90, 100, 110, 150, 180] * 3


def test_the_naive_forecast_repeats_the_last_year_or_the_last_month():
    assert list(point_forecasts(YEARS, model="seasonal_naive", steps=3)) == [100, 80, 90]
    # Under two full years no season is read.
    assert list(point_forecasts(YEARS[:23], model="seasonal_naive", steps=2)) == [150, 150]
    assert list(point_forecasts(YEARS[:24], model="seasonal_naive", steps=2, season_from=27)) == [
        180,
        180,
    ]


def test_the_level_of_the_last_quarter_lifts_last_years_months():
    higher = [*YEARS[:-3], *(1.5 * value for value in YEARS[-3:])]
    found = point_forecasts(higher, model="seasonal_level", steps=2)
    assert list(found) == pytest.approx([150, 120])


@pytest.mark.parametrize("model", MODELS)
def test_every_model_finds_a_pure_season_again(model):
    assert point_forecasts(YEARS, model=model, steps=12) == pytest.approx(YEARS[:12], rel=0.02)


@pytest.mark.parametrize("model", MODELS)
def test_after_a_break_of_level_forecasts_stay_near_the_new_level(model):
    found = point_forecasts([1000.0] * 12 + [100.0, 102, 98, 101, 99, 100], model=model, steps=6)
    assert (found > 20).all()
    assert (found < 300).all()


@FEW
@given(
    st.sampled_from(MODELS),
    st.lists(
        # Money has cents: nothing smaller is paid.
        st.one_of(
            st.just(0.0), *(st.integers(0, most).map(lambda n: n / 100) for most in (100, 10**11))
        ),
        min_size=1,
        max_size=40,
    ),
)
def test_no_forecast_explodes_or_falls_below_zero(model, values):
    found = point_forecasts(values, model=model, steps=12)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert (found <= MOST * max(values) * (1 + 1e-9)).all()
    assert (found >= min(values) / MOST * (1 - 1e-9)).all()

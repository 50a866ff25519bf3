"""Models of buying until drop-out: forecasts against the papers, laws and extremes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from crm_strategy.analysis.buying_models import (
    MODELS,
    PARAMETERS,
    expected_orders,
    expected_orders_new,
    likelihood_scores,
    log_likelihoods,
    p_alive,
    p_no_order,
    p_orders_new,
)
from crm_strategy.analysis.histories import histories
from tests.analysis.builders import FEW

PUBLISHED = {
    "bg_nbd": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426},
    "mbg_nbd": {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614},
    "pareto_nbd": {"r": 0.5534, "alpha": 10.5802, "s": 0.6061, "beta": 11.6562},
}
HISTORIES = np.array([(2, 30.43, 38.86), (7, 29.43, 38.86), (1, 1.71, 38.86), (0, 0, 38.86)]).T
BY_PAPERS = {  # shared/methods.md §2: P(alive) and orders in 39 weeks of these four
    "bg_nbd": [(0.726579, 0.641756, 0.212101, 1), (1.226028, 3.337053, 0.203187, 0.195098)],
    "mbg_nbd": [
        (0.706202, 0.622724, 0.170836, 0.389735),
        (1.262961, 3.167572, 0.188837, 0.154013),
    ],
    "pareto_nbd": [
        (0.869111, 0.749409, 0.167795, 0.294961),
        (1.455093, 3.711572, 0.170907, 0.107029),
    ],
}

models = pytest.mark.parametrize("model", MODELS)


def parameters_of(model, logs):
    return dict(zip(PARAMETERS[model], np.exp(logs), strict=True))


# Shapes within 1/150 and 150, times within a millionth and a million.
some_logs = st.tuples(st.floats(-5, 5), st.floats(-14, 14), st.floats(-5, 5), st.floats(-5, 5))
some_history = st.tuples(
    st.sampled_from([0, 1, 2, 30, 1000, 10**7]), st.floats(0, 1), st.floats(0, 1000)
).map(lambda parts: (parts[0], parts[1] * parts[2] * (parts[0] > 0), parts[2]))


@models
def test_p_alive_and_orders_ahead_match_methods_section_2(model):
    alive, ahead = BY_PAPERS[model]
    assert p_alive(model, PUBLISHED[model], *HISTORIES) == pytest.approx(alive, abs=5e-7)
    assert expected_orders(model, PUBLISHED[model], 39, *HISTORIES) == pytest.approx(
        ahead, abs=5e-7
    )


def test_bg_no_order_ahead_matches_methods_section_2():
    assert p_no_order("bg_nbd", PUBLISHED["bg_nbd"], 39, 2, 30.43, 38.86) == pytest.approx(
        [0.445373], abs=5e-7
    )


def test_bg_counts_of_a_newcomer_match_btyd():
    counts = p_orders_new(PUBLISHED["bg_nbd"], [39, 2], [0, 10])
    assert counts == pytest.approx([0.5737864, 1.07869e-07], rel=1e-6)


def test_bg_orders_of_a_newcomer_match_hardie_spreadsheet():
    fitted = {"r": 0.242594, "alpha": 4.413602, "a": 0.792922, "b": 2.425907}
    weeks = [1 / 7, 1, 3, 31 + 6 / 7, 32]
    assert expected_orders_new("bg_nbd", fitted, weeks) == pytest.approx(
        [0.0078, 0.0532, 0.1506, 1.0405, 1.0437], abs=6e-5
    )
    # The sheet ends its series early, which shows where t is long: exact is 1.85795.
    assert expected_orders_new("bg_nbd", fitted, 78) == pytest.approx([1.8576], abs=5e-4)


def test_bg_log_likelihood_of_one_customer_matches_clvkit():
    assert log_likelihoods("bg_nbd", PUBLISHED["bg_nbd"], 4, 30.7, 38.9) == pytest.approx(
        [-15.32935235570709], abs=1e-9
    )


def test_pareto_of_a_busy_customer_matches_methods_section_2():
    history = (26, 30.86, 31)
    truth = PUBLISHED["pareto_nbd"]
    assert p_alive("pareto_nbd", truth, *history) == pytest.approx([0.997918], abs=5e-7)
    assert expected_orders("pareto_nbd", truth, 52, *history) == pytest.approx([25.4549], abs=5e-5)


def test_pareto_of_very_busy_customers_does_not_underflow_and_matches_btyd():
    busy = {"r": 0.55, "alpha": 10.58, "s": 0.61, "beta": 11.67}
    assert expected_orders("pareto_nbd", busy, 10, [132, 133], 200, 200) == pytest.approx(
        [6.20605, 6.25287], abs=5e-6
    )


def test_pareto_likelihood_is_that_of_its_integral():
    truth, (x, t_x, T) = PUBLISHED["pareto_nbd"], (2, 30.43, 38.86)
    r, alpha, s, beta = truth.values()
    before = integrate.quad(lambda u: (alpha + u) ** -(r + x) * (beta + u) ** -(s + 1), t_x, T)[0]
    whole = (alpha + T) ** -(r + x) * (beta + T) ** -s + s * before
    by_hand = np.log(r * (r + 1) * alpha**r * beta**s * whole)
    assert log_likelihoods("pareto_nbd", truth, x, t_x, T) == pytest.approx([by_hand], abs=1e-10)


def test_pareto_no_order_ahead_is_that_of_its_integral():
    truth, (x, t_x, T) = PUBLISHED["pareto_nbd"], (2, 30.43, 38.86)
    r, alpha, s, beta = truth.values()
    next_order = integrate.quad(
        lambda u: (
            (r + x)
            * (alpha + T) ** (r + x)
            / (alpha + T + u) ** (r + x + 1)
            * ((beta + T) / (beta + T + u)) ** s
        ),
        0,
        39,
    )[0]
    alive = p_alive("pareto_nbd", truth, x, t_x, T)
    assert p_no_order("pareto_nbd", truth, 39, x, t_x, T) == pytest.approx(
        1 - alive * next_order, abs=1e-10
    )


def test_bg_calls_every_one_time_buyer_alive_and_the_others_do_not():
    alive = {model: p_alive(model, PUBLISHED[model], 0, 0, 38.86)[0] for model in MODELS}
    assert alive["bg_nbd"] == 1
    assert max(alive["mbg_nbd"], alive["pareto_nbd"]) < 0.5


def test_bg_counts_of_a_newcomer_sum_to_one_and_to_the_orders_expected():
    counts = np.arange(2_000)
    shares = p_orders_new(PUBLISHED["bg_nbd"], 39.0, counts)
    assert shares.sum() == pytest.approx(1, abs=1e-9)
    assert shares @ counts == pytest.approx(
        expected_orders_new("bg_nbd", PUBLISHED["bg_nbd"], 39)[0], abs=1e-6
    )


@models
def test_no_order_ahead_is_what_the_likelihood_says_of_a_longer_wait(model):
    # P(no order in 39 weeks | history) = L(x, t_x, T + 39) / L(x, t_x, T).
    x, t_x, T = HISTORIES
    longer = log_likelihoods(model, PUBLISHED[model], x, t_x, T + 39)
    waited = np.exp(longer - log_likelihoods(model, PUBLISHED[model], x, t_x, T))
    assert p_no_order(model, PUBLISHED[model], 39, x, t_x, T) == pytest.approx(waited, abs=1e-10)


@models
@given(logs=some_logs, history=some_history, horizon=st.floats(0, 1000))
@FEW
def test_forecasts_are_probabilities_and_orders_whatever_the_history(model, logs, history, horizon):
    truth = parameters_of(model, logs)
    assert np.isfinite(log_likelihoods(model, truth, *history)).all()
    assert 0 <= p_alive(model, truth, *history)[0] <= 1
    assert 0 <= p_no_order(model, truth, horizon, *history)[0] <= 1
    some, more = expected_orders(model, truth, [horizon, 2 * horizon], *history)
    assert 0 <= some <= more * (1 + 1e-6)


@models
@given(logs=some_logs, history=some_history)
@FEW
def test_the_gradient_is_that_of_the_likelihood(model, logs, history):
    frequency = min(history[0], 1000)
    known = histories(frequency, history[1], history[2])

    def likelihood(place):
        return likelihood_scores(model, parameters_of(model, place), known)

    slopes = [
        (likelihood(logs + step)[0] - likelihood(logs - step)[0]) / 2e-5
        for step in 1e-5 * np.eye(4)
    ]
    values, scores = likelihood(np.array(logs))
    rounding = 1e-5 * (1 + abs(values[0]) * 1e-3)
    assert scores == pytest.approx(np.array(slopes), rel=1e-5, abs=rounding)


@pytest.mark.parametrize(
    ("model", "pole"),
    [
        ("bg_nbd", {"a": 1.0}),
        ("bg_nbd", {"a": 0.4, "b": 0.6}),
        ("mbg_nbd", {"a": 1.0}),
        ("pareto_nbd", {"s": 1.0}),
    ],
)
def test_poles_of_the_formulas_are_none_of_the_forecasts(model, pole):
    beside = {name: value + 1e-4 for name, value in pole.items()}
    at, near = (
        expected_orders(model, {**PUBLISHED[model], **parameters}, 39, *HISTORIES)
        for parameters in (pole, beside)
    )
    assert at == pytest.approx(near, rel=1e-3)


def test_forecasts_of_customers_as_good_as_alike_are_those_of_alike_ones():
    # All leave with p = 157,988 / 320,750 after an order: (1 − (1 + p u)^−(r + x)) / p orders.
    alike = {"r": 0.3, "alpha": 30.0, "a": 157_988.0, "b": 162_754.0}
    p, u, rate = 157_988 / (157_988 + 162_754), 365 / (30 + 90), 0.3 + 2
    by_hand = (1 - (1 + p * u) ** -rate) / p * p_alive("bg_nbd", alike, 2, 60, 90)
    assert expected_orders("bg_nbd", alike, 365, 2, 60, 90) == pytest.approx(by_hand, rel=1e-4)


@models
def test_nobody_known_gives_no_forecasts(model):
    assert len(p_alive(model, PUBLISHED[model], [], [], [])) == 0
    assert len(expected_orders(model, PUBLISHED[model], 39, [], [], [])) == 0
    assert len(p_no_order(model, PUBLISHED[model], 39, [], [], [])) == 0

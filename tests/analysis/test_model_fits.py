"""Fits: the papers' parameters, recovery of known ones, laws, and data that cannot tell."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_strategy.analysis.buying_models import MODELS, expected_orders, log_likelihoods
from crm_strategy.analysis.likelihood_search import Sample, climb
from crm_strategy.analysis.model_fits import (
    bootstrap_parameters,
    fit_buying_model,
    fit_spend_model,
)
from crm_strategy.analysis.purchase_counts import purchase_counts, unique_counts
from tests.analysis.buyers import TRUTHS, buyers, histories_of, spends
from tests.analysis.cdnow import CALIBRATION_END, cdnow

CDNOW = {  # shared/methods.md §2, full precision
    "bg_nbd": ([0.242594, 4.413602, 0.792922, 2.425907], -9582.4292, 1653.4),
    "mbg_nbd": ([0.524843, 6.183085, 0.891359, 1.614002], -9582.1357, 1576.7),
    "pareto_nbd": ([0.55328, 10.57768, 0.60624, 11.66873], -9594.9762, 1665.5),
}
FORECAST = ["frequency", "recency", "T"]

models = pytest.mark.parametrize("model", MODELS)


@pytest.fixture(scope="module")
def weeks() -> pd.DataFrame:
    """CDNOW's histories up to the end of the calibration, in weeks."""
    counts = unique_counts(purchase_counts(cdnow(), as_of=CALIBRATION_END)).to_pandas()
    return counts.assign(recency=counts["recency"] / 7, T=counts["T"] / 7)


def test_cdnow_is_counted_as_in_the_papers(weeks):
    repeats = weeks["frequency"] > 0
    assert len(weeks) == 1016
    assert weeks["n"].sum() == 2357
    assert weeks.loc[repeats, "n"].sum() == 946
    assert (weeks["frequency"] * weeks["n"]).sum() == 2457


@models
def test_cdnow_parameters_match_methods_section_2(weeks, model):
    parameters, log_likelihood, _ = CDNOW[model]
    fit = fit_buying_model(weeks, model=model)
    assert fit.parameters.to_numpy() == pytest.approx(parameters, abs=6e-6)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=5e-5)
    assert (fit.customer_count, fit.problem) == (2357, "")


@models
def test_cdnow_orders_of_the_39_weeks_after_match_methods_section_2(weeks, model):
    fit = fit_buying_model(weeks, model=model)
    ahead = expected_orders(model, fit.parameters, 39, *weeks[FORECAST].to_numpy().T)
    assert ahead @ weeks["n"] == pytest.approx(CDNOW[model][2], abs=0.05)


def test_cdnow_orders_by_the_naive_rate_match_methods_section_2(weeks):
    naive = (weeks["frequency"] / weeks["T"] * 39) @ weeks["n"]
    assert naive == pytest.approx(2930, abs=0.5)


def test_cdnow_standard_errors_of_pareto_match_clvtools(weeks):
    fit = fit_buying_model(weeks, model="pareto_nbd")
    errors = fit.parameters * np.sqrt(np.diag(fit.covariance))
    assert errors.to_numpy() == pytest.approx([0.0476, 0.843, 0.187, 6.21], rel=2e-3)


@models
@pytest.mark.parametrize("place", [0, 1, 2])
@settings(max_examples=2)
@given(seed=st.integers(0, 10**6))
def test_known_parameters_are_recovered_within_their_intervals(model, place, seed):
    truth = TRUTHS[model][place]
    fit = fit_buying_model(buyers(model, truth, count=4_000, seed=seed), model=model)
    away = np.log(fit.parameters) - np.log(pd.Series(truth))
    # Four parameters stand within 5 standard errors but once in 400,000 times.
    assert (away.abs() < 5 * np.sqrt(np.diag(fit.covariance))).all()
    assert fit.problem == ""


@models
def test_days_and_weeks_say_the_same(model):
    weeks = buyers(model, TRUTHS[model][0], count=1_000, seed=1)
    days = weeks.assign(recency=weeks["recency"] * 7, T=weeks["T"] * 7)
    by_week, by_day = (fit_buying_model(rows, model=model) for rows in (weeks, days))
    times = by_week.parameters.index.isin(["alpha", "beta"])
    assert (by_day.parameters / np.where(times, 7, 1)).to_numpy() == pytest.approx(
        by_week.parameters.to_numpy(), rel=1e-6
    )
    orders = (weeks["frequency"] * weeks["n"]).sum()
    assert by_day.log_likelihood == pytest.approx(by_week.log_likelihood - orders * np.log(7))
    known = weeks[FORECAST].to_numpy().T[:, :50]
    in_days = known * np.array([[1], [7], [7]])
    assert expected_orders(model, by_day.parameters, 7 * 52, *in_days) == pytest.approx(
        expected_orders(model, by_week.parameters, 52, *known), rel=1e-5
    )


@models
@given(seed=st.integers(0, 10**6))
@settings(max_examples=2)
def test_order_and_duplicates_of_rows_do_not_matter(model, seed):
    rows = buyers(model, TRUTHS[model][1], count=300, seed=7).round({"recency": 0, "T": 0})
    counted = rows.groupby(FORECAST, as_index=False)["n"].sum()
    shuffled = rows.sample(frac=1, random_state=seed)
    one, other = (fit_buying_model(some, model=model) for some in (counted, shuffled))
    assert one.parameters.equals(other.parameters)
    assert one.log_likelihood == other.log_likelihood
    drawn, redrawn = (
        bootstrap_parameters(one, some, draws=3, seed=seed) for some in (counted, shuffled)
    )
    assert drawn.equals(redrawn)


@models
def test_a_likelihood_is_the_sum_of_its_rows(model):
    rows = buyers(model, TRUTHS[model][2], count=300, seed=2)
    fit = fit_buying_model(rows, model=model)
    each = log_likelihoods(model, fit.parameters, *rows[FORECAST].to_numpy().T)
    assert each.sum() == pytest.approx(fit.log_likelihood)


@models
def test_draws_spread_as_the_covariance_says(model):
    rows = buyers(model, TRUTHS[model][2], count=3_000, seed=3)
    fit = fit_buying_model(rows, model=model)
    drawn = np.log(bootstrap_parameters(fit, rows, draws=60, seed=1))
    assert drawn.std().to_numpy() == pytest.approx(np.sqrt(np.diag(fit.covariance)), rel=0.5)
    assert drawn.mean().to_numpy() == pytest.approx(np.log(fit.parameters), abs=0.2)


@models
def test_draws_vary_in_what_the_data_hold_where_nobody_drops_out(model):
    chance = np.random.default_rng(5)
    seen = chance.integers(100, 360, 4000).astype(float)
    count = chance.poisson(chance.gamma(1.2, 1 / 100, 4000) * seen)
    last = [chance.uniform(0, t, k).max() if k else 0.0 for k, t in zip(count, seen, strict=True)]
    rows = pd.DataFrame({"frequency": count, "recency": np.round(last), "T": seen, "n": 1})
    fit = fit_buying_model(rows, model=model)
    assert fit.problem == "no_dropout"
    held = np.isfinite(np.diag(fit.covariance))
    assert held.tolist() == [True, True, False, False]
    drawn = np.log(bootstrap_parameters(fit, rows, draws=40, seed=1)).std().to_numpy()
    assert drawn[held] == pytest.approx(np.sqrt(np.diag(fit.covariance)[held]), rel=0.5)
    assert drawn[~held] == pytest.approx(0, abs=1e-9)


def test_draws_by_one_newton_step_spread_as_refits_do(monkeypatch):
    rows = buyers("mbg_nbd", TRUTHS["mbg_nbd"][0], count=3_000, seed=3)
    fit = fit_buying_model(rows, model="mbg_nbd")
    refits = np.log(bootstrap_parameters(fit, rows, draws=40, seed=1))
    monkeypatch.setattr("crm_strategy.analysis.model_fits._ONE_STEP", 0)
    steps = np.log(bootstrap_parameters(fit, rows, draws=40, seed=1))
    # The same draws, and a step is off by a fraction of what they spread.
    assert ((steps - refits).std() < 0.35 * refits.std()).all()


def test_a_parameter_at_its_bound_does_not_hold_up_the_others():
    # u − (u² + v²) / 2 + 0.9 u v is greatest at v = 0.9 u; with u at most 2, at (2, 1.8).
    calls = []

    def ridge(place):
        u, v = place
        calls.append(place)
        values = np.array([u - (u * u + v * v) / 2 + 0.9 * u * v])
        return values, np.array([[1 - u + 0.9 * v], [0.9 * u - v]])

    bounds = {"low": np.full(2, -2.0), "high": np.full(2, 2.0)}
    place = climb(Sample([ridge], [np.ones(1)]), np.zeros(2), np.eye(2), **bounds)
    assert place == pytest.approx([2, 1.8])
    assert len(calls) < 12


NOBODY_TWICE = {
    "nobody": histories_of().astype(float),
    "one order each": histories_of((0, 0, 10, 500), (0, 0, 300, 200)),
    "one day observed": histories_of((0, 0, 0, 500)),
}
ALL_THE_SAME = {
    "all customers equal": histories_of((3, 20, 30, 500)),
    "all ordered on the last day": histories_of((3, 30, 30, 500)),
    "one came back": histories_of((1, 20, 30, 1), (0, 0, 30, 999)),
}


@models
@pytest.mark.parametrize("case", NOBODY_TWICE)
def test_without_repeat_buyers_nothing_is_fitted(model, case):
    fit = fit_buying_model(NOBODY_TWICE[case], model=model)
    assert fit.problem == "no_repeat_buyers"
    assert fit.parameters.isna().all()
    assert bootstrap_parameters(fit, NOBODY_TWICE[case], draws=3, seed=1).empty


@models
@pytest.mark.parametrize("case", ALL_THE_SAME)
def test_data_that_cannot_hold_a_parameter_say_so_and_still_forecast(model, case):
    rows = ALL_THE_SAME[case]
    fit = fit_buying_model(rows, model=model)
    assert fit.problem in ("no_dropout", "no_spread")
    ahead = expected_orders(model, fit.parameters, 30, *rows[FORECAST].to_numpy().T)
    assert np.isfinite(ahead).all()


@models
def test_customers_who_never_leave_show_no_drop_out(model):
    chance = np.random.default_rng(4)
    frequency = chance.poisson(chance.gamma(0.8, 5, 1_000)) + 1.0
    recency = 365 * chance.beta(frequency, 1)
    rows = pd.DataFrame({"frequency": frequency, "recency": recency, "T": 365.0, "n": 1})
    assert fit_buying_model(rows, model=model).problem == "no_dropout"


@models
def test_fewer_than_a_hundred_customers_are_fitted_and_called_few(model):
    fit = fit_buying_model(buyers(model, TRUTHS[model][2], count=99, seed=5), model=model)
    assert fit.problem == "few_customers"
    assert fit.parameters.notna().all()


@models
def test_ten_million_orders_of_one_customer_break_nothing(model):
    usual = buyers(model, TRUTHS[model][0], count=500, seed=6)
    rows = pd.concat([usual, histories_of((1e7, 103.9, 104, 1))])
    fit = fit_buying_model(rows, model=model)
    values = log_likelihoods(model, fit.parameters, *rows[FORECAST].to_numpy().T)
    assert np.isfinite(values).all()
    assert fit.parameters.notna().all()


def test_a_history_that_cannot_be_is_refused():
    rows = histories_of((1, 20, 10, 1), (0, 0, 10, 5), (0, 4, 10, 2))
    with pytest.raises(ValueError, match="rows") as error:
        fit_buying_model(rows, model="bg_nbd")
    assert str(error.value) == (
        "2 rows are no history of orders; first: frequency 0, recency 4, T 10"
    )


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (spends().astype(float), "no_repeat_buyers"),
        (spends((1, -5, 300), (2, 0, 100), (0, 7, 100)), "no_repeat_buyers"),
        (spends((1, 10, 300), (2, 10, 200)), "no_spread"),
        (spends((1, 10, 30), (2, 14, 20), (3, 40, 20)), "few_customers"),
    ],
)
def test_spending_that_cannot_be_told_says_so(rows, problem):
    assert fit_spend_model(rows).problem == problem

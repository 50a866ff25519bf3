"""Gamma-Gamma: the papers' parameters and expectations, recovery, laws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_strategy.analysis.model_fits import bootstrap_parameters, fit_spend_model
from crm_strategy.analysis.spend_model import expected_spend, spend_log_likelihoods
from tests.analysis.buyers import spends
from tests.analysis.cdnow import CALIBRATION_END, cdnow

PUBLISHED = {"p": 6.25, "q": 3.74, "gamma": 15.44}
TRUTHS = (PUBLISHED, {"p": 2.0, "q": 5.0, "gamma": 120.0}, {"p": 12.0, "q": 2.5, "gamma": 4.0})


@pytest.fixture(scope="module")
def repeaters() -> pd.DataFrame:
    """CDNOW's repeat buyers: what their repeat orders were worth on average."""
    rows = cdnow().to_pandas()
    known = rows[rows["ordered_at"] <= pd.Timestamp(CALIBRATION_END)]
    days = known.groupby(["customer_id", "ordered_at"], as_index=False)["amount"].sum()
    repeats = days[days.duplicated("customer_id")].groupby("customer_id")["amount"]
    return pd.DataFrame({"frequency": repeats.size(), "monetary_value": repeats.mean(), "n": 1})


def spenders(truth, *, count, seed):
    chance = np.random.default_rng(seed)
    frequency = chance.geometric(0.4, count)
    scale = chance.gamma(truth["q"], 1 / truth["gamma"], count)
    value = chance.gamma(truth["p"] * frequency, 1 / scale) / frequency
    return pd.DataFrame({"frequency": frequency, "monetary_value": value, "n": 1})


def test_cdnow_repeaters_spend_what_the_papers_say(repeaters):
    assert len(repeaters) == 946
    assert repeaters["monetary_value"].mean() == pytest.approx(35.078, abs=5e-4)


def test_cdnow_parameters_match_fader_hardie_note_025(repeaters):
    fit = fit_spend_model(repeaters)
    assert fit.parameters.to_numpy() == pytest.approx([6.24957, 3.74422, 15.44352], abs=6e-6)
    assert fit.log_likelihood == pytest.approx(-4055.9177, abs=5e-5)
    assert fit.problem == ""


def test_cdnow_log_likelihood_at_published_parameters_matches_methods_section_2(repeaters):
    values = spend_log_likelihoods(PUBLISHED, repeaters["frequency"], repeaters["monetary_value"])
    assert values.sum() == pytest.approx(-4055.919232, abs=5e-7)


def test_expected_spend_matches_fader_hardie_note_025():
    spend = expected_spend(PUBLISHED, [2, 1, 7, 0], [22.35, 11.77, 73.74, np.nan])
    assert spend == pytest.approx([24.6637, 18.9169, 71.4697, 35.2190], abs=5e-5)
    assert spend == pytest.approx([24.65, 18.91, 71.46, 35.17], abs=0.1)


def test_a_newcomer_has_no_expected_spend_where_the_mean_of_all_has_no_bound():
    spend = expected_spend({"p": 2, "q": 0.9, "gamma": 10}, [0, 1], [0, 30])
    assert np.isnan(spend[0])
    assert spend[1] == pytest.approx(2 * 40 / 1.9)


@pytest.mark.parametrize("truth", TRUTHS)
@settings(max_examples=3)
@given(seed=st.integers(0, 10**6))
def test_known_parameters_are_recovered_within_their_intervals(truth, seed):
    fit = fit_spend_model(spenders(truth, count=4_000, seed=seed))
    away = np.log(fit.parameters) - np.log(pd.Series(truth))
    assert (away.abs() < 5 * np.sqrt(np.diag(fit.covariance))).all()


def test_cents_and_euros_say_the_same():
    euros = spenders(PUBLISHED, count=500, seed=1)
    cents = euros.assign(monetary_value=euros["monetary_value"] * 100)
    by_euro, by_cent = fit_spend_model(euros), fit_spend_model(cents)
    assert by_cent.parameters.to_numpy() == pytest.approx(
        by_euro.parameters.to_numpy() * [1, 1, 100], rel=1e-6
    )
    assert by_cent.log_likelihood == pytest.approx(by_euro.log_likelihood - 500 * np.log(100))


def test_draws_spread_as_the_covariance_says():
    rows = spenders(PUBLISHED, count=2_000, seed=2)
    fit = fit_spend_model(rows)
    drawn = np.log(bootstrap_parameters(fit, rows, draws=60, seed=1))
    assert drawn.std().to_numpy() == pytest.approx(np.sqrt(np.diag(fit.covariance)), rel=0.5)


@given(st.integers(0, 10**7), st.floats(0.01, 1e6))
def test_expected_spend_stands_between_the_customer_and_all(frequency, value):
    spend = expected_spend(PUBLISHED, frequency, value)[0]
    everyone = expected_spend(PUBLISHED, 0, 0)[0]
    assert min(value, everyone) * (1 - 1e-9) <= spend <= max(value, everyone) * (1 + 1e-9)


def test_ten_million_orders_of_one_customer_break_nothing():
    rows = pd.concat([spenders(PUBLISHED, count=300, seed=3), spends((1e7, 20, 1))])
    fit = fit_spend_model(rows)
    assert fit.problem == ""
    assert np.isfinite(fit.log_likelihood)

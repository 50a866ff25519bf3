"""Contracts and occasions: sBG and BG/BB against the papers, laws, data that cannot tell."""

import numpy as np
import pandas as pd
import pytest

from crm_strategy.analysis.contract_models import (
    bgbb_expected_orders,
    bgbb_p_alive,
    sbg_residual_periods,
    sbg_retention,
    sbg_survival,
)
from crm_strategy.analysis.model_fits import (
    bootstrap_parameters,
    fit_bgbb,
    fit_sbg,
    renewal_rows,
)
from tests.analysis.buyers import histories_of
from tests.conftest import shared

REGULAR = (631, 468, 382, 326, 289, 262, 241)
HIGH_END = (869, 743, 653, 593, 551, 517, 491)
"""Survivors of 1,000 after each renewal."""


def left(survivors):
    return [before - now for before, now in zip((1000, *survivors), survivors, strict=False)]


@pytest.mark.parametrize(
    ("survivors", "parameters"),
    [(REGULAR, [0.7041, 1.1820]), (HIGH_END, [0.6681, 3.8061])],
    ids=["regular", "high_end"],
)
def test_contract_parameters_match_fader_hardie_2007(survivors, parameters):
    fit = fit_sbg(left(survivors), survivors[-1])
    assert fit.parameters.to_numpy() == pytest.approx(parameters, abs=6e-5)
    assert (fit.customer_count, fit.problem) == (1000, "")


def test_contract_survival_and_retention_are_those_of_the_fit_by_hand():
    fitted = {"alpha": 1.0, "beta": 2.0}
    # B(1, 2 + t) / B(1, 2) = 2 / (2 + t); (1 + t) / (2 + t).
    assert sbg_survival(fitted, [0, 1, 2]) == pytest.approx([1, 2 / 3, 1 / 2])
    assert sbg_retention(fitted, [1, 2]) == pytest.approx([2 / 3, 3 / 4])


def test_contract_periods_to_come_are_the_discounted_sum_of_survival():
    fitted = {"alpha": 0.668, "beta": 3.806}
    years = np.arange(2_000)
    for renewals in (0, 4):
        staying = sbg_survival(fitted, renewals + 1 + years) / sbg_survival(fitted, renewals)
        assert sbg_residual_periods(fitted, renewals, discount_rate=0.1) == pytest.approx(
            (staying / 1.1**years).sum()
        )


def test_cohorts_of_different_age_are_one_sample():
    # 1,000 seen to the end, and 500 of them once more who had only three renewals so far.
    survivors = np.array(REGULAR)
    churned = np.array(left(REGULAR))
    both = churned + np.where(np.arange(7) < 3, churned // 2, 0)
    active = [0, 0, int(survivors[2] // 2), 0, 0, 0, int(survivors[6])]
    fit = fit_sbg(both.tolist(), active)
    assert fit.parameters.to_numpy() == pytest.approx([0.7041, 1.1820], rel=0.05)


def test_contract_draws_spread_as_the_covariance_says():
    churned = left(REGULAR)
    fit = fit_sbg(churned, REGULAR[-1])
    rows = renewal_rows(churned, REGULAR[-1])
    drawn = np.log(bootstrap_parameters(fit, rows, draws=60, seed=1))
    assert drawn.std().to_numpy() == pytest.approx(np.sqrt(np.diag(fit.covariance)), rel=0.4)


@pytest.mark.parametrize(
    ("churned", "active", "problem"),
    [
        ([0, 0, 0], 200, "no_dropout"),
        ([], 200, "no_dropout"),
        ([50], 200, "no_spread"),
        ([1000], 0, "no_spread"),
        ([5, 3], 40, "few_customers"),
    ],
)
def test_contracts_that_cannot_be_told_say_so(churned, active, problem):
    assert fit_sbg(churned, active).problem == problem


@pytest.fixture(scope="module")
def donors() -> pd.DataFrame:
    rows = pd.read_csv(shared("data/retention_cohorts/bgbb_donations.csv.gz"))
    return (
        rows.groupby(["frequency", "recency", "T"], as_index=False)
        .size()
        .rename(columns={"size": "n"})
    )


def test_donor_parameters_match_fader_hardie_shang_2010(donors):
    fit = fit_bgbb(donors)
    assert fit.parameters.to_numpy() == pytest.approx([1.2035, 0.7497, 0.6567, 2.7834], abs=6e-5)
    assert fit.log_likelihood == pytest.approx(-33225.58, abs=5e-3)
    assert (fit.customer_count, fit.problem) == (11_104, "")


def test_donors_alive_match_fader_hardie_shang_2010_table_6(donors):
    fit = fit_bgbb(donors)
    alive = bgbb_p_alive(fit.parameters, [0, 2, 6], [0, 4, 6], 6)
    assert alive == pytest.approx([0.11, 0.59, 0.93], abs=5e-3)


def test_gifts_ahead_are_alive_times_giving_on_the_next_occasion(donors):
    fitted = fit_bgbb(donors).parameters
    ahead = bgbb_expected_orders(fitted, 1, [0, 2, 6], [0, 4, 6], 6)
    gives = (fitted["alpha"] + np.array([0, 2, 6])) / (fitted["alpha"] + fitted["beta"] + 6)
    assert ahead == pytest.approx(bgbb_p_alive(fitted, [0, 2, 6], [0, 4, 6], 6) * gives)


def test_without_gifts_nothing_is_fitted():
    assert fit_bgbb(histories_of((0, 0, 6, 500))).problem == "no_repeat_buyers"

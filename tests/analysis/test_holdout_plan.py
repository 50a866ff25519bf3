import math
from datetime import date

import pandas as pd
import pytest
from statsmodels.stats.proportion import (
    power_proportions_2indep,
    samplesize_proportions_2indep_onetail,
)

from crm_strategy.analysis.holdout_plan import COLUMNS, holdout_plan, holdout_size

QUARTER = {"start": date(2026, 7, 1), "end": date(2026, 9, 29)}
"""Thirteen weeks."""


def single(*rows):
    return pd.DataFrame(list(rows), columns=["channel", "verdict", "cost_saved", "margin_lost"])


def reached(*rows):
    return pd.DataFrame(list(rows), columns=["channel", "customer_count", "conversion_rate"])


def test_sample_size_matches_r_power_prop_test():
    # methods.md: 5 % → 6 % at 80 % needs 8,158 in each group; .50 vs .75 at 90 % 76.7.
    assert holdout_size(0.06, 0.01, share=0.5) == 8158
    assert holdout_size(0.75, 0.25, share=0.5, power=0.9) == 77


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_sample_size_equals_statsmodels_and_reaches_its_power(share):
    ratio = (1 - share) / share
    size = holdout_size(0.2, 0.05, share=share)
    assert size == math.ceil(samplesize_proportions_2indep_onetail(-0.05, 0.2, 0.8, ratio=ratio))
    power = power_proportions_2indep(-0.05, 0.2, size, ratio=ratio).power
    assert power == pytest.approx(0.8, abs=0.01)


def test_a_plan_worked_by_hand():
    # Break-even at a fall by 50 of 200: of the rate of 40 % in 13 weeks, 10 points.
    found = holdout_plan(
        single(("email", "test", 50.0, 200.0)), reached(("email", 5000, 0.4)), **QUARTER
    )
    assert list(found.columns) == list(COLUMNS)
    row = found.iloc[0]
    assert (row["verdict"], row["holdout_share"]) == ("ready", 0.1)
    assert row["rate"] == pytest.approx(1 - 0.6 ** (row["weeks"] / 13))
    assert row["break_even_drop"] == pytest.approx(row["rate"] / 4)
    assert row["holdout_count"] == holdout_size(row["rate"], row["break_even_drop"], share=0.1)
    assert row["holdout_count"] <= 500
    # One week less would not be enough.
    before = 1 - 0.6 ** ((row["weeks"] - 1) / 13)
    assert holdout_size(before, before / 4, share=0.1) > 500
    assert row["contacted_count"] == pytest.approx(9 * row["holdout_count"], abs=1)


def test_what_may_go_is_tested_before_what_pays_and_what_has_no_plan_last():
    found = holdout_plan(
        single(
            ("email", "keep", 900.0, 2000.0),
            ("call", "switch_off", 500.0, 100.0),
            ("sms", "test", 100.0, 150.0),
            ("push", "test", 10.0, 1000.0),
            ("ads", "test", 100.0, 150.0),
            ("tv", "left_on", 100.0, None),
            ("fax", "test", 100.0, 150.0),
        ),
        reached(
            *((name, 3000, 0.3) for name in ("email", "call", "sms", "push", "ads")),
            ("fax", 3000, 0.0),
        ),
        pd.DataFrame({"channel": ["ads", "email"], "kind": ["paid", "owned"]}),
        **QUARTER,
    )
    assert found[["channel", "verdict"]].to_numpy().tolist() == [
        ["call", "ready"],
        ["sms", "ready"],
        ["email", "ready"],
        ["ads", "not_random"],
        ["fax", "no_rate"],
        ["push", "too_few"],
    ]
    # A channel that costs more than all its conversions bring: their whole loss is looked for.
    call = found.iloc[0]
    assert call["break_even_drop"] == call["rate"]


def test_few_customers_take_longer_and_half_of_them():
    found = holdout_plan(single(("sms", "test", 60.0, 100.0)), reached(("sms", 90, 0.3)), **QUARTER)
    row = found.iloc[0]
    assert (row["verdict"], row["holdout_share"]) == ("ready", 0.5)
    assert row["weeks"] > 13


def test_nothing_judged_gives_an_empty_plan():
    found = holdout_plan(single(), reached(), **QUARTER)
    assert list(found.columns) == list(COLUMNS)
    assert found.empty

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from crm_strategy.analysis.intervals import share_interval
from crm_strategy.analysis.model_fits import fit_buying_model
from crm_strategy.analysis.observed_returns import (
    observed_returns,
    told_returns,
    with_observed_returns,
)
from crm_strategy.analysis.value_fits import ValueFits
from crm_strategy.analysis.win_back import lapsed_customers, win_back_offers
from tests.analysis.builders import orders, table
from tests.analysis.test_win_back import CUSTOMERS, TERMS, VALUES, people

PERIOD = {"start": date(2026, 7, 1), "end": date(2026, 9, 30), "active_days": 100}
FORETOLD = VALUES | {"expected_orders": "float64"}


def values(*rows):
    """Values as (id, P(alive), chance of no order), each with an order worth 40."""
    return table(
        FORETOLD,
        [
            dict(zip(FORETOLD, (who, alive, none, 40.0, 7.0, 1.0), strict=True))
            for who, alive, none in rows
        ],
    )


def returns():
    """Before the period a to d had lapsed: of `lost` a and b, of `loyal` c and d; e had not."""
    then = people(
        ("a", "lost", 200, 1.0), ("b", "lost", 100, 1.0), ("c", "loyal", 150, 1.0),
        ("d", "loyal", 300, 1.0), ("e", "loyal", 99, 1.0),
    )  # fmt: skip
    # a ordered, twice; c only gave back; d ordered too late; e ordered, but had not lapsed.
    placed = orders(
        ("a", "2026-07-01", 10), ("a", "2026-09-30", 10), ("c", "2026-08-01", -5),
        ("d", "2026-10-01", 10), ("e", "2026-08-01", 10),
    )  # fmt: skip
    return observed_returns(placed, then, **PERIOD)


def test_who_had_lapsed_and_ordered_in_the_period_came_back_worked_by_hand():
    found = returns().set_index("segment")
    assert found["customer_count"].to_dict() == {"lost": 2, "loyal": 2, "all": 4}
    assert found["return_rate"].to_dict() == {"lost": 0.5, "loyal": 0.0, "all": 0.25}
    assert tuple(found.loc["lost", ["low", "high"]]) == pytest.approx(share_interval(1, 2))


def test_without_anyone_lapsed_nothing_was_observed():
    nobody = table(CUSTOMERS, [])
    found = observed_returns(orders(("a", "2026-07-01", 10)), nobody, **PERIOD)
    assert found.empty
    assert told_returns(found, min_count=10).empty


def test_rates_that_would_tell_a_few_customers_are_not_told():
    # 1 of 2 came back, 1 did not: fewer than 2 either way. Of `loyal` none did.
    assert told_returns(returns(), min_count=2)["segment"].tolist() == ["loyal"]
    assert sorted(told_returns(returns(), min_count=1)["segment"]) == ["all", "lost", "loyal"]


LAPSED = (("x", "lost", 120, 9.0), ("y", "new", 130, 9.0))
KNOWN = values(("x", 1.0, 0.4), ("y", 1.0, 0.5), ("z", 0.9, 0.1))


def replaced(**terms):
    found = with_observed_returns(KNOWN, people(*LAPSED), returns(), **terms)
    return found.to_pandas().set_index("customer_id")


def test_where_the_model_knows_who_left_its_values_stay():
    found = with_observed_returns(KNOWN, people(*LAPSED), returns(), knows_dropout=True)
    assert found.equals(KNOWN)


def test_where_no_model_knows_who_left_the_lapsed_return_as_those_before_them_did():
    found = replaced(knows_dropout=False)
    # x as `lost`; nobody had lapsed of y's segment, so y as all; z has not lapsed.
    assert found["p_no_order"].to_dict() == {"x": 0.5, "y": 0.75, "z": 0.1}
    for name in ("p_alive", "expected_value", "expected_orders"):
        assert found.loc[["x", "y"], name].isna().all()
        assert found.loc["z", name] > 0
    assert found["expected_spend"].tolist() == [40.0] * 3


def test_where_too_few_had_lapsed_no_discount_is_priced_and_the_reason_said():
    found = replaced(knows_dropout=False, min_count=3)
    assert found.loc[["x", "y"], "p_no_order"].isna().all()
    lapsed = lapsed_customers(people(*LAPSED), active_days=100)
    unknown = with_observed_returns(KNOWN, lapsed, returns(), knows_dropout=False, min_count=3)
    offers = win_back_offers(lapsed, unknown, **TERMS).to_pandas()
    assert set(zip(offers["action"], offers["reason"], strict=True)) == {
        ("leave_alone", "not_known")
    }
    assert all(math.isnan(each) for each in offers["affordable"])


def test_a_fit_that_finds_nobody_leaving_does_not_know_who_left():
    # Every customer goes on ordering to the last day; or half of them stop half way.
    chance = np.random.default_rng(4)
    frequency = chance.poisson(chance.gamma(0.8, 5, 600)) + 1.0
    staying = 365 * chance.beta(frequency, 1)
    leaving = np.where(chance.random(600) < 0.5, staying / 2, staying)
    told = []
    for recency in (staying, leaving):
        rows = pd.DataFrame({"frequency": frequency, "recency": recency, "T": 365.0, "n": 1})
        fit = fit_buying_model(rows, model="mbg_nbd")
        fits = ValueFits({"mbg_nbd": fit}, fit, None, "mbg_nbd", 40.0, None, None)
        told.append(fits.knows_dropout)
    assert told == [False, True]
    assert ValueFits({}, fit, None, "", 40.0, None, None).knows_dropout

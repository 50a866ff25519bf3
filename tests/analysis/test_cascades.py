"""Cascades: reach, cost and answers by hand, and the laws that chains of messages keep."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.cascade_comparison import best_order, cascade_comparison
from crm_strategy.analysis.cascade_reach import Audience
from crm_strategy.analysis.cascades import CascadePlan, cascades, send

rates = st.integers(0, 1000).map(lambda mille: mille / 1000)
prices = st.integers(0, 1000).map(lambda cents: cents / 100)


@st.composite
def chains(draw):
    """Customers by the channels that reach them, and each channel's rate and price."""
    count = draw(st.integers(1, 4))
    flags = st.lists(st.booleans(), min_size=count, max_size=count)
    groups = draw(st.lists(st.tuples(flags, st.integers(1, 500)), min_size=1, max_size=6))
    holds = np.array([each for each, _size in groups], dtype=bool)
    sizes = np.array([size for _each, size in groups], dtype=float)
    return (
        Audience(tuple("abcd"[:count]), holds, sizes),
        np.array(draw(st.lists(rates, min_size=count, max_size=count))),
        np.array(draw(st.lists(prices, min_size=count, max_size=count))),
    )


def plan(*steps, holds, sizes, **columns) -> CascadePlan:
    """A scenario of (channel, rate, price) steps; intervals ± 0.05 unless rates are unknown."""
    rows = pd.DataFrame(
        [
            {
                "scenario": "comeback",
                "segment": "at_risk",
                "step": number,
                "channel": channel,
                "wait_days": 3,
                "stop_on": None,
                "rate": rate,
                "rate_low": max(rate - 0.05, 0.0),
                "rate_high": rate + 0.05,
                "n": 400.0,
                "contact_count": 900.0,
                "response_count": 80.0,
                "rate_basis": "segment",
                "per_touch": price,
                "consent": "recorded",
            }
            for number, (channel, rate, price) in enumerate(steps, start=1)
        ]
    ).assign(**columns)
    audience = Audience(
        tuple(rows["channel"]), np.array(holds, dtype=bool), np.array(sizes, dtype=float)
    )
    return CascadePlan(rows, {"comeback": audience})


BOTH = {"holds": [[1, 1], [1, 0], [0, 1], [0, 0]], "sizes": [100, 50, 30, 20]}
"""Of 200 customers 100 are reached by both channels, 50 and 30 by one, 20 by none."""


def test_a_step_goes_to_those_who_may_be_reached_and_have_not_answered() -> None:
    found = cascades(plan(("email", 0.2, 0.01), ("sms", 0.1, 0.5), **BOTH))
    # E-mail to 150; SMS to 30 whom e-mail does not reach and 80 of the 100 who did not answer.
    assert list(found["reach"]) == pytest.approx([150, 110])
    assert list(found["expected_responses"]) == pytest.approx([30, 11])
    assert list(found["cost"]) == pytest.approx([1.5, 55])
    assert list(found["low"]) == pytest.approx([22.5, 5.5])
    assert list(found["cost_per_response"]) == pytest.approx([0.05, 5])
    assert list(found["reachable_count"]) == [150, 130]
    assert set(found["segment_count"]) == {200}


def test_alternatives_are_counted_from_the_same_customers() -> None:
    found = cascade_comparison(plan(("email", 0.2, 0.01), ("sms", 0.1, 0.5), **BOTH))
    by = found.set_index(["option", "channels"])
    assert list(by.index) == [
        ("cascade", "email > sms"),
        ("reversed", "sms > email"),
        ("single", "email"),
        ("single", "sms"),
        ("everyone", "email > sms"),
    ]
    assert by["cost"].to_list() == pytest.approx([56.5, 66.4, 1.5, 65, 66.5])
    assert by["expected_responses"].to_list() == pytest.approx([41, 41, 30, 13, 41])
    assert by["message_count"].to_list() == pytest.approx([260, 270, 150, 130, 280])
    assert by["customer_count"].to_list() == [180, 180, 150, 130, 180]
    assert by["is_best"].to_list() == [True, False, False, False, False]
    # E-mail goes first while a response by it costs less than one by SMS: 0.01 / rate < 5.
    assert found.loc[0, ["flip_channel", "is_sure"]].to_list() == ["email", True]
    assert found.loc[0, "flip_rate"] == pytest.approx(0.002)


def test_a_cheap_message_that_nobody_answers_does_not_go_first() -> None:
    found = cascade_comparison(plan(("email", 0.001, 0.01), ("sms", 0.5, 0.5), **BOTH))
    best = found[found["option"] == "best"].iloc[0]
    assert best["channels"] == "sms > email"
    assert best["cost"] < found.loc[0, "cost"]
    # At the upper end of its interval e-mail would go first.
    assert not best["is_sure"]


def test_an_unknown_price_leaves_no_total_and_no_best_order() -> None:
    unknown = plan(("email", 0.2, np.nan), ("sms", 0.1, 0.5), **BOTH)
    assert cascades(unknown)["cost"].isna().to_list() == [True, False]
    found = cascade_comparison(unknown).set_index("option")
    assert found.loc[["cascade", "reversed", "everyone"], "cost"].isna().all()
    assert "best" not in found.index
    assert not found["is_best"].any()
    assert found.loc["cascade", "expected_responses"] == pytest.approx(41)


def test_an_unknown_rate_leaves_unknown_what_comes_after_it() -> None:
    found = cascades(plan(("email", np.nan, 0.01), ("sms", 0.1, 0.5), **BOTH))
    assert found["reach"].isna().to_list() == [False, True]
    assert found["expected_responses"].isna().all()
    assert list(found["reachable_count"]) == [150, 130]


def test_a_channel_that_reaches_nobody_costs_nothing_whatever_its_price() -> None:
    alone = {"holds": [[1, 0]], "sizes": [100]}
    found = cascade_comparison(plan(("email", 0.2, 0.01), ("fax", np.nan, np.nan), **alone))
    assert found.loc[found["option"] == "cascade", "cost"].iloc[0] == pytest.approx(1.0)
    assert found["is_best"].iloc[0]


def test_without_scenarios_the_tables_have_their_columns_and_no_rows() -> None:
    empty = CascadePlan(plan(("email", 0.2, 0.1), holds=[[1]], sizes=[1]).steps[:0], {})
    for found in (cascades(empty), cascade_comparison(empty)):
        assert len(found) == 0
        assert {"scenario", "channels" if "option" in found else "channel"} <= set(found.columns)


@given(chains())
def test_a_cascade_never_costs_more_than_every_step_to_everyone(case) -> None:
    audience, rate, price = case
    for order in permutations(range(len(rate))):
        chain = send(audience, order, rate, price)
        everyone = send(audience, order, rate, price, stops=False)
        assert chain.cost.sum() <= everyone.cost.sum() * (1 + 1e-12)
        assert (chain.reach <= everyone.reach + 1e-9).all()
        assert chain.responses.sum() == pytest.approx(everyone.responses.sum())


@given(chains())
def test_no_order_is_cheaper_than_the_best_and_all_are_answered_equally_often(case) -> None:
    audience, rate, price = case
    found = [send(audience, order, rate, price) for order in permutations(range(len(rate)))]
    best = send(audience, best_order(rate, price) or [], rate, price)
    assert best.cost.sum() <= min(each.cost.sum() for each in found) * (1 + 1e-9) + 1e-9
    for each in found:
        assert each.responses.sum() == pytest.approx(best.responses.sum())
    assert best.responses.sum() <= audience.sizes.sum() * (1 + 1e-12)

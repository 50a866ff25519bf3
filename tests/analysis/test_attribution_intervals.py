"""Intervals of credit: chance alone, rule by rule, against laws and a known share."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from crm_strategy.analysis.attribution import RULES, attribution
from crm_strategy.analysis.attribution_intervals import COLUMNS, attribution_intervals
from crm_strategy.analysis.channel_verdicts import channel_verdicts
from tests.analysis.path_builders import paths, some_paths
from tests.analysis.test_channel_verdicts import costs


def test_the_interval_of_a_channel_alone_is_that_of_a_share() -> None:
    # Of 400 journeys 100 convert: the binomial spread of 100 is √(400 · ¼ · ¾) = 8.66; of
    # orders of 100 each, their money spreads a hundred times as far.
    known = paths(("A", 100, 300, 10_000.0))
    found = attribution_intervals(known, attribution(known), draws=100, seed=1)
    last = found[found["rule"] == "last_touch"].iloc[0]
    assert last["low"] == pytest.approx(100 - 1.96 * 8.66, abs=1.7)
    assert last["high"] == pytest.approx(100 + 1.96 * 8.66, abs=1.7)
    assert last["value_low"] == pytest.approx(100 * last["low"])
    assert last["value_high"] == pytest.approx(100 * last["high"])


def test_money_scatters_as_single_orders_do() -> None:
    # Of 400 journeys 50 end in an order of 10 and 50 in one of 190; one draw of them has the
    # variance Σv² − (Σv)² / 400.
    known = paths(("A", 100, 300, 10_000.0)).assign(value_squares=50 * 10.0**2 + 50 * 190.0**2)
    found = attribution_intervals(known, attribution(known), draws=100, seed=1)
    last = found[found["rule"] == "last_touch"].iloc[0]
    spread = (1_810_000 - 10_000.0**2 / 400) ** 0.5
    assert last["value_high"] - 10_000 == pytest.approx(1.96 * spread, rel=0.1)


@settings(max_examples=10)
@given(some_paths)
def test_bounds_hold_the_credit_and_one_seed_gives_one_result(rows) -> None:
    known = paths(*rows)
    credit = attribution(known)
    found, again = (attribution_intervals(known, credit, draws=8) for _ in range(2))
    pd.testing.assert_frame_equal(found, again)
    assert (found["low"] <= found["high"]).all()
    assert found["low"].ge(0).all()
    for rule, bounds in found.groupby("rule"):
        held = bounds.merge(credit, on="channel", suffixes=("", "_rules"))
        assert held[str(rule)].between(held["low"] - 1e-9, held["high"] + 1e-9).all()
    assert len(found) % len(RULES) == 0


def test_an_unknown_value_has_no_bounds_and_no_paths_have_no_rows() -> None:
    priceless = paths(("A", 5, 5, np.nan))
    unknown = attribution_intervals(priceless, attribution(priceless), draws=5)
    assert unknown[["value_low", "value_high"]].isna().all(axis=None)
    assert unknown["low"].notna().all()
    untouched = paths((None, 3, 0))
    empty = attribution_intervals(untouched, attribution(untouched))
    assert (list(empty.columns), len(empty)) == (list(COLUMNS), 0)


def test_what_chance_could_turn_round_is_no_verdict() -> None:
    # 10 orders of 10 money, all of it margin, on a cost of 90: it pays, but not surely.
    known = paths(("A", 10, 40, 100.0))
    credit = attribution(known)
    paid = costs(("A", 90))
    assert channel_verdicts(credit, paid, margin_rate=1.0)["verdict"].to_list() == ["pays"]
    drawn = attribution_intervals(known, credit)
    found = channel_verdicts(credit, paid, drawn, margin_rate=1.0).iloc[0]
    assert found["verdict"] == "depends"
    assert found["value_least"] < 90 < found["value_low"] == 100 < found["value_most"]
    assert found["roi_least"] == pytest.approx((found["value_least"] - 90) / 90)


def test_many_sets_of_channels_are_drawn_by_the_simpler_rule(monkeypatch) -> None:
    known = paths(("A > B", 30, 50), ("B > C", 20, 60), ("A > B > C", 10, 5))
    credit = attribution(known)
    exact = attribution_intervals(known, credit)
    monkeypatch.setattr("crm_strategy.analysis.attribution_intervals.MOST_SETS", 1)
    simple = attribution_intervals(known, credit)
    of_shapley = exact["rule"] == "shapley"
    pd.testing.assert_frame_equal(exact[~of_shapley], simple[~of_shapley])
    # Around the same credit, if not as wide.
    for found in (exact, simple):
        bounds = found[of_shapley].merge(credit, on="channel", suffixes=("", "_rules"))
        assert bounds["shapley"].between(bounds["low"], bounds["high"]).all()

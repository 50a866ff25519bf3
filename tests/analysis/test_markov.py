import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from crm_strategy.analysis.attribution_rules import rule_credit
from crm_strategy.analysis.markov import markov_credit, removal_effects
from crm_strategy.analysis.markov_orders import markov_orders
from crm_strategy.analysis.path_steps import steps_of
from tests.analysis.path_builders import paths, some_paths, steps
from tests.conftest import shared

DATA = "CHANNEL_ATTRIBUTION_DATA"
"""Names Data.csv of the source archive of ChannelAttribution 2.2.5 (GPL, so not kept here)."""


def test_effects_of_search_and_mail_match_puzyrov_2019():
    # G converts twice and once not, M once, G > M once: P(conversion) is 0.8.
    known = steps(("G", 2, 1), ("M", 1, 0), ("G > M", 1, 0))
    assert removal_effects(known).to_dict() == pytest.approx({"G": 0.75, "M": 0.5})
    assert markov_credit(known).to_dict() == pytest.approx({"G": 2.4, "M": 1.6})


def test_effects_of_three_channels_match_analyzecore_2016():
    known = steps(("C1 > C2 > C3", 1, 0), ("C1", 0, 1), ("C2 > C3", 0, 1))
    assert removal_effects(known).tolist() == pytest.approx([0.5, 1, 1])
    assert markov_credit(known).tolist() == pytest.approx([0.2, 0.4, 0.4])


def channel_attribution_data():
    if DATA not in os.environ:
        pytest.skip(f"{DATA} does not name Data.csv of ChannelAttribution's source archive")
    found = pd.read_csv(Path(os.environ[DATA]), sep=";")
    return found.set_axis(["path", "conversions", "value", "nulls"], axis=1)


def test_effects_and_credit_match_channelattribution_2_2_5_data():
    found = channel_attribution_data()
    three = ["alpha", "eta", "iota"]
    effects = removal_effects(steps_of(found))[three]
    assert effects.tolist() == pytest.approx([0.5584, 0.3490, 0.4058], abs=5e-5)
    credit = markov_credit(steps_of(found))[three]
    assert credit.tolist() == pytest.approx([5344.95, 3340.85, 3884.61], abs=5e-3)
    without = markov_credit(steps_of(found.assign(nulls=0)))[three]
    assert without.tolist() == pytest.approx([5260.07, 3347.77, 3899.25], abs=5e-3)


def test_rules_of_thumb_match_channelattribution_2_2_5_data():
    credit = rule_credit(steps_of(channel_attribution_data())).loc[["alpha", "eta", "iota"]]
    assert credit["first_touch"].tolist() == [6308, 3164, 4606]
    assert credit["last_touch"].tolist() == [8447, 4167, 3355]
    assert credit["linear"].tolist() == pytest.approx([7574.719, 3539.951, 3857.096], abs=5e-4)


def test_credit_of_676_paths_matches_conversionpath_expected():
    folder = shared("data/conversion_paths")
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    found = pd.read_csv(folder / "digital_conversion_path.csv.gz")
    found = found.rename(columns={"conv_count": "conversions", "drop_count": "nulls"})
    known = steps_of(found.assign(value=np.nan))
    exact = expected["markov_order1_exact"]
    assert removal_effects(known).to_dict() == pytest.approx(exact["removal_effect"], abs=5e-6)
    assert markov_credit(known).to_dict() == pytest.approx(exact["conversions"], abs=5e-4)
    simulated = expected["markov_order1_ChannelAttribution_2.2.5_simulated"]
    assert markov_credit(known).to_dict() == pytest.approx(simulated, rel=0.01)
    rules = rule_credit(known)
    for rule in ("first_touch", "last_touch", "linear"):
        assert rules[rule].to_dict() == pytest.approx(expected[rule], abs=5e-4)


@pytest.mark.parametrize("order", [1, 2, 3])
@settings(max_examples=40)
@given(some_paths)
def test_effects_lie_between_0_and_1_and_credit_sums_to_what_was_earned(order, rows):
    known = steps(*rows)
    for measure in ("conversions", "value"):
        effects = removal_effects(known, order=order, measure=measure)
        assert effects.between(0, 1).all()
        credit = markov_credit(known, order=order, measure=measure)
        assert credit.sum() == pytest.approx(known.measure(measure).sum())
        assert (credit[~known.converting] == 0).all()


@settings(max_examples=40)
@given(some_paths)
def test_another_null_path_never_raises_the_total(rows):
    before = markov_credit(steps(*rows)).sum()
    assert markov_credit(steps(*rows, ("A > B", 0, 3))).sum() <= before + 1e-9


def test_an_order_of_2_knows_what_one_of_1_forgets():
    # B leads to orders only after A; the short memory lets C > B convert too.
    known = steps(("A > B", 10, 0), ("C > B", 0, 10), ("D", 1, 0))
    assert removal_effects(known, order=1)["C"] > 0
    assert removal_effects(known, order=2)["C"] == 0
    assert markov_credit(known, order=1)["C"] == 0


def test_effects_on_value_follow_the_money():
    known = steps(("A", 10, 0, 10.0), ("B", 1, 0, 90.0))
    effects = removal_effects(known, measure="value")
    assert effects.to_dict() == pytest.approx({"A": 0.1, "B": 0.9})


def test_the_order_that_foretells_held_back_journeys_is_chosen():
    # What follows B depends on the channel before it.
    remembers = steps(("A > B", 800, 200), ("C > B", 200, 800))
    chosen = markov_orders(remembers)
    assert chosen.loc[chosen["chosen"], "order"].tolist() == [2]
    assert chosen["state_count"].tolist() == [3, 4, 4]
    forgets = markov_orders(steps(("A > B", 500, 500), ("C > B", 500, 500)))
    assert forgets.loc[forgets["chosen"], "order"].tolist() == [1]


def test_too_few_journeys_to_hold_any_back_are_judged_by_the_last_channel():
    for rows in ([], [("A", 0, 1)]):
        found = markov_orders(steps(*rows))
        assert found.loc[found["chosen"], "order"].tolist() == [1]


def test_one_channel_only_no_orders_all_orders_and_cycles():
    assert markov_credit(steps(("A", 3, 5))).to_dict() == {"A": 3}
    assert markov_credit(steps(("A > B", 0, 5))).tolist() == [0, 0]
    assert removal_effects(steps(("A > B", 0, 5))).tolist() == [0, 0]
    assert markov_credit(steps(("A > B", 4, 0))).tolist() == pytest.approx([2, 2])
    assert markov_credit(steps(("A > B > A > B > A", 4, 4))).sum() == pytest.approx(4)
    assert markov_credit(steps_of(paths())).empty


def test_forty_channels_are_solved():
    random = np.random.default_rng(4)
    rows = [(" > ".join(f"c{n:02d}" for n in random.integers(0, 40, 6)), 1, 2) for _ in range(300)]
    for order in (1, 2, 3):
        assert markov_credit(steps(*rows), order=order).sum() == pytest.approx(300)

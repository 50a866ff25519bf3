from itertools import combinations, pairwise, permutations

import numpy as np
import pytest
from hypothesis import given

from crm_strategy.analysis.path_steps import steps_of
from crm_strategy.analysis.shapley import shapley_rates, shapley_sets
from tests.analysis.path_builders import paths, some_paths, steps


def test_sets_of_three_channels_match_tomgorb_tds():
    # Worth of exactly these sets, as published.
    known = steps(
        ("F", 0.2, 0), ("O", 0.1, 0), ("L", 0.17, 0), ("F > O", 0.17, 0), ("F > L", 0.3, 0),
        ("F > O > L", 0.06, 0),
    )  # fmt: skip
    assert shapley_sets(known).to_dict() == pytest.approx({"F": 0.455, "O": 0.205, "L": 0.34})


@given(some_paths)
def test_sets_are_linear_on_unique_channels_zhao_2018(rows):
    known = steps(*rows)
    path, channel = known.distinct
    sets = [frozenset(channel[path == each]) for each in range(len(known.conversions))]

    def worth(within):
        return sum(n for n, own in zip(known.conversions, sets, strict=True) if own <= within)

    everyone = range(len(known.channels))
    wanted = np.zeros(len(known.channels))
    orders = list(permutations(everyone))
    for order in orders:
        for at, channel_ in enumerate(order):
            wanted[channel_] += worth(set(order[: at + 1])) - worth(set(order[:at]))
    assert shapley_sets(known).tolist() == pytest.approx(list(wanted / len(orders)), abs=1e-9)


def test_rates_of_two_channels_worked_by_hand():
    # v(A) = 0.2, v(B) = 0.1, v(AB) = (20 + 10 + 30) / 300 = 0.2: A adds 0.15, B 0.05 of it.
    known = steps(("A", 20, 80), ("B", 10, 90), ("A > B", 30, 70))
    found = shapley_rates(known)
    assert found["conversions"].tolist() == pytest.approx([20 + 30 * 0.75, 10 + 30 * 0.25])
    assert found["value"].tolist() == pytest.approx([7 * 42.5, 7 * 17.5])
    assert (found["error"] == 0).all()


def test_a_channel_that_lowers_the_rate_earns_nothing():
    # v(A) = 0.5, v(B) = 0, v(AB) = 51 / 300: B would earn −0.165.
    found = shapley_rates(steps(("A", 50, 50), ("B", 0, 100), ("A > B", 1, 99)))
    assert found["conversions"].to_dict() == {"A": 51, "B": 0}


def test_a_rare_channel_earns_no_more_than_the_orders_that_it_led_to():
    found = shapley_rates(steps(("rare", 2, 0), ("often", 100, 900), ("often > rare", 1, 0)))
    assert found.loc["rare", "conversions"] <= 3


@given(some_paths)
def test_credit_sums_to_orders_and_value(rows):
    known = steps(*rows)
    assert shapley_sets(known).sum() == pytest.approx(known.conversions.sum())
    found = shapley_rates(known)
    assert found["conversions"].sum() == pytest.approx(known.conversions.sum())
    assert found["value"].sum() == pytest.approx(known.value.sum())
    assert (found["conversions"] >= 0).all()
    assert (found.loc[~known.converting, "conversions"] == 0).all()
    assert (found["conversions"] <= known.reached() + 1e-9).all()


def test_by_lot_the_exact_values_are_met_within_the_errors():
    names = "ABCDE"
    random = np.random.default_rng(2)
    rows = [
        (" > ".join(chosen), int(random.integers(0, 9)), int(random.integers(1, 20)))
        for size in range(1, 6)
        for chosen in combinations(names, size)
    ]
    known = steps(*rows)
    exact, drawn = shapley_rates(known), shapley_rates(known, most_exact=0, draws=400)
    assert drawn["error"].max() > 0
    gap = (drawn["conversions"] - exact["conversions"]).abs()
    assert (gap <= 4 * drawn["error"] + 1e-9).all()
    assert drawn["conversions"].sum() == pytest.approx(known.conversions.sum())


def test_forty_channels_in_one_journey_are_drawn_by_lot():
    names = [f"c{n:02d}" for n in range(40)]
    known = steps((" > ".join(names), 10, 30), *((name, 1, 9) for name in names))
    found = shapley_rates(known, draws=50)
    assert found["conversions"].sum() == pytest.approx(50)
    assert found["error"].max() > 0


def test_seventy_channels_have_numbers_without_end():
    names = [f"c{n:02d}" for n in range(70)]
    rows = [(f"{a} > {b}", 1, 2) for a, b in pairwise(names)]
    assert shapley_rates(steps(*rows))["conversions"].sum() == pytest.approx(69)


def test_no_paths_earn_nothing():
    assert shapley_sets(steps_of(paths())).empty
    assert shapley_rates(steps_of(paths())).empty

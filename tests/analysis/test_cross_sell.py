import itertools
import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson
from statsmodels.stats.multitest import fdrcorrection

from crm_strategy.analysis.baskets import product_baskets
from crm_strategy.analysis.bundles import product_bundles
from crm_strategy.analysis.cross_sell import (
    COLUMNS,
    cross_sell,
    false_share,
    share_low,
    sure_pairs,
)
from crm_strategy.analysis.intervals import share_interval
from crm_strategy.analysis.pair_counts import expected_counts, pair_counts
from tests.analysis.builders import FEW, order_lines

AS_OF = date(2026, 9, 30)
MLXTEND = (
    ("Milk", "Onion", "Nutmeg", "Kidney Beans", "Eggs", "Yogurt"),
    ("Dill", "Onion", "Nutmeg", "Kidney Beans", "Eggs", "Yogurt"),
    ("Milk", "Apple", "Kidney Beans", "Eggs"),
    ("Milk", "Unicorn", "Corn", "Kidney Beans", "Yogurt"),
    ("Corn", "Onion", "Onion", "Kidney Beans", "Ice cream", "Eggs"),
)
"""The five baskets of mlxtend's guide and tests."""


def lines(*orders, day="2026-09-01"):
    return [
        (f"o{number}", f"c{number}", day, product, 10)
        for number, products in enumerate(orders)
        for product in products
    ]


def baskets(*rows, **terms):
    return product_baskets(order_lines(*rows), end=AS_OF, **terms)


def rules(*orders, **terms):
    found = cross_sell(baskets(*lines(*orders)), **{"min_support": 0.0, "min_orders": 1} | terms)
    return found.set_index(["product_id", "with_product_id"])


def test_onion_to_eggs_matches_mlxtend_0_25_tests():
    found = rules(*MLXTEND)
    row = found.loc[("Onion", "Eggs")]
    assert row["order_count"] == 3
    assert row[["support", "confidence", "lift", "leverage"]].to_dict() == pytest.approx(
        {"support": 0.6, "confidence": 1, "lift": 1.25, "leverage": 0.12}
    )
    assert found.loc[("Eggs", "Onion"), "confidence"] == pytest.approx(0.75)
    # Zhang = leverage / max(s(1 − s_a), s_a(s_b − s)), Jaccard = both / either, from its tables.
    shares = {"Onion": 0.6, "Eggs": 0.8}
    zhang = row["leverage"] / max(0.6 * (1 - shares["Onion"]), shares["Onion"] * (0.8 - 0.6))
    jaccard = row["support"] / (shares["Onion"] + shares["Eggs"] - row["support"])
    assert (zhang, jaccard) == pytest.approx((0.5, 0.75))


def test_lift_low_has_wilsons_lower_end_of_the_confidence():
    row = rules(*MLXTEND).loc[("Onion", "Eggs")]
    low, _ = share_interval(3, 3)
    assert row["confidence_low"] == pytest.approx(low)
    assert row["lift_low"] == pytest.approx(low / 0.8)


def test_expected_orders_worked_by_hand():
    # 4 orders of 2, 3 and 1 products: Σ s (s − 1) = 2 + 6 + 2 + 0, Σ s = 8; a is in 3, b in 2.
    held = baskets(*lines("ab", "abc", "ac", "d"))
    pairs = pair_counts(held.held)
    expected = dict(
        zip(
            zip(pairs["first"], pairs["second"], strict=True),
            expected_counts(held, pairs),
            strict=True,
        )
    )
    assert expected[(0, 1)] == pytest.approx(3 * 2 * 10 / 64)


def test_products_of_one_month_are_no_pair_for_that():
    # Four products of December only, any two of them as often as any other two.
    winter = ["".join(pair) for pair in itertools.combinations("abcd", 2)] * 20
    summer = ["ef"] * 600
    rows = [
        *[(f"w{n}", None, "2025-12-10", product, 1) for n, o in enumerate(winter) for product in o],
        *[(f"s{n}", None, "2026-06-10", product, 1) for n, o in enumerate(summer) for product in o],
    ]
    found = cross_sell(baskets(*rows), min_support=0, min_orders=1)
    found = found.set_index(["product_id", "with_product_id"])
    assert found.loc[("a", "c"), "lift_low"] > 2
    assert found.loc[("a", "c"), "verdict"] == "chance"
    assert found.loc[("e", "f"), "verdict"] == "together"


def test_q_values_match_statsmodels_when_every_pair_was_seen():
    chances = np.array([0.04, 0.001, 0.5, 0.012, 0.03])
    assert false_share(chances, tests=5) == pytest.approx(fdrcorrection(chances)[1])
    # Pairs never seen count as tests with p = 1.
    padded = np.concatenate([chances, np.ones(15)])
    assert false_share(chances, tests=20) == pytest.approx(fdrcorrection(padded)[1][:5])


def test_chance_is_the_tail_of_a_poisson():
    row = rules(*["ab"] * 6, *["ac"] * 6, *["d"] * 8).loc[("a", "b")]
    assert row["p_value"] == pytest.approx(poisson.sf(5, row["expected_count"]))


def test_the_surest_pair_comes_first_and_its_margin_is_that_of_the_second():
    plain = order_lines(*lines(*["ab"] * 40, *["a"] * 40, *["b"] * 40, *["cd"] * 3, *"cdef" * 30))
    priced = plain.mutate(cost=plain.amount * 0.4)
    found = cross_sell(product_baskets(priced, end=AS_OF), min_support=0.01)
    first = found.iloc[0]
    assert {first["product"], first["with_product"]} == {"The a", "The b"}
    assert (first["verdict"], first["price"], first["margin"]) == ("together", 10.0, 6.0)
    # Known costs of less than half of the revenue speak for none of it, a stated rate does.
    without = product_baskets(plain, end=AS_OF).products
    assert without["margin"].isna().all()
    stated = product_baskets(plain, end=AS_OF, margin_rate=0.3).products
    assert stated["margin"].tolist() == pytest.approx([3.0] * len(stated))


def test_refunds_later_lines_and_lines_without_product_are_in_no_basket():
    rows = [
        *lines("ab"),
        ("r", "c", "2026-09-02", "a", -10),
        ("l", "c", "2026-10-02", "c", 10),
        ("n", "c", "2026-09-02", None, 10),
    ]
    table = order_lines(*rows)
    table = table.mutate(product=table.product_id)
    held = product_baskets(table, end=AS_OF)
    assert (held.n, held.products["product_id"].tolist()) == (1, ["a", "b"])
    nobody = product_baskets(table.mutate(customer_id=None), end=AS_OF, of="customer_id")
    assert nobody.n == 0


def test_a_basket_of_5000_products_is_left_out_and_counted():
    giant = [f"p{number}" for number in range(5_000)]
    held = baskets(*lines(giant, ["p1", "p2"], ["p1", "p2"]))
    assert (held.n, held.left_out) == (2, 1)
    found = cross_sell(held, min_support=0, min_orders=1)
    assert found[["product_id", "order_count"]].to_numpy().tolist() == [["p1", 2], ["p2", 2]]


@pytest.mark.parametrize("orders", [(), ("a",), ("a", "a"), ("aaa",)])
def test_without_two_products_in_an_order_there_are_no_pairs(orders):
    held = baskets(*lines(*orders))
    pairs = cross_sell(held, min_support=0, min_orders=1)
    assert (len(pairs), tuple(pairs.columns)) == (0, COLUMNS)
    assert product_bundles(held, pairs).empty


ORDERS = st.lists(st.sets(st.sampled_from("abcdefgh"), min_size=1), max_size=12)


@FEW
@given(orders=ORDERS, floor=st.integers(1, 3))
def test_pair_counts_are_symmetric_and_those_of_counting_by_hand(orders, floor):
    held = baskets(*lines(*map(sorted, orders)))
    ids = held.products["product_id"].tolist()
    found = {
        (ids[a], ids[b]): n
        for a, b, n in pair_counts(held.held, at_least=floor).itertuples(index=False)
    }
    counted = {
        pair: sum(set(pair) <= order for order in orders)
        for pair in itertools.combinations(sorted(set().union(*orders)), 2)
    }
    assert found == {pair: n for pair, n in counted.items() if n >= floor}
    pairs = cross_sell(held, min_support=0, min_orders=floor)
    both = pairs.set_index(["product_id", "with_product_id"])
    turned = both.swaplevel().reindex(both.index)
    for name in ("order_count", "support", "lift", "expected_count", "p_value", "leverage"):
        np.testing.assert_allclose(both[name], turned[name])


@given(n=st.integers(1, 500), data=st.data())
def test_share_low_is_the_lower_end_of_the_share_interval(n, data):
    count = data.draw(st.integers(0, n))
    low, _ = share_interval(count, n)
    assert math.isclose(float(share_low(count, n)), low, abs_tol=1e-12)


def test_a_bundle_is_three_products_of_which_any_two_bring_the_third():
    held = baskets(
        *lines(*["abc"] * 40, *["ab"] * 10, *["ac"] * 10, *["bc"] * 10, *["de"] * 60, *"fgh" * 60)
    )
    pairs = cross_sell(held, min_support=0.01)
    found = product_bundles(held, pairs, min_support=0.01)
    row = found.iloc[0]
    assert row[["product", "with_product", "third_product"]].tolist() == ["The a", "The b", "The c"]
    assert (row["order_count"], row["verdict"], row["price"]) == (40, "together", 30.0)
    # 40 of 310 orders hold all; each is in 60; the commonest two in 50.
    assert row["support"] == pytest.approx(40 / 310)
    assert row["lift"] == pytest.approx(40 / 310 / (60 / 310) ** 3)
    assert row["confidence"] == pytest.approx(40 / 50)
    assert len(found) == 1


def test_a_third_product_that_is_merely_popular_makes_no_bundle():
    orders = [*["ab"] * 15, *["abp"] * 30, *["abq"] * 15, *"p" * 170, *"q" * 85]
    held = baskets(*lines(*orders))
    found = product_bundles(held, cross_sell(held, min_support=0.01), min_support=0.01)
    assert set(found["verdict"]) <= {"chance"}


def test_sure_pairs_stand_once_by_worth_with_their_customers():
    orders = [*["ab"] * 40, *["a"] * 10, *["cd"] * 60, *"efgh" * 40]
    rows = lines(*orders)
    rows += [("again", "c0", "2026-09-02", product, 10) for product in "ab"]
    held = baskets(*rows)
    found = sure_pairs(held, cross_sell(held, min_support=0.01))
    pairs = found[["product_id", "with_product_id", "order_count", "customer_count", "pair_count"]]
    # c0 bought a and b twice; who buys b always takes a, not the other way round.
    assert pairs.to_numpy().tolist() == [["c", "d", 60, 60, 2], ["b", "a", 41, 40, 2]]
    extra = (found["order_count"] - found["expected_count"]) * found["price"]
    assert found["extra_value"].tolist() == pytest.approx(extra.tolist())

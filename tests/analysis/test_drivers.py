import math
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.customer_flows import customer_flows
from crm_strategy.analysis.drivers import log_mean_split, revenue_drivers
from crm_strategy.analysis.price_volume_mix import price_volume_mix
from tests.analysis.builders import FEW, ORDER_LINES, at, order_lines, orders, table

BEFORE = {"previous_start": date(2026, 4, 1), "previous_end": date(2026, 6, 30)}
PERIODS = {"start": date(2026, 7, 1), "end": date(2026, 9, 30)} | BEFORE

an_order = st.tuples(
    st.sampled_from(["a", "b", "c", "d", None]),
    st.dates(date(2026, 2, 1), date(2026, 10, 10)),
    st.integers(-500, 2000).filter(bool).map(lambda cents: cents / 100),
)
a_line = st.tuples(
    st.sampled_from("pqrs"),
    st.dates(date(2026, 3, 1), date(2026, 10, 10)),
    st.integers(-500, 2000).filter(bool).map(lambda cents: cents / 100),
    st.sampled_from([None, 1.0, 2.0, 3.0]),
)


def lines(*rows):
    columns = ORDER_LINES | {"quantity": "float64"}
    return table(
        columns,
        [
            {
                "ordered_at": at(day),
                "product_id": product,
                "amount": float(amount),
                "quantity": quantity,
                "is_refund": amount < 0,
            }
            for product, day, amount, quantity in rows
        ],
    )


def split(order_rows, line_rows=()):
    return revenue_drivers(orders(*order_rows), lines(*line_rows), **PERIODS)


def contributions(found, name):
    rows = found[found["split"] == name] if "split" in found else found
    return dict(zip(rows["driver"], rows["contribution"], strict=True))


def test_split_of_a_product_matches_ang_2005_formula_of_14950():
    # 1000 × 2.0 × 50 → 1100 × 1.9 × 55, worked independently: methods of LMDI-I.
    before = {"customers": 1000, "frequency": 2.0, "order_value": 50}
    found = log_mean_split(before, {"customers": 1100, "frequency": 1.9, "order_value": 55})
    wanted = {"customers": 10226.92, "frequency": -5503.85, "order_value": 10226.92}
    assert found == pytest.approx(wanted, abs=0.005)
    assert math.fsum(found.values()) == pytest.approx(14_950, abs=1e-6)


def test_a_product_that_hardly_moves_is_split_as_exactly():
    before = {"x": 3.0, "y": 7.0}
    found = log_mean_split(before, {"x": 3.0 * (1 + 1e-12), "y": 7.0})
    assert found["x"] == pytest.approx(21e-12, rel=1e-3)
    assert found["y"] == 0


def test_a_factor_of_nothing_is_refused():
    with pytest.raises(ValueError, match=r"^factors must be above 0: they have no logarithm"):
        log_mean_split({"x": 0.0}, {"x": 1.0})


def test_flows_worked_by_hand():
    # a stays, 30 → 50. b is new, 20. c came back after the spring, 15. d is lost, 40.
    found = customer_flows(
        orders(
            ("a", "2026-05-01", 30),
            ("a", "2026-08-01", 50),
            ("b", "2026-08-02", 20),
            ("c", "2026-02-01", 99),
            ("c", "2026-08-03", 15),
            ("d", "2026-05-03", 40),
        ),
        **PERIODS,
    )
    assert contributions(found, "flows") == {"new": 20, "returned": 15, "retained": 20, "lost": -40}
    assert found["n"].tolist() == [1, 1, 1, 1]
    # c is 150 days ago when the period begins: for a window of that length never away.
    assert found["active_n"].tolist() == [0, 0, 0, 0]
    for days, active in ((149, 0), (150, 1)):
        again = customer_flows(orders(*CAME_BACK), **PERIODS, active_days=days)
        assert again.set_index("driver")["active_n"].to_dict() == {
            "new": 0,
            "returned": active,
            "retained": 0,
            "lost": 0,
        }


CAME_BACK = [("c", "2026-02-01", 99), ("c", "2026-08-03", 15)]


def test_money_of_a_flow_is_of_the_customers_counted_in_it():
    # c came back, but got 80 back in the spring; d is gone, and got 5 back: neither ordered then.
    found = customer_flows(
        orders(
            ("c", "2026-02-01", 99),
            ("c", "2026-04-02", -80),
            ("c", "2026-08-03", 15),
            ("d", "2026-05-03", 40),
            ("d", "2026-07-03", -5),
        ),
        **PERIODS,
    ).set_index("driver")
    assert found.loc[["returned", "lost"], "previous"].tolist() == [0, 40]
    assert found.loc[["returned", "lost"], "current"].tolist() == [15, 0]
    assert found.loc["refunds", ["previous", "current", "n", "previous_n"]].tolist() == [
        *(-80, -5, 1, 1)
    ]


def test_price_volume_and_mix_worked_by_hand():
    # p: 10 at 5 → 12 at 6. q: 10 at 1 → 20 at 1. Volume 20 → 32 at 3 each: +36. The mix leans
    # to the cheap q: 12·5 + 20·1 − 60·1.6 = −16. Price: 12·1 = +12. r is new, s is gone.
    found = price_volume_mix(
        lines(
            ("p", "2026-05-01", 50, 10.0),
            ("q", "2026-05-01", 10, 10.0),
            ("s", "2026-05-01", 7, 1.0),
            ("p", "2026-08-01", 72, 12.0),
            ("q", "2026-08-01", 20, 20.0),
            ("r", "2026-08-01", 9, None),
        ),
        **PERIODS,
    )
    wanted = {"volume": 36, "mix": -16, "price": 12, "products_new": 9, "products_gone": -7}
    assert contributions(found, "") == pytest.approx(wanted)


@FEW
@given(st.lists(an_order, max_size=12), st.lists(a_line, max_size=8))
def test_every_split_sums_to_the_change_to_the_cent(order_rows, line_rows):
    found = split(order_rows, line_rows)
    now, then = (
        sum(amount for _, day, amount in order_rows if first <= day <= last)
        for first, last in (
            (PERIODS["start"], PERIODS["end"]),
            (PERIODS["previous_start"], PERIODS["previous_end"]),
        )
    )
    for _, rows in found.groupby("split"):
        assert rows["contribution"].sum() == pytest.approx(now - then, abs=1e-6)


def test_orders_without_a_customer_are_a_driver_of_their_own():
    found = split([(None, "2026-05-01", 10), ("a", "2026-05-01", 5), ("a", "2026-08-01", 5)])
    for name in ("factors", "flows"):
        assert contributions(found, name)["no_customer"] == -10


def test_a_period_without_orders_has_no_factors():
    found = split([("a", "2026-08-01", 5)])
    assert contributions(found, "factors") == {"unsplit": 5}
    assert contributions(found, "flows")["new"] == 5


def test_without_the_whole_previous_period_there_is_nothing_to_compare():
    rows = orders(("a", "2026-04-02", 5), ("a", "2026-08-01", 5))
    known = {"first_day": date(2026, 4, 2), "active_days": 90}
    found = revenue_drivers(rows, lines(), **PERIODS, **known)
    assert found.empty
    assert list(found) == list(split([]))


def test_who_is_new_is_not_told_before_a_window_has_passed():
    rows = orders(("a", "2026-04-01", 5), ("a", "2026-08-01", 5))
    for days, splits in ((91, {"factors", "flows"}), (120, {"factors"})):
        known = {"first_day": date(2026, 4, 1), "active_days": days}
        found = revenue_drivers(rows, lines(), **PERIODS, **known)
        assert set(found["split"]) == splits


def test_revenue_that_no_line_shows_is_said():
    found = split([("a", "2026-08-01", 50)], [("p", "2026-08-01", 30, 1.0)])
    assert contributions(found, "products")["outside_lines"] == 20


def test_revenue_outside_lines_counts_the_customers_whose_orders_and_lines_differ():
    placed = [(who, f"2026-0{month}-01", 50) for who in "abcd" for month in (5, 8)]
    refunds = [("a", "2026-08-09", -7), ("b", "2026-08-10", -3), ("c", "2026-05-10", -2)]
    shown = order_lines(*((f"o{at}", *row[:2], "p", 50) for at, row in enumerate(placed)))
    # The refund of no known customer counts for none.
    rows = orders(*placed, *refunds, (None, "2026-08-11", -1))
    found = revenue_drivers(rows, shown, **PERIODS).set_index("driver").loc["outside_lines"]
    assert (found["contribution"], found["n"], found["previous_n"]) == (-9, 2, 1)


def test_without_lines_there_is_no_split_by_products():
    found = split([("a", "2026-08-01", 50), ("a", "2026-05-01", 50)])
    assert set(found["split"]) == {"factors", "flows"}
    assert isinstance(found, pd.DataFrame)


def test_lines_without_a_quantity_column_count_one_each():
    found = price_volume_mix(
        order_lines(("o1", "a", "2026-05-01", "p", 10), ("o2", "a", "2026-08-01", "p", 12)),
        **PERIODS,
    )
    wanted = {"volume": 0, "mix": 0, "price": 2, "products_new": 0, "products_gone": 0}
    assert contributions(found, "") == pytest.approx(wanted)


def bought(*rows):
    """Order lines of customers: customer, product, day, amount."""
    placed = [(f"o{at}", who, day, what, paid) for at, (who, what, day, paid) in enumerate(rows)]
    return order_lines(*placed)


def test_products_of_few_customers_are_in_the_money_and_customers_of_the_mix_they_count_in():
    rows = bought(
        *((f"c{at}", "p", "2026-05-01", 10) for at in range(4)),
        *((f"c{at}", "p", "2026-08-01", 12) for at in range(3)),
        ("x", "rare", "2026-08-01", 7),
        ("c0", "rare", "2026-08-01", 5),
        ("y", "last", "2026-05-01", 4),
    )
    plain = price_volume_mix(rows, **PERIODS).set_index("driver")
    assert plain.loc["mix", ["previous", "current", "n", "previous_n"]].tolist() == [40, 36, 3, 4]
    found = price_volume_mix(rows, **PERIODS, min_count=3).set_index("driver")
    assert sorted(found.index) == ["mix", "price", "volume"]
    # 7 and 5 came, 4 went: by one customer of the others (c0), and by x and y alone.
    assert found.loc["mix", ["previous", "current", "n", "previous_n"]].tolist() == [44, 48, 4, 5]
    assert found.loc["mix", "contribution"] == pytest.approx(plain.loc["mix", "contribution"] + 8)


@FEW
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdef"),
            st.sampled_from("pqrs"),
            st.sampled_from([date(2026, 5, 1), date(2026, 8, 1)]),
            st.integers(1, 2000).map(lambda cents: cents / 100),
        ),
        min_size=1,
        max_size=14,
    ),
    st.integers(0, 5),
)
def test_price_volume_and_mix_sum_to_the_change_that_their_rows_print(rows, least):
    found = price_volume_mix(bought(*rows), **PERIODS, min_count=least).set_index("driver")
    shared = found.loc[["volume", "mix", "price"]]
    assert shared["contribution"].sum() == pytest.approx(
        shared["current"].iloc[0] - shared["previous"].iloc[0], abs=1e-6
    )
    beside = found.drop(index=shared.index)
    assert beside["contribution"].tolist() == pytest.approx(
        (beside["current"] - beside["previous"]).tolist(), abs=1e-6
    )
    whole = price_volume_mix(bought(*rows), **PERIODS)
    assert found["contribution"].sum() == pytest.approx(whole["contribution"].sum(), abs=1e-6)

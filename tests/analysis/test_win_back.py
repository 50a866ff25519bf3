from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.win_back import (
    REASONS,
    lapsed_customers,
    win_back_offers,
    win_back_summary,
)
from crm_strategy.analysis.win_back_results import COLUMNS, win_back_results
from tests.analysis.builders import FEW, at, orders, records, table

AS_OF = date(2026, 9, 30)
CUSTOMERS = {
    "customer_id": "string",
    "segment": "string",
    "recency_days": "int64",
    "revenue": "float64",
}
VALUES = {
    "customer_id": "string",
    "p_alive": "float64",
    "p_no_order": "float64",
    "expected_spend": "float64",
    "expected_value": "float64",
}
EXPERIMENTS = {
    "experiment": "string",
    "variant": "string",
    "customer_id": "string",
    "assigned_at": "timestamp(6)",
    "size": "int64",
}
TERMS = {"discount": 0.1, "uplift": 0.1, "contact_cost": 1.0, "margin_rate": 0.5}


def people(*rows):
    """Customers as (id, segment, days since the last order, revenue)."""
    return table(CUSTOMERS, [dict(zip(CUSTOMERS, row, strict=True)) for row in rows])


def values(*rows):
    """Values as (id, P(alive), chance of no order, money of an order, expected value)."""
    return table(VALUES, [dict(zip(VALUES, row, strict=True)) for row in rows])


def offers(own, spend, **terms):
    lapsed = people(("a", "lost", 200, 50.0))
    found = win_back_offers(lapsed, values(("a", 0.5, 1 - own, spend, 7.0)), **TERMS | terms)
    return found.to_pandas().iloc[0]


def test_lapsed_are_those_whose_last_order_is_too_long_ago():
    found = lapsed_customers(
        people(("a", "new", 99, 1), ("b", "new", 100, 1), ("c", "lost", 500, 1)), active_days=100
    )
    assert sorted(records(found, "customer_id")) == [("b",), ("c",)]


def test_the_affordable_discount_worked_by_hand():
    # b = .2, u = .1 × .8 = .08, m = 50: (.08 × 50 − 1) / .28 = 10.714; planned are 10.
    row = offers(0.2, 100.0)
    assert row["affordable"] == pytest.approx(3 / 0.28)
    assert row["action"] == "offer"
    # .08 × 50 − .28 × 10 − 1
    assert row["gain"] == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("own", "spend", "terms", "action"),
    [
        (0.5, 100.0, {}, "remind"),  # (.05 × 50 − 1) / .55 = 2.7 of the 10 planned
        (0.2, 20.0, {}, "leave_alone"),  # .08 × 10 is less than a contact costs
        (0.0, 100.0, {"margin_rate": 0.0}, "leave_alone"),
        (0.5, 100.0, {"contact_cost": None, "discount": 0.0}, "offer"),
        (None, None, {}, "leave_alone"),
    ],
)
def test_what_to_do_follows_from_the_affordable_discount(own, spend, terms, action):
    chance = None if own is None else 1 - own
    found = win_back_offers(
        people(("a", "lost", 200, 50.0)), values(("a", None, chance, spend, None)), **TERMS | terms
    )
    assert records(found, "action") == [(action,)]


@pytest.mark.parametrize(
    ("own", "spend", "terms", "reason"),
    [
        (0.2, 100.0, {}, None),
        (0.2, 20.0, {}, "contact"),
        (0.2, 100.0, {"margin_rate": -0.1, "contact_cost": None}, "no_margin"),
        (None, None, {}, "not_known"),
    ],
)
def test_who_is_left_alone_is_so_for_a_reason(own, spend, terms, reason):
    chance = None if own is None else 1 - own
    found = win_back_offers(
        people(("a", "lost", 200, 50.0)), values(("a", None, chance, spend, None)), **TERMS | terms
    )
    assert records(found, "reason") == [(reason,)]
    counts = win_back_summary(found, by="action").to_pandas().iloc[0]
    for each in REASONS:
        assert counts[f"{each}_count"] == (each == reason)


@FEW
@given(own=st.floats(0, 0.99), spend=st.floats(1, 500), uplift=st.floats(0.01, 1))
def test_an_offer_at_the_affordable_discount_breaks_even(own, spend, uplift):
    most = offers(own, spend, uplift=uplift)["affordable"]
    if most > 0:
        again = offers(own, spend, uplift=uplift, discount=most / spend)
        assert again["gain"] == pytest.approx(0, abs=1e-9 * max(1.0, spend))


def test_segments_and_actions_add_up_to_the_lapsed():
    lapsed = people(("a", "lost", 200, 50.0), ("b", "lost", 300, 30.0), ("c", "loyal", 250, 90.0))
    worth = values(("a", 0.4, 0.8, 100, 5), ("b", 0.2, 0.5, 100, 3), ("c", 0.9, 0.8, 20, 9))
    found = win_back_offers(lapsed, worth, **TERMS)
    columns = ("customer_count", "past_revenue", "p_alive", "expected_value")
    assert records(win_back_summary(found), "segment", *columns) == [
        ("loyal", 1, 90.0, 0.9, 9.0),
        ("lost", 2, 80.0, pytest.approx(0.3), 8.0),
    ]
    assert dict(records(win_back_summary(found, by="action"), "action", "customer_count")) == {
        "offer": 1,
        "remind": 1,
        "leave_alone": 1,
    }
    by_segment = win_back_summary(found).to_pandas().set_index("segment")
    # 3 / .28 of a, (.05 × 50 − 1) / .55 of b; their orders are 100 each.
    assert by_segment.loc["lost", "discount_share"] == pytest.approx((3 / 0.28 + 1.5 / 0.55) / 200)


def test_nobody_lapsed_gives_empty_tables():
    found = win_back_offers(people(), values(), **TERMS)
    assert records(win_back_summary(found)) == []
    assert records(win_back_summary(found, by="action")) == []


def drawn(*rows, day="2026-07-01"):
    return table(
        EXPERIMENTS,
        [
            {"experiment": "t", "variant": v, "customer_id": c, "assigned_at": at(day)}
            for v, c in rows
        ],
    )


def results(experiments, *rows, **terms):
    window = {"active_days": 100, "days": 30, "as_of": AS_OF} | terms
    return win_back_results(experiments, orders(*rows), **window)


def test_returned_of_the_lapsed_against_the_hold_out_worked_by_hand():
    old = [(f"{group}{n}", "2026-01-01", 10) for group in "ck" for n in range(80)]
    back = [(f"c{n}", "2026-07-10", 10) for n in range(56)]
    back += [(f"k{n}", "2026-07-10", 10) for n in range(48)]
    groups = [("call", f"c{n}") for n in range(70)] + [("control", f"k{n}") for n in range(80)]
    found = results(drawn(*groups), *old, *back)
    assert records(found, "variant", "customer_count", "returned_count") == [
        ("control", 80, 48),
        ("call", 70, 56),
    ]
    # 56/70 against 48/80: Newcombe (1998), table II, method 10.
    assert records(found, "difference_low", "difference_high")[1] == pytest.approx(
        (0.0524, 0.3339), abs=5e-5
    )
    assert found["verdict"].tolist()[1] == "more"


def test_only_those_who_had_lapsed_and_had_time_to_return_are_counted():
    groups = drawn(*[("control", each) for each in ("old", "fresh", "never", "late")])
    rows = [
        ("old", "2026-01-01", 5),
        ("old", "2026-08-01", 5),  # day 31: too late
        ("fresh", "2026-06-01", 5),
        ("late", "2026-02-01", 5),
        ("late", "2026-07-05", -5),  # a refund is no return
        ("never", "2026-07-10", 5),  # first order after the draw: nobody who had lapsed
    ]
    found = results(groups, *rows)
    assert records(found, "customer_count", "returned_count") == [(2, 0)]


@pytest.mark.parametrize("rows", [[], [("control", "a")]])
def test_tests_too_young_or_without_lapsed_customers_are_not_shown(rows):
    found = results(drawn(*rows, day="2026-09-10"), ("a", "2026-01-01", 5))
    assert (len(found), tuple(found.columns)) == (0, COLUMNS)

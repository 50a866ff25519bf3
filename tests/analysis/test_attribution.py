from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.attribution import credited_orders, last_touch_credit
from tests.analysis.builders import FEW, orders, records, touches

START, END = date(2026, 7, 1), date(2026, 9, 30)

an_order = st.tuples(
    st.sampled_from(["a", "b", "c", None]),
    st.dates(date(2026, 5, 1), date(2026, 10, 31)),
    st.integers(-500, 2000).map(lambda cents: cents / 100),
)
a_touch = st.tuples(
    st.sampled_from(["a", "b", "c", None]),
    st.dates(date(2026, 5, 1), date(2026, 10, 31)),
    st.sampled_from(["email", "sms", "call"]),
)


def channels(order_rows, touch_rows, lookback_days=30):
    found = credited_orders(
        orders(*order_rows),
        touches(*touch_rows),
        start=START,
        end=END,
        lookback_days=lookback_days,
    )
    return records(found.order_by("order_id"), "order_id", "channel", "is_first")


def credit(order_rows, touch_rows):
    return last_touch_credit(
        orders(*order_rows), touches(*touch_rows), start=START, end=END, lookback_days=30
    )


def test_the_last_touch_before_an_order_is_credited():
    assert channels(
        [("a", "2026-08-01 12:00", 5), ("a", "2026-08-02 12:00", 5), ("b", "2026-08-01", 5)],
        [
            ("a", "2026-07-20", "email"),
            ("a", "2026-08-01 11:59", "sms"),
            ("a", "2026-08-01 12:01", "call"),
            ("a", "2026-08-02 12:01", "email"),
        ],
    ) == [("o1", "sms", True), ("o2", "call", False), ("o3", None, True)]


def test_a_touch_of_the_same_moment_comes_first():
    assert channels([("a", "2026-08-01 12:00", 5)], [("a", "2026-08-01 12:00", "sms")]) == [
        ("o1", "sms", True)
    ]


@pytest.mark.parametrize(("days", "channel"), [(31, "email"), (30, None)])
def test_a_touch_older_than_the_lookback_earns_nothing(days, channel):
    found = channels([("a", "2026-08-01", 5)], [("a", "2026-07-01", "email")], lookback_days=days)
    assert found == [("o1", channel, True)]


def test_a_touch_before_the_period_can_be_credited_and_an_earlier_order_makes_this_no_first():
    found = channels(
        [("a", "2026-06-01", 5), ("a", "2026-07-02", 5)], [("a", "2026-06-20", "email")]
    )
    assert found == [("o2", "email", False)]


def test_an_order_of_midnight_sharp_is_placed_at_the_end_of_its_day():
    assert channels([("a", "2026-08-01 00:00", 5)], [("a", "2026-08-01 15:00", "sms")]) == [
        ("o1", "sms", True)
    ]


def test_credit_worked_by_hand():
    found = credit(
        [
            ("a", "2026-08-01", 10),
            ("a", "2026-08-05", 20),
            ("b", "2026-08-05", 40),
            ("b", "2026-08-06", -40),
            (None, "2026-08-06", 80),
        ],
        [("a", "2026-07-30", "email"), ("a", "2026-08-04", "sms")],
    )
    assert records(found) == [("email", 1, 1, 10.0), ("sms", 1, 0, 20.0), (None, 1, 1, 40.0)]


@FEW
@given(st.lists(an_order), st.lists(a_touch))
def test_credit_adds_up_to_the_orders_of_the_period(order_rows, touch_rows):
    found = credit(order_rows, touch_rows).to_pandas()
    placed = [row for row in order_rows if row[0] is not None and row[2] >= 0]
    inside = [row for row in placed if START <= row[1] <= END]
    before = {who for who, when, _ in placed if when < START}
    assert found["order_count"].sum() == len(inside)
    assert found["revenue"].sum() == pytest.approx(sum(amount for *_, amount in inside))
    assert found["new_customers"].sum() == len({who for who, *_ in inside} - before)


@FEW
@given(st.lists(an_order), st.lists(a_touch), st.randoms(use_true_random=False))
def test_row_order_does_not_matter(order_rows, touch_rows, random):
    mixed = random.sample(touch_rows, len(touch_rows))
    before, after = (records(credit(order_rows, each)) for each in (touch_rows, mixed))
    assert before == after


def test_no_orders_or_no_touches_are_no_error():
    assert records(credit([], [("a", "2026-08-01", "email")])) == []
    assert records(credit([("a", "2026-08-01", 5)], [])) == [(None, 1, 1, 5.0)]

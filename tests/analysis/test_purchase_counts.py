"""Purchase counts: frequency, recency, T, and money net of refunds."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.purchase_counts import (
    buying_histories,
    holdout_counts,
    purchase_counts,
    spend_counts,
    unique_counts,
)
from tests.analysis.builders import FEW, orders, records
from tests.analysis.cdnow import CALIBRATION_END, HOLDOUT_END, cdnow

AS_OF = date(2026, 9, 30)


def counts(*rows, as_of=AS_OF):
    found = purchase_counts(orders(*rows), as_of=as_of).order_by("customer_id")
    return records(found, "frequency", "recency", "T", "monetary_value", "revenue")


def test_counts_of_four_purchases_by_hand():
    assert counts(
        ("ann", "2026-07-02", 10), ("ann", "2026-07-12", 20), ("ann", "2026-09-20", 40)
    ) == [(2, 80, 90, 30.0, 70.0)]


def test_orders_of_one_day_are_one_purchase():
    assert counts(
        ("ann", "2026-09-01", 10),
        ("ann", "2026-09-11 09:00", 20),
        ("ann", "2026-09-11 18:00", 5),
    ) == [(1, 10, 29, 25.0, 35.0)]


def test_a_refund_is_no_purchase_and_lessens_all_purchases_alike():
    # 100 bought, 20 given back: each purchase counts four fifths.
    assert counts(
        ("ann", "2026-09-01", 40), ("ann", "2026-09-11", 60), ("ann", "2026-09-20", -20)
    ) == [(1, 10, 29, 48.0, 80.0)]


def test_who_gave_back_more_than_was_bought_spends_nothing_per_purchase():
    assert counts(
        ("ann", "2026-09-01", 40), ("ann", "2026-09-11", 60), ("ann", "2026-09-20", -120)
    ) == [(1, 10, 29, 0.0, -20.0)]


def test_who_only_gave_back_is_no_customer():
    assert counts(("ann", "2026-09-01", -40)) == []


def test_free_orders_are_purchases():
    assert counts(("ann", "2026-09-01", 0), ("ann", "2026-09-11", 0)) == [(1, 10, 29, 0.0, 0.0)]


def test_orders_after_the_last_day_are_not_known():
    assert counts(("ann", "2026-09-30", 5), ("ann", "2026-10-01", 7)) == [(0, 0, 0, 0.0, 5.0)]


def test_without_orders_there_are_no_counts():
    assert counts() == []


def test_customers_alike_share_a_row():
    table = purchase_counts(
        orders(("ann", "2026-09-01", 1), ("bob", "2026-09-01", 9), ("cyd", "2026-09-02", 1)),
        as_of=AS_OF,
    )
    assert records(unique_counts(table)) == [(0, 0, 28, 1), (0, 0, 29, 2)]


def test_wider_classes_stand_at_their_means():
    table = purchase_counts(
        orders(
            *(("ann", day, 1) for day in ("2026-09-01", "2026-09-11")),
            *(("bob", day, 1) for day in ("2026-09-02", "2026-09-11")),
        ),
        as_of=AS_OF,
    )
    assert records(unique_counts(table, step_days=7)) == [(1, 9.5, 28.5, 2)]


def test_spending_of_repeat_buyers_who_paid():
    table = purchase_counts(
        orders(
            *(("ann", "2026-09-01", 1), ("ann", "2026-09-11", 100)),
            *(("bob", "2026-09-01", 5), ("bob", "2026-09-12", 100.2)),
            *(("cyd", "2026-09-01", 1), ("dan", "2026-09-01", 1), ("dan", "2026-09-02", 0)),
        ),
        as_of=AS_OF,
    )
    assert records(spend_counts(table)) == [(1, 100.0, 1), (1, 100.2, 1)]
    assert records(spend_counts(table, width=0.01)) == [(1, pytest.approx(100.1), 2)]


def test_counts_of_cdnow_match_fader_hardie_lee_2005():
    table = purchase_counts(cdnow(), as_of=CALIBRATION_END).to_pandas()
    repeaters = table[table["frequency"] > 0]
    assert (len(table), len(repeaters), table["frequency"].sum()) == (2357, 946, 2457)
    assert len(table[["frequency", "recency", "T"]].drop_duplicates()) == 1016
    assert repeaters["monetary_value"].mean() == pytest.approx(35.078, abs=5e-4)


def test_holdout_of_cdnow_has_the_published_orders():
    table = holdout_counts(cdnow(), calibration_end=CALIBRATION_END, as_of=HOLDOUT_END)
    unique = unique_counts(table).to_pandas()
    assert (unique["n"].sum(), len(unique), unique["holdout_orders"].sum()) == (2357, 1016, 1882)


def a_purchase():
    day = st.integers(0, 60).map(lambda back: AS_OF - timedelta(days=back))
    return st.tuples(st.sampled_from("abcd"), day, st.integers(-30, 60))


@FEW
@given(rows=st.lists(a_purchase(), min_size=1, max_size=30), shuffle=st.randoms())
def test_the_order_of_rows_decides_nothing(rows, shuffle):
    mixed = rows.copy()
    shuffle.shuffle(mixed)
    assert counts(*rows) == counts(*mixed)


@FEW
@given(rows=st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_days_far_apart_and_days_alike_are_counted_as_a_calendar_would(rows):
    days = [AS_OF - timedelta(days=back) for back in rows]
    found = counts(*(("ann", f"{day} 12:00", 1) for day in days))
    first, last = min(days), max(days)
    assert [row[:3] for row in found] == [
        (len(set(days)) - 1, (last - first).days, (AS_OF - first).days)
    ]


@FEW
@given(rows=st.lists(a_purchase(), min_size=1, max_size=30))
def test_counts_hold_what_the_papers_demand(rows):
    table = purchase_counts(orders(*rows), as_of=AS_OF)
    frame = table.to_pandas()
    names = ("customer_id", "frequency", "recency", "T")
    without_money = buying_histories(orders(*rows), as_of=AS_OF)
    assert sorted(records(without_money)) == sorted(records(frame, *names))
    assert ((frame["recency"] >= 0) & (frame["recency"] <= frame["T"])).all()
    assert ((frame["frequency"] == 0) == (frame["recency"] == 0)).all()
    assert (frame["monetary_value"] >= 0).all()
    assert unique_counts(table).to_pandas()["n"].sum() == len(frame)


@FEW
@given(rows=st.lists(a_purchase(), min_size=1, max_size=30))
def test_the_holdout_takes_nothing_from_what_was_known(rows):
    end = AS_OF - timedelta(days=20)
    held = holdout_counts(orders(*rows), calibration_end=end, as_of=AS_OF)
    known = purchase_counts(orders(*rows), as_of=end).order_by("customer_id")
    names = ("customer_id", "frequency", "recency", "T")
    assert records(held.order_by("customer_id"), *names) == records(known, *names)

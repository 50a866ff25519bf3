from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.active_windows import window_of_no_few
from crm_strategy.analysis.lifecycle import (
    STAGES,
    active_window,
    customer_stages,
    lifecycle,
    repurchase_gap_days,
)
from crm_strategy.analysis.period_counts import order_counts
from crm_strategy.analysis.spans import Span
from tests.analysis.builders import FEW, orders, records

START, END = date(2026, 7, 1), date(2026, 9, 30)
QUARTER = Span("2026-Q3", START, END)

an_order = st.tuples(
    st.sampled_from(["a", "b", "c", "d", "e", None]),
    st.dates(date(2025, 10, 1), date(2026, 10, 31)),
    st.integers(-500, 2000).map(lambda cents: cents / 100),
)


def stages(*rows, active_days=92):
    return customer_stages(orders(*rows), start=START, end=END, active_days=active_days)


def test_one_customer_of_each_stage_worked_by_hand():
    # With 92 days an order of 31 March is 91 days before 30 June: still active then.
    found = stages(
        ("new", "2026-08-01", 10),
        ("retained", "2026-03-31", 5),
        ("retained", "2026-07-01", 20),
        ("returned", "2026-03-30", 5),
        ("returned", "2026-09-30", 30),
        ("lapsed", "2026-06-30", 40),
        ("long gone", "2025-06-30", 40),
        ("later", "2026-10-01", 40),
        (None, "2026-08-01", 40),
    )
    assert records(found.order_by("customer_id")) == [
        ("lapsed", "lapsed", 0.0),
        ("new", "new", 10.0),
        ("retained", "retained", 20.0),
        ("returned", "returned", 30.0),
    ]


def test_a_long_window_retains_who_did_not_order_in_the_period():
    found = stages(("a", "2026-06-01", 5), active_days=180)
    assert records(found) == [("a", "retained", 0.0)]


def test_the_window_is_at_least_the_period():
    # Ordered on the first day, 91 days before the end: active all the same.
    assert records(stages(("a", "2026-07-01", 5), active_days=7)) == [("a", "new", 5.0)]


def test_a_refund_is_no_order_but_counts_in_revenue():
    found = stages(("a", "2026-06-30", 50), ("a", "2026-07-05", -50), ("b", "2026-07-05", -9))
    assert records(found) == [("a", "lapsed", -50.0)]


def test_lifecycle_lists_all_stages_in_order_even_empty_ones():
    assert records(lifecycle(stages(("a", "2026-08-01", 10), ("b", "2026-06-01", 10)))) == [
        ("new", 1, 10.0),
        ("retained", 0, 0.0),
        ("returned", 0, 0.0),
        ("lapsed", 1, 0.0),
    ]


def test_no_orders_give_no_stages():
    assert records(lifecycle(stages())) == []


@FEW
@given(st.lists(an_order), st.integers(1, 200))
def test_active_customers_are_the_new_the_retained_and_the_returned(rows, active_days):
    window = max(active_days, 92)
    found = dict(records(lifecycle(stages(*rows, active_days=active_days)), *_COUNTS))
    last = {}
    for who, when, amount in rows:
        if who is not None and amount >= 0 and when <= END:
            last[who] = max(when, last.get(who, when))
    active = sum(when > END - timedelta(days=window) for when in last.values())
    assert sum(found.get(stage, 0) for stage in STAGES[:3]) == active


_COUNTS = ("stage", "customer_count")


@FEW
@given(st.lists(an_order), st.integers(1, 200))
def test_stages_and_kpi_counts_agree(rows, active_days):
    found = dict(records(lifecycle(stages(*rows, active_days=active_days)), *_COUNTS))
    counts = order_counts(orders(*rows), periods=[QUARTER], active_days=active_days)
    of = counts.fillna(0).loc[QUARTER.id]
    assert found.get("new", 0) == of["new"]
    assert found.get("retained", 0) == of["retained"]
    assert found.get("returned", 0) == of["active_end"] - of["new"] - of["retained"]
    assert found.get("lapsed", 0) == of["active_start"] - of["retained"]


@FEW
@given(st.lists(an_order), st.randoms(use_true_random=False))
def test_row_order_does_not_matter(rows, random):
    before = records(lifecycle(stages(*rows)), *_COUNTS)
    after = records(lifecycle(stages(*random.sample(rows, len(rows)))), *_COUNTS)
    assert before == after


def test_repurchase_gap_of_ten_gaps_worked_by_hand():
    # Gaps of 1, 2, … 10 days; the 0.9 quantile lies at 9.1, rounded up.
    days = [date(2026, 1, 1) + timedelta(days=n * (n + 1) // 2) for n in range(11)]
    table = orders(*(("a", day, 5) for day in days))
    assert repurchase_gap_days(table, as_of=END) == 10
    assert repurchase_gap_days(table, as_of=END, quantile=0.5) == 6


def test_orders_of_one_day_are_no_gap():
    table = orders(
        ("a", "2026-01-01 09:00", 5),
        ("a", "2026-01-01 18:00", 5),
        ("a", "2026-01-11 08:00", 5),
        ("a", "2026-01-05", -5),
    )
    assert repurchase_gap_days(table, as_of=END) == 10


@pytest.mark.parametrize("rows", [[], [("a", "2026-01-01", 5), ("b", "2026-02-01", 5)]])
def test_without_a_second_order_there_is_no_gap(rows):
    assert repurchase_gap_days(orders(*rows), as_of=END) is None


def test_the_active_window_is_chosen_or_measured_and_covers_the_longest_period():
    year_ago = Span("2025-Q3", date(2025, 7, 1), date(2025, 9, 30))
    table = orders(("a", "2026-01-01", 5), ("a", "2026-05-01", 5))
    periods = [year_ago, QUARTER]
    assert active_window(table, as_of=END, periods=periods) == 120
    assert active_window(table, as_of=END, periods=periods, chosen=365) == 365
    assert active_window(table, as_of=END, periods=periods, chosen=30) == 92
    assert active_window(orders(), as_of=END, periods=periods) == 92


def test_the_active_window_holds_no_few_who_did_not_order_in_the_period():
    # Orders come within 93 days, the quarter has 92: one ordered on the day before it.
    rows = [("often", "2026-06-01", 5), ("often", "2026-09-02", 5), ("late", "2026-06-30", 5)]
    rows += [(f"late{n}", "2026-06-24", 5) for n in range(9)]
    made, asked = orders(*rows), {"as_of": END, "periods": [QUARTER]}
    assert active_window(made, **asked) == 93
    assert active_window(made, **asked, min_count=10) == (END - date(2026, 6, 24)).days + 1
    # No longer window leaves nobody, or enough.
    assert active_window(orders(*rows[:3]), **asked, min_count=10) == 93
    # What is chosen is so.
    assert active_window(made, **asked, chosen=95, min_count=10) == 95


def test_the_active_window_holds_no_few_who_came_back_though_they_were_active():
    # In the quarter, not in the one before, and last seen 101 or 112 days before it began.
    before = Span("2026-Q2", date(2026, 4, 1), date(2026, 6, 30))
    seen = (END, START - timedelta(days=101), START - timedelta(days=112))
    days = [day.isoformat() for day in seen]
    rows = [(f"back{n}", day, 5) for n in range(3) for day in days[:2]]
    rows += [(f"later{n}", day, 5) for n in range(8) for day in (days[0], days[2])]
    found = window_of_no_few(orders(*rows), [before, QUARTER], days=105, min_count=10)
    # All eleven were active when the quarter began, not three of them.
    assert found == 112


def test_the_active_window_would_rather_hold_a_few_who_came_back_than_a_few_without_an_order():
    # One of ten is held from 95 days on, all from 100. From 96 on also three who came back.
    before = Span("2026-Q2", date(2026, 4, 1), date(2026, 6, 30))
    last = [END - timedelta(days=94), *[END - timedelta(days=99)] * 9]
    rows = [(f"gone{n}", day.isoformat(), 5) for n, day in enumerate(last)]
    long_ago = (START - timedelta(days=96)).isoformat()
    rows += [(f"back{n}", day, 5) for n in range(3) for day in (long_ago, END.isoformat())]
    rows += [(f"quiet{n}", long_ago, 5) for n in range(7)]
    found = window_of_no_few(orders(*rows), [before, QUARTER], days=95, min_count=10)
    assert found == 100

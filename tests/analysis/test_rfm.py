"""Scores, segments and their sums."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.rfm import (
    SEGMENTS,
    customer_segments,
    cut_points,
    rf_grid,
    rfm_scores,
    segment_summary,
)
from tests.analysis.builders import FEW, orders, records, table
from tests.analysis.rfm_orders import AS_OF, SCORES, an_order


def test_scores_of_five_customers_worked_by_hand():
    # Strictly worse: none for a (oldest, dearest), 1 of 5 for b, … so recency 1 2 3 4 5.
    # Orders 1 1 1 1 2: four customers tie at none worse, e has 4 of 5 worse.
    # Revenue 50 40 30 20 and 5 + 5: worse are 4 3 2 1 0.
    table = orders(
        ("a", "2026-05-31", 50),
        ("b", "2026-06-30", 40),
        ("c", "2026-07-31", 30),
        ("d", "2026-08-31", 20),
        ("e", "2026-09-29", 5),
        ("e", "2026-09-30", 5),
    )
    assert records(rfm_scores(table, as_of=AS_OF).order_by("customer_id")) == [
        ("a", 122, 1, 50.0, 1, 1, 5),
        ("b", 92, 1, 40.0, 2, 1, 4),
        ("c", 61, 1, 30.0, 3, 1, 3),
        ("d", 30, 1, 20.0, 4, 1, 2),
        ("e", 0, 2, 10.0, 5, 5, 1),
    ]


def test_refunds_lessen_revenue_and_are_no_orders():
    table = orders(("a", "2026-08-01", 50), ("a", "2026-09-01", -20))
    assert records(rfm_scores(table, as_of=AS_OF), "recency_days", "order_count", "revenue") == [
        (60, 1, 30.0)
    ]


def test_who_never_ordered_or_is_unknown_or_ordered_later_has_no_score():
    table = orders(("a", "2026-08-01", -5), (None, "2026-08-01", 10), ("b", "2026-10-01", 10))
    assert records(rfm_scores(table, as_of=AS_OF)) == []


def test_an_order_in_the_last_minute_of_the_day_counts():
    table = orders(("a", "2026-09-30 23:59", 5), ("b", "2026-10-01 00:00", 5))
    assert records(rfm_scores(table, as_of=AS_OF), "customer_id", "recency_days") == [("a", 0)]


def test_the_order_of_addition_decides_no_score():
    # In floating point 0.1 + 0.2 + 0.3 is not 0.3 + 0.2 + 0.1.
    table = orders(
        *(("a", "2026-08-01", amount) for amount in (0.1, 0.2, 0.3)),
        *(("b", "2026-08-01", amount) for amount in (0.3, 0.2, 0.1)),
    )
    assert len(set(records(rfm_scores(table, as_of=AS_OF), "monetary_score"))) == 1


@pytest.mark.parametrize(("bins", "middle"), [(2, 1), (4, 2), (5, 3), (10, 5)])
def test_what_tells_nobody_apart_scores_the_middle_and_of_days_the_best(bins, middle):
    table = orders(*((who, day, 20) for who in "abc" for day in ("2026-08-01", "2026-09-01")))
    scores = rfm_scores(table, as_of=AS_OF, bins=bins)
    found = records(scores, "recency_score", "frequency_score", "monetary_score")
    assert found == [(bins, middle, middle)] * 3


def test_customers_all_alike_who_keep_buying_are_not_called_new():
    table = orders(*((who, f"2026-0{month}-01", 20) for who in "abc" for month in range(5, 10)))
    scores = rfm_scores(table, as_of=AS_OF)
    for segment_map in ("named", "grid"):
        found = customer_segments(scores, segment_map=segment_map)
        assert set(records(found, "segment")) == {("potential",)}


def test_buyers_of_a_single_day_are_neither_lost_nor_asleep():
    # Of 15 customers three ordered once, twelve up to five times, all on one day.
    table = orders(*((f"c{n}", "2026-09-30", 10 + n) for n in range(15) for _ in range(n // 3 + 1)))
    found = customer_segments(rfm_scores(table, as_of=AS_OF)).to_pandas()
    assert set(found["segment"]) == {"champions", "potential", "new"}


def test_where_all_customers_keep_on_alike_nobody_moves():
    table = orders(*((who, f"2026-0{month}-15", 20) for who in "abc" for month in range(1, 10)))
    scores = rfm_scores(table, as_of=AS_OF)
    before = rfm_scores(table, as_of=date(2026, 6, 30), cuts=cut_points(scores))
    now, then = (
        records(customer_segments(each).order_by("customer_id"), "customer_id", "segment")
        for each in (scores, before)
    )
    assert then == now


def test_customers_who_all_ordered_once_for_the_same_have_the_least_of_both():
    table = orders(("a", "2026-08-01", 20), ("b", "2026-09-01", 20), ("c", "2026-09-20", 20))
    found = records(rfm_scores(table, as_of=AS_OF), "frequency_score", "monetary_score")
    assert found == [(1, 1)] * 3


@FEW
@given(st.lists(an_order, min_size=1))
def test_equal_customers_score_alike(rows):
    scores = rfm_scores(orders(*rows), as_of=AS_OF).to_pandas()
    for measure, score in (
        ("recency_days", "recency_score"),
        ("order_count", "frequency_score"),
        ("revenue", "monetary_score"),
    ):
        assert (scores.groupby(measure)[score].nunique() == 1).all()


@FEW
@given(st.lists(an_order, min_size=1), st.integers(2, 10))
def test_a_score_is_one_plus_the_share_strictly_worse(rows, bins):
    scores = rfm_scores(orders(*rows), as_of=AS_OF, bins=bins).to_pandas()
    if scores["order_count"].nunique() == 1 and scores["order_count"].iloc[0] > 1:
        assert set(scores["frequency_score"]) == {(bins + 1) // 2}
        return
    for count, score in zip(scores["order_count"], scores["frequency_score"], strict=True):
        worse = (scores["order_count"] < count).sum()
        assert score == 1 + worse * bins // len(scores)


@FEW
@given(st.lists(an_order, min_size=1), st.randoms(use_true_random=False))
def test_row_order_does_not_matter(rows, random):
    mixed = random.sample(rows, len(rows))
    before, after = (
        records(rfm_scores(orders(*each), as_of=AS_OF).order_by("customer_id"))
        for each in (rows, mixed)
    )
    assert before == after


@FEW
@given(st.lists(an_order, min_size=1))
def test_money_in_cents_gives_the_same_scores(rows):
    in_cents = [(who, when, amount * 100) for who, when, amount in rows]
    euros, cents = (
        records(rfm_scores(orders(*each), as_of=AS_OF).order_by("customer_id"), "monetary_score")
        for each in (rows, in_cents)
    )
    assert euros == cents


@FEW
@given(st.lists(an_order))
def test_segments_add_up_to_all_customers_who_ordered(rows):
    customers = customer_segments(rfm_scores(orders(*rows), as_of=AS_OF))
    summary = segment_summary(customers).to_pandas()
    seen = [row for row in rows if row[0] is not None and row[1] <= AS_OF]
    buyers = {who for who, _, amount in seen if amount >= 0}
    assert summary["customer_count"].sum() == len(buyers)
    assert summary["order_count"].sum() == sum(amount >= 0 for _, _, amount in seen)
    assert summary["revenue"].sum() == pytest.approx(
        sum(amount for who, _, amount in seen if who in buyers)
    )
    if buyers:
        assert summary["customer_share"].sum() == pytest.approx(1)
        assert set(summary["segment"]) <= set(SEGMENTS)


def test_summary_of_two_segments_worked_by_hand():
    summary = segment_summary(
        table(
            SCORES | {"segment": "string"},
            [
                {"segment": "champions", "order_count": 4, "revenue": 300.0, "recency_days": 2},
                {"segment": "champions", "order_count": 2, "revenue": 60.0, "recency_days": 5},
                {"segment": "lost", "order_count": 1, "revenue": 40.0, "recency_days": 400},
            ],
        )
    )
    assert records(summary.drop("p_alive", "expected_orders", "expected_value", "kpi")) == [
        ("champions", 2, pytest.approx(2 / 3), 360.0, 0.9, 60.0, 3.0, 3.5, 6),
        ("lost", 1, pytest.approx(1 / 3), 40.0, 0.1, 40.0, 1.0, 400.0, 1),
    ]


def test_shares_of_no_revenue_have_no_value():
    customers = customer_segments(rfm_scores(orders(("a", "2026-08-01", 0)), as_of=AS_OF))
    assert records(segment_summary(customers), "customer_count", "revenue_share") == [(1, None)]


@pytest.mark.parametrize(
    ("bins", "levels"),
    [
        (2, [1, 5]),
        (3, [1, 3, 5]),
        (4, [1, 2, 4, 5]),
        (5, [1, 2, 3, 4, 5]),
        (6, [1, 2, 3, 3, 4, 5]),
        (10, [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]),
    ],
)
def test_other_bins_are_spread_over_the_five_levels_of_the_map(bins, levels):
    # 111 is lost, 222 hibernating, 333 potential, 444 loyal, 555 champions.
    names = {1: "lost", 2: "hibernating", 3: "potential", 4: "loyal", 5: "champions"}
    rows = [
        {
            "customer_id": f"{score:02}",
            "recency_score": score,
            "frequency_score": score,
            "monetary_score": score,
        }
        for score in range(1, bins + 1)
    ]
    segments = customer_segments(table(SCORES, rows), bins=bins, segment_map="codes")
    segments = segments.order_by("customer_id")
    assert [name for (name,) in records(segments, "segment")] == [names[each] for each in levels]


def test_no_orders_give_empty_tables():
    customers = customer_segments(rfm_scores(orders(), as_of=AS_OF))
    assert records(customers) == []
    assert records(segment_summary(customers)) == []
    assert records(rf_grid(customers)) == []
    assert cut_points(customers) == {"recency_days": (), "order_count": (), "revenue": ()}


def test_a_recency_that_all_share_is_the_best_for_nobody_came_later():
    scores = rfm_scores(
        orders(("a", "2026-08-01", 9), ("b", "2026-08-01", 5), ("b", "2026-08-01 13:00", 5)),
        as_of=AS_OF,
    )
    assert records(scores.order_by("customer_id"), "recency_score", "frequency_score") == [
        (5, 1),
        (5, 3),
    ]


def test_one_order_is_one_customer_of_one_segment():
    customers = customer_segments(rfm_scores(orders(("a", "2026-08-01", 9)), as_of=AS_OF))
    assert records(segment_summary(customers)) == [
        ("new", 1, 1.0, 9.0, 1.0, 9.0, 1.0, None, None, None, "repeat_rate", 60.0, 1)
    ]


def test_what_is_expected_of_a_segment_is_a_mean_per_customer_and_the_money_of_all():
    customers = table(
        SCORES | {"segment": "string"},
        [
            {"customer_id": each, "segment": "new", "order_count": 1, "revenue": 1.0}
            for each in "abc"
        ],
    )
    values = table(
        dict.fromkeys(["p_alive", "expected_orders", "expected_value"], "float64")
        | {"customer_id": "string"},
        [
            {"customer_id": "a", "p_alive": 0.5, "expected_orders": 2.0, "expected_value": 30.0},
            {"customer_id": "b", "p_alive": 0.7, "expected_orders": 1.0, "expected_value": 10.0},
        ],
    )
    summary = segment_summary(customers, values)
    assert records(
        summary, "customer_count", "p_alive", "expected_orders", "expected_value", "kpi"
    ) == [(3, pytest.approx(0.6), 1.5, 40.0, "repeat_rate")]

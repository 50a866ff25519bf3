import math
import statistics
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from crm_strategy.analysis.intervals import share_interval
from crm_strategy.analysis.kpis import KPI_IDS, kpi_history
from crm_strategy.analysis.period_counts import order_counts
from crm_strategy.analysis.spans import Span
from crm_strategy.words.kpis import KPIS
from tests.analysis.builders import FEW, orders, records
from tests.analysis.kpi_cases import Q2, Q3, history, values

MIDDLE = Span("2026-05-15..2026-08-15", date(2026, 5, 15), date(2026, 8, 15))

an_order = st.tuples(
    st.sampled_from(["a", "b", "c", "d", "e", None]),
    st.dates(date(2025, 12, 1), date(2026, 10, 31)),
    st.integers(-500, 2000).map(lambda cents: cents / 100),
)


def interval(kpi, *rows, **more):
    found = history(*rows, **more).set_index(["kpi", "period"]).loc[(kpi, Q3.id)]
    return found["low"], found["high"]


HAND = (
    ("a", "2026-05-01", 100),  # a: active at the start, orders twice in Q3
    ("a", "2026-07-05", 30),
    ("a", "2026-08-05", 50),
    ("b", "2026-06-01", 40),  # b: active at the start, lapses
    ("c", "2026-09-01", 70),  # c: new
    ("c", "2026-09-03", -20),  # a refund
    ("d", "2025-12-01", 60),  # d: comes back after long
    ("d", "2026-09-30", 25),
    (None, "2026-08-01", 15),  # a till sale
)


def test_order_kpis_of_a_small_quarter_worked_by_hand():
    found = values(*HAND)
    assert {kpi: value for kpi, value in found.items() if value is not None} == pytest.approx(
        {
            "revenue": 170,  # 30 + 50 + 70 − 20 + 25 + 15
            "order_count": 5,  # the refund is none
            "active_customers": 3,  # a, c, d
            "active_share": 3 / 4,  # of a, b, c, d
            "new_customers": 1,  # c
            "customer_retention_rate": 1 / 2,  # a of a and b
            "churn_rate": 1 / 2,
            "repeat_rate": 1 / 3,  # a of a, c and d
            "average_order_value": 34,  # 170 / 5
            "purchase_frequency": 4 / 3,  # a twice, c and d once
        }
    )


def test_history_lists_each_kpi_of_each_period_with_its_kind():
    found = history(*HAND)
    assert records(found, "kpi", "period", "unit") == [
        (kpi, span.id, KPIS[kpi].kind) for kpi in KPI_IDS for span in (Q2, Q3)
    ]
    first = found.set_index(["kpi", "period"]).loc[("revenue", Q2.id)]
    assert (first["value"], first["n"], first["start"], first["end"]) == (140, 2, Q2.start, Q2.end)


def test_shares_bear_wilson_intervals_of_their_base():
    assert interval("customer_retention_rate", *HAND) == pytest.approx(share_interval(1, 2))
    assert interval("active_share", *HAND) == pytest.approx(share_interval(3, 4))
    assert interval("repeat_rate", *HAND) == pytest.approx(share_interval(1, 3))


def test_the_mean_order_bears_students_t_interval():
    amounts = [30.0, 50.0, 71.5, 25.0]
    rows = [("a", Q3.start + timedelta(days=n), amount) for n, amount in enumerate(amounts)]
    error = statistics.stdev(amounts) / math.sqrt(4)
    expected = student.interval(0.95, 3, statistics.fmean(amounts), error)
    assert interval("average_order_value", *rows) == pytest.approx(expected)


def test_a_refund_widens_the_interval_of_the_mean_order():
    rows = [("a", "2026-08-01", 50), ("b", "2026-08-02", 52), ("c", "2026-08-03", 54)]
    low, high = interval("average_order_value", *rows)
    low_after, high_after = interval("average_order_value", *rows, ("c", "2026-08-04", -54))
    assert high_after - low_after > high - low


def test_purchase_frequency_bears_students_t_interval():
    error = statistics.stdev([2, 1, 1]) / math.sqrt(3)
    expected = student.interval(0.95, 2, 4 / 3, error)
    assert interval("purchase_frequency", *HAND) == pytest.approx(expected)


def test_no_data_have_no_value_never_zero():
    assert set(values().values()) == {None}


def test_a_period_before_the_first_order_has_no_value():
    found = values(("a", "2026-08-01", 5), period=Q2)
    assert set(found.values()) == {None}


def test_a_quiet_period_between_has_zero_orders_and_no_mean():
    found = values(("a", "2026-02-01", 5), ("a", "2026-08-01", 5), period=Q2)
    assert (found["revenue"], found["order_count"], found["new_customers"]) == (0, 0, 0)
    assert (found["average_order_value"], found["repeat_rate"]) == (None, None)


def test_one_order_of_one_customer():
    found = values(("a", "2026-08-01", 5))
    assert (found["revenue"], found["active_share"], found["repeat_rate"]) == (5, 1, 0)
    assert found["customer_retention_rate"] is None


def test_refunds_alone_are_revenue_without_orders():
    found = values(("a", "2026-08-01", -5))
    assert (found["revenue"], found["order_count"]) == (-5, 0)
    assert found["average_order_value"] is None
    assert found["active_share"] is None


@FEW
@given(st.lists(an_order), st.integers(1, 250))
def test_counts_equal_a_count_by_sets(rows, active_days):
    found = order_counts(orders(*rows), periods=[Q2, Q3, MIDDLE], active_days=active_days)
    window = timedelta(days=max(active_days, 93))
    placed = [(who, when) for who, when, amount in rows if who is not None and amount >= 0]

    def active(end):
        return {who for who, when in placed if end - window < when <= end}

    for span in (Q2, Q3, MIDDLE):
        got = found.loc[span.id]
        if math.isnan(got["order_count"]):
            assert not any(when <= span.end for _, when, _ in rows)
            continue
        bought = [who for who, when in placed if span.start <= when <= span.end]
        before = {who for who, when in placed if when < span.start}
        start, end = active(span.start - timedelta(days=1)), active(span.end)
        assert got["buyers"] == len(set(bought))
        assert got["repeaters"] == sum(bought.count(who) > 1 for who in set(bought))
        assert got["new"] == len(set(bought) - before)
        assert got["ever"] == len(before | set(bought))
        assert (got["active_start"], got["active_end"]) == (len(start), len(end))
        assert got["retained"] == len(start & end)
        inside = [amount for _, when, amount in rows if span.start <= when <= span.end]
        assert got["revenue"] == pytest.approx(sum(inside))
        assert got["order_count"] == sum(amount >= 0 for amount in inside)


@FEW
@given(st.lists(an_order))
def test_retention_is_end_less_new_over_start_when_nobody_returned(rows):
    counts = order_counts(orders(*rows), periods=[Q2, Q3], active_days=92).loc[Q3.id]
    returned = counts["active_end"] - counts["new"] - counts["retained"]
    found = values(*rows)["customer_retention_rate"]
    if returned == 0 and counts["active_start"] > 0:
        by_formula = (counts["active_end"] - counts["new"]) / counts["active_start"]
        assert found == pytest.approx(by_formula)


@FEW
@given(st.lists(an_order), st.randoms(use_true_random=False))
def test_row_order_does_not_matter(rows, random):
    before = values(*rows)
    after = values(*random.sample(rows, len(rows)))
    assert before == pytest.approx(after)


def test_overlapping_and_repeated_periods_are_counted_as_if_alone():
    together = history(*HAND, periods=[Q3, MIDDLE, Q3, Q2])
    assert together["period"].unique().tolist() == [Q2.id, MIDDLE.id, Q3.id]
    alone = history(*HAND, periods=[MIDDLE], active_days=93)
    mine = together[together["period"] == MIDDLE.id].reset_index(drop=True)
    assert mine.equals(alone)


def test_more_periods_than_a_mask_holds_are_refused():
    days = [Span(f"d{n}", *(date(2026, 1, 1) + timedelta(days=n),) * 2) for n in range(62)]
    with pytest.raises(ValueError, match=r"^62 periods; 61 in a row can be counted at once$"):
        order_counts(orders(), periods=days, active_days=1)
    found = order_counts(orders(("a", "2026-01-02", 5)), periods=days[1:], active_days=61)
    assert found["active_end"].tolist() == [1] * 61


def test_active_customers_tell_the_few_who_did_not_order_in_the_period():
    # One ordered on the day before the quarter: within a window of 93 days still active.
    rows = [(f"now{n}", "2026-08-01", 5) for n in range(12)] + [("late", "2026-06-30", 5)]
    found = kpi_history(orders=orders(*rows), periods=[Q3], active_days=93)
    told = found.set_index("kpi")["smallest_count"]
    assert told["active_customers"] == told["active_share"] == 1

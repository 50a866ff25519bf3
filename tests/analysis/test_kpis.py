import math
import statistics
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from crm_strategy.analysis.intervals import share_interval
from crm_strategy.analysis.kpis import KPI_IDS, kpi_actuals, kpi_history
from crm_strategy.analysis.period_counts import order_counts
from crm_strategy.analysis.spans import Span
from crm_strategy.words.kpis import KPIS
from tests.analysis.builders import FEW, costs, orders, records, surveys, touches

Q2 = Span("2026-Q2", date(2026, 4, 1), date(2026, 6, 30))
Q3 = Span("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))
MIDDLE = Span("2026-05-15..2026-08-15", date(2026, 5, 15), date(2026, 8, 15))

an_order = st.tuples(
    st.sampled_from(["a", "b", "c", "d", "e", None]),
    st.dates(date(2025, 12, 1), date(2026, 10, 31)),
    st.integers(-500, 2000).map(lambda cents: cents / 100),
)


def history(*rows, periods=(Q2, Q3), active_days=92, **more):
    given_tables = {"orders": orders(*rows), "touches": touches(), "surveys": surveys()}
    return kpi_history(
        **(given_tables | {"costs": costs()} | more), periods=periods, active_days=active_days
    )


def values(*rows, period=Q3, **more):
    found = history(*rows, **more)
    return {kpi: value for (kpi, _), value in kpi_actuals(found, period=period).items()}


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


def test_csat_is_the_share_of_the_two_best_boxes():
    answers = surveys(
        *(("csat", "2026-08-01", score) for score in (5, 4, 4, 3, 1)),
        ("csat", "2026-08-01", 9, 10),
        ("csat", "2026-08-01", 8, 10),
        ("csat", "2026-08-01", 2, 3),
        ("csat", "2026-08-01", None),
    )
    found = history(("a", "2026-08-01", 5), surveys=answers).set_index(["kpi", "period"])
    assert found.loc[("csat", Q3.id), "value"] == 4 / 8
    assert found.loc[("csat", Q3.id), "n"] == 8


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        # methods.md: 50 promoters, 30 passives, 20 detractors.
        ([10] * 50 + [8] * 30 + [0] * 20, 30),
        # CDCgov/prime-reportstream#5281: 18, 11, 2.
        ([9] * 18 + [7] * 11 + [6] * 2, 100 * 16 / 31),
        # R package IUHhelpers: the missing answer does not count.
        ([1, 8, 8, 10, 5, None, 9], 0),
    ],
)
def test_nps_matches_published_cases(scores, expected):
    answers = surveys(*(("nps", "2026-08-01", score) for score in scores))
    assert values(("a", "2026-08-01", 5), surveys=answers)["nps"] == pytest.approx(expected)


def test_answers_of_other_periods_and_kinds_do_not_count():
    answers = surveys(("nps", "2026-05-01", 10), ("csat", "2026-08-01", 5))
    found = values(("a", "2026-08-01", 5), surveys=answers)
    assert (found["nps"], found["csat"]) == (None, 1)


def test_conversion_needs_touch_and_order_in_the_period_and_in_time():
    rows = (
        ("in time", "2026-08-31 23:00", 5),
        ("too late", "2026-09-01 00:10", 5),
        ("order before", "2026-07-31", 5),
        ("touched before the period", "2026-07-01", 5),
        ("ordered after the period", "2026-10-01", 5),
        ("never touched", "2026-08-01", 5),
    )
    made = touches(
        ("in time", "2026-08-01 10:00", "email"),
        ("too late", "2026-08-01 10:00", "email"),
        ("order before", "2026-08-01 10:00", "email"),
        ("touched before the period", "2026-06-30", "email"),
        ("ordered after the period", "2026-09-30", "email"),
    )
    found = history(*rows, touches=made).set_index(["kpi", "period"])
    # Touched in Q3: four; the order of 31 August came 30 days after the touch.
    assert found.loc[("conversion_rate", Q3.id), "value"] == 1 / 4
    assert found.loc[("conversion_rate", Q3.id), "n"] == 4


def test_an_order_without_a_time_of_day_comes_after_the_touches_of_its_day():
    made = touches(("a", "2026-08-01 10:00", "email"), ("b", "2026-08-01 10:00", "email"))
    rows = (("a", "2026-08-01 00:00", 5), ("b", "2026-08-01 09:59", 5))
    assert values(*rows, touches=made)["conversion_rate"] == 1 / 2


MARKETING = costs(
    ("email", date(2026, 7, 1), date(2026, 7, 31), 31.0),
    ("ads", date(2026, 6, 1), date(2026, 7, 30), 60.0),  # 30 of its 60 days in Q3
    ("ads", date(2026, 8, 1), date(2026, 8, 1), 500.0, "goods"),
    ("ads", date(2026, 8, 1), date(2026, 8, 1), 500.0, "media", "planned"),
    ("ads", date(2026, 8, 1), None, 9.0, "people", "actual"),
)


def test_marketing_cost_and_cac_worked_by_hand():
    found = values(("a", "2026-08-01", 5), ("b", "2026-08-01", 5), costs=MARKETING)
    assert found["marketing_cost"] == pytest.approx(31 + 30 + 9)
    assert found["cac"] == pytest.approx(70 / 2)


def test_a_period_the_cost_file_is_silent_about_has_no_cost():
    later = [Q3, Span("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))]
    rows = (("a", "2026-08-01", 5), ("b", "2026-11-01", 5))
    found = values(*rows, costs=MARKETING, periods=later, period=later[1])
    assert (found["marketing_cost"], found["cac"]) == (None, None)


def test_roi_credits_the_margin_of_touched_orders_only():
    # Margin of all with a known cost: (60 − 30) + (40 − 10) of 100: 0.6. Credited: a and c;
    # c's cost is unknown, so it earns 0.6 × 50. ROI = (30 + 30 − 10) / 10.
    rows = (
        ("a", "2026-08-10", 60, 30),
        ("b", "2026-08-10", 40, 10),
        ("c", "2026-08-10", 50),
    )
    made = touches(("a", "2026-08-01", "email"), ("c", "2026-08-01", "email"))
    spent = costs(("email", Q3.start, Q3.end, 10.0))
    found = values(*rows, touches=made, costs=spent)
    assert found["roi"] == pytest.approx(5)
    assert found["gross_margin"] == pytest.approx(30 + 30 + 30)


@pytest.mark.parametrize(("margin_rate", "roi", "margin"), [(0.5, 4, 50), (None, 9, None)])
def test_without_costs_of_goods_margin_is_a_rate_or_revenue_itself(margin_rate, roi, margin):
    found = values(
        ("a", "2026-08-10", 100),
        touches=touches(("a", "2026-08-01", "email")),
        costs=costs(("email", Q3.start, Q3.end, 10.0)),
        margin_rate=margin_rate,
    )
    assert found["roi"] == pytest.approx(roi)
    assert found["gross_margin"] == margin


def test_a_refund_takes_the_cost_of_its_goods_back():
    sold, returned = ("a", "2026-08-01", 100, 60), ("a", "2026-08-05", -100, 60)
    assert values(sold, returned)["gross_margin"] == 0


def test_touches_that_earned_nothing_return_minus_one():
    found = values(
        ("a", "2026-08-10", 100),
        touches=touches(("b", "2026-08-01", "email")),
        costs=costs(("email", Q3.start, Q3.end, 10.0)),
    )
    assert found["roi"] == -1


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

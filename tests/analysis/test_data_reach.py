from datetime import date

import ibis
import pytest

from crm_strategy.analysis.data_reach import Reach, kpi_reach
from crm_strategy.analysis.goal_actuals import goal_actuals
from crm_strategy.analysis.spans import Span
from tests.analysis.builders import costs, orders, surveys, touches
from tests.analysis.kpi_cases import Q2, Q3, history

FIRST = date(2026, 1, 1)
BOUGHT = [("a", "2026-01-05", 10), ("a", "2026-05-20", 10), ("a", "2026-08-20", 10)]


def daily(first, last):
    """A touch of one customer every fifth day."""
    days = range(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1, 5)
    return touches(*(("a", date.fromordinal(day).isoformat(), "email") for day in days))


def known(kpi, **given):
    found = history(*BOUGHT, first_day=FIRST, **given)
    rows = found[(found["kpi"] == kpi) & found["value"].notna()]
    return rows["period"].tolist()


@pytest.mark.parametrize(
    ("first", "last", "covered"),
    [
        ("2026-04-04", "2026-09-30", ["2026-Q2", "2026-Q3"]),  # within a week of the first day
        ("2026-05-10", "2026-09-30", ["2026-Q3"]),  # from the middle of the first quarter on
        ("2026-04-01", "2026-08-31", ["2026-Q2"]),  # an export that ends a month early
        ("2026-05-10", "2026-08-31", []),
    ],
)
def test_conversion_has_no_value_where_touches_cover_a_part_of_the_period(first, last, covered):
    assert known("conversion_rate", touches=daily(first, last)) == covered


def test_contacts_once_a_month_cover_the_quarter_that_they_begin_in():
    # On the 20th of each month: 19 days before the first, 30 between two of them.
    monthly = touches(*(("a", f"2026-{month:02}-20", "email") for month in range(4, 10)))
    assert known("conversion_rate", touches=monthly) == ["2026-Q2", "2026-Q3"]


def test_roi_needs_touches_from_the_days_on_that_credit_the_first_orders():
    spent = costs(("email", date(2026, 1, 1), date(2026, 9, 30), 90))
    from_april = {"touches": daily("2026-04-01", "2026-09-30"), "costs": spent}
    assert known("roi", **from_april) == ["2026-Q3"]
    assert known("conversion_rate", **from_april) == ["2026-Q2", "2026-Q3"]
    assert known("roi", **from_april, lookback_days=7) == ["2026-Q2", "2026-Q3"]


@pytest.mark.parametrize(
    ("booked", "covered"),
    [
        ([(5, 1, 31), (6, 1, 30), (7, 1, 31), (8, 1, 31), (9, 1, 30)], ["2026-Q3"]),
        ([(4, 1, 30), (5, 1, 31), (6, 1, 30), (7, 1, 31), (8, 1, 31)], ["2026-Q2"]),
        # Invoices of single days, a month apart.
        ([(month, 15, 15) for month in range(4, 10)], ["2026-Q2", "2026-Q3"]),
    ],
)
def test_marketing_cost_has_no_value_where_costs_cover_a_part_of_the_period(booked, covered):
    rows = [("email", date(2026, m, start), date(2026, m, end), 30) for m, start, end in booked]
    assert known("marketing_cost", costs=costs(*rows)) == covered


def test_costs_of_goods_and_plans_do_not_make_costs_known():
    rows = [
        ("email", date(2026, 7, 1), date(2026, 9, 30), 30),
        ("email", date(2026, 4, 1), date(2026, 6, 30), 30, "goods"),
        ("email", date(2026, 10, 1), date(2026, 12, 31), 30, "media", "planned"),
    ]
    reach = kpi_reach(None, costs(*rows), lookback_days=30)["marketing_cost"]
    assert reach == Reach(date(2026, 6, 24), date(2026, 10, 7))


def test_without_a_first_day_all_tables_cover_all_periods():
    late = touches(("a", "2026-09-20", "email"))
    found = history(*BOUGHT, touches=late)
    rows = found[(found["kpi"] == "conversion_rate") & (found["period"] == "2026-Q3")]
    assert rows["value"].notna().all()


def test_what_was_not_supplied_has_no_reach():
    assert kpi_reach(None, None, lookback_days=30) == {}
    assert kpi_reach(touches(), costs(), lookback_days=30) == {}
    assert set(kpi_reach(None, costs(("a", FIRST, None, 1)), lookback_days=3)) == {
        *("marketing_cost", "cac", "ltv_to_cac", "payback_months")
    }


def test_a_segment_of_newcomers_has_a_conversion_though_its_own_touches_begin_late():
    both = touches(
        *(("a", f"2026-{month:02}-{day:02}", "email") for month in range(1, 10) for day in (1, 15)),
        *(("b", f"2026-09-{day:02}", "email") for day in range(10, 30)),
    )
    bought = orders(*BOUGHT, ("b", "2026-09-15", 10))
    members = orders(("b", "2026-09-15", 10)).mutate(segment=ibis.literal("new"))
    terms = {"surveys": surveys(), "active_days": 92, "first_day": FIRST}
    actuals, _ = goal_actuals(
        history(*BOUGHT), members, segments=["new"], period=Q3, orders=bought, touches=both, **terms
    )
    assert actuals["conversion_rate", "new"] == 1.0


def test_a_period_lies_within_its_reach_with_both_its_ends():
    reach = Reach(Q2.start, Q3.end)
    assert reach.covers(Span("both", Q2.start, Q3.end))
    assert not reach.covers(Span("before", date(2026, 3, 31), Q3.end))
    assert not reach.covers(Span("after", Q2.start, date(2026, 10, 1)))

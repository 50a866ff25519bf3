from datetime import date

import ibis
import pandas as pd
import pytest

from crm_strategy.analysis.goal_actuals import goal_actuals, goal_segments, segments_on_dates
from crm_strategy.analysis.kpis import kpi_history
from crm_strategy.analysis.rfm import customer_segments, rfm_scores
from crm_strategy.analysis.spans import Span
from tests.analysis.builders import costs, orders, surveys, touches

QUARTER = Span("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))
TABLES = {
    "orders": orders(("a", "2026-07-02", 10), ("b", "2026-07-03", 20), ("a", "2026-09-04", 40)),
    "touches": touches(("a", "2026-07-01", "email")),
    "surveys": surveys(),
    "costs": costs(("email", date(2026, 7, 1), date(2026, 9, 30), 30.0)),
}


def test_a_segment_is_judged_by_its_own_customers_and_carries_no_channel_costs() -> None:
    customers = customer_segments(rfm_scores(TABLES["orders"], as_of=QUARTER.end))
    segment = dict(customers.select("customer_id", "segment").to_pandas().to_numpy())["b"]
    history = kpi_history(**TABLES, periods=[QUARTER], active_days=92)
    actuals, smallest = goal_actuals(
        history,
        customers,
        **TABLES,
        segments=["all", segment],
        period=QUARTER,
        active_days=92,
    )
    assert actuals["revenue", "all"] == pytest.approx(70)
    assert actuals["revenue", segment] == pytest.approx(20)
    assert actuals["marketing_cost", "all"] == pytest.approx(30)
    assert ("marketing_cost", segment) not in actuals
    # Two customers in all, one of them in the segment.
    assert smallest["revenue", "all"] == 2
    assert smallest["revenue", segment] == 1


def test_a_segments_goal_is_counted_in_the_period_of_its_date_by_who_was_in_it_then() -> None:
    before = Span("2026-Q2", date(2026, 4, 1), date(2026, 6, 30))
    placed = orders(("a", "2026-05-02", 10), ("b", "2026-07-03", 20), ("a", "2026-09-04", 40))
    then = {before.end: ["a"], QUARTER.end: ["b"]}

    def members(*, as_of: date) -> ibis.Table:
        return ibis.memtable({"customer_id": then[as_of], "segment": ["own"]})

    goals = [
        {"goal_id": "past", "kpi": "revenue", "segment": "own", "by": before.end},
        {"goal_id": "now", "kpi": "revenue", "segment": "own", "by": QUARTER.start},
        {"goal_id": "everyone", "kpi": "revenue", "segment": "all", "by": before.end},
        {"goal_id": "ahead", "kpi": "revenue", "segment": "own", "by": date(2026, 12, 31)},
        {"goal_id": "costs", "kpi": "cac", "segment": "own", "by": before.end},
    ]
    terms = TABLES | {"orders": placed, "active_days": 92}
    found = segments_on_dates(goals, members, periods=[before, QUARTER], **terms)
    assert sorted(found) == ["costs", "now", "past"]
    assert found["past"] == (10.0, 1.0)
    assert found["now"] == (20.0, 1.0)
    assert pd.isna(found["costs"][0])


def test_segments_of_goals_are_those_of_a_day_by_scores_and_by_own_rules() -> None:
    asked = {
        "rules": lambda people: {"twice": people.order_count >= 2},
        "scores": {"bins": 5},
        "segments": {"bins": 5},
    }
    people = ibis.memtable({"customer_id": ["a", "b"]})

    def twice(day: date) -> set[str]:
        found = goal_segments(TABLES["orders"], people, as_of=day, **asked)
        rows = found.to_pandas()
        assert len(rows) == 2 * rows["customer_id"].nunique()
        return set(rows.loc[rows["segment"] == "twice", "customer_id"])

    assert twice(date(2026, 7, 31)) == set()
    assert twice(QUARTER.end) == {"a"}

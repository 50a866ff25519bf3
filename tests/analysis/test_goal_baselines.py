from datetime import date

import pytest

from crm_strategy.analysis.goal_baselines import restated_baselines
from crm_strategy.analysis.kpis import kpi_history
from tests.analysis.test_restatements import PERIODS, Q3, change, shop, slower


def goal(baseline, *, kpi="active_customers", at=date(2026, 6, 30), segment="all"):
    row = {"goal_id": "g", "kpi": kpi, "segment": segment}
    return row | {"baseline": baseline, "baseline_at": at}


THEN = (change(Q3, active_days=180),)


def restated(*goals, made=None, days=92, stated=THEN, **more):
    terms = {"orders": shop() if made is None else made, "periods": PERIODS, "active_days": days}
    history = kpi_history(**terms)
    return restated_baselines(list(goals), history, stated=list(stated), **terms, **more)


# At the end of June 32 were active by the 180 days of then, 20 by the 92 of today.
@pytest.mark.parametrize(
    ("baseline", "found"),
    [
        (32.0, {"g": 20.0}),
        (31.8, {"g": 20.0}),  # as people round
        (20.0, {}),  # of today's definition already
        (26.0, {}),  # no figure of that report
        (None, {}),
    ],
)
def test_a_baseline_as_it_was_reported_is_counted_anew(baseline, found):
    assert restated(goal(baseline)) == found


def test_only_a_baseline_of_all_customers_and_of_a_kpi_that_moved_is_counted_anew():
    assert restated(goal(32.0, segment="new")) == {}
    assert restated(goal(200.0, kpi="revenue")) == {}
    assert restated(goal(32.0, at=date(2020, 6, 30))) == {}
    # The period of its day was reported by today's definition.
    assert restated(goal(20.0, at=Q3.end)) == {}
    assert restated(goal(32.0), stated=()) == {}
    assert restated() == {}


def test_a_baseline_by_days_that_the_data_set_moves_with_them():
    # By the 100 days of the first report 40 were active on 31 March, by the 150 of today 70.
    goals = [goal(40.0, at=date(2026, 3, 31))]
    moved = {"made": slower(), "days": 150, "stated": ()}
    assert restated(*goals, **moved) == {"g": 70.0}
    assert restated(*goals, **moved, chosen=150) == {}


def test_a_baseline_that_differs_by_few_customers_is_not_counted_anew():
    # Twelve tell the difference.
    assert restated(goal(32.0), min_count=12) == {"g": 20.0}
    assert restated(goal(32.0), min_count=13) == {}

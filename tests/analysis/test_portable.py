"""The analyses stay lazy, and other engines' SQL can be written for them."""

from datetime import date

import ibis
import pytest

from crm_strategy.analysis import (
    acquisition,
    attribution,
    cohorts,
    conversion_time,
    group_orders,
    journey_paths,
    journey_times,
    journeys,
    lifecycle,
    moments,
    products,
    replenishment,
    rfm,
    segment_migration,
    touchpoint_evidence,
    win_back,
)
from crm_strategy.analysis.spans import Span
from tests.analysis.builders import ORDER_LINES, ORDERS, TOUCHES

VALUES = {
    "customer_id": "string",
    "p_alive": "float64",
    "p_no_order": "float64",
    "expected_spend": "float64",
    "expected_value": "float64",
}
PEOPLE = {
    "customer_id": "string",
    "order_count": "int64",
    "revenue": "float64",
    "recency_days": "int64",
    "first_order": "timestamp(6)",
    "birth_date": "date",
}
START, END = date(2026, 7, 1), date(2026, 9, 30)
PERIOD = {"start": START, "end": END}


def results():
    orders = ibis.table(ORDERS, name="orders")
    touches = ibis.table(TOUCHES, name="touches")
    lines = ibis.table(ORDER_LINES, name="order_lines")
    sources = ibis.table({"customer_id": "string", "source_channel": "string"}, name="customers")
    customers = rfm.customer_segments(rfm.rfm_scores(orders, as_of=END))
    stages = lifecycle.customer_stages(orders, **PERIOD, active_days=92)
    both = PERIOD | {"previous_start": START, "previous_end": END}
    layer = [Span("2026-Q3", START, END)]
    cells = group_orders.order_cells(orders, layer, active_days=92)
    members = customers.select("customer_id", group=customers.segment)
    trade, base = group_orders.group_sums(cells, layer, members=members)
    by_refund = group_orders.order_cells(
        orders.mutate(group=orders.is_refund.cast("string")), layer, active_days=92, group="group"
    )
    divided, people = group_orders.group_sums(by_refund, layer)
    return {
        "group_orders": trade,
        "group_customers": base,
        "divided_orders": divided,
        "customers_of_divided_orders": people,
        "segments": rfm.segment_summary(customers),
        "rf_grid": rfm.rf_grid(customers),
        "migration": segment_migration.segment_migration(
            customers, customers, orders, start=START, end=END
        ),
        "lifecycle": lifecycle.lifecycle(stages),
        "cohorts": cohorts.cohort_retention(orders, as_of=END),
        "touchpoints": journeys.touchpoint_use(touches, orders, **PERIOD, conversion_days=30),
        "funnel": journeys.stage_funnel(touches, orders, **PERIOD, conversion_days=30),
        "transitions": journeys.transitions(touches, orders, **PERIOD),
        "sessions": journey_times.journey_times(
            touches,
            orders,
            [journey_times.Stage("touched"), journey_times.Stage("cart", ("cart",))],
            **PERIOD,
            conversion_days=None,
            gap_minutes=30,
        ),
        "conversion_time": conversion_time.conversion_time(
            touches, orders, **PERIOD, lookback_days=30
        ),
        "evidence": touchpoint_evidence.segment_touchpoint_use(
            touches, orders, customers, **PERIOD, conversion_days=30
        ),
        "credit": attribution.last_touch_credit(orders, touches, **PERIOD, lookback_days=30),
        "new_customers": acquisition.new_customers(orders, sources, touches, **PERIOD),
        "paths": journey_paths.journey_paths(touches, orders, **PERIOD, lookback_days=30),
        "products": products.product_revenue(lines, **both),
        "categories": products.category_revenue(lines, **both),
        "win_back": win_back.win_back_summary(
            win_back.win_back_offers(
                win_back.lapsed_customers(customers, active_days=92),
                ibis.table(VALUES, name="values"),
                discount=0.1,
                uplift=0.05,
            )
        ),
        "moments": moments.moments(
            ibis.table(PEOPLE, name="people"), orders, as_of=END, days=92, active_days=92
        ),
        "replenishment": replenishment.replenishment(lines, as_of=END),
    }


@pytest.mark.parametrize("dialect", ["clickhouse", "postgres"])
def test_every_table_is_lazy_and_has_sql_for_other_engines(dialect):
    for name, result in results().items():
        # Tables without data: anything that executed would have failed by now.
        assert isinstance(result, ibis.Table), name
        assert ibis.to_sql(result, dialect=dialect), name

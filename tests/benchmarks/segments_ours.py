"""All segment kinds and migration by this package, as notebook 03 asks for them."""

from datetime import date
from pathlib import Path

import pandas as pd

from crm_strategy.analysis import (
    attributes,
    lifecycle,
    order_totals,
    preferences,
    profiles,
    rfm,
    satisfaction,
    segment_kinds,
    segment_migration,
)
from crm_strategy.data import engine
from crm_strategy.data.expressions import compile_condition
from crm_strategy.plan.expression import parse_expression
from tests.benchmarks.analysis_task import ACTIVE_DAYS
from tests.benchmarks.segments_task import KINDS, LEAST_CUSTOMERS, PERIOD, RULE, TABLES


def results(data: Path, as_of: date) -> dict[str, pd.DataFrame]:
    """The two results; see `segments_task`."""
    connection = engine.connect()
    tables = {name: connection.read_parquet(data / f"{name}.parquet") for name in TABLES}
    orders, customers, lines = (tables[name] for name in ("orders", "customers", "order_lines"))
    totals = order_totals.order_totals(orders, as_of=as_of, start=PERIOD.start).cache()
    people = profiles.profiles_of_totals(totals, customers, as_of=as_of).cache()
    scores = rfm.scores_of_profiles(people).cache()
    segments = rfm.customer_segments(scores)
    stages = lifecycle.stages_of_totals(
        totals, start=PERIOD.start, end=PERIOD.end, active_days=ACTIVE_DAYS
    )
    stated = attributes.customer_attributes(people, as_of=as_of)
    chosen = preferences.customer_preferences(orders, lines, people, as_of=as_of)
    described = attributes.common_values(stated, chosen, min_count=LEAST_CUSTOMERS)
    name, rule = RULE
    columns = {column: people[column] for column in people.columns}
    sources = segment_kinds.Sources(
        profiles=people,
        scores=scores,
        stages=stages,
        values=people.select("customer_id", expected_value=people.revenue),
        attributes=described,
        answers=satisfaction.satisfaction_answers(tables["surveys"], as_of=as_of),
        touches=tables["touches"],
        leads=tables["leads"],
        all_orders=orders,
        start=PERIOD.start,
        end=PERIOD.end,
        rules={name: compile_condition(parse_expression(rule), columns)},
    )
    members = segment_kinds.members_by_kind(KINDS, sources)
    earlier = order_totals.earlier_behaviour(totals, start=PERIOD.start)
    then = rfm.scores_of_profiles(earlier, cuts=rfm.cut_points(scores))
    migration = segment_migration.migration_of_totals(rfm.customer_segments(then), segments, totals)
    kinds = segment_kinds.segments_by_kind(members, people).to_pandas()
    kinds["order_count"] = kinds["purchase_frequency"] * kinds["customer_count"]
    return {
        "kinds": kinds[["kind", "segment", "customer_count", "revenue", "order_count"]],
        "migration": migration.to_pandas(),
    }

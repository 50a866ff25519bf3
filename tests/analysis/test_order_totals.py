from datetime import date, timedelta

import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from crm_strategy.analysis.order_totals import earlier_behaviour, order_totals
from crm_strategy.analysis.profiles import customer_behaviour
from crm_strategy.analysis.segment_migration import migration_of_totals, segment_migration
from tests.analysis.builders import FEW, ORDERS, at, orders, records, table

START, END = date(2026, 7, 1), date(2026, 9, 30)


def totals(*rows):
    return order_totals(orders(*rows), as_of=END, start=START).order_by("customer_id")


def test_totals_tell_what_was_before_the_period_worked_by_hand():
    found = totals(
        *(("a", "2026-06-30", 50), ("a", "2026-07-01", 30), ("a", "2026-07-01", 20)),
        *(("a", "2026-06-29", -5), ("b", "2026-09-30", 7), ("b", "2026-10-01", 99)),
        *(("c", "2026-08-01", -3), (None, "2026-08-01", 3)),
    )
    first, last = at("2026-06-30"), at("2026-07-01")
    only = at("2026-09-30")
    assert records(found) == [
        ("a", 3, 95.0, first, last, 1, 45.0, first, 50.0),
        ("b", 1, 7.0, only, only, 0, None, None, 7.0),
    ]


def test_without_a_period_totals_are_of_the_day_alone():
    found = order_totals(orders(("a", "2026-07-01", 30)), as_of=END)
    assert found.columns[1:] == ("order_count", "revenue", "first_order", "last_order")


def an_order():
    amount = st.integers(-500, 2000).map(lambda cents: cents / 100)
    return st.tuples(st.sampled_from("abc"), st.dates(date(2026, 5, 1), END), amount)


@FEW
@given(st.lists(an_order(), max_size=20))
def test_what_was_before_the_period_is_what_was_known_then(rows):
    placed = orders(*rows)
    day_before = START - timedelta(days=1)
    then = earlier_behaviour(totals(*rows), start=START).order_by("customer_id")
    known = customer_behaviour(placed, as_of=day_before).order_by("customer_id")
    assert records(then) == records(known.select(*then.columns))


@FEW
@given(st.lists(an_order(), max_size=20))
def test_migration_of_totals_is_that_of_orders(rows):
    kinds = {"customer_id": "string", "segment": "string"}
    now = table(kinds, [{"customer_id": who, "segment": "x"} for who in {row[0] for row in rows}])
    then = now.filter(now.customer_id != "a")
    buyers = totals(*rows)
    now = now.semi_join(buyers, "customer_id")
    told = migration_of_totals(then, now, buyers).to_pandas()
    of_orders = segment_migration(then, now, orders(*rows), start=START, end=END).to_pandas()
    assert_frame_equal(told, of_orders)


@pytest.mark.parametrize("dialect", ["clickhouse", "postgres"])
def test_totals_have_sql_for_other_engines(dialect):
    found = order_totals(ibis.table(ORDERS, name="orders"), as_of=END, start=START)
    assert ibis.to_sql(found, dialect=dialect)
    assert ibis.to_sql(earlier_behaviour(found, start=START), dialect=dialect)

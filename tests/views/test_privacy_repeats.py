"""Orders beside customers do not tell how few of a segment ordered again."""

import math
from collections import defaultdict

import pandas as pd
import pytest

from crm_strategy.analysis.kpi_values import kpi_values
from crm_strategy.views import tables
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.views.table import Table
from tests.views.samples import sample

# Customers and orders: of 137 one ordered twice, of 25 at most three.
SEGMENTS = {"new": (25, 28), "loyal": (60, 260), "champions": (40, 400), "lost": (80, 80)}
KINDS = {"one_time": (137, 138), "regular": (50, 200), "frequent": (30, 300)}


def hidden_in(table: Table, column: str, name: str) -> set[str]:
    payload = table.payload()
    pairs = zip(column_cells(payload, name), column_cells(payload, column), strict=True)
    return {str(each) for each, cell in pairs if is_hidden(cell)}


def of_segments(sizes: dict[str, tuple[int, int]], **more: str) -> list[dict[str, object]]:
    return [
        {
            "segment": name,
            "customer_count": n,
            "customer_share": 0.1,
            "revenue": 30.0 * orders,
            "revenue_share": 0.1,
            "average_order_value": 30.0,
            "purchase_frequency": orders / n,
            **more,
        }
        for name, (n, orders) in sizes.items()
    ]


@pytest.mark.parametrize("column", ["order_count", "purchase_frequency", "average_order_value"])
def test_orders_that_tell_few_who_ordered_again_are_hidden_with_the_next(column: str) -> None:
    rows = [
        row | {"order_count": orders}
        for row, (_, orders) in zip(of_segments(SEGMENTS), SEGMENTS.values(), strict=True)
    ]
    table = tables.segments_table(rows)
    # Of all orders less those told, the 28 of the new would be left.
    assert hidden_in(table, column, "segment") == {"New", "Loyal"}
    assert not hidden_in(table, "customer_count", "segment")
    assert not hidden_in(table, "revenue", "segment")


def test_orders_of_a_kind_are_hidden_within_it() -> None:
    rows = of_segments(KINDS, kind="regularity") + of_segments(
        {"gold": (80, 400), "other": (137, 238)}, kind="tier"
    )
    table = tables.segment_kinds_table(rows)
    hidden = hidden_in(table, "purchase_frequency", "segment")
    assert len(hidden) == 2
    assert hidden_in(table, "average_order_value", "segment") == hidden
    assert not hidden_in(table, "customer_count", "segment")


def test_orders_that_tell_nobody_or_many_stay() -> None:
    sizes = {"one_time": (137, 137), "regular": (50, 60), "frequent": (30, 300)}
    table = tables.segment_kinds_table(of_segments(sizes, kind="regularity"))
    assert not hidden_in(table, "purchase_frequency", "segment")


def test_order_values_of_an_attribute_tell_no_few_who_ordered_again() -> None:
    sizes = {"Graz": (137, 138), "Linz": (50, 200), "Wels": (30, 300)}
    rows = [
        {
            "kind": "geography",
            "attribute": "city",
            "value": value,
            "customer_count": n,
            "customer_share": 0.1,
            "revenue": 29.95 * orders,
            "average_order_value": 29.95,
            "index": 100.0,
            "low": 90.0,
            "high": 110.0,
        }
        for value, (n, orders) in sizes.items()
    ]
    table = tables.attributes_table(rows)
    assert hidden_in(table, "average_order_value", "value") == {"Graz", "Linz"}
    assert not hidden_in(table, "revenue", "value")


def test_orders_of_each_customer_do_not_tell_the_few_who_ordered_again() -> None:
    kpis = sample("kpis").iloc[:3].reset_index(drop=True)
    kpis["kpi"] = ["order_count", "purchase_frequency", "repeat_rate"]
    kpis = kpis.assign(
        value=[304.0, 304 / 300, 0.01], n=[304, 300, 300], previous=[350.0, 1.4, 0.2]
    )
    whole, few = (
        tables.kpis_table(kpis.assign(smallest_count=[None, again, 3])).payload()
        for again in (10, 4)
    )
    columns = [each["name"] for each in whole["columns"]]
    value, n, previous = (columns.index(name) for name in ("value", "n", "previous"))
    orders, each, repeats = few["rows"]
    assert is_hidden(each[value])
    assert is_hidden(each[n])
    assert is_hidden(repeats[n])
    assert each[previous] == 1.4
    assert (orders[value], orders[n]) == (304, 304)
    assert not is_hidden(whole["rows"][1][value])
    assert whole["rows"][2][n] == 300


def test_few_orders_more_than_customers_are_parts_of_what_frequency_tells() -> None:
    counts = dict.fromkeys(("buyer_orders", "buyers", "buyer_order_squares"), 300.0)
    figures = kpi_values(defaultdict(lambda: math.nan, counts | {"buyer_orders": 304.0}))
    assert figures["purchase_frequency"].smallest_count == 4
    assert figures["average_order_value"].smallest_count is None
    once = kpi_values(defaultdict(lambda: math.nan, counts))
    assert once["purchase_frequency"].smallest_count is None


def test_who_answered_has_no_order_value_that_tells_a_few_ordered_again() -> None:
    # 60 who answered: 64 orders of 10; 400 who did not: 800 orders.
    heard = sample("respondents").assign(
        customer_count=[60, 400],
        revenue_per_customer=[640 / 60, 20.0],
        average_order_value=[10.0, 10.0],
        repeat_rate=[0.5, 0.5],
    )
    payload = tables.respondents_table(heard).payload()
    assert all(map(is_hidden, column_cells(payload, "average_order_value")))
    assert not any(map(is_hidden, column_cells(payload, "revenue_per_customer")))
    many = heard.assign(revenue_per_customer=[800 / 60, 20.0])
    told = column_cells(tables.respondents_table(many).payload(), "average_order_value")
    assert told == [10.0, 10.0]


def test_times_to_an_order_do_not_tell_the_few_who_ordered_again() -> None:
    rows = [
        {
            "band": band,
            "order_count": orders,
            "customer_count": customers,
            "order_share": orders / 100,
            "median_days": 3.0,
            "touch_count": 2.0,
        }
        for band, orders, customers in (("same_day", 64, 60), ("1_3", 21, 21), ("4_7", 45, 30))
    ]
    payload = tables.conversion_time_table(pd.DataFrame(rows)).payload()
    assert is_hidden(column_cells(payload, "customer_count")[0])
    assert column_cells(payload, "customer_count")[1:] == [21, 30]
    assert column_cells(payload, "order_count") == [64, 21, 45]

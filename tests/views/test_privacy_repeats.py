"""Orders beside customers do not tell how few of a segment ordered again."""

import pytest

from crm_strategy.views import tables
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.views.table import Table

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

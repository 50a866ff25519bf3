"""Lines, orders and deals become sales that count once."""

from pathlib import Path

import pytest

from tests.conftest import shared
from tests.data.clients import client, prepared, prepared_orders
from tests.data.four_orders import ORDERS


def test_lines_join_their_orders(tmp_path: Path):
    lines = "order_id,product,quantity,price\n1,tea,2,5\n2,tea,2,10.25\n9,jam,1,1\n3,tea,6,5\n"
    data = "  orders: {file: ../data/orders.csv}\n  order_lines: {file: ../data/lines.csv}\n"
    found = prepared(client(tmp_path, data, {"orders.csv": ORDERS, "lines.csv": lines}))
    rows = [
        (row["order_id"], row["customer_id"], row["amount"]) for row in found.rows("order_lines")
    ]
    assert rows == [("1", "a", 10.0), ("3", "a", 30.0), ("2", "b", 20.5)]
    assert found.counts("order_lines") == (4, 3, 1)
    assert found.exclusions() == {("order_lines", "lines_without_order"): 1}
    assert found.finding("order_lines", "lines_without_order")["example"] == "9"


def test_a_customers_orders_of_one_day_merge_when_the_rules_say_so(tmp_path: Path):
    orders = (
        "customer_id,ordered_at,amount\n"
        "a,2026-01-05 09:00,10\nb,2026-01-05 09:30,1\na,2026-01-05 17:00,5\na,2026-01-06,2\n"
        "a,2026-01-05 18:00,-3\n"
    )
    found = prepared_orders(tmp_path, orders, more="  rules: {same_day: merge}\n")
    rows = [(row["customer_id"], row["amount"], row["is_refund"]) for row in found.rows("orders")]
    assert rows == [("a", 15.0, False), ("b", 1.0, False), ("a", -3.0, True), ("a", 2.0, False)]
    assert found.counts("orders") == (5, 4, 1)
    assert found.exclusions() == {("orders", "same_day_merged"): 1}


def test_lines_follow_their_orders_into_the_merged_one(tmp_path: Path):
    orders = (
        "order_id,customer_id,ordered_at,amount\n"
        "1,a,2026-01-05 09:00,10\n2,a,2026-01-05 17:00,5\n3,a,2026-01-06,2\n"
    )
    lines = "order_id,product,amount\n1,tea,10\n2,jam,5\n3,tea,2\n"
    data = (
        "  rules: {same_day: merge}\n"
        "  orders: {file: ../data/orders.csv}\n  order_lines: {file: ../data/lines.csv}\n"
    )
    found = prepared(client(tmp_path, data, {"orders.csv": orders, "lines.csv": lines}))
    assert found.column("orders", "order_id") == ["1", "3"]
    assert sorted(found.column("order_lines", "order_id")) == ["1", "1", "3"]
    assert found.exclusions() == {("orders", "same_day_merged"): 1}


def test_a_deal_with_product_rows_counts_once_and_sums_them(tmp_path: Path):
    """crm-samples/bitrix24: deal 101 has two product rows, 30000 + 9000."""
    results = []
    for sample in ("deals_ru_cp1251.csv", "deals_ru_utf8_bom.csv", "deals_ru_html.xls"):
        path = shared(f"crm-samples/bitrix24/{sample}")
        data = f"  orders: {{file: {path}, preset: bitrix24.deals}}\n"
        found = prepared(client(tmp_path / sample, data, {}, currency="RUB"))
        orders = found.rows("orders")
        assert [(row["order_id"], row["amount"], row["stage_group"]) for row in orders] == [
            ("101", 39000.0, "won"),
            ("102", 12500.0, "lost"),
            ("103", 0.0, "open"),
        ]
        assert orders[0]["customer_id"] == orders[2]["customer_id"] != orders[1]["customer_id"]
        results.append([(row["price"], row["quantity"]) for row in found.rows("order_lines")])
    assert results == [[(4500.0, 2.0), (15000.0, 2.0)]] * 3


@pytest.mark.parametrize(
    "sample",
    [
        "orders_ru_excel_cp1251.csv",
        "orders_ru_excel_utf8_bom.csv",
        "orders_ru_sep_line.csv",
        "orders_ru_report.xlsx",
    ],
)
def test_generic_russian_samples_prepare_without_a_mapping(tmp_path: Path, sample: str):
    path = shared(f"crm-samples/generic/{sample}")
    found = prepared(client(tmp_path, f"  orders: {{file: {path}}}\n", {}, currency="RUB"))
    rows = [
        (row["ordered_at"].date().isoformat(), row["amount"], row["stage_group"])
        for row in found.rows("orders")
    ]
    assert rows == [
        ("2024-03-01", 39000.0, "won"),
        ("2024-03-05", 1250000.5, "lost"),
        ("2024-04-02", None, "open"),
    ]


def test_totals_repeated_on_each_line_count_once(tmp_path: Path):
    orders = (
        "order_id,customer_id,ordered_at,amount,product,price\n"
        "1,a,2026-01-05,30,tea,10\n1,a,2026-01-05,30,jam,20\n2,b,2026-01-06,5,tea,5\n"
    )
    found = prepared_orders(tmp_path, orders)
    assert found.column("orders", "amount") == [30.0, 5.0]
    assert sorted(found.column("order_lines", "amount")) == [5.0, 10.0, 20.0]
    assert found.findings() == {("order_lines", "repeated_totals"): 3}


def test_the_cost_of_an_order_is_unknown_where_a_line_lacks_it(tmp_path: Path):
    lines = (
        "order_id,customer_id,ordered_at,product,amount,cost\n"
        "1,a,2026-01-05,tea,10,6\n1,a,2026-01-05,jam,20,9\n"
        "2,b,2026-01-06,tea,5,\n2,b,2026-01-06,jam,5,2\n"
    )
    found = prepared(
        client(tmp_path, "  order_lines: {file: ../data/lines.csv}\n", {"lines.csv": lines})
    )
    assert found.column("orders", "cost_amount") == [15.0, None]


def test_lines_that_were_not_sold_leave_the_orders_amount(tmp_path: Path):
    lines = (
        "order_id,customer_id,ordered_at,product,amount,status\n"
        "1,a,2026-01-05,tea,10,shipped\n1,a,2026-01-05,jam,20,cancelled\n"
        "2,b,2026-01-06,tea,5,cancelled\n"
    )
    found = prepared(
        client(tmp_path, "  order_lines: {file: ../data/lines.csv}\n", {"lines.csv": lines})
    )
    rows = [(row["amount"], row["stage_group"]) for row in found.rows("orders")]
    assert rows == [(10.0, "won"), (5.0, "lost")]
    assert found.exclusions() == {("order_lines", "unsold_lines"): 1}


def test_overlapping_exports_count_an_order_once_as_it_stands_last(tmp_path: Path):
    files = {
        "orders_1.csv": "order_id,customer_id,ordered_at,amount,status\n"
        "1,a,2026-01-05,10,new\n2,b,2026-01-06,20,done\n",
        "orders_2.csv": "order_id,customer_id,ordered_at,amount,status\n"
        "1,a,2026-01-05,10,done\n2,b,2026-01-06,20,done\n3,a,2026-02-06,5,done\n",
    }
    found = prepared(client(tmp_path, '  orders: {file: "../data/orders_*.csv"}\n', files))
    rows = [(row["order_id"], row["stage_group"]) for row in found.rows("orders")]
    assert rows == [("1", "won"), ("2", "won"), ("3", "won")]
    assert found.exclusions() == {
        ("orders", "duplicate_keys"): 1,
        ("orders", "exact_duplicates"): 1,
    }

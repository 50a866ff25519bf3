"""Checks that compare tables, days and names with one another."""

import json
from pathlib import Path

import pytest

from tests.data.clients import client, prepared, prepared_orders
from tests.data.refusals import BOTH, HEAD, ORDERS, printed, with_table


def test_a_hole_in_the_series_is_found(tmp_path: Path):
    days = [f"{n},a,2026-{1 + n // 28:02}-{1 + n % 28:02},10\n" for n in range(28 * 6)]
    orders = HEAD + "".join(day for day in days if "2026-03" not in day)
    found = prepared_orders(tmp_path, orders)
    gap = found.finding("orders", "gaps")
    assert (gap["row_count"], gap["example"]) == (31, "2026-03-01–2026-03-31")
    assert printed(found, "orders", "gaps", "ru") == (
        "Самый длинный пропуск: с 01.03.2026 по 31.03.2026; всего пропусков: 1. "
        "Проверьте, полна ли выгрузка."
    )


def test_weekends_and_rare_orders_are_no_holes(tmp_path: Path):
    rare = HEAD + "".join(f"{n},a,2025-{1 + n:02}-05,10\n" for n in range(12))
    assert prepared_orders(tmp_path, rare).findings() == {}


def test_one_customer_with_over_a_fifth_of_the_orders_is_found(tmp_path: Path):
    till = [f"t{n},till,2026-01-05 10:{n:02},10\n" for n in range(25)]
    people = [f"p{n},p{n},2026-01-05 11:{n % 60:02},10\n" for n in range(75)]
    found = prepared_orders(tmp_path, HEAD + "".join(till + people))
    assert found.findings() == {("orders", "till_account"): 25}
    assert found.finding("orders", "till_account")["example"] is None
    assert printed(found, "orders", "till_account") == (
        "One customer holds 25.0% of the orders (25): a till, a marketplace or a test account? "
        "Empty the customer on these orders in the source."
    )
    fewer = prepared_orders(tmp_path / "fewer", HEAD + "".join(till[:18] + people))
    assert fewer.findings() == {}


def test_lines_that_do_not_sum_to_their_order_are_found(tmp_path: Path):
    lines = "order_id,product,amount\n1,tea,10\n2,tea,15\n"
    data = BOTH + "  order_lines: {file: ../data/lines.csv}\n"
    found = prepared(client(tmp_path, data, {"orders.csv": ORDERS, "lines.csv": lines}))
    assert found.findings() == {("order_lines", "lines_total"): 1}
    assert printed(found, "order_lines", "lines_total").startswith(
        "Off by −€5 in all, for example order 2."
    )


def test_orders_without_lines_are_found(tmp_path: Path):
    data = BOTH + "  order_lines: {file: ../data/lines.csv}\n"
    lines = "order_id,product,amount\n1,tea,10\n"
    found = prepared(client(tmp_path, data, {"orders.csv": ORDERS, "lines.csv": lines}))
    assert found.findings() == {("orders", "orders_without_lines"): 1}


def test_an_order_of_two_customers_is_found(tmp_path: Path):
    lines = (
        "order_id,customer_id,ordered_at,product,amount\n"
        "1,a,2026-01-05,tea,10\n1,b,2026-01-05,jam,10\n2,b,2026-01-06,tea,5\n"
    )
    data = "  order_lines: {file: ../data/lines.csv}\n"
    found = prepared(client(tmp_path, data, {"lines.csv": lines}))
    assert found.findings() == {("orders", "two_customers"): 1}


@pytest.mark.parametrize(
    ("table", "content"),
    [
        ("touches", "customer_id,touched_at,channel\na,2026-01-01,email\nzz,2026-01-01,email\n"),
        (
            "surveys",
            "customer_id,answered_at,kind,score\na,2026-01-09,nps,9\nzz,2026-01-09,nps,3\n",
        ),
        (
            "leads",
            "lead_id,customer_id,created_at\nL1,a,2026-01-01\nL2,zz,2026-01-01\nL3,,2026-01-01\n",
        ),
    ],
)
def test_rows_that_name_unknown_customers_are_found(tmp_path: Path, table: str, content: str):
    found = with_table(tmp_path, table, content)
    assert found.findings()[table, "unknown_customers"] == 1
    finding = found.finding(table, "unknown_customers")
    assert finding["example"] is None
    assert json.loads(finding["detail"]) == {"share": [0.5, "share"]}


def test_orders_of_customers_that_their_file_lacks_are_found(tmp_path: Path):
    found = with_table(tmp_path, "customers", "customer_id,city\na,Riga\n")
    assert found.findings() == {("orders", "unknown_customers"): 1}


@pytest.mark.parametrize(
    ("table", "content", "severity"),
    [
        (
            "touches",
            "customer_id,touched_at,channel\na,2026-01-01,email\na,2026-01-01,fax\n",
            "warning",
        ),
        ("costs", "month,channel,amount\n2026-01-01,email,5\n2026-01-01,fax,5\n", "warning"),
        ("leads", "lead_id,created_at,source\nL1,2026-01-01,email\nL2,2026-01-01,fax\n", "note"),
    ],
)
def test_channels_without_a_description_are_found(
    tmp_path: Path, table: str, content: str, severity: str
):
    found = with_table(tmp_path, table, content, head="channels: {email: {}}\n")
    finding = found.finding(table, "unknown_channels")
    assert (finding["row_count"], finding["example"]) == (1, "fax")
    assert finding["severity"] == severity


def test_another_spelling_of_a_channel_is_guessed_and_not_merged(tmp_path: Path):
    touches = "customer_id,touched_at,channel\na,2026-01-01,e mail 2\na,2026-01-02,emial\n"
    touches += "a,2026-01-03,email\na,2026-01-04,fax\n"
    found = with_table(tmp_path, "touches", touches, head="channels: {email: {}}\n")
    finding = found.finding("touches", "unknown_channels")
    assert finding["row_count"] == 3
    assert all(each in finding["detail"] for each in ("e mail 2 (= email?)", "emial (= email?)"))
    assert "fax (" not in finding["detail"]
    assert set(found.column("touches", "channel")) == {"e mail 2", "emial", "email", "fax"}


def test_overlapping_cost_periods_are_found(tmp_path: Path):
    costs = (
        "period_start,period_end,channel,amount\n"
        "2026-01-01,2026-01-31,email,5\n2026-01-15,2026-02-15,email,5\n"
        "2026-02-16,2026-02-28,email,5\n2026-01-01,2026-01-31,sms,5\n"
        "2026-03-31,2026-03-01,sms,5\n"
    )
    found = with_table(tmp_path, "costs", costs)
    assert found.findings() == {("costs", "overlapping_costs"): 1, ("costs", "period_reversed"): 1}
    assert found.finding("costs", "overlapping_costs")["example"] == "email 2026-01-15"
    assert found.counts("costs") == (5, 4, 1)


def test_one_customer_with_all_orders_is_a_till_account(tmp_path: Path):
    rows = "".join(f"{n},a,2026-01-{1 + n % 28:02d},10\n" for n in range(200))
    assert ("orders", "till_account") in prepared_orders(tmp_path, HEAD + rows).findings()


def test_a_touchpoint_that_the_plan_lacks_is_noted_with_its_likely_spelling(tmp_path: Path):
    head = "touchpoints: [{id: newsletter, name: N, channel: email, stage: loyalty}]\n"
    touches = "customer_id,touched_at,channel,touchpoint\na,2026-01-01,email,newsleter\n"
    touches += "a,2026-01-02,email,newsletter\na,2026-01-03,email,kiosk\na,2026-01-04,email,\n"
    found = with_table(tmp_path, "touches", touches, head=head)
    finding = found.finding("touches", "unknown_touchpoints")
    assert (finding["row_count"], finding["severity"]) == (2, "note")
    assert "newsleter (= newsletter?)" in finding["detail"]
    assert "kiosk" in finding["detail"]

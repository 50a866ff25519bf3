"""`check` tells what was detected and what is wrong, before a run."""

from pathlib import Path

import pytest

from crm_strategy.errors import DataError, ParamsError
from crm_strategy.report.check import Checked, check_client
from tests.report.small_workbook import make_workbook


@pytest.fixture
def params(tmp_path: Path) -> Path:
    return make_workbook(tmp_path)


def check(params: Path) -> Checked:
    return check_client(params, on_step=lambda step: None)


def test_a_clean_file_is_told_with_what_was_detected(params: Path):
    checked = check(params)
    assert checked.errors == 0
    assert checked.text.splitlines()[:6] == [
        "orders: orders.csv, 200 rows (csv, utf-8, columns split by ',', dates %Y-%m-%d)",
        "",
        "customers: 40 rows read, 40 kept, 0 left out",
        "",
        "orders: 200 rows read, 200 kept, 0 left out; 2025-02-10 to 2026-09-30",
        "  by their own names: order_id, customer_id, ordered_at, amount",
    ]
    assert checked.text.splitlines()[-2:] == [
        "The last complete period: 2026-Q3, 2026-07-01 to 2026-09-30.",
        f"Next: crm-strategy report {params}",
    ]


def test_what_checks_found_stands_with_count_example_and_remedy(params: Path):
    orders = params.parents[1] / "orders.csv"
    orders.write_text(orders.read_text() + "901,7,2026-09-30,-12\n" + "902,,2026-09-30,12\n")
    text = check(params).text
    assert "\nNOTE in orders: Refunds: 1, such as 901\n  They lessen revenue" in text
    assert "\nWARNING in orders: Sales without a customer: 1, such as 902\n  " in text
    assert "\n0 errors, 1 warning, 1 note.\n" in text


def test_guessed_and_said_columns_are_told_apart(params: Path):
    orders = params.parents[1] / "orders.csv"
    orders.write_text(orders.read_text().replace("customer_id", "Клиент"))
    assert "  customer_id: Клиент (guessed)" in check(params).text


def test_a_plan_that_is_not_smart_is_told(params: Path):
    assert "\nPLAN, shown in the report and stopping nothing:\n" in check(params).text


def test_data_without_a_complete_period_are_an_error(params: Path):
    orders = params.parents[1] / "orders.csv"
    head, *rows = orders.read_text().splitlines()
    orders.write_text("\n".join([head, *rows[40:45]]) + "\n")
    checked = check(params)
    assert checked.errors == 1
    assert "\nERROR: " in checked.text


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [(("currency", "curency"), ParamsError), (("orders.csv", "order.csv"), DataError)],
)
def test_what_stops_a_report_stops_the_check(params: Path, wrong, kind):
    params.write_text(params.read_text().replace(*wrong))
    with pytest.raises(kind):
        check(params)

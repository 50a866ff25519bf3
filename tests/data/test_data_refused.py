"""Data that cannot be used are refused by a whole message."""

from pathlib import Path

from crm_strategy.errors import DataError, ParamsError
from tests.data.clients import prepared_orders
from tests.data.refusals import BOTH, HEAD, ORDERS, printed, refused, refused_orders


def test_missing_columns_name_the_line_of_the_params(tmp_path: Path):
    data = "  orders:\n    file: ../data/orders.csv\n    columns: {customer_id: customer_id}\n"
    files = {"orders.csv": "customer_id,orderdate,amount\na,2026-01-05,10\n"}
    assert refused(tmp_path, data, files) == (
        "orders.csv: no column 'ordered_at'; found customer_id, orderdate, amount.\n"
        f"Did you mean 'orderdate'? Map it in {tmp_path}/params/acme.yml (line 7), "
        "data.orders.columns:\n"
        "    ordered_at: orderdate"
    )


def test_lines_without_orders_must_say_when_they_were_bought(tmp_path: Path):
    data = "  order_lines: {file: ../data/lines.csv}\n"
    assert refused(tmp_path, data, {"lines.csv": "order_id,product,price\n1,tea,5\n"}) == (
        "lines.csv: no column 'ordered_at'; found order_id, product, price.\n"
        f"Map it in {tmp_path}/params/acme.yml (line 5), data.order_lines.columns:\n"
        "    ordered_at: …"
    )


def test_columns_that_look_misspelt_and_those_not_needed_are_told_apart(tmp_path: Path):
    orders = "order_id,customer_id,ordered_at,amount,curency,weather\n1,a,2026-01-05,10,EUR,wet\n"
    found = prepared_orders(tmp_path, orders)
    assert found.findings() == {("orders", "unknown_columns"): 1, ("orders", "unused_columns"): 1}
    assert printed(found, "orders", "unknown_columns") == (
        "Map these columns in the parameters file, if they are what they seem: curency (currency?)."
    )


def test_mostly_unreadable_dates_are_an_error(tmp_path: Path):
    message = refused_orders(tmp_path, HEAD + "1,a,2026-01-05,10\n2,b,soon,20\n3,b,later,5\n")
    assert message == (
        "orders.csv: column 'ordered_at' (ordered_at): 2 of 3 values are not dates, "
        "e.g. 'soon' in row 2.\n"
        f"Map another column in {tmp_path}/params/acme.yml (line 5), data.orders.columns, "
        "or say how they are written, data.orders:\n"
        '    format: {dates: "%d.%m.%Y"}'
    )


def test_mostly_unreadable_amounts_are_an_error(tmp_path: Path):
    message = refused_orders(tmp_path, HEAD + "1,a,2026-01-05,ten\n2,b,2026-01-06,dear\n")
    assert message == (
        "orders.csv: column 'amount' (amount): 2 of 2 values are not numbers, "
        "e.g. 'ten' in row 1.\n"
        f"Map another column in {tmp_path}/params/acme.yml (line 5), data.orders.columns, "
        "or say how they are written, data.orders:\n"
        '    format: {decimal: ","}'
    )


def test_rows_that_cannot_be_used_at_all_are_an_error(tmp_path: Path):
    orders = HEAD + "1,,2026-01-05,10\n2,,2026-01-06,20\n3,a,1970-01-01,5\n"
    data = "  rules: {without_customer: exclude}\n" + BOTH
    assert refused(tmp_path, data, {"orders.csv": orders}) == (
        "orders.csv: none of its 3 rows can be used: without customer 2, implausible dates 1.\n"
        f"Mend the file, its mapping in {tmp_path}/params/acme.yml (line 6), "
        "data.orders.columns, or data.rules."
    )


def test_only_refunds_are_an_error(tmp_path: Path):
    assert refused_orders(tmp_path, HEAD + "1,a,2026-01-05,-10\n2,b,2026-01-06,-5\n") == (
        "orders.csv: all 2 orders are refunds: there is no sale.\n"
        "Export the sales too, or turn the sign of the amounts round."
    )


def test_no_won_order_is_an_error(tmp_path: Path):
    orders = HEAD.strip() + ",Stage\n1,a,2026-01-05,10,lost\n2,b,2026-01-06,5,in progress\n"
    data = "  orders: {file: ../data/orders.csv, columns: {status: Stage}}\n"
    assert refused(tmp_path, data, {"orders.csv": orders}) == (
        "orders.csv: no order is won (column 'Stage'): 1 lost, 1 open.\n"
        f"Name the statuses that are sales in {tmp_path}/params/acme.yml, data.orders:\n"
        "    stages: {won: […]}"
    )


def test_another_currency_is_an_error(tmp_path: Path):
    orders = (
        HEAD.strip() + ",currency\n"
        "1,a,2026-01-05,10,EUR\n2,b,2026-01-06,5,\n3,b,2026-01-06,5,USD\n"
        "4,b,2026-01-06,5,$\n5,b,2026-01-06,5,тугрик\n6,b,2026-01-06,5,евро\n"
    )
    assert refused_orders(tmp_path, orders) == (
        "orders.csv: column 'currency': 3 rows in another currency than EUR: "
        "USD (2), тугрик (1); the first is row 3.\n"
        "No exchange rates are known: give every amount in EUR, or set currency: USD in "
        f"{tmp_path}/params/acme.yml if all are in USD."
    )


def test_another_currency_beside_an_amount_is_an_error(tmp_path: Path):
    orders = HEAD + "1,a,2026-01-05,10 €\n2,b,2026-01-06,5 $\n"
    assert refused_orders(tmp_path, orders) == (
        "orders.csv: column 'amount': 1 row in another currency than EUR: USD (1); "
        "the first is row 2.\n"
        "No exchange rates are known: give every amount in EUR, or set currency: USD in "
        f"{tmp_path}/params/acme.yml if all are in USD."
    )


def test_another_currency_in_a_header_is_an_error(tmp_path: Path):
    orders = 'order_id,customer_id,ordered_at,"Сумма, руб."\n1,a,2026-01-05,10\n'
    assert refused_orders(tmp_path, orders) == (
        "orders.csv: column 'Сумма, руб.' is in RUB; the client's currency is EUR.\n"
        "No exchange rates are known: give every amount in EUR, or set currency: RUB in "
        f"{tmp_path}/params/acme.yml if all are in RUB."
    )


def test_a_special_category_is_refused(tmp_path: Path):
    people = "customer_id,Диагноз,religion\na,x,y\n"
    data = BOTH + "  customers: {file: ../data/people.csv}\n"
    files: dict[str, str | bytes] = {"orders.csv": ORDERS, "people.csv": people}
    assert refused(tmp_path, data, files) == (
        "people.csv: columns of special categories of personal data: 'Диагноз' (health), "
        "'religion' (religion).\n"
        "Export the file without them; if the law allows their use, say why in "
        f"{tmp_path}/params/acme.yml:\n"
        '    privacy: {special_categories: {Диагноз: "explicit consent, form of 2026-01-15"}}'
    )


def test_an_order_on_rows_of_different_amounts_is_an_error(tmp_path: Path):
    orders = HEAD + "1,a,2026-01-05,10\n1,a,2026-01-05,1250\n2,b,2026-01-06,5\n"
    assert refused_orders(tmp_path, orders) == (
        "orders.csv: 1 order stands on several rows with different amounts, e.g. order '1' "
        "(2 rows, 10.00 to 1,250.00).\n"
        "If each row is a product of the order, name the file under data.order_lines in "
        f"{tmp_path}/params/acme.yml; otherwise keep one row an order."
    )


def test_errors_of_the_data_end_with_code_2():
    assert (DataError.exit_code, ParamsError.exit_code) == (2, 2)

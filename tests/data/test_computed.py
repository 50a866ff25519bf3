"""Columns computed of a file's headers: reckoned, constant, or the row's number."""

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_strategy.errors import CrmStrategyError
from tests.data.clients import Prepared, client, prepared

LINES = """\
OrderID;Kunde;Date;Unit Price;Quantity;Discount
1;a;05.01.2026;1,50;2;0,0
1;a;05.01.2026;10,00;1;0,5
2;b;06.01.2026;3,00;4;0,25
"""
AMOUNT = "[Unit Price] * Quantity * (1 - Discount)"


def computed(folder: Path, lines: str = LINES, **columns: str) -> Prepared:
    given = {"order_id": "OrderID", "customer_id": "Kunde", "ordered_at": "Date", **columns}
    given.setdefault("amount", f"= {AMOUNT}")
    said = "".join(f"      {ours}: {theirs!r}\n" for ours, theirs in given.items())
    data = f"  order_lines:\n    file: ../data/lines.csv\n    columns:\n{said}"
    return prepared(client(folder, data, {"lines.csv": lines}))


def refused(folder: Path, lines: str = LINES, **columns: str) -> str:
    with pytest.raises(CrmStrategyError) as error:
        computed(folder, lines, **columns)
    return str(error.value)


def test_an_amount_is_reckoned_of_columns_with_decimal_commas(tmp_path: Path):
    found = computed(tmp_path)
    # 1.50 x 2 + 10 x 0.5, and 3 x 4 x 0.75.
    assert sorted(found.column("orders", "amount")) == [8.0, 9.0]
    assert found.findings() == {}


def test_names_in_backticks_and_brackets_mean_the_same_header(tmp_path: Path):
    found = computed(tmp_path, amount="= `unit price` * QUANTITY")
    assert sorted(found.column("orders", "amount")) == [12.0, 13.0]


def test_a_constant_fills_the_column(tmp_path: Path):
    found = computed(tmp_path, ordered_at='= "2013-01-01"', channel='= "till"', currency='="EUR"')
    assert set(found.column("orders", "ordered_at")) == {datetime(2013, 1, 1)}
    assert set(found.column("orders", "channel")) == {"till"}


def test_a_rows_number_serves_where_ids_are_missing(tmp_path: Path):
    found = computed(tmp_path, customer_id="= row")
    assert found.column("customers", "customer_id") == ["1", "2", "3"]


def test_the_number_of_a_row_of_many_files_names_the_file(tmp_path: Path):
    data = '  orders:\n    file: ../data/*.csv\n    columns: {customer_id: "= row"}\n'
    orders = "ordered_at,amount\n2026-01-05,10\n2026-01-06,20\n"
    found = prepared(
        client(tmp_path, data, {"a.csv": orders, "b.csv": orders.replace("0\n", "5\n")})
    )
    assert found.column("customers", "customer_id") == ["1-1", "1-2", "2-1", "2-2"]


def test_a_column_called_row_is_meant_rather_than_the_number(tmp_path: Path):
    found = computed(tmp_path, LINES.replace("Kunde", "Row"), customer_id="= row")
    assert found.column("customers", "customer_id") == ["a", "b"]


def test_a_condition_counts_as_one_or_zero(tmp_path: Path):
    found = computed(tmp_path, amount='= Kunde == "a"')
    assert sorted(found.column("order_lines", "amount")) == [0, 1, 1]


def test_texts_compare_as_they_stand_and_days_as_days(tmp_path: Path):
    lines = LINES + "3;b;01.02.2026;1,00;1;0,0\n"
    amount = '= (Date < "2026-01-06") + 10 * (Discount in [0.5, 0.25])'
    assert "this is no number" in refused(tmp_path / "no", lines, amount=amount)
    found = computed(tmp_path, lines, amount='= Date < "2026-01-06"')
    assert sorted(found.column("order_lines", "amount")) == [0, 0, 1, 1]
    found = computed(tmp_path / "in", lines, amount="= Discount in [0.5, 0.25]")
    assert sorted(found.column("order_lines", "amount")) == [0, 0, 1, 1]


def test_columns_compare_as_numbers_where_one_is_asked_to_be_larger(tmp_path: Path):
    # As text, "10,00" stands before "2".
    found = computed(tmp_path, amount="= `Unit Price` > Quantity")
    assert sorted(found.column("order_lines", "amount")) == [0, 0, 1]


def test_a_computed_column_may_use_what_a_lookup_brings(tmp_path: Path):
    data = (
        "  order_lines:\n    file: ../data/lines.csv\n"
        '    columns: {amount: "= price * pieces"}\n'
        "    lookups: [{file: ../data/products.csv, by: product_id}]\n"
    )
    files = {
        "lines.csv": "customer_id,ordered_at,product_id,pieces\na,2026-01-05,p1,2\n",
        "products.csv": "product_id;price\np1;1,25\n",
    }
    found = prepared(client(tmp_path, data, files))
    assert found.column("orders", "amount") == [2.5]


def test_columns_reckoned_with_are_not_called_unused(tmp_path: Path):
    found = computed(
        tmp_path,
        LINES.replace("Discount", "Rebate;Weather").replace("0,0\n", "0;\n"),
        amount="= `Unit Price` * Quantity * (1 - Rebate)",
    )
    unused = found.finding("order_lines", "unused_columns")
    assert unused["example"] == "Weather"
    assert unused["row_count"] == 1


def test_a_computed_column_is_recorded_with_its_expression(tmp_path: Path):
    rows = computed(tmp_path).rows("data_columns")
    (amount,) = [row for row in rows if row["column"] == "amount"]
    assert (amount["header"], amount["how"]) == (f"= {AMOUNT}", "computed")


def test_dividing_by_zero_gives_no_amount(tmp_path: Path):
    found = computed(tmp_path, amount="= `Unit Price` / Discount")
    assert found.exclusions() == {("order_lines", "missing_amounts"): 1}
    assert sorted(found.column("order_lines", "amount")) == [12.0, 20.0]


def test_unreadable_numbers_are_counted_under_their_own_header(tmp_path: Path):
    found = computed(tmp_path, LINES + "3;b;07.01.2026;dear;1;0,0\n")
    unreadable = found.finding("order_lines", "unparsable_amounts")
    assert (unreadable["column"], unreadable["example"]) == ("Unit Price", "dear")
    assert (unreadable["severity"], unreadable["row_count"]) == ("warning", 1)
    assert found.exclusions()["order_lines", "missing_amounts"] == 1


def test_a_column_of_texts_cannot_be_reckoned_with(tmp_path: Path):
    assert refused(tmp_path, amount="= Kunde * Quantity") == (
        "lines.csv: column 'Kunde' (amount): 3 of 3 values are not numbers, e.g. 'a' in row 1.\n"
        f"Map another column in {tmp_path}/params/acme.yml (line 7), data.order_lines.columns, "
        "or say how they are written, data.order_lines:\n"
        '    format: {decimal: ","}'
    )


def test_an_unknown_name_is_shown_in_its_place(tmp_path: Path):
    assert refused(tmp_path, amount="= Quantity * UnitPric") == (
        "lines.csv: unknown column 'UnitPric' (character 12).\n"
        "    Quantity * UnitPric\n"
        "               ^\n"
        "Did you mean 'Unit Price'? "
        "Columns: row, OrderID, Kunde, Date, Unit Price, Quantity, Discount.\n"
        f"Correct {tmp_path}/params/acme.yml (line 7), data.order_lines.columns.amount."
    )


def test_an_expression_that_cannot_be_read_is_refused_with_its_line(tmp_path: Path):
    assert refused(tmp_path, amount="= Quantity *") == (
        f"{tmp_path}/params/acme.yml, line 11, data.order_lines.columns.amount: "
        "it ends too early (character 11).\n"
        "    Quantity *\n"
        "              ^\n"
        "Write a name, a number or a text here."
    )


def test_an_expression_of_ten_kilobytes_is_refused(tmp_path: Path):
    message = refused(tmp_path, amount="= " + " + ".join(["Quantity"] * 1000))
    assert "10,997 characters long; at most 2,000 are read (character 2001)." in message


def test_an_expression_is_never_run(tmp_path: Path):
    message = refused(tmp_path, amount='= __import__("os")')
    assert "'(' does not fit here (character 11)." in message


def test_a_number_is_no_date(tmp_path: Path):
    message = refused(tmp_path, ordered_at="= Quantity * 2")
    assert message.startswith("lines.csv: column '= Quantity * 2' (ordered_at): ")


def test_e_mails_told_apart_by_an_expression_are_hashed_as_in_any_column(tmp_path: Path):
    lines = LINES.replace(";a;", ";a@x.de;").replace(";b;", ";b@x.de;")
    found = computed(tmp_path, lines, customer_id="= Kunde")
    assert all(
        each.startswith("c") and "@" not in each
        for each in found.column("customers", "customer_id")
    )
    assert ("order_lines", "customers_by_name") in found.findings()


@settings(max_examples=3)
@given(st.lists(st.tuples(st.integers(1, 500), st.integers(1, 9)), min_size=1, max_size=8))
def test_a_computed_amount_equals_quantity_times_price(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int]]
):
    lines = "".join(f"{at};a;05.01.2026;{p / 100};{q};0\n" for at, (p, q) in enumerate(rows))
    found = computed(tmp_path_factory.mktemp("x"), LINES.split("\n")[0] + "\n" + lines)
    assert sum(found.column("orders", "amount")) == pytest.approx(sum(p * q for p, q in rows) / 100)
    assert set(found.column("orders", "ordered_at")) == {
        datetime.combine(date(2026, 1, 5), datetime.min.time())
    }

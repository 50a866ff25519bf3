"""Text becomes numbers, moments and ids as its column proves; what does not read is counted."""

from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_strategy.data import engine
from crm_strategy.data.parse import parse_columns
from crm_strategy.errors import DataError
from tests.data.reading import typed_cells


def test_money_reads_as_people_write_it_with_a_decimal_comma(read_column):
    # The forms of the exports described for Russian spreadsheets; values by hand.
    typed = read_column(
        "money",
        "100 000 руб.",
        "₽ 1 200",
        "(12,30)",
        "-",
        "39\u00a0000,00",
        "1\u202f250\u2009000,5",
        "−5,5",
        "2 000,00-",
        "1.250,50 €",
        "-₽ 7",
        "",
        "RUB 15,00",
        "100000|RUB",
        "1'234,5",
        ",75",
    )
    assert typed.values == [
        100000,
        1200,
        -12.3,
        None,
        39000,
        1250000.5,
        -5.5,
        -2000,
        1250.5,
        -7,
        None,
        15,
        100000,
        1234.5,
        0.75,
    ]
    assert (typed.column.decimal, typed.column.bad_count) == (",", 0)


def test_money_reads_as_people_write_it_with_a_decimal_point(read_column):
    typed = read_column("money", "1,250,000.50", "$ 39,000.00", "USD 12", "1’000.5", "(1,000)")
    assert typed.values == [1250000.5, 39000, 12, 1000.5, -1000]
    assert (typed.column.decimal, typed.column.thousands) == (".", ",")


def test_plain_numbers_need_no_mark(read_column):
    typed = read_column("number", "1", "-20", "+3", "300000")
    assert typed.values == [1, -20, 3, 300000]
    assert typed.column.decimal is None


def test_numbers_machines_write_read_exactly(read_column):
    typed = read_column("number", "1.5E+03", "1e-05", "0.1", "123456.789")
    assert typed.values == [1500, 1e-05, 0.1, 123456.789]


def test_one_proof_settles_the_mark_of_its_column(read_column):
    # "0,500" cannot be thousands, so "2,000" is two: as 1C writes quantities.
    assert read_column("number", "2,000", "0,500", "10,000").values == [2, 0.5, 10]
    # "1,234,567" cannot be decimals, so "2,000" is two thousand.
    assert read_column("number", "2,000", "1,234,567").values == [2000, 1234567]
    assert read_column("number", "2.000", "1.234.567").values == [2000, 1234567]
    assert read_column("number", "2.000", "1234.5").values == [2, 1234.5]


def test_another_column_of_the_file_can_prove_the_mark(write, read):
    write("orders.csv", "quantity;amount\n2,000;39 000,50\n5,000;12,25\n")
    parsed = parse_columns(read("orders.csv"), {"q": ("quantity", "number")}, timezone="UTC")
    assert typed_cells(read("orders.csv"), parsed["q"]) == [2, 5]


def test_undecided_numbers_without_a_proof_are_refused(read_column):
    with pytest.raises(DataError) as refused:
        read_column("number", "10", "2,000", "5,000")
    assert str(refused.value) == (
        "orders.csv: column 'x': 2 numbers such as '2,000' (row 2) read both as thousands and "
        "with three decimals, and no number of the file tells which.\n"
        "Say which mark is decimal in the parameters, data.orders:\n"
        '    format: {decimal: ","}   # 2.000\n'
        '    format: {decimal: "."}   # 2000'
    )


def test_a_declared_mark_settles_undecided_numbers(read_column):
    assert read_column("number", "2,000", decimal=",").values == [2]
    assert read_column("number", "2,000", decimal=".").values == [2000]
    assert read_column("number", "2.000", decimal=",").values == [2000]
    assert read_column("number", "2.000", thousands=".").values == [2000]
    # Numbers that read in one way only are read so all the same.
    assert read_column("number", "2.000", "1289000.5", decimal=",").values == [2000, 1289000.5]


def test_numbers_of_both_marks_read_each_by_itself(read_column):
    typed = read_column("money", "39000.5", "1 250 000,50", "7")
    assert typed.values == [39000.5, 1250000.5, 7]
    assert typed.column.decimal is None


def test_what_is_no_number_is_counted_with_its_first_example(read_column):
    typed = read_column("money", "12", "10x20", "1 2", "5 %", "see note", "inf", "3")
    assert typed.values == [12, None, None, None, None, None, 3]
    column = typed.column
    assert (column.bad_count, column.bad_example, column.bad_row) == (5, "10x20", 2)
    assert column.bad_file == "orders.csv"


def test_placeholders_are_empty_not_unreadable(read_column):
    typed = read_column("money", "-", "—", "NULL", "n/a", "nan", "#N/A", "\\N", "5")
    assert typed.values == [None] * 7 + [5]
    assert typed.column.bad_count == 0


def test_a_count_with_decimals_does_not_read(read_column):
    typed = read_column("integer", "5", "6.0", "7.5")
    assert typed.values == [5, 6, None]
    assert (typed.column.bad_count, typed.column.bad_example) == (1, "7.5")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    amounts=st.lists(
        st.decimals(-(10**9), 10**9, places=2, allow_nan=False), min_size=1, max_size=20
    ),
    decimal=st.sampled_from(",."),
    thousands=st.sampled_from([" ", "\u00a0", "\u202f", "'", "’", "other", ""]),
)
def test_any_money_written_with_two_decimals_reads_back(amounts, decimal, thousands, read_column):
    mark = ({",": ".", ".": ","}[decimal]) if thousands == "other" else thousands
    written = [f"{amount:,.2f}".replace(".", "D").replace(",", mark) for amount in amounts]
    typed = read_column("money", *(text.replace("D", decimal) for text in written))
    assert typed.values == [float(amount) for amount in amounts]


def test_ids_stay_exactly_as_they_are(read_column):
    ids = ["01002", "12345678901234567890", "A-7", "5E10", "1001.5", "0", "ё|,;", "🛒"]
    assert read_column("id", *ids).values == ids


def test_ids_that_a_spreadsheet_made_numbers_are_whole_again(read_column):
    assert read_column("id", "1001.0", "1002.0", "1003", "").values == [
        "1001",
        "1002",
        "1003",
        None,
    ]


def test_ids_with_real_decimals_are_left_alone(read_column):
    assert read_column("id", "1.0", "1.5").values == ["1.0", "1.5"]


def test_ids_that_lost_digits_in_excel_are_refused(read_column):
    with pytest.raises(DataError) as refused:
        read_column("id", "77", "1.23457E+15", "4,5E+19")
    assert str(refused.value) == (
        "orders.csv: column 'x': 2 ids such as '1.23457E+15' (row 2) have lost their last "
        "digits: Excel saved them as numbers.\n"
        "Export the file again, and open it in Excel only with this column as text."
    )


def test_the_guarding_apostrophe_goes_and_no_other(read_column):
    typed = read_column(
        "text", "'+79990000002", "'=cmd()", "'@x", "'0012", "'s-Hertogenbosch", "'90s", "O'Neil"
    )
    assert typed.values == [
        "+79990000002",
        "=cmd()",
        "@x",
        "0012",
        "'s-Hertogenbosch",
        "'90s",
        "O'Neil",
    ]


def test_booleans_read_in_both_languages_and_the_rest_is_unknown(read_column):
    typed = read_column("boolean", "Да", "нет", "Y", "no", "TRUE", "0", "+", "", "maybe")
    assert typed.values == [True, False, True, False, True, False, True, None, None]
    assert (typed.column.bad_count, typed.column.bad_example) == (1, "maybe")


def test_typed_columns_keep_their_exactness(tmp_path, read):
    zoned = pa.timestamp("us", tz="UTC")
    pq.write_table(
        pa.table(
            {
                "id": pa.array([1001.0, 1002.0, None]),
                "number": pa.array([12345678901234567, 2, 3], pa.int64()),
                "at": pa.array([datetime(2024, 7, 1, 23, 30), None, None], zoned),
                "local": pa.array([datetime(2024, 7, 1, 23, 30, 0, 123456), None, None]),
                "day": pa.array([date(2024, 7, 1), None, None]),
                "amount": pa.array(["12.10", None, "-3"], pa.string()).cast(pa.decimal128(12, 2)),
                "nan": pa.array([float("nan"), 1.0, 2.0]),
                "huge": pa.array([1e300, 0.5, float("nan")]),
                "flag": pa.array([True, False, None]),
                "serial": pa.array([45384, 45385, None], pa.int64()),
            }
        ),
        tmp_path / "orders.parquet",
    )
    source = read("orders.parquet")
    parsed = parse_columns(
        source,
        {
            "id": ("id", "id"),
            "long": ("number", "id"),
            "at": ("at", "timestamp"),
            "local": ("local", "timestamp"),
            "day": ("day", "date"),
            "amount": ("amount", "money"),
            "nan": ("nan", "number"),
            "huge": ("huge", "text"),
            "flag": ("flag", "boolean"),
            "serial": ("serial", "date"),
        },
        timezone="Europe/Berlin",
    )
    got = {name: typed_cells(source, column) for name, column in parsed.items()}
    assert got == {
        "id": ["1001", "1002", None],
        "long": ["12345678901234567", "2", "3"],
        "at": [datetime(2024, 7, 2, 1, 30), None, None],
        "local": [datetime(2024, 7, 1, 23, 30, 0, 123456), None, None],
        "day": [date(2024, 7, 1), None, None],
        "amount": [12.1, None, -3],
        "nan": [None, 1, 2],
        "huge": ["1e+300", "0.5", None],
        "flag": [True, False, None],
        "serial": [date(2024, 4, 2), date(2024, 4, 3), None],
    }
    assert [column.bad_count for column in parsed.values()] == [0] * 10


def test_values_and_flags_can_be_stored_side_by_side(write, read, con):
    write("orders.csv", "id;amount\n7;1,5\n8;x\n")
    source = read("orders.csv")
    column = parse_columns(source, {"a": ("amount", "money")}, timezone="UTC")["a"]
    stored = engine.store(con, "typed", [source.table.select(a=column.value, bad=column.bad)])
    assert engine.rows(stored) == [{"a": 1.5, "bad": False}, {"a": None, "bad": True}]

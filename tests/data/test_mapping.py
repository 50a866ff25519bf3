"""Headers become canonical columns: as said, by preset, by name, or guessed."""

import csv

import pytest

from crm_strategy.data.checks import check_required
from crm_strategy.data.column_errors import Place
from crm_strategy.data.mapping import Mapping, map_columns
from crm_strategy.data.preset import presets
from crm_strategy.data.schema import TABLES
from crm_strategy.data.vocabulary import (
    fold,
)
from crm_strategy.errors import DataError, ParamsError
from crm_strategy.plan.data_params import TableParams
from tests.conftest import shared
from tests.data.findings import found


def place(table: str = "orders", label: str = "orders.csv") -> Place:
    return Place(table, label, "params/demo.yml", columns_line=14, preset_line=13)


def mapped(headers: list[str], *, table: str = "orders", **given: object) -> Mapping:
    params = TableParams.model_validate({"file": "orders.csv", **given})
    return map_columns(headers, given=params, place=place(table))


def test_a_missing_column_names_the_likely_header_file_and_line():
    headers = ["customer_id", "orderdate", "amount"]
    mapping = mapped(headers, columns={"customer_id": "customer_id"})
    with pytest.raises(DataError) as error:
        check_required(mapping, headers, place=place(), with_orders=True)
    assert str(error.value) == (
        "orders.csv: no column 'ordered_at'; found customer_id, orderdate, amount.\n"
        "Did you mean 'orderdate'? Map it in params/demo.yml (line 14), data.orders.columns:\n"
        "    ordered_at: orderdate"
    )


def test_several_missing_columns_are_named_together():
    headers = ["customer_id", "Order Date", "zzz"]
    mapping = mapped(headers, columns={"customer_id": "customer_id"})
    with pytest.raises(DataError) as error:
        check_required(mapping, headers, place=place(), with_orders=True)
    assert str(error.value) == (
        "orders.csv: no columns 'ordered_at' and 'amount'; found customer_id, Order Date, zzz.\n"
        "Did you mean 'Order Date'? Map them in params/demo.yml (line 14), data.orders.columns:\n"
        "    ordered_at: Order Date\n"
        "    amount: …"
    )


def test_a_mapped_header_that_the_file_lacks_is_named_with_the_likely_one():
    with pytest.raises(DataError) as error:
        mapped(["customer_id", "InvoiceDate"], columns={"ordered_at": "InvoicDate"})
    assert str(error.value) == (
        "orders.csv: no column 'InvoicDate', which is mapped to 'ordered_at'; "
        "found customer_id, InvoiceDate.\n"
        "Did you mean 'InvoiceDate'? Correct params/demo.yml (line 14), data.orders.columns:\n"
        "    ordered_at: InvoiceDate"
    )


def test_a_message_shows_no_more_than_thirty_headers():
    headers = [f"c{number}" for number in range(40)]
    with pytest.raises(DataError) as error:
        mapped(headers, columns={"ordered_at": "InvoiceDate"})
    assert "c28, c29 and 10 more.\n" in str(error.value)


def test_an_unknown_canonical_column_is_refused_with_its_line():
    with pytest.raises(ParamsError) as error:
        mapped(["score"], table="surveys", columns={"scor": "score"})
    assert str(error.value) == (
        "params/demo.yml, line 14, data.surveys.columns.scor: unknown column.\n"
        "Did you mean 'score'? Columns: customer_id, answered_at, kind, score, scale_max, "
        "touchpoint, comment."
    )


def test_an_unknown_preset_is_refused_with_the_known_ones():
    with pytest.raises(ParamsError) as error:
        mapped(["ID"], preset="bitrix24.deal")
    assert str(error.value) == (
        "params/demo.yml, line 13, data.orders.preset: unknown preset 'bitrix24.deal'.\n"
        "Did you mean 'bitrix24.deals'? Presets: bitrix24.deals, bitrix24.contacts, "
        "bitrix24.companies, bitrix24.leads."
    )


def test_a_preset_of_another_table_is_refused():
    with pytest.raises(ParamsError) as error:
        mapped(["ID"], preset="bitrix24.leads")
    assert str(error.value) == (
        "params/demo.yml, line 13, data.orders.preset: preset 'bitrix24.leads' describes leads, "
        "not orders.\n"
        "Move the file to data.leads, or name another preset."
    )


def test_what_the_params_say_counts_before_preset_and_name():
    headers = ["ID", "Дата создания", "Дата начала", "Сумма", "amount"]
    columns = {"ordered_at": "Дата начала", "amount": "amount"}
    mapping = mapped(headers, preset="bitrix24.deals", columns=columns)
    assert found(mapping) == {"order_id": "ID", "ordered_at": "Дата начала", "amount": "amount"}
    assert {name: column.how for name, column in mapping.columns.items()} == {
        "order_id": "preset",
        "ordered_at": "said",
        "amount": "said",
    }


def test_headers_are_guessed_only_when_nothing_is_mapped():
    headers = ["Номер заказа", "Дата заказа", "Сумма, руб.", "Клиент"]
    assert found(mapped(headers)) == {
        "order_id": "Номер заказа",
        "ordered_at": "Дата заказа",
        "amount": "Сумма, руб.",
        "customer_id": "Клиент",
    }
    said = {"ordered_at": "Дата заказа"}
    assert found(mapped(headers, columns=said)) == said


def test_headers_that_are_canonical_names_need_no_mapping():
    headers = ["Order ID", "CustomerId", "ordered-at", "AMOUNT", "note"]
    mapping = mapped(headers, columns={"coupon": "note"})
    assert found(mapping) == {
        "order_id": "Order ID",
        "customer_id": "CustomerId",
        "ordered_at": "ordered-at",
        "amount": "AMOUNT",
        "coupon": "note",
    }


def test_a_header_in_another_case_or_with_a_unit_is_found():
    mapping = mapped(["сумма (руб.)", "ДАТА"], columns={"amount": "Сумма", "ordered_at": "Дата"})
    assert found(mapping) == {"amount": "сумма (руб.)", "ordered_at": "ДАТА"}


def test_flat_lines_hold_columns_of_orders_and_the_customer_columns_that_are_said():
    headers = [
        *("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate"),
        *("UnitPrice", "CustomerID", "Country"),
    ]
    columns = {"order_id": "InvoiceNo", "ordered_at": "InvoiceDate", "country": "Country"}
    mapping = mapped(headers, table="order_lines", columns=columns)
    assert found(mapping) == {
        "order_id": "InvoiceNo",
        "ordered_at": "InvoiceDate",
        "quantity": "Quantity",
        "customer_id": "CustomerID",
    }
    assert mapping.customers["country"].parts[0].header == "Country"
    assert mapping.unused == ("StockCode", "Description", "UnitPrice")
    guessed = mapped(headers, table="order_lines")
    assert found(guessed)["product_id"] == "StockCode"
    assert found(guessed)["price"] == "UnitPrice"
    assert guessed.customers == {}


def test_customers_keep_further_columns_but_no_personal_ones():
    headers = ["customer_id", "Имя", "E-mail", "Мобильный телефон", "Любимый цвет", "City"]
    mapping = mapped(headers, table="customers")
    assert set(mapping.customers) == {"Любимый цвет"}
    assert mapping.personal == ("Имя", "E-mail", "Мобильный телефон")
    assert "city" in mapping.columns


def test_a_personal_column_is_left_out_even_if_it_is_mapped_by_name():
    mapping = mapped(["id", "x"], table="customers", columns={"customer_id": "id", "phone": "x"})
    assert mapping.customers == {}
    assert mapping.personal == ("x",)


def test_a_survey_of_one_kind_may_say_so_in_the_header_of_its_score():
    mapping = mapped(["customer_id", "date", "NPS"], table="surveys")
    assert mapping.constants == {"kind": "nps"}
    assert "kind" in mapping


def test_a_deal_without_contact_belongs_to_its_company():
    mapping = mapped(["ID", "Компания", "Контакт"], preset="bitrix24.deals")
    parts = mapping.columns["customer_id"].parts
    assert [(part.header, part.prefix) for part in parts] == [
        ("Контакт", ""),
        ("Компания", "company:"),
    ]


ENTITIES = {
    "deal": "bitrix24.deals",
    "contact": "bitrix24.contacts",
    "company": "bitrix24.companies",
    "lead": "bitrix24.leads",
}

LEFT_OUT = {"customers.name", "customers.email", "customers.phone", "customers.gender"}


def test_bitrix24_headers_map_as_the_reference_says():
    """The table of crm-systems.md section 3: each verified header, Russian and English."""
    checked = 0
    with shared("crm-samples/bitrix24/fields.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            preset = presets().get(ENTITIES.get(row["entity"], ""))
            canonical = row["canonical"].lstrip("+").split(",")[0]
            _, _, column = canonical.partition(".")
            known = preset is not None and column in {
                each.name for each in TABLES[preset.table].readable
            }
            if not known or row["basis"] != "V" or canonical in LEFT_OUT:
                continue
            headers = [*row["header_ru"].split(";"), *row["header_en"].split(";")]
            for header in filter(None, map(str.strip, headers)):
                if header.startswith(("Дата закрытия", "Close Date", "Сделка закрыта", "Closed")):
                    continue  # a plan until the deal is closed; says nothing of won or lost
                parts = preset.columns[column]
                assert any(fold(header) in part.headers for part in parts), (preset.name, header)
                checked += 1
    assert checked >= 20

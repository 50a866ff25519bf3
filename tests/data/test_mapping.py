"""Headers become canonical columns: as said, by preset, by name, or guessed."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.data.checks import check_required
from crm_strategy.data.column_errors import Place
from crm_strategy.data.guess import guess_columns, likely_table
from crm_strategy.data.mapping import Mapping, map_columns, special_columns
from crm_strategy.data.preset import best_preset, presets
from crm_strategy.data.schema import TABLES
from crm_strategy.data.vocabulary import (
    aliases,
    currency_code,
    fold,
    header_currency,
    is_personal,
    stage_of,
    value_of,
)
from crm_strategy.errors import DataError, ParamsError
from crm_strategy.plan.data_params import TableParams
from tests.conftest import shared


def place(table: str = "orders", label: str = "orders.csv") -> Place:
    return Place(table, label, "params/demo.yml", columns_line=14, preset_line=13)


def mapped(headers: list[str], *, table: str = "orders", **given: object) -> Mapping:
    params = TableParams.model_validate({"file": "orders.csv", **given})
    return map_columns(headers, given=params, place=place(table))


def found(mapping: Mapping) -> dict[str, str]:
    return {name: column.parts[0].header for name, column in mapping.columns.items()}


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


@pytest.mark.parametrize(
    ("sample", "table", "preset"),
    [
        ("bitrix24/contacts_ru_utf8_bom.csv", "customers", "bitrix24.contacts"),
        ("bitrix24/deals_ru_utf8_bom.csv", "orders", "bitrix24.deals"),
        ("generic/orders_en_comma.csv", "orders", None),
        ("generic/orders_ru_excel_utf8_bom.csv", "orders", None),
        ("espocrm/contact_export.csv", "customers", None),
    ],
)
def test_a_samples_table_and_preset_are_recognised(sample: str, table: str, preset: str | None):
    headers = headers_of(shared(f"crm-samples/{sample}"))
    assert likely_table(headers) == table
    assert best_preset(headers) == preset


def headers_of(path: Path) -> list[str]:
    line = path.read_text(encoding="utf-8-sig").splitlines()[0]
    delimiter = max(";,", key=line.count)
    return [each for each in next(csv.reader([line], delimiter=delimiter)) if each]


@pytest.mark.parametrize(
    ("headers", "table"),
    [
        (["InvoiceNo", "Description", "InvoiceDate", "UnitPrice", "CustomerID"], "order_lines"),
        (["customer_id", "date", "quantity", "amount"], "orders"),
        (["path", "conv_count", "drop_count"], "paths"),
        (["Начало", "Канал", "Сумма"], "costs"),
        (["customer_id", "sent at", "channel", "action"], "touches"),
        (["customer_id", "channel", "granted_at"], "consents"),
        (["experiment", "variant", "customer_id"], "experiments"),
        (["id клиента", "Дата ответа", "Опрос", "Оценка"], "surveys"),
        (["foo", "bar"], None),
    ],
)
def test_a_files_headers_tell_its_table(headers: list[str], table: str | None):
    assert likely_table(headers) == table


def test_each_known_header_stands_for_one_column_of_a_table():
    for table in TABLES:
        names = [name for headers in aliases(table).values() for name in headers]
        twice = {name for name in names if names.count(name) > 1}
        assert not twice, (table, twice)


def test_every_canonical_column_has_known_headers():
    for table, schema in TABLES.items():
        known = set(aliases(table)) | {"customer_id", "ordered_at"}
        assert {column.name for column in schema.readable} <= known


def test_a_guess_uses_each_header_once():
    found = guess_columns(["Источник", "Сумма", "Дата", "Сумма заказа"], table="orders")
    assert found == {"ordered_at": "Дата", "amount": "Сумма", "channel": "Источник"}


@given(st.sampled_from(["Номер заказа", "Order ID", "Дата создания"]), st.data())
def test_spelling_does_not_change_what_a_header_says(header: str, data: st.DataObject):
    blank = data.draw(st.sampled_from([" ", "\u00a0", "_", "-", "  "]))
    ending = data.draw(st.sampled_from(["", "*", ":", " *", ", руб.", " (₽)"]))
    spelled = data.draw(st.sampled_from([header, header.upper(), header.lower()]))
    assert fold(spelled.replace(" ", blank) + ending) == fold(header)


def test_a_latin_letter_inside_a_russian_word_is_read_as_russian():
    assert fold("Cуммa") == fold("Сумма")


@pytest.mark.parametrize(
    "header",
    [
        *("Имя", "ФИО", "First Name", "customerName", "E-mail", "email_2", "Рабочий телефон"),
        *("Phone", "Адрес доставки", "ИНН", "Клиент", "Комментарий", "Passport No", "ip"),
    ],
)
def test_personal_columns_are_recognised(header: str):
    assert is_personal(header)


@pytest.mark.parametrize(
    "header",
    ["Город", "Segment", "Loyalty card", "Campaign name", "Shop name", "Тип клиента", "consent"],
)
def test_columns_about_groups_are_not_personal(header: str):
    assert not is_personal(header)


@pytest.mark.parametrize(
    ("header", "category"),
    [
        ("Диагноз", "health"),
        ("health_score", "health"),
        ("Группа крови", "health"),
        ("Religion", "religion"),
        ("Вероисповедание", "religion"),
        ("Политические взгляды", "politics"),
        ("Ethnicity", "ethnicity"),
        ("Race", "ethnicity"),
        ("Национальность", "ethnicity"),
        ("Sexual orientation", "sexual_orientation"),
        ("Профсоюз", "union_membership"),
        ("trade_union_member", "union_membership"),
        ("Fingerprint", "biometrics"),
        ("Судимость", "criminal_records"),
        ("criminal record", "criminal_records"),
    ],
)
def test_special_categories_are_recognised(header: str, category: str):
    assert special_columns([header]) == {header: category}


def test_ordinary_headers_are_of_no_special_category():
    ordinary = ["Trace", "Brace type", "Region", "Доверие", "Верность", "Sex", "Пол", "Unionville"]
    assert special_columns(ordinary) == {}


@pytest.mark.parametrize(
    ("status", "group"),
    [
        ("Сделка успешна", "won"),
        ("Выполнена", "won"),
        ("ДОСТАВЛЕН", "won"),
        ("Closed Won", "won"),
        ("C4:WON", "won"),
        ("completed", "won"),
        ("Отменён клиентом", "lost"),
        ("Сделка провалена", "lost"),
        ("refunded", "lost"),
        ("C2:LOSE", "lost"),
        ("В работе", "open"),
        ("Не оплачен", "open"),
        ("Доставляется", "open"),
        ("processing", "open"),
        ("Готовится к чуду", None),
    ],
)
def test_a_status_says_whether_the_sale_was_made(status: str, group: str | None):
    assert stage_of(status) == group


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("руб.", "RUB"), ("₽", "RUB"), ("Рубль", "RUB"), ("RUR", "RUB"), ("100 000 р.", "RUB")),
        *(("€", "EUR"), ("1.200,50 EUR", "EUR"), ("Доллар США", "USD"), ("$ 5", "USD")),
        *(("chf", "CHF"), ("тугрики", None), ("", None), ("abc", None), ("12,5", None)),
    ],
)
def test_currencies_are_read_as_files_write_them(text: str, code: str | None):
    assert currency_code(text) == code


def test_a_headers_unit_may_name_the_currency():
    assert header_currency("Сумма, руб.") == "RUB"
    assert header_currency("Amount (USD)") == "USD"
    assert header_currency("Количество, шт.") is None
    assert header_currency("Amount") is None


def test_words_of_closed_lists_are_read_in_both_languages():
    assert value_of("cost_item", "Реклама") == "media"
    assert value_of("cost_kind", "План") == "planned"
    assert value_of("kind", "Юр. лицо") == "company"
    assert value_of("survey_kind", "CSAT") == "csat"
    assert value_of("cost_item", "прочее") is None

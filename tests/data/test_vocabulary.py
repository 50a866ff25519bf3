"""What headers and words mean, in both languages."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.data.guess import guess_columns, likely_table
from crm_strategy.data.mapping import special_columns
from crm_strategy.data.preset import best_preset
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
from tests.conftest import shared


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

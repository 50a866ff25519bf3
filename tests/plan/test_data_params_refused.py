"""Every refusal of what `data` names, by its whole message."""

import pytest


@pytest.mark.parametrize(
    ("orders", "message"),
    [
        (
            "orders.csv",
            "data.orders: 'orders.csv' is not a set of 'key: value' pairs.\n"
            "Write {key: value, …}. orders: one row per order or deal.",
        ),
        (
            "{sheet: Orders}",
            "data.orders: neither file nor table is given.\nAdd file: path/to/export.csv.",
        ),
        (
            "{file: a.csv, table: orders}",
            "data.orders: file and table are both given.\nKeep the one the data come from.",
        ),
        (
            "{table: orders, sheet: Orders}",
            "data.orders: a table of the engine has no sheet.\nRemove sheet, or name a file.",
        ),
        (
            "{file: a.csv, stages: {win: [Won]}}",
            "data.orders.stages.win: 'win' is not known here.\n"
            "Did you mean 'won'? Known here: open, won, lost.",
        ),
        (
            "{file: a.csv, format: {decimal: ';'}}",
            "data.orders.format.decimal: ';' is not known here.\n"
            "Known here: ',', '.'. decimal: decimal mark.",
        ),
    ],
)
def test_wrong_table(refusal, orders, message):
    text = f"client: Acme\ndata:\n  orders: {orders}\n"

    assert refusal(text) == f"params/acme.yml, line 3, {message}"


def test_a_password_in_the_engines_address_is_refused_and_not_repeated(refusal):
    told = refusal(
        "client: Acme\ndata:\n  engine: postgres://crm:geheim@db/shop\n  orders: {table: orders}\n"
    )
    assert told == (
        "params/acme.yml, line 3, data.engine: a password stands in the address.\n"
        "Write ${CRM_PASSWORD} in its place, and set that variable of the environment."
    )


def test_an_engine_that_nothing_is_read_from_is_refused(refusal):
    told = refusal("client: Acme\ndata:\n  engine: mars\n  orders: {file: a.csv}\n")
    assert told == (
        "params/acme.yml, line 2, data: engine is given, but no table is read from it.\n"
        "Write {table: name} in the place of a file, or remove engine."
    )


def test_no_orders(refusal):
    assert refusal("client: Acme\ndata:\n  customers: {file: people.csv}\n") == (
        "params/acme.yml, line 2, data: neither orders nor order_lines is given.\n"
        "Add orders: {file: path/to/orders.csv}; a report is about orders."
    )

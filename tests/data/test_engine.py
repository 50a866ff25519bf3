"""The engine: bounded, offline, and the raw rows apart from what is prepared."""

import duckdb
import ibis
import pyarrow as pa
import pytest

from crm_strategy.data import engine
from crm_strategy.data.remote import connect_engine
from crm_strategy.errors import DataError


def test_the_engine_reaches_for_no_network(con):
    asked = "SELECT current_setting('autoinstall_known_extensions')"
    assert con.raw_sql(asked).fetchall() == [(False,)]


def tables(con):
    return con.raw_sql(
        "SELECT table_name FROM duckdb_tables() WHERE database_name <> 'scratch'"
    ).fetchall()


def test_raw_rows_stay_out_of_the_prepared_file(tmp_path):
    path = tmp_path / "prepared.duckdb"
    con = engine.connect(path)
    engine.attach_scratch(con, tmp_path / "scratch")
    engine.attach_scratch(con, tmp_path / "scratch")
    engine.load_rows(con, ([str(number), None] for number in range(50_000)), name="raw", width=2)
    assert engine.count(engine.scratch_table(con, "raw")) == 50_000
    assert tables(con) == []
    engine.detach_scratch(con)
    engine.detach_scratch(con)
    engine.disconnect(con)
    assert path.stat().st_size < 100_000
    assert tables(engine.connect(path, read_only=True)) == []


def test_rows_keep_their_order_and_short_ones_end_in_nulls(con, tmp_path):
    engine.attach_scratch(con, tmp_path)
    lines = [[str(number)] if number % 7 else [str(number), "x"] for number in range(45_000)]
    engine.load_rows(con, lines, name="raw", width=2)
    raw = engine.scratch_table(con, "raw")
    rows = engine.rows(raw.order_by(raw.rowid()).limit(3))
    assert rows == [{"c0": "0", "c1": "x"}, {"c0": "1", "c1": None}, {"c0": "2", "c1": None}]
    assert engine.count(raw.filter(raw.c0 == (raw.rowid()).cast("string"))) == 45_000


def test_tables_are_stored_one_below_the_other(con, tmp_path):
    engine.attach_scratch(con, tmp_path)
    one, two = (ibis.memtable(pa.table({"a": [number]})) for number in (1, 2))
    stored = engine.store(con, "both", [one, two])
    assert sorted(row["a"] for row in engine.rows(stored)) == [1, 2]
    assert engine.count(engine.store(con, "both", [one])) == 1


# Ibis 12 calls what duckdb 1.5 deprecates.
DEPRECATED = pytest.mark.filterwarnings(
    r"ignore:fetch_(arrow_table|record_batch)\(\) is deprecated:DeprecationWarning"
)


@DEPRECATED
def test_a_table_of_another_engine_is_copied_with_its_types(tmp_path, read):
    with duckdb.connect(tmp_path / "shop.duckdb") as shop:
        shop.execute("CREATE SCHEMA crm")
        shop.execute(
            "CREATE TABLE crm.orders AS SELECT * FROM (VALUES (1, 12.50::DECIMAL(9, 2), "
            "TIMESTAMP '2024-03-01 10:15:00'), (2, NULL, NULL)) t(id, amount, ordered_at)"
        )
    other = connect_engine(f"duckdb://{tmp_path / 'shop.duckdb'}")
    source = read(table="crm.orders", engine=other)
    assert source.headers == ("id", "amount", "ordered_at")
    assert (source.label, source.row_count, source.files[0].kind) == (
        "table crm.orders",
        2,
        "table",
    )
    assert source.table["amount"].type().is_decimal()
    assert source.table["ordered_at"].type().is_timestamp()
    rows = engine.rows(source.table.order_by("_row"))
    assert [(row["_row"], row["_file"]) for row in rows] == [(1, "crm.orders"), (2, "crm.orders")]
    engine.disconnect(other)


@DEPRECATED
def test_a_table_the_engine_does_not_hold_is_named_with_a_guess(tmp_path, read):
    with duckdb.connect(tmp_path / "shop.duckdb") as shop:
        shop.execute("CREATE TABLE orders (id INTEGER); CREATE TABLE costs (id INTEGER)")
    other = connect_engine(f"duckdb://{tmp_path / 'shop.duckdb'}")
    with pytest.raises(DataError) as refused:
        read(table="order", engine=other)
    assert str(refused.value) == (
        "table order: the engine cannot read it: order\n"
        "Did you mean 'orders'? Tables there: costs, orders."
    )
    with pytest.raises(DataError) as refused:
        read(table="orders", engine=other)
    assert str(refused.value) == (
        "table orders: no rows.\nFill it, or remove data.orders from the parameters."
    )
    engine.disconnect(other)


@DEPRECATED
def test_an_engine_that_stops_while_a_table_is_read_is_no_crash(tmp_path, read):
    with duckdb.connect(tmp_path / "shop.duckdb") as shop:
        shop.execute("CREATE VIEW orders AS SELECT error('no more') AS id")
    other = connect_engine(f"duckdb://{tmp_path / 'shop.duckdb'}")
    with pytest.raises(DataError) as refused:
        read(table="orders", engine=other)
    message = str(refused.value)
    assert message.startswith("table orders: the engine stopped while it was read: ")
    assert message.endswith("\nCheck that the table can be read there, and run it again.")
    engine.disconnect(other)


def test_a_table_without_an_engine_is_refused(read):
    with pytest.raises(DataError) as refused:
        read(table="crm.orders")
    assert str(refused.value) == (
        "data.orders: table crm.orders: data.engine is 'duckdb', which holds no tables of its "
        "own.\nName the engine that does:\n    engine: duckdb:///path/to/shop.duckdb"
    )


def test_a_secret_that_is_not_set_is_named(monkeypatch):
    monkeypatch.delenv("CRM_PASSWORD", raising=False)
    with pytest.raises(DataError) as refused:
        connect_engine("postgres://crm:${CRM_PASSWORD}@db/shop")
    assert str(refused.value) == (
        "data.engine: postgres://crm:${CRM_PASSWORD}@db/shop: not set in the environment: "
        "CRM_PASSWORD.\nSet it before the run:\n    export CRM_PASSWORD=…"
    )


def test_a_secret_is_never_printed(monkeypatch, tmp_path):
    monkeypatch.setenv("SHOP", "se cret")
    with pytest.raises(DataError) as refused:
        connect_engine(f"duckdb://{tmp_path}/none/${{SHOP}}.duckdb?read_only=True")
    message = str(refused.value)
    assert "se cret" not in message
    assert message.startswith(f"data.engine: duckdb://{tmp_path}/none/${{SHOP}}.duckdb")
    assert message.endswith(
        "Check the address, and that the backend's driver is installed "
        "(pip install 'ibis-framework[…]')."
    )


def test_local_time_follows_the_clocks_of_the_zone(con):
    moment = ibis.timestamp("2024-07-01 12:00:00", timezone="UTC")
    shown = ibis.memtable({"a": [1]}).select(at=engine.local_time("Europe/Berlin", moment))
    assert con.to_pyarrow(shown)["at"].to_pylist()[0].hour == 14

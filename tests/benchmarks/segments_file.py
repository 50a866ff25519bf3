"""The orders of `orders_file` with what was chosen in each, and the customers behind them."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tests.benchmarks.orders_file import CUSTOMERS, ORDERS, SEED, write_orders

CHANNELS = ("app", "marketplace", "phone", "store", "website")
PAYMENT_METHODS = ("card", "cash", "invoice", "wallet")
DELIVERY_METHODS = ("courier", "locker", "pickup", "post")
GENDERS = ("female", "male", "other")
COUNTRIES = (
    *("AT", "BE", "BG", "CH", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB"),
    *("GR", "HR", "HU", "IE", "IT", "LT", "LV", "NL", "NO", "PL", "PT", "SE"),
)

_CHUNK = 1_000_000
_HABIT = 0.6
_MISSING = 0.07
_BORN = (np.datetime64("1936-01-01"), np.datetime64("2009-01-01"))


def write_data(folder: Path, *, orders: int = ORDERS, customers: int = CUSTOMERS) -> None:
    """Write `orders.parquet` and `customers.parquet`.

    Orders are those of `orders_file`, in whole seconds as shops keep them. Most orders follow
    their customer's habit; about one attribute in fourteen is missing.
    """
    plain = folder / "plain.parquet"
    write_orders(plain, orders=orders, customers=customers)
    random = np.random.default_rng(SEED)
    habits = {
        "channel": (CHANNELS, random.integers(len(CHANNELS), size=customers)),
        "payment_method": (PAYMENT_METHODS, random.integers(len(PAYMENT_METHODS), size=customers)),
        "delivery_method": (
            DELIVERY_METHODS,
            random.integers(len(DELIVERY_METHODS), size=customers),
        ),
    }
    writer = None
    for batch in pq.ParquetFile(plain).iter_batches(_CHUNK):
        table = pa.table(batch)
        who = pc.utf8_slice_codeunits(table["customer_id"], 1).cast("int64").fill_null(0)
        for name, (values, favourite) in habits.items():
            any_of_them = random.integers(len(values), size=len(table))
            by_habit = random.random(len(table)) < _HABIT
            chosen = np.where(by_habit, favourite[who.to_numpy()], any_of_them)
            table = table.append_column(name, _texts(chosen, values))
        seconds = pc.floor_temporal(table["ordered_at"], unit="second")
        table = table.set_column(table.column_names.index("ordered_at"), "ordered_at", seconds)
        writer = writer or pq.ParquetWriter(folder / "orders.parquet", table.schema)
        writer.write_table(table)
    if writer:
        writer.close()
    plain.unlink()
    pq.write_table(_customers(random, customers), folder / "customers.parquet")


def _customers(random: np.random.Generator, size: int) -> pa.Table:
    weight = 1 / np.arange(1, len(COUNTRIES) + 1)
    country = random.permutation(len(COUNTRIES))[
        random.choice(len(COUNTRIES), size, p=weight / weight.sum())
    ]
    gender = random.choice(len(GENDERS), size, p=(0.55, 0.43, 0.02))
    days = random.integers(0, (_BORN[1] - _BORN[0]).astype("int64"), size)

    def missing() -> np.ndarray:
        return random.random(size) < _MISSING

    return pa.table(
        {
            "customer_id": np.char.add("C", np.char.zfill(np.arange(size).astype("U7"), 7)),
            "country": _texts(country, COUNTRIES, missing()),
            "gender": _texts(gender, GENDERS, missing()),
            "birth_date": pa.array(_BORN[0] + days, mask=missing()),
        }
    )


def _texts(places: np.ndarray, values: tuple[str, ...], missing: np.ndarray | None = None):
    return pa.DictionaryArray.from_arrays(pa.array(places.astype("int8"), mask=missing), values)

"""Ten million orders of customers who come, buy at their own rate, and leave; seeded."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FIRST, LAST = date(2023, 7, 1), date(2026, 9, 30)
ORDERS = 10_000_000
CUSTOMERS = 1_000_000
"""Customers drawn; about 690,000 of them order."""
SEED = 20260930

_DAYS = (LAST - FIRST).days + 1
_CHUNK = 1_000_000
_MEAN_LIFE_DAYS = 270.0
_REFUNDS, _WITHOUT_CUSTOMER = 0.03, 0.02
_NOBODY = 9_999_999


def write_orders(path: Path, *, orders: int = ORDERS, customers: int = CUSTOMERS) -> None:
    """Write orders as prepared data hold them, a customer's together in order of time.

    Each customer arrives on some day (many before the first), orders at a gamma-distributed
    rate and leaves after an exponential life, as in the Pareto/NBD model.
    """
    random = np.random.default_rng(SEED)
    arrival = random.integers(-400, _DAYS, customers)
    rate = random.gamma(0.8, 1.0, customers)
    leave = np.minimum(arrival + random.exponential(_MEAN_LIFE_DAYS, customers), _DAYS)
    arrival = np.maximum(arrival, 0)
    weight = np.cumsum(rate * np.maximum(leave - arrival, 0))
    who = np.searchsorted(weight, random.random(orders) * weight[-1]).astype("int32")
    day = arrival[who] + random.random(orders) * (leave[who] - arrival[who])
    who = np.where(random.random(orders) < _WITHOUT_CUSTOMER, _NOBODY, who)
    as_prepared = np.lexsort((day, who))
    who, day = who[as_prepared], day[as_prepared]
    writer = None
    for start in range(0, orders, _CHUNK):
        part = slice(start, start + _CHUNK)
        table = _rows(random, who[part], day[part], start)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()


def _rows(random: np.random.Generator, who: np.ndarray, day: np.ndarray, start: int) -> pa.Table:
    size = len(who)
    amount = np.round(random.lognormal(3.6, 0.7, size), 2)
    refund = random.random(size) < _REFUNDS
    numbers = np.char.zfill(np.arange(start, start + size).astype("U8"), 8)
    return pa.table(
        {
            "order_id": np.char.add("O", numbers),
            "customer_id": pa.array(
                np.char.add("C", np.char.zfill(who.astype("U7"), 7)),
                mask=who == _NOBODY,
            ),
            "ordered_at": np.datetime64(FIRST, "us") + (day * 86_400e6).astype("timedelta64[us]"),
            "amount": np.where(refund, -amount, amount),
            "is_refund": refund,
        }
    )

"""Orders for the value models: CDNOW's customers, and a million drawn from known parameters."""

import gzip
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

CALIBRATION_END = date(1997, 9, 30)
"""Last day observed of both."""
CUSTOMERS = 1_000_000
TRUE = {"r": 0.6, "alpha": 135.0, "a": 0.8, "b": 2.5}
"""BG/NBD parameters of the customers drawn, in weeks: buyers so slow that hardly two purchases
fall on one day, which would be one purchase and which the model does not know of."""
SEED = 20260930

_LEAST_DAYS, _MOST_DAYS = 1_500, 12_000


def write_cdnow(source: Path, path: Path) -> None:
    """Write CDNOW's purchases, all customers, as orders."""
    with gzip.open(source) as file:
        rows = pa.csv.read_csv(file)
    _write(
        path,
        rows["customer_id"].cast("string"),
        rows["date"].cast("timestamp[us]"),
        rows["amount"].cast("float64"),
    )


def write_drawn(path: Path, *, customers: int = CUSTOMERS) -> None:
    """Write orders of customers who buy and leave as in the BG/NBD model.

    A moment, not a day, is drawn: what falls on one day is one purchase, as in real data.
    """
    random = np.random.default_rng(SEED)
    rate = random.gamma(TRUE["r"], 1 / (7 * TRUE["alpha"]), customers)
    leave = random.beta(TRUE["a"], TRUE["b"], customers)
    first = random.integers(_LEAST_DAYS, _MOST_DAYS, customers).astype("float64")
    hour = random.random(customers)
    who, moment = np.arange(customers), np.zeros(customers)
    customer_of, days_before_end = [who], [first]
    while len(who):
        moment = moment + random.exponential(1 / rate[who])
        stays = moment < first[who]
        who, moment = who[stays], moment[stays]
        # From noon to noon on the average, so that whole days are right on the average too.
        customer_of.append(who)
        days_before_end.append(first[who] - np.floor(hour[who] + moment))
        bought_on = random.random(len(who)) >= leave[who]
        who, moment = who[bought_on], moment[bought_on]
    number = np.concatenate(customer_of)
    day = -np.concatenate(days_before_end).astype("int64")
    in_order = np.lexsort((day, number))
    number, day = number[in_order], day[in_order]
    at = np.datetime64(CALIBRATION_END, "us") + day.astype("timedelta64[D]")
    ids = np.char.add("C", np.char.zfill(number.astype("U7"), 7))
    amount = np.round(random.lognormal(3.6, 0.7, len(number)), 2)
    _write(path, pa.array(ids), pa.array(at), pa.array(amount))


def _write(path: Path, customer: pa.Array, at: pa.Array, amount: pa.Array) -> None:
    refund = pa.array(np.zeros(len(customer), dtype=bool))
    names = ["customer_id", "ordered_at", "amount", "is_refund"]
    pq.write_table(pa.table([customer, at, amount, refund], names=names), path)

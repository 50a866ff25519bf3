"""Touches, costs, answers and leads to go with drawn orders, as prepared tables are; seeded."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tests.benchmarks.orders_file import FIRST, LAST, SEED

SOURCES = ("ads", "marketplace", "referral", "search", "social", "store")
"""Channels that bring customers."""
CHANNELS = (*SOURCES, "email", "sms")
"""Channels that customers are touched through, each with costs."""

_ROWS = 122_880
"""Rows of a group of the Parquet files: those that DuckDB itself writes."""
_BEGIN = np.datetime64(FIRST, "s")
_SECONDS = ((LAST - FIRST).days + 1) * 86_400
_BEFORE_ORDERS, _DAYS_BEFORE = 0.55, 6.0
_SHARES = (0.14, 0.07, 0.05, 0.16, 0.13, 0.05, 0.32, 0.08)
_ACTIONS = ("clicked", "opened", "sent", "visited")
_SPENT_ON_AN_ORDER = 4.0
_GROUPS, _WON = ("lost", "open", "won"), (0.5, 0.2, 0.3)
_NOBODY = 0.4
_NPS = (0.02, 0.01, 0.02, 0.03, 0.04, 0.08, 0.08, 0.14, 0.21, 0.19, 0.18)
_CSAT = (0.05, 0.06, 0.13, 0.36, 0.40)


def write_data(folder: Path, *, touches: int, answers: int, leads: int) -> None:
    """Write `touches`, `costs`, `surveys` and `leads` for the orders and customers of the folder.

    Of the touches 55 % come some days before an order, of whoever placed it; the others are of
    anyone at any time, customers who never order included. Costs are booked by month, tools by
    year, some are planned or of goods. Answers are of those who order, leads of anyone; two in
    five leads have no customer.
    """
    random = np.random.default_rng(SEED)
    orders = pq.read_table(folder / "orders.parquet", columns=["customer_id", "ordered_at"])
    orders = orders.filter(pc.is_valid(orders["customer_id"]))
    people = pq.read_table(folder / "customers.parquet", columns=["customer_id"])["customer_id"]
    who = pc.utf8_slice_codeunits(orders["customer_id"], 1).cast("int32").to_numpy()
    ordered = (orders["ordered_at"].to_numpy().astype("datetime64[s]") - _BEGIN).astype("int64")
    count = len(who)
    del orders
    _write_touches(folder, random, people, who, ordered, size=touches)
    after = random.integers(count, size=answers)
    _write_surveys(folder, random, people.take(who[after]), ordered[after])
    pq.write_table(_costs(random, count), folder / "costs.parquet")
    pq.write_table(_leads(random, people, leads), folder / "leads.parquet")


def _write_touches(
    folder: Path,
    random: np.random.Generator,
    people: pa.ChunkedArray,
    who: np.ndarray,
    ordered: np.ndarray,
    *,
    size: int,
) -> None:
    near = random.integers(len(who), size=int(size * _BEFORE_ORDERS))
    before = ordered[near] - (random.exponential(_DAYS_BEFORE, len(near)) * 86_400).astype("int64")
    touched = np.concatenate(
        [who[near], random.integers(len(people), size=size - len(near), dtype="int32")]
    )
    at = np.concatenate([before, random.integers(_SECONDS, size=size - len(near))])
    # What would lie before the data is any time instead.
    at = np.where(at < 0, random.integers(_SECONDS, size=size), at)
    together = np.lexsort((at, touched))
    touched, at = touched[together], at[together]
    chunk, writer = 10 * _ROWS, None
    for start in range(0, size, chunk):
        moments, persons = at[start : start + chunk], touched[start : start + chunk]
        numbers = np.arange(start, start + len(moments)).astype("U8")
        table = pa.table(
            {
                "touch_id": np.char.add("T", np.char.zfill(numbers, 8)),
                "customer_id": people.take(persons),
                "touched_at": (_BEGIN + moments).astype("datetime64[us]"),
                "channel": _texts(random.choice(len(CHANNELS), len(moments), p=_SHARES), CHANNELS),
                "action": _texts(random.integers(len(_ACTIONS), size=len(moments)), _ACTIONS),
                "cost": pa.nulls(len(moments), "float64"),
            }
        )
        writer = writer or pq.ParquetWriter(folder / "touches.parquet", table.schema)
        writer.write_table(table, row_group_size=_ROWS)
    if writer:
        writer.close()


def _write_surveys(
    folder: Path, random: np.random.Generator, people: pa.ChunkedArray, ordered: np.ndarray
) -> None:
    size = len(people)
    answered = np.minimum(ordered + random.integers(3_600, 7 * 86_400, size), _SECONDS - 1)
    is_nps = random.random(size) < 0.5
    nps, csat = random.choice(11, size, p=_NPS), random.choice(5, size, p=_CSAT) + 1
    table = pa.table(
        {
            "customer_id": people,
            "answered_at": (_BEGIN + answered).astype("datetime64[us]"),
            "kind": np.where(is_nps, "nps", "csat"),
            "score": np.where(is_nps, nps, csat).astype("float64"),
            "scale_max": np.where(is_nps, 10.0, 5.0),
        }
    )
    pq.write_table(
        table.sort_by([("customer_id", "ascending"), ("answered_at", "ascending")]),
        folder / "surveys.parquet",
        row_group_size=_ROWS,
    )


def _costs(random: np.random.Generator, orders: int) -> pa.Table:
    """What channels cost: every channel has costs in every month."""
    months = [date(2023 + n // 12, n % 12 + 1, 1) for n in range(6, 45)]
    ends = [(first + timedelta(days=31)).replace(day=1) - timedelta(days=1) for first in months]
    a_month = orders * _SPENT_ON_AN_ORDER / len(months) / len(CHANNELS)
    kinds = (("media", "actual", 0.8), ("media", "planned", 0.9), ("goods", "actual", 0.1))
    rows = [
        (first, end, channel, a_month * share * random.uniform(0.5, 1.5), item, kind)
        for first, end in zip(months, ends, strict=True)
        for channel in CHANNELS
        for item, kind, share in kinds
    ] + [
        (date(year, 1, 1), date(year, 12, 31), channel, a_month * 12 * 0.2, "tools", "actual")
        for year in range(2023, 2027)
        for channel in CHANNELS
    ]
    names = ("period_start", "period_end", "channel", "amount", "cost_item", "cost_kind")
    columns = dict(zip(names, zip(*sorted(rows), strict=True), strict=True))
    columns["amount"] = np.round(columns["amount"], 2)
    return pa.table({name: pa.array(values) for name, values in columns.items()})


def _leads(random: np.random.Generator, people: pa.ChunkedArray, size: int) -> pa.Table:
    who = pa.array(random.integers(len(people), size=size), mask=random.random(size) < _NOBODY)
    created = np.sort(random.integers(_SECONDS, size=size))
    numbers = np.char.zfill(np.arange(size).astype("U8"), 8)
    return pa.table(
        {
            "lead_id": np.char.add("L", numbers),
            "customer_id": people.take(who),
            "created_at": (_BEGIN + created).astype("datetime64[us]"),
            "status_group": _texts(random.choice(len(_GROUPS), size, p=_WON), _GROUPS),
        }
    )


def _texts(places: np.ndarray, values: tuple[str, ...]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(places.astype("int8")), values)

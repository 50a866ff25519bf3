"""Drawn journeys: ready paths for the Markov chains, touches and orders for the paths."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

CHANNELS = (
    *("Organic search", "E-mail", "Paid search", "Direct", "Social", "Display"),
    *("Referral", "Affiliate", "SMS", "Messenger", "Price portal", "Call"),
)
"""The commonest first: the second is half as common as the first, the third a third."""

CUSTOMERS = 1_000_000
TOUCHES = 20_000_000
PATHS = 10_000

_SEED = 7
_YEAR = np.datetime64("2025-01-01", "s")
_DAY = 86_400
_TO_ORDER = 0.2
"""Chance that a visit of several touches ends in an order."""
_LONGEST_PATH = 8


def write_paths(file: Path, *, count: int = PATHS) -> None:
    """Write `count` distinct paths of 1 to 8 steps: `path`, `conversions`, `value`, `nulls`."""
    random = np.random.default_rng(_SEED)
    found: dict[str, None] = {}
    while len(found) < count:
        steps = random.choice(len(CHANNELS), random.integers(1, _LONGEST_PATH + 1), p=_shares())
        found[" > ".join(CHANNELS[step] for step in steps)] = None
    conversions = random.integers(0, 5, count)
    table = {
        "path": list(found),
        "conversions": conversions,
        "value": np.round(conversions * random.uniform(10, 100, count), 2),
        "nulls": random.integers(0, 30, count),
    }
    pq.write_table(pa.table(table), file)


def write_touches(folder: Path, *, customers: int = CUSTOMERS, touches: int = TOUCHES) -> None:
    """Write `touches.parquet` and `orders.parquet` of the year 2025, customers together.

    Customers come in visits of five touches on average within two weeks. A fifth of the visits
    ends in an order within two days; a tenth as many orders follow no visit.
    """
    random = np.random.default_rng(_SEED)
    visits = touches // 5
    who = np.sort(random.integers(0, customers, visits))
    begun = random.integers(0, 350 * _DAY, visits)
    sizes = 1 + random.multinomial(touches - visits, np.full(visits, 1 / visits))
    visit = np.repeat(np.arange(visits), sizes)
    at = begun[visit] + random.integers(0, 14 * _DAY, touches)
    channel = random.choice(len(CHANNELS), touches, p=_shares())
    order = np.lexsort((at, who[visit]))
    last = np.zeros(visits, dtype=np.int64)
    np.maximum.at(last, visit, at)
    ends = np.flatnonzero(random.random(visits) < _TO_ORDER)
    alone = len(ends) // 10
    buyer = np.concatenate([who[ends], random.integers(0, customers, alone)])
    after = last[ends] + random.integers(60, 2 * _DAY, len(ends))
    placed = np.concatenate([after, random.integers(0, 365 * _DAY, alone)])
    placed = np.minimum(placed, 365 * _DAY - 1)
    # At midnight sharp an order has no time of day, which is a rule for another test.
    placed += placed % _DAY == 0
    in_order = np.lexsort((placed, buyer))
    names = pa.array(np.char.add("C", np.char.zfill(np.arange(customers).astype("U7"), 7)))
    pq.write_table(
        pa.table(
            {
                "customer_id": names.take(pa.array(who[visit][order])),
                "touched_at": pa.array(_YEAR + at[order]),
                "channel": pa.DictionaryArray.from_arrays(
                    pa.array(channel[order].astype("int8")), CHANNELS
                ).cast("string"),
            }
        ),
        folder / "touches.parquet",
    )
    pq.write_table(
        pa.table(
            {
                "order_id": [f"O{number:07d}" for number in range(len(buyer))],
                "customer_id": names.take(pa.array(buyer[in_order])),
                "ordered_at": pa.array(_YEAR + placed[in_order]),
                "amount": np.round(random.gamma(2.0, 30.0, len(buyer)), 2),
                "is_refund": np.zeros(len(buyer), dtype=bool),
            }
        ),
        folder / "orders.parquet",
    )


def _shares() -> np.ndarray:
    weights = 1 / np.arange(1, len(CHANNELS) + 1)
    return weights / weights.sum()

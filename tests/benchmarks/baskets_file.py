"""Order lines drawn by chance, for the memory that pairs of many products take."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

LINES, ORDERS, PRODUCTS = 20_000_000, 4_000_000, 100_000

_AT_ONCE = 1_000_000


def write_drawn(target: Path, *, seed: int = 5) -> None:
    """20 million lines of 4 million orders; 100,000 products, some far more popular."""
    random = np.random.default_rng(seed)
    weights = 1 / (np.arange(PRODUCTS) + 200.0)
    reached = np.cumsum(weights / weights.sum())
    order = np.sort(random.integers(0, ORDERS, LINES))
    writer = None
    for at in range(0, LINES, _AT_ONCE):
        number = order[at : at + _AT_ONCE]
        product = np.searchsorted(reached, random.random(len(number)))
        day = np.datetime64("2025-01-01") + (number * 365 // ORDERS).astype("timedelta64[D]")
        table = pa.table(
            {
                "order_id": [f"order-{each}" for each in number],
                "customer_id": [f"customer-{each % 1_000_000}" for each in number],
                "ordered_at": day.astype("datetime64[us]"),
                "product_id": [f"product-{each}" for each in np.minimum(product, PRODUCTS - 1)],
                "amount": np.round(random.uniform(1, 50, len(number)), 2),
                "is_refund": np.zeros(len(number), dtype=bool),
            }
        )
        writer = writer or pq.ParquetWriter(target, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()

"""The orders and customers of `segments_file`, with what KPIs are broken down by besides."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from crm_strategy.analysis.loyalty import period_segments
from crm_strategy.data import engine
from tests.benchmarks import segments_file
from tests.benchmarks.kpi_task import PERIODS
from tests.benchmarks.orders_file import CUSTOMERS, ORDERS, SEED

SOURCES = ("ads", "marketplace", "referral", "search", "social", "store")

_LINES = """
copy (
    select order_id, customer_id, ordered_at, is_refund, round(amount * 0.7, 2) as amount,
           'category ' || hash(order_id) % 12 as category
    from read_parquet('{folder}/orders.parquet')
    union all
    select order_id, customer_id, ordered_at, is_refund, round(amount * 0.3, 2) as amount,
           'category ' || (hash(order_id) // 16) % 12 as category
    from read_parquet('{folder}/orders.parquet') where hash(order_id) % 10 < 3
) to '{folder}/order_lines.parquet' (format parquet)
"""


def write_data(folder: Path, *, orders: int = ORDERS, customers: int = CUSTOMERS) -> None:
    """Write `orders`, `order_lines`, `customers` and `segments` as Parquet files.

    Three orders in ten have two lines. Segments are those at each period's end, for both
    contenders to start from.
    """
    segments_file.write_data(folder, orders=orders, customers=customers)
    people = pq.read_table(folder / "customers.parquet")
    source = np.random.default_rng(SEED).integers(len(SOURCES), size=len(people))
    named = pa.DictionaryArray.from_arrays(pa.array(source.astype("int8")), SOURCES)
    pq.write_table(people.append_column("source_channel", named), folder / "customers.parquet")
    duckdb.connect(config={"memory_limit": "1500MB"}).execute(_LINES.format(folder=folder))
    made = engine.connect().read_parquet(folder / "orders.parquet")
    segments = period_segments(made, periods=PERIODS).order_by("customer_id", "period")
    segments.to_parquet(folder / "segments.parquet")

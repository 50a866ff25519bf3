"""The orders and customers of `segments_file`, with what KPIs and their breakdowns need besides."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from crm_strategy.analysis.loyalty import period_segments
from crm_strategy.data import engine
from tests.benchmarks import kpi_touches_file, segments_file
from tests.benchmarks.kpi_task import PERIODS
from tests.benchmarks.kpi_touches_file import SOURCES
from tests.benchmarks.orders_file import CUSTOMERS, ORDERS, SEED

_A_TOUCH, _AN_ANSWER = 1.0, 0.03
"""Touches and answers to surveys for each order."""

_COSTED = """
copy (
    select *, case when hash(order_id, 'known') % 12 > 0
              then round(abs(amount) * (0.45 + hash(order_id, 'goods') % 300 / 1000), 2)
              end as cost_amount
    from read_parquet('{folder}/priced.parquet')
) to '{folder}/orders.parquet' (format parquet)
"""

_LINES = """
copy (
    select order_id, customer_id, ordered_at, is_refund, round(amount * 0.7, 2) as amount,
           round(cost_amount * 0.7, 2) as cost, 'category ' || hash(order_id) % 12 as category
    from read_parquet('{folder}/orders.parquet')
    union all
    select order_id, customer_id, ordered_at, is_refund, round(amount * 0.3, 2) as amount,
           round(cost_amount * 0.3, 2) as cost,
           'category ' || (hash(order_id) // 16) % 12 as category
    from read_parquet('{folder}/orders.parquet') where hash(order_id) % 10 < 3
    order by ordered_at, order_id
) to '{folder}/order_lines.parquet' (format parquet)
"""


def write_data(folder: Path, *, orders: int = ORDERS, customers: int = CUSTOMERS) -> None:
    """Write all tables that KPIs by group are made of as Parquet files, rows as prepared stand.

    Of eleven orders in twelve the cost of goods is known; three in ten have two lines. There is
    a touch an order, and three answers to a hundred orders. Segments are those at each period's
    end, for both contenders to start from.
    """
    segments_file.write_data(folder, orders=orders, customers=customers)
    people = pq.read_table(folder / "customers.parquet")
    source = np.random.default_rng(SEED).integers(len(SOURCES), size=len(people))
    named = pa.DictionaryArray.from_arrays(pa.array(source.astype("int8")), SOURCES)
    pq.write_table(people.append_column("source_channel", named), folder / "customers.parquet")
    (folder / "orders.parquet").rename(folder / "priced.parquet")
    spilling = {"memory_limit": "1500MB", "temp_directory": str(folder / "spilled")}
    connection = duckdb.connect(config=spilling)
    for sql in (_COSTED, _LINES):
        connection.execute(sql.format(folder=folder))
    connection.close()
    (folder / "priced.parquet").unlink()
    kpi_touches_file.write_data(
        folder, touches=int(orders * _A_TOUCH), answers=int(orders * _AN_ANSWER)
    )
    made = engine.connect(temp=folder / "spilled").read_parquet(folder / "orders.parquet")
    segments = period_segments(made, periods=PERIODS).order_by("period", "customer_id")
    segments.to_parquet(folder / "segments.parquet")

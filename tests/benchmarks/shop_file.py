"""The orders and customers of `segments_file`, with the other tables that prepared data hold."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.benchmarks import segments_file, touches_file
from tests.benchmarks.orders_file import CUSTOMERS, ORDERS, SEED
from tests.benchmarks.touches_file import SOURCES

_A_TOUCH, _AN_ANSWER, _A_LEAD = 1.0, 0.03, 0.02
"""Touches, answers to surveys and leads for each order."""

_COSTED = """
copy (
    select *, 'won' as stage_group, case when hash(order_id, 'known') % 12 > 0
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
    order by customer_id, ordered_at, order_id
) to '{folder}/order_lines.parquet' (format parquet)
"""


def write_data(folder: Path, *, orders: int = ORDERS, customers: int = CUSTOMERS) -> None:
    """Write the tables as Parquet files, rows as prepared stand: a customer's together.

    All orders are won. Of eleven in twelve the cost of goods is known; three in ten have two
    lines. There is a touch an order, three answers and two leads to a hundred orders.
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
    touches_file.write_data(
        folder,
        touches=int(orders * _A_TOUCH),
        answers=int(orders * _AN_ANSWER),
        leads=int(orders * _A_LEAD),
    )

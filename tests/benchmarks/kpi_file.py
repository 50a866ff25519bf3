"""The shop of `shop_file`, and the segments of its customers by period."""

from pathlib import Path

from crm_strategy.analysis.loyalty import period_segments
from crm_strategy.data import engine
from tests.benchmarks import shop_file
from tests.benchmarks.kpi_task import PERIODS
from tests.benchmarks.orders_file import CUSTOMERS, ORDERS


def write_data(folder: Path, *, orders: int = ORDERS, customers: int = CUSTOMERS) -> None:
    """Write all tables that KPIs by group are made of as Parquet files.

    Segments are those at each period's end, for both contenders to start from.
    """
    shop_file.write_data(folder, orders=orders, customers=customers)
    made = engine.connect(temp=folder / "spilled").read_parquet(folder / "orders.parquet")
    segments = period_segments(made, periods=PERIODS).order_by("period", "customer_id")
    segments.to_parquet(folder / "segments.parquet")

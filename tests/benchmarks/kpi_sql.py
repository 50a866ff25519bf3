"""The same in DuckDB SQL written by hand: one query a figure, that is a KPI of all groups of a
breakdown in one period. No query reads more than its figure needs; intervals are left out."""

from datetime import timedelta
from pathlib import Path

import duckdb
import pandas as pd

from crm_strategy.analysis.spans import Span
from tests.benchmarks import kpi_sql_contacts, kpi_sql_money, kpi_sql_orders
from tests.benchmarks.kpi_task import (
    ACTIVE_DAYS,
    BREAKDOWNS,
    CONVERSION_DAYS,
    DISCOUNT_RATE,
    TABLES,
)

_OF_SEGMENTS = (
    kpi_sql_orders.OF_CUSTOMERS | kpi_sql_money.OF_CUSTOMERS | kpi_sql_contacts.OF_CUSTOMERS
)
_OF_ATTRIBUTES = _OF_SEGMENTS | kpi_sql_contacts.OF_ATTRIBUTES

QUERIES = {
    "segment": _OF_SEGMENTS,
    "country": _OF_ATTRIBUTES,
    "gender": _OF_ATTRIBUTES,
    "source_channel": _OF_ATTRIBUTES | kpi_sql_money.OF_SOURCES,
    "channel": kpi_sql_orders.OF_ORDERS | kpi_sql_money.OF_ORDERS,
    "category": kpi_sql_orders.OF_LINES | kpi_sql_money.OF_LINES,
}
"""By breakdown and KPI: the query of a period. Other KPIs have no meaning for the breakdown."""


def results(folder: Path, periods: list[Span]) -> dict[str, pd.DataFrame]:
    """Every figure; see `kpi_task`."""
    spilling = {"memory_limit": "1500MB", "temp_directory": str(folder / "spilled")}
    connection = duckdb.connect(config=spilling)
    for name in TABLES:
        file = folder / f"{name}.parquet"
        connection.execute(f"create view {name} as select * from read_parquet('{file}')")
    parts = []
    for breakdown in BREAKDOWNS:
        for span in periods:
            given = _given(breakdown, span)
            for kpi, sql in QUERIES[breakdown].items():
                table = connection.sql(sql.format(**given)).df()
                table.columns = ["group", "value"]
                parts.append(table.assign(breakdown=breakdown, kpi=kpi, period=span.id))
    found = pd.concat(parts)
    return {"kpis": found.assign(group=found["group"].astype("object").fillna("unknown"))}


def _given(breakdown: str, span: Span) -> dict[str, object]:
    end, window = span.end + timedelta(days=1), timedelta(days=ACTIVE_DAYS)
    of_period = f"(select customer_id, segment from segments where period = '{span.id}')"
    return {
        "g": breakdown,
        "members": f"left join {of_period if breakdown == 'segment' else 'customers'} as members "
        "using (customer_id)",
        "period": span.id,
        "start": span.start,
        "last_day": span.end,
        "end": end,
        "first": span.start - window,
        "last": end - window,
        "days": span.days,
        "within": CONVERSION_DAYS + 1,
        "discount_rate": DISCOUNT_RATE,
    }

"""RFM, cohorts and KPIs of the orders by this package."""

from datetime import date
from pathlib import Path

import ibis
import pandas as pd

from crm_strategy.analysis import cohorts, kpis, rfm
from crm_strategy.data import engine
from crm_strategy.data.schema import empty
from tests.benchmarks.analysis_task import ACTIVE_DAYS, COHORTS, KPIS, PERIODS


def results(path: Path, as_of: date) -> dict[str, pd.DataFrame]:
    """The three results; see `analysis_task`."""
    connection = engine.connect()
    orders = connection.read_parquet(path)
    customers = rfm.customer_segments(rfm.rfm_scores(orders, as_of=as_of))
    history = kpis.kpi_history(
        orders=orders,
        touches=_nothing(connection, "touches"),
        surveys=_nothing(connection, "surveys"),
        costs=_nothing(connection, "costs"),
        periods=PERIODS,
        active_days=ACTIVE_DAYS,
    )
    table = history[history["kpi"].isin(KPIS)]
    return {
        "segments": rfm.segment_summary(customers).to_pandas(),
        "cohorts": cohorts.cohort_retention(orders, as_of=as_of, most=COHORTS).to_pandas(),
        "kpis": table[["kpi", "period", "value", "low", "high"]],
    }


def _nothing(connection: ibis.BaseBackend, name: str) -> ibis.Table:
    return connection.create_table(name, empty(name).to_pyarrow(), temp=True)

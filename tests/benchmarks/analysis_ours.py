"""RFM, cohorts and KPIs of the orders by this package."""

from datetime import date
from pathlib import Path

import pandas as pd

from crm_strategy.analysis import cohorts, kpis, rfm
from crm_strategy.data import engine
from tests.benchmarks.analysis_task import ACTIVE_DAYS, COHORTS, KPIS, PERIODS


def results(path: Path, as_of: date) -> dict[str, pd.DataFrame]:
    """The three results; see `analysis_task`."""
    connection = engine.connect()
    orders = connection.read_parquet(path)
    scores = rfm.rfm_scores(orders, as_of=as_of)
    customers = rfm.customer_segments(scores, segment_map="codes")
    # The twins know nothing of values to come.
    segments = rfm.segment_summary(customers).drop(
        "p_alive", "expected_orders", "expected_value", "kpi"
    )
    history = kpis.kpi_history(orders=orders, periods=PERIODS, active_days=ACTIVE_DAYS)
    table = history[history["kpi"].isin(KPIS)]
    return {
        "segments": segments.to_pandas(),
        "cohorts": cohorts.cohort_retention(orders, as_of=as_of, most=COHORTS).to_pandas(),
        "kpis": table[["kpi", "period", "value", "low", "high"]],
    }

"""KPIs of six breakdowns by this package."""

from pathlib import Path

import pandas as pd

from crm_strategy.analysis.kpi_breakdowns import kpi_breakdowns
from crm_strategy.analysis.kpi_groups import kpi_groups
from crm_strategy.data import engine
from tests.benchmarks.kpi_task import ACTIVE_DAYS, BREAKDOWNS, KPIS, MOST


def results(folder: Path, periods: list) -> dict[str, pd.DataFrame]:
    """Every figure; see `kpi_task`."""
    connection = engine.connect()
    tables = {
        name: connection.read_parquet(folder / f"{name}.parquet")
        for name in ("orders", "order_lines", "customers", "segments")
    }
    groups = kpi_groups(BREAKDOWNS, **tables, as_of=periods[-1].end, most=MOST)
    found = kpi_breakdowns(
        groups, orders=tables["orders"], periods=periods, active_days=ACTIVE_DAYS
    )
    columns = ["breakdown", "group", "kpi", "period", "value"]
    # What customers stated to be "other" has a name of its own in reports.
    named = found.replace({"group": {"stated_other": "other"}})
    return {"kpis": named.loc[named["kpi"].isin(KPIS), columns]}

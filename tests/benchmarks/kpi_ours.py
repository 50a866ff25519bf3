"""KPIs of six breakdowns by this package."""

from pathlib import Path

import pandas as pd

from crm_strategy.analysis.kpi_breakdowns import kpi_breakdowns
from crm_strategy.analysis.kpi_groups import kpi_groups
from crm_strategy.data import engine
from tests.benchmarks.kpi_task import (
    ACTIVE_DAYS,
    BREAKDOWNS,
    CONVERSION_DAYS,
    DISCOUNT_RATE,
    MOST,
    TABLES,
)
from tests.benchmarks.orders_file import FIRST


def results(folder: Path, periods: list) -> dict[str, pd.DataFrame]:
    """Every figure; see `kpi_task`."""
    connection = engine.connect(temp=folder / "spilled")
    tables = {name: connection.read_parquet(folder / f"{name}.parquet") for name in TABLES}
    divided = {name: tables[name] for name in ("orders", "order_lines", "customers", "segments")}
    groups = kpi_groups(BREAKDOWNS, **divided, as_of=periods[-1].end, most=MOST)
    found = kpi_breakdowns(
        groups,
        **{name: tables[name] for name in ("orders", "touches", "surveys", "costs", "segments")},
        periods=periods,
        active_days=ACTIVE_DAYS,
        conversion_days=CONVERSION_DAYS,
        discount_rate=DISCOUNT_RATE,
        first_day=FIRST,
    )
    columns = ["breakdown", "group", "kpi", "period", "value"]
    # What customers stated to be "other" has a name of its own in reports.
    named = found.replace({"group": {"stated_other": "other"}})
    return {"kpis": named.loc[named["value"].notna(), columns]}

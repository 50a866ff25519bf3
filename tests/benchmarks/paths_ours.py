"""Touches and orders to paths to all eight rules, by this package."""

from datetime import date
from pathlib import Path

import ibis
import pandas as pd

from crm_strategy.analysis.attribution import attribution
from crm_strategy.analysis.paths import conversion_paths
from crm_strategy.data import engine
from tests.benchmarks.attribution_task import END, LOOKBACK_DAYS, START


def results(data: Path) -> dict[str, pd.DataFrame]:
    """The paths, and the credit of each channel under every rule."""
    connection = engine.connect()
    touches = connection.read_parquet(data / "touches.parquet")
    paths = conversion_paths(
        touches.mutate(touchpoint=ibis.null("string")),
        connection.read_parquet(data / "orders.parquet"),
        start=date.fromisoformat(START),
        end=date.fromisoformat(END),
        lookback_days=LOOKBACK_DAYS,
    )
    return {"paths": paths, "credit": attribution(paths)}

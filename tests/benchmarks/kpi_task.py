"""The task of the KPIs by group, and a process of its own in which one contender does it.

`python -m tests.benchmarks.kpi_task CONTENDER DATA FOLDER [PERIODS]` reads the Parquet files of
the folder DATA and writes the results and `measured.json`. With a number of PERIODS only so
many, the last, are asked for. Imports are done before the clock starts.
"""

import importlib
import json
import sys
import time
from pathlib import Path

from tests.benchmarks import analysis_task
from tests.benchmarks.analysis_task import ACTIVE_DAYS
from tests.benchmarks.value_task import peak_megabytes

__all__ = ["ACTIVE_DAYS", "BREAKDOWNS", "MOST", "PERIODS", "TABLES"]

PERIODS = analysis_task.PERIODS[1:]
"""Twelve quarters, the last ending with the data."""
BREAKDOWNS = ("segment", "country", "gender", "source_channel", "channel", "category")
TABLES = ("orders", "order_lines", "customers", "segments", "touches", "costs", "surveys")
CONVERSION_DAYS = 30
DISCOUNT_RATE = 0.1
MOST = 100
"""Groups of a breakdown that are kept: all."""


def main(contender: str, data: Path, folder: Path, periods: int = len(PERIODS)) -> None:
    """Do the task as one contender and write results and measures."""
    module = importlib.import_module(f"tests.benchmarks.{contender}")
    began, used = time.perf_counter(), time.process_time()
    results = module.results(data, PERIODS[-periods:])
    measured = {
        "seconds": time.perf_counter() - began,
        "processor_seconds": time.process_time() - used,
        "megabytes": peak_megabytes(),
    }
    for name, table in results.items():
        table.to_parquet(folder / f"{name}.parquet")
    (folder / "measured.json").write_text(json.dumps(measured), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), *map(int, sys.argv[4:]))

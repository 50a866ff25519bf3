"""The task all contenders do, and a process of its own in which one does it.

`python -m tests.benchmarks.analysis_task CONTENDER ORDERS.parquet FOLDER` writes the results
as Parquet files and `measured.json`: seconds of wall and processor, peak memory. Imports are
done before the clock starts.
"""

import importlib
import json
import resource
import sys
import time
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from crm_strategy.analysis.spans import Span
from tests.benchmarks.orders_file import LAST

ACTIVE_DAYS = 92
COHORTS = 24
KPIS = (
    *("revenue", "order_count", "active_customers", "active_share", "new_customers"),
    *("customer_retention_rate", "churn_rate", "repeat_rate", "average_order_value"),
    "purchase_frequency",
)
"""The KPIs that rest on orders."""


def _quarters(count: int) -> list[Span]:
    starts = [date(2023 + (6 + 3 * n) // 12, (6 + 3 * n) % 12 + 1, 1) for n in range(count + 1)]
    return [
        Span(f"{start.year}-Q{(start.month + 2) // 3}", start, following - timedelta(days=1))
        for start, following in pairwise(starts)
    ]


PERIODS = _quarters(13)
"""Thirteen quarters, the last ending with the data."""


def _peak_megabytes() -> float:
    # VmHWM is of this program alone; ru_maxrss also knows the parent it was forked from.
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / (1024 if sys.platform == "darwin" else 1)


def main(contender: str, orders: Path, folder: Path) -> None:
    """Do the task as one contender and write results and measures."""
    module = importlib.import_module(f"tests.benchmarks.{contender}")
    began, used = time.perf_counter(), time.process_time()
    results = module.results(orders, LAST)
    measured = {
        "seconds": time.perf_counter() - began,
        "processor_seconds": time.process_time() - used,
        "megabytes": _peak_megabytes(),
    }
    for name, table in results.items():
        table.to_parquet(folder / f"{name}.parquet")
    (folder / "measured.json").write_text(json.dumps(measured), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))

"""The task of the value models, and a process of its own in which one contender does it.

`python -m tests.benchmarks.value_task CONTENDER ORDERS.parquet FOLDER` writes the results as
Parquet files and `measured.json`. The other contender has an environment of its own, so that
nothing of this package may be imported here.
"""

import importlib
import json
import sys
import time
from datetime import date
from pathlib import Path

AS_OF = date(1997, 9, 30)
HORIZON_WEEKS = 39


def peak_megabytes() -> float:
    """Largest resident memory of this process."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main(contender: str, orders: Path, folder: Path) -> None:
    """Do the task as one contender and write results and measures."""
    module = importlib.import_module(f"tests.benchmarks.{contender}")
    began, busy = time.perf_counter(), time.process_time()
    results = module.results(orders, AS_OF, HORIZON_WEEKS)
    measured = {
        "seconds": time.perf_counter() - began,
        "processor_seconds": time.process_time() - busy,
        "megabytes": peak_megabytes(),
    }
    for name, table in results.items():
        table.to_parquet(folder / f"{name}.parquet")
    (folder / "measured.json").write_text(json.dumps(measured), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))

"""The tasks of attribution, and a process of its own in which one contender does one of them.

`python -m tests.benchmarks.attribution_task CONTENDER DATA FOLDER` writes the results as Parquet
files and `measured.json`. One contender has an environment of its own, so that nothing of this
package may be imported here.
"""

import importlib
import json
import sys
import time
from pathlib import Path

from tests.benchmarks.value_task import peak_megabytes

LOOKBACK_DAYS = 30
START, END = "2025-01-01", "2025-12-31"


def main(contender: str, data: Path, folder: Path) -> None:
    """Do the task as one contender and write results and measures."""
    module = importlib.import_module(f"tests.benchmarks.{contender}")
    began, used = time.perf_counter(), time.process_time()
    results = module.results(data)
    measured = {
        "seconds": time.perf_counter() - began,
        "processor_seconds": time.process_time() - used,
        "megabytes": peak_megabytes(),
    }
    for name, table in results.items():
        table.to_parquet(folder / f"{name}.parquet")
    (folder / "measured.json").write_text(json.dumps(measured), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))

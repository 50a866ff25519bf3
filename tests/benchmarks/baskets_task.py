"""The pairs of products of one file, and a process of its own in which one contender finds them.

`python -m tests.benchmarks.baskets_task CONTENDER LINES SUPPORT FOLDER` writes the rules as a
Parquet file and `measured.json`. One contender has an environment of its own, so that nothing
of this package may be imported here.
"""

import importlib
import json
import sys
import time
from pathlib import Path

from tests.benchmarks.value_task import peak_megabytes

COLUMNS = ("product_id", "with_product_id", "support", "confidence", "lift")


def main(contender: str, lines: Path, support: float, folder: Path) -> None:
    """Find the pairs as one contender and write results and measures."""
    module = importlib.import_module(f"tests.benchmarks.{contender}")
    began, used = time.perf_counter(), time.process_time()
    rules = module.rules(lines, support)
    measured = {
        "seconds": time.perf_counter() - began,
        "processor_seconds": time.process_time() - used,
        "megabytes": peak_megabytes(),
    }
    rules[list(COLUMNS)].to_parquet(folder / "rules.parquet")
    (folder / "measured.json").write_text(json.dumps(measured), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]))

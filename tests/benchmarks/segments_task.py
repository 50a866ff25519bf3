"""The task of the segment kinds, and a process of its own in which one contender does it.

`python -m tests.benchmarks.segments_task CONTENDER DATA FOLDER` reads the Parquet files of the
folder DATA (see `shop_file`) and writes the results as Parquet files and `measured.json`.
Imports are done, and the files read once, before the clock starts: what a disk takes does not
count. The collector of garbage is set as in a report's kernels.
"""

import importlib
import json
import sys
import time
from pathlib import Path

from crm_strategy.plan.segment_params import PREFERENCES, SEGMENT_KINDS
from crm_strategy.report.zygote import spare_collector
from tests.benchmarks.analysis_task import PERIODS
from tests.benchmarks.value_task import peak_megabytes

BEFORE, PERIOD = PERIODS[-2:]
"""Migration is from the end of the one to the end of the other."""
TABLES = ("orders", "order_lines", "customers", "touches", "leads", "surveys")
KINDS = (
    *SEGMENT_KINDS,
    *(f"preference:{what}" for what in PREFERENCES),
    *("attribute:country", "attribute:gender", "attribute:source_channel", "attribute:age_band"),
)
"""Every kind that notebook 03 knows, of a client with all tables. Expected values need a model,
which pandas does not have, so deciles are of revenue."""
RULE = ("german_regulars", 'country == "DE" and order_count >= 3')
LEAST_CUSTOMERS = 5
"""Values of attributes that fewer customers have are `other`, as are all but the commonest 20."""


def main(contender: str, data: Path, folder: Path) -> None:
    """Do the task as one contender and write results and measures."""
    module = importlib.import_module(f"tests.benchmarks.{contender}")
    for name in TABLES:
        _read(data / f"{name}.parquet")
    spare_collector()
    began, used = time.perf_counter(), time.process_time()
    results = module.results(data, PERIOD.end)
    measured = {
        "seconds": time.perf_counter() - began,
        "processor_seconds": time.process_time() - used,
        "megabytes": peak_megabytes(),
    }
    for name, table in results.items():
        table.to_parquet(folder / f"{name}.parquet")
    (folder / "measured.json").write_text(json.dumps(measured), encoding="utf-8")


def _read(path: Path) -> None:
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))

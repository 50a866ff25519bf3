"""RFM and customer values of a hundred million orders: time and peak memory.

`python -m tests.benchmarks.value_memory [MILLIONS OF ORDERS] [FOLDER]`. A separate command: the
orders take some 3 GB on disk and minutes to write. A file that is there already is used again.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from crm_strategy.analysis import lifetime_value, purchase_counts, rfm, value_fits
from crm_strategy.data import engine
from tests.benchmarks.orders_file import LAST, write_orders
from tests.benchmarks.value_task import peak_megabytes

CUSTOMERS_A_MILLION = 72_000
"""Customers drawn for a million orders: about 50,000 of them order."""
MUST_REACH_MEGABYTES = 12_000


def main(millions: int, folder: Path) -> int:
    """Write the orders, then measure in a process of its own."""
    path = folder / f"orders_{millions}m.parquet"
    if not path.exists():
        write_orders(path, orders=millions * 10**6, customers=millions * CUSTOMERS_A_MILLION)
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", __spec__.name, "measure", str(path)], check=False
    ).returncode


def measure(path: Path) -> int:
    """Score and value the customers of a file; print seconds and megabytes of each step."""
    began = time.perf_counter()

    def step(name: str) -> None:
        print(f"{name:<24}{time.perf_counter() - began:>10,.1f} s{peak_megabytes():>10,.0f} MB")

    with tempfile.TemporaryDirectory(dir=path.parent) as spill:
        orders = engine.connect(memory_limit="4GB", temp=Path(spill)).read_parquet(path)
        scores = rfm.rfm_scores(orders, as_of=LAST).cache()
        rfm.segment_summary(rfm.customer_segments(scores)).to_pandas()
        step("RFM")
        counts = purchase_counts.purchase_counts(orders, as_of=LAST).cache()
        step("purchase counts")
        fits = value_fits.fit_value(orders, counts, as_of=LAST)
        step("models and holdout")
        values = lifetime_value.customer_values(counts, fits).cache()
        customers = values.count().to_pyarrow().as_py()
        step(f"values of {customers:,}")
    return int(peak_megabytes() > MUST_REACH_MEGABYTES)


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        sys.exit(measure(Path(sys.argv[2])))
    chosen = [int(text) for text in sys.argv[1:2]] or [100]
    with tempfile.TemporaryDirectory() as temporary:
        sys.exit(main(chosen[0], Path((sys.argv[2:3] or [temporary])[0])))

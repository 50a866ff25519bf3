"""RFM, cohorts and KPIs over ten million orders: this package, pandas, SQL written by hand."""

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.testing import assert_frame_equal

from tests.benchmarks.processes import run_python

WORK = "RFM, cohorts and KPIs of 13 quarters over 10 M orders"
ROUNDS = 3
CONTENDERS = {
    "analysis_ours": "this package",
    "analysis_sql": "DuckDB SQL by hand",
    "analysis_pandas": "pandas",
    "analysis_pandas_categories": "pandas, customers as categories",
}
MUST_REACH = {"analysis_sql": (1.5, None), "analysis_pandas": (1 / 8, 1 / 3)}
"""Time and peak memory of this package as a share of the contender's."""

KEYS = {"segments": ["segment"], "cohorts": ["cohort", "period"], "kpis": ["kpi", "period"]}


def run() -> list[dict[str, Any]]:
    """Let each do the task in a process of its own, in turns; check that results are equal.

    Seconds are medians, imports left out; megabytes are the largest peak.
    """
    with tempfile.TemporaryDirectory() as folder:
        orders = Path(folder) / "orders.parquet"
        run_python(sys.executable, "-c", _WRITE, str(orders))
        measured: dict[str, list[dict[str, float]]] = {name: [] for name in CONTENDERS}
        results: dict[str, dict[str, pd.DataFrame]] = {}
        for _ in range(ROUNDS):
            for name in CONTENDERS:
                place = Path(folder) / name
                place.mkdir(exist_ok=True)
                run_python(
                    sys.executable,
                    "-m",
                    "tests.benchmarks.analysis_task",
                    name,
                    str(orders),
                    str(place),
                )
                measured[name].append(json.loads((place / "measured.json").read_text()))
                results[name] = {key: pd.read_parquet(place / f"{key}.parquet") for key in KEYS}
                _assert_equal(results["analysis_ours"], results[name])
    return _rows(measured)


_WRITE = """
import sys
from pathlib import Path
from tests.benchmarks.orders_file import write_orders
write_orders(Path(sys.argv[1]))
"""


def _assert_equal(ours: dict[str, pd.DataFrame], theirs: dict[str, pd.DataFrame]) -> None:
    for name, keys in KEYS.items():
        left, right = (_in_order(tables[name], keys) for tables in (ours, theirs))
        assert_frame_equal(left, right[left.columns], check_dtype=False, rtol=1e-9)


def _in_order(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    table = table.assign(cohort=pd.to_datetime(table["cohort"])) if "cohort" in table else table
    measures = {name: "float64" for name in table.columns if name not in {*keys, "cohort"}}
    return table.astype(measures).sort_values(keys, ignore_index=True)


def _rows(measured: dict[str, list[dict[str, float]]]) -> list[dict[str, Any]]:
    seconds = {
        name: statistics.median(each["seconds"] for each in rounds)
        for name, rounds in measured.items()
    }
    peak = {name: max(each["megabytes"] for each in rounds) for name, rounds in measured.items()}
    ours = "analysis_ours"
    rows = []
    for name, against in CONTENDERS.items():
        if name == ours:
            continue
        time_limit, memory_limit = MUST_REACH.get(name, (None, None))
        row = {
            "work": WORK,
            "against": against,
            "seconds": seconds[ours],
            "against_seconds": seconds[name],
            "ratio": seconds[ours] / seconds[name],
            "must_reach": time_limit,
            "megabytes": peak[ours],
            "against_megabytes": peak[name],
            "memory_ratio": peak[ours] / peak[name],
            "memory_must_reach": memory_limit,
        }
        rows.append(row)
    return rows

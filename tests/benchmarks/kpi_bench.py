"""KPIs of six breakdowns and twelve periods, ten million orders: this package, and one query a
figure in DuckDB SQL."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.testing import assert_frame_equal

from tests.benchmarks.processes import run_python

WORK = "20 KPIs × 6 breakdowns × 12 periods over 10 M orders"
"""All KPIs but ROI, which no group has. Not each has a meaning for each breakdown: 84 × 12."""
OURS, AGAINST = "kpi_ours", "kpi_sql"
MUST_REACH = 1 / 3
KEYS = ["breakdown", "group", "kpi", "period"]


def run() -> list[dict[str, Any]]:
    """Let each do the task in a process of its own, once; check that results are equal.

    The hand-written queries are 1,008, so one round takes minutes; imports are left out.
    """
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        run_python(sys.executable, "-c", _WRITE, str(data))
        measured, results = {}, {}
        for name in (OURS, AGAINST):
            place = Path(folder) / name
            place.mkdir()
            run_python(
                sys.executable, "-m", "tests.benchmarks.kpi_task", name, str(data), str(place)
            )
            measured[name] = json.loads((place / "measured.json").read_text())
            results[name] = pd.read_parquet(place / "kpis.parquet")
        assert_equal(results[OURS], results[AGAINST])
    return [_row(measured[OURS], measured[AGAINST])]


_WRITE = """
import sys
from pathlib import Path
from tests.benchmarks.kpi_file import write_data
write_data(Path(sys.argv[1]))
"""


def assert_equal(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    """Raise unless all figures are equal. A query has no row for a group of none: 0."""
    left, right = (
        table[table["value"].fillna(0) != 0][[*KEYS, "value"]]
        .astype({"value": "float64"})
        .astype(dict.fromkeys(KEYS, "object"))
        .sort_values(KEYS, ignore_index=True)
        for table in (ours, theirs)
    )
    assert_frame_equal(left, right, rtol=1e-9)


def _row(ours: dict[str, float], theirs: dict[str, float]) -> dict[str, Any]:
    return {
        "work": WORK,
        "against": "one query a figure in DuckDB SQL",
        "seconds": ours["seconds"],
        "against_seconds": theirs["seconds"],
        "ratio": ours["seconds"] / theirs["seconds"],
        "must_reach": MUST_REACH,
        "megabytes": ours["megabytes"],
        "against_megabytes": theirs["megabytes"],
        "memory_ratio": ours["megabytes"] / theirs["megabytes"],
        "memory_must_reach": None,
    }

"""Every kind of segments, of ten million orders and as many touches: this package and pandas."""

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.testing import assert_frame_equal

from tests.benchmarks.processes import run_python
from tests.benchmarks.segments_task import KINDS

WORK = f"{len(KINDS)} segment kinds and migration: 10 M orders, 13 M lines, 10 M touches"
ROUNDS = 3
OURS = "segments_ours"
AGAINST = {
    "segments_pandas": "pandas",
    "segments_pandas_numbers": "pandas, customers as numbers",
}
MUST_REACH = {"segments_pandas": 1 / 8}
"""Time of this package as a share of the contender's."""

KEYS = {"kinds": ["kind", "segment"], "migration": ["from_segment", "to_segment"]}


def run() -> list[dict[str, Any]]:
    """Let each do the task in a process of its own, in turns; check that results are equal.

    Seconds are medians, imports left out; megabytes are the largest peak.
    """
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        run_python(sys.executable, "-c", _WRITE, str(data))
        measured: dict[str, list[dict[str, float]]] = {name: [] for name in (OURS, *AGAINST)}
        results: dict[str, dict[str, pd.DataFrame]] = {}
        for _ in range(ROUNDS):
            for name, rounds in measured.items():
                place = Path(folder) / name
                place.mkdir(exist_ok=True)
                run_python(
                    sys.executable,
                    "-m",
                    "tests.benchmarks.segments_task",
                    name,
                    str(data),
                    str(place),
                )
                rounds.append(json.loads((place / "measured.json").read_text()))
                results[name] = {key: pd.read_parquet(place / f"{key}.parquet") for key in KEYS}
                assert_equal(results[OURS], results[name])
    return _rows(measured)


_WRITE = """
import sys
from pathlib import Path
from tests.benchmarks.shop_file import write_data
write_data(Path(sys.argv[1]))
"""


def assert_equal(ours: dict[str, pd.DataFrame], theirs: dict[str, pd.DataFrame]) -> None:
    """Raise unless both results hold the same figures."""
    for name, keys in KEYS.items():
        left, right = (
            tables[name].sort_values(keys, ignore_index=True) for tables in (ours, theirs)
        )
        assert_frame_equal(left, right[left.columns], check_dtype=False, rtol=1e-9)


def _rows(measured: dict[str, list[dict[str, float]]]) -> list[dict[str, Any]]:
    seconds = {
        name: statistics.median(each["seconds"] for each in rounds)
        for name, rounds in measured.items()
    }
    peak = {name: max(each["megabytes"] for each in rounds) for name, rounds in measured.items()}
    return [
        {
            "work": WORK,
            "against": against,
            "seconds": seconds[OURS],
            "against_seconds": seconds[name],
            "ratio": seconds[OURS] / seconds[name],
            "must_reach": MUST_REACH.get(name),
            "megabytes": peak[OURS],
            "against_megabytes": peak[name],
            "memory_ratio": peak[OURS] / peak[name],
            "memory_must_reach": None,
        }
        for name, against in AGAINST.items()
    ]

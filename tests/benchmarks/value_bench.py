"""Value models on CDNOW and on a million customers: this package and lifetimes 0.11.3."""

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.benchmarks.processes import environment, run_python
from tests.benchmarks.value_file import TRUE

LIFETIMES = ("lifetimes==0.11.3", "pandas<2.3", "numpy<2", "pyarrow<20")
"""lifetimes is no longer maintained: it needs an environment of its day."""
CDNOW = Path(__file__).resolve().parents[3] / "shared/data/cdnow/cdnow_master.csv.gz"
WORKS = {
    "cdnow": ("CDNOW master: counts, BG/NBD, 39 weeks ahead", 5, 1.0, None),
    "drawn": ("1 M customers drawn: counts, BG/NBD, 39 weeks ahead", 3, 1 / 10, 1 / 2),
}
"""Each work's name, rounds, and the most time and peak memory as a share of lifetimes'."""

_Z = 1.959963984540054


def run() -> list[dict[str, Any]]:
    """Let both do each task in a process of its own, in turns; check that results are equal.

    Seconds are medians, imports left out; megabytes are the largest peak.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        pythons = {
            "value_ours": sys.executable,
            "value_lifetimes": environment(folder / "env", LIFETIMES),
        }
        rows = []
        for work in WORKS:
            orders = folder / f"{work}.parquet"
            run_python(sys.executable, "-c", _WRITE[work], str(orders), str(CDNOW))
            rows.append(_measured(work, orders, pythons, folder))
        return rows


_WRITE = {
    "cdnow": """
import sys
from pathlib import Path
from tests.benchmarks.value_file import write_cdnow
write_cdnow(Path(sys.argv[2]), Path(sys.argv[1]))
""",
    "drawn": """
import sys
from pathlib import Path
from tests.benchmarks.value_file import write_drawn
write_drawn(Path(sys.argv[1]))
""",
}


def _measured(work: str, orders: Path, pythons: dict[str, str], folder: Path) -> dict[str, Any]:
    name, rounds, time_limit, memory_limit = WORKS[work]
    measured: dict[str, list[dict[str, float]]] = {contender: [] for contender in pythons}
    for _ in range(rounds):
        for contender, python in pythons.items():
            place = folder / contender
            place.mkdir(exist_ok=True)
            run_python(
                python, "-m", "tests.benchmarks.value_task", contender, str(orders), str(place)
            )
            measured[contender].append(json.loads((place / "measured.json").read_text()))
    _assert_equal(*(folder / contender for contender in pythons))
    if work == "drawn":
        _assert_true_inside(pd.read_parquet(folder / "value_ours/parameters.parquet"))
    seconds = {
        contender: statistics.median(each["seconds"] for each in each_round)
        for contender, each_round in measured.items()
    }
    peak = {
        contender: max(each["megabytes"] for each in each_round)
        for contender, each_round in measured.items()
    }
    return {
        "work": name,
        "against": "lifetimes 0.11.3",
        "seconds": seconds["value_ours"],
        "against_seconds": seconds["value_lifetimes"],
        "ratio": seconds["value_ours"] / seconds["value_lifetimes"],
        "must_reach": time_limit,
        "megabytes": peak["value_ours"],
        "against_megabytes": peak["value_lifetimes"],
        "memory_ratio": peak["value_ours"] / peak["value_lifetimes"],
        "memory_must_reach": memory_limit,
    }


def _assert_equal(ours: Path, theirs: Path) -> None:
    """Parameters to four digits, and the same forecasts for the same customers."""
    left, right = (
        pd.read_parquet(place / "parameters.parquet").set_index("parameter")["value"]
        for place in (ours, theirs)
    )
    np.testing.assert_allclose(left, right[left.index], rtol=5e-4)
    left, right = (
        pd.read_parquet(place / "forecasts.parquet").set_index("customer_id")["expected"]
        for place in (ours, theirs)
    )
    np.testing.assert_allclose(left, right[left.index], rtol=2e-3, atol=1e-6)


def _assert_true_inside(parameters: pd.DataFrame) -> None:
    found = parameters.set_index("parameter")
    for name, true in TRUE.items():
        value, error = found.loc[name, ["value", "log_error"]]
        assert abs(np.log(true / value)) < _Z * error, (name, value, error)

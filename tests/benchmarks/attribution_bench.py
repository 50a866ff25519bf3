"""Attribution: a Markov chain against ChannelAttribution, touches to eight rules against pandas."""

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas.testing import assert_frame_equal

from tests.benchmarks.processes import environment, run_python

CHANNEL_ATTRIBUTION = ("ChannelAttribution==2.2.5", "matplotlib", "pandas<4", "pyarrow", "scipy")
MARKOV = "order-1 Markov chain over 10,000 paths of 12 channels"
PATHS = "20 M touches of 1 M customers to paths to eight rules"
ROUNDS = {MARKOV: 3, PATHS: 1}
FASTER = {MARKOV: 1.0, PATHS: 1 / 8}
MEMORY = 4_000
"""Megabytes that the paths may take."""


def run() -> list[dict[str, Any]]:
    """Let each do its task in a process of its own, in turns; check that results agree.

    ChannelAttribution is timed as it comes, and compared when told to simulate until its
    repetitions agree. Pandas makes the paths only. Seconds are medians, imports left out.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        run_python(sys.executable, "-c", _WRITE, str(folder))
        theirs = environment(folder / "env", CHANNEL_ATTRIBUTION)
        close = _result(theirs, "markov_channelattribution_close", folder, "credit")
        rows = [
            _row(MARKOV, "ChannelAttribution 2.2.5", "markov_ours",
                 (theirs, "markov_channelattribution"), folder),
            _row(PATHS, "pandas, paths only", "paths_ours",
                 (sys.executable, "paths_pandas"), folder),
        ]  # fmt: skip
        _assert_credit(_read(folder, "markov_ours", "credit"), close)
        _assert_paths(_read(folder, "paths_ours", "paths"), _read(folder, "paths_pandas", "paths"))
        return rows


_WRITE = """
import sys
from pathlib import Path
from tests.benchmarks.journeys_file import write_paths, write_touches
write_paths(Path(sys.argv[1]) / "paths.parquet")
write_touches(Path(sys.argv[1]))
"""


def _row(
    work: str, against: str, ours: str, theirs: tuple[str, str], folder: Path
) -> dict[str, Any]:
    python, contender = theirs
    rounds = [
        (_measured(sys.executable, ours, folder), _measured(python, contender, folder))
        for _ in range(ROUNDS[work])
    ]
    seconds, against_seconds = (
        statistics.median(pair[side]["seconds"] for pair in rounds) for side in (0, 1)
    )
    megabytes, against_megabytes = (max(p[side]["megabytes"] for p in rounds) for side in (0, 1))
    if work == PATHS:
        assert megabytes < MEMORY, megabytes
    return {
        "work": work,
        "against": against,
        "seconds": seconds,
        "against_seconds": against_seconds,
        "ratio": seconds / against_seconds,
        "must_reach": FASTER[work],
        "megabytes": megabytes,
        "against_megabytes": against_megabytes,
        "memory_ratio": megabytes / against_megabytes,
        "memory_must_reach": None,
    }


def _assert_credit(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    """Simulated credit is within a percent of all orders of the exact one."""
    left, right = (
        credit.set_index("channel").sort_index()[["conversions", "value"]]
        for credit in (ours, theirs)
    )
    assert left.index.equals(right.index)
    np.testing.assert_allclose(left.sum(), right.sum(), rtol=1e-9)
    assert ((left - right).abs().sum() / left.sum() < 0.01).all()


def _assert_paths(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    left, right = (each.sort_values("path", ignore_index=True) for each in (ours, theirs))
    assert_frame_equal(left[right.columns], right, check_dtype=False, rtol=1e-9)


def _measured(python: str, contender: str, data: Path) -> dict[str, float]:
    place = data / contender
    place.mkdir(exist_ok=True)
    run_python(python, "-m", "tests.benchmarks.attribution_task", contender, str(data), str(place))
    measured: dict[str, float] = json.loads((place / "measured.json").read_text("utf-8"))
    return measured


def _result(python: str, contender: str, data: Path, name: str) -> pd.DataFrame:
    _measured(python, contender, data)
    return _read(data, contender, name)


def _read(data: Path, contender: str, name: str) -> pd.DataFrame:
    return pd.read_parquet(data / contender / f"{name}.parquet")

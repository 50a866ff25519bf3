"""Pairs of products: this package against mlxtend, and the memory of 20 million lines."""

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.testing import assert_frame_equal

from tests.benchmarks.processes import environment, run_python

MLXTEND = ("mlxtend==0.25.0", "pyarrow")
RETAIL = Path(__file__).resolve().parents[3] / "shared/data/online_retail/online_retail.parquet"
WORKS = {0.01: (3, 1 / 5), 0.002: (3, 1 / 20)}
"""Each support's rounds, and the most time as a share of mlxtend's."""
MEMORY_SHARE = 1 / 2
MANY = 1e-5
MEMORY = 4_000
"""Support of the drawn lines, and the megabytes that their pairs may take."""


def run() -> list[dict[str, Any]]:
    """Let both find the pairs in processes of their own, in turns; check that they are equal.

    Both read the same raw file and leave out the same rows. Seconds are medians, imports left
    out; megabytes are the largest peak.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        theirs = environment(folder / "env", MLXTEND)
        rows = [_row(support, theirs, folder) for support in WORKS]
        drawn = folder / "drawn.parquet"
        run_python(sys.executable, "-c", _WRITE, str(drawn))
        many = _measured(sys.executable, "baskets_many", drawn, MANY, folder)
        assert many["megabytes"] < MEMORY, many
        print(f"20 M lines, 100,000 products: {many['seconds']:.1f} s, {many['megabytes']:.0f} MB")
        return rows


_WRITE = """
import sys
from pathlib import Path
from tests.benchmarks.baskets_file import write_drawn
write_drawn(Path(sys.argv[1]))
"""


def _row(support: float, theirs: str, folder: Path) -> dict[str, Any]:
    rounds, limit = WORKS[support]
    pairs = [
        (
            _measured(sys.executable, "baskets_ours", RETAIL, support, folder),
            _measured(theirs, "baskets_mlxtend", RETAIL, support, folder),
        )
        for _ in range(rounds)
    ]
    _assert_equal(*(_rules(folder / each) for each in ("baskets_ours", "baskets_mlxtend")))
    seconds, against = (statistics.median(p[side]["seconds"] for p in pairs) for side in (0, 1))
    megabytes, against_megabytes = (max(p[side]["megabytes"] for p in pairs) for side in (0, 1))
    return {
        "work": f"pairs of online_retail (397,884 lines) at support {support:.1%}",
        "against": "mlxtend 0.25 fpgrowth + association_rules",
        "seconds": seconds,
        "against_seconds": against,
        "ratio": seconds / against,
        "must_reach": limit,
        "megabytes": megabytes,
        "against_megabytes": against_megabytes,
        "memory_ratio": megabytes / against_megabytes,
        "memory_must_reach": MEMORY_SHARE,
    }


def _assert_equal(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    assert len(ours) > 0
    assert_frame_equal(ours, theirs, check_dtype=False, check_index_type=False, rtol=1e-12)


def _rules(place: Path) -> pd.DataFrame:
    found = pd.read_parquet(place / "rules.parquet")
    return found.set_index(["product_id", "with_product_id"]).sort_index()


def _measured(
    python: str, contender: str, lines: Path, support: float, folder: Path
) -> dict[str, float]:
    place = folder / contender
    place.mkdir(exist_ok=True)
    task = ("-m", "tests.benchmarks.baskets_task", contender)
    run_python(python, *task, str(lines), str(support), str(place))
    measured: dict[str, float] = json.loads((place / "measured.json").read_text("utf-8"))
    return measured

"""Channel mix: every set of twelve channels, three substitutions, 200 draws of the journeys."""

import statistics
import time
from typing import Any

import numpy as np
import pandas as pd

from crm_strategy.analysis.channel_groups import channel_groups
from crm_strategy.analysis.channel_mix import channel_sets
from crm_strategy.analysis.channel_subsets import all_subsets, kept_by_sets

WORK = "2^12 sets of channels x 3 substitutions x 200 bootstraps, 10,000 paths"
ROUNDS = 3
CHANNELS, PATHS, DRAWS = 12, 10_000, 200
ALLOWED = 5.0
"""Seconds it may take."""

_CHECKED = 50


def run() -> list[dict[str, Any]]:
    """Time the whole analysis; a sample of the sets is first summed one by one and compared."""
    paths, costs = _paths(), _costs()
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        found = channel_sets(paths, costs, draws=DRAWS)
        seconds.append(time.perf_counter() - started)
    assert len(found) == 3 * 2**CHANNELS
    _assert_right(paths, found)
    ours = statistics.median(seconds)
    return [
        {
            "work": WORK,
            "against": "the time it may take",
            "seconds": ours,
            "against_seconds": ALLOWED,
            "ratio": ours / ALLOWED,
            "must_reach": 1.0,
        }
    ]


def _assert_right(paths: pd.DataFrame, found: pd.DataFrame) -> None:
    groups = channel_groups(paths)
    chosen = np.random.default_rng(1).choice(2**CHANNELS, _CHECKED, replace=False)
    on = all_subsets(CHANNELS)[chosen]
    inside, touching = kept_by_sets(groups, on)
    names = [" + ".join(np.array(groups.channels)[row]) for row in on]
    for substitution in (0.0, 0.5, 1.0):
        sets = found[found["substitution"] == substitution].set_index("channels")
        wanted = (1 - substitution) * inside[0] + substitution * touching[0]
        np.testing.assert_allclose(sets.loc[names, "conversions"].to_numpy(float), wanted)


def _paths() -> pd.DataFrame:
    random = np.random.default_rng(0)
    names = np.array([f"channel {number:02d}" for number in range(CHANNELS)])
    return pd.DataFrame(
        {
            "path": [
                " > ".join(names[random.integers(0, CHANNELS, random.integers(1, 8))])
                for _ in range(PATHS)
            ],
            "conversions": random.integers(0, 5, PATHS),
            "value": random.uniform(10, 100, PATHS),
            "nulls": random.integers(0, 30, PATHS),
        }
    )


def _costs() -> pd.DataFrame:
    names = [f"channel {number:02d}" for number in range(CHANNELS)]
    return pd.DataFrame({"channel": names, "cost": [100.0 * (at + 1) for at in range(CHANNELS)]})

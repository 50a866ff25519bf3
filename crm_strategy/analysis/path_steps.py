"""Paths taken apart into their steps, as arrays that the attribution rules calculate with."""

from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_strategy.errors import DataError

Whole = NDArray[np.intp]
Real = NDArray[np.float64]


@dataclass(frozen=True)
class Steps:
    """Journeys by path, and their steps one after the other.

    Attributes
    ----------
    channels
        Names, sorted; a channel's number is its place.
    path, channel
        The path and the channel of each step, by number.
    position, length
        Place of each step in its path, from 0, and the number of steps of that path.
    conversions, value, nulls
        Of each path: orders, their money (all NaN unless all is known), journeys that ended
        in none.
    """

    channels: tuple[str, ...]
    path: Whole
    channel: Whole
    position: Whole
    length: Whole
    conversions: Real
    value: Real
    nulls: Real

    @property
    def converting(self) -> NDArray[np.bool_]:
        """Whether a channel is in any journey that ended in an order."""
        bought = self.conversions[self.path] > 0
        return np.bincount(self.channel, bought, minlength=len(self.channels)) > 0

    @property
    def has_nulls(self) -> bool:
        """Whether journeys without an order are known."""
        return bool(self.nulls.sum() > 0)

    def measure(self, name: str) -> Real:
        """What a path earned: `conversions` or `value`."""
        return self.value if name == "value" else self.conversions

    def reached(self) -> Real:
        """Orders of the journeys that each channel is in."""
        path, channel = distinct_steps(self)
        return sums(channel, self.conversions[path], len(self.channels))

    def summed(self, weights: Real, measure: str) -> Real:
        """Credit of each channel, given each step's share of what its path earned."""
        earned = self.measure(measure)[self.path]
        return sums(self.channel, weights * earned, len(self.channels))


def steps_of(paths: ibis.Table | pd.DataFrame) -> Steps:
    """The steps of all paths with a journey; orders without a touch are left out.

    Parameters
    ----------
    paths
        As `paths.journey_paths` returns them.

    Raises
    ------
    DataError
        A path with an empty step.
    """
    rows = paths.to_pandas() if isinstance(paths, ibis.Table) else paths
    rows = rows[rows["path"].notna()]
    rows = rows[(rows["conversions"] > 0) | (rows["nulls"] > 0)].sort_values("path")
    parts = [[step.strip() for step in path.split(">")] for path in rows["path"]]
    names = np.array([step for steps in parts for step in steps], dtype=object)
    if "" in names:
        bad = next(path for path in rows["path"] if "" in [s.strip() for s in path.split(">")])
        raise DataError(f"paths: '{bad}' has an empty step.\nName the channel that is missing.")
    codes, channels = pd.factorize(names, sort=True)
    sizes = np.array([len(steps) for steps in parts], dtype=np.intp)
    path = np.repeat(np.arange(len(parts)), sizes)
    first = np.cumsum(sizes) - sizes
    conversions = rows["conversions"].to_numpy("float64")
    value = np.where(conversions > 0, rows["value"].to_numpy("float64"), 0.0)
    return Steps(
        tuple(map(str, channels)),
        path=path,
        channel=codes.astype(np.intp),
        position=np.arange(len(names)) - first[path],
        length=sizes[path],
        conversions=conversions,
        value=np.full(len(value), np.nan) if np.isnan(value).any() else value,
        nulls=rows["nulls"].to_numpy("float64"),
    )


def distinct_steps(steps: Steps) -> tuple[Whole, Whole]:
    """Path and channel of each step that is the first of its channel in its path."""
    pairs = np.unique(steps.path * max(len(steps.channels), 1) + steps.channel)
    path, channel = np.divmod(pairs, max(len(steps.channels), 1))
    return path, channel


def sums(groups: Whole, values: Real, count: int) -> Real:
    """Sum of the values of each of `count` groups."""
    return np.bincount(groups, values, minlength=count).astype(np.float64)

"""Paths taken apart into their steps, as arrays that the attribution rules calculate with."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crm_strategy.analysis.crowds import Crowds, counted, listed
from crm_strategy.errors import DataError

Whole = NDArray[np.intp]
Real = NDArray[np.float64]

MEASURES: Final = ["conversions", "value"]
"""What a path earned: orders and their money."""

_ROUNDING = 1e-9
_CELLS = 16
"""Marking as many cells a step is quicker than to sort the steps."""


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

    @cached_property
    def distinct(self) -> tuple[Whole, Whole]:
        """Path and channel of each step that is the first of its channel in its path."""
        wide = max(len(self.channels), 1)
        pairs = self.path * wide + self.channel
        cells = len(self.conversions) * wide
        if cells <= _CELLS * len(pairs):
            seen = np.zeros(cells, dtype=bool)
            seen[pairs] = True
            found = np.flatnonzero(seen)
        else:
            found = np.unique(pairs)
        path, channel = np.divmod(found, wide)
        return path, channel

    @cached_property
    def places(self) -> tuple[Whole, Whole, Whole, Whole]:
        """Channel, position and length of steps that differ in these, and each step's number."""
        wide, longest = max(len(self.channels), 1), self.length.max(initial=0) + 1
        keys = (self.length * longest + self.position) * wide + self.channel
        number, distinct = numbered(keys)
        rest, channel = np.divmod(distinct, wide)
        length, position = np.divmod(rest, longest)
        return channel, position, length, number

    def context(self, order: int) -> Whole:
        """The last `order` channels up to each step, or as many as there are, as a number."""
        base = len(self.channels) + 1
        codes = self.channel + 1
        for back in range(1, order):
            earlier = (self.channel[:-back] + 1) * base**back
            codes[back:] += np.where(self.position[back:] >= back, earlier, 0)
        return codes

    def recounted(self, conversions: Real, value: Real, nulls: Real) -> "Steps":
        """The same paths with other counts; those without any journey are left out."""
        kept = conversions + nulls > 0
        number = np.cumsum(kept) - 1
        of_kept = kept[self.path]
        return Steps(
            self.channels,
            path=number[self.path[of_kept]],
            channel=self.channel[of_kept],
            position=self.position[of_kept],
            length=self.length[of_kept],
            conversions=conversions[kept],
            value=value[kept],
            nulls=nulls[kept],
        )

    def measure(self, name: str) -> Real:
        """What a path earned: `conversions` or `value`."""
        return self.value if name == "value" else self.conversions

    def reached(self) -> Real:
        """Orders of the journeys that each channel is in."""
        path, channel = self.distinct
        return sums(channel, self.conversions[path], len(self.channels))


def steps_of(paths: ibis.Table | pd.DataFrame) -> Steps:
    """The steps of all paths with a journey; orders without a touch are left out.

    Parameters
    ----------
    paths
        As `journey_paths.journey_paths` returns them.

    Raises
    ------
    DataError
        A path with an empty step.
    """
    rows = _with_journeys(paths)
    texts = pa.Table.from_pandas(rows[["path"]], preserve_index=False)["path"]
    parts = pc.split_pattern(texts.cast(pa.large_string()).combine_chunks(), ">")
    found = pc.dictionary_encode(parts.flatten())
    names = [name.strip() for name in found.dictionary.to_pylist()]
    if "" in names:
        bad = next(path for path in rows["path"] if "" in [s.strip() for s in path.split(">")])
        raise DataError(f"paths: '{bad}' has an empty step.\nName the channel that is missing.")
    channels = sorted(set(names))
    numbers = np.array([channels.index(name) for name in names], dtype=np.intp)
    sizes = pc.list_value_length(parts).to_numpy().astype(np.intp)
    path = np.repeat(np.arange(len(parts)), sizes)
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    conversions = rows["conversions"].to_numpy("float64")
    value = np.where(conversions > 0, rows["value"].to_numpy("float64"), 0.0)
    return Steps(
        tuple(channels),
        path=path,
        channel=numbers[found.indices.to_numpy()],
        position=np.arange(len(path)) - first,
        length=np.repeat(sizes, sizes),
        conversions=conversions,
        value=np.full(len(value), np.nan) if np.isnan(value).any() else value,
        nulls=rows["nulls"].to_numpy("float64"),
    )


def value_scatter(paths: ibis.Table | pd.DataFrame) -> Real:
    """Variance of single orders' money within each path of `steps_of`.

    Parameters
    ----------
    paths
        As in `steps_of`, with `value_squares`? (Σ of each order's money squared): 0 without it.
    """
    rows = _with_journeys(paths)
    orders = rows["conversions"].to_numpy("float64")
    if "value_squares" not in rows:
        return np.zeros(len(rows))
    counted = np.where(orders > 0, orders, 1.0)
    mean = rows["value"].to_numpy("float64") / counted
    spread = rows["value_squares"].to_numpy("float64") / counted - mean**2
    # What rounding leaves of orders that are all alike is none.
    return np.where(spread > _ROUNDING * mean**2, spread, 0.0)


def crowds_behind(paths: ibis.Table | pd.DataFrame) -> Crowds:
    """Customers who ordered by each path of `steps_of`, and, as the last row, without a touch.

    Parameters
    ----------
    paths
        As in `steps_of`, with `customers`? (as in `journey_paths`): orders without it.
    """
    known = paths.to_pandas() if isinstance(paths, ibis.Table) else paths
    untouched, rows = known[known["path"].isna()], _with_journeys(known)
    if "customers" not in known:
        orders = rows["conversions"].to_numpy("float64")
        return counted(np.append(orders, untouched["conversions"].sum()))
    alone = [each for each in untouched["customers"] if each is not None]
    return listed([*rows["customers"], alone[0] if alone else None])


def _with_journeys(paths: ibis.Table | pd.DataFrame) -> pd.DataFrame:
    """The paths with a journey and a channel, by their text."""
    rows = paths.to_pandas() if isinstance(paths, ibis.Table) else paths
    rows = rows[rows["path"].notna() & ((rows["conversions"] > 0) | (rows["nulls"] > 0))]
    if not rows["path"].is_monotonic_increasing:
        rows = rows.sort_values("path")
    return rows


def numbered(keys: NDArray[Any]) -> tuple[Whole, NDArray[Any]]:
    """The place of each key among the distinct ones, and these, sorted."""
    places, distinct = pd.factorize(keys, sort=True)
    return places.astype(np.intp), np.asarray(distinct)


def sums(groups: Whole, values: Real, count: int) -> Real:
    """Sum of the values of each of `count` groups."""
    return np.bincount(groups, values, minlength=count).astype(np.float64)

"""Journeys grouped by the channels they hold, and what chance could have made of the groups."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_strategy.analysis.crowds import Crowds, counted, listed
from crm_strategy.analysis.histories import Floats

BETWEEN = " > "
"""What stands between the channels of a path."""

Bools = NDArray[np.bool_]


class ChannelGroups(NamedTuple):
    """Journeys by the set of channels they hold; order and repetition do not matter."""

    channels: tuple[str, ...]
    """Every channel of the paths, by name."""
    holds: Bools
    """Groups × channels: whether the group's journeys hold the channel."""
    journeys: Floats
    """Journeys of each group, converted or not."""
    conversions: Floats
    """Draws × groups: conversions, first as counted, then as chance could have had them."""
    value: Floats
    """Money of each group's conversions; NaN where it is not known."""
    value_squares: Floats
    """Σ of each conversion's money squared, of each group."""
    customers: Crowds
    """Customers behind the conversions of each group, then behind its journeys without one;
    conversions and journeys themselves where the paths know no customers."""


def channel_groups(paths: pd.DataFrame, *, draws: int = 0, seed: int = 0) -> ChannelGroups:
    """Group paths by their channels and draw the groups' conversions anew.

    A draw is multinomial: as many journeys as there are, each falling on a group's conversions,
    or on none, with the share that was counted. Where no squares of money are given, as with
    ready-made paths, each order counts with its path's mean value.

    Parameters
    ----------
    paths
        One row per distinct path: `path` (channels joined by " > "), `conversions`, `value`?
        (money), `nulls`? (journeys without a conversion), `value_squares`? (Σ of each order's
        money squared), `customers`?, `null_customers`? (as in `journey_paths`). Conversions
        without a channel (path null or empty) are left out.
    draws
        Number of draws.
    seed
        Seed of the draws: one seed, one result.

    Returns
    -------
    ChannelGroups
        Groups in order of their channels.
    """
    members = [_members(path) for path in paths["path"].fillna("")]
    counts = pd.DataFrame(
        {
            "members": members,
            "conversions": _column(paths, "conversions", 0.0),
            "value": _column(paths, "value", np.nan),
            "nulls": _column(paths, "nulls", 0.0),
        }
    )
    # A path that never converted is worth nothing, whether or not a value was supplied.
    counts["value"] = counts["value"].mask(counts["conversions"] == 0, 0.0)
    alike = counts["value"] ** 2 / counts["conversions"].where(counts["conversions"] > 0, 1.0)
    squares = _column(paths, "value_squares", np.nan)
    counts["squares"] = squares.where(squares >= alike, alike)
    counts = counts[counts["members"] != ""]
    grouped = counts.groupby("members", sort=True)
    sums = grouped[["conversions", "nulls"]].sum()
    is_known = grouped["value"].count() == grouped.size()
    value, squares = (grouped[each].sum().where(is_known) for each in ("value", "squares"))
    sets = [frozenset(each.split(BETWEEN)) for each in sums.index]
    channels = tuple(sorted(frozenset().union(*sets)))
    holds = np.array([[channel in each for channel in channels] for each in sets], dtype=bool)
    counted = sums["conversions"].to_numpy(dtype=float)
    journeys = counted + sums["nulls"].to_numpy(dtype=float)
    drawn = np.vstack([counted, _draws(counted, float(journeys.sum()), draws, seed)])
    return ChannelGroups(
        channels,
        holds.reshape(len(sums), len(channels)),
        journeys,
        drawn,
        value.to_numpy(dtype=float),
        squares.to_numpy(dtype=float),
        _crowds(paths, members, list(sums.index)),
    )


def _members(path: str) -> str:
    """The path's channels, each once and by name."""
    steps = (step.strip() for step in path.split(BETWEEN.strip()))
    return BETWEEN.join(sorted({step for step in steps if step}))


def _crowds(paths: pd.DataFrame, members: list[str], groups: list[str]) -> Crowds:
    """Customers behind each group's conversions, then behind its journeys without one."""
    number = {each: at for at, each in enumerate(groups)}
    group = np.array([number.get(each, -1) for each in members], dtype=np.intp)
    both = np.concatenate([group, np.where(group < 0, -1, group + len(groups))])
    if "customers" in paths:
        of_paths = listed([*paths["customers"], *paths["null_customers"]])
    else:
        ends = [_column(paths, name, 0.0).to_numpy(float) for name in ("conversions", "nulls")]
        of_paths = counted(np.concatenate(ends))
    return of_paths.grouped(both, 2 * len(groups))


def _column(paths: pd.DataFrame, name: str, missing: float) -> pd.Series:
    if name not in paths:
        return pd.Series(missing, index=paths.index, dtype="float64")
    return paths[name].astype("float64").fillna(missing)


def _draws(counted: Floats, journeys: float, draws: int, seed: int) -> Floats:
    total = round(journeys)
    if not total or not draws:
        return np.empty((0, len(counted))) if total else np.zeros((draws, len(counted)))
    shares = np.append(counted, max(total - counted.sum(), 0.0))
    random = np.random.default_rng(seed)
    drawn = random.multinomial(total, shares / shares.sum(), size=draws)
    return drawn[:, :-1].astype(float)

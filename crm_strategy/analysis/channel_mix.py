"""Channel mix: what each set of channels costs, and which conversions it keeps."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crm_strategy.analysis.channel_groups import Bools, ChannelGroups, channel_groups
from crm_strategy.analysis.channel_subsets import (
    MOST_CHANNELS,
    all_subsets,
    kept_by_sets,
    kept_by_subset,
    searched_sets,
)
from crm_strategy.analysis.histories import Floats

JOINED = " + "
"""What stands between the channels of a set."""

SETS = (
    *("channels", "channel_count", "cost", "conversions", "conversion_share"),
    *("cost_per_conversion", "substitution", "low", "high"),
    *("switched_off", "off_count", "is_frontier", "is_cheapest"),
    *("customers", "lost_customers", "gone_customers"),
)

_LEVELS = (0.025, 0.975)
_ROUNDING = 1e-9


def channel_sets(
    paths: pd.DataFrame,
    costs: pd.DataFrame,
    *,
    substitutions: Sequence[float] = (0.0, 0.5, 1.0),
    keep: float = 0.95,
    draws: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """Cost, conversions and cost per conversion of the sets of channels that could stay on.

    A path whose channels are all on keeps its conversions. Else, if any of its channels is on,
    these win back the share ρ (substitution) of them; if none is, all are lost:

    kept(S) = Σ conversions of paths within S + ρ × Σ conversions of paths partly within S

    Assumed: nobody who would buy without any contact does so once contacts end, and no new
    paths arise. ρ itself cannot be read from paths: only a hold-out test can tell it.

    A channel whose cost is not known is never free: it is on in every set, and its cost is in
    none. So is a channel that is in no path, for what it loses cannot be seen; its cost, if
    known, is in every set. Up to 12 channels every set is looked at; of more the sets that
    `searched_sets` finds, and those with one channel off.

    Parameters
    ----------
    paths
        As in `channel_groups`.
    costs
        `channel`, `cost` (money in the same time; NaN where unknown).
    substitutions
        The shares ρ, 0 to 1.
    keep
        Share of conversions to keep.
    draws, seed
        As in `channel_groups`.

    Returns
    -------
    DataFrame
        One row per set and ρ, by ρ and cost: `channels` (on, joined by " + "), `channel_count`,
        `cost` (money, of known costs), `conversions` kept, `conversion_share` (of all),
        `cost_per_conversion`, `substitution` (ρ), `low` and `high` (95 % interval of the share:
        journeys drawn anew), `switched_off` (channels, joined), `off_count`, `is_frontier` (no
        set keeps as much for less), `is_cheapest` (the cheapest that keeps the share `keep`, one
        a ρ). For those who hide small groups, of sets on a frontier or with one channel off at
        most, the customers behind the conversions of paths all of whose channels are on
        (`customers`, a number that is exact where it is small), of paths with a channel off
        (`lost_customers`) and of paths with none on (`gone_customers`): a `Crowd` each, of
        conversions where the paths know no customers. No rows without a conversion or without a
        channel that could go off.
    """
    groups = channel_groups(paths, draws=draws, seed=seed)
    known = known_costs(costs)
    switchable = np.array([channel in known.index for channel in groups.channels], dtype=bool)
    if not switchable.any() or not groups.conversions[0].sum():
        return pd.DataFrame({name: [] for name in SETS})
    priced = known.reindex(groups.channels).to_numpy()
    if switchable.sum() <= MOST_CHANNELS:
        on = np.ones((2 ** int(switchable.sum()), len(switchable)), dtype=bool)
        on[:, switchable] = all_subsets(int(switchable.sum()))
        kept = kept_by_subset(groups, switchable)
    else:
        found = [searched_sets(groups, switchable, priced, each) for each in substitutions]
        alone = ~np.eye(len(switchable), dtype=bool)[switchable]
        on = np.unique(np.vstack([*found, alone]), axis=0)
        kept = kept_by_sets(groups, on)
    unseen = set(known.index) - set(groups.channels)
    sets = _named(on, groups.channels, sorted(set(costs["channel"]) - set(groups.channels)))
    sets["cost"] = on @ np.nan_to_num(priced) + known[sorted(unseen)].sum()
    parts = [
        _kept(sets, (1 - each) * kept[0] + each * kept[1], groups, each, keep)
        for each in sorted(substitutions)
    ]
    every = pd.concat(parts)
    told = every.index[every["is_frontier"] | (every["off_count"] < 2)].unique()
    crowds = _crowds(groups, on, told)
    return every.join(crowds).reset_index(drop=True)[list(SETS)]


def _crowds(groups: ChannelGroups, on: Bools, sets: pd.Index) -> pd.DataFrame:
    """Customers behind what some sets keep and lose, by the number of the set."""
    ended = np.zeros(len(groups.holds), dtype=bool)
    behind = {
        number: [
            groups.customers.of(np.concatenate([rows, ended]))
            for rows in (
                ~(groups.holds & ~on[number]).any(axis=1),
                (groups.holds & ~on[number]).any(axis=1),
                ~(groups.holds & on[number]).any(axis=1),
            )
        ]
        for number in sets
    }
    names = ["customers", "lost_customers", "gone_customers"]
    found = pd.DataFrame.from_dict(behind, orient="index", columns=names)
    return found.assign(customers=[each.n for each in found["customers"]])


def known_costs(costs: pd.DataFrame) -> pd.Series:
    """Cost by channel, of the channels whose cost is known."""
    known = costs.dropna(subset=["channel", "cost"]).astype({"cost": "float64"})
    return known.groupby("channel")["cost"].sum()


def _named(on: Bools, channels: Sequence[str], unseen: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "channels": [
                JOINED.join(
                    [*(c for c, is_on in zip(channels, row, strict=True) if is_on), *unseen]
                )
                for row in on
            ],
            "channel_count": on.sum(axis=1) + len(unseen),
            "switched_off": [
                JOINED.join(c for c, is_on in zip(channels, row, strict=True) if not is_on)
                for row in on
            ],
            "off_count": (~on).sum(axis=1),
        }
    )


def _kept(
    sets: pd.DataFrame, kept: Floats, groups: ChannelGroups, substitution: float, keep: float
) -> pd.DataFrame:
    totals = groups.conversions.sum(axis=1)
    # A draw without any conversion has no share to tell.
    told = np.flatnonzero(totals[1:] > 0) + 1
    low, high = bounds(kept[told] / totals[told, None])
    share = np.clip(kept[0] / totals[0], 0.0, 1.0)
    table = sets.assign(
        conversions=kept[0],
        conversion_share=share,
        cost_per_conversion=sets["cost"] / np.where(kept[0] > _ROUNDING, kept[0], np.nan),
        substitution=float(substitution),
        low=np.minimum(low, share),
        high=np.clip(high, share, 1.0),
    )
    # Equal sums must not differ by the order they were added in.
    ranks = table.assign(cost=table["cost"].round(6), kept=-table["conversion_share"].round(9))
    order = ranks.sort_values(["cost", "kept", "channel_count", "channels"]).index
    table, ranks = table.loc[order], ranks.loc[order]
    best_before = ranks["kept"].cummin().shift(fill_value=np.inf)
    enough = table["conversion_share"] >= keep - _ROUNDING
    table["is_frontier"] = ranks["kept"] < best_before
    table["is_cheapest"] = enough & (enough.cumsum() == 1)
    return table


def bounds(drawn: Floats) -> tuple[Floats, Floats]:
    """95 % interval of each column of draws; NaN without draws."""
    if not len(drawn):
        nothing = np.full(drawn.shape[1], np.nan)
        return nothing, nothing
    low, high = np.quantile(drawn, _LEVELS, axis=0)
    return low, high

"""Single switch-offs: what one channel less loses and saves, and how sure that is."""

import numpy as np
import pandas as pd

from crm_strategy.analysis.channel_crowds import GUARDS, channel_crowds
from crm_strategy.analysis.channel_groups import Bools, ChannelGroups, channel_groups
from crm_strategy.analysis.channel_mix import known_costs
from crm_strategy.analysis.intervals import share_interval, sum_interval

COLUMNS = (
    *("channel", "conversions_lost", "cost_saved", "verdict"),
    *("margin_lost", "low", "high", "net_gain", "break_even", "flip_margin"),
    *("journey_count", "least_conversions_lost", "basis", "scatter"),
    *("lost_customers", "least_lost_customers", "journey_customers", "null_customers"),
    *("conversion_count", *GUARDS),
)

_ROUNDING = 1e-9


def switch_offs(
    paths: pd.DataFrame,
    costs: pd.DataFrame,
    *,
    margin_rate: float | None = None,
) -> pd.DataFrame:
    """What switching off one channel, and no other, loses and saves.

    At ρ = 0 every conversion whose path holds the channel is lost; at ρ = 1 only those whose
    path holds no other. Break-even ρ = (margin lost at 0 − cost) / (margin lost at 0 − at 1):
    if the other channels win back more than this share, switching off pays.

    The bounds are those of `sum_interval`: chance has its part in how many orders come and in
    what each is worth. They are calculated, not drawn, so no seed moves a verdict.

    Parameters
    ----------
    paths, costs
        As in `channel_mix.channel_sets`; with `value_squares`? as in `channel_groups`.
    margin_rate
        Margin of a unit of value; None where unknown: then value itself stands for margin, so
        that a loss is never made small, and no verdict but of what costs nothing says keep.

    Returns
    -------
    DataFrame
        One row per channel with a path or a cost, most gained first: `channel`,
        `conversions_lost` (at ρ = 0), `cost_saved` (money; NaN where unknown), `verdict`,
        `margin_lost` (money, at ρ = 0), `low` (of the margin lost: lower 95 % bound at ρ = 1),
        `high` (upper bound at ρ = 0), `net_gain` (money: saved − lost at ρ = 0), `break_even`
        (ρ; 0 where switching off pays in any case, NaN where at no ρ, as where the cost is 0),
        `flip_margin` (the margin
        rate above which a switch-off loses money at ρ = 0), `journey_count` (that
        hold it, converted or not), `least_conversions_lost` (at ρ = 1), `basis` (`margin`;
        `revenue` where no margin is known: then all money here is revenue, the most that
        margin can be), `scatter` (`orders` where the bounds hold the scatter of single orders'
        money; `paths` where each order counts with its path's mean). For those who hide small
        groups, the customers behind the conversions lost (`lost_customers`, or
        behind the others, if they are fewer), those lost at ρ = 1 (`least_lost_customers`, or
        behind what is lost at ρ = 0 alone, if they are fewer), the journeys
        (`journey_customers`) and those of them that ended in none (`null_customers`), exact where
        they are few; conversions and journeys where the paths know no customers; and what
        `channel_crowds` gives.

        Verdicts: `switch_off` (cost saved is above `high`), `keep` (below `low`, or 0: nothing
        is saved), `test` (between: it depends on ρ or on chance), `left_on` (cost, value or
        paths unknown).
    """
    groups = channel_groups(paths)
    known = known_costs(costs)
    names = sorted({*groups.channels, *costs["channel"].dropna()})
    rows = [_switched(name, groups, known.get(name, np.nan), margin_rate) for name in names]
    crowds = channel_crowds(paths)
    own = [name for name in COLUMNS if name not in crowds]
    table = pd.DataFrame(rows, columns=own).join(crowds, on="channel")[list(COLUMNS)]
    table["basis"] = "revenue" if margin_rate is None else "margin"
    table["scatter"] = "orders" if "value_squares" in paths else "paths"
    return table.sort_values(
        ["net_gain", "channel"], ascending=[False, True], ignore_index=True, na_position="last"
    )


def _switched(
    channel: str, groups: ChannelGroups, cost: float, margin_rate: float | None
) -> dict[str, object]:
    if channel not in groups.channels:
        return {"channel": channel, "cost_saved": cost, "verdict": "left_on"}
    rate = 1.0 if margin_rate is None else margin_rate
    holding = groups.holds[:, groups.channels.index(channel)]
    alone = holding & (groups.holds.sum(axis=1) == 1)
    lost, least = (groups.conversions[0, each].sum() for each in (holding, alone))
    none = np.zeros(len(holding), dtype=bool)
    behind, few_behind, others, shared, ended, either = (
        groups.customers.of(np.concatenate(each)).n
        for each in (
            (holding, none),
            (alone, none),
            (~holding, none),
            (holding & ~alone, none),
            (none, holding),
            (holding, holding),
        )
    )
    value, few = float(groups.value[holding].sum()), float(groups.value[alone].sum())
    journeys = groups.journeys[holding].sum()
    low, high = rate * _bound(groups, alone, 0), rate * _bound(groups, holding, 1)
    if not lost:
        high = rate * _chance_of_none(groups, journeys)
    if np.isnan([cost, low, high]).any():
        verdict = "left_on"
    elif not cost:
        verdict = "keep"
    elif cost > high:
        verdict = "switch_off"
    else:
        verdict = "keep" if cost < low and margin_rate is not None else "test"
    return {
        "channel": channel,
        "conversions_lost": lost,
        "cost_saved": cost,
        "verdict": verdict,
        "margin_lost": rate * value,
        "low": low,
        "high": high,
        "net_gain": cost - rate * value,
        "break_even": _break_even(rate * value, rate * few, cost),
        "flip_margin": cost / value if value > 0 else np.nan,
        "journey_count": journeys,
        "least_conversions_lost": least,
        # All conversions tell those without the channel, and those of it alone the shared ones.
        "lost_customers": min(behind, others) if others else behind,
        "least_lost_customers": min(few_behind, shared) if shared else few_behind,
        "journey_customers": either,
        "null_customers": ended,
    }


def _bound(groups: ChannelGroups, rows: Bools, end: int) -> float:
    """Lower (0) or upper (1) end of what the orders of some groups are worth."""
    value, squares = float(groups.value[rows].sum()), float(groups.value_squares[rows].sum())
    if np.isnan(value):
        return np.nan
    worth, every = (float(np.nansum(each)) for each in (groups.value, groups.value_squares))
    typical = every / worth if worth > 0 else 0.0
    found = sum_interval(value, squares, typical=typical)[end]
    return np.nan if found is None else found


def _break_even(most: float, few: float, cost: float) -> float:
    if np.isnan(cost) or np.isnan(most) or not cost or cost < few - _ROUNDING:
        return np.nan
    return 0.0 if cost >= most else (most - cost) / (most - few)


def _chance_of_none(groups: ChannelGroups, journeys: float) -> float:
    """Value that journeys may hold among which no conversion was seen."""
    share, total = share_interval(0, journeys)[1], groups.conversions[0].sum()
    if share is None or not total:
        return np.nan
    return share * journeys * float(groups.value.sum()) / float(total)

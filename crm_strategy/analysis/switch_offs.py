"""Single switch-offs: what one channel less loses and saves, and how sure that is."""

import numpy as np
import pandas as pd

from crm_strategy.analysis.channel_groups import ChannelGroups, channel_groups
from crm_strategy.analysis.channel_mix import bounds, known_costs
from crm_strategy.analysis.intervals import share_interval

COLUMNS = (
    *("channel", "conversions_lost", "cost_saved", "verdict"),
    *("margin_lost", "low", "high", "net_gain", "break_even", "flip_margin"),
    *("journey_count", "least_conversions_lost"),
)

_ROUNDING = 1e-9


def switch_offs(
    paths: pd.DataFrame,
    costs: pd.DataFrame,
    *,
    margin_rate: float | None = None,
    draws: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """What switching off one channel, and no other, loses and saves.

    At ρ = 0 every conversion whose path holds the channel is lost; at ρ = 1 only those whose
    path holds no other. Break-even ρ = (margin lost at 0 − cost) / (margin lost at 0 − at 1):
    if the other channels win back more than this share, switching off pays.

    Parameters
    ----------
    paths, costs, draws, seed
        As in `channel_mix.channel_sets`.
    margin_rate
        Margin of a unit of value; None where unknown: then value itself stands for margin, so
        that a loss is never made small, and no verdict says keep.

    Returns
    -------
    DataFrame
        One row per channel with a path or a cost, most gained first: `channel`,
        `conversions_lost` (at ρ = 0), `cost_saved` (money; NaN where unknown), `verdict`,
        `margin_lost` (money, at ρ = 0), `low` (of the margin lost: lower 95 % bound at ρ = 1),
        `high` (upper bound at ρ = 0), `net_gain` (money: saved − lost at ρ = 0), `break_even`
        (ρ; 0 where switching off pays in any case, NaN where at no ρ), `flip_margin` (the margin
        rate above which a switch-off loses money at ρ = 0), `journey_count` (that
        hold it, converted or not), `least_conversions_lost` (at ρ = 1).

        Verdicts: `switch_off` (cost saved is above `high`), `keep` (below `low`), `test`
        (between: it depends on ρ or on chance), `left_on` (cost, value or paths unknown).
    """
    groups = channel_groups(paths, draws=draws, seed=seed)
    known = known_costs(costs)
    names = sorted({*groups.channels, *costs["channel"].dropna()})
    rate = 1.0 if margin_rate is None else margin_rate
    rows = [
        _switched(name, groups, known.get(name, np.nan), rate, is_known=margin_rate is not None)
        for name in names
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values(
        ["net_gain", "channel"], ascending=[False, True], ignore_index=True, na_position="last"
    )


def _switched(
    channel: str, groups: ChannelGroups, cost: float, rate: float, *, is_known: bool
) -> dict[str, object]:
    if channel not in groups.channels:
        return {"channel": channel, "cost_saved": cost, "verdict": "left_on"}
    holding = groups.holds[:, groups.channels.index(channel)]
    alone = holding & (groups.holds.sum(axis=1) == 1)
    lost, least = (groups.conversions[0, each].sum() for each in (holding, alone))
    value, least_value = (groups.value[:, each].sum(axis=1) for each in (holding, alone))
    journeys = groups.journeys[holding].sum()
    most = rate * float(value[0])
    few = rate * float(least_value[0])
    low = min(rate * float(bounds(least_value[1:, None])[0][0]), few)
    high = max(rate * float(bounds(value[1:, None])[1][0]), most)
    if not lost:
        high = rate * _chance_of_none(groups, journeys)
    if np.isnan([cost, low, high]).any():
        verdict = "left_on"
    elif cost > high:
        verdict = "switch_off"
    else:
        verdict = "keep" if cost < low and is_known else "test"
    return {
        "channel": channel,
        "conversions_lost": lost,
        "cost_saved": cost,
        "verdict": verdict,
        "margin_lost": most,
        "low": low,
        "high": high,
        "net_gain": cost - most,
        "break_even": _break_even(most, few, cost),
        "flip_margin": cost / value[0] if value[0] > 0 else np.nan,
        "journey_count": journeys,
        "least_conversions_lost": least,
    }


def _break_even(most: float, few: float, cost: float) -> float:
    if np.isnan(cost) or np.isnan(most) or cost < few - _ROUNDING:
        return np.nan
    return 0.0 if cost >= most else (most - cost) / (most - few)


def _chance_of_none(groups: ChannelGroups, journeys: float) -> float:
    """Value that journeys may hold among which no conversion was seen."""
    share, total = share_interval(0, journeys)[1], groups.conversions[0].sum()
    if share is None or not total:
        return np.nan
    return share * journeys * float(groups.value[0].sum()) / float(total)

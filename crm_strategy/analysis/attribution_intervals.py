"""How far chance alone could move the credit of a channel: journeys drawn anew, rule by rule."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

import ibis
import numpy as np
import pandas as pd

from crm_strategy.analysis.attribution import RULES, every_credit
from crm_strategy.analysis.attribution_rules import DIRECT
from crm_strategy.analysis.markov_orders import markov_orders
from crm_strategy.analysis.path_steps import Real, Steps, steps_of

COLUMNS: Final = ("channel", "rule", "low", "high", "value_low", "value_high")

DRAWS: Final = 60
FEWEST_DRAWS: Final = 40
MOST_STEPS: Final = 5_000_000
"""Steps that all draws together look at: of long data there are fewer draws."""

_REACH: Final = 1.96
"""Standard errors to either side that hold 95 % of a normal spread."""


def attribution_intervals(
    paths: ibis.Table | pd.DataFrame,
    *,
    order: int | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    direct: Collection[str] = DIRECT,
) -> pd.DataFrame:
    """95 % intervals of each channel's credit under every rule, from journeys drawn anew.

    A draw is multinomial: as many journeys as there are, each falling on a path and its end
    with the share that was counted. Value follows the orders at the path's mean value. Each
    draw is credited by all rules anew; the bounds are the credit ± 1.96 standard deviations of
    the draws, not below 0. They tell of chance alone, not of cause.

    Parameters
    ----------
    paths, direct
        As in `attribution.attribution`.
    order
        Of the Markov chain; by default the one that `markov_orders` chooses.
    draws
        Number of draws; fewer, but `FEWEST_DRAWS` at least, where they would look at more than
        `MOST_STEPS` steps.
    seed
        Of the draws: one seed, one result.

    Returns
    -------
    DataFrame
        One row per channel and rule: `channel`, `rule`, `low`, `high` (orders), `value_low`,
        `value_high` (money; NaN where unknown).

    References
    ----------
    Efron (1979), Annals of Statistics 7(1). doi:10.1214/aos/1176344552
    Efron & Tibshirani (1993), ch. 6.4: 50 draws are often enough for a standard error.
    """
    steps = steps_of(paths)
    total = round(float(steps.conversions.sum() + steps.nulls.sum()))
    if not steps.channels or not total:
        return pd.DataFrame({name: [] for name in COLUMNS})
    if order is None:
        orders = markov_orders(steps)
        order = int(orders.loc[orders["chosen"], "order"].iloc[0])
    bearable = max(FEWEST_DRAWS, MOST_STEPS // max(len(steps.path), 1))
    random = np.random.default_rng(seed)
    drawn = [
        _credited(_drawn(steps, total, random), order, direct) for _ in range(min(draws, bearable))
    ]
    found = np.stack(drawn)
    # Draws × (orders, money) × rules × channels.
    error, credit = found.std(axis=0, ddof=1), _credited(steps, order, direct)
    low, high = np.maximum(credit - _REACH * error, 0.0), credit + _REACH * error
    return pd.DataFrame(
        {
            "channel": np.tile(np.array(steps.channels, dtype=object), len(RULES)),
            "rule": np.repeat(np.array(RULES, dtype=object), len(steps.channels)),
            "low": low[0].ravel(),
            "high": high[0].ravel(),
            "value_low": low[1].ravel(),
            "value_high": high[1].ravel(),
        }
    )


def _credited(steps: Steps, order: int, direct: Collection[str]) -> Real:
    conversions, value, _error = every_credit(steps, order, direct)
    return np.stack([conversions[list(RULES)].to_numpy().T, value[list(RULES)].to_numpy().T])


def _drawn(steps: Steps, total: int, random: np.random.Generator) -> Steps:
    """The journeys drawn anew; paths that no journey fell on are left out."""
    counted = np.concatenate([steps.conversions, steps.nulls])
    conversions, nulls = np.split(
        random.multinomial(total, counted / counted.sum()).astype(float), 2
    )
    bought = steps.conversions > 0
    mean = np.where(bought, steps.value / np.where(bought, steps.conversions, 1.0), 0.0)
    kept = conversions + nulls > 0
    number = np.cumsum(kept) - 1
    of_kept = kept[steps.path]
    return replace(
        steps,
        path=number[steps.path[of_kept]],
        channel=steps.channel[of_kept],
        position=steps.position[of_kept],
        length=steps.length[of_kept],
        conversions=conversions[kept],
        value=(conversions * mean)[kept],
        nulls=nulls[kept],
    )

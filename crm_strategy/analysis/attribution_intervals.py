"""How far chance alone could move the credit of a channel: journeys drawn anew, rule by rule."""

from collections.abc import Collection
from typing import Final

import ibis
import numpy as np
import pandas as pd

from crm_strategy.analysis.attribution import RULES
from crm_strategy.analysis.attribution_rules import DIRECT, rule_credit
from crm_strategy.analysis.markov import markov_credits
from crm_strategy.analysis.path_steps import MEASURES, Real, Steps, steps_of, value_scatter
from crm_strategy.analysis.shapley import shapley_rates, shapley_sets

COLUMNS: Final = ("channel", "rule", "low", "high", "value_low", "value_high")

DRAWS: Final = 60
FEWEST_DRAWS: Final = 20
MOST_STEPS: Final = 5_000_000
"""Steps that all draws together look at: of long data there are fewer draws."""

MOST_SETS: Final = 20_000
"""Sets of channels within journeys, up to which each draw has Shapley values of rates."""

_REACH: Final = 1.96
"""Standard errors to either side that hold 95 % of a normal spread."""


def attribution_intervals(
    paths: ibis.Table | pd.DataFrame,
    credit: pd.DataFrame,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    direct: Collection[str] = DIRECT,
) -> pd.DataFrame:
    """95 % intervals of each channel's credit under every rule, from journeys drawn anew.

    A draw is multinomial: as many journeys as there are, each falling on a path and its end
    with the share that was counted. The money of a path's orders scatters as that of its single
    orders does, where it is known. Each draw is credited by all rules anew; the bounds are the
    credit ± 1.96 standard deviations of the draws, not below 0. They tell of chance alone, not
    of cause.

    Two rules take long, so their draws are simpler and only the relative spread is taken from
    them: a Markov chain of memory 1 whatever the memory chosen, and `shapley_sets` where
    journeys hold more than `MOST_SETS` sets of channels.

    Parameters
    ----------
    paths, direct
        As in `attribution.attribution`.
    credit
        Its result for these paths.
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
    count = min(draws, max(FEWEST_DRAWS, MOST_STEPS // max(len(steps.path), 1)))
    sizes = np.bincount(steps.distinct[0], minlength=len(steps.conversions))
    by_rates = steps.has_nulls and float((2.0**sizes).sum()) <= MOST_SETS
    random, scatter = np.random.default_rng(seed), value_scatter(paths)
    drawn = np.stack(
        [_credited(_drawn(steps, scatter, total, random), direct, by_rates) for _ in range(count)]
    )
    # Draws × (orders, money) × rules × channels.
    simple, error = _credited(steps, direct, by_rates), drawn.std(axis=0, ddof=1)
    known = credit.set_index("channel").reindex(list(steps.channels))
    values = [f"{rule}_value" for rule in RULES]
    real = np.stack([known[list(names)].to_numpy(float).T for names in (RULES, values)])
    scaled = np.where(simple > 0, error * real / np.where(simple > 0, simple, 1.0), error)
    low, high = np.maximum(real - _REACH * scaled, 0.0), real + _REACH * scaled
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


def _credited(steps: Steps, direct: Collection[str], by_rates: bool) -> Real:
    """Credit under every rule, orders and money: rules × channels of each."""
    rates = shapley_rates(steps) if by_rates else None
    chain, tables = markov_credits(steps), []
    for measure in MEASURES:
        credit = rule_credit(steps, measure, direct=direct)
        credit["markov"] = chain[measure]
        credit["shapley"] = rates[measure] if rates is not None else shapley_sets(steps, measure)
        tables.append(credit[list(RULES)].to_numpy().T)
    return np.stack(tables)


def _drawn(steps: Steps, scatter: Real, total: int, random: np.random.Generator) -> Steps:
    """The journeys drawn anew; paths that no journey fell on are left out."""
    counted = np.concatenate([steps.conversions, steps.nulls])
    conversions, nulls = np.split(
        random.multinomial(total, counted / counted.sum()).astype(float), 2
    )
    bought = steps.conversions > 0
    mean = np.where(bought, steps.value / np.where(bought, steps.conversions, 1.0), 0.0)
    value = conversions * mean
    spread = np.flatnonzero((scatter > 0) & (value > 0))
    # Sums of that mean and that variance which are never below 0.
    scale = scatter[spread] / mean[spread]
    value[spread] = random.gamma(value[spread] / scale, scale)
    return steps.recounted(conversions, value, nulls)

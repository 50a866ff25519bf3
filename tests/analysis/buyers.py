"""Customers simulated from models whose parameters are known, and what is known of them."""

import numpy as np
import pandas as pd

TRUTHS = {
    "bg_nbd": (
        {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426},
        {"r": 1.2, "alpha": 9.0, "a": 0.6, "b": 5.0},
        {"r": 2.5, "alpha": 4.0, "a": 1.5, "b": 4.0},
    ),
    "mbg_nbd": (
        {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614},
        {"r": 1.2, "alpha": 9.0, "a": 0.6, "b": 5.0},
        {"r": 2.5, "alpha": 4.0, "a": 1.5, "b": 4.0},
    ),
    "pareto_nbd": (
        {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669},
        {"r": 1.2, "alpha": 9.0, "s": 1.5, "beta": 30.0},
        {"r": 2.5, "alpha": 4.0, "s": 0.8, "beta": 8.0},
    ),
}
"""Three sets of parameters of each model, in weeks; the first is CDNOW's."""


def buyers(model: str, truth: dict[str, float], *, count: int, seed: int) -> pd.DataFrame:
    """`frequency`, `recency`, `T` (weeks, up to two years), `n` = 1 of simulated customers."""
    chance = np.random.default_rng(seed)
    T = chance.uniform(20, 104, count)
    rate = chance.gamma(truth["r"], 1 / truth["alpha"], count)
    end, leaving = T, np.zeros(count)
    if model == "pareto_nbd":
        end = np.minimum(
            T, chance.exponential(1 / chance.gamma(truth["s"], 1 / truth["beta"], count))
        )
    else:
        leaving = chance.beta(truth["a"], truth["b"], count)
    frequency, recency = np.zeros(count), np.zeros(count)
    # In MBG/NBD the first order is a chance to leave, too.
    here = chance.random(count) >= leaving * (model == "mbg_nbd")
    while here.any():
        places = np.flatnonzero(here)
        ordered_at = recency[places] + chance.exponential(1 / rate[places])
        in_time = ordered_at < end[places]
        here[places[~in_time]] = False
        ordering = places[in_time]
        recency[ordering] = ordered_at[in_time]
        frequency[ordering] += 1
        here[ordering] = chance.random(len(ordering)) >= leaving[ordering]
    return pd.DataFrame({"frequency": frequency, "recency": recency, "T": T, "n": 1})


def histories_of(*rows: tuple[float, float, float, int]) -> pd.DataFrame:
    """Rows as (frequency, recency, T, n)."""
    return pd.DataFrame(rows, columns=["frequency", "recency", "T", "n"])


def spends(*rows: tuple[float, float, int]) -> pd.DataFrame:
    """Rows as (frequency, monetary_value, n)."""
    return pd.DataFrame(rows, columns=["frequency", "monetary_value", "n"])

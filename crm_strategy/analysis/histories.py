"""Buying histories as arrays: what a model of orders until drop-out knows of a customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]

Parameters: TypeAlias = Mapping[str, float] | pd.Series
"""A model's parameters by name."""


@dataclass(frozen=True)
class Histories:
    """Frequency, recency and T of many customers, in one unit of time.

    Functions of frequency alone are worked out once for each frequency that occurs, which is
    a few hundred of them where there are a million customers.
    """

    frequency: Floats
    """Repeat orders."""
    recency: Floats
    """First to last order; 0 without repeat orders."""
    T: Floats
    """First order to the last day observed."""
    levels: Floats
    """The frequencies that occur, ascending."""
    level: NDArray[np.intp]
    """Place of each customer's frequency in `levels`."""

    def part(self, start: int, stop: int) -> "Histories":
        """The customers of some places."""
        cut = slice(start, stop)
        return Histories(
            self.frequency[cut], self.recency[cut], self.T[cut], self.levels, self.level[cut]
        )


def histories(frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> Histories:
    """Histories of arrays or numbers, which are repeated to one length."""
    x, t_x, observed = np.broadcast_arrays(
        np.atleast_1d(np.asarray(frequency, dtype=float)),
        np.asarray(recency, dtype=float),
        np.asarray(T, dtype=float),
    )
    levels, level = np.unique(x, return_inverse=True)
    return Histories(x, t_x, observed, levels, level.reshape(x.shape))


def dead_and_either(log_odds: Floats) -> tuple[Floats, Floats]:
    """Of the log odds of dead to alive: P(dead), and ln(1 + odds).

    As special.expit and np.logaddexp, at a fifth of their time.
    """
    less = np.exp(-np.abs(log_odds))
    dead = np.where(log_odds > 0, 1.0, less) / (1 + less)
    return dead, np.maximum(log_odds, 0.0) + np.log1p(less)

"""Counted rows made ready to fit: their unit, their likelihood, where to look for parameters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_strategy.analysis import buying_models, contract_models, spend_model
from crm_strategy.analysis.histories import Floats, histories
from crm_strategy.analysis.likelihood_search import Sample, Scores

_THIN = 2_000
_PART = 8_192
"""Rows at once: 64 kB a column."""
_WIDE = 6.0
"""Shapes are looked for from e^−6 to e^6, 1/400 to 400: beyond, customers are as good as alike.
"""
_LONG = 24.0
"""Times from e^−24 to e^24 of the mean T: nobody knows how often customers order."""


@dataclass(frozen=True)
class Frame:
    """Distinct rows in a unit of their own, and all a search for the parameters needs."""

    names: tuple[str, ...]
    """The model's parameters."""
    rows: pd.DataFrame
    """Distinct, sorted, with `n`: so that neither order nor duplicates of rows matter."""
    unit: float
    """Mean time or money, in which some parameters are looked for."""
    in_unit: tuple[str, ...]
    """Which ones."""
    densities: Floats
    """Densities by that unit in the likelihood of a row."""
    low: Floats
    """Bounds of the logarithms, in the unit."""
    high: Floats
    starts: tuple[Floats, ...]
    """Logarithms to start from, in the unit."""
    scores_of: Callable[[pd.DataFrame], Scores]

    @property
    def customer_count(self) -> int:
        """Customers in all rows."""
        return int(self.rows["n"].sum())

    @property
    def log_units(self) -> Floats:
        """What to add to the logarithms found, to have them in the rows' own unit."""
        scaled = np.array([name in self.in_unit for name in self.names])
        return np.where(scaled, np.log(self.unit), 0.0)

    def sample(self) -> Sample:
        """All rows."""
        return _sample(self.rows, self.scores_of)

    def thin(self) -> Sample:
        """Some 2,000 customers, at even distances in the order of the rows."""
        if len(self.rows) <= _THIN:
            return self.sample()
        ends = self.rows["n"].cumsum().to_numpy(dtype=float)
        places = np.searchsorted(ends, (np.arange(_THIN) + 0.5) * ends[-1] / _THIN)
        chosen, counts = np.unique(places, return_counts=True)
        return _sample(self.rows.iloc[chosen].assign(n=counts), self.scores_of)


def buying_frame(rows: pd.DataFrame, *, model: str) -> Frame:
    """Rows of `frequency`, `recency`, `T` and `n` for a model of `buying_models`.

    Raises
    ------
    ValueError
        A history that cannot be.
    """
    counted = _counted(rows, ["frequency", "recency", "T"])
    _check(counted)
    names = buying_models.PARAMETERS[model]
    unit = _mean(counted, "T")
    times = tuple(name for name in ("alpha", "beta") if name in names)
    wide = np.array([_LONG if name in times else _WIDE for name in names])

    def scores_of(some: pd.DataFrame) -> Scores:
        known = histories(some["frequency"], some["recency"] / unit, some["T"] / unit)

        def scores(place: Floats) -> tuple[Floats, Floats]:
            parameters = dict(zip(names, np.exp(place), strict=True))
            return buying_models.likelihood_scores(model, parameters, known)

        return scores

    # Buyers few and many, alike and not, of twice the mean rate as about half have left.
    rate = 2 * _mean(counted, "frequency") or 1.0
    leaving = ((0.8, 2.5), (0.2, 2.0), (2.0, 6.0), (0.2, 0.2))
    if model == "pareto_nbd":
        leaving = ((0.5, 0.5), (0.5, 2.0), (2.0, 2.0), (0.2, 5.0))
    starts = tuple(
        np.log([r, r / rate, *pair]) for r, pair in zip((0.3, 1, 3, 0.6), leaving, strict=True)
    )
    densities = counted["frequency"].to_numpy(dtype=float)
    return Frame(names, counted, unit, times, densities, -wide, wide, starts, scores_of)


def spend_frame(rows: pd.DataFrame) -> Frame:
    """Rows of `frequency`, `monetary_value` and `n` for Gamma-Gamma; those above 0 are used."""
    bought = rows[(rows["frequency"] > 0) & (rows["monetary_value"] > 0)]
    counted = _counted(bought, ["frequency", "monetary_value"])
    unit = _mean(counted, "monetary_value")

    def scores_of(some: pd.DataFrame) -> Scores:
        x = some["frequency"].to_numpy(dtype=float)
        value = some["monetary_value"].to_numpy(dtype=float) / unit
        return lambda place: spend_model.likelihood(np.exp(place), x, value)

    wide = np.full(3, _WIDE)
    starts = tuple(np.log(start) for start in ((6, 4, 0.5), (1, 2, 1), (50, 20, 0.5)))
    densities = np.ones(len(counted))
    return Frame(
        spend_model.PARAMETERS, counted, unit, ("gamma",), densities, -wide, wide, starts, scores_of
    )


def renewal_frame(rows: pd.DataFrame) -> Frame:
    """Rows of `renewals`, `left` (1 left at that renewal, 0 is still there) and `n` for sBG."""
    counted = _counted(rows, ["renewals", "left"])

    def scores_of(some: pd.DataFrame) -> Scores:
        renewals, left = (some[name].to_numpy(dtype=float) for name in ("renewals", "left"))
        return lambda place: contract_models.sbg_likelihood(np.exp(place), renewals, left)

    return _pure(contract_models.SBG, counted, ((1, 1), (0.5, 4), (5, 20)), scores_of)


def occasion_frame(rows: pd.DataFrame) -> Frame:
    """Rows of `frequency`, `recency`, `T` (occasions) and `n` for BG/BB."""
    columns = ["frequency", "recency", "T"]
    counted = _counted(rows, columns)
    _check(counted)

    def scores_of(some: pd.DataFrame) -> Scores:
        x, t_x, n = (some[name].to_numpy(dtype=float) for name in columns)
        return lambda place: contract_models.bgbb_likelihood(np.exp(place), x, t_x, n)

    starts = ((1, 1, 1, 3), (0.5, 0.5, 0.5, 5), (3, 3, 1, 10))
    return _pure(contract_models.BGBB, counted, starts, scores_of)


def _pure(
    names: tuple[str, ...],
    rows: pd.DataFrame,
    starts: tuple[tuple[float, ...], ...],
    scores_of: Callable[[pd.DataFrame], Scores],
) -> Frame:
    wide = np.full(len(names), _WIDE)
    none = np.zeros(len(rows))
    logs = tuple(np.log(start) for start in starts)
    return Frame(names, rows, 1.0, (), none, -wide, wide, logs, scores_of)


def _sample(rows: pd.DataFrame, scores_of: Callable[[pd.DataFrame], Scores]) -> Sample:
    parts = [rows.iloc[start : start + _PART] for start in range(0, len(rows), _PART)]
    weights = [part["n"].to_numpy(dtype=float) for part in parts]
    return Sample([scores_of(part) for part in parts], weights)


def _counted(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    some = rows if (rows["n"] > 0).all() else rows[rows["n"] > 0]
    if _ascend([some[column].to_numpy() for column in columns]):
        return some[[*columns, "n"]].reset_index(drop=True)
    return some.groupby(columns, as_index=False, sort=True)["n"].sum()


def _ascend(columns: list[NDArray[Any]]) -> bool:
    """Whether each row comes after the one before, so that none occurs twice."""
    after = np.zeros(max(len(columns[0]) - 1, 0), dtype=bool)
    for column in reversed(columns):
        after = (column[1:] > column[:-1]) | ((column[1:] == column[:-1]) & after)
    return bool(after.all())


def _mean(rows: pd.DataFrame, column: str) -> float:
    customers = float(rows["n"].sum())
    return float((rows[column] * rows["n"]).sum()) / customers if customers else 0.0


def _check(rows: pd.DataFrame) -> None:
    x, t_x, T = (rows[name] for name in ("frequency", "recency", "T"))
    wrong = (x < 0) | (t_x < 0) | (t_x > T) | ((x == 0) & (t_x > 0))
    if wrong.any():
        first = rows[wrong].iloc[0]
        history = ", ".join(f"{name} {first[name]:g}" for name in ("frequency", "recency", "T"))
        raise ValueError(f"{int(wrong.sum())} rows are no history of orders; first: {history}")

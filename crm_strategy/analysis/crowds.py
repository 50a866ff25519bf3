"""Crowds: the customers behind some rows, such as paths, of whom a few a row are known by id.

Of each row at most `least` of its customers are listed. Whatever rows are taken together, fewer
than `least` customers are behind them exactly if their lists hold fewer: a row with as many has
a list as long, and if there is none, all lists are whole.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property, reduce
from operator import or_
from typing import Any

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

Whole = NDArray[np.intp]
Real = NDArray[np.float64]

_DIGITS = 6
_MANY = 2_000
"""Customers that are no small group: of more, not all need be counted."""


class Crowds:
    """The customers behind rows, by id; or a number of each row, where no customers are known.

    Parameters
    ----------
    size
        Number of rows.
    row, member
        Of each listed customer, the row and the id, a number from 0. A customer of several rows
        is listed by each.
    counts
        Taken for customers where none are known, such as journeys; then nobody is listed.
    """

    def __init__(self, size: int, row: Whole, member: Whole, counts: Real | None = None) -> None:
        in_order = np.argsort(row, kind="stable")
        self.size = size
        self._counts = counts
        self._row, self._member = row[in_order], member[in_order]
        self._ends = np.searchsorted(self._row, np.arange(size + 1))
        self._rows_of = np.bincount(member)

    def of(self, rows: Iterable[bool] | NDArray[np.bool_]) -> "Crowd":
        """The customers behind the rows marked."""
        return Crowd(self, np.flatnonzero(np.asarray(rows, dtype=bool)))

    def each(self) -> list["Crowd"]:
        """The customers behind each row."""
        return [Crowd(self, np.array([at], dtype=np.intp)) for at in range(self.size)]

    def count(self, rows: Whole) -> float:
        """How many different customers are behind some rows: see `Crowd.n`."""
        if self._counts is not None:
            return round(float(self._counts[rows].sum()), _DIGITS)
        first = len(pd.unique(self._listed(rows[: 2 * _MANY])))
        enough = first >= _MANY or len(rows) <= 2 * _MANY
        return float(first if enough else len(pd.unique(self._listed(rows))))

    def count_others(self, rows: Whole) -> float:
        """How many different customers are behind all rows but some."""
        if self._counts is not None:
            return round(float(self._counts.sum() - self._counts[rows].sum()), _DIGITS)
        member, times = np.unique(self._listed(rows), return_counts=True)
        return float(len(self._rows_of) - (self._rows_of[member] == times).sum())

    def grouped(self, group: Whole, size: int) -> "Crowds":
        """The customers behind groups of rows.

        Parameters
        ----------
        group
            Of each row, the number of its group; rows of no group have a number below 0.
        size
            Number of groups.
        """
        if self._counts is not None:
            known = group >= 0
            sums = np.bincount(group[known], self._counts[known], minlength=size)
            return counted(sums.astype(np.float64))
        of_group = group[self._row].astype(np.int64)
        wide = max(len(self._rows_of), 1)
        pairs = pd.unique((of_group * wide + self._member)[of_group >= 0])
        row, member = np.divmod(pairs, wide)
        return Crowds(size, row.astype(np.intp), member.astype(np.intp))

    def _listed(self, rows: Whole) -> Whole:
        sizes = self._ends[rows + 1] - self._ends[rows]
        first = np.repeat(self._ends[rows] - (np.cumsum(sizes) - sizes), sizes)
        found: Whole = self._member[first + np.arange(sizes.sum())]
        return found


class Crowd:
    """The customers behind some rows of `Crowds`: `|` of both, `&` of shared rows, `-` of others.

    Both crowds are of the same `Crowds`. Rows are shared or left out, not customers: all
    customers of the rows that stay count.
    """

    def __init__(self, crowds: Crowds, rows: Whole) -> None:
        self.crowds, self.rows = crowds, rows

    @cached_property
    def n(self) -> float:
        """Customers: exactly where they are fewer than lists may hold, else at least so many.

        Of very many not all are counted.
        """
        return self.crowds.count(self.rows)

    @cached_property
    def others(self) -> float:
        """Customers behind all other rows, as `n`."""
        return self.crowds.count_others(self.rows)

    def __eq__(self, other: object) -> bool:
        alike = isinstance(other, Crowd) and np.array_equal(self.rows, other.rows)
        return alike and self.n == float(other)  # type: ignore[arg-type]

    def __hash__(self) -> int:
        return hash(self.rows.tobytes())

    def __repr__(self) -> str:
        return f"Crowd({self.n:g} of {len(self.rows)} rows)"

    def __float__(self) -> float:
        return self.n

    def __or__(self, other: "Crowd") -> "Crowd":
        if self.crowds is not other.crowds:
            raise ValueError("Rows of different crowds are not the same rows: use together().")
        return Crowd(self.crowds, np.union1d(self.rows, other.rows))

    def __and__(self, other: "Crowd") -> "Crowd":
        return Crowd(self.crowds, self.rows[other._marks[self.rows]])

    def __sub__(self, other: "Crowd") -> "Crowd":
        return Crowd(self.crowds, self.rows[~other._marks[self.rows]])

    @property
    def _marks(self) -> NDArray[np.bool_]:
        """Whether each row is one of these."""
        marks = np.zeros(self.crowds.size, dtype=bool)
        marks[self.rows] = True
        return marks


def listed(lists: Iterable[Sequence[Any] | None]) -> Crowds:
    """Crowds of rows from the list of each: ids of customers, None for nobody.

    Parameters
    ----------
    lists
        Ids of at most `least` different customers of each row, all of them where there are fewer.
    """
    each = [() if ids is None else ids for ids in lists]
    row = np.repeat(np.arange(len(each)), [len(ids) for ids in each]).astype(np.intp)
    held = [np.asarray(ids) for ids in each if len(ids)]
    member = pd.factorize(np.concatenate(held))[0] if held else row
    return Crowds(len(each), row, member.astype(np.intp))


def counted(counts: Real) -> Crowds:
    """Crowds of rows of which no customers are known: what is counted stands for them."""
    nobody = np.array([], dtype=np.intp)
    return Crowds(len(counts), nobody, nobody, np.asarray(counts, dtype=np.float64))


def together(crowds: Iterable[Any]) -> float:
    """Customers of several crowds together; of plain numbers the sum.

    Of crowds of different tables nobody knows who is in both: the larger is what is certain.
    """
    found = list(crowds)
    if not all(isinstance(each, Crowd) for each in found):
        return float(sum(float(each) for each in found))
    of_tables: dict[int, list[Crowd]] = {}
    for each in found:
        of_tables.setdefault(id(each.crowds), []).append(each)
    return max((float(reduce(or_, each)) for each in of_tables.values()), default=0.0)


def few_of(customers: ibis.Value, least: int, where: ibis.Value | None = None) -> ibis.Value:
    """At most `least` of the customers of a group, of rows that name each of them once.

    Parameters
    ----------
    customers
        Ids.
    least
        Most ids of a list.
    where
        The rows that count; all by default.
    """
    # The least of them, not the first: rows stand in any order.
    return customers.hash().collect(where=where).sort()[:least]

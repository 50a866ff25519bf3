"""What follows from two tables: a number less one, or a table's together, that lie within it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from tests.disclosure.customers import Customers
from tests.disclosure.told import Told

BY_CHANCE = (
    {"value", "bought value"},
    {"nps band", "csat band"},
    {"Satisfaction", "csat band"},
)
"""Of two such conditions one holds within the other by chance, if it does, and no table tells: none
divides those who answered one survey in a way by what they answered in another."""

KNOWN_OF = {"Expected value": {"value", "all"}, "held out": {"orders", "all"}}
"""Of tenths by a model, and of purchases up to a day that no other table has, nobody knows in which
groups they lie but in these."""


@dataclass(frozen=True)
class Left:
    """So many customers at most are left of a number without those of others."""

    n: int
    whole: Told
    parts: tuple[Told, ...]

    def __str__(self) -> str:
        parts = "; ".join(map(str, self.parts[:4]))
        more = f" and {len(self.parts) - 4} more" if len(self.parts) > 4 else ""
        return f"{self.n} = {self.whole} less {parts}{more}"


def _by_chance(one: str, other: str) -> bool:
    axes = {one, other}
    return axes in BY_CHANCE or any(
        axis in axes and not axes <= {axis, *known} for axis, known in KNOWN_OF.items()
    )


class Report:
    """The numbers told, as sets of customers.

    `within[a, b]`: all of b are of a, as a reader knows: each condition of a holds wherever one
    of b does.
    """

    def __init__(self, customers: Customers, numbers: list[Told]) -> None:
        self.numbers = numbers
        names = [*customers.sets]
        at = {name: place for place, name in enumerate(names)}
        unknown = {name for number in numbers for name in number.who} - {*names}
        if unknown:
            raise KeyError(f"no customers are known of {sorted(unknown)}")
        base = np.array([customers.sets[name] for name in names])
        has = np.zeros((len(numbers), len(names)), dtype=np.float32)
        for place, number in enumerate(numbers):
            has[place, [at[name] for name in number.who]] = 1
        self.sets = np.array(
            [base[[at[name] for name in number.who]].all(axis=0) for number in numbers]
        )
        full = base.astype(np.float32)
        chance = np.array([[_by_chance(a[0], b[0]) for b in names] for a in names])
        holds = (full @ full.T >= full.sum(axis=1)[:, None]) & (full.sum(axis=1) > 0)[:, None]
        holds &= ~chance
        implied = (has @ holds.astype(np.float32)) > 0
        self.within = (has @ implied.T.astype(np.float32)) >= has.sum(axis=1)[:, None]
        np.fill_diagonal(self.within, False)
        self.low = np.array([number.n for number in numbers])
        self.high = np.array([number.most for number in numbers])

    def wrong(self) -> list[str]:
        """Numbers that are not those of the customers they stand for."""
        sizes = self.sets.sum(axis=1)
        off = np.flatnonzero((sizes < self.low) | (sizes > self.high))
        return [f"{self.numbers[at]} (truly {sizes[at]})" for at in off]

    def small(self, least: int) -> list[Told]:
        """Numbers told that are themselves of a few."""
        return [self.numbers[at] for at in np.flatnonzero((self.high > 0) & (self.low < least))]

    def pairs(self, least: int) -> Iterator[Left]:
        """Of each two numbers of which one lies within the other, what is surely a few."""
        low, high = self.low[:, None] - self.high, self.high[:, None] - self.low
        for a, b in np.argwhere(self.within & (low > 0) & (high < least)):
            yield Left(int(high[a, b]), self.numbers[a], (self.numbers[b],))

    def together(self, least: int) -> Iterator[Left]:
        """Of each number less all rows of a table within it that have nobody in common."""
        for places in self._families():
            inside = self.within[:, places]
            low = self.low - inside @ self.high[places]
            high = self.high - inside @ self.low[places]
            for a in np.flatnonzero((low > 0) & (high < least) & (inside.sum(axis=1) > 1)):
                parts = tuple(self.numbers[b] for b in places[inside[a]])
                yield Left(int(high[a]), self.numbers[a], parts)

    def _families(self) -> Iterator[np.ndarray]:
        """Rows of a table that differ in one condition, or in all, and share no customer."""
        keyed = []
        for place, number in enumerate(self.numbers):
            axes = tuple(sorted(axis for axis, _value in number.who))
            for axis in axes:
                rest = tuple(sorted(c for c in number.who if c[0] != axis))
                keyed.append(((number.table, axes, axis, rest), place))
            if len(axes) > 1:
                keyed.append(((number.table, axes, "", ()), place))
        keyed.sort(key=lambda each: (str(each[0]), each[1]))
        for _key, of in groupby(keyed, key=lambda each: each[0]):
            places = np.array([place for _, place in of])
            if len(places) > 1 and self.sets[places].sum(axis=0).max() <= 1:
                yield places

"""Scales: from values to inches, and the round values an axis names."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.ticker import MaxNLocator


@dataclass(frozen=True)
class Scale:
    """A straight scale: `low` to `high` runs from `start` to `end` inches."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Where a value lies, in inches."""
        span = self.high - self.low
        share = (value - self.low) / span if span else 0.0
        return self.start + share * (self.end - self.start)


def round_values(low: float, high: float, *, most: int = 4) -> list[float]:
    """Round values that enclose `low` to `high`: at most `most` steps."""
    if high <= low:
        high = low + (abs(low) or 1.0)
    locator = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10])
    return [float(value) for value in locator.tick_values(low, high)]


def from_zero(values: Sequence[float | None]) -> tuple[float, float]:
    """The range of bars: zero to the largest, below zero where a value is."""
    known = [value for value in values if value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    return (low, high) if high > low else (0.0, 1.0)

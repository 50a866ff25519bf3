"""Spans of whole days: the periods that an analysis counts in."""

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, Protocol

import ibis

DAY = timedelta(days=1)


class PeriodLike(Protocol):
    """What an analysis needs of a period."""

    @property
    def id(self) -> str:
        """As people write it, such as 2026-Q3."""

    @property
    def start(self) -> date:
        """First day."""

    @property
    def end(self) -> date:
        """Last day, inclusive."""


class Span(NamedTuple):
    """A period by its id and its first and last day, both inclusive."""

    id: str
    start: date
    end: date

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days + 1


def spans_of(periods: Iterable[PeriodLike]) -> list[Span]:
    """The periods as spans in order of time, each id once."""
    spans = {period.id: Span(period.id, period.start, period.end) for period in periods}
    return sorted(spans.values(), key=lambda span: (span.start, span.end))


def layers(spans: Sequence[Span]) -> list[list[Span]]:
    """The spans in as few groups as it takes for no two of a group to overlap.

    Periods of one rhythm are one group, so that one look at the data serves them all.
    """
    found: list[list[Span]] = []
    for span in sorted(spans, key=lambda span: span.start):
        free = next((layer for layer in found if layer[-1].end < span.start), None)
        if free is None:
            found.append([span])
        else:
            free.append(span)
    return found


def edges_of(layer: Sequence[Span]) -> list[date]:
    """The days on which a bucket begins: each start, and each day after an end."""
    return sorted({day for span in layer for day in (span.start, span.end + DAY)})


def midnight(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time.min)


def bucket_of(at: ibis.Value, edges: Sequence[date]) -> ibis.Value:
    """Number of edges at or before a moment: 0 before the first, `len(edges)` after the last."""
    steps = [(at < midnight(edge), number) for number, edge in enumerate(edges)]
    return ibis.cases(*steps, else_=len(edges))


def within(at: ibis.Value, start: date, end: date) -> ibis.Value:
    """Whether a moment lies on one of the days from `start` to `end`, both inclusive."""
    return (at >= midnight(start)) & (at < midnight(end + DAY))


def until(at: ibis.Value, end: date) -> ibis.Value:
    """Whether a moment lies on or before the day `end`."""
    return at < midnight(end + DAY)


def months_in(start: date, end: date) -> float:
    """Calendar months covered, parts by their days: 1 January to 7 February is 1 + 7 / 28."""
    months, first = 0.0, start.replace(day=1)
    while first <= end:
        following = (first + 31 * DAY).replace(day=1)
        covered = min(end + DAY, following) - max(start, first)
        months += covered / (following - first)
        first = following
    return months


def periods_until(end: date, day: date, *, length: float) -> int:
    """How many periods lie between the end of one and the last that ends up to a day.

    Parameters
    ----------
    end
        Last day of a period.
    day
        The day; before `end` the number is below 0.
    length
        Mean days of a period. Months differ from theirs: three days of slack.
    """
    return math.floor(((day - end).days + 3) / length)

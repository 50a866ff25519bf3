"""Signal or noise: whether a value lies outside the natural limits of its own history."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

Verdict = Literal["signal_high", "signal_low", "noise", "too_short"]

ENOUGH = 8
"""Earlier values needed before limits mean anything."""

WIDTH = 2.66
"""3 / d2 with d2 = 1.128, the mean range of two values of a normal distribution."""

_FALSE_ALARMS = {
    8: 0.031,
    9: 0.027,
    10: 0.023,
    11: 0.021,
    12: 0.019,
    16: 0.014,
    20: 0.011,
    24: 0.009,
    36: 0.007,
}
"""Share of values of noise alone that are called signals, by the number of earlier values: two
million series of independent normal values drawn for each."""

_NEAR = timedelta(days=3)
"""Periods begin a year apart within so many days: 28 February stands for the 29th."""


class Limits(NamedTuple):
    """Natural limits of a series, in its own unit."""

    center: float
    low: float
    high: float


def natural_limits(values: Sequence[float | None]) -> Limits | None:
    """Limits of an individuals chart (XmR): mean ± 2.66 × mean moving range.

    Parameters
    ----------
    values
        The values before the one to be judged, oldest first. Missing ones are left out; a
        moving range then runs over the gap.

    Returns
    -------
    Limits or None
        None when fewer than 8 values are known.

    References
    ----------
    Wheeler (2000), Understanding Variation, ch. 3.
    """
    known = [value for value in values if value is not None and math.isfinite(value)]
    if len(known) < ENOUGH:
        return None
    center = math.fsum(known) / len(known)
    ranges = [abs(after - before) for before, after in pairwise(known)]
    half = WIDTH * math.fsum(ranges) / len(ranges)
    return Limits(center, center - half, center + half)


def signal(earlier: Sequence[float | None], value: float | None) -> Verdict:
    """Judge a value against the natural limits of those before it.

    Returns
    -------
    str
        `signal_high`, `signal_low`, `noise`, or `too_short`: fewer than 8 earlier values, or
        no value to judge.
    """
    limits = natural_limits(earlier)
    if limits is None or value is None or not math.isfinite(value):
        return "too_short"
    # A billionth of slack: sums in another order must not turn noise into a signal.
    slack = 1e-9 * max(abs(limits.center), abs(value))
    if value > limits.high + slack:
        return "signal_high"
    return "signal_low" if value < limits.low - slack else "noise"


def false_alarm_rate(earlier: int) -> float:
    """How often noise alone is called a signal: limits of few values are rough.

    Parameters
    ----------
    earlier
        Number of values that limits rest on; fewer than 8 give no signal.

    Returns
    -------
    float
        A share, of independent normal values; that of the next smaller number tried.
    """
    return _FALSE_ALARMS[max(n for n in _FALSE_ALARMS if n <= earlier)] if earlier >= ENOUGH else 0


def yearly_changes(starts: Sequence[date], values: Sequence[float | None]) -> list[float | None]:
    """Each value's change against a year ago, as a fraction: value / value a year ago − 1.

    Parameters
    ----------
    starts
        First day of each period, in any order.
    values
        The value of each period.

    Returns
    -------
    list
        None where no period began a year before, or its value is missing or zero.
    """
    return [
        None if not before or value is None or not math.isfinite(value) else value / before - 1
        for value, before in zip(values, year_before(starts, values), strict=True)
    ]


def year_before(starts: Sequence[date], values: Sequence[float | None]) -> list[float | None]:
    """The value a year before each value; None where it is not known.

    Parameters
    ----------
    starts, values
        As in `yearly_changes`.
    """
    known = [
        (start, value)
        for start, value in zip(starts, values, strict=True)
        if value is not None and math.isfinite(value)
    ]
    twins = [_year_before(start) for start in starts]
    return [
        next((value for start, value in known if abs(start - twin) <= _NEAR), None)
        for twin in twins
    ]


def _year_before(day: date) -> date:
    leap = day.month == 2 and day.day == 29
    return day - timedelta(days=366) if leap else day.replace(year=day.year - 1)

"""Ranges of a forecast, of months and of their sums, from the misses of its backtest."""

from typing import Final

import numpy as np

from crm_strategy.analysis.backtest import LEVELS, Backtest, half_widths
from crm_strategy.analysis.histories import Floats

RANGES: Final = ("low", "low_50", "expected", "high_50", "high")

_SUFFIXES: Final = ("_50", "")


def month_ranges(expected: Floats, tested: Backtest, *, most: float) -> dict[str, Floats]:
    """Ends of the 50 % and 90 % intervals of each month ahead.

    Parameters
    ----------
    expected
        What is expected of the months ahead, the next one first.
    tested
        The backtest that tells how far the model misses.
    most
        What no end exceeds, unless what is expected does.

    Returns
    -------
    dict
        Of `RANGES`, one value a month.
    """
    steps, at = tested.rows["step"].to_numpy(), np.arange(1.0, len(expected) + 1)
    halves = [half_widths(tested.misses, steps, at=at, level=level) for level in LEVELS]
    return _ranges(expected, halves, is_log=tested.is_log, most=np.maximum(most, expected))


def sum_range(
    expected: Floats, tested: Backtest, *, most: float, first: int = 0, months: int | None = None
) -> dict[str, float]:
    """What some months ahead sum to, with its own 50 % and 90 % intervals.

    Misses of months that follow one another are alike in part, so that the interval of a sum is
    not the sum of theirs: it comes from the misses of sums of as many months in the backtest,
    by their last month ahead (`Backtest.sums`, `half_widths`).

    Parameters
    ----------
    expected, tested, most
        As in `month_ranges`.
    first, months
        The first month summed, from 0, and how many; to the last by default.

    Returns
    -------
    dict
        Of `RANGES`.
    """
    summed = expected[first:] if months is None else expected[first : first + months]
    span = len(summed)
    misses, ends = tested.sums(span)
    at = np.array([first + span], dtype="float64")
    scale = 1 if tested.is_log else span
    halves = [scale * half_widths(misses, ends, at=at, level=level) for level in LEVELS]
    total = np.array([summed.sum()])
    found = _ranges(total, halves, is_log=tested.is_log, most=np.maximum(span * most, total))
    return {name: float(found[name][0]) for name in RANGES}


def _ranges(
    expected: Floats, halves: list[Floats], *, is_log: bool, most: Floats
) -> dict[str, Floats]:
    found = {"expected": expected}
    for half, suffix in zip(halves, _SUFFIXES, strict=True):
        low, high = (
            (expected * np.exp(-half), expected * np.exp(half))
            if is_log
            else (expected - half, expected + half)
        )
        found[f"low{suffix}"] = np.asarray(low.clip(min=0.0))
        found[f"high{suffix}"] = np.asarray(np.minimum(high, most))
    return found

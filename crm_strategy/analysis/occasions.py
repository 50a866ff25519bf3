"""Occasions: what known days, of a campaign, an outage or an article, came to at each step."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from statistics import NormalDist

import pandas as pd

from crm_strategy.analysis.funnel_sizes import ALL
from crm_strategy.analysis.incidents import inside_and_outside
from crm_strategy.analysis.intervals import CONFIDENCE, difference_interval
from crm_strategy.analysis.journey_days import DailySteps

POWER = 0.8
"""Share of true differences of this size that the needed number of journeys would show."""

COLUMNS = (
    *("occasion", "start", "end", "is_whole", "before_stage", "stage"),
    *("inside_count", "inside_rate"),
    *("outside_count", "outside_rate", "difference", "low", "high", "needed_count", "verdict"),
)


def occasion_steps(
    series: Sequence[DailySteps],
    occasions: Sequence[tuple[str, date, date]],
    *,
    start: date,
) -> pd.DataFrame:
    """Each step on the days of each occasion against all other days of the period.

    The intervals hold for all steps of an occasion together (Bonferroni).

    Parameters
    ----------
    series
        Result of `journey_days.daily_steps`; only that of all journeys is used.
    occasions
        Names, first and last days; those without a day in the period are left out.
    start
        The first of the series' days.

    Returns
    -------
    DataFrame
        By occasion as given, the whole way first, then by step: `occasion`, `start`, `end`,
        `is_whole` (from the first stage to the last), `before_stage`, `stage`, `inside_count`
        and `outside_count` (journeys at the stage before that began on these days and on the
        others), `inside_rate`, `outside_rate`, `difference` (inside − outside), `low`, `high`
        (Newcombe), `needed_count` (journeys inside that would show a difference of this size
        four times in five, the days outside growing alike; null where there is none),
        `verdict`: lower, higher or chance.
    """
    steps = [each for each in series if each.attribute == ALL]
    if steps:
        steps.insert(0, replace(steps[-1], n=steps[0].n, before_stage=steps[0].before_stage))
    level = 1 - (1 - CONFIDENCE) / max(len(steps), 1)
    rows = []
    for name, first_day, last_day in occasions:
        days = len(steps[0].n) if steps else 0
        first, last = (first_day - start).days, (last_day - start).days
        if last < 0 or first >= days:
            continue
        rows += [
            {"occasion": name, "start": first_day, "end": last_day, "is_whole": place == 0}
            | _compared(each, max(first, 0), min(last, days - 1), level)
            for place, each in enumerate(steps)
        ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _compared(each: DailySteps, first: int, last: int, level: float) -> dict[str, object]:
    (n, k), (out_n, out_k) = inside_and_outside(each, first, last)
    low, high = difference_interval(k, n, out_k, out_n, confidence=level)
    rate, out_rate = (k / n if n else None), (out_k / out_n if out_n else None)
    verdict = "chance"
    if low is not None and high is not None:
        verdict = "lower" if high < 0 else "higher" if low > 0 else "chance"
    return {
        "stage": each.stage,
        "before_stage": each.before_stage,
        "inside_count": int(n),
        "inside_rate": rate,
        "outside_count": int(out_n),
        "outside_rate": out_rate,
        "difference": None if rate is None or out_rate is None else rate - out_rate,
        "low": low,
        "high": high,
        "needed_count": _needed(rate, out_rate, n / out_n if out_n else 0.0, level),
        "verdict": verdict,
    }


def _needed(rate: float | None, other: float | None, ratio: float, level: float) -> int | None:
    """Cases that show a difference of two shares: (z₁ + z₂)² (p₁q₁ + r p₂q₂) / (p₁ − p₂)²."""
    if rate is None or other is None or rate == other:
        return None
    z = NormalDist().inv_cdf(0.5 + level / 2) + NormalDist().inv_cdf(POWER)
    spread = rate * (1 - rate) + ratio * other * (1 - other)
    return math.ceil(z * z * spread / (rate - other) ** 2)

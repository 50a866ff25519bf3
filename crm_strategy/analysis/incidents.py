"""Incidents: which step stumbled, for whom, on which days, and what it cost."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from crm_strategy.analysis.day_scan import Run, chance_scores, low_runs, sharpened, unrest
from crm_strategy.analysis.funnel_sizes import ALL
from crm_strategy.analysis.intervals import difference_interval
from crm_strategy.analysis.journey_days import DailySteps

MOST_CHANCE = 0.05
"""Share of draws by chance alone that may look as unlike as an incident."""

LEAST_ASIDE = 30
"""Journeys before or after a run from which their rate is held against it."""

COLUMNS = (
    *("stage", "before_stage", "attribute", "value", "start", "end"),
    *("inside_count", "inside_rate", "outside_count", "outside_rate"),
    *("difference", "low", "high", "p_value", "lost_count", "lost_orders"),
    *("lost_value", "verdict", "mix"),
)


def incidents(
    series: Sequence[DailySteps],
    *,
    start: date,
    values: Mapping[str, float] | None = None,
    draws: int = 199,
    seed: int = 1,
) -> pd.DataFrame:
    """Runs of days on which a step went worse than on the others, beyond chance.

    Every run of 3 days to 8 weeks (a third of the days at most), of every step and group, is
    looked at; one is beyond chance when at most 5 % of the draws by chance alone hold one as
    unlike anywhere, the run's score divided by how restless the other days are. Of runs of the
    same step that overlap only the most unlike is kept, so that an incident is told where it is
    clearest: of one segment, or of all. Where, for all journeys, the difference vanishes within
    the groups of an attribute, it is their mix that changed. Where the days before or after
    were no better beyond chance, it is a shift from one level to another, no incident.

    Lost journeys = journeys inside × (rate outside − inside); lost orders = that × the share
    that goes on from the stage to the conversion, unknown where orders are no part of it.

    Parameters
    ----------
    series
        Result of `journey_days.daily_steps`.
    start
        The first of their days.
    values
        Money by stage, as of `drop_offs.stage_values`; none where it is unknown.
    draws, seed
        As in `day_scan.chance_scores`.

    Returns
    -------
    DataFrame
        Incidents first, each by its loss: `stage`, `before_stage`, `attribute`, `value` ("all"
        for all), `start`, `end` (days), `inside_count` and `outside_count` (journeys at the
        stage before that began on these days and on the others), `inside_rate`,
        `outside_rate`, `difference` (inside − outside), `low`, `high` (Newcombe, 95 %),
        `p_value` (share of draws as unlike, anywhere), `lost_count` (journeys), `lost_orders`,
        `lost_value` (money),
        `verdict`: incident, shift or mix; `mix`: the attribute whose groups explain it.
    """
    chance = chance_scores([(each.n, each.k) for each in series], draws=draws, seed=seed)
    candidates = []
    for each in series:
        for run in low_runs(each.n, each.k):
            score = run.score / unrest(each.n, each.k, run)
            p_value = float((np.sum(chance >= score) + 1) / (draws + 1))
            if p_value <= MOST_CHANCE:
                candidates.append((run, p_value, each))
    candidates.sort(key=lambda each: -each[0].score)
    rows: list[dict[str, object]] = []
    kept: list[tuple[str, Run]] = []
    for found, p_value, each in candidates:
        if any(each.stage == stage and _overlap(found, run) for stage, run in kept):
            continue
        run = sharpened(each.n, each.k, found)
        kept.append((each.stage, run))
        mix = _mix(series, each, run)
        verdict = "mix" if mix else "incident" if _worse_than_both_sides(each, run) else "shift"
        rows.append(
            _incident(each, run, start, (values or {}).get(each.stage))
            | {"p_value": p_value, "verdict": verdict, "mix": mix}
        )
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    order = ["_place", "lost_count", "stage", "start"]
    places = {"incident": 0, "shift": 1, "mix": 2}
    table = table.assign(_place=table["verdict"].map(places))
    table = table.sort_values(order, ascending=[True, False, True, True])
    return table.drop(columns="_place").reset_index(drop=True)


def _overlap(run: Run, other: Run) -> bool:
    return run.first <= other.last and other.first <= run.last


def _incident(each: DailySteps, run: Run, start: date, value: float | None) -> dict[str, object]:
    (n, k), (out_n, out_k) = inside_and_outside(each, run.first, run.last)
    low, high = difference_interval(k, n, out_k, out_n)
    lost = n * (out_k / out_n - k / n)
    orders = None if each.onward is None else lost * each.onward
    return {
        "stage": each.stage,
        "before_stage": each.before_stage,
        "attribute": each.attribute,
        "value": each.value,
        "start": start + timedelta(days=run.first),
        "end": start + timedelta(days=run.last),
        "inside_count": int(n),
        "inside_rate": k / n,
        "outside_count": int(out_n),
        "outside_rate": out_k / out_n,
        "difference": k / n - out_k / out_n,
        "low": low,
        "high": high,
        "lost_count": lost,
        "lost_orders": orders,
        "lost_value": None if value is None or orders is None else orders * value,
    }


def _worse_than_both_sides(each: DailySteps, run: Run) -> bool:
    """Whether fewer went on than before and than after, where enough journeys tell."""
    (n, k), _outside = inside_and_outside(each, run.first, run.last)
    for side in (slice(None, run.first), slice(run.last + 1, None)):
        side_n, side_k = float(each.n[side].sum()), float(each.k[side].sum())
        _low, high = difference_interval(k, n, side_k, side_n)
        if side_n >= LEAST_ASIDE and high is not None and high >= 0:
            return False
    return True


def inside_and_outside(
    each: DailySteps, first: int, last: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Journeys at the stage before and those that went on: on these days, and on the others."""
    n, k = float(each.n[first : last + 1].sum()), float(each.k[first : last + 1].sum())
    return (n, k), (float(each.n.sum()) - n, float(each.k.sum()) - k)


def _mix(series: Sequence[DailySteps], found: DailySteps, run: Run) -> str | None:
    """The attribute within whose groups the difference of all journeys vanishes, if any."""
    if found.attribute != ALL:
        return None
    groups: dict[str, list[DailySteps]] = {}
    for each in series:
        if each.stage == found.stage and each.attribute != ALL:
            groups.setdefault(each.attribute, []).append(each)
    for attribute, strata in groups.items():
        if _adjusted_high(strata, run) >= 0:
            return attribute
    return None


def _adjusted_high(strata: Sequence[DailySteps], run: Run) -> float:
    """Upper end of the Mantel–Haenszel difference of rates, inside − outside, at 95 %.

    Difference = Σ w (p₁ − p₂) / Σ w with w = n₁ n₂ / (n₁ + n₂); its variance =
    Σ w² (p₁ q₁ / n₁ + p₂ q₂ / n₂) / (Σ w)².
    """
    weights = difference = variance = 0.0
    for each in strata:
        (n, k), (out_n, out_k) = inside_and_outside(each, run.first, run.last)
        if not n or not out_n:
            continue
        weight, rate, out_rate = n * out_n / (n + out_n), k / n, out_k / out_n
        weights += weight
        difference += weight * (rate - out_rate)
        spread = rate * (1 - rate) / n + out_rate * (1 - out_rate) / out_n
        variance += weight**2 * spread
    return (difference + 1.96 * float(np.sqrt(variance))) / weights if weights else -1.0

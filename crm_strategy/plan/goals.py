"""Where a goal stands: its progress, what was to be expected by today, its status."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from crm_strategy.plan.goal_params import Goal
from crm_strategy.plan.params import Params
from crm_strategy.plan.period import parse_period
from crm_strategy.plan.text import printed
from crm_strategy.words.kpis import KPIS
from crm_strategy.words.numbers import is_missing

Status = Literal["reached", "on_track", "at_risk", "off_track", "missed", "no_data", "not_begun"]
"""Best first; `plan.status.<id>` names it."""

LOWER_IS_BETTER = frozenset(kpi for kpi, each in KPIS.items() if each.lower_is_better)
"""KPIs of which a smaller value is the better one."""

TOLERANCE = 0.05
"""A goal is at risk, not off track, while it is short of the expected value by at most this
share of it."""


@dataclass(frozen=True)
class GoalStatus:
    """Where a goal stands on a day; None is no value.

    Attributes
    ----------
    progress
        (actual − baseline) / (target − baseline): 0 at the baseline, 1 at the target.
    expected_progress
        Share of the time from baseline to deadline that has passed, 0 to 1.
    expected
        Value the KPI should have today, in its own unit.
    status
        reached, on_track, at_risk, off_track, missed, no_data or not_begun.
    """

    progress: float | None
    expected_progress: float
    expected: float | None
    status: Status


def time_passed(baseline_at: date, by: date, today: date) -> float:
    """Share of the days from `baseline_at` to `by` that has passed: 0 before, 1 after.

    `by` is later than `baseline_at`; read_params sees to that.
    """
    share = (today - baseline_at).days / (by - baseline_at).days
    return min(max(share, 0.0), 1.0)


def goal_status(
    actual: float | None,
    *,
    baseline: float | None,
    target: float,
    baseline_at: date,
    by: date,
    today: date,
    lower_is_better: bool = False,
) -> GoalStatus:
    """Compare a KPI with the straight way from baseline to target.

    expected = baseline + (target − baseline) × share of the time that has passed.
    `reached`: the target is met. `missed`: it is not, and its day has come. Before that day,
    `on_track`: at or beyond the expected value; `at_risk`: short of it by at most 5 % of it;
    `off_track`: short by more. `no_data`: no actual value, or no baseline and the target is not
    met before its day. `not_begun`: the baseline lies after the last day observed, so there is
    no way to be on yet. Where lower is better, the comparisons turn round.

    Parameters
    ----------
    actual, baseline, target
        The KPI's values, in its own unit; without a way between the two there is no progress.
    baseline_at, by, today
        Day of the baseline, the deadline, and the last day observed.
    lower_is_better
        Whether a smaller value is the better one.
    """
    if today < baseline_at:
        return GoalStatus(None, 0.0, None, "not_begun")
    passed = time_passed(baseline_at, by, today)
    expected = None if baseline is None else baseline + (target - baseline) * passed
    if actual is None or is_missing(actual):
        return GoalStatus(None, passed, expected, "no_data")
    way = None if baseline is None else target - baseline
    progress = (actual - baseline) / way if baseline is not None and way else None
    sign = -1 if lower_is_better else 1
    towards = None if expected is None else sign * expected
    status = _status(sign * actual, sign * target, towards)
    if today >= by and status != "reached":
        status = "missed"
    return GoalStatus(progress, passed, expected, status)


def _status(actual: float, target: float, expected: float | None) -> Status:
    if actual >= target:
        return "reached"
    if expected is None:
        return "no_data"
    # A billionth of slack: 0.31 + 0.07 × 0.5 must equal 0.345.
    slack = 1e-9 * abs(expected)
    short = expected - actual
    if short <= slack:
        return "on_track"
    return "at_risk" if short <= TOLERANCE * abs(expected) + slack else "off_track"


def goals_table_rows(
    params: Params,
    actuals: Mapping[tuple[str, str], float | None],
    today: date,
    *,
    smallest: Mapping[tuple[str, str], float | None] | None = None,
    baselines: Mapping[str, float] | None = None,
) -> list[dict[str, object]]:
    """The goals with where they stand: rows of the table `goals`, primary goals first.

    Parameters
    ----------
    params
        The client's parameters.
    actuals
        The KPI's value by (kpi, segment); an absent pair is no data.
    today
        Last day observed.
    smallest
        The fewest customers that the value tells, by (kpi, segment).
    baselines
        Baselines by today's definition, by goal: result of `goal_baselines.restated_baselines`.
        Goals are held against these. A target that is no improvement on one is held to that: no
        goal is reached by another definition alone.

    Returns
    -------
    list of dict
        goal_id, goal, serves, priority, kpi, segment, baseline, target, by, owner, actual,
        progress, expected_progress, status, expected, unit (the KPI's kind),
        smallest_count, baseline_at, baseline_stated and target_stated (as the parameters have
        them, where baseline and target are not; else None); texts in the voice's language.
    """
    rows: list[dict[str, object]] = []
    for goal in sorted(params.goals, key=lambda goal: goal.priority != "primary"):
        actual = actuals.get((goal.kpi, goal.segment))
        # A day that nobody stated says nothing of when the goal began.
        stated = "baseline_at" in goal.model_fields_set
        restated = (baselines or {}).get(goal.id)
        baseline = goal.baseline if restated is None else restated
        target = _held_to(goal, restated)
        standing = goal_status(
            actual,
            baseline=baseline,
            target=target,
            baseline_at=goal.baseline_at if stated else min(goal.baseline_at, today),
            by=goal.by,
            today=today,
            lower_is_better=goal.kpi in LOWER_IS_BETTER,
        )
        rows.append(
            {
                "goal_id": goal.id,
                "goal": printed(goal.goal),
                "serves": goal.serves,
                "priority": goal.priority,
                "kpi": goal.kpi,
                "segment": goal.segment,
                "baseline": baseline,
                "target": target,
                "baseline_stated": None if restated is None else goal.baseline,
                "target_stated": None if target == goal.target else goal.target,
                "by": goal.by,
                "baseline_at": goal.baseline_at,
                "owner": printed(goal.owner),
                "actual": None if is_missing(actual) else actual,
                "smallest_count": (smallest or {}).get((goal.kpi, goal.segment)),
                "progress": standing.progress,
                "expected_progress": standing.expected_progress,
                "status": standing.status,
                "expected": standing.expected,
                "unit": KPIS[goal.kpi].kind,
            }
        )
    return rows


def _held_to(goal: Goal, restated: float | None) -> float:
    """The target, or the baseline by today's definition where that is the better value."""
    if restated is None:
        return goal.target
    better = min if goal.kpi in LOWER_IS_BETTER else max
    return better(goal.target, restated)


def decision_rows(params: Params, *, until: date | None = None) -> list[dict[str, object]]:
    """The decisions of earlier reviews, texts in the voice's language.

    Parameters
    ----------
    params
        The client's parameters.
    until
        Leave out decisions of periods that begin later; None keeps all.

    Returns
    -------
    list of dict
        id, decision, period (id), owner, goal, kpi, expected_change, product, test (of its goal).
    """
    tests = {goal.id: goal.test for goal in params.goals}
    return [
        {
            "id": each.id,
            "decision": printed(each.decision),
            "period": str(each.period),
            "owner": printed(each.owner),
            "goal": each.goal,
            "kpi": each.kpi,
            "expected_change": each.expected_change,
            "product": each.product,
            "test": tests.get(each.goal) if each.goal else None,
        }
        for each in params.decisions
        if until is None or parse_period(str(each.period)).start <= until
    ]

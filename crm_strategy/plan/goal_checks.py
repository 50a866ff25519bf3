"""Whether the goals are good goals: SMART, ranked, owned, served and acted on.

A failed check stops nothing: it is shown, with its remedy, in the goals chapter.
"""

from collections.abc import Callable, Mapping
from datetime import date

from crm_strategy.plan.goal_params import EVERYONE, Goal
from crm_strategy.plan.goals import LOWER_IS_BETTER
from crm_strategy.plan.params import Params
from crm_strategy.words import LANGUAGES, say, voice
from crm_strategy.words.kpis import KPIS
from crm_strategy.words.numbers import format_change, format_date, format_value

FEWEST, MOST = 5, 10
"""Number of goals a strategy can follow."""

FEWEST_WORDS = 3
"""A goal told in fewer words names a wish, not a change."""

BOLD_CHANGE = 0.5
"""A target this share away from its baseline needs a reason, written in `note`."""

BOLD_POINTS = 20
"""The same for scores, in points: a share of a score near 0 says nothing."""

Row = dict[str, object]


def goal_checks(
    params: Params,
    *,
    as_of: date | None = None,
    season_before: Mapping[str, tuple[float, float]] | None = None,
    baselines: Mapping[str, float] | None = None,
) -> list[Row]:
    """Check the goals one by one, then as a set.

    Parameters
    ----------
    params
        The client's parameters.
    as_of
        Last day observed: a deadline up to it has passed. None leaves that out.
    season_before
        Result of `goal_outlook.season_before`: a target should also improve on its own season.
    baselines
        Result of `goal_baselines.restated_baselines`: a target should also improve on the
        baseline by today's definition.

    Returns
    -------
    list of dict
        goal_id, check, verdict (`passed` or `failed`), remedy (text in the voice's language;
        None when passed). `plan.check.<id>` and `plan.verdict.<id>` name check and verdict.
        Rows on the whole set have goal_id None, named
        `plan.all_goals`; rows of the check `served` have the id of the business goal.
    """
    rows = [
        _row(goal.id, check, remedy(goal, params, as_of))
        for goal in params.goals
        for check, remedy in _GOAL_CHECKS.items()
    ]
    for goal, row in ((goal, row) for goal in params.goals for row in rows):
        if (row["goal_id"], row["check"]) == (goal.id, "improves") and row["remedy"] is None:
            found = _improves_on_restated(goal, (baselines or {}).get(goal.id))
            found = found or _improves_on_season(goal, (season_before or {}).get(goal.id))
            row |= _row(goal.id, "improves", found)
    rows += [_row(each.id, "served", _served(each.id, params)) for each in params.business_goals]
    rows.append(_row(None, "goal_count", _goal_count(params)))
    rows.append(_row(None, "ranks", _ranks(params)))
    return rows


def _row(goal_id: str | None, check: str, remedy: str | None) -> Row:
    verdict = "passed" if remedy is None else "failed"
    return {"goal_id": goal_id, "check": check, "verdict": verdict, "remedy": remedy}


def _specific(goal: Goal, _params: Params, _as_of: date | None) -> str | None:
    # The longer of the languages: a verdict must not depend on who reads it.
    texts = (goal.goal.in_language(language) for language in LANGUAGES)
    enough = max(len(text.split()) for text in texts) >= FEWEST_WORDS
    return None if enough else say("plan.remedy.specific")


def _measurable(goal: Goal, _params: Params, _as_of: date | None) -> str | None:
    if goal.baseline is not None:
        return None
    return say("plan.remedy.measurable", kpi=say(f"kpis.{goal.kpi}.name"))


def _improves(goal: Goal, _params: Params, _as_of: date | None) -> str | None:
    if goal.baseline is None or (goal.target < goal.baseline) == (goal.kpi in LOWER_IS_BETTER):
        return None
    kind = KPIS[goal.kpi].kind
    return say(
        "plan.remedy.improves",
        target=format_value(goal.target, kind),
        baseline=format_value(goal.baseline, kind),
    )


def _improves_on_restated(goal: Goal, baseline: float | None) -> str | None:
    if baseline is None or _is_improvement(goal, baseline):
        return None
    kind = KPIS[goal.kpi].kind
    return say(
        "plan.remedy.improves_on_restated",
        target=format_value(goal.target, kind),
        baseline=format_value(baseline, kind),
    )


def _is_improvement(goal: Goal, value: float) -> bool:
    return goal.target < value if goal.kpi in LOWER_IS_BETTER else goal.target > value


def _improves_on_season(goal: Goal, before: tuple[float, float] | None) -> str | None:
    if before is None or 0 < before[1] < voice().min_cell:
        return None
    value, kind = before[0], KPIS[goal.kpi].kind
    if (goal.target < value) == (goal.kpi in LOWER_IS_BETTER):
        return None
    return say(
        "plan.remedy.improves_on_season",
        target=format_value(goal.target, kind),
        before=format_value(value, kind),
    )


def _achievable(goal: Goal, _params: Params, _as_of: date | None) -> str | None:
    if goal.baseline is None or goal.note is not None:
        return None
    change = goal.target - goal.baseline
    if KPIS[goal.kpi].kind == "score":
        points = format_value(change, "score")
        bold = abs(change) > BOLD_POINTS
        return say("plan.remedy.achievable_points", change=points) if bold else None
    if goal.baseline == 0:
        return say("plan.remedy.achievable_from_zero")
    relative = change / abs(goal.baseline)
    if abs(relative) <= BOLD_CHANGE:
        return None
    return say("plan.remedy.achievable", change=format_change(relative))


def _relevant(goal: Goal, _params: Params, _as_of: date | None) -> str | None:
    return say("plan.remedy.relevant") if goal.serves is None else None


def _time_bound(goal: Goal, params: Params, as_of: date | None) -> str | None:
    if as_of is not None and goal.by <= as_of:
        return say("plan.remedy.deadline_passed", by=format_date(goal.by))
    limits = {each.id: each.by for each in params.business_goals}
    limit = limits.get(goal.serves or "")
    if limit is not None and goal.by > limit:
        return say("plan.remedy.too_late", by=format_date(goal.by), limit=format_date(limit))
    return None


def _owned(goal: Goal, _params: Params, _as_of: date | None) -> str | None:
    return say("plan.remedy.owned") if goal.owner is None else None


def _touched(goal: Goal, params: Params, as_of: date | None) -> str | None:
    if as_of is not None and goal.by <= as_of:
        # Nothing can move it any more.
        return None
    acted_on = any(
        action.kpi == goal.kpi and (goal.segment == EVERYONE or segment in {EVERYONE, goal.segment})
        for touchpoint in params.touchpoints
        for segment, action in touchpoint.actions.items()
    )
    written_to = any(scenario.segment == goal.segment for scenario in params.scenarios)
    if acted_on or written_to:
        return None
    return say("plan.remedy.touched", kpi=say(f"kpis.{goal.kpi}.name"))


_GOAL_CHECKS: dict[str, Callable[[Goal, Params, date | None], str | None]] = {
    "specific": _specific,
    "measurable": _measurable,
    "improves": _improves,
    "achievable": _achievable,
    "relevant": _relevant,
    "time_bound": _time_bound,
    "owned": _owned,
    "touched": _touched,
}


def _served(business_goal_id: str, params: Params) -> str | None:
    served = any(goal.serves == business_goal_id for goal in params.goals)
    return None if served else say("plan.remedy.served")


def _goal_count(params: Params) -> str | None:
    count = len(params.goals)
    if FEWEST <= count <= MOST:
        return None
    key = "plan.remedy.too_few" if count < FEWEST else "plan.remedy.too_many"
    return say(key, count=count)


def _ranks(params: Params) -> str | None:
    used = {goal.priority for goal in params.goals}
    return None if used == {"primary", "secondary"} else say("plan.remedy.ranks")

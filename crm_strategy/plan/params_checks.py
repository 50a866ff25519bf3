"""What the parts of a parameters file must agree on."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from crm_strategy.plan.definitions import definition_problems
from crm_strategy.plan.goal_params import EVERYONE, Goal
from crm_strategy.plan.problems import Loc, Problem, instead_of
from crm_strategy.plan.segments import PART_OF, RESERVED, SEGMENT_MAPS
from crm_strategy.words.kpis import KPIS

if TYPE_CHECKING:
    from crm_strategy.plan.params import Params


class _Named(Protocol):
    @property
    def id(self) -> str: ...


def cross_problems(params: "Params") -> list[Problem]:
    """Every contradiction between parts that are right in themselves."""
    checks: tuple[Callable[[Params], Iterator[Problem]], ...] = (
        _tables,
        _ids,
        _serves,
        _decided,
        _targets,
        _deadlines,
        _channels,
        _rule_names,
        _segments,
        definition_problems,
    )
    return [problem for check in checks for problem in check(params)]


def known_segments(params: "Params") -> tuple[str, ...]:
    """Segments a goal, an action, a scenario or a persona can be about."""
    return (EVERYONE, *SEGMENT_MAPS[params.rfm.map], *params.segments)


def _tables(params: "Params") -> Iterator[Problem]:
    if params.data.orders is None and params.data.order_lines is None:
        yield Problem(
            ("data",),
            "neither orders nor order_lines is given.",
            "Add orders: {file: path/to/orders.csv}; a report is about orders.",
        )


def _ids(params: "Params") -> Iterator[Problem]:
    lists: dict[str, Iterable[_Named]] = {
        "business_goals": params.business_goals,
        "goals": params.goals,
        "touchpoints": params.touchpoints,
        "scenarios": params.scenarios,
        "decisions": params.decisions,
    }
    for name, items in lists.items():
        seen: dict[str, int] = {}
        for index, item in enumerate(items):
            if item.id in seen:
                line = params.line_of((name, seen[item.id], "id"))
                yield Problem(
                    (name, index, "id"),
                    f"'{item.id}' is taken by {name}[{seen[item.id]}]"
                    + (f" in line {line}." if line else "."),
                    "Give each its own id.",
                )
            seen.setdefault(item.id, index)


def _serves(params: "Params") -> Iterator[Problem]:
    known = [goal.id for goal in params.business_goals]
    for index, goal in enumerate(params.goals):
        if goal.serves is not None and goal.serves not in known:
            yield Problem(
                ("goals", index, "serves"),
                f"no business goal '{goal.serves}'.",
                instead_of(goal.serves, known, what="Business goals"),
            )


def _decided(params: "Params") -> Iterator[Problem]:
    known = [goal.id for goal in params.goals]
    for index, decision in enumerate(params.decisions):
        if decision.goal is not None and decision.goal not in known:
            yield Problem(
                ("decisions", index, "goal"),
                f"no goal '{decision.goal}'.",
                instead_of(decision.goal, known, what="Goals"),
            )
        if decision.expected_change is not None and decision.kpi is None:
            yield Problem(
                ("decisions", index, "expected_change"),
                "a change of no KPI.",
                "Name the KPI it should move: kpi: repeat_rate.",
            )


def _targets(params: "Params") -> Iterator[Problem]:
    for index, business_goal in enumerate(params.business_goals):
        yield from _fraction(("business_goals", index), business_goal.kpi, business_goal.target)
    for index, goal in enumerate(params.goals):
        loc: Loc = ("goals", index)
        yield from _fraction(loc, goal.kpi, goal.target)
        if goal.baseline is not None:
            yield from _fraction(loc, goal.kpi, goal.baseline, "baseline")
        if goal.target == goal.baseline:
            yield Problem(
                (*loc, "target"),
                f"{goal.target:g} equals the baseline.",
                "A goal is a change: write the value the KPI should reach.",
            )


def _fraction(loc: Loc, kpi: str, value: float, key: str = "target") -> Iterator[Problem]:
    if KPIS[kpi].kind == "share" and not 0 <= value <= 1:
        yield Problem(
            (*loc, key),
            f"{value:g} is no share: {kpi} runs from 0 to 1.",
            f"Write a fraction: {value / 100:g} for {value:g} %."
            if 1 < value <= 100
            else "Write a fraction, such as 0.38 for 38 %.",
        )


def _deadlines(params: "Params") -> Iterator[Problem]:
    for index, goal in enumerate(params.goals):
        if goal.by <= goal.baseline_at:
            yield _late_baseline(index, goal)


def _late_baseline(index: int, goal: Goal) -> Problem:
    return Problem(
        ("goals", index, "by"),
        f"the deadline {goal.by} is not after the baseline of {goal.baseline_at}.",
        "Write a later by, or an earlier baseline_at.",
    )


def _channels(params: "Params") -> Iterator[Problem]:
    used: list[tuple[Loc, str]] = [
        (("touchpoints", index, "channel"), touchpoint.channel)
        for index, touchpoint in enumerate(params.touchpoints)
    ]
    used += [
        (("scenarios", index, "steps", place, "channel"), step.channel)
        for index, scenario in enumerate(params.scenarios)
        for place, step in enumerate(scenario.steps)
    ]
    for loc, channel in used:
        if params.channels and channel not in params.channels:
            yield Problem(
                loc,
                f"no channel '{channel}'.",
                instead_of(channel, params.channels, what="Channels"),
            )


def _rule_names(params: "Params") -> Iterator[Problem]:
    taken = {*RESERVED, *(segment for segments in SEGMENT_MAPS.values() for segment in segments)}
    for name in params.segments:
        if name in taken:
            yield Problem(
                ("segments", name),
                f"'{name}' has a meaning of its own.",
                "Choose another name for this rule.",
            )


def _segments(params: "Params") -> Iterator[Problem]:
    used: list[tuple[Loc, str]] = [
        (("goals", index, "segment"), goal.segment) for index, goal in enumerate(params.goals)
    ]
    used += [
        (("touchpoints", index, "actions", segment), segment)
        for index, touchpoint in enumerate(params.touchpoints)
        for segment in touchpoint.actions
    ]
    used += [
        (("scenarios", index, "segment"), scenario.segment)
        for index, scenario in enumerate(params.scenarios)
    ]
    used += [(("personas", segment), segment) for segment in params.personas]
    known = known_segments(params)
    for loc, segment in used:
        if segment not in known:
            yield Problem(loc, f"no segment '{segment}'.", _other_segment(segment, known))


def _other_segment(segment: str, known: Iterable[str]) -> str:
    if segment in PART_OF and PART_OF[segment] in set(known):
        return (
            f"It is part of '{PART_OF[segment]}'; write that, or have all eleven segments with "
            "rfm: {map: codes}."
        )
    return instead_of(segment, known, what="Segments")

"""The chain from a goal to a decision, and the links that are missing.

Goal → business goal → lever (KPI) → touchpoint → channel with a price → data → test → decision.
A missing link stops nothing: it is shown with the line to mend.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

from crm_strategy.plan.goal_params import EVERYONE, Goal
from crm_strategy.plan.params import Params
from crm_strategy.plan.period import parse_period
from crm_strategy.plan.problems import Loc
from crm_strategy.plan.text import printed
from crm_strategy.words import say
from crm_strategy.words.kpis import KPIS

LINKS: Final = ("business_goal", "lever", "touchpoint", "channel", "data", "test", "decision")
"""The links after the goal itself, in order; `plan.link.<id>` names them."""

_EFFICIENCY: Final = frozenset(
    {
        *("marketing_cost", "roi", "cac", "ltv", "ltv_to_cac", "payback_months", "gross_margin"),
        *("conversion_rate", "average_order_value", "purchase_frequency", "repeat_rate"),
        *("customer_retention_rate", "churn_rate"),
    }
)
_LOYALTY: Final = frozenset(
    {
        *("customer_retention_rate", "churn_rate", "repeat_rate", "purchase_frequency", "ltv"),
        *("active_customers", "active_share", "loyalty_share", "csat", "nps"),
    }
)
_COSTS: Final = frozenset({"marketing_cost", "roi", "cac", "ltv_to_cac", "payback_months"})
_OF_LOYALTY: Final = frozenset(
    {
        *("customer_retention_rate", "churn_rate", "repeat_rate", "active_share"),
        *("loyalty_share", "csat", "nps"),
    }
)
LEVERS: Final[Mapping[str, frozenset[str]]] = {
    kpi: _EFFICIENCY
    if kpi in _COSTS
    else _LOYALTY
    if kpi in _OF_LOYALTY
    else frozenset(KPIS) - _COSTS
    for kpi in KPIS
}
"""KPIs that can move a business goal's KPI. Cost and return are moved by what is earned and
spent, loyalty by what makes customers stay, all others by whatever sells."""

_TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "conversion_rate": ("touches",),
    "csat": ("surveys",),
    "nps": ("surveys",),
}
"""Tables without which a KPI has no value."""

_BESIDE_COSTS: Final[Mapping[str, tuple[str, ...]]] = {
    "marketing_cost": (),
    "roi": ("orders", "touches"),
}
"""What a KPI of costs is counted from beside them, where that is not orders alone."""


class _Link(NamedTuple):
    """What holds a link, or the place to mend and the remedy."""

    holds: str | None
    loc: Loc
    remedy: str | None = None


def goal_chain(
    params: Params,
    *,
    tests: Iterable[str] | None = None,
    costed: Iterable[str] | None = None,
    until: date | None = None,
) -> list[dict[str, object]]:
    """Follow each goal link by link.

    Parameters
    ----------
    params
        The client's parameters.
    tests
        The experiments that the data hold; None leaves open whether a goal's test is one.
    costed
        The channels that the table of costs names; None leaves open which these are.
    until
        Last day observed: decisions of periods that begin later are no link yet, and nothing of
        a goal whose date has come by then is left to mend. None counts all.

    Returns
    -------
    list of dict
        Goals in their order, links in the order of `LINKS`: goal_id, goal, link, holds (what
        the link is, in printed words; None where it is missing), verdict (`whole` or
        `broken`; `over` for every link of a goal whose date has passed), line (of the parameters
        file; None where there is nothing to mend), remedy.
    """
    held = None if tests is None else frozenset(tests)
    paid = None if costed is None else frozenset(costed)
    return [
        {
            "goal_id": goal.id,
            "goal": printed(goal.goal),
            "link": link,
            "holds": found.holds,
            "verdict": "over" if over else "whole" if found.remedy is None else "broken",
            "line": None if over or found.remedy is None else params.line_of(found.loc),
            "remedy": None if over else found.remedy,
        }
        for index, goal in enumerate(params.goals)
        for over in (until is not None and goal.by <= until,)
        for link, found in zip(
            LINKS, _links(goal, ("goals", index), params, held, paid, until), strict=True
        )
    ]


def _links(
    goal: Goal,
    loc: Loc,
    params: Params,
    tests: frozenset[str] | None,
    costed: frozenset[str] | None,
    until: date | None,
) -> Iterator[_Link]:
    yield _business_goal(goal, loc, params)
    yield _lever(goal, loc, params)
    reached = list(_reached(goal, params))
    yield _touchpoint(goal, loc, [name for name, _, _ in reached])
    yield _channel(loc, [(channel, where) for _, channel, where in reached], params, costed)
    yield _data(goal, loc, params)
    yield _test(goal, loc, params, tests)
    yield _decision(goal, loc, params, until)


def _business_goal(goal: Goal, loc: Loc, params: Params) -> _Link:
    if goal.serves is None:
        return _Link(None, loc, say("plan.chain.business_goal"))
    served = next(each for each in params.business_goals if each.id == goal.serves)
    return _Link(printed(served.goal), loc)


def _lever(goal: Goal, loc: Loc, params: Params) -> _Link:
    name = say(f"kpis.{goal.kpi}.name")
    served = next((each for each in params.business_goals if each.id == goal.serves), None)
    if served is None or goal.kpi in LEVERS[served.kpi]:
        return _Link(name, (*loc, "kpi"))
    aim = say(f"kpis.{served.kpi}.name")
    return _Link(None, (*loc, "kpi"), say("plan.chain.lever", kpi=name, aim=aim))


def _reached(goal: Goal, params: Params) -> Iterator[tuple[str, str, Loc]]:
    """Where the goal's segment is asked to do what moves its KPI: name, channel, its place."""
    for index, touchpoint in enumerate(params.touchpoints):
        for segment, action in touchpoint.actions.items():
            meant = goal.segment == EVERYONE or segment in {EVERYONE, goal.segment}
            if meant and action.kpi == goal.kpi:
                place = ("touchpoints", index, "channel")
                yield printed(touchpoint.name) or touchpoint.id, touchpoint.channel, place
                break
    for index, scenario in enumerate(params.scenarios):
        if scenario.segment == goal.segment:
            for at, step in enumerate(scenario.steps):
                yield scenario.id, step.channel, ("scenarios", index, "steps", at, "channel")


def _touchpoint(goal: Goal, loc: Loc, names: Iterable[str]) -> _Link:
    found = list(dict.fromkeys(names))
    if found:
        return _Link(", ".join(found), loc)
    return _Link(None, loc, say("plan.remedy.touched", kpi=say(f"kpis.{goal.kpi}.name")))


def _channel(
    loc: Loc, used: list[tuple[str, Loc]], params: Params, costed: frozenset[str] | None
) -> _Link:
    """Every channel of the goal's touchpoints has a price, or is among the costs supplied."""
    if not used:
        return _Link(None, loc, say("plan.chain.channel_none"))
    named = list(dict.fromkeys(channel for channel, _ in used))
    supplied = params.data.costs is not None
    for channel, where in used:
        known = params.channels.get(channel)
        priced = known is not None and known.cost is not None
        if priced or (supplied and (costed is None or channel in costed)):
            continue
        place: Loc = ("channels", channel) if known else where
        remedy = "plan.chain.channel_uncosted" if supplied else "plan.chain.channel"
        return _Link(None, place, say(remedy, channel=channel))
    labels = [_label(channel, params) for channel in named]
    return _Link(", ".join(labels), loc)


def _label(channel: str, params: Params) -> str:
    known = params.channels.get(channel)
    return (printed(known.label) if known else None) or channel


def _data(goal: Goal, loc: Loc, params: Params) -> _Link:
    """The tables that the KPI is counted from are supplied."""
    needed = _TABLES.get(goal.kpi, ())
    missing = [table for table in needed if getattr(params.data, table) is None]
    priced = any(channel.cost is not None for channel in params.channels.values())
    supplied = params.data.costs is not None
    if goal.kpi in _COSTS and not supplied and not priced:
        missing.append("costs")
    if missing:
        name = say(f"kpis.{goal.kpi}.name")
        remedy = say("plan.chain.data", kpi=name, table=f"data.{missing[0]}")
        return _Link(None, (*loc, "kpi"), remedy)
    if goal.kpi in _COSTS:
        # Of channels with a price alone, touches tell what they cost.
        needed = (*_BESIDE_COSTS.get(goal.kpi, ("orders",)), "costs" if supplied else "channels")
    return _Link(", ".join(needed) or "orders", loc)


def _test(goal: Goal, loc: Loc, params: Params, tests: frozenset[str] | None) -> _Link:
    if goal.test is None:
        return _Link(None, loc, say("plan.chain.test"))
    if params.data.experiments is None or (tests is not None and goal.test not in tests):
        return _Link(None, (*loc, "test"), say("plan.chain.test_data", test=goal.test))
    return _Link(goal.test, loc)


def _decision(goal: Goal, loc: Loc, params: Params, until: date | None) -> _Link:
    named = [each for each in params.decisions if each.goal == goal.id]
    made = [
        each for each in named if until is None or parse_period(str(each.period)).start <= until
    ]
    if not made:
        remedy = "plan.chain.decision_later" if named else "plan.chain.decision"
        return _Link(None, loc, say(remedy, goal=goal.id))
    return _Link("; ".join(str(printed(each.decision)) for each in made), loc)

"""Journeys: which words of the touches are which step, and what happened on known days."""

from collections.abc import Sequence
from datetime import date

from crm_strategy.plan.journey_params import OWN_STEPS, JourneyStep
from crm_strategy.plan.params import Params
from crm_strategy.plan.params_errors import params_error
from crm_strategy.plan.problems import Problem, instead_of


def journey_steps(params: Params) -> list[tuple[str, tuple[str, ...]]]:
    """The steps of the funnel in order, each with the words of touches that are it.

    Returns
    -------
    list of tuple
        Id and words: touchpoints and actions, a stage standing for its touchpoints. Steps with
        a meaning of their own (`touched`, …) have no words. No steps: the usual ones.
    """
    return [(step.id, _words(step, params)) for step in params.journeys.steps]


def _words(step: JourneyStep, params: Params) -> tuple[str, ...]:
    if step.id in OWN_STEPS and not step.words:
        return ()
    said = step.words or (step.id,)
    staged = [
        touchpoint.id
        for touchpoint in params.touchpoints
        if {touchpoint.stage.en, touchpoint.stage.ru} & set(said)
    ]
    return tuple(dict.fromkeys([*said, *staged]))


def journey_segments(params: Params, columns: Sequence[str]) -> tuple[str, ...]:
    """Whom to compare, checked against the columns that the customers have.

    Raises
    ------
    ParamsError
        A name that is neither `segment`, nor `channel`, nor a column of the customers.
    """
    known = ["segment", "channel", *(name for name in columns if name != "customer_id")]
    problems = [
        Problem(
            ("journeys", "segments", place),
            f"no column '{name}' of the customers.",
            instead_of(name, known, what="Columns"),
        )
        for place, name in enumerate(params.journeys.segments)
        if name not in known
    ]
    if problems:
        lines = {each.loc: line for each in problems if (line := params.line_of(each.loc))}
        raise params_error(params.path, lines, problems)
    return params.journeys.segments


def occasions(params: Params) -> Sequence[tuple[str, date, date]]:
    """What happened on known days: name in the voice's language, first and last day."""
    return [(str(each.name), each.start, each.end) for each in params.journeys.occasions]

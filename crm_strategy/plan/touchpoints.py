"""Touchpoints: where contact happens, and what each segment should do next there."""

from collections.abc import Sequence

from crm_strategy.plan.goal_params import EVERYONE
from crm_strategy.plan.params import Params
from crm_strategy.plan.text import printed
from crm_strategy.plan.touchpoint_params import Action, Touchpoint


def touchpoint_rows(params: Params) -> list[dict[str, str | None]]:
    """The touchpoints in the order of the plan.

    Returns
    -------
    list of dict
        touchpoint_id, touchpoint (its name), channel, place, stage, evidence, pain, owner;
        texts in the voice's language.
    """
    return [
        {
            "touchpoint_id": touchpoint.id,
            "touchpoint": printed(touchpoint.name),
            "channel": touchpoint.channel,
            "place": touchpoint.place,
            "stage": printed(touchpoint.stage),
            "evidence": touchpoint.evidence,
            "pain": printed(touchpoint.pain),
            "owner": printed(touchpoint.owner),
        }
        for touchpoint in params.touchpoints
    ]


def action_for(touchpoint: Touchpoint, segment: str) -> Action | None:
    """What the segment should do next: its own action, else that of `all`, else nothing yet."""
    return touchpoint.actions.get(segment) or touchpoint.actions.get(EVERYONE)


def touchpoint_actions(params: Params, segments: Sequence[str]) -> list[dict[str, str | None]]:
    """The matrix of segments and touchpoints: one row per cell, gaps included.

    Parameters
    ----------
    params
        The client's parameters.
    segments
        Segments in the order they are to be shown; those an action names and this list lacks
        follow, so that no action is lost.

    Returns
    -------
    list of dict
        segment, touchpoint_id, target_action (None: a gap), kpi, touchpoint (its name),
        message, offer; texts in the voice's language.
    """
    named = [name for each in params.touchpoints for name in each.actions if name != EVERYONE]
    rows: list[dict[str, str | None]] = []
    for segment in dict.fromkeys([*segments, *named]):
        for touchpoint in params.touchpoints:
            action = action_for(touchpoint, segment)
            rows.append(
                {
                    "segment": segment,
                    "touchpoint_id": touchpoint.id,
                    "target_action": printed(action.target_action) if action else None,
                    "kpi": action.kpi if action else None,
                    "touchpoint": printed(touchpoint.name),
                    "message": printed(action.message) if action else None,
                    "offer": printed(action.offer) if action else None,
                }
            )
    return rows

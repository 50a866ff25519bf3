"""Personas: what the workshop knows of each segment's people."""

from crm_strategy.plan.params import Params
from crm_strategy.plan.segment_params import PersonaParams

ASPECTS = tuple(PersonaParams.model_fields)
"""What is told of a persona, in this order."""


def persona_lines(params: Params) -> list[dict[str, str]]:
    """Every line of the personas, in the order of the plan.

    Returns
    -------
    list of dict
        segment, aspect, value (a sentence in the voice's language).
    """
    return [
        {"segment": segment, "aspect": aspect, "value": str(line)}
        for segment, persona in params.personas.items()
        for aspect in ASPECTS
        for line in getattr(persona, aspect)
    ]

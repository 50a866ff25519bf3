"""Scenarios as the parameters file holds them: messages that follow one another."""

from typing import Annotated

from pydantic import AfterValidator, Field

from crm_strategy.plan.fields import Plain, Strict, Whole
from crm_strategy.plan.problems import RefusedError
from crm_strategy.plan.text import Text


class Step(Strict):
    """One message of a cascade."""

    channel: Plain = Field(description="channel it is sent through; each once a scenario")
    wait_days: Annotated[Whole, Field(ge=0)] = Field(
        default=0, description="days to wait for an answer before the next step"
    )
    stop_on: Plain | None = Field(
        default=None,
        description="action of the customer that ends the cascade, such as opened, clicked, "
        "replied or ordered; any answer when left out",
    )
    message: Text | None = Field(
        default=None, description="what the customer is told; the scenario's when left out"
    )
    offer: Text | None = Field(
        default=None, description="what the customer is offered; the scenario's when left out"
    )


def _each_channel_once(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    if not steps:
        raise RefusedError("no step.", "Add one: [{channel: email}].")
    channels = [step.channel for step in steps]
    for place, channel in enumerate(channels):
        if channel in channels[:place]:
            raise RefusedError(
                f"steps {channels.index(channel) + 1} and {place + 1} both go through '{channel}'.",
                "Each channel once a scenario: remove one of them, or make a scenario of its own.",
            )
    return steps


class Scenario(Strict):
    """A cascade: messages that follow one another until the customer answers."""

    id: Plain = Field(description="short name")
    name: Text | None = Field(default=None, description="its name in reports; its id otherwise")
    segment: Plain = Field(description="segment it is for; all: every customer")
    message: Text | None = Field(
        default=None, description="what the customer is told in steps that do not say"
    )
    offer: Text | None = Field(
        default=None, description="what the customer is offered in steps that do not say"
    )
    steps: Annotated[tuple[Step, ...], AfterValidator(_each_channel_once)] = Field(
        description="messages, in the order they are sent"
    )

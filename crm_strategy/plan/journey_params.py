"""Journeys as the parameters file holds them: steps of the funnel, segments, occasions."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from crm_strategy.plan.fields import Abridged, Day, Plain, Strict, Whole
from crm_strategy.plan.problems import RefusedError
from crm_strategy.plan.text import Text

OWN_STEPS = ("touched", "responded", "ordered", "ordered_again")
"""Steps with a meaning of their own, whatever the touches call things."""


class JourneyStep(Abridged):
    """A step of the funnel, and the words of touches by which it is known."""

    id: Plain = Field(
        description="short name; the touchpoint or action that is the step, the stage of "
        "touchpoints, or touched, responded, ordered, ordered_again"
    )
    name: Text | None = Field(default=None, description="its name in reports")
    words: tuple[Plain, ...] = Field(
        default=(), description="touchpoints, actions or stages that are this step; else its id"
    )

    @model_validator(mode="before")
    @classmethod
    def _id_alone(cls, value: Any) -> Any:
        return {"id": value} if isinstance(value, str) else value


class Occasion(Strict):
    """Something that happened on known days: a campaign, an outage, an article."""

    name: Text = Field(description="its name in reports")
    start: Day = Field(description="its first day")
    end: Day = Field(description="its last day")

    @model_validator(mode="after")
    def _runs_forward(self) -> "Occasion":
        if self.end < self.start:
            raise RefusedError(
                f"the end {self.end} lies before the start {self.start}.",
                "Write a later end, or an earlier start.",
            )
        return self


def _two_or_none(steps: tuple[JourneyStep, ...]) -> tuple[JourneyStep, ...]:
    if len(steps) == 1:
        raise RefusedError(
            "a single step.", "Name two or more, in order; leave steps out for the usual ones."
        )
    seen: set[str] = set()
    for step in steps:
        if step.id in seen:
            raise RefusedError(f"the step '{step.id}' stands twice.", "Give each step its own id.")
        seen.add(step.id)
    return steps


class JourneyParams(Strict):
    """What a journey is, its steps, whom to compare, and what happened on known days."""

    by: Literal["customer", "session"] = Field(
        default="customer",
        description="customer: all touches of a customer in the period; session: touches with no "
        "longer gap than gap_minutes",
    )
    gap_minutes: Annotated[Whole, Field(ge=1)] = Field(
        default=30, description="minutes without a touch that end a session"
    )
    steps: Annotated[tuple[JourneyStep, ...], AfterValidator(_two_or_none)] = Field(
        default=(),
        description="steps of the funnel, in order; touched, responded, ordered, ordered again "
        "when left out",
    )
    segments: tuple[Plain, ...] = Field(
        default=("segment",),
        description="whom to compare: segment (of the period's start), channel (of the first "
        "touch), any column of the customers",
    )
    occasions: tuple[Occasion, ...] = Field(
        default=(), description="what happened on known days, to see what it came to"
    )

"""Touchpoints and channels as the parameters file holds them."""

from typing import Annotated, Literal

from pydantic import Field

from crm_strategy.plan.fields import KpiId, Number, Plain, Strict
from crm_strategy.plan.text import Text

NotNegative = Annotated[Number, Field(ge=0)]


class Action(Strict):
    """What one segment should do next at a touchpoint, and what it is offered."""

    target_action: Text = Field(description="what the customer should do next")
    message: Text | None = Field(default=None, description="what the customer is told")
    offer: Text | None = Field(default=None, description="what the customer is offered")
    kpi: KpiId | None = Field(default=None, description="KPI the action should move")


class Touchpoint(Strict):
    """A place where contact with a customer can happen."""

    id: Plain = Field(description="short name; the same word as in the touches, if they have one")
    name: Text = Field(description="its name in reports")
    channel: Plain = Field(description="channel it uses")
    place: Literal["online", "offline"] = Field(default="online", description="where it is")
    stage: Text = Field(
        description="stage of the journey: awareness, consideration, purchase, delivery, "
        "service, loyalty, return, or a word of your own"
    )
    evidence: Literal["assumed", "partial", "measured"] = Field(
        default="assumed", description="how well what is said of it is known"
    )
    pain: Text | None = Field(default=None, description="where customers stumble")
    owner: Text | None = Field(default=None, description="who answers for it: a role, not a name")
    actions: dict[Plain, Action] = Field(
        default_factory=dict,
        description="what each segment should do next; all: every segment not named",
    )


class ChannelCost(Strict):
    """What a channel costs, in the client's currency; left out is unknown, not free."""

    per_touch: NotNegative | None = Field(
        default=None, description="money per message, call or visit"
    )
    monthly: NotNegative | None = Field(
        default=None, description="money per month, whatever is sent"
    )


class Channel(Strict):
    """A way to reach customers, by the word the data use for it."""

    label: Text | None = Field(default=None, description="its name in reports; its id otherwise")
    kind: Literal["owned", "paid", "earned", "partner"] = Field(
        default="owned", description="whose channel it is"
    )
    cost: ChannelCost | None = Field(default=None, description="its price; unknown when left out")

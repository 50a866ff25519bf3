"""Goals and decisions as the parameters file holds them."""

from datetime import date
from typing import Literal

from pydantic import Field

from crm_strategy.plan.fields import (
    Day,
    KpiId,
    Number,
    Plain,
    PlainOrNumber,
    Strict,
)
from crm_strategy.plan.text import Text

EVERYONE = "all"
"""The segment that holds every customer."""


class BusinessGoal(Strict):
    """What the business wants; the CRM goals serve it."""

    id: Plain = Field(description="short name the goals refer to")
    goal: Text = Field(description="the goal in a sentence")
    kpi: KpiId = Field(description="KPI that measures it")
    target: Number = Field(
        description="value the KPI should reach, of one period of the rhythm; shares: 0 to 1"
    )
    by: Day = Field(description="last day of the plan")


class Goal(Strict):
    """One CRM goal: a KPI, its way from baseline to target, a deadline, an owner."""

    id: Plain = Field(description="short name")
    goal: Text = Field(description="the goal in a sentence")
    serves: Plain | None = Field(default=None, description="id of the business goal it serves")
    priority: Literal["primary", "secondary"] = Field(default="primary", description="its rank")
    kpi: KpiId = Field(description="KPI that measures it")
    segment: Plain = Field(default=EVERYONE, description="segment it is about; all: every customer")
    baseline: Number | None = Field(default=None, description="the KPI's value at baseline_at")
    target: Number = Field(
        description="value the KPI should reach, of one period of the rhythm; shares: 0 to 1"
    )
    by: Day = Field(description="the deadline")
    baseline_at: Day = Field(
        default_factory=lambda data: year_earlier(data["by"]) if "by" in data else date.min,
        description="day the baseline was measured; one year before by when left out",
    )
    owner: Text | None = Field(default=None, description="who answers for it: a role, not a name")
    test: Plain | None = Field(
        default=None, description="experiment in the data that tests what is done for it"
    )
    note: Text | None = Field(
        default=None, description="why the target can be reached, and anything else"
    )


class Decision(Strict):
    """A decision taken at a review, scored at the next."""

    id: Plain = Field(description="short name")
    decision: Text = Field(description="what was decided")
    period: PlainOrNumber = Field(description="period of the review, such as 2026-Q3")
    owner: Text | None = Field(default=None, description="who carries it out: a role, not a name")
    goal: Plain | None = Field(default=None, description="id of the goal it serves")
    kpi: KpiId | None = Field(default=None, description="KPI it should move")
    expected_change: Number | None = Field(
        default=None, description="change of the KPI it should bring, in the KPI's own unit"
    )
    product: Plain | None = Field(
        default=None, description="id of the product it is about: named where that is shown"
    )
    expected: Text | None = Field(default=None, description="what it should bring")
    result: Text | None = Field(default=None, description="what it brought")


def year_earlier(day: date) -> date:
    """The same day a year before; 28 February for the 29th."""
    leap_day = day.month == 2 and day.day == 29
    return day.replace(year=day.year - 1, day=28 if leap_day else day.day)

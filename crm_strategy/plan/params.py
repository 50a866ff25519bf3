"""The parameters file: what one client's report is about, read from `params/<client>.yml`."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PrivateAttr, ValidationError

from crm_strategy.plan.data_params import DataParams
from crm_strategy.plan.definition_params import DefinitionChange
from crm_strategy.plan.fields import (
    ClientName,
    Currency,
    Languages,
    Number,
    Plain,
    Strict,
    Timezone,
    Whole,
)
from crm_strategy.plan.file_name import file_name
from crm_strategy.plan.goal_params import EVERYONE, BusinessGoal, Decision, Goal
from crm_strategy.plan.growth_params import GrowthParams
from crm_strategy.plan.journey_params import JourneyParams
from crm_strategy.plan.params_checks import cross_problems
from crm_strategy.plan.params_errors import model_problems, nearest_line, params_error
from crm_strategy.plan.period import Rhythm
from crm_strategy.plan.problems import Loc
from crm_strategy.plan.scenario_params import Scenario
from crm_strategy.plan.segment_params import (
    DEFAULT_KINDS,
    OnceEach,
    PersonaParams,
    RfmParams,
    Rule,
    SegmentKinds,
    TierParams,
    ValueParams,
)
from crm_strategy.plan.touchpoint_params import Channel, Touchpoint
from crm_strategy.plan.yaml_lines import read_yaml


class KpiParams(Strict):
    """What the KPIs need that the data don't tell."""

    active_days: Annotated[Whole, Field(ge=1)] | None = Field(
        default=None,
        description="days after an order a customer counts as active; from the data otherwise",
    )
    margin_rate: Annotated[Number, Field(ge=0, le=1)] | None = Field(
        default=None,
        description="gross margin as a fraction of revenue, where no costs are supplied",
    )
    conversion_days: Annotated[Whole, Field(ge=1)] = Field(
        default=30, description="days after a touch in which an order counts as its conversion"
    )
    breakdowns: OnceEach = Field(
        default=("segment", "channel", "country", "category"),
        description="what KPIs are broken down by: segment, category, channel, payment_method, "
        "delivery_method, coupon or a column of customers, such as source_channel",
    )


class AttributionParams(Strict):
    """How orders are credited to channels."""

    lookback_days: Annotated[Whole, Field(ge=1)] = Field(
        default=30, description="days before an order in which a touch can earn credit for it"
    )


class PrivacyParams(Strict):
    """What a report may show."""

    min_cell: Annotated[Whole, Field(ge=5)] = Field(
        default=10, description="groups of fewer customers are not shown"
    )
    special_categories: dict[Plain, Plain] = Field(
        default_factory=dict,
        description="columns on health, religion, politics and the like: why they may be used",
    )


class Params(Strict):
    """One client's parameters; nothing in it changes after reading."""

    client: ClientName = Field(description="the client's name as printed")
    language: Languages = Field(default=("en",), description="languages of the report: en, ru")
    currency: Currency = Field(default="EUR", description="ISO 4217 code of all amounts")
    timezone: Timezone = Field(
        default="UTC", description="where the client's days begin, such as Europe/Berlin"
    )
    rhythm: Rhythm = Field(default="quarter", description="how often the report is made")
    data: DataParams = Field(description="where the client's data are")
    business_goals: tuple[BusinessGoal, ...] = Field(
        default=(), description="what the business wants"
    )
    goals: tuple[Goal, ...] = Field(
        default=(), description="5–10 CRM goals; each serves a business goal"
    )
    segments: dict[Plain, Rule] = Field(
        default_factory=dict,
        description="segments of your own: name and rule; the first rule that holds counts",
    )
    segment_kinds: SegmentKinds = Field(
        default=DEFAULT_KINDS,
        description="kinds of segments to show; also attribute:<column> and preference:<column>",
    )
    tiers: TierParams = Field(default=TierParams(), description="loyalty tiers")
    personas: dict[Plain, PersonaParams] = Field(
        default_factory=dict, description="what the workshop knows of a segment's people"
    )
    touchpoints: tuple[Touchpoint, ...] = Field(
        default=(), description="where customers meet the client"
    )
    channels: dict[Plain, Channel] = Field(
        default_factory=dict, description="ways to reach customers, by the data's word for each"
    )
    scenarios: tuple[Scenario, ...] = Field(default=(), description="cascades of messages")
    decisions: tuple[Decision, ...] = Field(default=(), description="what was decided at reviews")
    privacy: PrivacyParams = Field(default=PrivacyParams(), description="what may be shown")
    rfm: RfmParams = Field(default=RfmParams(), description="recency, frequency, money")
    value: ValueParams = Field(default=ValueParams(), description="customers' expected value")
    growth: GrowthParams = Field(
        default=GrowthParams(), description="what offers and the loyalty programme cost and give"
    )
    kpis: KpiParams = Field(default=KpiParams(), description="how KPIs are counted")
    definition_changes: tuple[DefinitionChange, ...] = Field(
        default=(), description="how KPIs were counted before: earlier figures are restated"
    )
    journeys: JourneyParams = Field(
        default=JourneyParams(), description="what a journey is, its steps, whom to compare"
    )
    attribution: AttributionParams = Field(
        default=AttributionParams(), description="how orders are credited to channels"
    )

    _path: Path = PrivateAttr(default=Path("params.yml"))
    _lines: dict[Loc, int] = PrivateAttr(default_factory=dict)

    @property
    def path(self) -> Path:
        """The YAML file, as it was named."""
        return self._path

    @property
    def root(self) -> Path:
        """The workbook's folder: beside or above the params folder the file is in."""
        folder = self._path.absolute().parent
        return folder.parent if folder.name == "params" else folder

    @property
    def priced_channels(self) -> tuple[str, ...]:
        """Channels whose price the file states, by touch or by month."""
        return tuple(
            channel
            for channel, terms in self.channels.items()
            if terms.cost and not (terms.cost.per_touch is None and terms.cost.monthly is None)
        )

    @property
    def revenue_aim(self) -> dict[str, Any]:
        """Revenue that a period of the rhythm is to reach, and by when: `target`, `by`.

        By the goal that the scorecard is held against, else by the first business goal.
        """
        of_all = [goal for goal in self.goals if goal.segment == EVERYONE]
        of_all.sort(key=lambda goal: goal.priority != "primary")
        aims: list[Goal | BusinessGoal] = [*of_all, *self.business_goals]
        found = next((aim for aim in aims if aim.kpi == "revenue"), None)
        return {"target": found.target if found else None, "by": found.by if found else None}

    @property
    def slug(self) -> str:
        """The client's name as a folder name: a-z, 0-9 and hyphens."""
        return file_name(self.client)

    def line_of(self, loc: Loc) -> int | None:
        """The line of a place such as `("goals", 0, "target")`, or of what holds it."""
        return nearest_line(self._lines, loc)


def read_params(path: Path | str) -> Params:
    """Read and check a parameters file.

    Raises
    ------
    ParamsError
        Missing, broken or wrong: every problem found, each with line, place and remedy.
    """
    path = Path(path)
    lines = read_yaml(path)
    try:
        params = Params.model_validate(lines.value)
    except ValidationError as error:
        raise params_error(path, lines.by_loc, model_problems(Params, error)) from None
    params._path = path
    params._lines = lines.by_loc
    problems = cross_problems(params)
    if problems:
        raise params_error(path, lines.by_loc, problems)
    return params

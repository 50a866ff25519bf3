"""Earlier definitions of KPIs as the parameters file holds them."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from crm_strategy.errors import ParamsError
from crm_strategy.plan.fields import Number, PlainOrNumber, Strict, Whole
from crm_strategy.plan.period import parse_period
from crm_strategy.plan.problems import RefusedError
from crm_strategy.plan.text import Text


def _readable(period: str) -> str:
    try:
        return parse_period(period).id
    except ParamsError:
        raise RefusedError(
            f"'{period}' is not a period.",
            "Write 2026-Q3, 2026-09, 2026-H1, 2026 or 2026-07-01..2026-09-30.",
        ) from None


PeriodId = Annotated[PlainOrNumber, AfterValidator(_readable)]
"""A period as people write it; `latest` is none."""


class EarlierDefinition(Strict):
    """What KPIs were counted by before; a key left out is counted by as ever."""

    active_days: Annotated[Whole, Field(ge=1)] | None = Field(
        default=None, description="days after an order a customer counted as active"
    )
    conversion_days: Annotated[Whole, Field(ge=1)] | None = Field(
        default=None, description="days after a touch in which an order counted as its conversion"
    )
    lookback_days: Annotated[Whole, Field(ge=1)] | None = Field(
        default=None, description="days before an order in which a touch could earn credit for it"
    )
    margin_rate: Annotated[Number, Field(ge=0, le=1)] | None = Field(
        default=None, description="gross margin as a fraction of revenue, where no costs were known"
    )
    discount_rate: Annotated[Number, Field(ge=0, le=1)] | None = Field(
        default=None, description="what a year of waiting took off the worth of money, a fraction"
    )
    refunds: Literal["net", "exclude"] | None = Field(
        default=None, description="net: refunds lessened revenue; exclude: they were left out"
    )


class DefinitionChange(Strict):
    """A change of how KPIs are counted: figures of earlier periods are restated."""

    since: PeriodId = Field(description="first period reported by the new definition")
    was: EarlierDefinition = Field(description="what KPIs were counted by until then")
    note: Text | None = Field(default=None, description="why it was changed")

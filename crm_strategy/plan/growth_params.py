"""Offers and the loyalty programme as the parameters file holds them."""

from typing import Annotated

from pydantic import Field

from crm_strategy.plan.fields import Number, Strict


class LoyaltyParams(Strict):
    """What the loyalty programme gives back."""

    points_share: Annotated[Number, Field(ge=0, lt=1)] = Field(
        default=0.03, description="points given, as a fraction of what is spent"
    )
    used_share: Annotated[Number, Field(ge=0, le=1)] = Field(
        default=0.70, description="share of the points that are used"
    )
    monthly: Annotated[Number, Field(ge=0)] | None = Field(
        default=None, description="what running the programme costs a month"
    )


class GrowthParams(Strict):
    """What an offer costs and may bring."""

    min_support: Annotated[Number, Field(ge=0, le=1)] = Field(
        default=0.001, description="share of orders that must hold two products to judge the pair"
    )
    discount: Annotated[Number, Field(ge=0, lt=1)] = Field(
        default=0.10, description="discount of an offer, a fraction of the order"
    )
    uplift: Annotated[Number, Field(gt=0, le=1)] = Field(
        default=0.05,
        description="assumed until tested: of those who would not order by themselves, the share "
        "who do because of an offer",
    )
    contact_cost: Annotated[Number, Field(ge=0)] | None = Field(
        default=None,
        description="what it costs to write to one customer; else the cheapest channel's per_touch",
    )
    loyalty: LoyaltyParams = Field(default=LoyaltyParams(), description="the loyalty programme")

"""Segments, tiers, customer value and personas as the parameters file holds them."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from crm_strategy.plan.expression import parse_expression
from crm_strategy.plan.fields import Number, Plain, Strict, Whole
from crm_strategy.plan.problems import RefusedError, instead_of
from crm_strategy.plan.text import Text

SEGMENT_KINDS = (
    *("rfm", "grid", "lifecycle", "value", "regularity", "tier", "rules"),
    *("response", "stopped_at", "satisfaction"),
)
"""Kinds of segments of one name; the rest are families."""

PREFERENCES = ("category", "payment_method", "delivery_method", "channel", "weekday", "hour")
"""What `preference:` can be about."""

DEFAULT_KINDS = (
    *("rfm", "lifecycle", "value", "regularity", "tier"),
    *("response", "satisfaction", "rules"),
)
"""Kinds a report shows unless told otherwise; rules where the client has some."""


def _readable(rule: str) -> str:
    parse_expression(rule)
    return rule


def _known_kind(kind: str) -> str:
    family, _, of = kind.partition(":")
    if kind in SEGMENT_KINDS or (family == "attribute" and of):
        return kind
    if family == "preference":
        if of not in PREFERENCES:
            raise RefusedError(
                f"no preference '{of}'.", instead_of(of, PREFERENCES, what="Preferences")
            )
        return kind
    known = [*SEGMENT_KINDS, "attribute:<column>", "preference:<column>"]
    raise RefusedError(f"unknown kind of segment '{kind}'.", instead_of(kind, known, what="Kinds"))


def _once_each(kinds: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kinds))


OnceEach = Annotated[tuple[Plain, ...], AfterValidator(_once_each)]
"""Names, each once."""

Rule = Annotated[Plain, AfterValidator(_readable)]
"""A condition over customers, in the language of `plan.expression`."""

SegmentKinds = Annotated[
    tuple[Annotated[Plain, AfterValidator(_known_kind)], ...], AfterValidator(_once_each)
]
"""Kinds of segments, each once."""


def _some_model(models: tuple[str, ...]) -> tuple[str, ...]:
    if not models:
        raise RefusedError("no model.", "Name one or more: [bg_nbd, mbg_nbd, pareto_nbd].")
    return tuple(dict.fromkeys(models))


Models = Annotated[
    tuple[Literal["bg_nbd", "mbg_nbd", "pareto_nbd"], ...], AfterValidator(_some_model)
]
"""Value models, each once."""


class CutParams(Strict):
    """The client's own cut points; a measure left out is cut into equal shares of customers."""

    recency_days: tuple[Annotated[Whole, Field(ge=0)], ...] | None = Field(
        default=None, description="days since the last order; the fewer, the better the score"
    )
    order_count: tuple[Annotated[Whole, Field(ge=1)], ...] | None = Field(
        default=None, description="orders from which the next score begins"
    )
    revenue: tuple[Number, ...] | None = Field(
        default=None, description="money from which the next score begins"
    )

    def by_measure(self) -> dict[str, tuple[float, ...]]:
        """The cut points that are given, by measure."""
        given = {
            "recency_days": self.recency_days,
            "order_count": self.order_count,
            "revenue": self.revenue,
        }
        return {measure: cuts for measure, cuts in given.items() if cuts is not None}


class RfmParams(Strict):
    """Scores of recency, frequency and money, and the segments made of them."""

    bins: Annotated[Whole, Field(ge=2, le=10)] = Field(
        default=5, description="score levels per dimension"
    )
    map: Literal["named", "codes", "grid"] = Field(
        default="named",
        description="named: 8 segments; codes: 11, by all three scores; grid: 10, by recency and "
        "frequency",
    )
    cuts: CutParams = Field(
        default=CutParams(), description="cut points of your own, one less than bins for a measure"
    )

    @model_validator(mode="after")
    def _enough_cuts(self) -> "RfmParams":
        for measure, cuts in self.cuts.by_measure().items():
            if len(cuts) != self.bins - 1 or len(set(cuts)) != len(cuts):
                raise RefusedError(
                    f"{measure} has {len(set(cuts))} different cut points, not {self.bins - 1}.",
                    f"{self.bins} score levels need {self.bins - 1}; change cuts or bins.",
                )
        return self


class TierParams(Strict):
    """Loyalty tiers, the best first."""

    by: Literal["revenue", "order_count"] = Field(
        default="revenue", description="what makes a customer's tier"
    )
    at_least: dict[Plain, Number] = Field(
        default_factory=dict, description="tier: the value it begins at, such as gold: 500"
    )
    shares: dict[Plain, Annotated[Number, Field(gt=0, le=1)]] = Field(
        default_factory=dict,
        description="tier: its share of customers, best first, such as gold: 0.05",
    )

    @model_validator(mode="after")
    def _apart(self) -> "TierParams":
        for name in (*self.at_least, *self.shares):
            if name.casefold() in ("other", "unknown"):
                raise RefusedError(
                    f"a tier is called '{name}', as are the customers below all tiers.",
                    "Give it another name.",
                )
        if len(set(self.at_least.values())) < len(self.at_least):
            raise RefusedError(
                "two tiers begin at the same value.", "Write another value, or one tier less."
            )
        return self

    @model_validator(mode="after")
    def _one_way(self) -> "TierParams":
        if self.at_least and self.shares:
            raise RefusedError("at_least and shares are both given.", "Keep one of them.")
        if sum(self.shares.values()) > 1 + 1e-9:
            raise RefusedError(
                f"the shares add up to {sum(self.shares.values()):g}.", "At most 1 can be shared."
            )
        return self


class SubscriptionParams(Strict):
    """What a payment of a subscriber pays for."""

    period_days: Annotated[Number, Field(ge=1, le=3660)] = Field(
        default=365.25 / 12, description="days that a payment pays for; a month unless said"
    )
    grace_days: Annotated[Whole, Field(ge=0, le=365)] = Field(
        default=15, description="days after a paid period until a subscriber counts as gone"
    )


class ValueParams(Strict):
    """How customers' value is foretold."""

    horizon_days: Annotated[Whole, Field(ge=1, le=3650)] = Field(
        default=365, description="days to foretell"
    )
    discount_rate: Annotated[Number, Field(ge=0, le=1)] = Field(
        default=0.10, description="what a year of waiting takes off the worth of money, a fraction"
    )
    models: Models = Field(
        default=("bg_nbd", "mbg_nbd", "pareto_nbd"),
        description="models to try; the one that foretells held-out orders best is used",
    )
    subscription: SubscriptionParams | None = Field(
        default=None, description="where orders are payments of subscribers: adds their renewals"
    )


class PersonaParams(Strict):
    """What the workshop knows of a segment's people; the report marks it as such."""

    demography: tuple[Text, ...] = Field(default=(), description="who they are")
    geography: tuple[Text, ...] = Field(default=(), description="where they live")
    needs: tuple[Text, ...] = Field(default=(), description="what they need")
    interests: tuple[Text, ...] = Field(default=(), description="what interests them")
    behaviour: tuple[Text, ...] = Field(default=(), description="how they choose and buy")

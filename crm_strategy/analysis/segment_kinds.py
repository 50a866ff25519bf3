"""Segment kinds: every way to divide the customers, by its id and in one shape."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.attributes import PREFERRED, STATED, CustomerAttributes
from crm_strategy.analysis.members import (
    EXPECTED,
    UNKNOWN,
    members_of,
    sums_by_segment,
    with_values,
)
from crm_strategy.analysis.purchase_stops import stopped_at_members
from crm_strategy.analysis.responses import response_members
from crm_strategy.analysis.rfm import segment_of
from crm_strategy.analysis.satisfaction import satisfaction_members
from crm_strategy.analysis.segment_rules import rule_members
from crm_strategy.analysis.tiers import tier_members
from crm_strategy.analysis.value_segments import regularity, value_deciles

INACTIVE = "inactive"
"""The stage of customers who lapsed before the period began."""

_COLUMNS = (
    *("kind", "segment", "customer_count", "customer_share", "revenue", "revenue_share"),
    *("average_order_value", "purchase_frequency", *EXPECTED),
)


@dataclass(frozen=True)
class Sources:
    """What segments are made of.

    Parameters
    ----------
    profiles
        Result of `profiles.customer_profiles`: the customers who are divided.
    scores
        Result of `rfm.scores_of_profiles`.
    stages
        Result of `lifecycle.customer_stages`.
    values
        Result of `lifetime_value.customer_values`.
    answers
        Result of `satisfaction.satisfaction_answers`.
    attributes
        Attributes and preferences, result of `attributes.common_values`.
    touches, leads, all_orders
        Canonical tables; orders of every stage.
    start, end
        First and last day of the period.
    bins, segment_map
        As in `rfm.customer_segments`.
    rules
        As in `segment_rules.rule_members`.
    tiers_by, at_least, shares
        What makes a tier, and tiers by value or, where there are none, by share (`tiers.SHARES`
        unless given).
    """

    profiles: ibis.Table
    scores: ibis.Table
    stages: ibis.Table
    values: ibis.Table
    answers: ibis.Table
    attributes: CustomerAttributes
    touches: ibis.Table
    leads: ibis.Table
    all_orders: ibis.Table
    start: date
    end: date
    bins: int = 5
    segment_map: str = "named"
    rules: Mapping[str, ibis.Value] = field(default_factory=dict)
    tiers_by: str = "revenue"
    at_least: Mapping[str, float] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)


def segment_members(kind: str, sources: Sources) -> ibis.Table:
    """Customers by segments of one kind.

    Parameters
    ----------
    kind
        One of `KINDS`, `attribute:<column of customers>` or `preference:<what>`.
    sources
        What segments are made of.

    Returns
    -------
    Table
        `customer_id`, `segment`: each customer of the profiles once.
    """
    if kind.startswith((STATED, PREFERRED)):
        return sources.attributes.table.select("customer_id", segment=_[kind])
    found, otherwise = _FOUND[kind](sources)
    if otherwise is None:
        return found
    return members_of(sources.profiles, found, otherwise=otherwise)


def members_by_kind(kinds: Iterable[str], sources: Sources) -> ibis.Table:
    """Customers by segments of every kind that is asked for; `rules` only where there are some.

    The engine finds them here, once, and keeps them: sizes and overlaps ask for all again.

    Parameters
    ----------
    kinds, sources
        As in `segment_members`.

    Returns
    -------
    Table
        `customer_id` and a column of segments for each kind, named as the kind: each customer
        of the profiles once.
    """
    asked = [kind for kind in kinds if kind != "rules" or sources.rules]
    columns = [kind for kind in asked if kind.startswith((STATED, PREFERRED))]
    table = sources.profiles.select("customer_id")
    if columns:
        table = sources.attributes.table.select("customer_id", *columns)
    # As few joins as can be: with millions of customers each takes its time.
    scored = {kind: _scored(kind, sources) for kind in asked if kind in _SCORED}
    segments: dict[str, ibis.Value] = {}
    if scored:
        parts = sources.scores.select("customer_id", **scored)
        table = table.left_join(parts, "customer_id", rname="{name}_of_scores")
    for place, kind in enumerate(each for each in asked if each not in (*columns, *scored)):
        found, otherwise = _FOUND[kind](sources)
        named = found.select("customer_id", **{kind: _.segment})
        table = table.left_join(named, "customer_id", rname=f"{{name}}_{place}")
        segments[kind] = _[kind] if otherwise is None else _[kind].fill_null(otherwise)
    return table.select(
        "customer_id", **{kind: segments.get(kind, _[kind]) for kind in asked}
    ).cache()


def segments_by_kind(
    members: ibis.Table, profiles: ibis.Table, values: ibis.Table | None = None
) -> ibis.Table:
    """Every kind of segments in one table; each kind holds all customers and all revenue.

    Parameters
    ----------
    members
        Result of `members_by_kind`.
    profiles
        One row per customer: `customer_id`, `order_count`, `revenue` (money, net).
    values
        As in `rfm.segment_summary`.

    Returns
    -------
    Table
        By kind in the order given, most revenue first: `kind`, `segment`, `customer_count`,
        `customer_share`, `revenue`, `revenue_share` (both of the kind; no value unless total
        revenue is above 0), `average_order_value` = revenue / orders, `purchase_frequency` =
        orders / customers, `p_alive` and `expected_orders` (means per customer),
        `expected_value` (Σ).
    """
    customers = with_values(profiles.select("customer_id", "order_count", "revenue"), values)
    sums = sums_by_segment(
        members.join(customers, "customer_id"),
        members.columns[1:],
        customer_count=_.count(),
        revenue=_.revenue.sum(),
        order_count=_.order_count.sum(),
        **EXPECTED,
    )
    of_kind = ibis.window(group_by="place")
    total = sums.revenue.sum().over(of_kind)
    sizes = sums.mutate(
        customer_share=_.customer_count / _.customer_count.sum().over(of_kind),
        revenue_share=ibis.ifelse(total > 0, sums.revenue / total, None),
        average_order_value=_.revenue / _.order_count,
        purchase_frequency=_.order_count / _.customer_count,
    )
    return sizes.order_by("place", _.revenue.desc(), "segment").select(*_COLUMNS)


_Found = tuple[ibis.Table, str | None]
"""Members, and the segment of the customers who are not among them; None where all are."""


def _scored(kind: str, of: Sources) -> ibis.Value:
    chosen = of.segment_map if kind == "rfm" else "grid"
    return segment_of(of.scores, bins=of.bins, segment_map=chosen)


def _by_scores(kind: str) -> Callable[[Sources], _Found]:
    return lambda of: (of.scores.select("customer_id", segment=_scored(kind, of)), None)


def _lifecycle(of: Sources) -> _Found:
    return of.stages.select("customer_id", segment=_.stage), INACTIVE


def _value(of: Sources) -> _Found:
    return value_deciles(of.values), UNKNOWN


def _regularity(of: Sources) -> _Found:
    return regularity(of.profiles), None


def _tier(of: Sources) -> _Found:
    tiers = tier_members(of.profiles, by=of.tiers_by, at_least=of.at_least, shares=of.shares)
    return tiers, None


def _response(of: Sources) -> _Found:
    return response_members(of.touches, of.profiles, as_of=of.end), None


def _stopped_at(of: Sources) -> _Found:
    stopped = stopped_at_members(
        of.touches, of.leads, of.all_orders, of.profiles, start=of.start, end=of.end
    )
    return stopped, None


def _satisfaction(of: Sources) -> _Found:
    return satisfaction_members(of.answers, of.profiles), None


def _rules(of: Sources) -> _Found:
    return rule_members(of.profiles, of.rules), None


_SCORED = ("rfm", "grid")

_FOUND: Mapping[str, Callable[[Sources], _Found]] = {
    **{kind: _by_scores(kind) for kind in _SCORED},
    "lifecycle": _lifecycle,
    "value": _value,
    "regularity": _regularity,
    "tier": _tier,
    "rules": _rules,
    "response": _response,
    "stopped_at": _stopped_at,
    "satisfaction": _satisfaction,
}

KINDS = tuple(_FOUND)
"""Kinds of one name; `attribute:<column>` and `preference:<what>` are families of kinds."""

"""Segment kinds: every way to divide the customers, by its id and in one shape."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.attributes import PREFERRED, STATED, CustomerAttributes
from crm_strategy.analysis.members import (
    EXPECTED,
    OTHER,
    UNKNOWN,
    members_of,
    sums_by_segment,
    with_values,
)
from crm_strategy.analysis.purchase_stops import customer_stops
from crm_strategy.analysis.responses import NOT_CONTACTED, answered_most
from crm_strategy.analysis.rfm import segment_of
from crm_strategy.analysis.satisfaction import last_bands
from crm_strategy.analysis.segment_rules import rule_of
from crm_strategy.analysis.tiers import tier_of
from crm_strategy.analysis.value_segments import regularity_of, value_deciles

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
    if kind in _OF_SCORES:
        return sources.scores.select("customer_id", segment=_OF_SCORES[kind](sources))
    if kind in _OF_PROFILES:
        return sources.profiles.select("customer_id", segment=_OF_PROFILES[kind](sources))
    found, otherwise = _FOUND[kind](sources)
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
    # As few joins as can be: with millions of customers each takes its time.
    values = {kind: _OF_PROFILES[kind](sources) for kind in asked if kind in _OF_PROFILES}
    table = sources.profiles.select("customer_id", **values)
    scored = {kind: _OF_SCORES[kind](sources) for kind in asked if kind in _OF_SCORES}
    described = [kind for kind in asked if kind.startswith((STATED, PREFERRED))]
    if scored:
        table = _with(table, sources.scores.select("customer_id", **scored))
    if described:
        table = _with(table, sources.attributes.table.select("customer_id", *described))
    segments: dict[str, ibis.Value] = {}
    for kind in (each for each in asked if each in _FOUND):
        found, otherwise = _FOUND[kind](sources)
        table = _with(table, found.select("customer_id", **{kind: _.segment}))
        segments[kind] = _[kind].fill_null(otherwise)
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


def _with(table: ibis.Table, more: ibis.Table) -> ibis.Table:
    return table.left_join(more, "customer_id").drop("customer_id_right")


def _scored(segment_map: str | None) -> Callable[[Sources], ibis.Value]:
    return lambda of: segment_of(of.scores, bins=of.bins, segment_map=segment_map or of.segment_map)


def _tier(of: Sources) -> ibis.Value:
    return tier_of(of.profiles[of.tiers_by], at_least=of.at_least, shares=of.shares)


_OF_SCORES: Mapping[str, Callable[[Sources], ibis.Value]] = {
    "rfm": _scored(None),
    "grid": _scored("grid"),
}
_OF_PROFILES: Mapping[str, Callable[[Sources], ibis.Value]] = {
    "regularity": lambda of: regularity_of(of.profiles.order_count),
    "tier": _tier,
    "rules": lambda of: rule_of(of.rules),
}

_Found = tuple[ibis.Table, str]
"""Members, and the segment of the customers who are not among them."""


def _lifecycle(of: Sources) -> _Found:
    return of.stages.select("customer_id", segment=_.stage), INACTIVE


def _value(of: Sources) -> _Found:
    return value_deciles(of.values), UNKNOWN


def _response(of: Sources) -> _Found:
    return answered_most(of.touches, as_of=of.end), NOT_CONTACTED


def _stopped_at(of: Sources) -> _Found:
    stops = customer_stops(of.touches, of.leads, of.all_orders, start=of.start, end=of.end)
    return stops, OTHER


def _satisfaction(of: Sources) -> _Found:
    return last_bands(of.answers), UNKNOWN


_FOUND: Mapping[str, Callable[[Sources], _Found]] = {
    "lifecycle": _lifecycle,
    "value": _value,
    "response": _response,
    "stopped_at": _stopped_at,
    "satisfaction": _satisfaction,
}

KINDS = (
    *("rfm", "grid", "lifecycle", "value", "regularity", "tier", "rules"),
    *("response", "stopped_at", "satisfaction"),
)
"""Kinds of one name; `attribute:<column>` and `preference:<what>` are families of kinds."""

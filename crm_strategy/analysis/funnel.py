"""The funnel: how far journeys got, how long each step took, and for whom."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import ibis
from ibis import _

from crm_strategy.analysis.journey_times import (
    FUNNEL,
    RESPONSES,
    JourneyTerms,
    Stage,
    journey_times,
    moment,
)

__all__ = [
    "FUNNEL",
    "RESPONSES",
    "funnel_of",
    "journeys_of",
    "reached",
    "stage_funnel",
    "stage_measures",
    "with_attributes",
    "with_segments",
]

_SECONDS_A_MINUTE = 60
_OWN = ("channel", "touchpoint")


def stage_funnel(
    touches: ibis.Table,
    orders: ibis.Table,
    *,
    start: date,
    end: date,
    conversion_days: int,
    stages: Sequence[Stage] = FUNNEL,
) -> ibis.Table:
    """How far the customers touched in a period got by its end.

    Parameters
    ----------
    touches, orders, start, end, conversion_days, stages
        As in `journey_times.journey_times`.

    Returns
    -------
    Table
        As `funnel_of` returns it.
    """
    journeys = journey_times(
        touches, orders, stages, start=start, end=end, conversion_days=conversion_days
    )
    return funnel_of(journeys, stages)


def funnel_of(journeys: ibis.Table, stages: Sequence[Stage] = FUNNEL) -> ibis.Table:
    """How far journeys got.

    Whoever reached a stage counts in all before it, for not every step leaves a trace. Stages
    without a case are left out.

    Parameters
    ----------
    journeys
        Result of `journey_times.journey_times`.
    stages
        Its stages.

    Returns
    -------
    Table
        One row per stage, in order: `stage`, `customer_count`, `step_rate` (share of the stage
        before; null for the first), `overall_rate` (share of the first), `median_days` (whole
        days from the first time in the stage before, of those seen in both), `median_minutes`
        (the same in minutes), `journey_count`, `ended_customers` (customers of whose journeys
        any ended there, for those who hide small groups). Rates are of journeys.
    """
    wide = journeys.agg(**stage_measures(journeys, stages))
    places = range(len(stages))
    rows = [
        _stage_row(wide, stages[place], place, is_last=place == places[-1]).mutate(place=place)
        for place in places
    ]
    in_order = ibis.window(order_by="place")
    return (
        ibis.union(*rows)
        .filter(_.seen > 0)
        .mutate(
            step_rate=_.journey_count / _.journey_count.lag().over(in_order),
            overall_rate=_.journey_count / _.journey_count.first().over(in_order),
        )
        .order_by("place")
        .select(
            *("stage", "customer_count", "step_rate", "overall_rate"),
            *("median_days", "median_minutes", "journey_count", "ended_customers"),
        )
    )


def _stage_row(wide: ibis.Table, stage: Stage, place: int, *, is_last: bool) -> ibis.Table:
    return wide.select(
        stage=ibis.literal(stage.id),
        customer_count=wide[f"customers_{place}"],
        journey_count=wide[f"journeys_{place}"],
        seen=wide[f"seen_{place}"],
        median_days=wide[f"days_{place}"] if place else ibis.null("float64"),
        median_minutes=wide[f"minutes_{place}"] if place else ibis.null("float64"),
        ended_customers=ibis.null("int64") if is_last else wide[f"ended_{place}"],
    )


def reached(journeys: ibis.Table, place: int, stages: Sequence[Stage]) -> ibis.Value:
    """Whether a journey got to the stage of this place, or to one behind it."""
    found = journeys[moment(place)].notnull()
    for further in range(place + 1, len(stages)):
        found = found | journeys[moment(further)].notnull()
    return found


def stage_measures(journeys: ibis.Table, stages: Sequence[Stage]) -> dict[str, ibis.Value]:
    """What is measured of each stage: journeys, customers, seen, ended, median days and minutes."""
    measures: dict[str, ibis.Value] = {}
    for place in range(len(stages)):
        got_to = reached(journeys, place, stages)
        measures[f"journeys_{place}"] = journeys.count(where=got_to)
        measures[f"customers_{place}"] = journeys.customer_id.nunique(where=got_to)
        measures[f"seen_{place}"] = journeys[moment(place)].count()
    for before, place in pairwise(range(len(stages))):
        ended = reached(journeys, before, stages) & ~reached(journeys, place, stages)
        measures[f"ended_{before}"] = journeys.customer_id.nunique(where=ended)
        first, then = journeys[moment(before)], journeys[moment(place)]
        days = then.date().delta(first.date(), unit="day")
        minutes = then.delta(first, unit="second") / _SECONDS_A_MINUTE
        measures[f"days_{place}"] = ibis.ifelse(days >= 0, days, None).quantile(0.5)
        measures[f"minutes_{place}"] = ibis.ifelse(then >= first, minutes, None).quantile(0.5)
    return measures


def journeys_of(
    touches: ibis.Table,
    orders: ibis.Table,
    people: ibis.Table,
    terms: JourneyTerms,
    *,
    start: date,
    end: date,
) -> ibis.Table:
    """The journeys of a period with their moments and what their customers are.

    Parameters
    ----------
    touches, orders, start, end
        As in `journey_times.journey_times`.
    people
        One row per customer: `customer_id` and columns to divide journeys by.
    terms
        What a journey is, its stages and attributes.

    Returns
    -------
    Table
        As `journey_times.journey_times` returns it, with the attributes.
    """
    journeys = journey_times(
        touches,
        orders,
        terms.stages,
        start=start,
        end=end,
        conversion_days=None if terms.gap_minutes else terms.conversion_days,
        gap_minutes=terms.gap_minutes,
    )
    return with_attributes(journeys, people, terms.attributes)


def with_segments(customers: ibis.Table, segments: ibis.Table) -> ibis.Table:
    """Customers with the `segment` of another table, by `customer_id`; null where it has none."""
    kept = [name for name in customers.columns if name != "segment"]
    joined = customers.select(*kept).left_join(
        segments.select("customer_id", "segment"), "customer_id"
    )
    return joined.select(*kept, "segment")


def with_attributes(
    journeys: ibis.Table, customers: ibis.Table, attributes: Sequence[str]
) -> ibis.Table:
    """Journeys with what their customers are: a text column per attribute.

    `channel` and `touchpoint` are the journey's own; every other attribute is a column of the
    customers. Those that the customers lack are left out.
    """
    names = [name for name in attributes if name in customers.columns and name not in _OWN]
    known = customers.select(
        "customer_id", **{name: customers[name].cast("string") for name in names}
    )
    kept = [name for name in journeys.columns if name not in names]
    joined = journeys.select(*kept).left_join(known, "customer_id")
    return joined.select(*kept, *names)

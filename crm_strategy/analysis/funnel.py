"""The funnel: how far customers who were touched got, and how long each step took."""

from datetime import date
from itertools import pairwise

import ibis
from ibis import _

from crm_strategy.analysis.spans import within
from crm_strategy.analysis.timeline import (
    known_touches,
    last_touches,
    placed_orders,
    soon_after,
)

FUNNEL = ("touched", "responded", "ordered", "ordered_again")
"""Stages of the funnel, in order."""

RESPONSES = ("opened", "clicked", "visited", "replied")
"""Actions of the customer that answer a touch."""


def stage_funnel(
    touches: ibis.Table, orders: ibis.Table, *, start: date, end: date, conversion_days: int
) -> ibis.Table:
    """How far the customers touched in a period got by its end.

    touched; responded: opened, clicked, visited or replied; ordered: within `conversion_days`
    of a touch; ordered again: later in the period. Whoever reached a stage counts in all
    before it, for not every response leaves a trace. Stages without a case are left out.

    Parameters
    ----------
    touches
        One row per touch: `customer_id`, `touched_at` (timestamp), `channel`, `action`?.
    orders
        One row per order or refund: `order_id`, `customer_id`, `ordered_at` (timestamp),
        `amount`, `is_refund`.
    start, end
        First and last day of the period.
    conversion_days
        Calendar days after a touch.

    Returns
    -------
    Table
        One row per stage, in order: `stage`, `customer_count`, `step_rate` (share of the stage
        before; null for the first), `overall_rate` (share of the first), `median_days` (from
        the first time in the stage before, of those seen in both).
    """
    first = _first_times(touches, orders, start, end, conversion_days)
    reached = [first[stage].notnull() for stage in FUNNEL]
    got_to = [
        first.count(where=_any(reached[place:])).name(stage) for place, stage in enumerate(FUNNEL)
    ]
    seen = [now.sum().name(f"{stage}_seen") for stage, now in zip(FUNNEL, reached, strict=True)]
    pairs = pairwise(FUNNEL)
    waits = [_wait(first[before], first[stage]).name(f"{stage}_days") for before, stage in pairs]
    wide = first.agg([*got_to, *seen, *waits])
    rows = [
        wide.select(
            place=ibis.literal(place),
            stage=ibis.literal(stage),
            customer_count=wide[stage],
            seen=wide[f"{stage}_seen"],
            median_days=wide[f"{stage}_days"] if place else ibis.null("float64"),
        )
        for place, stage in enumerate(FUNNEL)
    ]
    in_order = ibis.window(order_by="place")
    return (
        ibis.union(*rows)
        .filter(_.seen > 0)
        .mutate(
            step_rate=_.customer_count / _.customer_count.lag().over(in_order),
            overall_rate=_.customer_count / _.customer_count.first().over(in_order),
        )
        .order_by("place")
        .select("stage", "customer_count", "step_rate", "overall_rate", "median_days")
    )


def _first_times(
    touches: ibis.Table, orders: ibis.Table, start: date, end: date, conversion_days: int
) -> ibis.Table:
    """When each customer touched in the period first reached each stage."""
    touched = known_touches(touches).filter(within(_.touched_at, start, end))
    action = touched.action if "action" in touched.columns else ibis.null("string")
    contacts = touched.group_by("customer_id").agg(
        touched=_.touched_at.min(), responded=touched.touched_at.min(where=action.isin(RESPONSES))
    )
    placed = placed_orders(orders).filter(within(_.ordered_at, start, end))
    last = last_touches(placed, touched)
    bought = (
        last.filter(soon_after(last.placed_at, last.touched_at, conversion_days))
        .group_by("customer_id")
        .agg(ordered=_.placed_at.min())
    )
    again = (
        placed.select("customer_id", "placed_at")
        .join(bought, "customer_id")
        .filter(_.placed_at > _.ordered)
        .group_by("customer_id")
        .agg(ordered_again=_.placed_at.min())
    )
    return (
        contacts.left_join(bought, "customer_id")
        .drop("customer_id_right")
        .left_join(again, "customer_id")
    )


def _wait(before: ibis.Value, after: ibis.Value) -> ibis.Value:
    days = after.date().delta(before.date(), unit="day")
    return ibis.ifelse(days >= 0, days, None).quantile(0.5)


def _any(conditions: list[ibis.Value]) -> ibis.Value:
    found = conditions[0]
    for condition in conditions[1:]:
        found = found | condition
    return found

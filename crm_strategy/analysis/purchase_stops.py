"""Where the purchase stopped: how far everybody came in a period, from a contact to an order."""

from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.members import OTHER, members_of
from crm_strategy.analysis.responses import is_answered
from crm_strategy.analysis.spans import within
from crm_strategy.analysis.timeline import known_touches

STOPS = (
    *("contacted", "responded", "lead_lost", "lead_open", "lead_won"),
    *("order_lost", "order_open", "ordered"),
)
"""How far a purchase came, from a contact to an order that was won. What is open stands beyond
what was lost, for it still goes on."""


def stopped_at(
    touches: ibis.Table,
    leads: ibis.Table,
    orders: ibis.Table,
    profiles: ibis.Table | None = None,
    *,
    start: date,
    end: date,
) -> ibis.Table:
    """How far people came in a period: each counts once, at the furthest of `STOPS`.

    Parameters
    ----------
    touches
        As in `responses`.
    leads
        One row per lead: `lead_id`, `customer_id`, `created_at` (timestamp), `status_group`
        (open, won, lost). A lead without a customer is a person of its own.
    orders
        One row per order of any stage or refund: `customer_id`, `ordered_at` (timestamp),
        `stage_group` (open, won, lost), `is_refund`.
    profiles
        One row per customer that segments divide: `customer_id`.
    start, end
        First and last day of the period.

    Returns
    -------
    Table
        Stops that anybody came to, in order: `stage`, `customer_count`, `share`, and with
        profiles `segment_count` (of them, whom segments by the same stages hold).
    """
    reached = _furthest(touches, leads, orders, start, end)
    in_segments = {}
    if profiles is not None:
        known = profiles.select(person=_.customer_id, is_customer=ibis.literal(True), known=1)
        joined = reached.left_join(known, ["person", "is_customer"])
        reached = joined.select(*reached.columns, "known")
        in_segments = {"segment_count": _.known.count()}
    return (
        reached.group_by("place", "stage")
        .agg(customer_count=_.count(), **in_segments)
        .mutate(share=_.customer_count / _.customer_count.sum().over())
        .order_by("place")
        .select("stage", "customer_count", "share", *in_segments)
    )


def stopped_at_members(
    touches: ibis.Table,
    leads: ibis.Table,
    orders: ibis.Table,
    profiles: ibis.Table,
    *,
    start: date,
    end: date,
) -> ibis.Table:
    """Customers by how far they came in the period; `other`: nothing was going on.

    Returns
    -------
    Table
        `customer_id`, `segment`: each customer of the profiles once.
    """
    stops = customer_stops(touches, leads, orders, start=start, end=end)
    return members_of(profiles, stops, otherwise=OTHER)


def customer_stops(
    touches: ibis.Table, leads: ibis.Table, orders: ibis.Table, *, start: date, end: date
) -> ibis.Table:
    """How far each customer came with whom anything was going on; as in `stopped_at`.

    Returns
    -------
    Table
        `customer_id`, `segment`: one of `STOPS`.
    """
    reached = _furthest(touches, leads, orders, start, end).filter(_.is_customer)
    return reached.select(customer_id=_.person, segment=_.stage)


def _furthest(
    touches: ibis.Table, leads: ibis.Table, orders: ibis.Table, start: date, end: date
) -> ibis.Table:
    """`person`, `is_customer`, `place` and `stage` of everybody something went on with."""
    contacts = known_touches(touches).filter(within(_.touched_at, start, end))
    asked = leads.filter(within(_.created_at, start, end))
    begun = orders.filter(within(_.ordered_at, start, end), _.customer_id.notnull(), ~_.is_refund)
    place = {stage: number for number, stage in enumerate(STOPS)}
    events = ibis.union(
        contacts.select(
            person=_.customer_id,
            is_customer=ibis.literal(True),
            place=ibis.ifelse(is_answered(contacts), place["responded"], place["contacted"]),
        ),
        asked.select(
            person=ibis.coalesce(asked.customer_id, asked.lead_id),
            is_customer=asked.customer_id.notnull(),
            place=_by_group(asked.status_group, "lead", "lead_won"),
        ),
        begun.select(
            person=_.customer_id,
            is_customer=ibis.literal(True),
            place=_by_group(begun.stage_group, "order", "ordered"),
        ),
    )
    furthest = events.group_by("person", "is_customer").agg(place=_.place.max())
    return furthest.mutate(
        stage=ibis.cases(*((furthest.place == number, stage) for stage, number in place.items()))
    )


def _by_group(group: ibis.Value, subject: str, won: str) -> ibis.Value:
    return ibis.cases(
        (group == "won", STOPS.index(won)),
        (group == "lost", STOPS.index(f"{subject}_lost")),
        else_=STOPS.index(f"{subject}_open"),
    )

"""When each journey reached each step: one row a journey, one moment a step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import ibis
from ibis import _

from crm_strategy.analysis.spans import within
from crm_strategy.analysis.timeline import (
    known_touches,
    last_touches,
    placed_orders,
    soon_after,
)

RESPONSES = ("opened", "clicked", "visited", "replied")
"""Actions of the customer that answer a touch."""

_JOURNEY = ("customer_id", "number")


class Stage(NamedTuple):
    """A step of the funnel: its id, and the touchpoints or actions that are it."""

    id: str
    words: tuple[str, ...] = ()


FUNNEL = (Stage("touched"), Stage("responded"), Stage("ordered"), Stage("ordered_again"))
"""The usual steps, in order; each has a meaning of its own."""


@dataclass(frozen=True)
class JourneyTerms:
    """What a journey is for a client.

    Attributes
    ----------
    stages
        Steps of the funnel, in order.
    attributes
        Columns of the customers, or `channel`, to divide journeys by.
    conversion_days
        Calendar days after a touch in which an order is its conversion.
    gap_minutes
        Minutes without a touch that end a session; None: a journey is all of a customer's.
    """

    stages: tuple[Stage, ...]
    attributes: tuple[str, ...]
    conversion_days: int
    gap_minutes: int | None


def journey_terms(
    *,
    steps: Sequence[tuple[str, Sequence[str]]],
    attributes: Sequence[str],
    conversion_days: int,
    gap_minutes: int | None,
) -> JourneyTerms:
    """The client's terms, with the usual steps where there are none of their own."""
    return JourneyTerms(stages_of(steps), tuple(attributes), conversion_days, gap_minutes)


def stages_of(steps: Sequence[tuple[str, Sequence[str]]]) -> tuple[Stage, ...]:
    """The client's steps as stages; the usual ones where there are none."""
    return tuple(Stage(name, tuple(words)) for name, words in steps) or FUNNEL


def moment(place: int) -> str:
    """Column of the moment at which a journey first reached the stage of this place."""
    return f"at_{place}"


def journey_times(
    touches: ibis.Table,
    orders: ibis.Table,
    stages: Sequence[Stage] = FUNNEL,
    *,
    start: date,
    end: date,
    conversion_days: int | None,
    gap_minutes: int | None = None,
) -> ibis.Table:
    """When each journey of a period first reached each stage.

    A journey is all touches of a customer in the period, or with `gap_minutes` a session:
    touches between which no more minutes passed. `touched`: its first touch. `responded`: the
    customer opened, clicked, visited or replied. `ordered`: an order of the period within
    `conversion_days` after a touch of the journey, no other touch between; without them, in a
    session or at most `gap_minutes` after it (on its day, where orders have no time).
    `ordered_again`: a later order of the customer in the period; in sessions, of the session.
    Any other stage: its first touch whose touchpoint or action is one of the stage's words.

    Parameters
    ----------
    touches
        One row per touch: `customer_id`, `touched_at` (timestamp), `channel`, `touchpoint`?,
        `action`?. Touches without a customer are left out.
    orders
        One row per order or refund: `order_id`, `customer_id`, `ordered_at` (timestamp),
        `amount` (money), `is_refund`. Refunds are left out.
    stages
        Steps in order.
    start, end
        First and last day of the period.
    conversion_days
        Calendar days after a touch; None where an order is part of its session.
    gap_minutes
        Minutes without a touch that end a session; None: a journey is all of a customer's.

    Returns
    -------
    Table
        One row per journey: `customer_id`, `number` (of the customer's journeys, from 0),
        `began_at` (timestamp), `channel` and `touchpoint` (of its first touch), `amount` (money
        of its orders; null: none), `repeat_amount` (money of the orders after the first that
        `ordered_again` counts; null: none) and, for the stage of each place, `at_0`, `at_1` …
        (timestamp; null: not reached).
    """
    touched = known_touches(touches).filter(within(_.touched_at, start, end))
    touched = _numbered(touched, gap_minutes)
    journeys = _begun(touched, stages)
    placed = placed_orders(orders).filter(within(_.ordered_at, start, end))
    bought = _bought(placed, touched, conversion_days, gap_minutes)
    ordered = bought.group_by(*_JOURNEY).agg(ordered=_.placed_at.min(), amount=_.amount.sum())
    later = bought if gap_minutes else placed
    keys = list(_JOURNEY) if gap_minutes else ["customer_id"]
    again = (
        ordered.select(*_JOURNEY, "ordered")
        .join(later.select(*keys, "placed_at", "amount"), keys)
        .filter(_.placed_at > _.ordered)
        .group_by(*_JOURNEY)
        .agg(ordered_again=_.placed_at.min(), repeat_amount=_.amount.sum())
    )
    whole = _joined(_joined(journeys, ordered), again)
    moments = {
        moment(place): whole[stage.id if _is_of_orders(stage) else moment(place)]
        for place, stage in enumerate(stages)
    }
    told = ("began_at", "channel", "touchpoint", "amount", "repeat_amount")
    return whole.select(*_JOURNEY, *told, **moments)


def _is_of_orders(stage: Stage) -> bool:
    return stage.id in ("ordered", "ordered_again") and not stage.words


def _numbered(touched: ibis.Table, gap_minutes: int | None) -> ibis.Table:
    """Touches with the number of the journey of their customer that they are part of."""
    if gap_minutes is None:
        return touched.mutate(number=ibis.literal(0).cast("int64"))
    in_order = ibis.window(group_by="customer_id", order_by=["touched_at", "channel"])
    so_far = ibis.window(
        group_by="customer_id", order_by=["touched_at", "channel"], preceding=None, following=0
    )
    gap = ibis.interval(minutes=gap_minutes)
    begins = touched.mutate(last_at=_.touched_at.lag().over(in_order)).mutate(
        begins=(_.touched_at > _.last_at + gap).fill_null(False).cast("int64")
    )
    return begins.mutate(number=_.begins.sum().over(so_far).cast("int64")).drop("last_at", "begins")


def _begun(touched: ibis.Table, stages: Sequence[Stage]) -> ibis.Table:
    """Journeys with when they began, over which channel, and the stages that touches tell."""
    in_order = ibis.window(group_by=_JOURNEY, order_by=["touched_at", "channel"])
    first = touched.mutate(place=ibis.row_number().over(in_order))
    moments = {
        moment(place): first.touched_at.min(where=_is_stage(first, stage))
        for place, stage in enumerate(stages)
        if not _is_of_orders(stage)
    }
    return first.group_by(*_JOURNEY).agg(
        began_at=first.touched_at.min(),
        ended_at=first.touched_at.max(),
        channel=first.channel.max(where=first.place == 0),
        touchpoint=first.touchpoint.max(where=first.place == 0)
        if "touchpoint" in first.columns
        else ibis.null("string"),
        **moments,
    )


def _is_stage(touched: ibis.Table, stage: Stage) -> ibis.Value:
    if stage.id == "touched" and not stage.words:
        return touched.touched_at.notnull()
    responded = stage.id == "responded" and not stage.words
    found = ibis.literal(False)
    for name in ("action",) if responded else ("touchpoint", "action"):
        if name in touched.columns:
            words = RESPONSES if responded else stage.words
            found = found | touched[name].isin(words).fill_null(False)
    return found


def _bought(
    placed: ibis.Table, touched: ibis.Table, conversion_days: int | None, gap_minutes: int | None
) -> ibis.Table:
    """Orders of journeys: `customer_id`, `number`, `placed_at`, `amount`."""
    last = last_touches(placed, touched).filter(_.touched_at.notnull())
    if conversion_days is not None:
        last = last.filter(soon_after(last.placed_at, last.touched_at, conversion_days))
    elif gap_minutes is not None:
        late = last.placed_at > last.touched_at + ibis.interval(minutes=gap_minutes)
        timeless = last.ordered_at == last.ordered_at.truncate("day")
        same_day = last.ordered_at.date() == last.touched_at.date()
        last = last.filter(~late | (timeless & same_day))
    # Of touches of one moment all are part of one journey.
    moments = touched.select("customer_id", "touched_at", "number").distinct()
    return last.join(moments, ["customer_id", "touched_at"]).select(
        "customer_id", "number", "placed_at", "amount"
    )


def _joined(journeys: ibis.Table, more: ibis.Table) -> ibis.Table:
    joined = journeys.left_join(more, list(_JOURNEY))
    return joined.drop(*(f"{key}_right" for key in _JOURNEY))

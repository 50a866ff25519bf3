"""Journeys counted by their channels in order, from touches and orders, in the engine.

All touches of a customer are one sorted list of numbers, each a moment and a channel at once, so
that journeys are cut out of lists and no customer is looked up twice.
"""

from collections.abc import Sequence
from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.crowds import few_of
from crm_strategy.analysis.spans import DAY, midnight, within
from crm_strategy.analysis.timeline import known_touches, placed_orders
from crm_strategy.errors import DataError

STEP = " > "
"""What stands between the channels of a path."""

_BITS = 12
"""A mark is a touch as one number: its moment, and its channel in the last so many bits."""
_CODE = (1 << _BITS) - 1
MOST_CHANNELS = 1 << _BITS
"""More do not fit into a mark: journeys of different channels would be told as one."""
_STEP_BITS = 32
_STEP = (1 << _STEP_BITS) - 1
"""A move is two steps as one number; a step is a journey and a channel."""
_NEXT = "\n"
"""What stands between two journeys of a customer; no channel's name holds it."""
_NONE = ">"
"""Stands for no step at all; no channel's name holds it either."""
_FIGURES = ("conversions", "value", "nulls")
_DAY = 24 * 60 * 60 * 1_000_000
"""Microseconds: moments are counted by them."""


def journey_paths(
    touches: ibis.Table,
    orders: ibis.Table,
    *,
    start: date,
    end: date,
    lookback_days: int,
    collapse: bool = True,
    customers: int | None = None,
) -> ibis.Table:
    """Count the journeys of a period by their channels in order.

    A journey that converts: the touches at most `lookback_days` calendar days before an order
    of the period; those after it count for the next one. The touches of the period that no
    order followed in time end in none: counted back from the customer's next order or the
    period's last day, each `lookback_days` + 1 days of them are one journey, as long as those
    that convert. Touches of one moment stand by the name of their channel. As in
    `last_touch_credit`, a touch may lead to several orders.

    Parameters
    ----------
    touches
        One row per touch: `customer_id`, `touched_at` (timestamp), `channel`.
        Touches before the period count for its orders.
    orders
        One row per won order or refund: `order_id`, `customer_id`, `ordered_at` (timestamp),
        `amount` (money), `is_refund`. Refunds and orders without a customer are left out.
    start, end
        First and last day of the period.
    lookback_days
        Calendar days before an order in which a touch can earn its credit.
    collapse
        Whether touches of one channel, one right after the other, are one step.
    customers
        Most customers listed of each path, for those who hide groups of fewer; None: no lists.

    Returns
    -------
    Table
        One row per distinct path: `path` (channels joined by " > "; null: orders without a
        touch in time), `conversions` (orders), `value` (money of those orders), `nulls`
        (journeys that ended in none), `value_squares` (Σ of each order's money squared, which tells
        how far single orders scatter); sorted by path. With `customers`, two columns more:
        `customers` and `null_customers`, ids of so many of the customers with an order, or a
        journey into none (all of them where there are fewer; null: nobody). See `crowds`.
    """
    reach = start - lookback_days * DAY
    near = known_touches(touches).filter(within(_.touched_at, reach, end))
    placed = _placed(orders, start, end, reach)
    marked = _marks(near, reach)
    stretches = _stretches(
        placed,
        marked,
        first=(start - reach).days,
        last=(end - reach).days,
        lookback_days=lookback_days,
    )
    figures = (*_FIGURES, *(("customer_id",) if customers else ()))
    steps = _steps(stretches, marked, figures, lookback_days)
    found = (
        _texts(steps, _names(near), collapse=collapse)
        .select(*figures, path=ibis.coalesce(_.text.nullif(""), _NONE).split(_NEXT).unnest())
        .filter((_.path != _NONE) | (_.conversions > 0))
    )
    counts = found.select(*figures, path=_.path.nullif(_NONE), value_squares=_.value * _.value)
    sums = {name: _[name].sum() for name in (*_FIGURES, "value_squares")}
    if customers:
        # Each customer once a path, before some of them are listed.
        counts = counts.group_by("path", "customer_id").agg(**sums)
        sums |= {
            "customers": few_of(_.customer_id, customers, where=_.conversions > 0),
            "null_customers": few_of(_.customer_id, customers, where=_.nulls > 0),
        }
    summed = counts.group_by("path").agg(**sums)
    known = summed.mutate(
        value=_.value.fill_null(0.0), value_squares=_.value_squares.fill_null(0.0)
    )
    return known.order_by("path")


def check_channels(touches: ibis.Table, *, start: date, end: date, lookback_days: int) -> None:
    """Refuse more channels than `journey_paths` can tell apart: it is lazy and can't.

    Parameters
    ----------
    touches, start, end, lookback_days
        As in `journey_paths`.

    Raises
    ------
    DataError
        The touches name more than `MOST_CHANNELS` channels.
    """
    near = touches.filter(within(_.touched_at, start - lookback_days * DAY, end))
    count = int(near.channel.nunique().execute())
    if count > MOST_CHANNELS:
        raise DataError(
            f"touches: column 'channel' holds {count:,} different channels; journeys can tell "
            f"{MOST_CHANNELS:,} apart.\nMap a coarser column to channel in data.touches.columns, "
            "such as the medium instead of the campaign."
        )


def _placed(orders: ibis.Table, start: date, end: date, reach: date) -> ibis.Table:
    """Each order of the period: `at`, its moment, and `after`, the one past the order before."""
    placed = placed_orders(orders).filter(within(_.ordered_at, start, end))
    timed = placed.select("customer_id", "amount", at=_moment(_.placed_at, reach))
    before = timed.at.lag().over(group_by=timed.customer_id, order_by=timed.at)
    return timed.mutate(after=ibis.coalesce(before + 1, 0))


def _marks(near: ibis.Table, reach: date) -> ibis.Table:
    """Each customer's touches as a list of marks, in order."""
    codes = _channels(near)
    codes = codes.select("channel", code=ibis.row_number().over(order_by=[_.shown, _.channel]))
    marked = near.join(codes, "channel").select(
        "customer_id", mark=(_moment(_.touched_at, reach) << _BITS) + _.code
    )
    lists = marked.group_by("customer_id").agg(marks=_.mark.collect())
    return lists.select("customer_id", marks=_.marks.sort())


def _names(near: ibis.Table) -> ibis.Table:
    """In one row, how many channels there are and what a step may add to a text.

    `words` has each channel as the first step, as a later one, and as the first of another
    journey.
    """
    # Not every engine sorts what it collects.
    first = _channels(near).agg(names=_.shown.collect().sort())
    later = [first.names.map(lambda name, sign=sign: sign + name) for sign in (STEP, _NEXT)]
    words = first.names.concat(*later)
    return first.select(many=first.names.length(), words=words)


def _channels(near: ibis.Table) -> ibis.Table:
    # The signs between steps and journeys are no part of a channel's name.
    shown = _.channel.replace(">", "›").replace(_NEXT, " ")
    return near.select("channel").distinct().mutate(shown=shown)


def _stretches(
    placed: ibis.Table, marked: ibis.Table, *, first: int, last: int, lookback_days: int
) -> ibis.Table:
    """Each customer's touches that count back from one day, as marks from `low` to below `high`.

    `until` is that day: of the order that they led to, of the next order, which came too late,
    or, after the customer's last order, one that no order can follow in time. The period's
    first and last day are numbers too.
    """
    since = (placed.at // _DAY - lookback_days) * _DAY
    in_time = placed.select(
        "customer_id",
        low=since,
        high=_.at + 1,
        until=_.at // _DAY,
        conversions=ibis.literal(1.0),
        value=_.amount.cast("float64"),
        nulls=ibis.literal(0.0),
    )
    too_early = placed.select("customer_id", "after", high=since, until=_.at // _DAY)
    ordered = placed.group_by("customer_id").agg(after=_.at.max() + 1)
    too_late = (
        marked.select("customer_id")
        .left_join(ordered, "customer_id")
        .select(
            "customer_id",
            after=_.after.fill_null(0),
            high=ibis.literal((last + 1) * _DAY, "int64"),
            until=ibis.literal(last + 2 * (lookback_days + 1), "int64"),
        )
    )
    missed = ibis.union(too_early, too_late).select(
        "customer_id",
        low=ibis.greatest(_.after, first * _DAY),
        high=_.high,
        until=_.until,
        conversions=ibis.literal(0.0),
        value=ibis.null("float64"),
        nulls=ibis.literal(1.0),
    )
    found = ibis.union(in_time, missed.filter(_.low < _.high))
    return found.mutate(low=_.low << _BITS, high=_.high << _BITS)


def _steps(
    stretches: ibis.Table, marked: ibis.Table, figures: Sequence[str], lookback_days: int
) -> ibis.Table:
    """The steps of each stretch: their journey, from 1, and their channel in the last bits."""
    each = stretches.left_join(marked, "customer_id")

    def step(mark: ibis.Value) -> ibis.Value:
        waited = each.until - (mark >> _BITS) // _DAY
        return (waited // (lookback_days + 1) + 1 << _BITS) + (mark & _CODE)

    of_it = each.marks.filter(lambda mark: (mark >= each.low) & (mark < each.high))
    return each.select(*figures, steps=of_it.map(step))


def _texts(lists: ibis.Table, names: ibis.Table, *, collapse: bool) -> ibis.Table:
    """Each list of steps as `text`: steps with their sign between them, journeys with theirs."""
    after = lists.mutate(before=ibis.array([0]).concat(lists.steps))
    each = after.cross_join(names)

    # By place: not every engine hands the place of an element to what is done with it.
    def move(place: ibis.Value) -> ibis.Value:
        return (each.before[place] << _STEP_BITS) + each.steps[place]

    moves = ibis.range(0, each.steps.length()).map(move)
    if collapse:
        moves = moves.filter(lambda move: move >> _STEP_BITS != move & _STEP)

    def word(move: ibis.Value) -> ibis.Value:
        before, step = move >> _STEP_BITS, move & _STEP
        goes_on = before >> _BITS == step >> _BITS
        place_in = ibis.cases((before == 0, 0), (goes_on, 1), else_=2)
        return (step & _CODE) + place_in * each.many

    words = moves.map(word).map(lambda number: each.words[number])
    return each.mutate(text=words.join(""))


def _moment(at: ibis.Value, since: date) -> ibis.Value:
    """Microseconds since the beginning of a day."""
    return at.delta(midnight(since), unit="microsecond")

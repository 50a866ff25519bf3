"""Journeys counted by their channels in order, from touches and orders, in the engine.

All touches of a customer are one sorted list of numbers, each a moment and a channel at once, so
that journeys are cut out of lists and no customer is looked up twice.
"""

from datetime import date

import ibis
from ibis import _

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
_NEXT = "\n"
"""What stands between two journeys of a customer; no channel's name holds it."""
_DAY = 24 * 60 * 60 * 1_000_000
"""Microseconds: moments are counted by them."""
_DAY_BITS = 20
_LAST_DAY = (1 << _DAY_BITS) - 1
"""Days count from the first one that matters; no period has more than these."""


def journey_paths(
    touches: ibis.Table,
    orders: ibis.Table,
    *,
    start: date,
    end: date,
    lookback_days: int,
    collapse: bool = True,
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

    Returns
    -------
    Table
        One row per distinct path: `path` (channels joined by " > "; null: orders without a
        touch in time), `conversions` (orders), `value` (money of those orders), `nulls`
        (journeys that ended in none), `value_squares` (Σ of each order's money squared, which tells
        how far single orders scatter); sorted by path.
    """
    reach = start - lookback_days * DAY
    near = known_touches(touches).filter(within(_.touched_at, reach, end))
    placed = _placed(orders, start, end, reach, lookback_days)
    marked = _marks(near, reach)
    names = _names(near)
    counted = ibis.union(
        _converting(marked, placed, names, collapse=collapse),
        _null(
            marked,
            placed,
            names,
            start=(start - reach).days,
            end=(end - reach).days,
            lookback_days=lookback_days,
            collapse=collapse,
        ),
    )
    return (
        counted.group_by("path")
        .agg(
            conversions=_.conversions.sum(),
            value=_.value.sum().fill_null(0.0),
            nulls=_.nulls.sum(),
            value_squares=(_.value * _.value).sum().fill_null(0.0),
        )
        .order_by("path")
    )


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


def _placed(
    orders: ibis.Table, start: date, end: date, reach: date, lookback_days: int
) -> ibis.Table:
    """Each order of the period: `at`, its moment, and `since`, from when touches count."""
    placed = placed_orders(orders).filter(within(_.ordered_at, start, end))
    timed = placed.select("customer_id", "amount", at=_moment(_.placed_at, reach))
    return timed.mutate(since=(_.at // _DAY - lookback_days) * _DAY)


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

    `words` has nothing, then each channel as the first step, as a later one, and as the first of
    another journey.
    """
    # Not every engine sorts what it collects.
    first = _channels(near).agg(names=_.shown.collect().sort())
    later = [first.names.map(lambda name, sign=sign: sign + name) for sign in (STEP, _NEXT)]
    words = ibis.array([""]).concat(first.names, *later)
    return first.select(many=first.names.length(), words=words)


def _channels(near: ibis.Table) -> ibis.Table:
    # The signs between steps and journeys are no part of a channel's name.
    shown = _.channel.replace(">", "›").replace(_NEXT, " ")
    return near.select("channel").distinct().mutate(shown=shown)


def _converting(
    marked: ibis.Table, placed: ibis.Table, names: ibis.Table, *, collapse: bool
) -> ibis.Table:
    """One row per order: its path, null without a touch in time."""
    each = placed.left_join(marked, "customer_id")
    in_time = each.marks.filter(
        lambda mark: (mark >> _BITS >= each.since) & (mark >> _BITS <= each.at)
    )
    steps = in_time.map(lambda mark: mark & _CODE)
    texts = _texts(each.select("amount", steps=steps), names, collapse=collapse)
    return texts.select(
        path=_.text.nullif(""),
        conversions=ibis.literal(1.0),
        value=_.amount.cast("float64"),
        nulls=ibis.literal(0.0),
    )


def _null(
    marked: ibis.Table,
    placed: ibis.Table,
    names: ibis.Table,
    *,
    start: int,
    end: int,
    lookback_days: int,
    collapse: bool,
) -> ibis.Table:
    """One row per journey that ended in no order; first and last day as numbers."""
    bought = placed.group_by("customer_id").agg(orders=_.at.collect())
    each = marked.left_join(bought, "customer_id").select("marks", "orders")
    # After the period's last day, and as many whole journeys away as it is from the touch.
    never = end + 2 * (lookback_days + 1)

    def waited(mark: ibis.Value) -> ibis.Value:
        later = each.orders.filter(lambda at: at >= mark >> _BITS)
        day = (mark >> _BITS) // _DAY
        wait = ibis.coalesce(later.mins() // _DAY, never) - day
        return (((wait << _DAY_BITS) + day) << _BITS) + (mark & _CODE)

    timed = each.select(waits=each.marks.map(waited))

    def step(waited: ibis.Value) -> ibis.Value:
        day, wait = waited >> _BITS & _LAST_DAY, waited >> _BITS + _DAY_BITS
        journey = (day + wait << _DAY_BITS) + wait // (lookback_days + 1)
        missed = (day >= start) & (wait > lookback_days)
        return ibis.ifelse(missed, (journey << _BITS) + (waited & _CODE), -1)

    steps = timed.waits.map(step).filter(lambda step: step >= 0)
    texts = _texts(timed.select(steps=steps), names, collapse=collapse)
    apart = texts.select(path=_.text.split(_NEXT).unnest()).filter(_.path != "")
    return apart.select(
        "path",
        conversions=ibis.literal(0.0),
        value=ibis.null("float64"),
        nulls=ibis.literal(1.0),
    )


def _texts(lists: ibis.Table, names: ibis.Table, *, collapse: bool) -> ibis.Table:
    """Each list of steps as `text`: steps with their sign between them, journeys with theirs.

    A step is a number: its journey, and its channel in the last bits.
    """
    each = lists.cross_join(names)

    def word(place: ibis.Value) -> ibis.Value:
        step, before = each.steps[place], each.steps[place - 1]
        goes_on = step >> _BITS == before >> _BITS
        place_in = ibis.cases((place == 0, 0), (goes_on, 1), else_=2)
        number = (step & _CODE) + 1 + place_in * each.many
        if collapse:
            number = ibis.ifelse((place > 0) & (step == before), 0, number)
        return each.words[number]

    # By place: not every engine hands the place of an element to what is done with it.
    words = ibis.range(0, each.steps.length()).map(word)
    return each.mutate(text=words.join(""))


def _moment(at: ibis.Value, since: date) -> ibis.Value:
    """Microseconds since the beginning of a day."""
    return at.delta(midnight(since), unit="microsecond")

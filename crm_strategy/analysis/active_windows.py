"""How long customers count as active, so that no few are active who did not order."""

from collections.abc import Sequence

import ibis
from ibis import _

from crm_strategy.analysis.spans import Span, midnight, until

_LONGEST = 2
"""A window is at most so many times as long as it was to be."""


def window_of_no_few(
    orders: ibis.Table, spans: Sequence[Span], *, days: int, min_count: int
) -> int:
    """The shortest window from `days` on that leaves a few in as few periods as can be.

    Those active at the end of a period come first: they follow from its scorecard alone, while
    `customer_flows` that would tell the others can be hidden.

    Customers who are active at the end of a period, less those who ordered in it, had their last
    order in the days before it that the window still holds. Of those who ordered in the last
    period but not in the one before, some were active all the same when it began.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `is_refund`.
    spans
        The periods that are compared.
    days
        The window, at least the longest period.
    min_count
        Customers that a group needs to be told.
    """
    ended = _customers_before(orders, spans, most=_LONGEST * days)
    came_back = _back_before_long(orders, spans, most=_LONGEST * days)
    best, least = days, (len(ended) + 1, 0)
    for window in range(days, _LONGEST * days + 1):
        few = (_few(ended, window, min_count), _few(came_back, window, min_count))
        if few < least:
            best, least = window, few
        if not any(few):
            break
    return best


def _few(counts: Sequence[dict[int, int]], window: int, min_count: int) -> int:
    """In how many of the counts by days a window holds a few."""
    inside = [sum(n for ago, n in of.items() if ago < window) for of in counts]
    return sum(0 < n < min_count for n in inside)


def _customers_before(
    orders: ibis.Table, spans: Sequence[Span], *, most: int
) -> list[dict[int, int]]:
    """For each period, by days from the last order to its end, who had not ordered in it."""
    end = max(span.end for span in spans)
    placed = orders.filter(until(_.ordered_at, end), _.customer_id.notnull(), ~_.is_refund)
    ended = {
        f"last_{place}": _.ordered_at.max(where=until(_.ordered_at, span.end))
        for place, span in enumerate(spans)
    }
    customers = placed.group_by("customer_id").agg(**ended)
    parts = []
    for place, span in enumerate(spans):
        last = customers[f"last_{place}"]
        ago = ibis.literal(span.end).delta(last.date(), unit="day")
        told = customers.select(place=ibis.literal(place), ago=ago, last=last)
        parts.append(told.filter(_.last < midnight(span.start), _.ago < most).drop("last"))
    counts = ibis.union(*parts) if len(parts) > 1 else parts[0]
    rows = counts.group_by("place", "ago").agg(n=_.count()).to_pandas()
    found: list[dict[int, int]] = [{} for _span in spans]
    for place, ago, n in rows.itertuples(index=False, name=None):
        found[int(place)][int(ago)] = int(n)
    return found


def _back_before_long(
    orders: ibis.Table, spans: Sequence[Span], *, most: int
) -> list[dict[int, int]]:
    """Who ordered in the last period and not in the one before, by days from the last order
    before both to the first day of the last period, less one as they count to its eve.
    """
    if len(spans) < 2:
        return []
    then, now = sorted(spans, key=lambda span: span.start)[-2:]
    placed = orders.filter(until(_.ordered_at, now.end), _.customer_id.notnull(), ~_.is_refund)
    customers = placed.group_by("customer_id").agg(
        now=(_.ordered_at >= midnight(now.start)).any(),
        then=((_.ordered_at >= midnight(then.start)) & (_.ordered_at < midnight(now.start))).any(),
        last=_.ordered_at.max(where=_.ordered_at < midnight(then.start)),
    )
    back = customers.filter(_.now, ~_.then, _.last.notnull())
    ago = ibis.literal(now.start).delta(back.last.date(), unit="day") - 1
    rows = back.select(ago=ago).filter(_.ago < most).group_by("ago").agg(n=_.count()).to_pandas()
    return [{int(days): int(n) for days, n in rows.itertuples(index=False, name=None)}]

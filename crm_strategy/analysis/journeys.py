"""Journeys: where customers are touched, and where they go next."""

from collections import Counter
from datetime import date
from itertools import pairwise

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.crowds import few_of
from crm_strategy.analysis.funnel import stage_funnel
from crm_strategy.analysis.paths import ready_paths
from crm_strategy.analysis.spans import within
from crm_strategy.analysis.timeline import known_touches, next_orders, placed_orders, soon_after

__all__ = [
    "CONVERSION",
    "NULL",
    "START",
    "channel_steps",
    "path_transitions",
    "stage_funnel",
    "touchpoint_use",
    "transitions",
]

START, CONVERSION, NULL = "START", "CONVERSION", "NULL"
"""Where every journey begins, and its two ends: an order, or none."""


def touchpoint_use(
    touches: ibis.Table, orders: ibis.Table, *, start: date, end: date, conversion_days: int
) -> ibis.Table:
    """Touches, customers and conversions of each touchpoint in a period.

    A customer converted at a touchpoint when an order followed one of its touches within
    `conversion_days`, both in the period. Conversions of several touchpoints overlap.

    Parameters
    ----------
    touches
        One row per touch: `customer_id`, `touched_at` (timestamp), `channel`, `touchpoint`?.
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `is_refund`.
    start, end
        First and last day of the period.
    conversion_days
        Calendar days after a touch.

    Returns
    -------
    Table
        One row per touchpoint, by name: `touchpoint` (as in the touches; null where they name
        none), `channel`, `touch_count`, `customer_count`, `converted_count` (customers),
        `conversion_rate` = converted / touched customers.
    """
    used = next_orders(
        touches.filter(within(_.touched_at, start, end)),
        orders.filter(within(_.ordered_at, start, end)),
    )
    used = used.mutate(converted=soon_after(used.placed_at, used.touched_at, conversion_days))
    return (
        used.group_by("touchpoint", "channel")
        .agg(
            touch_count=_.count(),
            customer_count=_.customer_id.nunique(),
            converted_count=_.customer_id.nunique(where=_.converted),
        )
        .mutate(conversion_rate=_.converted_count / _.customer_count)
        .order_by("touchpoint", "channel")
    )


def transitions(
    touches: ibis.Table,
    orders: ibis.Table,
    *,
    start: date,
    end: date,
    gap_days: int = 30,
    customers: int | None = None,
) -> ibis.Table:
    """Count the steps of customers' journeys from channel to channel.

    A journey is a customer's touches in the period up to an order (CONVERSION), or up to more
    than `gap_days` without a touch or order, or the period's end (NULL). The next touch begins
    another. Orders without a touch before them make no journey.

    Parameters
    ----------
    touches
        One row per touch: `customer_id`, `touched_at` (timestamp), `channel`.
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `is_refund`.
    start, end
        First and last day of the period.
    gap_days
        Days of silence that end a journey.
    customers
        Most customers listed of each step, for those who hide groups of fewer; None: no lists.

    Returns
    -------
    Table
        One row per distinct step: `source` (a channel or START), `target` (a channel,
        CONVERSION or NULL), `n` (times taken), `share` of the steps from that source; with
        `customers`, ids of so many of the customers who took it (all of them where there are
        fewer; see `crowds`).
    """
    steps = _steps(_events(touches, orders, start, end), gap_days)
    begun = steps.filter(_.begins).select(
        "customer_id", source=ibis.literal(START), target=_.channel
    )
    taken = steps.select("customer_id", source=_.channel, target=_.target)
    both = ibis.union(begun, taken)
    if customers is None:
        counts = both.group_by("source", "target").agg(n=_.count())
    else:
        own = both.group_by("customer_id", "source", "target").agg(n=_.count())
        listed = {"customers": few_of(_.customer_id, customers)}
        counts = own.group_by("source", "target").agg(n=_.n.sum(), **listed)
    from_source = ibis.window(group_by="source")
    shared = counts.mutate(share=_.n / _.n.sum().over(from_source))
    return shared.relocate("share", after="n").order_by("source", "target")


def channel_steps(
    touches: ibis.Table,
    orders: ibis.Table,
    paths: ibis.Table,
    *,
    start: date,
    end: date,
    customers: int | None = None,
) -> pd.DataFrame:
    """The steps between channels of touches, or of ready-made journeys where there are none.

    Parameters
    ----------
    touches, orders, start, end, customers
        As in `transitions`.
    paths
        As in `path_transitions`; of whatever time.

    Returns
    -------
    DataFrame
        As `transitions` returns them.
    """
    counted = transitions(touches, orders, start=start, end=end, customers=customers)
    taken = counted.to_pandas()
    return taken if len(taken) else path_transitions(paths)


def path_transitions(paths: ibis.Table) -> pd.DataFrame:
    """Count the steps of ready-made journeys.

    Parameters
    ----------
    paths
        As in `paths.ready_paths`.

    Returns
    -------
    DataFrame
        As `transitions` returns them, but without customers, of whom such journeys know none:
        small groups are then hidden by the times a step was taken.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for row in ready_paths(paths).to_dict("records"):
        steps = [START, *str(row["path"]).split(" > ")]
        ends = ((CONVERSION, row["conversions"]), (NULL, row["nulls"]))
        for pair in pairwise(steps):
            counts[pair] += row["conversions"] + row["nulls"]
        for end, times in ends:
            counts[steps[-1], end] += times
    taken = [(*pair, int(n)) for pair, n in sorted(counts.items()) if n > 0]
    steps_taken = pd.DataFrame(taken, columns=["source", "target", "n"])
    from_source = steps_taken.groupby("source")["n"].transform("sum")
    return steps_taken.assign(share=steps_taken["n"] / from_source)


def _events(touches: ibis.Table, orders: ibis.Table, start: date, end: date) -> ibis.Table:
    contacts = known_touches(touches).filter(within(_.touched_at, start, end))
    placed = placed_orders(orders).filter(within(_.ordered_at, start, end))
    return ibis.union(
        contacts.select("customer_id", "channel", at=_.touched_at, is_order=False),
        placed.select("customer_id", channel=ibis.null("string"), at=_.placed_at, is_order=True),
    )


def _steps(events: ibis.Table, gap_days: int) -> ibis.Table:
    """Each touch with what came next, and whether a journey begins with it."""
    in_order = ibis.window(group_by="customer_id", order_by=["at", "is_order", "channel"])
    seen = events.mutate(
        next_at=_.at.lead().over(in_order),
        next_channel=_.channel.lead().over(in_order),
        next_is_order=_.is_order.lead().over(in_order),
        last_at=_.at.lag().over(in_order),
        last_is_order=_.is_order.lag().over(in_order),
    ).filter(~_.is_order)
    goes_on = soon_after(seen.next_at, seen.at, gap_days)
    went_on = soon_after(seen.at, seen.last_at, gap_days) & ~seen.last_is_order.fill_null(False)
    target = ibis.cases((~goes_on, NULL), (seen.next_is_order, CONVERSION), else_=seen.next_channel)
    return seen.select("customer_id", "channel", target=target, begins=~went_on)

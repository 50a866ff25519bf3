"""Time to conversion: how long after the first touch customers order."""

from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.spans import DAY, within
from crm_strategy.analysis.timeline import known_touches, placed_orders, soon_after

BANDS = (("same_day", 0), ("1_3", 3), ("4_7", 7), ("8_14", 14), ("15_30", 30))
"""Bands of days and the last day of each; longer times are `over_30`."""


def conversion_time(
    touches: ibis.Table, orders: ibis.Table, *, start: date, end: date, lookback_days: int
) -> ibis.Table:
    """Orders of a period by the days since the first touch in the look-back window before.

    Parameters
    ----------
    touches
        One row per touch: `customer_id`, `touched_at` (timestamp), `channel`.
    orders
        One row per order or refund: `order_id`, `customer_id`, `ordered_at` (timestamp),
        `amount` (money), `is_refund`. Refunds, and orders without a touch, are left out.
    start, end
        First and last day of the period.
    lookback_days
        Calendar days before an order in which a touch counts.

    Returns
    -------
    Table
        One row per band that has an order, soonest first: `band` (same_day, 1_3, 4_7, 8_14,
        15_30, over_30: days), `order_count`, `customer_count`, `order_share`,
        `median_days` (of all orders, on every row), `touch_count` (median touches before the
        order, in the band).
    """
    placed = placed_orders(orders).filter(within(_.ordered_at, start, end))
    near = known_touches(touches).filter(within(_.touched_at, start - lookback_days * DAY, end))
    pairs = placed.select("customer_id", "order_id", "placed_at").join(
        near.select("customer_id", "touched_at"), "customer_id"
    )
    before = pairs.filter(
        _.touched_at <= _.placed_at, soon_after(_.placed_at, _.touched_at, lookback_days)
    )
    timed = before.group_by("customer_id", "order_id").agg(
        days=_.placed_at.max().date().delta(_.touched_at.min().date(), unit="day"),
        touches=_.count(),
    )
    steps = [(timed.days <= last, place) for place, (_name, last) in enumerate(BANDS)]
    banded = timed.mutate(place=ibis.cases(*steps, else_=len(BANDS)))
    names = [(banded.place == place, name) for place, (name, _last) in enumerate(BANDS)]
    middle = timed.agg(median_days=_.days.quantile(0.5))
    counted = (
        banded.mutate(band=ibis.cases(*names, else_="over_30"))
        .group_by("place", "band")
        .agg(
            order_count=_.count(),
            customer_count=_.customer_id.nunique(),
            touch_count=_.touches.quantile(0.5),
        )
        .cross_join(middle)
    )
    everything = ibis.window()
    return (
        counted.mutate(order_share=_.order_count / _.order_count.sum().over(everything))
        .order_by("place")
        .select(
            *("band", "order_count", "customer_count", "order_share", "median_days"),
            "touch_count",
        )
    )

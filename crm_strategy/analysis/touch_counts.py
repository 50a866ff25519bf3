"""What the touches of each period came to: who was touched, who then ordered, whose margin."""

from collections.abc import Sequence

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.group_members import by_period, in_groups, members_then
from crm_strategy.analysis.spans import (
    DAY,
    PeriodLike,
    Span,
    bucket_of,
    edges_of,
    layers,
    spans_of,
    until,
    within,
)
from crm_strategy.analysis.timeline import (
    known_touches,
    last_touches,
    placed_orders,
    soon_after,
)

COUNTS = (
    *("touched", "converted"),
    *("credited_orders", "credited_revenue", "credited_costed_revenue", "credited_goods"),
)


def touch_counts(
    orders: ibis.Table,
    touches: ibis.Table,
    *,
    periods: Sequence[PeriodLike],
    conversion_days: int,
    lookback_days: int,
) -> pd.DataFrame:
    """Count touched customers, those who then ordered, and the orders credited to a touch.

    A touched customer converted when an order followed a touch within `conversion_days`, both
    in the period: orders after its end do not count, so that periods compare and a later run
    gives the same figure. An order is credited to the last touch before it, in this period or
    an earlier one, when that is at most `lookback_days` old.

    Parameters
    ----------
    orders
        As in `timeline.last_touches`.
    touches
        One row per touch: `customer_id`, `touched_at` (timestamp), `channel`.
    periods
        The periods: `id`, `start`, `end` (inclusive days).
    conversion_days, lookback_days
        Calendar days.

    Returns
    -------
    DataFrame
        Indexed by period id; NaN for periods that end before the first touch. `touched` and
        `converted` (customers), `credited_orders`, `credited_revenue` (money, before refunds),
        `credited_costed_revenue` and `credited_goods` (of those with a known cost).
    """
    spans = spans_of(periods)
    windows = (conversion_days, lookback_days)
    parts = []
    for layer in layers(spans):
        touched = _touched(touches, layer).to_pandas().set_index("bucket")
        if len(touched) > 0:
            ordered = _ordered(orders, touches, layer, *windows).to_pandas().set_index("bucket")
            counts = touched.join(ordered.astype("float64"), how="outer")
            parts.append(_by_period(counts, layer))
    counted = pd.concat(parts) if parts else pd.DataFrame(columns=list(COUNTS))
    return counted.reindex([span.id for span in spans]).astype("float64")


def touch_cells(
    orders: ibis.Table, touches: ibis.Table, layer: Sequence[Span], *, conversion_days: int
) -> ibis.Table:
    """Collapse touches to one row per customer and bucket of time: did an order follow in it?

    Parameters
    ----------
    orders, touches, conversion_days
        As in `touch_counts`.
    layer
        Periods that do not overlap.

    Returns
    -------
    Table
        `customer_id`, `bucket` (number of edges of the layer at or before), `converted`
        (boolean); customers whom nobody touched in a bucket have no row of it.
    """
    edges = edges_of(layer)
    known = known_touches(touches).filter(within(_.touched_at, layer[0].start, layer[-1].end))
    touched = known.select("customer_id", "touched_at", bucket=bucket_of(known.touched_at, edges))
    timely = placed_orders(orders).filter(within(_.ordered_at, layer[0].start, layer[-1].end))
    placed = timely.select("customer_id", "placed_at", bucket=bucket_of(timely.ordered_at, edges))
    keys = ["customer_id", "bucket"]
    # Who is converted by any touch before an order is so by the last.
    last = placed.asof_join(touched, placed.placed_at >= touched.touched_at, keys)
    followed = last.filter(soon_after(last.placed_at, last.touched_at, conversion_days))
    converted = followed.select(*keys).distinct().mutate(ordered=True)
    found = touched.select(*keys).distinct().left_join(converted, keys)
    return found.select(*keys, converted=found.ordered.fill_null(False))


def group_touch_counts(
    cells: ibis.Table, members: ibis.Table, layer: Sequence[Span]
) -> pd.DataFrame:
    """Customers touched, and of them converted, of every group of customers and period.

    An order is credited to a touch, not to a group: of credit nothing is counted.

    Parameters
    ----------
    cells
        Result of `touch_cells` of the same layer, best cached.
    members
        As in `group_orders.group_counts`.
    layer
        Periods that do not overlap.

    Returns
    -------
    DataFrame
        Indexed by `group` and `period` (id), `touched` and `converted`; without rows of groups
        nobody touched.
    """
    placed = in_groups(cells, members_then(members, layer))
    counts = placed.group_by("group", "bucket").agg(touched=_.count(), converted=_.converted.sum())
    return by_period(counts.to_pandas(), layer)


def _touched(touches: ibis.Table, layer: Sequence[Span]) -> ibis.Table:
    known = known_touches(touches).filter(until(_.touched_at, layer[-1].end))
    marked = known.mutate(bucket=bucket_of(known.touched_at, edges_of(layer)))
    return marked.group_by("bucket").agg(touched=_.customer_id.nunique())


def _ordered(
    orders: ibis.Table,
    touches: ibis.Table,
    layer: Sequence[Span],
    conversion_days: int,
    lookback_days: int,
) -> ibis.Table:
    edges = edges_of(layer)
    first, end = layer[0].start, layer[-1].end
    reach = first - max(conversion_days, lookback_days) * DAY
    recent = touches.filter(within(_.touched_at, reach, end))
    placed = orders.filter(within(_.ordered_at, first, end)).semi_join(recent, "customer_id")
    last = last_touches(placed, recent).filter(_.touched_at.notnull())
    last = last.mutate(
        bucket=bucket_of(last.ordered_at, edges),
        same_bucket=bucket_of(last.ordered_at, edges) == bucket_of(last.touched_at, edges),
        converted=soon_after(last.placed_at, last.touched_at, conversion_days),
        credited=soon_after(last.placed_at, last.touched_at, lookback_days),
        costed=last.cost_amount.notnull(),
    )
    return last.group_by("bucket").agg(
        converted=_.customer_id.nunique(where=_.same_bucket & _.converted),
        credited_orders=_.credited.sum(),
        credited_revenue=_.amount.sum(where=_.credited),
        credited_costed_revenue=_.amount.sum(where=_.credited & _.costed),
        credited_goods=_.cost_amount.sum(where=_.credited),
    )


def _by_period(counts: pd.DataFrame, layer: Sequence[Span]) -> pd.DataFrame:
    edges = edges_of(layer)
    first = counts["touched"].first_valid_index()
    observed = counts.loc[first:].reindex(range(first, len(edges) + 1)).fillna(0.0)
    buckets = {edges.index(span.start) + 1: span.id for span in layer}
    found = observed[observed.index.isin(buckets)]
    return found.rename(index=buckets)

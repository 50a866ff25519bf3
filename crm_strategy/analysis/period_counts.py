"""What the orders of each period add up to, for all periods in one scan of the orders."""

import math
from collections.abc import Sequence
from datetime import date

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.spans import (
    DAY,
    PeriodLike,
    Span,
    bucket_of,
    edges_of,
    layers,
    midnight,
    spans_of,
)

MOST_EDGES = 62
"""Edges of periods that a 64-bit mask can hold."""

_BASE = ("new", "ever", "active_start", "active_end", "retained")
_SUMS = (
    *("order_count", "revenue", "order_revenue", "squares"),
    *("buyers", "repeaters", "buyer_orders", "buyer_order_squares"),
)


def order_counts(
    orders: ibis.Table, *, periods: Sequence[PeriodLike], active_days: int
) -> pd.DataFrame:
    """Count orders, buyers and the customer base of each period.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id` (null: counts in orders and revenue only),
        `ordered_at` (timestamp), `amount` (money), `is_refund`.
    periods
        The periods: `id`, `start`, `end` (inclusive days).
    active_days
        Days after an order in which a customer counts as active; at least the longest period.

    Returns
    -------
    DataFrame
        Indexed by period id; NaN throughout for periods that end before the first order.
        `order_count`, `revenue` (net of refunds), `order_revenue` (before refunds), `squares`
        (Σ amount²), `buyers`, `repeaters` (two orders or more), `buyer_orders` and
        `buyer_order_squares` (Σ n and Σ n² of orders per buyer), `new`, `ever` (ordered by its
        end), `active_start` (the day before it), `active_end`, `retained` (active at both).
    """
    spans = spans_of(periods)
    window = max([active_days, *(span.days for span in spans)])
    parts = [_layer_counts(orders, layer, active_days=window) for layer in layers(spans)]
    rows = {period: row for part in parts for period, row in part.items()}
    index, nothing = [span.id for span in spans], dict.fromkeys((*_SUMS, *_BASE), math.nan)
    counted = pd.DataFrame([{**nothing, **rows.get(period, {})} for period in index], index=index)
    return counted.astype("float64")


def _layer_counts(
    orders: ibis.Table, layer: Sequence[Span], *, active_days: int
) -> dict[str, dict[str, float]]:
    """Counts of periods that do not overlap, by their id."""
    edges = edges_of(layer)
    if len(edges) > MOST_EDGES:
        raise ValueError(f"{len(layer)} periods; {MOST_EDGES - 1} in a row can be counted at once")
    cells = _customer_buckets(orders, edges)
    totals, customers = _totals_by_bucket(cells), _customers(cells, edges, active_days)
    together = totals.left_join(customers, totals.bucket == customers.first_bucket).to_pandas()
    sums = together.drop_duplicates("bucket").set_index("bucket")[list(_SUMS)]
    sums = sums.astype("float64").reindex(range(len(edges) + 1))
    observed = sums["order_count"].first_valid_index()
    sums = sums.fillna(0.0)
    known = together.dropna(subset=["first_bucket"])
    first, size = known["first_bucket"], known["customers"].astype("float64")
    active = known["active"].astype("int64")
    rows = {}
    for span in layer:
        start, end = edges.index(span.start), edges.index(span.end + DAY)
        if observed is None or end < observed:
            continue
        at_start, at_end = (active.to_numpy() >> edge & 1 == 1 for edge in (start, end))
        rows[span.id] = {
            **sums.loc[end].to_dict(),
            "new": size[first == end].sum(),
            "ever": size[first <= end].sum(),
            "active_start": size[at_start].sum(),
            "active_end": size[at_end].sum(),
            "retained": size[at_start & at_end].sum(),
        }
    return rows


def _customer_buckets(orders: ibis.Table, edges: Sequence[date]) -> ibis.Table:
    """Collapse orders to one row per customer and bucket: all that follows reads these few."""
    rows = orders.filter(_.ordered_at < midnight(edges[-1]))
    rows = rows.mutate(
        bucket=bucket_of(rows.ordered_at, edges[:-1]),
        placed_at=ibis.ifelse(rows.is_refund, None, rows.ordered_at),
        placed_amount=ibis.ifelse(rows.is_refund, 0.0, rows.amount),
    )
    return rows.group_by("customer_id", "bucket").agg(
        orders=_.placed_at.count(),
        last_at=_.placed_at.max(),
        revenue=_.amount.sum(),
        order_revenue=_.placed_amount.sum(),
        squares=(_.amount * _.amount).sum(),
    )


def _totals_by_bucket(cells: ibis.Table) -> ibis.Table:
    bought = cells.customer_id.notnull() & (cells.orders > 0)
    return cells.group_by("bucket").agg(
        order_count=_.orders.sum(),
        revenue=_.revenue.sum(),
        order_revenue=_.order_revenue.sum(),
        squares=_.squares.sum(),
        buyers=bought.sum(),
        repeaters=(bought & (cells.orders > 1)).sum(),
        buyer_orders=cells.orders.sum(where=bought),
        buyer_order_squares=(cells.orders * cells.orders).sum(where=bought),
    )


def _customers(cells: ibis.Table, edges: Sequence[date], active_days: int) -> ibis.Table:
    """Customers by the bucket of their first order and the edges at which they are active.

    A customer is active at an edge when an order lies in the `active_days` before it. One bit
    per edge says so: the last order of a bucket sets the bits from the bucket's end to the
    last edge it reaches, and the bits of a customer's buckets are joined.
    """
    one = ibis.literal(1, "int64")
    reached = bucket_of(cells.last_at, [edge - active_days * DAY for edge in edges])
    bits = cells.filter(cells.customer_id.notnull(), cells.orders > 0).select(
        "customer_id", "bucket", active=(one << reached) - (one << cells.bucket)
    )
    customers = bits.group_by("customer_id").agg(
        first_bucket=_.bucket.min(), active=_.active.bit_or()
    )
    return customers.group_by("first_bucket", "active").agg(customers=_.count())

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
    base = _base_by_first_bucket(cells, edges, layer, active_days=active_days)
    totals = _totals_by_bucket(cells)
    table = totals.left_join(base, totals.bucket == base.first_bucket).to_pandas()
    table = table.set_index("bucket").astype("float64").reindex(range(len(edges) + 1))
    observed = table["order_count"].first_valid_index()
    sums = table.fillna(0.0)
    rows = {}
    for span in layer:
        bucket = edges.index(span.start) + 1
        if observed is None or bucket < observed:
            continue
        until_end = sums.loc[:bucket]
        rows[span.id] = {
            **sums.loc[bucket, list(_SUMS)].to_dict(),
            "new": sums.loc[bucket, "customers"],
            "ever": until_end["customers"].sum(),
            "active_start": sums[f"active_{bucket - 1}"].sum(),
            "active_end": sums[f"active_{bucket}"].sum(),
            "retained": sums[f"retained_{bucket}"].sum(),
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


def _base_by_first_bucket(
    cells: ibis.Table, edges: Sequence[date], layer: Sequence[Span], *, active_days: int
) -> ibis.Table:
    """Customers by the bucket of their first order, and how many are active at each edge.

    A customer is active at an edge when an order lies in the `active_days` before it. One bit
    per edge says so: the orders of a bucket set the bits of the edges that their last one
    reaches, and the bits of a customer's buckets are joined.
    """
    reached = [
        ibis.ifelse(
            (cells.bucket <= number) & (cells.last_at >= midnight(edge - active_days * DAY)),
            2**number,
            0,
        )
        for number, edge in enumerate(edges)
    ]
    bits = cells.filter(_.customer_id.notnull(), _.orders > 0).select(
        "customer_id", "bucket", active=sum(reached[1:], reached[0]).cast("int64")
    )
    customers = bits.group_by("customer_id").agg(
        first_bucket=_.bucket.min(), active=_.active.bit_or()
    )

    def active_at(*numbers: int) -> ibis.Value:
        mask = sum(2**number for number in numbers)
        return ((customers.active & mask) == mask).sum()

    buckets = [edges.index(span.start) + 1 for span in layer]
    return customers.group_by("first_bucket").agg(
        customers=_.count(),
        **{f"active_{number}": active_at(number) for number in range(len(edges))},
        **{f"retained_{bucket}": active_at(bucket - 1, bucket) for bucket in buckets},
    )

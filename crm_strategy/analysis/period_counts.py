"""What the orders of each period add up to, for all periods in two scans of the orders."""

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
_BUYING = ("buyers", "repeaters", "buyer_orders", "buyer_order_squares")
COLUMNS = ("order_count", "revenue", "order_revenue", "squares", *_BUYING, *_BASE)


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
    index, nothing = [span.id for span in spans], dict.fromkeys(COLUMNS, math.nan)
    counted = pd.DataFrame([{**nothing, **rows.get(period, {})} for period in index], index=index)
    return counted.astype("float64")


def _layer_counts(
    orders: ibis.Table, layer: Sequence[Span], *, active_days: int
) -> dict[str, dict[str, float]]:
    """Counts of periods that do not overlap, by their id."""
    edges = edges_of(layer)
    if len(edges) > MOST_EDGES:
        raise ValueError(f"{len(layer)} periods; {MOST_EDGES - 1} in a row can be counted at once")
    totals = _by_bucket(_totals(orders, edges), edges)
    observed = totals["order_count"].first_valid_index()
    cells = _customer_buckets(orders, edges)
    bought, customers = _purchases(cells), _customers(cells, edges, active_days)
    together = bought.left_join(customers, bought.bucket == customers.first_bucket).to_pandas()
    buying = together.drop_duplicates("bucket")[["bucket", *_BUYING]]
    sums = totals.join(_by_bucket(buying, edges)).fillna(0.0)
    known = together.dropna(subset=["first_bucket"])
    first, size = known["first_bucket"], known["customers"].astype("float64")
    active = known["active"].astype("int64").to_numpy()
    rows = {}
    for span in layer:
        start, end = edges.index(span.start), edges.index(span.end + DAY)
        if observed is None or end < observed:
            continue
        at_start, at_end = (active >> edge & 1 == 1 for edge in (start, end))
        rows[span.id] = {
            **sums.loc[end].to_dict(),
            "new": size[first == end].sum(),
            "ever": size[first <= end].sum(),
            "active_start": size[at_start].sum(),
            "active_end": size[at_end].sum(),
            "retained": size[at_start & at_end].sum(),
        }
    return rows


def _by_bucket(table: pd.DataFrame, edges: Sequence[date]) -> pd.DataFrame:
    return table.set_index("bucket").astype("float64").reindex(range(len(edges) + 1))


def _totals(orders: ibis.Table, edges: Sequence[date]) -> pd.DataFrame:
    """Sums over all orders and refunds, whoever the customer is."""
    rows = orders.filter(_.ordered_at < midnight(edges[-1]))
    sums = (
        rows.mutate(bucket=bucket_of(rows.ordered_at, edges[:-1]))
        .group_by("bucket")
        .agg(
            order_count=(~_.is_refund).sum(),
            revenue=_.amount.sum(),
            order_revenue=_.amount.sum(where=~_.is_refund),
            squares=(_.amount * _.amount).sum(),
        )
    )
    return sums.to_pandas()


def _customer_buckets(orders: ibis.Table, edges: Sequence[date]) -> ibis.Table:
    """Collapse orders to one row per known customer and bucket: the rest reads these few."""
    placed = orders.filter(
        _.ordered_at < midnight(edges[-1]), _.customer_id.notnull(), ~_.is_refund
    )
    return (
        placed.mutate(bucket=bucket_of(placed.ordered_at, edges[:-1]))
        .group_by("customer_id", "bucket")
        .agg(orders=_.count(), last_at=_.ordered_at.max())
    )


def _purchases(cells: ibis.Table) -> ibis.Table:
    return cells.group_by("bucket").agg(
        buyers=_.count(),
        repeaters=(_.orders > 1).sum(),
        buyer_orders=_.orders.sum(),
        buyer_order_squares=(_.orders * _.orders).sum(),
    )


def _customers(cells: ibis.Table, edges: Sequence[date], active_days: int) -> ibis.Table:
    """Customers by the bucket of their first order and the edges at which they are active.

    A customer is active at an edge when an order lies in the `active_days` before it. One bit
    per edge says so: the last order of a bucket sets the bits from the bucket's end to the
    last edge it reaches, and the bits of a customer's buckets are joined.
    """
    one = ibis.literal(1, "int64")
    reached = bucket_of(cells.last_at, [edge - active_days * DAY for edge in edges])
    bits = cells.select(
        "customer_id",
        "bucket",
        active=(one << reached.cast("int64")) - (one << cells.bucket.cast("int64")),
    )
    customers = bits.group_by("customer_id").agg(
        first_bucket=_.bucket.min(), active=_.active.bit_or()
    )
    return customers.group_by("first_bucket", "active").agg(customers=_.count())

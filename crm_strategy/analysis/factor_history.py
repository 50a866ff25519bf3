"""Factors of revenue in each period: customers, orders of each, value of an order."""

from collections.abc import Sequence

import ibis
import numpy as np
import pandas as pd
from ibis import _

from crm_strategy.analysis.spans import DAY, PeriodLike, bucket_of, edges_of, layers, spans_of

SUMS = ("customers", "placed", "revenue", "no_customer")


def factor_history(orders: ibis.Table, periods: Sequence[PeriodLike]) -> pd.DataFrame:
    """The factors of known customers' revenue in each period, and what other orders brought.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `amount` (money),
        `is_refund`.
    periods
        The periods: `id`, `start`, `end` (inclusive days), in any order.

    Returns
    -------
    DataFrame
        By time: `period`, `start`, `end`, `customers` (who ordered), `frequency` (orders of
        each), `order_value` (money, net of refunds, an order), `revenue` (their product: of
        orders that name their customer), `no_customer` (money of the others), `total` (both).
        NaN where nobody known ordered; `no_customer` and `total` where there was no order.
    """
    spans = spans_of(periods)
    found: dict[str, tuple[float, ...]] = {}
    for layer in layers(spans):
        edges = edges_of(layer)
        known, placed = orders.customer_id.notnull(), ~orders.is_refund
        sums = (
            orders.mutate(bucket=bucket_of(orders.ordered_at, edges), known=known, placed=placed)
            .group_by("bucket")
            .agg(
                customers=_.customer_id.nunique(where=_.placed),
                placed=(_.known & _.placed).sum(),
                revenue=_.amount.sum(where=_.known).fill_null(0.0).round(6),
                no_customer=_.amount.sum(where=~_.known).fill_null(0.0).round(6),
            )
            .to_pandas()
            .set_index("bucket")
            .astype("float64")
        )
        for span in layer:
            # Periods of a layer don't overlap: one bucket each.
            bucket = edges.index(span.end + DAY)
            if bucket in sums.index:
                found[span.id] = tuple(sums.loc[bucket, list(SUMS)])
    nothing = (np.nan,) * len(SUMS)
    rows = [(span.id, span.start, span.end, *found.get(span.id, nothing)) for span in spans]
    table = pd.DataFrame(rows, columns=["period", "start", "end", *SUMS])
    customers, orders_placed = (
        table[name].where(table[name] > 0) for name in ("customers", "placed")
    )
    return pd.DataFrame(
        {
            **{name: table[name] for name in ("period", "start", "end")},
            "customers": customers,
            "frequency": orders_placed / customers,
            "order_value": table["revenue"] / orders_placed,
            "revenue": table["revenue"].where(table["placed"] > 0),
            "no_customer": table["no_customer"],
            "total": table["revenue"] + table["no_customer"],
        }
    )

"""Loyalty: how many customers are champions or loyal, period by period, by the same marks."""

from collections.abc import Sequence
from typing import Final

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.rfm import Cuts, customer_segments, cut_points, scores_of_profiles
from crm_strategy.analysis.spans import PeriodLike, Span, spans_of, until

LOYAL: Final = ("champions", "loyal")
"""Segments whose customers count as loyal, in every map."""


def loyal_counts(
    orders: ibis.Table,
    *,
    periods: Sequence[PeriodLike],
    bins: int = 5,
    segment_map: str = "named",
    cuts: Cuts | None = None,
) -> pd.DataFrame:
    """Count the customers in the segments `LOYAL` at the end of each period.

    Every period is scored by the cut points of the last one, so that shares compare.

    Parameters
    ----------
    orders
        As in `rfm.rfm_scores`.
    periods
        The periods: `id`, `start`, `end` (inclusive days).
    bins, segment_map
        As in `rfm.customer_segments`.
    cuts
        The client's own cut points.

    Returns
    -------
    DataFrame
        Indexed by period id: `loyal` and `scored` (customers who ever ordered by its end); NaN
        before the first order.
    """
    spans = spans_of(periods)
    bought = _bought_until(orders, spans)
    last = _behaviour(bought, max(spans, key=lambda span: span.end))
    marks = cut_points(scores_of_profiles(last, bins=bins, cuts=cuts), bins=bins)
    parts = []
    for span in spans:
        scores = scores_of_profiles(_behaviour(bought, span), bins=bins, cuts=marks)
        customers = customer_segments(scores, bins=bins, segment_map=segment_map)
        counted = customers.agg(loyal=_.segment.isin(LOYAL).sum(), scored=_.count())
        parts.append(counted.mutate(period=ibis.literal(span.id)))
    found = (ibis.union(*parts) if len(parts) > 1 else parts[0]).to_pandas().set_index("period")
    found = found.reindex([span.id for span in spans]).astype("float64")
    return found.where(found["scored"] > 0)


def _bought_until(orders: ibis.Table, spans: Sequence[Span]) -> ibis.Table:
    """What each customer had bought by the end of each period, from one look at the orders."""
    ends = {span.end for span in spans}
    known = orders.filter(until(_.ordered_at, max(ends)), _.customer_id.notnull())
    sums = {}
    for end in sorted(ends):
        by_then, placed = until(known.ordered_at, end), ~known.is_refund
        sums[f"order_count_{end:%Y%m%d}"] = (by_then & placed).sum()
        # Rounded as in `profiles.customer_behaviour`, so that segments are the same.
        sums[f"revenue_{end:%Y%m%d}"] = known.amount.sum(where=by_then).round(4)
        sums[f"last_{end:%Y%m%d}"] = known.ordered_at.max(where=by_then & placed)
    return known.group_by("customer_id").agg(**sums).cache()


def _behaviour(bought: ibis.Table, span: Span) -> ibis.Table:
    """Columns of a profile that scores are made of, as they were at a period's end."""
    end = f"{span.end:%Y%m%d}"
    return bought.filter(bought[f"order_count_{end}"] > 0).select(
        "customer_id",
        recency_days=-_[f"last_{end}"].date().delta(span.end, unit="day"),
        order_count=_[f"order_count_{end}"],
        revenue=_[f"revenue_{end}"],
    )

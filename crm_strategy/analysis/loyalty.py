"""Loyalty: how many customers are champions or loyal, period by period, by the same marks."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.disclosure import hidden_sizes
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
    min_count: int = 1,
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
    min_count
        Customers that a group needs to be told.

    Returns
    -------
    DataFrame
        Indexed by period id: `loyal` and `scored` (customers who ever ordered by its end),
        `loyal_tells` (the fewest customers that `loyal` tells beside the segments whose size
        is shown; NaN for none); NaN before the first order.
    """
    standing = period_segments(
        orders, periods=periods, bins=bins, segment_map=segment_map, cuts=cuts
    )
    counted = standing.group_by("period", "segment").agg(n=_.count()).to_pandas()
    rows = {}
    for period, segments in counted.groupby("period"):
        sizes = dict(zip(segments["segment"], segments["n"].astype(float), strict=True))
        rows[period] = (
            sum(sizes.get(segment, 0.0) for segment in LOYAL),
            sum(sizes.values()),
            least_told(sizes, least=min_count),
        )
    columns = ["loyal", "scored", "loyal_tells"]
    found = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return found.reindex([span.id for span in spans_of(periods)]).astype("float64")


def least_told(sizes: Mapping[str, float], *, least: int) -> float:
    """The fewest customers of hidden size that follow from the number of loyal ones.

    Parameters
    ----------
    sizes
        Customers by segment, of all segments.
    least
        Customers that a group needs to be told.

    Returns
    -------
    float
        NaN where nothing small follows.
    """
    hide = hidden_sizes(sizes, least=least)
    parts = (hide & {*LOYAL}, hide - {*LOYAL})
    sums = [sum(sizes[segment] for segment in part) for part in parts]
    return min((n for n in sums if 0 < n < least), default=math.nan)


def period_segments(
    orders: ibis.Table,
    *,
    periods: Sequence[PeriodLike],
    bins: int = 5,
    segment_map: str = "named",
    cuts: Cuts | None = None,
) -> ibis.Table:
    """The segment of each customer at the end of each period.

    Every period is scored by the cut points of the last one: nobody moves because others did.

    Parameters
    ----------
    orders, periods, bins, segment_map, cuts
        As in `loyal_counts`.

    Returns
    -------
    Table
        One row per period and customer who ever ordered by its end: `customer_id`, `period`
        (id), `segment`.
    """
    spans = spans_of(periods)
    bought = _bought_until(orders, spans)
    last = _behaviour(bought, max(spans, key=lambda span: span.end))
    marks = cut_points(scores_of_profiles(last, bins=bins, cuts=cuts), bins=bins, cuts=cuts)
    parts = []
    for span in spans:
        scores = scores_of_profiles(_behaviour(bought, span), bins=bins, cuts=marks)
        customers = customer_segments(scores, bins=bins, segment_map=segment_map)
        parts.append(
            customers.select("customer_id", period=ibis.literal(span.id), segment=_.segment)
        )
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


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

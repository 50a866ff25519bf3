"""Loyalty: how many customers are champions or loyal, period by period, by the same marks."""

from collections.abc import Sequence
from typing import Final

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.rfm import Cuts, customer_segments, cut_points, rfm_scores
from crm_strategy.analysis.spans import PeriodLike, spans_of

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
    last = rfm_scores(orders, as_of=max(span.end for span in spans), bins=bins, cuts=cuts)
    marks = cut_points(last, bins=bins)
    parts = []
    for span in spans:
        scores = rfm_scores(orders, as_of=span.end, bins=bins, cuts=marks)
        customers = customer_segments(scores, bins=bins, segment_map=segment_map)
        counted = customers.agg(loyal=_.segment.isin(LOYAL).sum(), scored=_.count())
        parts.append(counted.mutate(period=ibis.literal(span.id)))
    found = (ibis.union(*parts) if len(parts) > 1 else parts[0]).to_pandas().set_index("period")
    found = found.reindex([span.id for span in spans]).astype("float64")
    return found.where(found["scored"] > 0)

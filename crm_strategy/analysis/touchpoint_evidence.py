"""Evidence: how well each cell of the touchpoint map is known from what happened."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.spans import within
from crm_strategy.analysis.timeline import next_orders, soon_after

MEASURED_FROM = 30
"""Customers touched from which a cell is measured: the 95 % interval of a share is then at most
±17 points wide."""

MEASURES = ("customer_count", "converted_count", "conversion_rate")


def segment_touchpoint_use(
    touches: ibis.Table,
    orders: ibis.Table,
    segments: ibis.Table,
    *,
    start: date,
    end: date,
    conversion_days: int,
) -> ibis.Table:
    """Customers touched and converted, by segment and touchpoint.

    Parameters
    ----------
    touches, orders, start, end, conversion_days
        As in `journeys.touchpoint_use`.
    segments
        One row per customer: `customer_id`, `segment`; others are left out.

    Returns
    -------
    Table
        One row per cell with a touch: `segment`, `touchpoint_id`, `customer_count`,
        `converted_count` (customers), `conversion_rate`.
    """
    used = next_orders(
        touches.filter(within(_.touched_at, start, end), _.touchpoint.notnull()),
        orders.filter(within(_.ordered_at, start, end)),
    )
    used = used.mutate(converted=soon_after(used.placed_at, used.touched_at, conversion_days))
    named = used.join(
        segments.filter(_.segment.notnull()).select("customer_id", "segment"), "customer_id"
    )
    return (
        named.group_by("segment", touchpoint_id=_.touchpoint)
        .agg(
            customer_count=_.customer_id.nunique(),
            converted_count=_.customer_id.nunique(where=_.converted),
        )
        .mutate(conversion_rate=_.converted_count / _.customer_count)
        .order_by("segment", "touchpoint_id")
    )


def graded_actions(actions: Sequence[Mapping[str, Any]], use: ibis.Table) -> pd.DataFrame:
    """The plan's cells with what was measured in each, and how well it is known.

    Parameters
    ----------
    actions
        Cells of the plan: `segment`, `touchpoint_id`, `target_action` and more.
    use
        Result of `segment_touchpoint_use`.

    Returns
    -------
    DataFrame
        The plan's columns, `customer_count`, `converted_count`, `conversion_rate` (missing
        where nobody was touched) and `evidence`: measured from 30 customers touched, partial
        below, assumed where there was none.
    """
    cells = pd.DataFrame([dict(cell) for cell in actions])
    if cells.empty:
        return pd.DataFrame(columns=["segment", "touchpoint_id", "target_action", *MEASURES])
    found = cells.merge(use.to_pandas(), how="left", on=["segment", "touchpoint_id"])
    return found.assign(evidence=[grade(count) for count in found["customer_count"]])


def grade(customer_count: float | None) -> str:
    """How well a cell is known from the customers touched in it."""
    if customer_count is None or customer_count != customer_count or customer_count <= 0:
        return "assumed"
    return "measured" if customer_count >= MEASURED_FROM else "partial"

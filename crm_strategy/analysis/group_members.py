"""Groups of customers over time: the group each customer is in, in every period."""

from collections.abc import Sequence

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.members import UNKNOWN
from crm_strategy.analysis.spans import DAY, Span, edges_of


def members_then(members: ibis.Table, layer: Sequence[Span]) -> ibis.Table:
    """The members of groups with the bucket of time in which they are so.

    Parameters
    ----------
    members
        `customer_id`, `group`, and `period` (id) where groups change with time.
    layer
        Periods that do not overlap.

    Returns
    -------
    Table
        `customer_id`, `group`, and `bucket` where there was a `period`.
    """
    if "period" not in members.columns:
        return members.select("customer_id", "group")
    return members.join(span_table(layer), "period").select("customer_id", "group", "bucket")


def in_groups(rows: ibis.Table, members: ibis.Table) -> ibis.Table:
    """Rows of customers with the `group` each is in; `unknown` for who is in none.

    Parameters
    ----------
    rows
        `customer_id` and `bucket`.
    members
        Result of `members_then`.
    """
    keys = [key for key in ("customer_id", "bucket") if key in members.columns]
    found = rows.left_join(members, keys)
    return found.select(*rows.columns, group=_["group"].fill_null(UNKNOWN))


def span_table(layer: Sequence[Span]) -> ibis.Table:
    """Each `period` (id) with the `bucket` it is, its `start_edge` and its `end_edge`."""
    edges = edges_of(layer)
    rows = [
        {
            "period": span.id,
            "bucket": edges.index(span.start) + 1,
            "start_edge": edges.index(span.start),
            "end_edge": edges.index(span.end + DAY),
        }
        for span in layer
    ]
    kinds = {"period": "string"} | dict.fromkeys(("bucket", "start_edge", "end_edge"), "int64")
    return ibis.memtable(rows, schema=kinds)


def by_period(counts: pd.DataFrame, layer: Sequence[Span]) -> pd.DataFrame:
    """Counts by `group` and `bucket`, indexed by `group` and `period`; other buckets are left out.

    Parameters
    ----------
    counts
        Columns `group`, `bucket` and numbers, missing where there are none.
    layer
        Periods that do not overlap.
    """
    edges = edges_of(layer)
    names = {edges.index(span.start) + 1: span.id for span in layer}
    inside = counts[counts["bucket"].isin(names)]
    named = inside.assign(period=inside["bucket"].map(names)).drop(columns="bucket")
    return named.set_index(["group", "period"]).astype("float64").fillna(0.0)

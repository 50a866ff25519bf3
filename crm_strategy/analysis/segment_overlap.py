"""Overlap: which segments of different kinds are the same people."""

from collections.abc import Mapping
from itertools import permutations

import ibis
from ibis import _

_COLUMNS = ("kind", "segment", "with_kind", "with_segment", "customer_count", "share", "lift")


def segment_overlap(members: Mapping[str, ibis.Table]) -> ibis.Table:
    """Customers who are in a segment of one kind and in a segment of another.

    Parameters
    ----------
    members
        Kind: its members (`customer_id`, `segment`). All kinds divide the same customers.

    Returns
    -------
    Table
        One row per pair that has customers, both ways round: `kind`, `segment`, `with_kind`,
        `with_segment`, `customer_count`, `share` (of the segment's customers), `lift` = share
        / share of with_segment among all customers: 1 where the one says nothing of the
        other. Sorted by kinds in the order given, then by customers, most first. Fewer than
        two kinds have no pairs.
    """
    places = {kind: f"in_{place}" for place, kind in enumerate(members)}
    together = _together(members, places)
    parts = [
        _pairs(together, places[kind], places[other]).mutate(
            kind=ibis.literal(kind),
            with_kind=ibis.literal(other),
            place=ibis.literal(place, type="int64"),
        )
        for place, (kind, other) in enumerate(permutations(places, 2))
    ]
    if not parts:
        return (
            _pairs(together, "in_0", "in_0")
            .mutate(kind=ibis.literal(""), with_kind=ibis.literal(""))
            .filter(ibis.literal(False))
            .select(*_COLUMNS)
        )
    pairs = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return pairs.order_by("place", _.customer_count.desc(), "segment", "with_segment").select(
        *_COLUMNS
    )


def _together(members: Mapping[str, ibis.Table], places: Mapping[str, str]) -> ibis.Table:
    """Customers counted by their segments of all kinds at once: few rows, whatever their number."""
    tables = [
        segments.select("customer_id", **{places[kind]: _.segment})
        for kind, segments in members.items()
    ]
    if not tables:
        empty = ibis.memtable({"customer_id": [""], "in_0": [""]}).filter(ibis.literal(False))
        tables = [empty]
    joined = tables[0]
    for table in tables[1:]:
        joined = joined.join(table, "customer_id")
    return joined.group_by(joined.columns[1:]).agg(n=_.count())


def _pairs(together: ibis.Table, one: str, other: str) -> ibis.Table:
    counts = together.group_by(segment=together[one], with_segment=together[other]).agg(
        customer_count=_.n.sum()
    )
    share = _.customer_count / _.customer_count.sum().over(group_by="segment")
    base = _.customer_count.sum().over(group_by="with_segment") / _.customer_count.sum().over()
    return counts.mutate(share=share, base=base).select(
        "segment", "with_segment", "customer_count", "share", lift=_.share / _.base
    )

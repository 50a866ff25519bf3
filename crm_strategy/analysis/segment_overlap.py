"""Overlap: which segments of different kinds are the same people."""

from collections.abc import Mapping
from itertools import permutations

import ibis
import numpy as np
import pandas as pd
from ibis import _

_COLUMNS = ("kind", "segment", "with_kind", "with_segment", "customer_count", "share", "lift")


def segment_overlap(members: Mapping[str, ibis.Table]) -> pd.DataFrame:
    """Customers who are in a segment of one kind and in a segment of another.

    Parameters
    ----------
    members
        Kind: its members (`customer_id`, `segment`). All kinds divide the same customers.

    Returns
    -------
    DataFrame
        One row per pair that has customers, both ways round: `kind`, `segment`, `with_kind`,
        `with_segment`, `customer_count`, `share` (of the segment's customers), `lift` = share
        / share of with_segment among all customers: 1 where the one says nothing of the
        other. Sorted by kinds in the order given, then by customers, most first. Fewer than
        two kinds have no pairs.
    """
    if len(members) < 2:
        return _rows([])
    together = _together(members)
    counts = together.pop("n").to_numpy(dtype="int64")
    coded = {
        kind: pd.factorize(together[column], sort=True)
        for kind, column in zip(members, together.columns, strict=True)
    }
    rows = []
    for kind, with_kind in permutations(members, 2):
        (codes, names), (with_codes, with_names) = coded[kind], coded[with_kind]
        places = codes * len(with_names) + with_codes
        cells = len(names) * len(with_names)
        table = np.bincount(places, weights=counts, minlength=cells).astype("int64")
        rows.append(_pairs(kind, names, with_kind, with_names, table))
    return _rows(rows)


def _together(members: Mapping[str, ibis.Table]) -> pd.DataFrame:
    """Customers counted by their segments of all kinds at once: `in_0` … and `n`."""
    tables = [
        segments.select("customer_id", **{f"in_{place}": _.segment})
        for place, segments in enumerate(members.values())
    ]
    joined = tables[0]
    for table in tables[1:]:
        joined = joined.join(table, "customer_id")
    segments = joined.columns[1:]
    return joined.group_by(segments).agg(n=_.count()).to_pandas()


def _pairs(
    kind: str, names: pd.Index, with_kind: str, with_names: pd.Index, table: np.ndarray
) -> pd.DataFrame:
    pairs = pd.MultiIndex.from_product([names, with_names], names=["segment", "with_segment"])
    counts = table.reshape(len(names), len(with_names))
    share = counts / counts.sum(axis=1, keepdims=True)
    base = counts.sum(axis=0) / counts.sum()
    found = pd.DataFrame(
        {"customer_count": table, "share": share.ravel(), "lift": (share / base).ravel()},
        index=pairs,
    ).reset_index()
    found = found[found["customer_count"] > 0].assign(kind=kind, with_kind=with_kind)
    return found.sort_values(
        ["customer_count", "segment", "with_segment"], ascending=[False, True, True]
    )


def _rows(parts: list[pd.DataFrame]) -> pd.DataFrame:
    if not parts or not sum(map(len, parts)):
        texts = dict.fromkeys(_COLUMNS[:4], "str")
        numbers = {"customer_count": "int64", "share": "float64", "lift": "float64"}
        return pd.DataFrame(columns=list(_COLUMNS)).astype(texts | numbers)
    return pd.concat(parts, ignore_index=True)[list(_COLUMNS)]

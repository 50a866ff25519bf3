"""Overlap: which segments of different kinds are the same people."""

from itertools import permutations

import ibis
import numpy as np
import pandas as pd
from ibis import _

_COLUMNS = ("kind", "segment", "with_kind", "with_segment", "customer_count", "share", "lift")


def segment_overlap(members: ibis.Table) -> pd.DataFrame:
    """Customers who are in a segment of one kind and in a segment of another.

    Parameters
    ----------
    members
        `customer_id` and a column of segments for each kind: of `segment_kinds.members_by_kind`.

    Returns
    -------
    DataFrame
        One row per pair that has customers, both ways round: `kind`, `segment`, `with_kind`,
        `with_segment`, `customer_count`, `share` (of the segment's customers), `lift` = share
        / share of with_segment among all customers: 1 where the one says nothing of the
        other. Sorted by kinds in the order given, then by customers, most first. Fewer than
        two kinds have no pairs.
    """
    kinds = members.columns[1:]
    if len(kinds) < 2:
        return _rows([])
    together = members.group_by(kinds).agg(customer_count=_.count()).to_pandas()
    counts = together.pop("customer_count").to_numpy(dtype="int64")
    coded = {kind: pd.factorize(together[kind], sort=True) for kind in kinds}
    rows = []
    for kind, with_kind in permutations(kinds, 2):
        (codes, names), (with_codes, with_names) = coded[kind], coded[with_kind]
        places = codes * len(with_names) + with_codes
        cells = len(names) * len(with_names)
        table = np.bincount(places, weights=counts, minlength=cells).astype("int64")
        rows.append(_pairs(kind, names, with_kind, with_names, table))
    return _rows(rows)


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

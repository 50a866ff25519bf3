"""Pairs of products: how many baskets hold both, and how many would by popularity alone."""

import itertools

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from crm_strategy.analysis.baskets import Baskets, per_column

_CELLS = 4_000_000
"""Cells of a block of products × products; most of them are empty and take no memory."""

_STAGES = 8
"""How often the products that are done are cut off, so that few pairs are counted twice."""


def pair_counts(held: csr_matrix, *, at_least: int = 1) -> pd.DataFrame:
    """Baskets that hold both products of a pair: the cells of XᵀX above its diagonal.

    Only products in `at_least` baskets are multiplied, block by block, so that neither a dense
    matrix nor the whole product arises.

    Parameters
    ----------
    held
        1 where a basket (row) holds a product (column).
    at_least
        Baskets that must hold a pair.

    Returns
    -------
    DataFrame
        One row per pair: `first` < `second` (columns of `held`) and `count`.
    """
    columns = np.flatnonzero(per_column(held) >= max(at_least, 1))
    parts = [np.zeros((3, 0), dtype=np.int64)]
    ends = np.unique(np.linspace(0, len(columns), _STAGES + 1, dtype=np.int64))
    for done, end in itertools.pairwise(ends):
        left, stop = columns[done:], end - done
        kept = held[:, left]
        turned = kept[:, :stop].T.tocsr()
        step = max(1, _CELLS // len(left))
        for at in range(0, stop, step):
            found = _block(turned[at : at + step] @ kept, at, at_least)
            found[:2] = left[found[:2]]
            parts.append(found)
    found = np.concatenate(parts, axis=1)
    found = found[:, np.lexsort((found[1], found[0]))]
    return pd.DataFrame(dict(zip(("first", "second", "count"), found, strict=True)))


def _block(together: csr_matrix, first: int, at_least: int) -> NDArray[np.int64]:
    """The cells above the diagonal that are large enough: row, column, count."""
    enough = np.flatnonzero(together.data >= at_least)
    rows = np.searchsorted(together.indptr, enough, side="right") - 1 + first
    columns = together.indices[enough]
    above = columns > rows
    return np.stack([each[above] for each in (rows, columns, together.data[enough])]).astype(
        np.int64
    )


def expected_counts(baskets: Baskets, pairs: pd.DataFrame) -> NDArray[np.float64]:
    """Baskets that would hold both, by popularity, month and size of baskets alone.

    E(a, b) = Σ over months of n_a n_b Σ s (s − 1) / (Σ s)², with n the baskets of the month
    that hold a product and s the number of products in a basket: products are dealt out by
    chance, the popular oftener, large baskets more. Without months and with baskets of one size
    it is n_a n_b / n but for s − 1 in place of s. So neither Christmas nor large orders make
    a pair.

    Parameters
    ----------
    baskets
        Result of `product_baskets`.
    pairs
        `first`, `second` (columns of `baskets.held`).
    """
    sizes = np.diff(baskets.held.indptr).astype(np.float64)
    first, second = (pairs[name].to_numpy() for name in ("first", "second"))
    expected = np.zeros(len(pairs))
    for month in np.unique(baskets.months):
        of_month = baskets.months == month
        s = sizes[of_month]
        holders = per_column(baskets.held[of_month]).astype(np.float64)
        expected += holders[first] * holders[second] * ((s * (s - 1)).sum() / s.sum() ** 2)
    return expected

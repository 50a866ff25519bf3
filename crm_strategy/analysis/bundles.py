"""Bundles: three products that stand together oftener than any two of them explain."""

import itertools

import numpy as np
import pandas as pd
from scipy.sparse import csc_matrix
from scipy.special import gammainc

from crm_strategy.analysis.baskets import Baskets, Counts, per_column
from crm_strategy.analysis.cross_sell import (
    ALPHA,
    customers_behind,
    false_share,
    least_orders,
    share_low,
)

COLUMNS = (
    *("product", "with_product", "third_product", "order_count", "support", "lift"),
    *("confidence", "confidence_low", "price", "margin", "q_value", "verdict", "customer_count"),
)

MOST_PAIRS = 200
"""Only the surest pairs are tried with a third product."""


def product_bundles(
    baskets: Baskets, pairs: pd.DataFrame, *, min_support: float = 0.001, min_orders: int = 10
) -> pd.DataFrame:
    """Three products by the orders that hold them all.

    A third product is tried with each of the surest pairs. It belongs to the bundle when the
    orders with any two of the three hold the other one oftener than popularity, month and the
    size of these orders explain: expected are Σ over orders with the two of (s − 2) × the
    product's share of the lines of the month, s the products in the order. The weakest of the
    three ways counts; false bundles are held to 5 % as in `cross_sell`.

    Parameters
    ----------
    baskets
        Result of `baskets.product_baskets`.
    pairs
        Result of `cross_sell.cross_sell` on them.
    min_support, min_orders
        Orders that must hold all three: as a share of all, and at least.

    Returns
    -------
    DataFrame
        One row per bundle, surest first: `product`, `with_product`, `third_product` (names),
        `order_count`, `support`, `lift` = support / the product of the three shares,
        `confidence` (orders with all three / orders with the commonest two of them),
        `confidence_low` (its Wilson 95 % lower end), `price` and `margin` (money of the three
        together), `q_value`, `verdict` (`together`, else `chance`), `customer_count` (different
        customers with all three in one order).
    """
    floor = least_orders(baskets.n, min_support=min_support, min_orders=min_orders)
    places = pd.Series(range(len(baskets.products)), index=baskets.products["product_id"])
    sure = pairs[pairs["verdict"] == "together"]
    first, second = (
        places.loc[sure[name]].to_numpy() for name in ("product_id", "with_product_id")
    )
    keys = [(a, b) for a, b in zip(first, second, strict=True) if a < b][:MOST_PAIRS]
    columns = baskets.held.tocsc()
    found: dict[tuple[int, ...], int] = {}
    for pair in keys:
        count = per_column(baskets.held[_both(columns, pair)])
        count[list(pair)] = 0
        for third in np.flatnonzero(count >= floor):
            found[tuple(sorted((*pair, int(third))))] = int(count[third])
    often = int((baskets.products["basket_count"] >= floor).sum())
    return _described(baskets, columns, found, tests=len(keys) * often)


def _both(columns: csc_matrix, pair: tuple[int, ...]) -> Counts:
    """The baskets that hold both."""
    first, second = (columns.indices[columns.indptr[c] : columns.indptr[c + 1]] for c in pair)
    found: Counts = np.intersect1d(first, second, assume_unique=True)
    return found


def _described(
    baskets: Baskets, columns: csc_matrix, found: dict[tuple[int, ...], int], *, tests: int
) -> pd.DataFrame:
    sizes = np.diff(baskets.held.indptr)
    month = np.unique(baskets.months, return_inverse=True)[1]
    lines = np.bincount(month, weights=sizes, minlength=1)
    products, n = baskets.products, max(baskets.n, 1)
    held = products["basket_count"].to_numpy()
    ids = products["product_id"].to_numpy()
    people = customers_behind(baskets, [ids[list(bundle)] for bundle in found])
    rows = []
    for bundle, count in found.items():
        tails, wholes = [], []
        for pair in itertools.combinations(bundle, 2):
            third = next(each for each in bundle if each not in pair)
            both = _both(columns, pair)
            holders = columns.indices[columns.indptr[third] : columns.indptr[third + 1]]
            share = np.bincount(month[holders], minlength=len(lines)) / lines
            expected = ((sizes[both] - 2) * share[month[both]]).sum()
            tails.append(float(gammainc(count, expected)) if expected > 0 else 0.0)
            wholes.append(len(both))
        names = products.iloc[list(bundle)]
        rows.append(
            {
                **dict(zip(COLUMNS[:3], names["product"], strict=True)),
                "order_count": count,
                "support": count / n,
                "lift": count / n / float(np.prod(held[list(bundle)] / n)),
                "confidence": count / max(wholes),
                "confidence_low": float(share_low(count, max(wholes))),
                "price": names["price"].sum(skipna=False),
                "margin": names["margin"].sum(skipna=False),
                "p_value": max(tails),
            }
        )
    table = pd.DataFrame(rows, columns=[*COLUMNS[:10], "p_value"])
    table["customer_count"] = people
    chance = table["p_value"].to_numpy(dtype="float64")
    table["q_value"] = false_share(chance, tests=tests)
    table["verdict"] = np.where(table["q_value"] <= ALPHA, "together", "chance")
    order = ["q_value", "order_count", *COLUMNS[:3]]
    ranked = table.sort_values(order, ascending=[True, False, True, True, True])
    return ranked.reset_index(drop=True)[list(COLUMNS)]

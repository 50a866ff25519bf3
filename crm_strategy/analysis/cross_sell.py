"""Cross-sell: which product to offer beside which, and how sure that is."""

import functools
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc, ndtri

from crm_strategy.analysis.baskets import Baskets
from crm_strategy.analysis.pair_counts import expected_counts, pair_counts

COLUMNS = (
    *("product", "with_product", "order_count", "support", "confidence", "lift", "lift_low"),
    *("confidence_low", "margin", "price", "expected_count", "p_value", "q_value", "verdict"),
    *("without_count", "leverage", "product_id", "with_product_id"),
)

ALPHA = 0.05
"""Share of false pairs accepted among those called together."""

_Z = float(ndtri(0.975))


def least_orders(n: int, *, min_support: float, min_orders: int = 10) -> int:
    """Orders that must hold a pair: the share of all n, and never fewer than `min_orders`."""
    # 0.01 × 300 is 3.0000000000000004 in floating point.
    return max(min_orders, math.ceil(min_support * n - 1e-9))


def cross_sell(
    baskets: Baskets, *, min_support: float = 0.001, min_orders: int = 10
) -> pd.DataFrame:
    """Pairs of products by the orders that hold both, both ways round.

    support = orders with both / orders; confidence = orders with both / orders with `product`;
    lift = confidence / share of orders with `with_product`; leverage = support − the product of
    the two shares. `lift_low` has the lower end of Wilson's 95 % interval of the confidence.

    Lift alone calls pairs of large orders and of one season together. So `p_value` is the
    chance of so many orders by a Poisson of `pair_counts.expected_counts`, and `q_value` the
    share of false pairs among those as good (Benjamini-Hochberg over all pairs of products that
    are sold often enough, also those never seen together).

    Parameters
    ----------
    baskets
        Result of `baskets.product_baskets`.
    min_support, min_orders
        Orders that must hold a pair: as a share of all, and at least.

    Returns
    -------
    DataFrame
        Two rows per pair, surest first: `product`, `with_product` (names), `order_count`,
        `support`, `confidence`, `lift`, `lift_low`, `confidence_low`, `margin` and `price`
        (money that an order with `with_product` earns by it; NaN where unknown),
        `expected_count` (orders with both, by popularity alone), `p_value`, `q_value`,
        `verdict` (`together` when q is at most 5 % and lift_low above 1, `apart` when there
        are fewer orders than expected, else `chance`), `without_count` (orders with one of the
        two alone, the smaller number), `leverage`, `product_id`, `with_product_id`.

    References
    ----------
    Benjamini & Hochberg (1995), JRSS B 57(1). Confidence and lift: Brin et al. (1997), SIGMOD.
    """
    floor = least_orders(baskets.n, min_support=min_support, min_orders=min_orders)
    pairs = pair_counts(baskets.held, at_least=floor)
    often = int((baskets.products["basket_count"] >= floor).sum())
    expected = expected_counts(baskets, pairs)
    chance = gammainc(pairs["count"].to_numpy(), expected)
    pairs = pairs.assign(
        expected_count=expected,
        p_value=chance,
        q_value=false_share(chance, tests=often * (often - 1) // 2),
    )
    turned = pairs.rename(columns={"first": "second", "second": "first"})
    return _rules(baskets, pd.concat([pairs, turned], ignore_index=True))


def _rules(baskets: Baskets, pairs: pd.DataFrame) -> pd.DataFrame:
    products = baskets.products
    held = products["basket_count"].to_numpy()
    first, second = pairs["first"].to_numpy(), pairs["second"].to_numpy()
    count, n = pairs["count"].to_numpy(), max(baskets.n, 1)
    share, confidence = held[second] / n, count / held[first]
    low = share_low(count, held[first])
    table = pd.DataFrame(
        {
            "product": products["product"].to_numpy()[first],
            "with_product": products["product"].to_numpy()[second],
            "order_count": count,
            "support": count / n,
            "confidence": confidence,
            "lift": confidence / share,
            "lift_low": low / share,
            "confidence_low": low,
            "margin": products["margin"].to_numpy(dtype="float64")[second],
            "price": products["price"].to_numpy(dtype="float64")[second],
            **{name: pairs[name] for name in ("expected_count", "p_value", "q_value")},
            "without_count": np.minimum(held[first], held[second]) - count,
            "leverage": count / n - held[first] * held[second] / n**2,
            "product_id": products["product_id"].to_numpy()[first],
            "with_product_id": products["product_id"].to_numpy()[second],
        }
    )
    sure = (table["q_value"] <= ALPHA) & (table["lift_low"] > 1)
    fewer = table["order_count"] < table["expected_count"]
    table["verdict"] = np.select([sure, fewer], ["together", "apart"], "chance")
    order = ["lift_low", "order_count", "product_id", "with_product_id"]
    ranked = table.assign(late=~sure).sort_values(
        ["late", *order], ascending=[True, False, False, True, True], ignore_index=True
    )
    return ranked[list(COLUMNS)]


def share_low(count: ArrayLike, n: ArrayLike) -> NDArray[np.float64]:
    """The lower end of Wilson's 95 % interval of shares, as `intervals.share_interval`."""
    k, whole = np.asarray(count, dtype=np.float64), np.asarray(n, dtype=np.float64)
    share, square = k / whole, _Z * _Z
    half = _Z * np.sqrt(share * (1 - share) / whole + square / (4 * whole**2))
    low: NDArray[np.float64] = (share + square / (2 * whole) - half) / (1 + square / whole)
    return np.clip(low, 0.0, share)


def false_share(p_values: NDArray[np.float64], *, tests: int) -> NDArray[np.float64]:
    """Benjamini-Hochberg's q of the smallest p-values of so many tests; the others count as 1."""
    order = np.argsort(p_values)
    ranks = np.arange(1, len(p_values) + 1)
    stepped = p_values[order] * (max(tests, len(p_values)) / ranks)
    found = np.empty(len(p_values))
    found[order] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    return found


def sure_pairs(baskets: Baskets, pairs: pd.DataFrame, *, most: int = 50) -> pd.DataFrame:
    """The pairs bought together, each the way that is surer, with the customers behind it.

    Parameters
    ----------
    baskets
        Result of `baskets.product_baskets`.
    pairs
        Result of `cross_sell` on them.
    most
        Pairs at most.

    Returns
    -------
    DataFrame
        The rows of `pairs` with verdict `together`, the way with the higher confidence, with
        `extra_value` (money: orders beyond those expected by chance × margin, or × price where
        no margin is known; the most first), `customer_count` (different customers with both in
        one order) and `pair_count` (such pairs in all, on each row).
    """
    sure = pairs[pairs["verdict"] == "together"]
    ids = np.sort(sure[["product_id", "with_product_id"]].to_numpy(dtype=str), axis=1)
    keyed = sure.assign(pair=list(map(tuple, ids)))
    keyed = keyed.sort_values(["confidence", "product_id"], ascending=[False, True])
    best = keyed.drop_duplicates("pair").drop(columns="pair")
    worth = best["price"] if best["margin"].isna().all() else best["margin"].fillna(0.0)
    extra = (best["order_count"] - best["expected_count"]) * worth
    ranked = best.assign(extra_value=extra, pair_count=len(best)).sort_values(
        ["extra_value", "product_id", "with_product_id"], ascending=[False, True, True]
    )
    shown = ranked.head(most).reset_index(drop=True)
    names = [shown[name] for name in ("product_id", "with_product_id")]
    return shown.assign(customer_count=customers_behind(baskets, list(zip(*names, strict=True))))


def customers_behind(baskets: Baskets, sets: Sequence[Sequence[str]]) -> NDArray[np.int64]:
    """Different known customers with a basket that holds all products of each set."""
    places = {item: at for at, item in enumerate(baskets.products["product_id"])}
    columns = baskets.held.tocsc()
    counts = []
    for items in sets:
        holders = [
            columns.indices[columns.indptr[at] : columns.indptr[at + 1]]
            for at in (places[item] for item in items)
        ]
        rows = functools.reduce(np.intersect1d, holders)
        owners = np.unique(baskets.owners[rows])
        counts.append(int((owners >= 0).sum()))
    return np.array(counts, dtype=np.int64)

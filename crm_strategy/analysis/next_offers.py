"""Next offer: what to offer each customer who owns something but not that, and what it is worth."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from crm_strategy.analysis.baskets import Baskets, Counts
from crm_strategy.analysis.cross_sell import share_low
from crm_strategy.analysis.histories import Floats
from crm_strategy.analysis.pair_counts import pair_counts

OFFERS = 5
"""Offers a customer."""

PRODUCT_COLUMNS = (
    *("product", "customer_count", "first_count", "chance", "margin", "expected_value"),
    *("price", "category", "product_id"),
)

_CELLS, _AT_ONCE = 4_000_000, 20_000
"""Cells of a block of customers × products, and offers looked up at once."""


def next_offers(
    owned: Baskets,
    prices: pd.DataFrame,
    *,
    k: int = OFFERS,
    min_customers: int = 5,
    rows: Counts | None = None,
) -> pd.DataFrame:
    """The offers of each customer, the most valuable first.

    Offered are the k products not owned yet with the highest score: the sum over all products
    owned of √(confidence_low × lift_low), with the lower Wilson ends of the share of owners of
    that product who own this one too. Confidence alone favours the popular, lift alone the rare.
    Among the k the one with the highest expected value comes first: `chance` × margin, or ×
    price where no margin is known.

    Parameters
    ----------
    owned
        Result of `baskets.product_baskets(…, of="customer_id")`.
    prices
        `product_id`, `price`, `margin` of an order that holds the product.
    k
        Offers a customer at most.
    min_customers
        Customers who must own both products before one is offered for the other.
    rows
        Rows of `owned.held` to make offers for; all when left out.

    Returns
    -------
    DataFrame
        One row per offer: `row` and `column` of `owned.held`, `rank` from 1, `chance` (the
        highest confidence_low among the products owned: a share of owners, not of answers to an
        offer), `expected_value` (money). Customers without evidence have none.
    """
    score, sure = _weights(owned, min_customers)
    people = np.arange(owned.n) if rows is None else rows
    rows, columns = _each(owned.held, people, k, lambda held: (held @ score).toarray())
    chance = _chances(owned.held, sure, rows, columns)
    worth = _worth(owned, prices)[columns] * chance
    offers = pd.DataFrame(
        {"row": rows, "column": columns, "chance": chance, "expected_value": worth}
    )
    offers = offers.sort_values(
        ["row", "expected_value", "column"], ascending=[True, False, True], ignore_index=True
    )
    offers["rank"] = offers.groupby("row").cumcount() + 1
    return offers[["row", "column", "rank", "chance", "expected_value"]]


def offered_products(offers: pd.DataFrame, owned: Baskets, prices: pd.DataFrame) -> pd.DataFrame:
    """The offers by product: to how many customers, and what one is worth.

    Parameters
    ----------
    offers
        Result of `next_offers`.
    owned, prices
        As there.

    Returns
    -------
    DataFrame
        One row per product offered, most customers first: `product` (name), `customer_count`
        (who should be offered it), `first_count` (to whom it is the most valuable offer),
        `chance` (mean of them), `margin` and `price` (money of an order with it; NaN where
        unknown), `expected_value` (mean money of an offer), `category`, `product_id`.
    """
    by_product = offers.groupby("column").agg(
        customer_count=("row", "size"),
        first_count=("rank", lambda ranks: int((ranks == 1).sum())),
        chance=("chance", "mean"),
        expected_value=("expected_value", "mean"),
    )
    named = owned.products[["product", "category", "product_id"]].join(by_product, how="inner")
    named = named.merge(prices[["product_id", "price", "margin"]], on="product_id", how="left")
    order = ["customer_count", "expected_value", "product_id"]
    ranked = named.sort_values(order, ascending=[False, False, True], ignore_index=True)
    return ranked[list(PRODUCT_COLUMNS)]


def popular_offers(owned: Baskets, rows: Counts, *, k: int = OFFERS) -> tuple[Counts, Counts]:
    """Rows and columns of the k products most customers own, without those owned already."""
    popular = owned.products["basket_count"].to_numpy(dtype="float64")
    return _each(owned.held, rows, k, lambda held: np.tile(popular, (held.shape[0], 1)))


def _weights(owned: Baskets, min_customers: int) -> tuple[csr_matrix, csr_matrix]:
    """Scores, and lower ends of confidence, of the column's product for owners of the row's."""
    pairs = pair_counts(owned.held, at_least=min_customers)
    holders = owned.products["basket_count"].to_numpy(dtype="float64")
    first = np.concatenate([pairs["first"], pairs["second"]])
    second = np.concatenate([pairs["second"], pairs["first"]])
    low = share_low(np.tile(pairs["count"], 2), holders[first])
    lift_low = low * owned.n / holders[second]
    shape = (len(holders), len(holders))
    return (
        csr_matrix((np.sqrt(low * lift_low), (first, second)), shape=shape),
        csr_matrix((low, (first, second)), shape=shape),
    )


def _each(
    held: csr_matrix, rows: Counts, k: int, scores_of: Callable[[csr_matrix], Floats]
) -> tuple[Counts, Counts]:
    """The k columns of the highest score above 0 for each row, owned ones left out."""
    step = max(1, _CELLS // max(held.shape[1], 1))
    parts = [_best(held, rows[at : at + step], k, scores_of) for at in range(0, len(rows), step)]
    nothing = np.zeros((2, 0), dtype=np.int64)
    found = np.concatenate([nothing, *parts], axis=1)
    return found[0], found[1]


def _best(
    held: csr_matrix, rows: Counts, k: int, scores_of: Callable[[csr_matrix], Floats]
) -> Counts:
    owned = held[rows]
    scores = scores_of(owned)
    scores[np.repeat(np.arange(len(rows)), np.diff(owned.indptr)), owned.indices] = 0.0
    # Equal scores: the first product by id, so that one input gives one offer.
    best = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    good = np.take_along_axis(scores, best, axis=1) > 0
    return np.stack([np.broadcast_to(rows[:, None], best.shape)[good], best[good]])


def _chances(held: csr_matrix, sure: csr_matrix, rows: Counts, columns: Counts) -> Floats:
    """The highest lower end of confidence among the products the row owns."""
    chances = np.zeros(len(rows))
    for at in range(0, len(rows), _AT_ONCE):
        of = rows[at : at + _AT_ONCE]
        sizes = np.diff(held.indptr)[of]
        begins = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        inside = np.arange(sizes.sum()) - np.repeat(begins, sizes)
        mine = held.indices[np.repeat(held.indptr[of], sizes) + inside]
        known = np.asarray(sure[mine, np.repeat(columns[at : at + _AT_ONCE], sizes)]).ravel()
        chances[at : at + _AT_ONCE] = np.maximum.reduceat(known, begins)
    return chances


def _worth(owned: Baskets, prices: pd.DataFrame) -> Floats:
    """Money of an order with each product: its margin, or its price where no margin is known."""
    by_id = prices.set_index("product_id").reindex(owned.products["product_id"])
    column = "price" if by_id["margin"].isna().all() else "margin"
    worth: Floats = by_id[column].fillna(0.0).to_numpy(dtype="float64")
    return worth

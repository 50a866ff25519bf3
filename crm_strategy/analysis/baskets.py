"""Baskets: which products stand together in an order, or with a customer, as a sparse matrix."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import ibis
import numpy as np
import pandas as pd
from ibis import _
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from crm_strategy.analysis.spans import midnight, until

MOST_PRODUCTS = {"order_id": 1_000, "customer_id": 5_000}
"""An order or a customer with more different products is a stock order or a till's account."""

PRODUCT_COLUMNS = ("product_id", "product", "category", "basket_count", "price", "margin")

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Baskets:
    """Who holds what: one row a basket, one column a product.

    `held`: 1 where the basket holds the product. `products`: the columns in order:
    `product_id`, `product` (its name, else its id), `category`, `basket_count`, `price` (money
    it brings per basket that holds it) and `margin` (of that; NaN where unknown). `owners`: for
    each basket the place of its customer in `customers` (ids), -1 where unknown. `months`: the
    month of each basket. `left_out`: baskets of more than `MOST_PRODUCTS` products, which are
    in nothing else here.
    """

    held: csr_matrix
    products: pd.DataFrame
    owners: Counts
    customers: pd.Index
    months: Counts
    left_out: int

    @property
    def n(self) -> int:
        """Number of baskets."""
        return int(self.held.shape[0])


def product_baskets(
    order_lines: ibis.Table,
    *,
    end: date,
    start: date | None = None,
    of: Literal["order_id", "customer_id"] = "order_id",
    margin_rate: float | None = None,
    most_products: int | None = None,
) -> Baskets:
    """The products of each order, or of each customer; the engine lists, nothing is dense.

    Parameters
    ----------
    order_lines
        One row per line of an order or refund: `order_id`, `customer_id`, `ordered_at`
        (timestamp), `product_id`, `product`?, `category`?, `amount` (money), `cost`? (money, of
        the line), `is_refund`. Refunds and lines without product are left out; a product twice
        in a basket is in it once.
    end
        Last day observed.
    start
        First day; all days when left out.
    of
        What makes a basket. Lines without customer are in no customer's basket.
    margin_rate
        Margin of a unit of revenue, where costs are unknown.
    most_products
        Different products a basket holds at most, `MOST_PRODUCTS` unless told otherwise.
    """
    most = MOST_PRODUCTS[of] if most_products is None else most_products
    item = _.product_id.fill_null(_["product"])
    lines = order_lines.filter(until(_.ordered_at, end), ~_.is_refund, _[of].notnull())
    if start is not None:
        lines = lines.filter(_.ordered_at >= midnight(start))
    lines = lines.mutate(item=item).filter(_["item"].notnull())
    numbered = _numbered(lines)
    found = numbered.order_by("code").to_pandas()
    # A list per basket leaves the text of its id in the engine.
    listed = (
        lines.join(numbered.select("item", "code"), "item")
        .group_by(of)
        .agg(codes=_.code.collect(), owner=_.customer_id.max(), first=_.ordered_at.min())
        .select("codes", "owner", month=_.first.year() * 12 + _.first.month())
        .to_pyarrow()
    )
    held = _matrix(listed["codes"].combine_chunks(), len(found))
    few = np.diff(held.indptr) <= most
    owners = listed["owner"].combine_chunks().dictionary_encode()
    kept = held if few.all() else held[few]
    return Baskets(
        held=kept,
        products=_described(found, per_column(held), margin_rate).assign(
            basket_count=per_column(kept)
        )[list(PRODUCT_COLUMNS)],
        owners=np.asarray(owners.indices.fill_null(-1), dtype=np.int64)[few],
        customers=pd.Index(owners.dictionary.to_pandas(), dtype="str"),
        months=np.asarray(listed["month"], dtype=np.int64)[few],
        left_out=int((~few).sum()),
    )


def per_column(matrix: csr_matrix) -> Counts:
    """The sum of each column."""
    return np.asarray(matrix.sum(axis=0), dtype=np.int64).ravel()


def _numbered(lines: ibis.Table) -> ibis.Table:
    """One row per product with its number from 0, in the order of ids."""
    category = lines.category if "category" in lines.columns else ibis.null("string")
    name = lines["product"] if "product" in lines.columns else ibis.null("string")
    cost = lines.cost if "cost" in lines.columns else ibis.null("float64")
    priced = lines.mutate(name=name, category=category, cost=cost)
    return (
        priced.group_by("item")
        .agg(
            name=_["name"].max(),
            category=_.category.max(),
            revenue=_.amount.sum(),
            costed=_.amount.sum(where=_.cost.notnull()),
            cost=_.cost.sum(),
        )
        .mutate(code=ibis.row_number().over(order_by="item").cast("int32"))
    )


def _matrix(lists: Any, products: int) -> csr_matrix:
    # Copies: SciPy sorts in place, and the engine's memory is read-only.
    codes, offsets = lists.flatten().to_numpy().copy(), lists.offsets.to_numpy().copy()
    ones = np.ones(len(codes), dtype=np.int32)
    held = csr_matrix((ones, codes, offsets - offsets[0]), shape=(len(lists), products))
    held.sum_duplicates()
    held.data[:] = 1
    return held


def _described(rows: pd.DataFrame, holders: Counts, margin_rate: float | None) -> pd.DataFrame:
    """Products with what one brings per basket; half of the revenue must have a known cost."""
    revenue = rows["revenue"].astype("float64")
    costed, cost = rows["costed"].astype("float64"), rows["cost"].astype("float64")
    price = revenue / holders
    rate = ((costed - cost) / costed).where((costed > 0) & (costed >= revenue / 2))
    return pd.DataFrame(
        {
            "product_id": rows["item"],
            "product": rows["name"].fillna(rows["item"]),
            "category": rows["category"],
            "price": price,
            "margin": price * (rate if margin_rate is None else rate.fillna(margin_rate)),
        }
    )

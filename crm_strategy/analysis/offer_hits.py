"""Hit-rate of next offers: what was offered from the days before, and was bought after."""

from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from crm_strategy.analysis.baskets import Baskets, Counts, product_baskets
from crm_strategy.analysis.intervals import nps_interval, share_interval
from crm_strategy.analysis.next_offers import OFFERS, next_offers, popular_offers
from crm_strategy.analysis.spans import DAY

COLUMNS = ("method", "customer_count", "hit_count", "hit_rate", "low", "high", "k", "start", "end")
METHODS = ("offers", "popular", "difference")

HELD_BACK = 0.25
"""At most this share of the days observed is held back."""


def held_back_from(first_day: date, *, start: date, end: date) -> date:
    """The first day held back: the period's, or later where too few days would be left before."""
    days = (end - first_day).days + 1
    return max(start, end - timedelta(days=int(days * HELD_BACK) - 1))


def offer_hits(
    order_lines: ibis.Table, *, start: date, end: date, k: int = OFFERS, min_customers: int = 5
) -> pd.DataFrame:
    """How many customers bought one of their k offers, against the k most popular products.

    Offers are made of all days before `start`. Asked are the customers known then who bought
    anything from `start` to `end`; a hit is a product among their k offers that they had never
    bought before. Nobody was shown an offer: a hit says that the guess was right, not that it
    would have sold more.

    Parameters
    ----------
    order_lines
        As in `baskets.product_baskets`.
    start, end
        First and last day held back.
    k
        Offers a customer.
    min_customers
        As in `next_offers.next_offers`.

    Returns
    -------
    DataFrame
        Three rows: `method` (`offers`, `popular`: the k products most customers own, owned ones
        left out too; `difference`, offers less popular, in shares), `customer_count` (asked),
        `hit_count`, `hit_rate`, `low`, `high` (Wilson's 95 % interval; of the difference of
        paired shares Wald's), `k`, `start`, `end`. No rows when nobody can be asked.
    """
    before = product_baskets(order_lines, end=start - DAY, of="customer_id")
    after = product_baskets(order_lines, start=start, end=end, of="customer_id")
    rows, bought = _bought(before, after)
    if not len(rows):
        return pd.DataFrame(columns=list(COLUMNS))
    free = before.products[["product_id"]].assign(price=0.0, margin=np.nan)
    offers = next_offers(before, free, k=k, min_customers=min_customers, rows=rows)
    ours = _hits(bought, offers["row"].to_numpy(), offers["column"].to_numpy())[rows]
    popular = _hits(bought, *popular_offers(before, rows, k=k))[rows]
    return pd.DataFrame(_rates(ours, popular)).assign(k=k, start=start, end=end)[list(COLUMNS)]


def _bought(before: Baskets, after: Baskets) -> tuple[Counts, csr_matrix]:
    """Rows of `before` who bought again, and what: rows and columns as in `before`."""
    rows = pd.Index(before.customers[before.owners]).get_indexer(after.customers[after.owners])
    columns = pd.Index(before.products["product_id"]).get_indexer(after.products["product_id"])
    cells = after.held.tocoo()
    row, column = rows[cells.row], columns[cells.col]
    known = (row >= 0) & (column >= 0)
    ones = np.ones(int(known.sum()), dtype=np.int32)
    bought = csr_matrix((ones, (row[known], column[known])), shape=before.held.shape)
    return np.unique(rows[rows >= 0]).astype(np.int64), bought


def _hits(bought: csr_matrix, rows: Counts, columns: Counts) -> NDArray[np.bool_]:
    """Whether each row bought one of its offers."""
    hit = np.zeros(bought.shape[0], dtype=bool)
    cells, wide = bought.tocoo(), bought.shape[1]
    taken = cells.row.astype(np.int64) * wide + cells.col
    hit[rows[np.isin(rows.astype(np.int64) * wide + columns, taken)]] = True
    return hit


def _rates(ours: NDArray[np.bool_], popular: NDArray[np.bool_]) -> list[dict[str, object]]:
    n = len(ours)
    rates: list[dict[str, object]] = []
    for method, hit in (("offers", ours), ("popular", popular)):
        low, high = share_interval(int(hit.sum()), n)
        rates.append({"method": method, "hit_count": int(hit.sum()), "low": low, "high": high})
    # A difference of paired shares is a net score: won less lost.
    won, lost = int((ours & ~popular).sum()), int((popular & ~ours).sum())
    ends = [end if end is None else end / 100 for end in nps_interval(won, lost, n)]
    rates.append({"method": "difference", "hit_count": won - lost, "low": ends[0], "high": ends[1]})
    return [rate | {"customer_count": n, "hit_rate": rate["hit_count"] / n} for rate in rates]  # type: ignore[operator]

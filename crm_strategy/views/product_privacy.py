"""Products and categories that few customers bought, now or in the period compared with.

Revenue of both periods adds up to what the table tells of all, so the next smallest rows go with
a lone hidden one. Of 19 orders by 18 customers one came again, so orders or customers of such a
row are not told: of categories the orders, as beside their other KPIs; customers of products are
rounded to steps, for most products are bought once.
"""

from collections.abc import Collection, Sequence
from typing import Final

import pandas as pd

from crm_strategy.views.overlap_privacy import in_steps
from crm_strategy.views.payload import hidden, is_hidden
from crm_strategy.views.privacy import complete, rows_to_hide, small, wholes_of, with_hidden
from crm_strategy.words import voice

NOW: Final = (
    *("revenue", "order_count", "revenue_share", "change", "trend", "price", "refund_rate"),
    *("price_change", "previous", "previous_count", "expected_count", "p_adjusted"),
    "previous_refund_rate",
)
"""What is hidden with the customers of the period."""

THEN: Final = (
    *("previous", "change", "trend", "previous_count", "expected_count", "price_change"),
    *("previous_refund_rate", "p_adjusted"),
)
"""What tells of the period compared with."""

_ALL: Final = ((),)
_OF_CATEGORY: Final = ((), ("category",))


def told_categories(rows: pd.DataFrame) -> pd.DataFrame:
    """Categories without the figures of few customers; hidden ones stand last, by name.

    Parameters
    ----------
    rows
        Result of `products.category_revenue`.
    """
    if rows.empty:
        return rows
    orders = _orders_to_hide(rows, hidden_now(rows))
    told = _hide(_told(rows, _ALL), orders, ("order_count",))
    return _hidden_last(told, hidden_now(rows), ["category"])


def told_products(rows: pd.DataFrame) -> pd.DataFrame:
    """Products without the figures of few customers; hidden ones stand last, by name.

    Parameters
    ----------
    rows
        Result of `product_trends.product_trends`. Products of a category are a whole too.
    """
    if rows.empty:
        return rows
    told = _without_few_refunds(with_customers_in_steps(_told(rows, _OF_CATEGORY), rows), rows)
    return _hidden_last(told, hidden_now(rows, _OF_CATEGORY), ["product", "product_id"])


def hidden_now(rows: pd.DataFrame, within: Sequence[Sequence[str]] = _ALL) -> set[int]:
    """Positions of rows that few customers of the period are behind, and of what tells them.

    Parameters
    ----------
    rows
        Categories or products.
    within
        As in `privacy.without_small`; those of products by default are all.
    """
    return _gone(rows, "revenue_customers", within)


def hidden_then(rows: pd.DataFrame, within: Sequence[Sequence[str]] = _ALL) -> set[int]:
    """As `hidden_now`, of the customers of the period compared with."""
    return _gone(rows, "previous_customers", within)


def products_not_told(products: pd.DataFrame) -> set[int]:
    """Positions of products of which either period is hidden: no sentence names them."""
    return hidden_now(products, _OF_CATEGORY) | hidden_then(products, _OF_CATEGORY)


def with_customers_in_steps(told: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with `customer_count` in steps of the smallest group, or hidden where one step
    beside the orders would tell that a few ordered again.

    Parameters
    ----------
    told, rows
        Rows after and before hiding, of `customer_count` and `order_count`.
    """
    step = voice().min_cell
    steps = in_steps(rows["customer_count"], step)
    again = (rows["order_count"] - rows["customer_count"]).map(small)
    shown = told.astype({"customer_count": "object"})
    at = shown.columns.get_loc("customer_count")
    for place, n in enumerate(steps):
        if told["customer_count"].iloc[place] == rows["customer_count"].iloc[place]:
            few = again.iloc[place] and n < 2 * step
            shown.iat[place, at] = hidden() if few else int(n)
    return shown


def _without_few_refunds(told: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows without refund rates of a few: by revenue and price they tell single pieces."""
    for when in ("", "previous_"):
        counted = f"{when}refund_customers"
        if counted in rows:
            few = [place for place, n in enumerate(rows[counted]) if small(n)]
            told = _hide(told, few, (f"{when}refund_rate",))
    return told


def _told(rows: pd.DataFrame, within: Sequence[Sequence[str]]) -> pd.DataFrame:
    now, then = hidden_now(rows, within), hidden_then(rows, within)
    known = [column for column in NOW if column in rows]
    return _hide(with_hidden(rows, now, hides=known, within=_ALL), then, THEN)


def _hide(rows: pd.DataFrame, places: Collection[int], names: Sequence[str]) -> pd.DataFrame:
    known = [name for name in names if name in rows]
    shown = rows.astype(dict.fromkeys(known, "object"))
    for place in places:
        for at in (shown.columns.get_loc(name) for name in known):
            value = shown.iat[place, at]
            if is_hidden(value) or pd.notna(value):
                shown.iat[place, at] = hidden()
    return shown


def _gone(rows: pd.DataFrame, column: str, within: Sequence[Sequence[str]]) -> set[int]:
    counts = [None if n != n else n for n in rows[column]]
    names = [tuple(name for name in each if name in rows) for each in within]
    whole = rows.fillna({"category": ""}) if "category" in rows else rows
    return set(rows_to_hide(counts, groups=wholes_of(whole, names)))


def _orders_to_hide(rows: pd.DataFrame, unseen: set[int]) -> set[int]:
    """Categories of which orders less customers would tell that a few ordered again."""
    again = (rows["order_count"] - rows["customer_count"]).astype("float64")
    few = {place for place, n in enumerate(again) if small(n) and place not in unseen}
    if not few:
        return set()
    hide = few | unseen
    complete(hide, {place: n for place, n in enumerate(again) if n > 0})
    return hide - unseen


def _hidden_last(rows: pd.DataFrame, gone: Collection[int], names: Sequence[str]) -> pd.DataFrame:
    """Rows stand by revenue: where it is hidden their place would tell it."""
    kept = [place for place in range(len(rows)) if place not in gone]
    known = [name for name in names if name in rows]
    last = sorted(gone, key=lambda place: [str(rows[name].iloc[place]) for name in known])
    return rows.iloc[[*kept, *last]].reset_index(drop=True)

"""Price, volume and mix: what products did to the change of revenue."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import ibis
import numpy as np
import pandas as pd
from ibis import _

from crm_strategy.analysis.spans import within

EFFECTS: Final = ("volume", "mix", "price", "products_new", "products_gone")

UNPRICED: Final = "products_unpriced"
"""Sold in both periods, but without a quantity above 0: free of charge, or returned."""

_SHARED: Final = "shared"

_DIGITS: Final = 6
"""Sums are rounded so far that the order of adding decides nothing."""

COLUMNS: Final = ("driver", "contribution", "previous", "current", "n", "previous_n")


def price_volume_mix(
    order_lines: ibis.Table,
    *,
    start: date,
    end: date,
    previous_start: date,
    previous_end: date,
    min_count: int = 0,
) -> pd.DataFrame:
    """Split the change of the order lines' revenue by products, without a remainder.

    Of products sold in both periods, with quantities q, prices p = revenue / quantity and all
    their quantity Q: volume = (Q₁ − Q₀) · R₀ / Q₀; mix = Σ (q₁ − q₀ Q₁ / Q₀) · p₀; price =
    Σ q₁ (p₁ − p₀). products_new and products_gone: revenue of those sold in one period only.
    products_unpriced: those whose quantity is not above 0 in both. Where one of these three is of
    few customers, it is part of the mix: its money and its customers count with the products
    sold in both periods, so that their change stays the sum of the three effects on them.

    Parameters
    ----------
    order_lines
        One row per line of an order or refund: `customer_id`, `ordered_at` (timestamp),
        `product_id`,
        `product`?, `quantity`? (below 0 in refunds; 1 where missing), `amount` (money),
        `is_refund`.
    start, end
        First and last day of the period.
    previous_start, previous_end
        Of the period it is compared with.
    min_count
        Customers of a period below which they are few; 0 keeps every effect.

    Returns
    -------
    DataFrame
        One row per effect, in the order of `EFFECTS`, the unpriced only where there are some, those
        of few customers left out: `driver`, `contribution` (money; Σ is
        the change of the lines' revenue), `previous` and `current` (revenue of the products it
        rests on, in each period), `n` and `previous_n` (customers behind these; lines without
        a customer count for none). Empty without lines in either period.
    """
    windows = (start, end), (previous_start, previous_end)
    lines = _lines(order_lines)
    products = _products(lines, *windows)
    if products.empty:
        return pd.DataFrame(columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[1:], "float64"))
    products = products.assign(beside=products["effect"])
    customers = _customers(lines, products, *windows)
    few = ((customers > 0) & (customers < min_count)).any(axis="columns")
    folded = [effect for effect in customers.index[few] if effect != _SHARED]
    if folded:
        products["beside"] = products["effect"].where(~products["effect"].isin(folded), _SHARED)
        customers = _customers(lines, products, *windows)
    rows = [
        (driver, contribution, *_behind(products, customers, driver))
        for driver, contribution in _contributions(products, folded).items()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[1:], "float64"))


def _contributions(products: pd.DataFrame, folded: Sequence[str]) -> dict[str, float]:
    shared = products[products["effect"] == _SHARED]
    quantity, before = shared["quantity"].sum(), shared["previous_quantity"].sum()
    growth = quantity / before if before else 1.0
    revenue, previous = shared["revenue"].sum(), shared["previous_revenue"].sum()
    old_prices = shared["previous_revenue"] / shared["previous_quantity"]
    at_old_prices = (shared["quantity"] * old_prices).sum()
    single = products[products["effect"] != _SHARED].groupby("effect")
    changes = (single["revenue"].sum() - single["previous_revenue"].sum()).to_dict()
    taken_in = sum(changes[effect] for effect in folded)
    found = {
        "volume": previous * (growth - 1),
        "mix": at_old_prices - previous * growth + taken_in,
        "price": revenue - at_old_prices,
        "products_new": 0.0,
        "products_gone": 0.0,
        **changes,
    }
    return {driver: change for driver, change in found.items() if driver not in folded}


def _behind(products: pd.DataFrame, customers: pd.DataFrame, driver: str) -> tuple[float, ...]:
    """Revenue and customers in both periods of the products that an effect rests on."""
    effect = driver if driver.startswith("products_") else _SHARED
    money = products.loc[products["beside"] == effect, ["previous_revenue", "revenue"]].sum()
    people = customers.reindex([effect]).fillna(0.0).iloc[0]
    return (*money, people["n"], people["previous_n"])


def _lines(order_lines: ibis.Table) -> ibis.Table:
    columns = order_lines.columns
    product = [order_lines[name] for name in ("product_id", "product") if name in columns]
    sign = ibis.ifelse(order_lines.is_refund, -1.0, 1.0)
    count = order_lines.quantity.abs() if "quantity" in columns else ibis.null("float64")
    return order_lines.select(
        *("customer_id", "ordered_at", "amount"),
        product_key=ibis.coalesce(*product, ""),
        quantity=count.cast("float64").fill_null(1.0) * sign,
    )


def _products(lines: ibis.Table, now: tuple[date, date], then: tuple[date, date]) -> pd.DataFrame:
    """Quantity and revenue of each product in both periods, and the effect it belongs to."""
    in_now, in_then = within(lines.ordered_at, *now), within(lines.ordered_at, *then)
    products = (
        lines.filter(in_now | in_then)
        .group_by("product_key")
        .agg(
            quantity=_.quantity.sum(where=in_now).fill_null(0.0),
            previous_quantity=_.quantity.sum(where=in_then).fill_null(0.0),
            revenue=_.amount.sum(where=in_now).fill_null(0.0),
            previous_revenue=_.amount.sum(where=in_then).fill_null(0.0),
            sold=in_now.any(),
            sold_before=in_then.any(),
        )
        .order_by("product_key")
        .to_pandas()
        .round(_DIGITS)
    )
    priced = (products["quantity"] > 0) & (products["previous_quantity"] > 0)
    effect = np.select(
        [priced, ~products["sold_before"].astype(bool), ~products["sold"].astype(bool)],
        [_SHARED, "products_new", "products_gone"],
        default=UNPRICED,
    )
    return products.assign(effect=effect)


def _customers(
    lines: ibis.Table, products: pd.DataFrame, now: tuple[date, date], then: tuple[date, date]
) -> pd.DataFrame:
    """Customers behind the products of each effect, in both periods."""
    effects = ibis.memtable(products[["product_key", "beside"]])
    bought = effects.join(lines, "product_key")
    counted = bought.group_by("beside").agg(
        n=bought.customer_id.nunique(where=within(bought.ordered_at, *now)),
        previous_n=bought.customer_id.nunique(where=within(bought.ordered_at, *then)),
    )
    return counted.to_pandas().set_index("beside").astype("float64")

"""Price, volume and mix: what products did to the change of revenue."""

from datetime import date
from typing import Final

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.spans import within

EFFECTS: Final = ("volume", "mix", "price", "products_new", "products_gone")

UNPRICED: Final = "products_unpriced"
"""Sold in both periods, but without a quantity above 0: free of charge, or returned."""

_DIGITS: Final = 6
"""Sums are rounded so far that the order of adding decides nothing."""

COLUMNS: Final = ("driver", "contribution", "previous", "current", "n", "previous_n")


def price_volume_mix(
    order_lines: ibis.Table, *, start: date, end: date, previous_start: date, previous_end: date
) -> pd.DataFrame:
    """Split the change of the order lines' revenue by products, without a remainder.

    Of products sold in both periods, with quantities q, prices p = revenue / quantity and all
    their quantity Q: volume = (Q₁ − Q₀) · R₀ / Q₀; mix = Σ (q₁ − q₀ Q₁ / Q₀) · p₀; price =
    Σ q₁ (p₁ − p₀). products_new and products_gone: revenue of those sold in one period only.
    products_unpriced: those whose quantity is not above 0 in both.

    Parameters
    ----------
    order_lines
        One row per line of an order or refund: `ordered_at` (timestamp), `product_id`,
        `product`?, `quantity`? (below 0 in refunds; 1 where missing), `amount` (money),
        `is_refund`.
    start, end
        First and last day of the period.
    previous_start, previous_end
        Of the period it is compared with.

    Returns
    -------
    DataFrame
        One row per effect, in the order of `EFFECTS`, the unpriced only where there are some:
        `driver`, `contribution` (money; Σ is
        the change of the lines' revenue), `previous` and `current` (revenue of the products it
        rests on, in each period), `n` and `previous_n` (order lines of these). Empty without
        lines in either period.
    """
    products = _products(order_lines, (start, end), (previous_start, previous_end))
    if products.empty:
        return pd.DataFrame(columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[1:], "float64"))
    both = (products["quantity"] > 0) & (products["previous_quantity"] > 0)
    shared, single = products[both], products[~both]
    quantity, before = shared["quantity"].sum(), shared["previous_quantity"].sum()
    growth = quantity / before if before else 1.0
    revenue, previous = shared["revenue"].sum(), shared["previous_revenue"].sum()
    at_old_prices = (
        shared["quantity"] * shared["previous_revenue"] / shared["previous_quantity"]
    ).sum()
    came, went = single["previous_lines"] == 0, single["lines"] == 0
    of = {
        "products_new": single[came],
        "products_gone": single[went],
        UNPRICED: single[~came & ~went],
    }
    contributions = {
        "volume": previous * (growth - 1),
        "mix": at_old_prices - previous * growth,
        "price": revenue - at_old_prices,
        **{name: _change(rows) for name, rows in of.items() if len(rows) or name in EFFECTS},
    }
    rows = [
        (
            driver,
            contribution,
            *of.get(driver, shared)[
                ["previous_revenue", "revenue", "lines", "previous_lines"]
            ].sum(),
        )
        for driver, contribution in contributions.items()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _products(
    order_lines: ibis.Table, now: tuple[date, date], then: tuple[date, date]
) -> pd.DataFrame:
    """Quantity, revenue and lines of each product in both periods."""
    columns = order_lines.columns
    product = [order_lines[name] for name in ("product_id", "product") if name in columns]
    sign = ibis.ifelse(order_lines.is_refund, -1.0, 1.0)
    count = order_lines.quantity.abs() if "quantity" in columns else ibis.null("float64")
    lines = order_lines.select(
        "ordered_at",
        "amount",
        item=ibis.coalesce(*product, ""),
        quantity=count.cast("float64").fill_null(1.0) * sign,
    )
    in_now, in_then = within(lines.ordered_at, *now), within(lines.ordered_at, *then)
    return (
        lines.filter(in_now | in_then)
        .group_by("item")
        .agg(
            quantity=_.quantity.sum(where=in_now).fill_null(0.0),
            previous_quantity=_.quantity.sum(where=in_then).fill_null(0.0),
            revenue=_.amount.sum(where=in_now).fill_null(0.0),
            previous_revenue=_.amount.sum(where=in_then).fill_null(0.0),
            lines=in_now.sum().cast("float64"),
            previous_lines=in_then.sum().cast("float64"),
        )
        .order_by("item")
        .to_pandas()
        .round(_DIGITS)
    )


def _change(products: pd.DataFrame) -> float:
    return float(products["revenue"].sum() - products["previous_revenue"].sum())

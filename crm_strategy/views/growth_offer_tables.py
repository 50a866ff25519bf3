"""Tables of offers: what is bought together, what to offer next, and how well that was guessed."""

from typing import Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import Basis, Layout, Suppress
from crm_strategy.views.privacy import small
from crm_strategy.views.ranges import with_range
from crm_strategy.views.table import Table
from crm_strategy.views.telling_rates import hide_telling_rates, telling_rates, without_rates

MONEY: Final = dict.fromkeys(("margin", "price", "expected_value"), "unit_money")


def cross_sell_table(pairs: Data, *, n: int | None = None) -> Table:
    """Pairs bought together, the most worth first; `n` is the number of orders looked at."""
    return Table(
        pairs,
        id="cross_sell",
        formats={
            **MONEY,
            "extra_value": "money",
            **dict.fromkeys(("support", "confidence", "confidence_low"), "share"),
            **dict.fromkeys(("lift", "lift_low"), "ratio"),
            **dict.fromkeys(("expected_count", "without_count"), "count"),
            **dict.fromkeys(("p_value", "q_value", "leverage"), "exact"),
        },
        suppress=(
            Suppress(count="customer_count"),
            Suppress(count="order_count"),
            Suppress(count="without_count"),
        ),
        layout=Layout(
            columns=(
                *("product", "with_product", "order_count", "support", "confidence", "lift"),
                *("lift_low", "extra_value", "margin", "price", "expected_count", "q_value"),
                *("without_count", "customer_count", "confidence_low"),
                *("product_id", "with_product_id"),
            ),
            rows_shown=15,
            ranked=True,
        ),
        basis=Basis(n=n, unit="orders"),
    )


def bundles_table(bundles: Data, *, n: int | None = None) -> Table:
    """Bundles of three that belong together, surest first."""
    rows = told_bundles(bundles)
    return Table(
        rows,
        id="bundles",
        formats={
            **MONEY,
            **dict.fromkeys(("support", "confidence", "confidence_low"), "share"),
            "q_value": "exact",
        },
        suppress=(Suppress(count="customer_count"), Suppress(count="order_count")),
        layout=Layout(
            columns=(
                *("product", "with_product", "third_product", "order_count", "confidence"),
                *("lift", "price", "margin", "support", "confidence_low", "q_value"),
                "customer_count",
            ),
            rows_shown=10,
            ranked=True,
        ),
        basis=Basis(n=n, unit="orders"),
    )


def told_bundles(bundles: Data) -> pd.DataFrame:
    """The bundles that belong together, but those of which few lack the third product.

    Orders of the first two without the third follow from the confidence.
    """
    rows = frame_of(bundles)
    if rows.empty:
        return rows
    left = (rows["order_count"] / rows["confidence"] - rows["order_count"]).round()
    return rows[(rows["verdict"] == "together") & ~left.map(small).astype(bool)]


def next_offers_table(offered: Data, *, n: int | None = None, everyone: int | None = None) -> Table:
    """Products to offer next, by the customers they suit.

    Parameters
    ----------
    offered
        Result of `next_offers.offered_products`.
    n
        Customers who have an offer.
    everyone
        All customers: where they are a few more, `n` is not told.
    """
    rows = frame_of(offered)
    n = None if n is None or small((everyone or n) - n) else n
    if len(rows):
        share = rows["first_count"] / rows["customer_count"]
        rows = hide_telling_rates(
            rows.assign(share=share),
            "share",
            of="customer_count",
            hides=("first_count",),
            within=[[]],
        ).drop(columns="share")
    return Table(
        rows,
        id="next_offers",
        formats={**MONEY, "chance": "share", "category": "text"},
        suppress=(
            # The first offers of all customers add up to those who have one.
            Suppress(count="first_count", hides=(), within=((),)),
            Suppress(count="customer_count"),
        ),
        layout=Layout(
            columns=(
                *("product", "customer_count", "first_count", "chance", "margin"),
                *("expected_value", "price", "category", "product_id"),
            ),
            sheet_only=("price", "category", "product_id"),
            rows_shown=10,
            ranked=True,
        ),
        basis=Basis(n=n),
    )


def offer_hits_table(hits: Data) -> Table:
    """How many bought what they would have been offered, against the most popular products."""
    rows = frame_of(hits)
    if len(rows):
        # The difference is of rates: its customers are those of the rows above.
        counted = rows["hit_count"].where(rows["method"] != "difference")
        apart = rows["method"] == "difference"
        ranges = with_range(rows, "share")["range"].mask(apart, with_range(rows, "points")["range"])
        units = apart.map({True: "points", False: "share"})
        rows = rows.assign(range=ranges, hit_count=counted, unit=units)
        told = rows["hit_rate"].where(rows["method"] != "difference")
        gone = set(telling_rates(list(told), list(rows["customer_count"])))
        # The difference tells a hidden rate beside the other.
        gone = set(range(len(rows))) if gone else gone
        rows = without_rates(rows, gone, ("hit_count", "hit_rate", "range", "low", "high"))
    return Table(
        rows,
        id="offer_hits",
        formats={"range": "interval"},
        suppress=(Suppress(count="customer_count"), Suppress(count="hit_count")),
        layout=Layout(
            columns=("method", "customer_count", "hit_count", "hit_rate", "range", "low", "high"),
            words={"method": "views.offer_hits.{}"},
            by_kpi=("hit_rate", "low", "high"),
            sheet_only=("low", "high"),
            page_only=("range",),
        ),
    )

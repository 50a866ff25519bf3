"""Seasons: in which months each category and product sells, and which live by one season."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _
from scipy.stats import binom

from crm_strategy.analysis.experiment_tests import holm
from crm_strategy.analysis.histories import Floats
from crm_strategy.analysis.monthly_sales import month_end, months_on
from crm_strategy.analysis.spans import DAY, within

YEAR, WINDOW = 12, 3
"""Months of a round, and of a season in a row."""

LEAST_YEARS = 2
"""Full years that a season takes: once is no season."""

LEAST_EXCESS, ALPHA = 0.15, 0.01
"""A product is seasonal where in each full year the share of its orders that fall into the same
three months in a row exceeds that of all orders by so much, and by an adjusted p-value below."""

ONE_SEASON = 0.8
"""Share of orders in the three months from which a seasonal product sells in one season only."""

MOST_PRODUCTS = 200
"""Products looked at: those with most orders."""

COLUMNS = (
    *("product", "month", "index", "level", "customer_count", "order_count", "revenue"),
    *("verdict", "window_start", "window_share", "overall_share", "p_adjusted", "year_count"),
    *("product_id", "category"),
)


def seasonality(
    order_lines: ibis.Table, *, first_day: date, as_of: date, most: int = MOST_PRODUCTS
) -> pd.DataFrame:
    """Seasonal index of each category and of the products with most orders.

    index = 100 × Σ revenue of the calendar month / (Σ revenue / 12), over as many full years as
    are known, the last one ending with the last whole month.

    Parameters
    ----------
    order_lines
        One row per line of an order or refund: `order_id`, `customer_id`, `ordered_at`
        (timestamp), `product_id`, `product`?, `category`?, `amount` (money), `is_refund`.
        Refunds are left out: they fall into other months than their sales.
    first_day, as_of
        First and last day observed.
    most
        See `MOST_PRODUCTS`.

    Returns
    -------
    DataFrame
        Twelve rows a category and a product, in that order, most orders first: `product` (name
        of the category or product), `month` (1 to 12), `index`, `level` (category or product),
        `customer_count` and `order_count` (of the calendar month), `revenue` (money), and the
        same in each of the twelve: `verdict` (`one_season`, `seasonal` or `even`),
        `window_start` (first month of the three in a row with most orders), `window_share` (of
        its orders in them), `overall_share` (of all orders in them), `p_adjusted` (binomial,
        adjusted for all windows and rows by Holm), `year_count`, `product_id`, `category`. No
        rows under two full years.
    """
    end = as_of if as_of == month_end(as_of) else as_of.replace(day=1) - DAY
    first = first_day.replace(day=1) if first_day.day <= WINDOW else _next_month(first_day)
    whole = (end.year - first.year) * YEAR + end.month - first.month + 1
    years = whole // YEAR
    if years < LEAST_YEARS:
        return pd.DataFrame(columns=list(COLUMNS))
    start = months_on(end.replace(day=1), 1 - YEAR * years)
    sold = order_lines.filter(within(order_lines.ordered_at, start, end), ~_.is_refund).mutate(
        month=_.ordered_at.month(),
        year=((_.ordered_at.year() - start.year) * YEAR + _.ordered_at.month() - start.month)
        // YEAR,
    )
    # Asked several times, and few columns of it.
    sold = sold.select(
        *("order_id", "customer_id", "product_id", "product", "category", "amount"),
        *("year", "month"),
    ).cache()
    everything = _orders(sold.group_by("year", "month").agg(n=_.order_id.nunique()), years)
    rows: list[dict[str, Any]] = [
        row
        for level, column in (("category", "category"), ("product", "product_id"))
        for row in _level(sold, level, column, everything, years, most)
    ]
    for row, p in zip(rows, holm([row["p_value"] for row in rows]), strict=True):
        # The best of twelve windows was taken.
        row["p_adjusted"] = min(1.0, p * YEAR) if p == p else p
        real = row["p_adjusted"] < ALPHA and row["least_excess"] >= LEAST_EXCESS
        strong = "one_season" if row["window_share"] >= ONE_SEASON else "seasonal"
        row["verdict"] = strong if real else "even"
    parts = [_twelve(row) for row in rows]
    return (
        pd.concat(parts, ignore_index=True)[list(COLUMNS)]
        if parts
        else pd.DataFrame(columns=list(COLUMNS))
    )


def _next_month(day: date) -> date:
    return months_on(day.replace(day=1), 1)


def _level(
    sold: ibis.Table, level: str, column: str, everything: Floats, years: int, most: int
) -> Iterable[dict[str, Any]]:
    if column == "product_id":
        sold = sold.mutate(product_id=_.product_id.fill_null(_["product"]))
    named = _["product"].max() if level == "product" else _.category.max()
    kept = sold.filter(_[column].notnull())
    top = (
        kept.group_by(item=_[column])
        .agg(name=named, category=_.category.max(), orders=_.order_id.nunique())
        .order_by(_.orders.desc(), "item")
        .limit(most)
    )
    counted = (
        kept.mutate(item=_[column])
        .semi_join(top, "item")
        .group_by("item", "year", "month")
        .agg(n=_.order_id.nunique(), revenue=_.amount.sum())
    )
    people = (
        kept.mutate(item=_[column])
        .semi_join(top, "item")
        .group_by("item", "month")
        .agg(customer_count=_.customer_id.nunique())
        .to_pandas()
        .set_index(["item", "month"])["customer_count"]
    )
    frame = counted.to_pandas()
    by_item = dict(list(frame.groupby("item")))
    for row in top.to_pandas().to_dict("records"):
        item = row["item"]
        yield {
            "product": row["name"] or item,
            "product_id": item,
            "category": row["category"],
            "level": level,
            "year_count": years,
            "customers": [int(people.get((item, month), 0)) for month in range(1, YEAR + 1)],
            **_season(by_item[item], everything, years),
        }


def _season(rows: pd.DataFrame, everything: Floats, years: int) -> dict[str, Any]:
    orders = _orders(rows, years)
    revenue = _grid(rows, "revenue", years)
    # Three months in a row, the year's end joined to its beginning.
    window = np.stack([np.roll(orders, -at, axis=1)[:, :WINDOW].sum(1) for at in range(YEAR)], 1)
    overall = np.stack(
        [np.roll(everything, -at, axis=1)[:, :WINDOW].sum(1) for at in range(YEAR)], 1
    )
    best = int(window.sum(0).argmax())
    inside, total = window[:, best].sum(), orders.sum()
    share = overall[:, best].sum() / everything.sum()
    yearly, all_yearly = orders.sum(1), everything.sum(1)
    excess = window[:, best] / np.maximum(yearly, 1) - overall[:, best] / np.maximum(all_yearly, 1)
    return {
        "orders": orders.sum(0),
        "money": revenue.sum(0),
        "window_start": best + 1,
        "window_share": float(inside / total) if total else np.nan,
        "overall_share": float(share),
        "p_value": float(binom.sf(inside - 1, total, share)) if total else np.nan,
        "least_excess": float(excess.min()) if (yearly > 0).all() else -1.0,
    }


def _orders(rows: ibis.Table | pd.DataFrame, years: int) -> Floats:
    frame = rows.to_pandas() if isinstance(rows, ibis.Table) else rows
    return _grid(frame, "n", years)


def _grid(rows: pd.DataFrame, column: str, years: int) -> Floats:
    """Years by calendar months."""
    grid = np.zeros((years, YEAR))
    grid[rows["year"].to_numpy(dtype=int), rows["month"].to_numpy(dtype=int) - 1] = rows[column]
    return grid


def _twelve(row: dict[str, Any]) -> pd.DataFrame:
    money = np.asarray(row["money"], dtype="float64")
    total = money.sum()
    same = ("product", "product_id", "category", "level", "year_count", "verdict", "window_start")
    shares = ("window_share", "overall_share", "p_adjusted")
    return pd.DataFrame(
        {
            "month": range(1, YEAR + 1),
            "index": 100 * money / (total / YEAR) if total > 0 else np.nan,
            "revenue": money,
            "order_count": np.asarray(row["orders"], dtype=int),
            "customer_count": row["customers"],
            **{name: row[name] for name in (*same, *shares)},
        }
    )

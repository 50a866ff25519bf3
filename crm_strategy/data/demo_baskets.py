"""The demo shop's sales: what is in each order, what it costs, and the dirt of a real export."""

import numpy as np
import pandas as pd

from crm_strategy.data.demo_catalogue import articles, demand
from crm_strategy.data.demo_customers import DAYS, day_hours
from crm_strategy.data.demo_truth import TRUTH

_MOST_LINES, _MOST_PIECES = 9, 6
_TILL_BASKET = 27.0
_REFUND_DAYS = (3, 21)


def draw_sales(
    random: np.random.Generator, customers: pd.DataFrame, orders: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fill every order, and add till, cancelled, open, free and refunded ones.

    Parameters
    ----------
    customers
        As drawn.
    orders
        `customer`, `at`, `cause`, `touchpoint` of the cause (empty where nothing led to it).

    Returns
    -------
    sales
        `customer` (row number, -1 at the till), `at`, `cause`, `status`, `channel`,
        `payment_method`, `delivery_method`, `coupon`, `refunds` (position of the order that is
        paid back, or -1), `amount`, `discount`, `cost_amount`; EUR.
    lines
        `sale` (position in `sales`), `line`, `article` (position in the catalogue), `quantity`,
        `price` (a piece, after discount), `amount`, `cost` (both of the line).
    """
    sales = _with_more_orders(random, orders)
    sales = _with_ways(random, sales, customers)
    lines = _draw_lines(random, sales, _targets(random, sales, customers))
    sales, lines = _with_refunds(random, sales, lines)
    free = sales["status"].to_numpy()[lines["sale"]] == "sample"
    lines.loc[free, ["price", "discount"]] = 0.0
    lines["amount"] = (lines["price"] * lines["quantity"]).round(2)
    sums = lines.groupby("sale")[["amount", "discount", "cost"]].sum().round(2)
    sales[["amount", "discount", "cost_amount"]] = sums.reindex(range(len(sales))).to_numpy()
    sales["status"] = sales["status"].replace("sample", "completed")
    return sales, lines.drop(columns="discount")


def _with_more_orders(random: np.random.Generator, orders: pd.DataFrame) -> pd.DataFrame:
    """The orders of the purchase process, and those that are none of it."""
    count = len(orders)

    def more(size: int, status: str) -> pd.DataFrame:
        like = orders.iloc[np.sort(random.choice(count, size, replace=False))]
        shifted = np.floor(like["at"] + random.uniform(0, 9, size)) + day_hours(random, size)
        return pd.DataFrame(
            {
                "customer": like["customer"],
                "at": np.minimum(shifted, DAYS - 0.02),
                "cause": -1,
                "touchpoint": "",
                "status": status,
            }
        )

    till = more(round(TRUTH.till * count), "completed").assign(customer=-1)
    still_open = more(min(TRUTH.open_orders, count), "processing")
    still_open["at"] = DAYS - random.uniform(0.05, 2, len(still_open))
    return pd.concat(
        [
            orders.assign(status="completed"),
            till,
            more(round(TRUTH.cancelled * count), "cancelled"),
            more(min(TRUTH.zero_amounts, count), "sample"),
            still_open,
        ],
        ignore_index=True,
    )


def _with_ways(
    random: np.random.Generator, sales: pd.DataFrame, customers: pd.DataFrame
) -> pd.DataFrame:
    """Add channel, payment, delivery and coupon."""
    count = len(sales)
    in_shop = ((sales["customer"] == -1) | (sales["touchpoint"] == "shop_visit")).to_numpy()
    in_app = ((sales["touchpoint"] == "app_push") | (random.random(count) < 0.16)).to_numpy()
    sales["channel"] = np.select([in_shop, in_app], ["shop", "app"], "web")
    online = random.choice(["card", "paypal", "invoice"], count, p=[0.36, 0.42, 0.22])
    sales["payment_method"] = np.where(
        in_shop, random.choice(["card", "cash"], count, p=[0.74, 0.26]), online
    )
    near = customers["near_shop"].to_numpy()[sales["customer"]]
    collects = near & (random.random(count) < 0.2)
    parcel = random.choice(["parcel", "locker"], count, p=[0.78, 0.22])
    sales["delivery_method"] = np.select(
        [in_shop, collects], ["taken along", "click & collect"], parcel
    )
    first = sales.index.to_series().isin(
        sales[sales["customer"] >= 0].drop_duplicates("customer").index
    )
    luck = random.random(count)
    month = _months(sales["at"].to_numpy())
    coupons = [
        (first.to_numpy() & (luck < 0.22), "WELCOME10"),
        ((sales["cause"] >= 0).to_numpy() & (luck < 0.3), "ECO10"),
        ((month % 12 == 1) & (luck < 0.1), "NOVEMBER10"),
    ]
    sales["coupon"] = np.select([c for c, _ in coupons], [name for _, name in coupons], "")
    sales["refunds"] = -1
    return sales


def _months(days: np.ndarray) -> np.ndarray:
    """Months since the opening month, 0 for October 2023."""
    stamps = np.datetime64(TRUTH.start) + np.floor(days).astype("timedelta64[D]")
    months = stamps.astype("datetime64[M]") - np.datetime64(TRUTH.start, "M")
    return np.asarray(months.astype(int))


def _targets(
    random: np.random.Generator, sales: pd.DataFrame, customers: pd.DataFrame
) -> np.ndarray:
    """The value each order aims at: Gamma-Gamma times the season."""
    mean = customers["mean_order_value"].to_numpy()[sales["customer"]]
    mean = np.where(sales["customer"] >= 0, mean, _TILL_BASKET)
    calendar = (_months(sales["at"].to_numpy()) + TRUTH.start.month - 1) % 12
    season = np.array(TRUTH.basket_season)[calendar]
    return np.asarray(random.gamma(TRUTH.spend_shape, mean / TRUTH.spend_shape) * season)


def _draw_lines(
    random: np.random.Generator, sales: pd.DataFrame, targets: np.ndarray
) -> pd.DataFrame:
    table = articles()
    months = pd.date_range(TRUTH.start, TRUTH.end, freq="MS")
    wanted = np.minimum(1 + random.poisson(targets / 48), _MOST_LINES)
    sale = np.repeat(np.arange(len(sales)), wanted)
    # One search over all months: month m's chances fill the stretch from m to m + 1.
    reached = np.cumsum(demand(months), axis=1)
    reached[:, -1] = 1.0
    stretch = (reached + np.arange(len(months))[:, None]).ravel()
    month = _months(sales["at"].to_numpy())[sale]
    article = np.searchsorted(stretch, month + random.random(len(sale)), side="right") % len(table)
    article = _with_pair(random, sale, article)
    lines = pd.DataFrame({"sale": sale, "article": article}).drop_duplicates(ignore_index=True)
    sale, article = lines["sale"].to_numpy(), lines["article"].to_numpy()
    share = (targets / np.bincount(sale, minlength=len(sales)))[sale]
    listed = table["price"].to_numpy()[article]
    pieces = np.clip(np.floor(share / listed + random.random(len(sale))), 1, _MOST_PIECES)
    lines["line"] = lines.groupby("sale").cumcount() + 1
    lines["quantity"] = pieces.astype(int)
    reduced = (sales["coupon"].to_numpy() != "")[sale]
    lines["price"] = np.where(reduced, np.round(0.9 * listed, 2), listed)
    lines["discount"] = (listed - lines["price"]) * pieces
    lines["cost"] = np.round(table["cost"].to_numpy()[article] * pieces, 2)
    return lines


def _with_pair(random: np.random.Generator, sale: np.ndarray, article: np.ndarray) -> np.ndarray:
    """Let the first article of the planted pair bring the second into its basket."""
    ids = articles()["product_id"].to_list()
    first, second = (ids.index(product) for product in TRUTH.pair)
    follows = np.flatnonzero(
        (article[:-1] == first)
        & (sale[:-1] == sale[1:])
        & (random.random(len(sale) - 1) < TRUTH.pair_chance)
    )
    article = article.copy()
    article[follows + 1] = second
    return article


def _with_refunds(
    random: np.random.Generator, sales: pd.DataFrame, lines: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pay some orders back some days later, whole or one article."""
    first, last = _REFUND_DAYS
    known = (
        (sales["status"] == "completed") & (sales["customer"] >= 0) & (sales["at"] < DAYS - last)
    )
    size = round(TRUTH.refunds * known.sum())
    paid_back = np.sort(random.choice(np.flatnonzero(known), size, replace=False))
    refunds = sales.iloc[paid_back].assign(
        status="refunded", cause=-1, coupon="", refunds=paid_back
    )
    refunds["at"] = np.floor(refunds["at"]) + random.integers(first, last, size) + 0.4
    back = lines[lines["sale"].isin(paid_back)].copy()
    whole = pd.Series(random.random(size) < 0.6, index=paid_back)
    back = back[whole.loc[back["sale"]].to_numpy() | (back["line"] == 1)]
    back["sale"] = (
        back["sale"].map(pd.Series(np.arange(size) + len(sales), index=paid_back)).astype(int)
    )
    for column in ("quantity", "cost", "discount"):
        back[column] = -back[column]
    return pd.concat([sales, refunds], ignore_index=True), pd.concat(
        [lines, back], ignore_index=True
    )

"""Products that rise, fall or no longer sell, with prices and refunds."""

from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd
from ibis import _

from crm_strategy.analysis.experiment_tests import difference_test, holm
from crm_strategy.analysis.products import people_behind
from crm_strategy.analysis.spans import PeriodLike, within

ALPHA = 0.01
"""Adjusted p-value below which a product's share of orders is called moved."""

LEAST_MOVE = 0.2
"""Least change of a product's share of orders that is called a rise or a fall."""

GONE = 0.1
"""At this part of the orders to expect, or less, nobody is interested any more."""

VERDICTS = ("riser", "faller", "no_interest", "steady", "too_few")
COLUMNS = (
    *("product", "revenue", "order_count", "customer_count", "trend", "verdict", "price"),
    *("price_change", "refund_rate", "previous", "previous_count", "expected_count"),
    *("p_adjusted", "previous_refund_rate", "revenue_share", "product_id", "category"),
    *("same_season", "revenue_customers", "previous_customers"),
    *("refund_customers", "previous_refund_customers"),
)

_LEAST_EXPECTED = 5.0
_YEAR = timedelta(days=365)
_NEAR = timedelta(days=3)
"""Periods of one season begin a year apart, but for leap days."""


def product_trends(
    order_lines: ibis.Table, *, start: date, end: date, base_start: date, base_end: date
) -> pd.DataFrame:
    """What each product sold in a period, and whether its share of orders moved since a base.

    A product is expected to keep its share of all orders: what moves all products alike moves
    none. Its two shares are tested by the z test of two proportions, adjusted for the number of
    products (Holm).

    Parameters
    ----------
    order_lines
        One row per line of an order or refund: `order_id`, `customer_id`, `ordered_at`
        (timestamp), `product_id`, `product`?, `category`?, `quantity`?, `amount` (money),
        `is_refund`.
    start, end
        First and last day of the period.
    base_start, base_end
        First and last day of the period to compare with: the same a year before keeps the
        season out.

    Returns
    -------
    DataFrame
        One row a product sold or returned in either period, most revenue first: `product` (its
        name, else its id), `revenue` (money, net of refunds), `order_count`, `customer_count`
        (without refunds), `trend` = revenue / previous − 1, `verdict` (of `VERDICTS`;
        `no_interest`: at most a tenth of the orders to expect, of the same season; `too_few`:
        fewer than 5 to expect; NaN where nothing sold in the base), `price` = Σ amount / Σ
        quantity of lines with a quantity, `price_change` (against the base), `refund_rate`
        (refunds / sales, of money), `previous` (revenue then), `previous_count` (orders then),
        `expected_count` = previous_count × orders now / orders then, `p_adjusted`,
        `previous_refund_rate`, `revenue_share`, `product_id`, `category`, `same_season` (whether
        the base is that of a year before; against another season, one that does not sell now
        is a `faller`), `revenue_customers`, `previous_customers` (as in `product_revenue`),
        `refund_customers`, `previous_refund_customers` (who returned it in each period).
    """
    sums, (orders_now, orders_then) = _sums(order_lines, (start, end), (base_start, base_end))
    if sums.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    total = sums["revenue"].sum()
    known = orders_then > 0
    expected = sums["previous_count"] * (orders_now / orders_then) if known else np.nan
    p_values = [
        difference_test(now, orders_now, then, orders_then)
        for now, then in zip(sums["order_count"], sums["previous_count"], strict=True)
    ]
    rows = sums.assign(
        product=sums["name"].fillna(sums["product_id"]),
        trend=_quotient(sums["revenue"], sums["previous"]) - 1,
        price=_quotient(sums["paid"], sums["units"]),
        refund_rate=_quotient(sums["refunded"], sums["sold"]),
        previous_refund_rate=_quotient(sums["base_refunded"], sums["base_sold"]),
        price_change=_quotient(
            _quotient(sums["paid"], sums["units"]),
            _quotient(sums["base_paid"], sums["base_units"]),
        )
        - 1,
        revenue_share=sums["revenue"] / total if total > 0 else np.nan,
        expected_count=expected,
        p_adjusted=holm(p_values),
    )
    if not known:
        rows = rows.assign(previous=np.nan, trend=np.nan)
    rows["same_season"] = abs(start - base_start - _YEAR) <= _NEAR
    rows["verdict"] = [_verdict(row) for row in rows.to_dict("records")] if known else None
    ordered = rows.sort_values(["revenue", "product_id"], ascending=[False, True])
    return ordered.reset_index(drop=True)[list(COLUMNS)]


def base_period(year_before: PeriodLike, previous: PeriodLike, *, first_day: date) -> PeriodLike:
    """The period to compare products with: a year before where the data hold it, else the last.

    Parameters
    ----------
    year_before, previous
        The same period a year before, and the period before.
    first_day
        First day observed.
    """
    return year_before if year_before.start >= first_day else previous


def _verdict(row: dict[str, float]) -> str:
    now, expected = row["order_count"], row["expected_count"]
    if max(now, expected) < _LEAST_EXPECTED:
        return "too_few"
    if not row["p_adjusted"] < ALPHA:
        return "steady"
    if row["same_season"] and now <= GONE * expected:
        return "no_interest"
    if abs(now - expected) < LEAST_MOVE * expected:
        return "steady"
    return "riser" if now > expected else "faller"


def _sums(
    order_lines: ibis.Table, now: tuple[date, date], base: tuple[date, date]
) -> tuple[pd.DataFrame, tuple[int, int]]:
    """Sums of each product in both periods, and all orders of each."""
    lines = order_lines.mutate(
        now=within(order_lines.ordered_at, *now),
        base=within(order_lines.ordered_at, *base),
        product_id=_.product_id.fill_null(_["product"]),
    ).filter(_.now | _.base, _.product_id.notnull())
    sale, counted = ~_.is_refund, ~_.is_refund & (_.quantity > 0)

    def money(where: ibis.Deferred) -> ibis.Deferred:
        return _.amount.sum(where=where).fill_null(0.0)

    sums = (
        lines.group_by("product_id")
        .agg(
            name=_["product"].max(),
            category=_.category.max(),
            revenue=money(_.now),
            previous=money(_.base),
            order_count=_.order_id.nunique(where=_.now & sale),
            previous_count=_.order_id.nunique(where=_.base & sale),
            customer_count=_.customer_id.nunique(where=_.now & sale),
            revenue_customers=people_behind(_.now),
            previous_customers=people_behind(_.base),
            refund_customers=_.customer_id.nunique(where=_.now & _.is_refund),
            previous_refund_customers=_.customer_id.nunique(where=_.base & _.is_refund),
            sold=money(_.now & sale),
            base_sold=money(_.base & sale),
            refunded=-money(_.now & _.is_refund),
            base_refunded=-money(_.base & _.is_refund),
            paid=money(_.now & counted),
            base_paid=money(_.base & counted),
            units=_.quantity.sum(where=_.now & counted),
            base_units=_.quantity.sum(where=_.base & counted),
        )
        .to_pandas()
    )
    orders = lines.agg(
        now=_.order_id.nunique(where=_.now & sale), then=_.order_id.nunique(where=_.base & sale)
    ).to_pandas()
    return sums, (int(orders["now"].iloc[0] or 0), int(orders["then"].iloc[0] or 0))


def _quotient(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Their quotient; NaN unless the whole is above 0."""
    return part.astype("float64") / whole.astype("float64").where(lambda each: each > 0)

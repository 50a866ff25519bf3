"""Monthly sales: revenue, orders and active customers of each whole month."""

import calendar
from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd
from ibis import _

from crm_strategy.analysis.spans import until

MEASURES = {"revenue": "money", "order_count": "count", "active_customers": "count"}
"""What is counted a month, and its unit."""

_SLACK_DAYS = 3
_YEAR = 12


def monthly_sales(orders: ibis.Table, *, as_of: date) -> pd.DataFrame:
    """Revenue, orders and active customers of each whole month.

    The first month counts when its first order is on one of its first three days, the last when
    `as_of` is its last day and an order is on one of its last three, or after it. Months between
    that have no orders are 0.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `amount` (money),
        `is_refund`.
    as_of
        Last day observed; later orders tell only that the data reach over it.

    Returns
    -------
    DataFrame
        `month` (its first day), `revenue` (money, net of refunds), `order_count`,
        `active_customers` (who ordered; NaN where no order of all names its customer), oldest
        first.
    """
    seen = orders.filter(until(_.ordered_at, as_of)).mutate(month=_.ordered_at.truncate("M").date())
    counted = (
        seen.group_by("month")
        .agg(
            revenue=_.amount.sum().round(2),
            order_count=(~_.is_refund).sum(),
            active_customers=_.customer_id.nunique(where=~_.is_refund),
            first_day=_.ordered_at.min().date(),
            last_day=_.ordered_at.max().date(),
        )
        .order_by("month")
        .to_pandas()
    )
    names = ["month", *MEASURES]
    if counted.empty:
        return counted[names]
    firsts, lasts = (pd.to_datetime(counted[name]).dt.date for name in ("first_day", "last_day"))
    first, last = firsts.iloc[0].replace(day=1), as_of.replace(day=1)
    if firsts.iloc[0].day > _SLACK_DAYS:
        first = months_on(first, 1)
    reach = _last_day(orders)
    if reach <= as_of:
        last = lasts.iloc[-1].replace(day=1)
    if as_of < month_end(last) or reach <= month_end(last) - timedelta(days=_SLACK_DAYS):
        last = months_on(last, -1)
    months = [months_on(first, step) for step in range(max(_months_between(first, last) + 1, 0))]
    known = counted.assign(month=pd.to_datetime(counted["month"]).dt.date).set_index("month")
    known = known[list(MEASURES)].astype("float64")
    sales = known.reindex(months, fill_value=0.0).rename_axis("month").reset_index()[names]
    if not sales["active_customers"].any():
        sales["active_customers"] = np.nan
    return sales


def _last_day(orders: ibis.Table) -> date:
    """The last day with an order, observed or later; there is one."""
    last = orders.agg(day=_.ordered_at.max().date()).to_pandas()
    day: date = pd.Timestamp(last["day"].iloc[0]).date()
    return day


def month_end(month: date) -> date:
    """The last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def months_on(month: date, count: int) -> date:
    """The first day of the month so many months later; earlier where `count` is below 0."""
    number = month.year * _YEAR + month.month - 1 + count
    return date(number // _YEAR, number % _YEAR + 1, 1)


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * _YEAR + last.month - first.month

"""Cohorts: how many of a month's newcomers order again in the months that follow."""

from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.spans import DAY, midnight

MOST = 60
"""Months a 64-bit mask can hold with room to spare."""


def cohort_retention(orders: ibis.Table, *, as_of: date, most: int = 24) -> ibis.Table:
    """Share of each month's first-time buyers who ordered in each month since.

    Only whole months count: what the month of `as_of` holds so far is left out unless it
    ended that day. Months not yet observed are empty, never 0.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `is_refund`.
    as_of
        Last day observed; later orders are ignored.
    most
        Number of cohorts, the latest ones, up to 60.

    Returns
    -------
    Table
        One row per cohort and period, in that order: `cohort` (first day of the month of the
        first order), `period` (months since; 0 is the month itself), `customer_count` (of
        the cohort), `active_count` (ordered in that month), `retention_rate` = active_count /
        customer_count. The last two are null where the month is not over.
    """
    if not 1 <= most <= MOST:
        raise ValueError(f"most: {most} cohorts; 1 to {MOST} can be shown")
    end = as_of + DAY if (as_of + DAY).day == 1 else as_of.replace(day=1)
    last_month = _month_number(end) - 1
    placed = orders.filter(
        _.ordered_at < midnight(end), _.customer_id.notnull(), ~_.is_refund
    ).mutate(age=last_month - (12 * _.ordered_at.year() + _.ordered_at.month() - 1))
    # One bit per month, the last month first: a set of months costs 8 bytes a customer, where
    # rows of customer and month would have to be grouped twice.
    bit = ibis.ifelse(placed.age < most, ibis.literal(1, "int64") << placed.age, 0)
    customers = placed.group_by("customer_id").agg(age=_.age.max(), months=bit.bit_or())
    cohorts = (
        customers.filter(_.age < most)
        .group_by("age")
        .agg(
            customer_count=_.count(),
            **{f"in_{age}": ((_.months & 2**age) != 0).sum() for age in range(most)},
        )
        .mutate(counts=ibis.array([_[f"in_{age}"] for age in range(most)]))
    )
    cells = cohorts.mutate(period=ibis.range(most).unnest(), oldest=_.age.max().over())
    month = last_month - cells.age
    return (
        cells.filter(_.period <= _.oldest)
        .select(
            cohort=ibis.date(month // 12, month % 12 + 1, 1),
            period=_.period,
            customer_count=_.customer_count,
            active_count=ibis.ifelse(_.period <= _.age, _.counts[_.age - _.period], None),
        )
        .mutate(retention_rate=_.active_count / _.customer_count)
        .order_by("cohort", "period")
    )


def _month_number(day: date) -> int:
    return 12 * day.year + day.month - 1

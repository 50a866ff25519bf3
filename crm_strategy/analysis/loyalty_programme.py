"""Loyalty programme: what points cost by tier, and how much more members must buy for it."""

from collections.abc import Sequence
from datetime import date

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.left_censoring import SLACK_DAYS
from crm_strategy.analysis.spans import DAY, within

COLUMNS = (
    *("tier", "customer_count", "revenue", "revenue_share", "points_cost", "running_cost"),
    *("break_even_uplift", "order_count", "days"),
)

DAYS = 365
"""The programme is reckoned over the last year, or as much of it as is known."""


def loyalty_programme(
    tiers: ibis.Table,
    orders: ibis.Table,
    *,
    as_of: date,
    first_day: date | None = None,
    points_share: float,
    used_share: float,
    monthly: float | None = None,
    margin_rate: float | None = None,
    order: Sequence[str] = (),
) -> pd.DataFrame:
    """Cost of points by tier over a year, and the break-even uplift of members' orders.

    With R the revenue of a tier, p = points_share × used_share, m the margin rate and F its
    part of the running cost (by revenue), points cost R p, and the programme pays when members
    buy more by (R p + F) / (R (m − p)): what comes on top earns m and gets points too.

    Parameters
    ----------
    tiers
        Result of `tiers.tier_members`: `customer_id`, `segment`.
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `amount` (money),
        `is_refund`.
    as_of
        Last day observed.
    first_day
        First day of the data; None: they reach back over the year.
    points_share, used_share
        Points given as a fraction of what is spent, and the share of them that are used.
    monthly
        Running cost a month, a twelfth of a year; None, unknown, is left out.
    margin_rate
        Margin of a unit of revenue; None, unknown: revenue stands for it.
    order
        Tiers, best first; others follow by name.

    Returns
    -------
    DataFrame
        One row per tier: `tier`, `customer_count`, `revenue` (money, net, of the days known),
        `revenue_share` (of all tiers), `points_cost` and `running_cost` (money, of the same
        days; NaN where unknown), `break_even_uplift` (a fraction; NaN where points take the
        whole margin, or nothing was bought), `order_count`, `days` (known of the last 365).
    """
    days = _days_known(first_day, as_of)
    inside = within(orders.ordered_at, as_of - (DAYS - 1) * DAY, as_of)
    bought = (
        orders.filter(inside, _.customer_id.notnull())
        .group_by("customer_id")
        .agg(revenue=_.amount.sum(), order_count=(~_.is_refund).sum())
    )
    table = (
        tiers.left_join(bought, "customer_id")
        .group_by(tier=_.segment)
        .agg(
            customer_count=_.count(),
            revenue=_.revenue.sum().fill_null(0.0),
            order_count=_.order_count.sum().fill_null(0),
        )
        .to_pandas()
    )
    given = points_share * used_share
    kept = (1.0 if margin_rate is None else margin_rate) - given
    revenue = table["revenue"].astype("float64").clip(lower=0.0)
    share = revenue / revenue.sum() if revenue.sum() > 0 else revenue * 0.0
    running = share * 12 * days / DAYS * monthly if monthly is not None else share * float("nan")
    cost = revenue * given + running.fillna(0.0)
    uplift = (cost / (revenue.where(revenue > 0) * kept)) if kept > 0 else share * float("nan")
    ranks = {tier: place for place, tier in enumerate(dict.fromkeys(order))}
    found = table.assign(
        revenue_share=share,
        points_cost=revenue * given,
        running_cost=running,
        break_even_uplift=uplift,
        days=days,
        place=[ranks.get(tier, len(ranks)) for tier in table["tier"]],
    )
    return found.sort_values(["place", "tier"], ignore_index=True)[list(COLUMNS)]


def _days_known(first_day: date | None, as_of: date) -> int:
    """Days of the last year that the data reach; the year need not begin with an order."""
    known = DAYS if first_day is None else (as_of - first_day).days + 1
    return DAYS if known >= DAYS - SLACK_DAYS else max(known, 0)

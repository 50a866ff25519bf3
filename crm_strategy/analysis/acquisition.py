"""Acquisition: what a new customer costs and is worth, by the channel that brought them."""

from datetime import date

import ibis
import numpy as np
import pandas as pd
from ibis import _

from crm_strategy.analysis.intervals import mean_interval
from crm_strategy.analysis.spans import within
from crm_strategy.analysis.timeline import known_touches, placed_orders

COLUMNS = (
    *("channel", "cost", "new_customers", "cac", "ltv", "low", "high", "ltv_to_cac"),
    *("payback_months", "verdict", "stop_margin", "scale_margin"),
    *("earned_so_far", "expected_value", "basis"),
)

GOOD_RATIO = 3.0
"""LTV : CAC from which more is worth spending: a convention, no law."""

_MONTH = 365.25 / 12


def new_customers(
    orders: ibis.Table, customers: ibis.Table, touches: ibis.Table, *, start: date, end: date
) -> ibis.Table:
    """The customers whose first order fell into a period, and the channel that brought them.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `amount` (money),
        `is_refund`.
    customers
        `customer_id`, `source_channel`?.
    touches
        `customer_id`, `touched_at` (timestamp), `channel`.
    start, end
        First and last day of the period.

    Returns
    -------
    Table
        One row per new customer: `customer_id`, `channel` (the customer's `source_channel`, else
        that of the first touch up to the first order, the first by name of one moment; null:
        neither is known), `revenue` (money of the period, refunds taken off).
    """
    placed = placed_orders(orders)
    firsts = placed.group_by("customer_id").agg(first_at=_.placed_at.min())
    firsts = firsts.filter(within(_.first_at, start, end))
    spent = orders.filter(within(_.ordered_at, start, end))
    revenue = spent.group_by("customer_id").agg(revenue=_.amount.sum())
    seen = known_touches(touches).join(firsts, "customer_id")
    early = seen.filter(seen.touched_at <= seen.first_at)
    began = early.group_by("customer_id").agg(touched_at=_.touched_at.min())
    touched = (
        early.semi_join(began, ["customer_id", "touched_at"])
        .group_by("customer_id")
        .agg(first_touch=_.channel.min())
    )
    known = customers.select(
        "customer_id",
        source=_.source_channel if "source_channel" in customers.columns else ibis.null("string"),
    )
    joined = firsts.left_join(known, "customer_id").select(*firsts.columns, "source")
    joined = joined.left_join(touched, "customer_id").select(*joined.columns, "first_touch")
    joined = joined.left_join(revenue, "customer_id").select(*joined.columns, "revenue")
    return joined.select(
        "customer_id", channel=_.source.fill_null(_.first_touch), revenue=_.revenue.cast("float64")
    )


def acquisition(
    newcomers: ibis.Table,
    values: ibis.Table,
    costs: pd.DataFrame,
    *,
    margin_rate: float | None = None,
    horizon_days: int = 365,
) -> pd.DataFrame:
    """Cost and worth of new customers by the channel that brought them, and a verdict.

    LTV = margin rate × revenue of the period + value expected within the horizon after it,
    a mean over the channel's new customers. CAC = cost / new customers. Payback: months until
    the margin covers CAC: 0 where that of the period does, else (CAC − it) / expected value a
    month. Assumed: the whole cost of the channel was spent on winning them, and customers won
    next cost and bring what these did.

    Parameters
    ----------
    newcomers
        Result of `new_customers`.
    values
        Result of `lifetime_value.customer_values` with the same margin rate and horizon.
    costs
        `channel`, `cost` (money of the same period; NaN where unknown).
    margin_rate
        Margin of a unit of revenue; None: not known, all money is revenue and no verdict is
        given.
    horizon_days
        Days that `values` look ahead.

    Returns
    -------
    DataFrame
        One row per channel that brought new customers, most first: `channel` (None: not known),
        `cost` (money; NaN where unknown, never 0), `new_customers`, `cac`, `ltv` with `low` and
        `high` (95 % interval of the mean over customers), `ltv_to_cac`, `payback_months`,
        `verdict`, `stop_margin` and `scale_margin` (margin rates below and from which the
        verdict would be stop and scale: at which `high` is CAC and `low` three times CAC; NaN
        where no margin makes it so), `earned_so_far` and `expected_value` (money per new
        customer, the parts of `ltv`), `basis` (`margin`; `revenue` where no
        margin is known).

        Verdicts: `stop` (`high` is below CAC), `scale` (`low` is at least three times CAC),
        `hold` (between), `no_cost`, `no_value` (margin or expected value not known, or one
        customer only).
    """
    people = newcomers.left_join(values, "customer_id").select(
        "channel", "revenue", expected=values.expected_value
    )
    each = people.to_pandas().astype({"revenue": "float64", "expected": "float64"})
    rate = 1.0 if margin_rate is None else margin_rate
    each["spent"] = each["revenue"].fillna(0.0) * rate
    each["worth"] = each["spent"] + each["expected"]
    known = costs.set_index("channel")["cost"].astype("float64").dropna()
    rows = [
        _row(channel, rows, known.get(channel, np.nan), margin_rate, horizon_days)
        for channel, rows in each.groupby("channel", dropna=False)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["channel"] = table["channel"].astype(object).where(table["channel"].notna(), None)
    return table.sort_values(
        ["new_customers", "channel"], ascending=[False, True], ignore_index=True
    )


def _row(
    channel: object, people: pd.DataFrame, cost: float, margin_rate: float | None, days: int
) -> dict[str, object]:
    count, worth = len(people), people["worth"]
    # The mean of some customers' values would not be that of all.
    ltv = float(worth.mean(skipna=False))
    low, high = mean_interval(ltv, float(((worth - ltv) ** 2).sum()), count)
    spent, expected = float(people["spent"].mean()), float(people["expected"].mean(skipna=False))
    cac = cost / count
    # Worth and its interval rise with the margin.
    spends = (1.0 if margin_rate is None else margin_rate) * cac
    return {
        "channel": channel,
        "cost": cost,
        "new_customers": count,
        "cac": cac,
        "ltv": ltv,
        "low": low,
        "high": high,
        "ltv_to_cac": ltv / cac if cac > 0 else np.nan,
        "payback_months": np.nan if margin_rate is None else _payback(cac, spent, expected, days),
        "verdict": _verdict(cac, low, high, has_margin=margin_rate is not None),
        "stop_margin": spends / high if high is not None and high > 0 else np.nan,
        "scale_margin": GOOD_RATIO * spends / low if low is not None and low > 0 else np.nan,
        "earned_so_far": spent,
        "expected_value": expected,
        "basis": "revenue" if margin_rate is None else "margin",
    }


def _payback(cac: float, spent: float, expected: float, days: int) -> float:
    if np.isnan(cac) or cac <= spent:
        return np.nan if np.isnan(cac) else 0.0
    months = (cac - spent) / (expected * _MONTH / days) if expected > 0 else np.nan
    # Beyond the horizon nothing is foretold.
    return months if months <= days / _MONTH else np.nan


def _verdict(cac: float, low: float | None, high: float | None, *, has_margin: bool) -> str:
    if np.isnan(cac):
        return "no_cost"
    if low is None or high is None or np.isnan(low) or not has_margin:
        return "no_value"
    if high < cac:
        return "stop"
    return "scale" if low >= GOOD_RATIO * cac else "hold"

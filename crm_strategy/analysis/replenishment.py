"""Replenishment: which products customers buy again, after how long, and who is due."""

from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.spans import until

GIVEN_UP = 2
"""After so many times the usual gap a customer counts as gone, not as due."""


def replenishment(order_lines: ibis.Table, *, as_of: date, min_gaps: int = 20) -> ibis.Table:
    """Usual days between purchases of a product, and how many customers are due.

    A gap runs from one day a customer bought the product to the next such day. A customer is
    due when the last purchase is at least the median gap ago, and at most twice that: later
    is no reminder but a win-back. Gaps that have not ended are unknown, so the true median is
    somewhat longer.

    Parameters
    ----------
    order_lines
        One row per line of an order or refund: `customer_id`, `ordered_at` (timestamp),
        `product_id`, `product`?, `is_refund`. Refunds and lines without customer are left out.
    as_of
        Last day observed; later lines are ignored.
    min_gaps
        Gaps needed before a product's median is shown.

    Returns
    -------
    Table
        One row per product with enough gaps, most due customers first: `product` (its name,
        else its id), `median_days`, `due_count` (customers), `gap_count`, `product_id`.
    """
    bought = order_lines.filter(
        until(_.ordered_at, as_of), _.customer_id.notnull(), ~_.is_refund
    ).mutate(item=_.product_id.fill_null(_["product"]), day=_.ordered_at.date())
    bought = bought.filter(_["item"].notnull())
    days = bought.group_by("item", "customer_id", "day").agg(product=_["product"].max())
    in_order = ibis.window(group_by=["item", "customer_id"], order_by="day")
    seen = days.mutate(
        gap=_.day.delta(_.day.lag().over(in_order), unit="day"),
        is_last=_.day.lead().over(in_order).isnull(),
        since=-_.day.delta(as_of, unit="day"),
    )
    gaps = (
        seen.group_by("item")
        .agg(product=_["product"].max(), median_days=_.gap.median(), gap_count=_.gap.count())
        .filter(_.gap_count >= min_gaps)
    )
    last = seen.filter(_.is_last).select("item", "since")
    waiting = gaps.join(last, "item")
    is_due = (waiting.since >= waiting.median_days) & (
        waiting.since <= GIVEN_UP * waiting.median_days
    )
    return (
        waiting.group_by("item", "product", "median_days", "gap_count")
        .agg(due_count=is_due.sum())
        .select(
            product=_["product"].fill_null(_["item"]),
            median_days=_.median_days,
            due_count=_.due_count,
            gap_count=_.gap_count,
            product_id=_["item"],
        )
        .order_by(_.due_count.desc(), "product_id")
    )

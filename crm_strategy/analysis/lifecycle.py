"""Lifecycle: who is new, retained, returned or lapsed in a period."""

import math
from collections.abc import Sequence
from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.active_windows import window_of_no_few
from crm_strategy.analysis.order_totals import order_totals
from crm_strategy.analysis.spans import DAY, PeriodLike, Span, midnight, spans_of, until

STAGES = ("new", "retained", "returned", "lapsed")
"""The stages; the first three are the active customers."""


def repurchase_gap_days(orders: ibis.Table, *, as_of: date, quantile: float = 0.9) -> int | None:
    """Days within which the given share of repeat orders came after the order before.

    Only gaps that have ended are known, so with few days observed the true gap is longer.
    Orders of one day count once.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `is_refund`.
    as_of
        Last day observed; later orders are ignored.
    quantile
        Share of gaps at most that long, 0 to 1.

    Returns
    -------
    int or None
        Days, rounded up; None when nobody ordered on two days.
    """
    placed = orders.filter(until(_.ordered_at, as_of), _.customer_id.notnull(), ~_.is_refund)
    days = placed.select("customer_id", day=_.ordered_at.date())
    gaps = days.mutate(before=_.day.lag().over(group_by="customer_id", order_by="day")).select(
        gap=_.day.delta(_.before, unit="day")
    )
    # Two orders of one day are no gap.
    found = gaps.filter(_.gap > 0).gap.quantile(quantile).to_pandas()
    return None if found is None or math.isnan(found) else math.ceil(found)


def active_window(
    orders: ibis.Table,
    *,
    as_of: date,
    periods: Sequence[PeriodLike],
    chosen: int | None = None,
    min_count: int = 1,
) -> int:
    """Days after an order during which a customer counts as active.

    The chosen number, else the repurchase gap of the data; at least the longest period, so
    that whoever ordered in a period is active at its end. Unless it is chosen, it is a few days
    longer where only a few customers were active and had not ordered in the period, who would
    follow from both counts.

    Parameters
    ----------
    orders, as_of
        As in `repurchase_gap_days`.
    periods
        Every period that is compared.
    chosen
        The client's own number of days.
    min_count
        Customers that a group needs to be told.
    """
    gap = chosen or repurchase_gap_days(orders, as_of=as_of) or 0
    spans = spans_of(periods)
    longest = max((span.days for span in spans), default=0)
    if min_count <= 1 or (chosen and chosen > longest) or not spans:
        return max(gap, longest)
    return window_of_no_few(orders, _compared(spans), days=max(gap, longest), min_count=min_count)


def _compared(spans: Sequence[Span]) -> list[Span]:
    """The last period, the one before and that of a year before."""
    year_ago = spans[-1].end - 365 * DAY
    return [*spans[-2:], *(span for span in spans[:-2] if span.start <= year_ago <= span.end + DAY)]


def customer_stages(orders: ibis.Table, *, start: date, end: date, active_days: int) -> ibis.Table:
    """The stage of each customer who was active at the start or at the end of a period.

    A customer is active on a day when the last order is less than `active_days` before it.
    new: first order in the period. retained: active the day before it began and at its end.
    returned: active at its end, not before, with earlier orders. lapsed: active before, not
    at its end. So active = new + retained + returned.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `amount` (money),
        `is_refund`.
    start, end
        First and last day of the period.
    active_days
        Days after an order in which a customer counts as active; at least the period's length
        is used.

    Returns
    -------
    Table
        `customer_id`, `stage`, `revenue` (money in the period, net of refunds).
    """
    totals = order_totals(orders, start=start, as_of=end)
    return stages_of_totals(totals, start=start, end=end, active_days=active_days)


def stages_of_totals(totals: ibis.Table, *, start: date, end: date, active_days: int) -> ibis.Table:
    """The same where the totals of the orders are known.

    Parameters
    ----------
    totals
        Result of `order_totals.order_totals` of the period, as of its last day.
    start, end, active_days
        As in `customer_stages`.
    """
    window = max(active_days, (end - start).days + 1) * DAY
    new = totals.first_order >= midnight(start)
    # Null, when there was no order before, must read as not active.
    was_active = (totals.earlier_last_order >= midnight(start - window)).fill_null(False)
    is_active = totals.last_order >= midnight(end + DAY - window)
    stage = ibis.cases(
        (new, "new"),
        (was_active & is_active, "retained"),
        (is_active, "returned"),
        (was_active, "lapsed"),
    )
    return totals.select(
        "customer_id", stage=stage, revenue=totals.period_revenue.fill_null(0.0)
    ).filter(_.stage.notnull())


def smallest_stage_counts(
    *, new: float, retained: float, returned: float, lapsed: float, inactive: float = math.nan
) -> dict[str, float]:
    """The fewest customers that the size of each stage tells, beside active customers.

    Active customers now are the new, the retained and the returned, those before the retained
    and the lapsed; with the inactive, who lapsed earlier, all are everybody. A reader who
    knows these sums knows a stage from the others. The new are told in most places, so the
    others are held back for them.

    Parameters
    ----------
    new, retained, returned, lapsed, inactive
        Customers of each stage; NaN where not known.

    Returns
    -------
    dict
        For each stage the smallest count above 0 that follows from it; NaN where none does.
    """
    both_ways = [retained, lapsed, returned, inactive]
    staying = _smallest([*both_ways, new] if returned == 0 else both_ways)
    return {
        "new": _smallest([new]),
        "retained": staying,
        "returned": _smallest([staying, new]),
        "lapsed": staying,
        "inactive": staying,
    }


def _smallest(counts: Sequence[float]) -> float:
    return min((count for count in counts if count > 0), default=math.nan)


def lifecycle(stages: ibis.Table) -> ibis.Table:
    """Customers and revenue by stage.

    Parameters
    ----------
    stages
        Result of `customer_stages`.

    Returns
    -------
    Table
        `stage` in the order of `STAGES`, `customer_count`, `revenue` (money in the period).
        All four stages, also those nobody is in; none when there are no customers at all.
    """
    counts = stages.group_by("stage").agg(customer_count=_.count(), revenue=_.revenue.sum())
    rows = [
        counts.agg(
            place=ibis.literal(place),
            stage=ibis.literal(stage),
            customer_count=_.customer_count.sum(where=_.stage == stage).fill_null(0),
            revenue=_.revenue.sum(where=_.stage == stage).fill_null(0.0),
            everyone=_.customer_count.sum(),
        )
        for place, stage in enumerate(STAGES)
    ]
    return (
        ibis.union(*rows)
        .filter(_.everyone > 0)
        .order_by("place")
        .select("stage", "customer_count", "revenue")
    )

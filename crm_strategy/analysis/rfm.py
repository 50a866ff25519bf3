"""RFM: how recently, how often and how much each customer buys, and the segments of that."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import ibis
from ibis import Deferred, _

from crm_strategy.analysis.spans import until

SEGMENT_CODES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "champions": (555, 554, 544, 545, 454, 455, 445),
        "loyal": (543, 444, 435, 355, 354, 345, 344, 335),
        "potential": (
            *(553, 551, 552, 541, 542, 533, 532, 531, 452, 451, 442, 441),
            *(431, 453, 433, 432, 423, 353, 352, 351, 342, 341, 333, 323),
        ),
        "new": (512, 511, 422, 421, 412, 411, 311),
        "promising": (
            *(525, 524, 523, 522, 521, 515, 514, 513),
            *(425, 424, 413, 414, 415, 315, 314, 313),
        ),
        "need_attention": (535, 534, 443, 434, 343, 334, 325, 324),
        "about_to_sleep": (331, 321, 312, 221, 213),
        "at_risk": (
            *(255, 254, 245, 244, 253, 252, 243, 242, 235, 234, 225),
            *(224, 153, 152, 145, 143, 142, 135, 134, 133, 125, 124),
        ),
        "cant_lose": (155, 154, 144, 214, 215, 115, 114, 113),
        "hibernating": (
            *(332, 322, 231, 241, 251, 233, 232, 223, 222),
            *(132, 123, 122, 212, 211),
        ),
        "lost": (111, 112, 121, 131, 141, 151),
    }
)
"""The codes of each segment, best segment first: hundreds recency, tens frequency, units
monetary. Each of the 125 codes belongs to exactly one segment."""

SEGMENTS = tuple(SEGMENT_CODES)
"""The segments, best first."""

_LEVELS = 5
_CENTS = 4


def rfm_scores(orders: ibis.Table, *, as_of: date, bins: int = 5) -> ibis.Table:
    """Score each customer 1 (worst) to `bins` (best) on recency, frequency, monetary.

    score = 1 + floor(bins × share of customers strictly worse), so equal customers score
    alike and one-off buyers are never promoted by chance. Revenue is compared to 1/100 cent,
    so that the order in which amounts are added decides nothing.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `amount` (money),
        `is_refund`. Refunds lessen revenue and are no orders; rows without customer and
        customers without an order are left out.
    as_of
        Last day observed; later orders are ignored.
    bins
        Number of score levels.

    Returns
    -------
    Table
        One row per customer: `customer_id`, `recency_days` (last order to `as_of`),
        `order_count`, `revenue` (money, net), `recency_score`, `frequency_score`,
        `monetary_score`.
    """
    known = orders.filter(until(_.ordered_at, as_of), _.customer_id.notnull())
    customers = (
        known.mutate(placed_at=ibis.ifelse(known.is_refund, None, known.ordered_at))
        .group_by("customer_id")
        .agg(
            last_order=_.placed_at.max(),
            order_count=_.placed_at.count(),
            revenue=_.amount.sum().round(_CENTS),
        )
        .filter(_.order_count > 0)
        .select(
            "customer_id",
            recency_days=-_.last_order.date().delta(as_of, unit="day"),
            order_count=_.order_count,
            revenue=_.revenue,
        )
    )
    return customers.mutate(
        recency_score=_score(_.recency_days.desc(), bins),
        frequency_score=_score(_.order_count, bins),
        monetary_score=_score(_.revenue, bins),
    )


def customer_segments(scores: ibis.Table, *, bins: int = 5) -> ibis.Table:
    """Name the segment of each customer by the 125-code map.

    Parameters
    ----------
    scores
        Result of `rfm_scores`.
    bins
        Number of score levels of `scores`. Other than five are spread evenly over 1 to 5,
        1 + round(4 (score − 1) / (bins − 1)), halves up: best stays best, worst stays worst.

    Returns
    -------
    Table
        `scores` and `segment`, one of `SEGMENTS`.
    """
    code = 100 * _level(_.recency_score, bins) + (
        10 * _level(_.frequency_score, bins) + _level(_.monetary_score, bins)
    )
    coded = scores.mutate(code=code)
    rules = [(coded.code.isin(codes), segment) for segment, codes in SEGMENT_CODES.items()]
    return coded.mutate(segment=ibis.cases(*rules)).drop("code")


def segment_summary(customers: ibis.Table) -> ibis.Table:
    """Size and worth of each segment; Σ of all segments is all customers who ever ordered.

    Parameters
    ----------
    customers
        Result of `customer_segments`.

    Returns
    -------
    Table
        One row per segment that has customers, most revenue first: `segment`,
        `customer_count`, `customer_share`, `revenue` (money, net), `revenue_share` (no value
        unless total revenue is above 0), `average_order_value` = revenue / orders,
        `purchase_frequency` = orders / customers, both over all observed time,
        `median_recency_days`, `order_count`.
    """
    sizes = customers.group_by("segment").agg(
        customer_count=_.count(),
        revenue=_.revenue.sum(),
        order_count=_.order_count.sum(),
        median_recency_days=_.recency_days.median(),
    )
    total = sizes.revenue.sum().over()
    return sizes.select(
        "segment",
        "customer_count",
        customer_share=_.customer_count / _.customer_count.sum().over(),
        revenue=_.revenue,
        revenue_share=ibis.ifelse(total > 0, sizes.revenue / total, None),
        average_order_value=_.revenue / _.order_count,
        purchase_frequency=_.order_count / _.customer_count,
        median_recency_days=_.median_recency_days,
        order_count=_.order_count,
    ).order_by(_.revenue.desc(), _.segment)


def segment_migration(before: ibis.Table, after: ibis.Table) -> ibis.Table:
    """Count customers by the segment they were in and the one they are in.

    Parameters
    ----------
    before, after
        Results of `customer_segments` as of an earlier and a later day.

    Returns
    -------
    Table
        `from_segment` (`none`: no order by the earlier day), `to_segment`, `customer_count`;
        sorted by segment names.
    """
    then = before.select("customer_id", from_segment=_.segment)
    now = after.select("customer_id", to_segment=_.segment)
    moved = now.left_join(then, "customer_id")
    return (
        moved.mutate(from_segment=_.from_segment.fill_null("none"))
        .group_by("from_segment", "to_segment")
        .agg(customer_count=_.count())
        .order_by("from_segment", "to_segment")
    )


def _score(worst_first: Deferred, bins: int) -> Deferred:
    # rank() starts at 0 and ties share the lowest rank: it counts those strictly worse.
    worse = ibis.rank().over(order_by=worst_first)
    return worse * bins // _.count().over() + 1


def _level(score: Deferred, bins: int) -> Deferred:
    if bins == _LEVELS:
        return score
    steps = bins - 1
    return 1 + (2 * (_LEVELS - 1) * (score - 1) + steps) // (2 * steps)

"""The KPIs of one period from its counts: values, 95 % intervals, and what they rest on.

Ratios are Σ / Σ. A zero denominator or a missing table gives no value, never 0.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

from crm_strategy.analysis.intervals import (
    NONE,
    Interval,
    mean_interval,
    nps_interval,
    share_interval,
)
from crm_strategy.analysis.lifecycle import smallest_stage_counts
from crm_strategy.analysis.margin import margin_of

Counts = Mapping[str, float]


class Figure(NamedTuple):
    """A KPI's value, its interval, and the number of cases it rests on; None is no value.

    `parts` are the cases that the value tells apart: few of them may not be shown.
    """

    value: float | None
    interval: Interval = NONE
    n: float | None = None
    parts: tuple[float, ...] = ()

    @property
    def smallest_count(self) -> float | None:
        """The fewest of the parts that are any; None where there are none."""
        return min((part for part in self.parts if part > 0), default=None)


NO_VALUE = Figure(None)

_YEAR = 365.25


def kpi_values(
    counts: Counts,
    *,
    margin_rate: float | None = None,
    discount_rate: float = 0.0,
    days: float = 91,
) -> dict[str, Figure]:
    """Every KPI of a period.

    Parameters
    ----------
    counts
        Columns of `order_counts`, `goods_counts`, `touch_counts`, `survey_counts` and
        `loyal_counts`, and `marketing_cost`; NaN where the data do not say.
    margin_rate
        Gross margin as a fraction of revenue, for orders without a known cost.
    discount_rate
        What a year of waiting takes off the worth of money, a fraction.
    days
        Length of the period.
    """
    c = counts
    orders, buyers, started = c["order_count"], c["buyers"], c["active_start"]
    stages = _stages(c)
    # All customers less the active, and the active less the new or those who ordered, are groups.
    apart = (c["ever"] - c["active_end"], c["active_end"] - c["new"])
    active = (c["active_end"], *apart, c["active_end"] - buyers)
    return {
        "revenue": _amount(c["revenue"], orders),
        "gross_margin": _gross_margin(c, margin_rate),
        "order_count": _amount(orders, orders),
        "active_customers": _of_known(c["active_end"], c["ever"])._replace(parts=active),
        "active_share": _share(c["active_end"], c["ever"])._replace(parts=active),
        "new_customers": _of_known(c["new"], c["ever"])._replace(parts=(stages["new"],)),
        "customer_retention_rate": _retention(c["retained"], started, stages),
        "churn_rate": _retention(started - c["retained"], started, stages),
        "repeat_rate": _share(c["repeaters"], buyers),
        "average_order_value": _average_order_value(c),
        "purchase_frequency": _purchase_frequency(c),
        "loyalty_share": _loyalty_share(c),
        "conversion_rate": _share(c["converted"], c["touched"]),
        "csat": _csat(c),
        "nps": _nps(c),
        "marketing_cost": _amount(c["marketing_cost"], math.nan),
        "roi": _roi(c, margin_rate),
        "cac": _cac(c, stages),
        "ltv": _ltv(c, stages, margin_rate, discount_rate, days),
        "ltv_to_cac": _ltv_to_cac(c, stages, margin_rate, discount_rate, days),
        "payback_months": _payback(c, stages, margin_rate, days),
    }


def _stages(c: Counts) -> dict[str, float]:
    """The smallest count that each stage of the lifecycle tells."""
    lapsed = c["active_start"] - c["retained"]
    return smallest_stage_counts(
        new=c["new"],
        retained=c["retained"],
        returned=c["active_end"] - c["new"] - c["retained"],
        lapsed=lapsed,
        inactive=c["ever"] - c["active_end"] - lapsed,
    )


def _retention(count: float, n: float, stages: Mapping[str, float]) -> Figure:
    return _share(count, n)._replace(parts=(stages["retained"],))


def _amount(value: float, n: float) -> Figure:
    return NO_VALUE if math.isnan(value) else Figure(value, NONE, _or_none(n))


def _of_known(count: float, ever: float) -> Figure:
    """A number of customers; no value where no order ever named its customer."""
    return _amount(count, count) if ever > 0 else NO_VALUE


def _ratio(value: float, n: float) -> Figure:
    return Figure(value / n, NONE, n) if value >= 0 and n > 0 else NO_VALUE


def _share(count: float, n: float) -> Figure:
    # NaN is not above 0: no data, no value.
    if not n > 0:
        return NO_VALUE
    return Figure(count / n, share_interval(count, n), n, (count, n - count))


def _average_order_value(c: Counts) -> Figure:
    """Revenue per order, as a ratio of sums: refunds weigh in the sum and are no orders.

    Squares of a ratio R of Σa over n orders: Σ(a − R d)², d = 1 for an order, 0 for a refund
    (delta method; without refunds the usual Σ(a − mean)²).
    """
    n = c["order_count"]
    if not n > 0:
        return NO_VALUE
    mean = c["revenue"] / n
    squares = c["squares"] - 2 * mean * c["order_revenue"] + mean * mean * n
    return Figure(mean, mean_interval(mean, squares, n), n)


def _purchase_frequency(c: Counts) -> Figure:
    n = c["buyers"]
    if not n > 0:
        return NO_VALUE
    mean = c["buyer_orders"] / n
    squares = c["buyer_order_squares"] - mean * mean * n
    # Of 300 customers with 304 orders at most 4 ordered again.
    again = c["buyer_orders"] - n
    return Figure(mean, mean_interval(mean, squares, n), n, (again,))


def _loyalty_share(c: Counts) -> Figure:
    figure = _share(c["loyal"], c["scored"])
    return figure._replace(parts=(*figure.parts, c["loyal_tells"]))


def _csat(c: Counts) -> Figure:
    figure = _share(c["csat_satisfied"], c["csat_answers"])
    return figure._replace(parts=(*figure.parts, c["ever"] - c["csat_answers"]))


def _nps(c: Counts) -> Figure:
    n, promoters, detractors = c["nps_answers"], c["nps_promoters"], c["nps_detractors"]
    if not n > 0:
        return NO_VALUE
    score = 100 * (promoters - detractors) / n
    # The score and its interval together tell all three bands; the rest did not answer.
    bands = (promoters, n - promoters - detractors, detractors, c["ever"] - n)
    return Figure(score, nps_interval(promoters, detractors, n), n, bands)


def _gross_margin(c: Counts, margin_rate: float | None) -> Figure:
    margin = margin_of(c, margin_rate=margin_rate)
    if margin.basis == "revenue" or math.isnan(c["revenue"]):
        return NO_VALUE
    value = margin.of(c["revenue"], c["costed_revenue"], c["goods"])
    return Figure(value, NONE, c["order_count"])


def _roi(c: Counts, margin_rate: float | None) -> Figure:
    cost, credited = c["marketing_cost"], c["credited_revenue"]
    if not cost > 0 or math.isnan(credited):
        return NO_VALUE
    margin = margin_of(c, margin_rate=margin_rate)
    earned = margin.of(credited, c["credited_costed_revenue"], c["credited_goods"])
    return Figure((earned - cost) / cost, NONE, c["credited_orders"])


def _cac(c: Counts, stages: Mapping[str, float]) -> Figure:
    return _ratio(c["marketing_cost"], c["new"])._replace(parts=(stages["new"],))


def _ltv(
    c: Counts,
    stages: Mapping[str, float],
    margin_rate: float | None,
    discount_rate: float,
    days: float,
) -> Figure:
    """m·r / (1 + i − r): margin a customer and period, retention, discount a period."""
    margin = _gross_margin(c, margin_rate).value
    active, started = c["active_end"], c["active_start"]
    if margin is None or not active > 0 or not started > 0:
        return NO_VALUE
    kept = c["retained"] / started
    waiting = (1 + discount_rate) ** (days / _YEAR) - 1
    if not 1 + waiting - kept > 0:
        return NO_VALUE
    value = margin / active * kept / (1 + waiting - kept)
    return Figure(value, NONE, active, (stages["retained"],))


def _ltv_to_cac(
    c: Counts,
    stages: Mapping[str, float],
    margin_rate: float | None,
    discount_rate: float,
    days: float,
) -> Figure:
    ltv, cac = _ltv(c, stages, margin_rate, discount_rate, days), _cac(c, stages)
    if ltv.value is None or not cac.value:
        return NO_VALUE
    return Figure(ltv.value / cac.value, NONE, cac.n, (*ltv.parts, *cac.parts))


def _payback(
    c: Counts, stages: Mapping[str, float], margin_rate: float | None, days: float
) -> Figure:
    """Months until the margin of a customer who orders covers the cost of winning one."""
    margin, cac = _gross_margin(c, margin_rate).value, _cac(c, stages)
    if margin is None or cac.value is None or not margin > 0 or not c["buyers"] > 0:
        return NO_VALUE
    monthly = margin / c["buyers"] / (days * 12 / _YEAR)
    return Figure(cac.value / monthly, NONE, cac.n, cac.parts)


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value

"""KPIs of single segments, for goals that name one."""

from collections.abc import Iterable

import ibis
from ibis import _

from crm_strategy.analysis.kpis import kpi_actuals, kpi_history
from crm_strategy.analysis.spans import PeriodLike


def segment_actuals(
    *,
    segments: Iterable[str],
    customers: ibis.Table,
    orders: ibis.Table,
    touches: ibis.Table,
    surveys: ibis.Table,
    costs: ibis.Table,
    period: PeriodLike,
    active_days: int,
    conversion_days: int = 30,
    margin_rate: float | None = None,
) -> dict[tuple[str, str], float | None]:
    """The KPIs of a period by segment, of those who were in it before the period began.

    Who is a champion now is one because of what was bought in the period; only membership
    before it shows what became of a segment. Marketing costs are not known by segment: what
    rests on them has no value.

    Parameters
    ----------
    segments
        The segments to count.
    customers
        `rfm.customer_segments` as of the day before the period: `customer_id`, `segment`.
    orders, touches, surveys, costs, active_days, conversion_days, margin_rate
        As in `kpis.kpi_history`.
    period
        The period.

    Returns
    -------
    dict
        Value by (kpi, segment); None is no value.
    """
    unknown = costs.filter(ibis.literal(False))
    actuals: dict[tuple[str, str], float | None] = {}
    for segment in dict.fromkeys(segments):
        members = customers.filter(_.segment == segment).select("customer_id")
        history = kpi_history(
            orders=orders.semi_join(members, "customer_id"),
            touches=touches.semi_join(members, "customer_id"),
            surveys=surveys.semi_join(members, "customer_id"),
            costs=unknown,
            periods=[period],
            active_days=active_days,
            conversion_days=conversion_days,
            margin_rate=margin_rate,
        )
        actuals |= kpi_actuals(history, period=period, segment=segment)
    return actuals

"""Data reach: which periods the touches and the costs supplied cover in full."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.left_censoring import SLACK_DAYS
from crm_strategy.analysis.spans import DAY, Span
from crm_strategy.analysis.spending import counted_costs

OF_TOUCHES: Final = "conversion_rate"
OF_BOTH: Final = "roi"
OF_COSTS: Final = ("marketing_cost", "cac", "ltv_to_cac", "payback_months")


class Reach(NamedTuple):
    """First and last day that data are taken to cover."""

    first: date
    last: date

    def covers(self, span: Span) -> bool:
        """Whether all days of a period lie within."""
        return self.first <= span.start and span.end <= self.last


def kpi_reach(
    touches: ibis.Table | None, costs: ibis.Table | None, *, lookback_days: int
) -> dict[str, Reach]:
    """Where KPIs of touches and of costs have a value: in periods that their data cover.

    Touches that were recorded from the middle of a period on give it too few conversions, and
    costs booked for a part of it too small a cost: the first figures of a series would jump for
    no other reason. Data cover the days from their first to their last. Contacts and invoices do
    not fall on every day: at both ends as many days more as the longest stretch without any
    between them, at least 7. Orders are credited to touches up to `lookback_days` before, so ROI
    needs touches from so many days before the period on. Without a cost file what marketing cost
    follows from the touches.

    Parameters
    ----------
    touches
        `touched_at` (timestamp), of all customers, or None.
    costs
        As in `spending.channel_spending`, or None.
    lookback_days
        As in `kpis.kpi_history`.

    Returns
    -------
    dict
        The reach by KPI; KPIs whose data were not supplied are left out.
    """
    touched, spent = _of_touches(touches), _of_costs(costs)
    found: dict[str, Reach | None] = dict.fromkeys(OF_COSTS, spent or touched)
    found[OF_TOUCHES] = touched
    if touched is not None and spent is not None:
        first = max(touched.first + lookback_days * DAY, spent.first)
        found[OF_BOTH] = Reach(first, min(touched.last, spent.last))
    elif touched is not None:
        found[OF_BOTH] = touched._replace(first=touched.first + lookback_days * DAY)
    return {kpi: reach for kpi, reach in found.items() if reach is not None}


def _of_touches(touches: ibis.Table | None) -> Reach | None:
    if touches is None:
        return None
    days = touches.filter(_.touched_at.notnull()).select(day=_.touched_at.date()).distinct()
    return _reach([(day, day) for day in _dates(days.to_pandas()["day"])])


def _of_costs(costs: ibis.Table | None) -> Reach | None:
    if costs is None:
        return None
    first = _.period_start
    last = ibis.greatest(_.period_end.fill_null(first), first)
    booked = counted_costs(costs).filter(first.notnull()).select(first=first, last=last).distinct()
    table = booked.to_pandas()
    return _reach(list(zip(_dates(table["first"]), _dates(table["last"]), strict=True)))


def _dates(days: pd.Series) -> list[date]:
    return [day.date() for day in pd.to_datetime(days)]


def _reach(stretches: Sequence[tuple[date, date]]) -> Reach | None:
    """From the first to the last day, and the slack at both ends."""
    if not stretches:
        return None
    ordered = sorted(stretches)
    first, last = ordered[0]
    slack = SLACK_DAYS
    for start, end in ordered[1:]:
        slack = max(slack, (start - last).days - 1)
        last = max(last, end)
    return Reach(first - slack * DAY, last + slack * DAY)

"""Which period a report is about: as asked, or the last one that the orders cover."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from ibis import _

from crm_strategy.data import engine
from crm_strategy.errors import DataError
from crm_strategy.plan.period import Period, latest_period, parse_period

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class OrderDays:
    """The days on which something was ordered, in order; at least one."""

    days: tuple[date, ...]

    @property
    def first(self) -> date:
        """First day with an order."""
        return self.days[0]

    @property
    def last(self) -> date:
        """Last day with an order."""
        return self.days[-1]

    @property
    def covered_to(self) -> date:
        """Last day that the orders cover.

        A shop that sells on weekdays covers the Sunday after its last Friday: days without an
        order count as covered while they are no more than 95 % of such breaks have.
        """
        steps = sorted((later - earlier).days for earlier, later in pairwise(self.days))
        usual = steps[int(0.95 * (len(steps) - 1))] if len(steps) >= 20 else 1
        return self.last + (usual - 1) * _DAY


def order_days(prepared: Path) -> OrderDays:
    """The days of won orders in a prepared file; its connection is closed again."""
    con = engine.connect(prepared, read_only=True)
    try:
        won = con.table("orders").filter((_.stage_group == "won") & ~_.is_refund)
        days = won.group_by(day=_.ordered_at.date()).agg(n=_.count()).order_by("day")
        return OrderDays(tuple(row["day"] for row in engine.rows(days)))
    finally:
        engine.disconnect(con)


def chosen_period(wanted: str, *, rhythm: str, days: OrderDays) -> Period:
    """The period asked for, or for `latest` the last complete one of the rhythm.

    A period without an order between periods with orders is one of 0 orders.

    Raises
    ------
    ParamsError
        It is no period.
    DataError
        The orders don't cover it.
    """
    if wanted.strip().lower() == "latest":
        return _latest(rhythm, days)
    period = parse_period(wanted)
    if period.end < days.first:
        raise DataError(
            f"period {period.id}: the orders begin only on {days.first}.\n{_choice(rhythm, days)}"
        )
    if period.start > days.last:
        raise DataError(
            f"period {period.id}: the orders end on {days.last}.\n{_choice(rhythm, days)}"
        )
    if period.end > days.covered_to:
        raise DataError(
            f"period {period.id}: not finished: it ends on {period.end}, the orders end on "
            f"{days.last}.\n{_choice(rhythm, days)}"
        )
    return period


def _latest(rhythm: str, days: OrderDays) -> Period:
    period = _last_complete(rhythm, days)
    if period.end < days.first:
        raise DataError(
            f"no {_NAMES[rhythm]} is complete: orders run from {days.first} to {days.last}.\n"
            f"Name the days: --period {days.first}..{days.last}."
        )
    return period


def _last_complete(rhythm: str, days: OrderDays) -> Period:
    """The last period that is over, but none that begins after the last order."""
    period = latest_period(rhythm, days.covered_to)
    while period.start > days.last:
        period = period.previous()
    return period


_NAMES = {"month": "month", "quarter": "quarter", "half": "half-year", "year": "year"}


def _choice(rhythm: str, days: OrderDays) -> str:
    last = _last_complete(rhythm, days)
    if last.end < days.first:
        return f"Choose days within {days.first}..{days.last}."
    return f"Choose {last.id} or an earlier period, or days within {days.first}..{days.last}."

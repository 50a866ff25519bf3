"""KPI restatements: figures as first reported, beside what today's definitions make of them."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.kpis import kpi_history
from crm_strategy.analysis.lifecycle import active_window
from crm_strategy.analysis.spans import PeriodLike, Span, spans_of
from crm_strategy.words.kpis import KPIS

COLUMNS: Final = (
    *("kpi", "period", "as_reported", "restated", "difference", "n", "unit", "smallest_count"),
)

_SAME: Final = 1e-9
_OF_CUSTOMERS: Final = ("active_customers", "new_customers")


def kpi_restatements(
    history: pd.DataFrame,
    *,
    changes: Sequence[Mapping[str, Any]],
    compared: Sequence[PeriodLike],
    periods: Sequence[PeriodLike],
    orders: ibis.Table,
    active_days: int,
    **inputs: Any,
) -> pd.DataFrame:
    """Count the KPIs of earlier periods by the definition in force then, from today's data.

    A period was reported by today's definition, with what `was` says of every change that came
    after it; of two changes of one term, by the earlier. Only KPIs that differ are told.

    Parameters
    ----------
    history
        Result of `kpi_history` by today's definition.
    changes
        `since` (first day by the new definition), `was` (terms of `kpi_history` and their
        earlier values; `refunds`: `exclude` leaves refunds out), in any order.
    compared
        The periods to restate; those that begin on or after every `since` have nothing to.
    periods, orders, active_days, inputs
        As in `kpi_history`, as they were given to it for `history`.

    Returns
    -------
    DataFrame
        Latest period first, KPIs in the order of reports: `kpi`, `period` (id), `as_reported`,
        `restated`, `difference` (restated − as reported; missing where one of them is), `n` (of
        the restated value), `unit`, `smallest_count` (the fewest customers that the row tells,
        beside the others of its period).
    """
    known = set(history["period"])
    parts = []
    for span in sorted(spans_of(compared), key=lambda span: span.start, reverse=True):
        was = _definition_of(span, changes)
        if not was or span.id not in known:
            continue
        terms = {"active_days": active_days, **inputs, **was}
        net = terms.pop("refunds", "net") == "net"
        then = kpi_history(
            orders=orders if net else orders.filter(~_.is_refund), periods=periods, **terms
        )
        parts.append(_differences(then, history, span))
    found = pd.concat(parts) if parts else pd.DataFrame(columns=list(COLUMNS))
    numbers = ("as_reported", "restated", "difference", "n", "smallest_count")
    return found.astype(dict.fromkeys(numbers, "float64")).reset_index(drop=True)


def window_changes(
    orders: ibis.Table,
    *,
    periods: Sequence[PeriodLike],
    compared: Sequence[PeriodLike],
    active_days: int,
    chosen: int | None = None,
    stated: Sequence[Mapping[str, Any]] = (),
    min_count: int = 1,
) -> list[dict[str, Any]]:
    """Changes of the days a customer counts as active, where the data set them.

    The repurchase gap is known as of a report's end, so that it moves from report to report.

    Parameters
    ----------
    orders, chosen, min_count
        As in `lifecycle.active_window`.
    periods
        Every period of the report, oldest first.
    compared
        The earlier periods to restate.
    active_days
        The window of the report itself.
    stated
        Result of `plan.definitions.definition_changes`: where they state the days by which a
        period was reported, these hold.

    Returns
    -------
    list of dict
        As `kpi_restatements` takes them, oldest first: `since` (first day after the period),
        `period` (id of the period), `was` and `now` (`active_days`), `automatic` (True). None
        where the days are chosen or the same for all.
    """
    if chosen:
        return []
    told = [_day(each["since"]) for each in stated if "active_days" in each["was"]]
    known, asked = spans_of(periods), {each.id for each in compared}
    rows = []
    for place, span in enumerate(known[:-1]):
        if span.id not in asked or any(span.start < since for since in told):
            continue
        until = known[: place + 1]
        then = active_window(orders, as_of=span.end, periods=until, min_count=min_count)
        was, now = {"active_days": then}, {"active_days": active_days}
        row = {"since": known[place + 1].start, "period": span.id, "was": was, "now": now}
        rows.append(row | {"automatic": True})
    return rows if any(row["was"] != row["now"] for row in rows) else []


def _definition_of(span: Span, changes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What was otherwise when a period was reported."""
    was: dict[str, Any] = {}
    later = [change for change in changes if span.start < _day(change["since"])]
    for change in sorted(later, key=lambda change: _day(change["since"]), reverse=True):
        was |= change["was"]
    return was


def _differences(then: pd.DataFrame, now: pd.DataFrame, span: Span) -> pd.DataFrame:
    pair = [rows[rows["period"] == span.id].set_index("kpi") for rows in (then, now)]
    rows = [
        row
        for kpi in pair[1].index
        if (row := _row(kpi, span, pair[0].loc[kpi], pair[1].loc[kpi])) is not None
    ]
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    # Shares of the same customers change together: what one tells, the others do.
    return found.assign(smallest_count=found["smallest_count"].astype("float64").min())


def _row(kpi: str, span: Span, then: pd.Series, now: pd.Series) -> dict[str, Any] | None:
    before, after = (float(each["value"]) for each in (then, now))
    if math.isnan(before) and math.isnan(after):
        return None
    if abs(after - before) <= _SAME * max(abs(before), abs(after)):
        return None
    return {
        "kpi": kpi,
        "period": span.id,
        "as_reported": before,
        "restated": after,
        "difference": after - before,
        "n": now["n"],
        "unit": KPIS[kpi].kind,
        "smallest_count": _smallest(kpi, then, now),
    }


def _smallest(kpi: str, then: pd.Series, now: pd.Series) -> float:
    """The fewest customers that two values of a KPI tell, each alone and by their difference."""
    told = [float(each[name]) for each in (then, now) for name in ("smallest_count", "customers")]
    if KPIS[kpi].kind == "share":
        cases = [float(each["value"]) * float(each["n"]) for each in (then, now)]
        told += [abs(cases[1] - cases[0]), abs(float(now["n"]) - float(then["n"]))]
    if kpi in _OF_CUSTOMERS:
        told += [*(float(each["value"]) for each in (then, now))]
        told.append(abs(float(now["value"]) - float(then["value"])))
    return min((round(count) for count in told if count > _SAME), default=math.nan)


def _day(value: Any) -> date:
    day: date = pd.Timestamp(value).date()
    return day

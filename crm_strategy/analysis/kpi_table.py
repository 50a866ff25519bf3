"""The KPI scorecard of a period: beside the previous one, last year, natural limits, goals."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from crm_strategy.analysis.signals import Verdict, signal, yearly_changes
from crm_strategy.analysis.spans import PeriodLike
from crm_strategy.words.kpis import KPIS

_COUNTS = tuple(
    f"{when}{count}"
    for count in ("customers", "smallest_count")
    for when in ("", "previous_", "last_year_")
)
COLUMNS = (
    *("kpi", "value", "low", "high", "previous", "last_year", "change", "verdict"),
    *("target", "status", "n", "unit"),
    *_COUNTS,
)

_BY_DIFFERENCE = frozenset({"share", "score"})
_EVERYONE = "all"


def kpi_table(
    history: pd.DataFrame,
    *,
    period: PeriodLike,
    previous: PeriodLike,
    year_before: PeriodLike,
    goals: Sequence[Mapping[str, Any]] | pd.DataFrame = (),
) -> pd.DataFrame:
    """One row per KPI: this period beside the previous one and the same a year before.

    Parameters
    ----------
    history
        Result of `kpi_history`; periods it lacks have no value.
    period, previous, year_before
        The periods to show.
    goals
        Goals with their status: `kpi`, `segment`, `target`, `status`, `by`?. Those of all
        customers are shown, the first of each KPI: put primary goals first. A goal whose date
        lies before the period is no target of it.

    Returns
    -------
    DataFrame
        `kpi`, `value`, `low`, `high` (95 %), `previous`, `last_year`, `change` (against
        `previous`: a difference for shares and scores, else relative), `verdict`
        (`signals.Verdict`), `target`, `status`, `n`, `unit`,
        `customers`, `previous_customers`, `last_year_customers` (who ordered in each period),
        `smallest_count`, `previous_smallest_count`, `last_year_smallest_count` (the fewest
        customers that each value tells).
    """
    aims = _aims(goals, period)
    rows = [
        _row(kpi, rows.set_index("period"), period, previous, year_before)
        | aims.get(kpi, {"target": None, "status": None})
        for kpi, rows in history.groupby("kpi", sort=False)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = ("value", "low", "high", "previous", "last_year", "change", "target", "n", *_COUNTS)
    return table.astype(dict.fromkeys(numbers, "float64"))


def kpi_verdict(rows: pd.DataFrame, *, period: PeriodLike, seasonal: bool) -> Verdict:
    """Whether a KPI's value lies outside the natural limits of the periods before.

    Judged on the level; flows that follow the season are judged on their change against a
    year ago.

    Parameters
    ----------
    rows
        Rows of one KPI of `kpi_history`.
    period
        The period to judge; only those that end before it begins are compared.
    seasonal
        Whether the KPI follows the season (`KPIS[kpi].seasonal`).
    """
    earlier, now = judged_values(rows, period=period, seasonal=seasonal)
    return signal(earlier, now)


def judged_values(
    rows: pd.DataFrame, *, period: PeriodLike, seasonal: bool
) -> tuple[list[float | None], float | None]:
    """What `kpi_verdict` judges: the values, or changes, of the periods before, and of this one.

    Parameters
    ----------
    rows, period, seasonal
        As in `kpi_verdict`.
    """
    ordered = rows.sort_values("start")
    values: list[float | None] = ordered["value"].tolist()
    if seasonal:
        values = yearly_changes(ordered["start"].tolist(), values)
    earlier = [
        value for value, end in zip(values, ordered["end"], strict=True) if end < period.start
    ]
    now = [value for value, id_ in zip(values, ordered["period"], strict=True) if id_ == period.id]
    return earlier, now[0] if now else None


def _row(
    kpi: str,
    rows: pd.DataFrame,
    period: PeriodLike,
    previous: PeriodLike,
    year_before: PeriodLike,
) -> dict[str, Any]:
    now = rows.loc[period.id] if period.id in rows.index else pd.Series(dtype="float64")
    before, year = (rows["value"].get(each.id, float("nan")) for each in (previous, year_before))
    value, unit = now.get("value", float("nan")), KPIS[kpi].kind
    nothing = pd.Series(dtype="float64")
    return {
        "kpi": kpi,
        "value": value,
        "low": now.get("low"),
        "high": now.get("high"),
        "previous": before,
        "last_year": year,
        "change": _change(value, before, unit),
        "verdict": kpi_verdict(rows.reset_index(), period=period, seasonal=KPIS[kpi].seasonal),
        "n": now.get("n"),
        "unit": unit,
        **{
            f"{when}{count}": rows.get(count, nothing).get(each.id, float("nan"))
            for count in ("customers", "smallest_count")
            for when, each in (("", period), ("previous_", previous), ("last_year_", year_before))
        },
    }


def _change(value: float, before: float, unit: str) -> float | None:
    if unit in _BY_DIFFERENCE:
        return value - before
    return None if before == 0 else (value - before) / abs(before)


def _aims(
    goals: Sequence[Mapping[str, Any]] | pd.DataFrame, period: PeriodLike
) -> dict[str, dict[str, Any]]:
    rows = goals.to_dict("records") if isinstance(goals, pd.DataFrame) else goals
    aims: dict[str, dict[str, Any]] = {}
    for goal in rows:
        past = goal.get("by") is not None and pd.Timestamp(goal["by"]).date() < period.start
        if goal["segment"] == _EVERYONE and not past:
            aims.setdefault(goal["kpi"], {"target": goal["target"], "status": goal["status"]})
    return aims

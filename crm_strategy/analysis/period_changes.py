"""Period changes: which goals, KPIs and decisions stand otherwise than a period ago."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from crm_strategy.analysis.kpi_table import kpi_verdict
from crm_strategy.analysis.spans import PeriodLike
from crm_strategy.words.kpis import KPIS

COLUMNS: Final = (
    *("subject", "id", "name", "kpi", "change", "was", "now", "value_before", "expected_before"),
    *("value", "expected", "n", "unit", "smallest_count"),
    "standing",
)

SAME: Final = "same"
"""The change of what stands as it did."""

CHANGES: Final = {
    "goal": ("due", "worse", "better", "new", "known", SAME),
    "kpi": ("new_signal", "turned", "ceased", "still_signal", SAME),
    "decision": ("scored", "rescored", "not_scored", "taken", SAME),
}
"""What can have become of each, the most pressing first."""

_NOT_BEGUN: Final = "not_begun"
_RANK: Final = ("reached", "on_track", "at_risk", "off_track")
_SIGNALS: Final = ("signal_high", "signal_low")
_JUDGED: Final = (*_SIGNALS, "noise")
_UNSCORED: Final = ("no_kpi", "no_data", "not_judged")


def period_changes(
    *,
    goals: Sequence[Mapping[str, Any]],
    goals_before: Sequence[Mapping[str, Any]],
    history: pd.DataFrame,
    scores: pd.DataFrame,
    scores_before: pd.DataFrame,
    period: PeriodLike,
    previous: PeriodLike,
    most: int,
) -> pd.DataFrame:
    """Hold a period's goals, KPIs and decisions against those of the period before.

    Both are counted by today's definitions from the data of both periods; no earlier report is
    read. A goal is `due` where its date lies in the period (`same` ever after), `new` where its
    baseline was taken after the period before, `worse` or `better` by its status, `known` where
    one of the two is not. A KPI is a `new_signal`, has `turned` to the other side, `ceased` to
    be one or is one as before (`still_signal`). A decision is `scored` for the first time,
    `rescored` where its verdict changed, `not_scored` where it fell due and nothing can be said,
    `taken` in the period.

    Parameters
    ----------
    goals, goals_before
        Goals with their status at the end of each period: `goal_id`, `goal`, `kpi`, `by`,
        `baseline_at`, `actual`, `expected`, `status`, `unit`, `smallest_count`.
    history
        Result of `kpi_history` of the period and those before it, one more than reports judge by.
    scores, scores_before
        Results of `decision_scores.decision_scores` of each period.
    period, previous
        The two periods.
    most
        How many periods a report judges by, its own among them.

    Returns
    -------
    DataFrame
        A row a goal, KPI that was judged in either period, and decision: `subject` (goal, kpi,
        decision), `id`, `name`, `kpi`, `change` (one of `CHANGES`), `was`, `now` (status or
        verdict), `value_before`, `expected_before`, `value`, `expected` (none for decisions, whose
        scores hold them), `n`, `unit`, `smallest_count` (the fewest customers that the row tells),
        `standing` (of goals, where `goal_paths.with_paths` told it).
        No rows where the data do not cover the period before.
    """
    if previous.id not in set(history["period"]):
        return pd.DataFrame(columns=list(COLUMNS))
    rows = [
        *_goals(goals, goals_before, period, previous),
        *_kpis(history, period, previous, most),
        *_decisions(scores, scores_before, period, previous),
    ]
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = ("value_before", "expected_before", "value", "expected", "n", "smallest_count")
    return found.astype(dict.fromkeys(numbers, "float64"))


def _goals(
    goals: Sequence[Mapping[str, Any]],
    goals_before: Sequence[Mapping[str, Any]],
    period: PeriodLike,
    previous: PeriodLike,
) -> list[dict[str, Any]]:
    earlier = {goal["goal_id"]: goal for goal in goals_before}
    rows = []
    for goal in goals:
        before = earlier.get(goal["goal_id"])
        if goal["status"] == _NOT_BEGUN:
            before, change = before or {}, SAME
        elif before is None or pd.Timestamp(goal["baseline_at"]).date() > previous.end:
            before, change = {}, "new"
        elif (by := pd.Timestamp(goal["by"]).date()) <= previous.end:
            # Decided on its date.
            change = SAME
        elif by <= period.end:
            change = "due"
        else:
            change = _way(before["status"], goal["status"])
        rows.append(
            {
                "subject": "goal",
                "id": goal["goal_id"],
                "name": goal["goal"],
                "kpi": goal["kpi"],
                "change": change,
                "was": before.get("status"),
                "now": goal["status"],
                "value_before": before.get("actual"),
                "expected_before": before.get("expected"),
                "value": goal["actual"],
                "expected": goal["expected"],
                "unit": goal["unit"],
                "standing": goal.get("standing"),
                "smallest_count": _least(before.get("smallest_count"), goal["smallest_count"]),
            }
        )
    return rows


def _way(before: str, now: str) -> str:
    if before == now:
        return SAME
    if before not in _RANK or now not in _RANK:
        return "known"
    return "worse" if _RANK.index(now) > _RANK.index(before) else "better"


def _kpis(
    history: pd.DataFrame, period: PeriodLike, previous: PeriodLike, most: int
) -> list[dict[str, Any]]:
    rows = []
    for kpi, figures in history.groupby("kpi", sort=False):
        was, now = (_verdict(str(kpi), figures, each, most) for each in (previous, period))
        if now not in _JUDGED and was not in _JUDGED:
            continue
        known = figures.set_index("period")
        before, after = known.loc[previous.id], known.loc[period.id]
        names = ("smallest_count", "customers", "n")
        rows.append(
            {
                "subject": "kpi",
                "id": kpi,
                "kpi": kpi,
                "change": _signal_change(was, now),
                "was": was,
                "now": now,
                "value_before": before["value"],
                "value": after["value"],
                "n": after["n"],
                "unit": after["unit"],
                "smallest_count": _least(*(each[n] for each in (before, after) for n in names)),
            }
        )
    return rows


def _verdict(kpi: str, figures: pd.DataFrame, period: PeriodLike, most: int) -> str:
    until = figures[figures["start"] <= period.start].sort_values("start")
    return kpi_verdict(until.tail(most), period=period, seasonal=KPIS[kpi].seasonal)


def _signal_change(was: str, now: str) -> str:
    if now in _SIGNALS:
        if was == now:
            return "still_signal"
        return "turned" if was in _SIGNALS else "new_signal"
    return "ceased" if was in _SIGNALS and now == "noise" else SAME


def _decisions(
    scores: pd.DataFrame, scores_before: pd.DataFrame, period: PeriodLike, previous: PeriodLike
) -> list[dict[str, Any]]:
    earlier = dict(zip(scores_before["decision_id"], scores_before["verdict"], strict=True))
    return [
        {
            "subject": "decision",
            "id": row["decision_id"],
            "name": row["decision"],
            "kpi": row["kpi"],
            "change": _decision_change(row, earlier.get(row["decision_id"]), period, previous),
            "was": earlier.get(row["decision_id"]),
            "now": row["verdict"],
            "n": row["n"],
            "unit": KPIS[row["kpi"]].kind if row["kpi"] else None,
            "smallest_count": row["smallest_count"],
        }
        for row in scores.to_dict("records")
    ]


def _decision_change(
    row: Mapping[str, Any], was: str | None, period: PeriodLike, previous: PeriodLike
) -> str:
    now = row["verdict"]
    if row["period"] == period.id:
        return "taken"
    if row["period"] == previous.id and now in _UNSCORED:
        return "not_scored"
    if now == was or now in _UNSCORED:
        return SAME
    return "scored" if was in (None, "too_early", *_UNSCORED) else "rescored"


def _least(*counts: Any) -> float:
    known = [float(n) for n in counts if n is not None and not pd.isna(n)]
    return min(known, default=math.nan)

"""Decision scores: what moved after a decision, against what it was expected to bring."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from crm_strategy.analysis.signals import ENOUGH, year_before
from crm_strategy.analysis.spans import PeriodLike
from crm_strategy.words.kpis import KPIS

COLUMNS: Final = (
    *("decision_id", "decision", "period", "kpi", "expected_change", "observed_change"),
    *("low", "high", "verdict", "before", "now", "basis", "n", "smallest_count"),
)

VERDICTS: Final = (
    *("as_expected", "exceeded", "fell_short", "opposite", "better", "worse", "not_seen"),
    *("not_judged", "too_early", "no_data", "no_kpi"),
)
"""What became of a decision; `plan.decision_verdict.<id>` names them."""

_Z: Final = 1.959963984540054
_TO_SIGMA: Final = 1.128
"""Mean range of two values of a normal distribution, in standard deviations."""


def decision_scores(
    decisions: Sequence[Mapping[str, Any]], history: pd.DataFrame, *, period: PeriodLike
) -> pd.DataFrame:
    """Score the decisions of earlier periods by their KPI since.

    observed = KPI now − KPI of the decision's period. KPIs that follow the season are compared
    with what that period would have become by last year's pattern: value × (a year before now /
    a year before then). The interval (95 %) comes from the intervals of both values (MOVER:
    √((x₁ − l₁)² + (u₀ − x₀)²) below, likewise above), or, for KPIs without them, from the mean
    moving range of the periods up to the decision: ± 1.96 · √2 · mR / 1.128, at least 8 of
    them. It is a before and after, no proof: other things moved too.

    Parameters
    ----------
    decisions
        `id`, `decision` (text), `period` (id), `kpi`, `expected_change` (in the KPI's unit, or
        None).
    history
        Result of `kpi_history`: `kpi`, `period`, `start`, `end`, `value`, `low`, `high`, `n`.
    period
        The period of the review.

    Returns
    -------
    DataFrame
        In the order of the decisions: `decision_id`, `decision`, `period`, `kpi`,
        `expected_change`, `observed_change`, `low`, `high`, `verdict`, `before`, `now`,
        `basis` (`interval`, `moving_range` or None), `n`, `smallest_count` (the fewest
        customers that either value tells). Verdicts: `as_expected` (the
        interval holds the expected change, not 0), `exceeded` and `fell_short` (it lies beyond
        or short of it), `opposite`; `better` and `worse` where nothing was expected in
        figures; `not_seen` (it holds 0); `not_judged` (no interval), `too_early`, `no_data`,
        `no_kpi`.

    References
    ----------
    Newcombe (2001) and Zou & Donner (2008), Statistics in Medicine, for MOVER.
    """
    rows = [_score(decision, history, period) for decision in decisions]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _score(
    decision: Mapping[str, Any], history: pd.DataFrame, period: PeriodLike
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row |= {
        "decision_id": decision["id"],
        "decision": decision["decision"],
        "period": str(decision["period"]),
        "kpi": decision["kpi"],
        "expected_change": decision["expected_change"],
    }
    if decision["kpi"] is None:
        return row | {"verdict": "no_kpi"}
    rows = history[history["kpi"] == decision["kpi"]].sort_values("start").set_index("period")
    if row["period"] not in rows.index or period.id not in rows.index:
        return row | {"verdict": "no_data"}
    then, now = rows.loc[row["period"]], rows.loc[period.id]
    if not then["end"] < now["start"]:
        return row | {"verdict": "too_early"}
    scale = _season(rows, row["period"], period.id) if KPIS[decision["kpi"]].seasonal else 1.0
    before = then["value"] * scale
    if pd.isna(before) or pd.isna(now["value"]):
        return row | {"verdict": "no_data"}
    change = float(now["value"] - before)
    below, above, basis = _reach(rows, then, now, scale)
    row |= {
        "observed_change": change,
        "low": change - below,
        "high": change + above,
        "before": float(before),
        "now": float(now["value"]),
        "basis": basis,
        "n": None if pd.isna(now["n"]) else float(now["n"]),
        "smallest_count": _smallest(then, now),
    }
    better = -1.0 if KPIS[decision["kpi"]].lower_is_better else 1.0
    return row | {"verdict": _verdict(row, better)}


def _season(rows: pd.DataFrame, then: str, now: str) -> float:
    """How the KPI moved between the same two periods a year before; NaN if not known."""
    earlier = year_before(rows["start"].tolist(), rows["value"].tolist())
    twins = dict(zip(rows.index, earlier, strict=True))
    first, last = twins[then], twins[now]
    return last / first if first and last is not None else math.nan


def _reach(
    rows: pd.DataFrame, then: pd.Series, now: pd.Series, scale: float
) -> tuple[float, float, str | None]:
    """How far the change may lie below and above what was seen."""
    ends = pd.Series([then["low"], then["high"], now["low"], now["high"]], dtype="float64")
    if ends.notna().all():
        below = math.hypot(now["value"] - now["low"], scale * (then["high"] - then["value"]))
        above = math.hypot(now["high"] - now["value"], scale * (then["value"] - then["low"]))
        return below, above, "interval"
    past = rows.loc[rows["start"] <= then["start"], "value"].dropna().to_numpy("float64")
    if len(past) < ENOUGH:
        return math.nan, math.nan, None
    sigma = float(np.abs(np.diff(past)).mean()) / _TO_SIGMA
    reach = _Z * math.sqrt(2) * sigma
    return reach, reach, "moving_range"


def _smallest(*values: pd.Series) -> float:
    """The fewest customers that the values rest on or tell."""
    counts = [value.get(name) for value in values for name in ("smallest_count", "customers", "n")]
    return min((float(n) for n in counts if n is not None and not pd.isna(n)), default=math.nan)


def _verdict(row: Mapping[str, Any], better: float) -> str:
    expected = row["expected_change"]
    # Seen in the direction that the decision was to move the KPI.
    way = better if expected is None else math.copysign(1.0, expected)
    low, high = sorted((way * row["low"], way * row["high"]))
    if math.isnan(low):
        return "not_judged"
    if low <= 0 <= high:
        return "not_seen"
    if expected is None:
        return "better" if low > 0 else "worse"
    if high < 0:
        return "opposite"
    if low > abs(expected):
        return "exceeded"
    return "fell_short" if high < abs(expected) else "as_expected"

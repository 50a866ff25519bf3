"""Decision scores: what moved after a decision, against what it was expected to bring."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from crm_strategy.analysis.signals import ENOUGH, signal, year_before, yearly_changes
from crm_strategy.analysis.spans import PeriodLike
from crm_strategy.words.kpis import KPIS

COLUMNS: Final = (
    *("decision_id", "decision", "period", "kpi", "expected_change", "observed_change"),
    *("low", "high", "verdict", "before", "now", "basis", "n", "smallest_count", "test"),
)

VERDICTS: Final = (
    *("as_expected", "exceeded", "fell_short", "opposite", "better", "worse", "not_seen"),
    *("not_judged", "too_early", "no_data", "no_kpi"),
)
"""What became of a decision; `plan.decision_verdict.<id>` names them."""

OF_TESTS: Final = "conversion_rate"
"""The KPI that experiments measure."""

_OF_REASONS: Final = {
    **dict.fromkeys(("no_effect", "too_small", "out_of_reach"), "not_seen"),
    **dict.fromkeys(("split", "empty", "no_conversions"), "not_judged"),
    "running": "too_early",
}
"""What a test without a result says; others are judged by their interval."""

_OF_REVENUE: Final = {"revenue_better": ("better", 1.0), "revenue_worse": ("worse", -1.0)}
"""What a test says that revenue a customer decided, and which way."""

_Z: Final = 1.959963984540054
_TO_SIGMA: Final = 1.128
"""Mean range of two values of a normal distribution, in standard deviations."""


def decision_scores(
    decisions: Sequence[Mapping[str, Any]],
    history: pd.DataFrame,
    *,
    period: PeriodLike,
    experiments: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Score the decisions of earlier periods by their test, or by their KPI since.

    A decision on conversion whose goal names a test is scored by that, where the test began
    before the decision's period or at most as many days after it as it has, and did not end
    before; of several, the decision whose period is nearest to the test's start (then the later
    one, then the first listed). Told is the difference of the variant to roll out, or else of the
    one that did best, with its interval. Where revenue a customer decided the test and conversion
    did not move the same way, revenue gives the verdict. Others:

    observed = KPI now − KPI of the decision's period. KPIs that follow the season are compared
    with what that period would have become by last year's pattern: value × (a year before now /
    a year before then). The interval (95 %) comes from the intervals of both values (MOVER:
    √((x₁ − l₁)² + (u₀ − x₀)²) below, likewise above), or, for KPIs without them, from the mean
    moving range of the periods up to the decision: ± 1.96 · √2 · mR / 1.128, at least 8 of
    them; of seasonal KPIs from that of their changes on the year, times the value a year ago.
    A change is real only if the KPI has also left the natural range that it kept to up to the
    decision, as the scorecard judges: samples vary less than business does. It is a before and
    after, no proof: other things moved too.

    Parameters
    ----------
    decisions
        `id`, `decision` (text), `period` (id), `kpi`, `expected_change` (in the KPI's unit, or
        None), `test`? (the experiment that its goal names, or None).
    history
        Result of `kpi_history`: `kpi`, `period`, `start`, `end`, `value`, `low`, `high`, `n`.
    period
        The period of the review.
    experiments
        Result of `experiments.experiment_results` as of the period's end.

    Returns
    -------
    DataFrame
        In the order of the decisions: `decision_id`, `decision`, `period`, `kpi`,
        `expected_change`, `observed_change`, `low`, `high`, `verdict`, `before`, `now`,
        `basis` (`experiment`, `experiment_revenue`, `interval`, `moving_range` or None), `n`,
        `smallest_count` (the fewest customers that either value tells), `test` (that scored it).
        Verdicts: `as_expected` (the interval holds the expected change, not 0), `exceeded` and
        `fell_short` (it lies beyond or short of it), `opposite`; `better` and `worse` where
        nothing was expected in figures; `not_seen` (it holds 0, or the natural range holds the
        KPI); `not_judged` (no interval or range, a test without a result, or a KPI of the season
        at 0, which no pattern carries on), `too_early`, `no_data`, `no_kpi`.

    References
    ----------
    Newcombe (2001) and Zou & Donner (2008), Statistics in Medicine, for MOVER.
    """
    owners = _owners(decisions, history, experiments)
    rows = [
        _score(each, history, period, experiments if each["id"] in owners else None)
        for each in decisions
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _score(
    decision: Mapping[str, Any],
    history: pd.DataFrame,
    period: PeriodLike,
    experiments: pd.DataFrame | None,
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
    better = -1.0 if KPIS[decision["kpi"]].lower_is_better else 1.0
    tested = _tested(decision, experiments, then["start"])
    if tested is not None:
        row |= tested
        return row | {"verdict": tested["verdict"] or _verdict(row, better)}
    seasonal = KPIS[decision["kpi"]].seasonal
    scale = _season(rows, row["period"], period.id) if seasonal else 1.0
    before = then["value"] * scale
    if pd.isna(before) or pd.isna(now["value"]):
        return row | {"verdict": "no_data"}
    if seasonal and before == 0:
        return row | {"verdict": "not_judged"}
    change = float(now["value"] - before)
    below, above, basis = _reach(rows, then, now, scale, seasonal=seasonal)
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
    found = _verdict(row, better)
    if found in ("not_judged", "not_seen"):
        return row | {"verdict": found}
    starts, values = rows["start"].tolist(), rows["value"].tolist()
    judged = yearly_changes(starts, values) if seasonal else values
    # Up to the decision: what came of it would widen the range.
    earlier = [each for each, day in zip(judged, starts, strict=True) if day <= then["start"]]
    moved = signal(earlier, judged[rows.index.get_loc(period.id)])
    if moved == "too_short":
        return row | {"verdict": "not_judged"}
    left = "signal_high" if change > 0 else "signal_low"
    return row | {"verdict": found if moved == left else "not_seen"}


def _season(rows: pd.DataFrame, then: str, now: str) -> float:
    """How the KPI moved between the same two periods a year before; NaN if not known."""
    earlier = year_before(rows["start"].tolist(), rows["value"].tolist())
    twins = dict(zip(rows.index, earlier, strict=True))
    first, last = twins[then], twins[now]
    return last / first if first and last is not None else math.nan


def _owners(
    decisions: Sequence[Mapping[str, Any]],
    history: pd.DataFrame,
    experiments: pd.DataFrame | None,
) -> set[str]:
    """The decision that each test belongs to: the nearest to its start."""
    if experiments is None:
        return set()
    spans = history[history["kpi"] == OF_TESTS].set_index("period")[["start", "end"]]
    nearest: dict[str, tuple[int, int, str]] = {}
    for decision in decisions:
        name, period = decision.get("test"), str(decision["period"])
        if name is None or decision["kpi"] != OF_TESTS or period not in spans.index:
            continue
        since, until = (pd.Timestamp(spans.at[period, each]) for each in ("start", "end"))
        began = experiments.loc[experiments["experiment"] == name, "start"].dropna()
        start = pd.Timestamp(began.min()) if len(began) else until
        if (start - until).days > (until - since).days + 1:
            continue
        days = max((start - until).days, (since - start).days, 0)
        found = (days, -since.toordinal(), str(decision["id"]))
        if name not in nearest or found[:2] < nearest[name][:2]:
            nearest[name] = found
    return {each[2] for each in nearest.values()}


def _tested(
    decision: Mapping[str, Any], experiments: pd.DataFrame | None, since: date
) -> dict[str, Any] | None:
    """What the decision's test found; None where there is none that speaks of its KPI."""
    name = decision.get("test")
    if name is None or experiments is None or decision["kpi"] != OF_TESTS:
        return None
    rows = experiments[experiments["experiment"] == name]
    ends = [each for each in rows["end"] if not pd.isna(each)]
    tried = rows[rows["verdict"] != "control"]
    if tried.empty or (ends and max(ends) < since):
        return None
    won = tried[tried["verdict"] == "roll_out"]
    best = tried.loc[(tried if won.empty else won)["difference"].fillna(-math.inf).idxmax()]
    control = rows[rows["verdict"] == "control"].iloc[0]
    pair = [best["size"], control["size"]], [best["conversions"], control["conversions"]]
    told = [each for sizes, hits in zip(*pair, strict=True) for each in (hits, sizes - hits)]
    verdict, basis = _OF_REASONS.get(best["reason"]), "experiment"
    by_revenue, way = _OF_REVENUE.get(best["reason"], (None, math.nan))
    if by_revenue and not min(way * best["low"], way * best["high"]) > 0:
        verdict, basis = by_revenue, "experiment_revenue"
    return {
        "observed_change": _float(best["difference"]),
        "low": _float(best["low"]),
        "high": _float(best["high"]),
        "before": _float(control["rate"]),
        "now": _float(best["rate"]),
        "basis": basis,
        "n": float(best["size"]),
        "smallest_count": min((float(n) for n in told if n > 0), default=math.nan),
        "test": str(name),
        "verdict": verdict,
    }


def _float(value: object) -> float:
    return math.nan if value is None or pd.isna(value) else float(str(value))


def _reach(
    rows: pd.DataFrame, then: pd.Series, now: pd.Series, scale: float, *, seasonal: bool
) -> tuple[float, float, str | None]:
    """How far the change may lie below and above what was seen."""
    ends = pd.Series([then["low"], then["high"], now["low"], now["high"]], dtype="float64")
    if ends.notna().all():
        below = math.hypot(now["value"] - now["low"], scale * (then["high"] - then["value"]))
        above = math.hypot(now["high"] - now["value"], scale * (then["value"] - then["low"]))
        return below, above, "interval"
    starts, values = rows["start"].tolist(), rows["value"].tolist()
    unit = 1.0
    if seasonal:
        # The estimate is (change on the year now − that of then) × the value a year ago.
        unit = dict(zip(starts, year_before(starts, values), strict=True))[now["start"]] or math.nan
        values = yearly_changes(starts, values)
    known = pd.Series(values, index=starts, dtype="float64").dropna()
    past = known[known.index <= then["start"]].to_numpy()
    if len(past) < ENOUGH:
        return math.nan, math.nan, None
    sigma = float(np.abs(np.diff(past)).mean()) / _TO_SIGMA
    reach = _Z * math.sqrt(2) * sigma * unit
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

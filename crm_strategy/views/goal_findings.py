"""Findings of chapter 1: which goals are on course, and whether they are well set."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.goal_tables import is_over, restated
from crm_strategy.views.kinds import kpi_kind
from crm_strategy.views.layout import CUSTOMER_KPIS
from crm_strategy.views.privacy import small
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import format_count, format_date, format_value

_RANK = {"primary": 0, "secondary": 1}


def goals_finding(goals: Data) -> Finding:
    """How many goals are on track; asks for a decision on the worst primary one.

    A goal off track by no more than chance explains is to be watched, and one that its season
    explains is told beside the path of its season (`goal_paths.with_paths`). One whose date has
    passed was reached or missed then (`goal_dates.judged_on_date`): no course is left to
    correct, so it asks for a new goal at most.
    """
    rows = frame_of(goals)
    if rows.empty:
        return Finding("goals", title=say("findings.goals.none"), severity="act")
    begun = rows["status"] != "not_begun"
    fine = rows["status"].isin(["on_track", "reached"])
    missed = int((rows["status"] == "missed").sum())
    standings = _standings(rows)
    text = _by_status(rows.assign(standing=standings))
    if not begun.any():
        return Finding("goals", title=say("plan.goals.none_begun"), text=text)
    off = rows[(rows["status"] == "off_track") & standings.isin(["", "behind"])]
    late = (rows["status"] == "on_track") & (standings == "behind")
    return Finding(
        "goals",
        title=say(
            "plan.goals.title_missed" if missed else "findings.goals.title",
            fine=format_count(int(fine.sum())),
            missed=format_count(missed),
            goals=say_count("findings.of_goals", int(begun.sum())),
        ),
        text=text,
        severity="act" if len(off) else "watch" if late.any() or not fine[begun].all() else "good",
        figures={status: int(n) for status, n in rows["status"].value_counts().items()},
        decision=_restate(off) or _next_goal(rows[is_over(rows)]),
    )


def goal_checks_finding(goal_checks: Data) -> Finding:
    """How many of the checks on how the goals are set have passed."""
    rows = frame_of(goal_checks)
    if rows.empty:
        return Finding("goal_checks", title=say("findings.goals.none"), severity="act")
    failed = int((rows["verdict"] == "failed").sum())
    if failed == 0:
        return Finding(
            "goal_checks",
            title=say("findings.goal_checks.passed", checks=format_count(len(rows))),
            severity="good",
        )
    return Finding(
        "goal_checks",
        title=say(
            "findings.goal_checks.title",
            failed=format_count(failed),
            checks=say_count("findings.of_checks", len(rows)),
        ),
        severity="watch",
        figures={"failed": failed, "checks": len(rows)},
    )


def _standings(rows: pd.DataFrame) -> "pd.Series[str]":
    """How each goal stands to its path; empty where that is not known or tells a few."""
    known = rows["standing"] if "standing" in rows else pd.Series(None, rows.index, dtype="object")
    few = pd.Series([_few(row) for _, row in rows.iterrows()], rows.index, dtype="bool")
    return known.where(~few & known.notna(), "")


def _by_status(rows: pd.DataFrame) -> str:
    seasonal = pd.Series([_of_season(row) for _, row in rows.iterrows()], rows.index, dtype="bool")
    parts = []
    off = rows[(rows["status"] == "off_track") & ~seasonal]
    for standing in ("", "behind", "unjudged", "noise"):
        key = f"off_{standing}" if standing else "off_track"
        parts.append(_named(key, off[off["standing"] == standing]))
    parts.append(_named("at_risk", rows[(rows["status"] == "at_risk") & ~seasonal]))
    parts += [_seasonal(row) for _, row in rows[seasonal].iterrows()]
    over = is_over(rows)
    parts.append(_named("no_data", rows[(rows["status"] == "no_data") & ~over]))
    if len(ahead := rows[rows["status"] == "not_begun"]):
        parts.append(say("plan.goals.not_begun", names="; ".join(map(str, ahead["goal"]))))
    parts += [told_end(row, few=_few(row)) for _, row in rows[over].iterrows()]
    parts += [told_baseline(row) for _, row in rows[restated(rows)].iterrows()]
    parts.append(say("plan.goals.over_decide") if over.any() else "")
    return " ".join(filter(None, parts))


def _named(key: str, rows: pd.DataFrame) -> str:
    names = "; ".join(map(str, rows["goal"]))
    return say(f"findings.goals.{key}", names=names) if names else ""


def _of_season(goal: "pd.Series") -> bool:
    """Whether the even path and that of the season say different things of a goal."""
    if goal["standing"] == "" or pd.isna(goal.get("season_expected")):
        return False
    if goal["status"] == "on_track":
        return bool(goal["standing"] == "behind")
    return goal["status"] in ("at_risk", "off_track") and goal["standing"] != "behind"


def _seasonal(goal: "pd.Series") -> str:
    kind, status = kpi_kind(goal["kpi"]), say(f"plan.status.{goal['status']}")
    return say(
        f"findings.goals.season_{goal['standing']}",
        goal=goal["goal"],
        status=status[:1].lower() + status[1:],
        season=format_value(goal["season_expected"], kind),
        actual=format_value(goal["actual"], kind),
    )


def _few(goal: "pd.Series") -> bool:
    """Whether a goal's value would tell a few customers."""
    counted = goal["kpi"] in CUSTOMER_KPIS[1] and small(goal["actual"])
    return counted or small(goal.get("smallest_count"))


def told_end(goal: Mapping[str, Any] | pd.Series, *, few: bool) -> str:
    """What came of a goal whose date is over; the value is left out where it tells a few."""
    status, kind = str(goal["status"]), kpi_kind(str(goal["kpi"]))
    known = status in ("reached", "missed")
    key = "over_unknown" if not known else f"over_{status}_few" if few else f"over_{status}"
    return say(
        f"plan.outlook.{key}",
        goal=goal["goal"],
        by=format_date(pd.Timestamp(goal["by"]).date()),
        value=format_value(goal["actual"], kind) if known and not few else "",
        target=format_value(goal["target"], kind),
    )


def told_baseline(goal: Mapping[str, Any] | pd.Series) -> str:
    """What the baseline of a goal is by today's definition, and what that does to its target."""
    kind = kpi_kind(str(goal["kpi"]))
    moved = not pd.isna(goal.get("target_stated"))
    return say(
        "plan.goals.restated_target" if moved else "plan.goals.restated",
        goal=goal["goal"],
        was=format_value(goal["baseline_stated"], kind),
        now=format_value(goal["baseline"], kind),
        target=format_value(goal["target_stated"], kind) if moved else "",
    )


def _next_goal(over: pd.DataFrame) -> Decision | None:
    """What is left to decide of goals whose date has passed: first of one that was missed."""
    if over.empty:
        return None
    ranks = {"rank": over["priority"].map(_RANK), "met": over["status"] == "reached"}
    first = over.assign(**ranks).sort_values(["met", "rank", "goal_id"]).iloc[0]
    return Decision(
        title=say("plan.goals.next", goal=first["goal"]),
        why=told_end(first, few=_few(first)),
        owner=str(first["owner"] or ""),
        evidence="measured",
    )


def _restate(off: pd.DataFrame) -> Decision | None:
    if off.empty:
        return None
    gap = (off["expected_progress"] - off["progress"]).fillna(0)
    worst = (
        off.assign(rank=off["priority"].map(_RANK), gap=-gap)
        .sort_values(["rank", "gap", "goal_id"])
        .iloc[0]
    )
    kind = kpi_kind(worst["kpi"])
    return Decision(
        title=say("findings.goals.ask", goal=worst["goal"]),
        why=say(
            f"findings.goals.{_why(worst)}",
            kpi=say(f"kpis.{worst['kpi']}.name"),
            actual=format_value(worst["actual"], kind),
            target=format_value(worst["target"], kind),
            by=format_date(pd.Timestamp(worst["by"]).date()),
        ),
        owner=str(worst["owner"] or ""),
        evidence="measured",
    )


def _why(goal: "pd.Series") -> str:
    if _few(goal):
        return "why_few"
    return "why_behind" if goal.get("standing") == "behind" else "why"

"""Findings of chapter 1: which goals are on course, and whether they are well set."""

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.kinds import kpi_kind
from crm_strategy.views.layout import CUSTOMER_KPIS
from crm_strategy.views.privacy import small
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import format_count, format_date, format_value

_RANK = {"primary": 0, "secondary": 1}


def goals_finding(goals: Data) -> Finding:
    """How many goals are on track; asks for a decision on the worst primary one."""
    rows = frame_of(goals)
    if rows.empty:
        return Finding("goals", title=say("findings.goals.none"), severity="act")
    fine = rows["status"].isin(["on_track", "reached"])
    off = rows[rows["status"] == "off_track"]
    return Finding(
        "goals",
        title=say(
            "findings.goals.title",
            fine=format_count(int(fine.sum())),
            goals=say_count("findings.of_goals", len(rows)),
        ),
        text=_by_status(rows),
        severity="act" if len(off) else "watch" if not fine.all() else "good",
        figures={status: int(n) for status, n in rows["status"].value_counts().items()},
        decision=_restate(off),
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


def _by_status(rows: pd.DataFrame) -> str:
    parts = []
    for status in ("off_track", "at_risk", "no_data"):
        names = rows.loc[rows["status"] == status, "goal"].tolist()
        if names:
            parts.append(say(f"findings.goals.{status}", names="; ".join(map(str, names))))
    return " ".join(parts)


def _few(goal: "pd.Series") -> bool:
    """Whether a goal's value would tell a few customers."""
    counted = goal["kpi"] in CUSTOMER_KPIS[1] and small(goal["actual"])
    return counted or small(goal.get("smallest_count"))


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
            "findings.goals.why_few" if _few(worst) else "findings.goals.why",
            kpi=say(f"kpis.{worst['kpi']}.name"),
            actual=format_value(worst["actual"], kind),
            target=format_value(worst["target"], kind),
            by=format_date(pd.Timestamp(worst["by"]).date()),
        ),
        owner=str(worst["owner"] or ""),
        evidence="measured",
    )

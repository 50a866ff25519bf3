"""Tables of the goals chapter: where goals stand, and whether they are well set."""

import pandas as pd

from crm_strategy import words
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import CUSTOMER_KPIS, Layout, Suppress
from crm_strategy.views.payload import hidden
from crm_strategy.views.privacy import small
from crm_strategy.views.table import Table

FEW_CUSTOMERS = (Suppress(count="actual", hides=("progress", "standing"), only=CUSTOMER_KPIS),)
_TOLD = ("actual", "progress", "standing")


def goals_table(goals: Data) -> Table:
    """The goals: actual, target and status first; season and baseline in the workbook."""
    told = told_goals(goals)
    # Without a KPI that follows the season there is no path of one.
    rare = ("season_expected", "baseline_stated", "target_stated")
    told = told.drop(columns=[each for each in rare if _void(told, each)])
    layout = Layout(
        columns=(
            "goal_id",
            "goal",
            "actual",
            "target",
            "status",
            "standing",
            "expected",
            "by",
            "owner",
            "season_expected",
            "priority",
            "serves",
            "kpi",
            "segment",
            "baseline",
            "baseline_stated",
            "target_stated",
            "progress",
            "expected_progress",
        ),
        words={"standing": "plan.standing.{}"},
        by_kpi=("actual", "target", "baseline", "expected", *rare),
        sheet_only=(
            "goal_id",
            "season_expected",
            "serves",
            "kpi",
            "segment",
            "baseline",
            "baseline_stated",
            "target_stated",
            "progress",
            "expected_progress",
        ),
    )
    more = ["plan.goals.over_note"] if len(told) and is_over(told).any() else []
    more += ["plan.goals.restated_note"] if "baseline_stated" in told else []
    note = " ".join(words.say(each) for each in ("views.table.goals.note", *more)) if more else ""
    return Table(told, id="goals", suppress=FEW_CUSTOMERS, layout=layout, note=note)


def is_over(goals: pd.DataFrame) -> "pd.Series[bool]":
    """Which goals' dates have passed (`goal_dates.judged_on_date`)."""
    known = goals["over"] if "over" in goals else pd.Series(False, goals.index)
    return known.fillna(False).astype("bool")


def restated(goals: pd.DataFrame) -> "pd.Series[bool]":
    """Which goals' baselines are counted anew, by today's definition (`goal_baselines`)."""
    known = goals["baseline_stated"] if "baseline_stated" in goals else pd.Series(None, goals.index)
    return known.notna()


def _void(rows: pd.DataFrame, column: str) -> bool:
    return column in rows and bool(rows[column].isna().all())


def told_goals(goals: Data) -> pd.DataFrame:
    """The goals without the actuals that would tell a few customers (`smallest_count`)."""
    rows = frame_of(goals)
    if rows.empty or "smallest_count" not in rows:
        return rows
    told = [each for each in _TOLD if each in rows]
    shown = rows.astype(dict.fromkeys(told, "object"))
    for row in rows.index[rows["smallest_count"].map(small)]:
        for each in told:
            if not pd.isna(rows.at[row, each]):
                shown.at[row, each] = hidden()
    return shown


def goal_checks_table(goal_checks: Data) -> Table:
    """Checks on how goals are set: what is to do first, then what has passed."""
    checks = frame_of(goal_checks).copy()
    shown = 10
    if len(checks):
        # A check on the whole set names no goal.
        checks["goal_id"] = checks["goal_id"].fillna(words.say("plan.all_goals"))
        passed = checks["verdict"] == "passed"
        checks = checks.assign(_passed=passed).sort_values("_passed", kind="stable")
        shown = max(int((~passed).sum()), shown)
    layout = Layout(
        columns=("goal_id", "check", "verdict", "remedy"),
        words={"goal_id": ("label:goal", "label:business_goal")},
        rows_shown=shown,
    )
    return Table(checks, id="goal_checks", layout=layout)

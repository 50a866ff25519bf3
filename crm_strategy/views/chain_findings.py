"""Findings on the chain behind the goals, on their outlook, and on earlier decisions."""

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.chain_tables import told_decisions, told_outlook
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.payload import is_hidden
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import format_count, format_share

UNLIKELY = 0.25
"""A goal less likely than this asks for a decision."""

_GOOD, _BAD = ("as_expected", "exceeded", "better"), ("fell_short", "opposite", "worse")


def goal_chain_finding(chain: Data) -> Finding:
    """How many goals have a whole chain, and which link is missing most often."""
    rows = frame_of(chain)
    if rows.empty:
        return Finding("goal_chain", title=say("findings.goals.none"), severity="act")
    broken = rows[rows["verdict"] == "broken"]
    goals = rows["goal_id"].nunique()
    whole = goals - broken["goal_id"].nunique()
    figures = {"goals": int(goals), "whole": int(whole), "broken": len(broken)}
    if broken.empty:
        return Finding(
            "goal_chain",
            title=say_count("plan.chain_finding.whole", int(goals)),
            severity="good",
            figures=figures,
        )
    counts = broken["link"].value_counts()
    most = next(link for link in rows["link"] if counts.get(link, 0) == counts.max())
    return Finding(
        "goal_chain",
        title=say(
            "plan.chain_finding.broken",
            whole=format_count(whole),
            goals=say_count("findings.of_goals", int(goals)),
        ),
        text=say(
            "plan.chain_finding.most",
            link=say(f"plan.link.{most}"),
            links=say_count("plan.chain_finding.links", len(broken)),
        ),
        severity="watch",
        figures=figures,
    )


def goal_outlook_finding(outlook: Data, goals: Data) -> Finding:
    """Which goals are unlikely to be reached as things go."""
    rows = told_outlook(outlook, goals)
    if rows.empty:
        return Finding("goal_outlook", title=say("plan.outlook.none"))
    known = rows[[not is_hidden(each) and not pd.isna(each) for each in rows["confidence"]]]
    if known.empty:
        return Finding("goal_outlook", title=say("plan.outlook.none"))
    unlikely = known[known["confidence"].astype("float64") < UNLIKELY]
    text = " ".join(
        say(
            "plan.outlook.goal",
            goal=row["goal"],
            chance=format_share(row["confidence"], digits=0),
            n=format_count(row["n"]),
        )
        for row in unlikely.to_dict("records")
    )
    # A goal that is off track is asked about where it stands.
    asked = unlikely[unlikely["status"] != "off_track"] if "status" in unlikely else unlikely
    worst = asked.sort_values("confidence", kind="stable").head(1).to_dict("records")
    decision = [
        Decision(
            title=say("plan.outlook.ask", goal=row["goal"]),
            why=say("plan.outlook.why", chance=format_share(row["confidence"], digits=0)),
            owner=str(row.get("owner") or ""),
        )
        for row in worst
    ]
    return Finding(
        "goal_outlook",
        title=say(
            "plan.outlook.title",
            likely=format_count(len(known) - len(unlikely)),
            goals=say_count("findings.of_goals", len(known)),
        ),
        text=f"{text} {say('plan.outlook.assumed')}".strip(),
        severity="act" if len(unlikely) else "good",
        figures={"unlikely": len(unlikely), "goals": len(known)},
        decision=decision[0] if decision else None,
    )


def decisions_finding(scores: Data) -> Finding:
    """What became of the decisions of earlier reviews."""
    rows = told_decisions(scores)
    if rows.empty:
        return Finding("decisions", title=say("plan.decisions.none"))
    verdicts = [each for each in rows["verdict"] if not is_hidden(each)]
    good, bad = (sum(each in kinds for each in verdicts) for kinds in (_GOOD, _BAD))
    unseen = verdicts.count("not_seen")
    unknown = len(rows) - good - bad - unseen
    judged = rows[[each in (*_GOOD, *_BAD, "not_seen") for each in rows["verdict"].map(str)]]
    text = " ".join(
        say(
            f"plan.decisions.{_told(row)}",
            decision=row["decision"],
            kpi=_measured(row),
            observed=row["observed"],
            range=row["range"],
        )
        for row in judged.to_dict("records")
    )
    return Finding(
        "decisions",
        title=say(
            "plan.decisions.title_open" if unknown else "plan.decisions.title",
            decisions=say_count("plan.decisions.count", len(rows)),
            good=format_count(good),
            bad=format_count(bad),
            unseen=format_count(unseen),
            **({"open": format_count(unknown)} if unknown else {}),
        ),
        text=f"{text} {say('plan.decisions.limit')}".strip(),
        severity="watch" if bad else "note",
        figures={"good": good, "bad": bad, "not_seen": unseen},
    )


def _told(row: dict[str, object]) -> str:
    by_revenue = row.get("basis") == "experiment_revenue"
    return f"revenue_{row['verdict']}" if by_revenue else str(row["verdict"])


def _measured(row: dict[str, object]) -> str:
    """The KPI that scored a decision, and the test it was measured in."""
    kpi = say(f"kpis.{row['kpi']}.name")
    tested = row.get("basis") in ("experiment", "experiment_revenue")
    return say("plan.decisions.in_test", kpi=kpi, test=row["test"]) if tested else kpi

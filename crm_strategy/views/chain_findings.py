"""Findings on the chain behind the goals, on their outlook, and on earlier decisions."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from crm_strategy.analysis.goal_outlook import OVER
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.chain_tables import told_decisions, told_outlook
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.goal_findings import told_end
from crm_strategy.views.payload import is_hidden
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import format_count, format_share

LIKELY = 2 / 3
"""From this chance on a goal is called likely to be reached (Mastrandrea et al. 2010, IPCC
guidance on uncertainties); below one third unlikely; between the two it may or may not be."""
UNLIKELY = 1 - LIKELY

_GOOD, _BAD = ("as_expected", "exceeded", "better"), ("fell_short", "opposite", "worse")


def goal_chain_finding(chain: Data) -> Finding:
    """How many goals have a whole chain, and which link is missing most often.

    Goals whose date has passed are not counted: nothing of their chain is left to mend.
    """
    rows = frame_of(chain)
    if rows.empty:
        return Finding("goal_chain", title=say("findings.goals.none"), severity="act")
    past = int(rows.loc[rows["verdict"] == "over", "goal_id"].nunique())
    over = say_count("plan.chain_finding.over", past) if past else ""
    rows = rows[rows["verdict"] != "over"]
    if rows.empty:
        return Finding("goal_chain", title=say("plan.outlook.all_over"), text=over)
    broken = rows[rows["verdict"] == "broken"]
    goals = rows["goal_id"].nunique()
    whole = goals - broken["goal_id"].nunique()
    figures = {"goals": int(goals), "whole": int(whole), "broken": len(broken)}
    if broken.empty:
        return Finding(
            "goal_chain",
            title=say_count("plan.chain_finding.whole", int(goals)),
            text=over,
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
        text=" ".join(
            filter(
                None,
                [
                    say(
                        "plan.chain_finding.most",
                        link=say(f"plan.link.{most}"),
                        links=say_count("plan.chain_finding.links", len(broken)),
                    ),
                    over,
                ],
            )
        ),
        severity="watch",
        figures=figures,
    )


def goal_outlook_finding(outlook: Data, goals: Data) -> Finding:
    """Which goals are likely to be reached as things go, and where status and chance differ.

    A goal that is unlikely to be reached asks for a decision, unless what it lacks today is no
    more than chance explains.
    """
    rows = told_outlook(outlook, goals)
    if rows.empty:
        return Finding("goal_outlook", title=say("findings.goals.none"))
    ended = rows["basis"].isin(OVER)
    past = " ".join(_told_end(row) for row in rows[ended].to_dict("records"))
    rows = rows[~ended]
    known = rows[[not is_hidden(each) and not pd.isna(each) for each in rows["confidence"]]]
    if known.empty:
        title = say("plan.outlook.none" if len(rows) else "plan.outlook.all_over")
        return Finding("goal_outlook", title=title, text=past)
    chances = known["confidence"].astype("float64")
    unlikely, likely = known[chances < UNLIKELY], known[chances >= LIKELY]
    counts = {
        "likely": len(likely),
        "even": len(known) - len(likely) - len(unlikely),
        "unlikely": len(unlikely),
    }
    unknown = len(rows) - len(known)
    told = [_told_chance(row) for row in known.to_dict("records")]
    pressing = unlikely[~unlikely["standing"].isin(["noise", "unjudged"])]
    # A goal that is off track is asked about where it stands.
    asked = pressing[pressing["status"] != "off_track"]
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
            "plan.outlook.title_unknown" if unknown else "plan.outlook.title",
            goals=say_count(
                "plan.outlook.goals_ahead" if ended.any() else "findings.of_goals", len(rows)
            ),
            unknown=format_count(unknown),
            **{name: format_count(n) for name, n in counts.items()},
        ),
        text=" ".join(filter(None, [*told, say("plan.outlook.assumed"), past])),
        severity="act" if len(pressing) else "good" if len(likely) == len(known) else "watch",
        figures={**counts, "unknown": unknown, "goals": len(rows)},
        decision=decision[0] if decision else None,
    )


def _told_end(row: Mapping[str, Any]) -> str:
    """What came of a goal whose date is over, or that it cannot be told."""
    value = row["expected_at_end"]
    status = str(row["basis"]).removeprefix("over_")
    return told_end({**row, "actual": value, "status": status}, few=is_hidden(value))


def _told_chance(row: Mapping[str, Any]) -> str:
    """The chance of a goal that is unlikely to be reached, or whose status says otherwise."""
    chance, status = float(row["confidence"]), row["status"]
    late, fine = status in ("at_risk", "off_track"), status in ("on_track", "reached")
    against = (late and chance >= LIKELY) or (fine and chance < UNLIKELY)
    if not against and chance >= UNLIKELY:
        return ""
    said = say(f"plan.status.{status}") if against else ""
    own = row["basis"] in ("forecast", "year_on_year_level")
    plain = f"goal_{row['basis']}" if own else "goal"
    return say(
        f"plan.outlook.against_{row['basis']}" if against else f"plan.outlook.{plain}",
        goal=row["goal"],
        chance=format_share(chance, digits=0),
        n=format_count(row["n"]),
        status=said[:1].lower() + said[1:],
    )


def decisions_finding(scores: Data, *, later: int = 0) -> Finding:
    """What became of the decisions of earlier reviews.

    Parameters
    ----------
    scores
        Result of `decision_scores.decision_scores`.
    later
        Decisions of later periods that were left out.
    """
    rows = told_decisions(scores)
    if rows.empty:
        text = say_count("plan.decisions.later", later) if later else ""
        title = say("plan.decisions.none_yet" if later else "plan.decisions.none")
        return Finding("decisions", title=title, text=text)
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
            good=say_count("plan.decisions.good", good),
            bad=format_count(bad),
            unseen=format_count(unseen),
            **({"open": format_count(unknown)} if unknown else {}),
        ),
        text=f"{text} {say('plan.decisions.limit')}".strip(),
        severity="watch" if bad else "note",
        figures={"good": good, "bad": bad, "not_seen": unseen},
    )


def _told(row: dict[str, object]) -> str:
    verdict, basis = str(row["verdict"]), row.get("basis")
    if basis == "experiment_revenue":
        return f"revenue_{verdict}"
    low, high = (float(str(row[end])) for end in ("low", "high"))
    if verdict != "not_seen" or not (low > 0 or high < 0):
        return verdict
    # The interval lies on one side of 0: it was not what decided.
    return "not_seen_tests" if basis == "experiment" else "not_seen_range"


def _measured(row: dict[str, object]) -> str:
    """The KPI that scored a decision, and the test it was measured in."""
    kpi = say(f"kpis.{row['kpi']}.name")
    tested = row.get("basis") in ("experiment", "experiment_revenue")
    return say("plan.decisions.in_test", kpi=kpi, test=row["test"]) if tested else kpi

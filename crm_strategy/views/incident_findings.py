"""Findings of days: which step stumbled when and for whom, and what named days came to."""

from collections.abc import Sequence

import pandas as pd

from crm_strategy.analysis.journey_days import DailySteps
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Basis, Decision, Finding
from crm_strategy.views.funnel_findings import MOST_TOLD
from crm_strategy.views.incident_tables import clues_of, is_telling, told
from crm_strategy.views.journey_names import group_attribute, group_text, points_range, step_name
from crm_strategy.views.privacy import small
from crm_strategy.words import label, say, say_count
from crm_strategy.words.numbers import (
    format_count,
    format_date,
    format_money,
    format_share,
)


def incident_finding(incidents: Data, clues: Data, days: Sequence[DailySteps]) -> Finding:
    """Which step went worse, for whom and on which days, what was met then, what it cost.

    Parameters
    ----------
    incidents, clues
        Results of `incidents.incidents` and `incident_clues.incident_clues`.
    days
        What was looked at: result of `journey_days.observed_steps`.
    """
    rows, met = told(frame_of(incidents)), frame_of(clues)
    found = rows[rows["verdict"] == "incident"] if len(rows) else rows
    others = [_other(row) for _at, row in rows[rows["verdict"] != "incident"].iterrows()]
    if found.empty:
        return _no_incident(others, days)
    top = found.iloc[0]
    basis = Basis(
        n=format_count(top["inside_count"]),
        interval=points_range(top["low"], top["high"]),
        assumption=say("journeys.incident.assumption"),
        change=say("journeys.incident.change"),
    )
    lines = [_incident(row, met) for _at, row in found.head(MOST_TOLD).iterrows()]
    return Finding(
        "incidents",
        title=say("journeys.incident.title", rate=_rate(top, "inside"), **_named(top)),
        text=" ".join([*lines, *others[:1], basis.assumption, basis.change]),
        basis=basis,
        severity="act",
        figures={
            "incidents": len(found),
            "stage": str(top["stage"]),
            "start": top["start"],
            "end": top["end"],
            "lost_count": float(top["lost_count"]),
        },
        decision=Decision(
            title=say("journeys.incident.ask", **_named(top)),
            why=say("journeys.incident.why", loss=_loss(top)),
            evidence="measured",
        ),
    )


def _no_incident(others: list[str], days: Sequence[DailySteps]) -> Finding:
    """That no days stand out, of how many; that there were none to look at is no all-clear."""
    most = max((float(each.n.sum()) for each in days), default=0.0)
    if not most:
        return Finding("incidents", title=say("journeys.incident.no_touches"))
    if small(most):
        return Finding("incidents", title=say("journeys.incident.no_days"))
    basis = Basis(
        n=say_count("findings.journeys", round(most)),
        interval=say("journeys.incident.no_interval"),
        assumption=say("journeys.incident.assumed_none"),
        change=say("journeys.incident.unseen"),
    )
    looked = say(
        "journeys.incident.looked_at",
        journeys=basis.n,
        days=say_count("findings.days", max(len(each.n) for each in days)),
    )
    return Finding(
        "incidents",
        title=say("journeys.incident.none"),
        text=" ".join(
            [*others[:MOST_TOLD], looked, basis.interval, basis.assumption, basis.change]
        ),
        figures={"incidents": 0},
        basis=basis,
    )


def _named(row: pd.Series) -> dict[str, str]:
    return {
        "before": step_name(row["before_stage"]),
        "stage": step_name(row["stage"]),
        "group": group_text(row["attribute"], row["value"]),
        "start": format_date(row["start"]),
        "end": format_date(row["end"]),
    }


def _rate(row: pd.Series, side: str) -> str:
    return format_share(row[f"{side}_rate"], digits=0)


def _loss(row: pd.Series) -> str:
    if pd.isna(row["lost_orders"]):
        return say_count("findings.journeys", round(row["lost_count"]))
    orders = say_count("findings.ordering_journeys", round(row["lost_orders"]))
    if pd.isna(row["lost_value"]):
        return orders
    return say("journeys.loss", orders=orders, money=format_money(row["lost_value"]))


def _incident(row: pd.Series, clues: pd.DataFrame) -> str:
    line = say(
        "journeys.incident.line",
        **_named(row),
        rate=_rate(row, "inside"),
        n=format_count(row["inside_count"]),
        outside=_rate(row, "outside"),
        outside_n=format_count(row["outside_count"]),
        range=points_range(row["low"], row["high"]),
        loss=_loss(row),
    )
    met = [_clue(clue) for _at, clue in clues_of(clues, row).head(1).iterrows()]
    return " ".join([line, *met])


def _clue(clue: pd.Series) -> str:
    few = small(clue["customer_count"]) or small(clue["all_customers"] - clue["customer_count"])
    return say(
        "journeys.incident.clue_few" if few else "journeys.incident.clue",
        touchpoint=label("touchpoint", clue["touchpoint"]),
        **(
            {}
            if few
            else {
                "share": format_share(clue["inside_share"], digits=0),
                "customers": say_count("findings.customers", int(clue["customer_count"])),
            }
        ),
    )


def _other(row: pd.Series) -> str:
    named = _named(row) | {"rate": _rate(row, "inside"), "outside": _rate(row, "outside")}
    if row["verdict"] == "mix":
        return say("journeys.incident.mix", mix=group_attribute(row["mix"]), **named)
    return say("journeys.incident.shift", **named)


def occasions_finding(steps: Data) -> Finding:
    """What each named occasion came to: the step that differed most, or that none did."""
    rows = frame_of(steps)
    if rows.empty:
        return Finding("occasions", title=say("journeys.occasion.none"))
    lines, moved, clear = [], [], []
    for _name, group in rows.groupby("occasion", sort=False):
        row = _clearest(group)
        lines.append(_occasion(group, row))
        clear += [] if row is None else [row]
        if row is not None and row["verdict"] != "chance":
            moved.append(row)
    if not clear:
        return Finding("occasions", title=say("journeys.occasion.few_all"))
    first = (moved or clear)[0]
    basis = Basis(
        n=format_count(first["inside_count"]),
        interval=points_range(first["low"], first["high"]),
        assumption=say("journeys.occasion.assumption"),
        change=say("journeys.occasion.change"),
    )
    title = (
        say("journeys.occasion.title", occasion=moved[0]["occasion"], **_named(_grouped(moved[0])))
        if moved
        else say("journeys.occasion.chance", occasions=_names(rows))
    )
    return Finding(
        "occasions",
        title=title,
        text=" ".join([*lines, basis.assumption, basis.change]),
        basis=basis,
        severity="watch" if moved else "note",
        figures={"occasions": rows["occasion"].nunique(), "moved": len(moved)},
    )


def _grouped(row: pd.Series) -> pd.Series:
    return pd.concat([row, pd.Series({"attribute": "all", "value": "all"})])


def _names(rows: pd.DataFrame) -> str:
    return ", ".join(say("findings.quoted", name=name) for name in dict.fromkeys(rows["occasion"]))


def _clearest(group: pd.DataFrame) -> pd.Series | None:
    """The step that differs most for its uncertainty, of those that may be told."""
    safe, few = [], False
    for _at, row in group.iterrows():
        telling = is_telling(row)
        if not telling and (row["is_whole"] or not few):
            safe.append(row)
        few = few or (telling and not row["is_whole"])
    if not safe:
        return None
    sizes = [abs(row["difference"]) / (row["high"] - row["low"]) for row in safe]
    return safe[sizes.index(max(sizes))]


def _occasion(group: pd.DataFrame, row: pd.Series | None) -> str:
    first = group.iloc[0]
    if row is None:
        key = "journeys.occasion.few"
        return say(key, occasion=first["occasion"], **_days(first))
    enough = "journeys.occasion.line" if row["verdict"] != "chance" else "journeys.occasion.open"
    return say(
        enough,
        occasion=row["occasion"],
        **_days(row),
        before=step_name(row["before_stage"]),
        stage=step_name(row["stage"]),
        rate=_rate(row, "inside"),
        n=format_count(row["inside_count"]),
        outside=_rate(row, "outside"),
        outside_n=format_count(row["outside_count"]),
        range=points_range(row["low"], row["high"]),
        needed=format_count(row["needed_count"]),
    )


def _days(row: pd.Series) -> dict[str, str]:
    return {"start": format_date(row["start"]), "end": format_date(row["end"])}

"""Tables of the chain behind each goal, of its outlook, and of decisions and what they brought."""

from typing import Final

import pandas as pd

from crm_strategy.analysis.goal_outlook import OVER
from crm_strategy.plan.goal_chain import LINKS
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import Layout
from crm_strategy.views.naming import period_label
from crm_strategy.views.payload import hidden
from crm_strategy.views.privacy import small
from crm_strategy.views.table import Table
from crm_strategy.words import say, say_count
from crm_strategy.words.kpis import KPIS
from crm_strategy.words.numbers import format_interval, format_points, format_range, format_value

_OF_GOALS: Final = ("goal_id", "goal", "kpi", "unit", "target", "by", "priority", "owner")
_TOLD: Final = ("expected_at_end", "range", "low", "high", "confidence")


def goal_chain_table(chain: Data) -> Table:
    """Each goal with every link of its chain; a missing one names the line to mend."""
    rows = frame_of(chain)
    wide = pd.DataFrame(columns=["goal", *LINKS])
    if len(rows):
        said = rows["holds"].where(rows["verdict"] != "broken", rows["line"].map(_missing))
        wide = rows.assign(said=said).pivot(index="goal_id", columns="link", values="said")
        names = rows.drop_duplicates("goal_id").set_index("goal_id")["goal"]
        wide = wide.loc[names.index, list(LINKS)].assign(goal=names)[["goal", *LINKS]]
    return Table(
        wide.reset_index(drop=True),
        id="goal_chain",
        formats=dict.fromkeys(("goal", *LINKS), "text"),
        layout=Layout(columns=("goal", *LINKS)),
    )


def broken_links_table(chain: Data) -> Table:
    """The links that are missing: of which goal, in which line, and what to do."""
    rows = frame_of(chain)
    broken = rows[rows["verdict"] == "broken"] if len(rows) else rows
    return Table(
        broken,
        id="broken_links",
        formats={"goal": "text", "line": "count"},
        layout=Layout(
            columns=("goal", "link", "line", "remedy"),
            words={"link": "plan.link.{}"},
            rows_shown=10,
        ),
    )


def goal_outlook_table(outlook: Data, goals: Data) -> Table:
    """What each goal's KPI is expected to be by its date, and how likely the target is."""
    return Table(
        told_outlook(outlook, goals),
        id="goal_outlook",
        formats={"range": "interval", "confidence": "share", "n": "count"},
        layout=Layout(
            columns=(
                *("goal_id", "goal", "target", "by", "status", "expected_at_end", "range"),
                *("confidence", "n", "basis", "low", "high"),
            ),
            words={"basis": "plan.outlook_basis.{}"},
            by_kpi=("target", "expected_at_end", "low", "high"),
            sheet_only=("goal_id", "n", "low", "high"),
            page_only=("range",),
        ),
    )


def told_outlook(outlook: Data, goals: Data) -> pd.DataFrame:
    """The outlook beside its goals; figures that would tell a few customers are hidden."""
    rows, named = frame_of(outlook), frame_of(goals)
    if rows.empty:
        return rows
    named = named.assign(**{each: None for each in ("status", "standing") if each not in named})
    kept = [column for column in (*_OF_GOALS, "status", "standing") if column in named]
    smallest = named.get("smallest_count", pd.Series(index=named.index, dtype="float64"))
    table = named[kept].assign(few=smallest.map(small)).merge(rows, on="goal_id", how="left")
    if "smallest_count" in table:
        # Of a goal that is over, the customers are those of its date.
        over = table["basis"].isin(OVER)
        table["few"] = table["few"].where(~over, table["smallest_count"].map(small))
        table = table.drop(columns="smallest_count")
    table["range"] = [_range(row) for row in table.to_dict("records")]
    shown = table.astype(dict.fromkeys(_TOLD, "object"))
    for row in table.index[table["few"]]:
        for column in _TOLD:
            if not pd.isna(table.at[row, column]):
                shown.at[row, column] = hidden()
    return shown.drop(columns="few")


def decisions_table(scores: Data, *, later: int = 0) -> Table:
    """Decisions of earlier reviews: what they were to bring, and what moved since.

    Parameters
    ----------
    scores
        Result of `decision_scores.decision_scores`.
    later
        Decisions of later periods that were left out.
    """
    gone = say_count("plan.decisions.later", later)
    return Table(
        told_decisions(scores),
        id="decisions",
        formats={
            **dict.fromkeys(("decision", "period"), "text"),
            **dict.fromkeys(("expected", "observed"), "interval"),
            "range": "interval",
            "n": "count",
        },
        layout=Layout(
            columns=(
                *("decision_id", "decision", "period", "kpi", "expected", "observed", "range"),
                *("verdict", "before", "now", "basis", "n"),
            ),
            words={
                "verdict": "plan.decision_verdict.{}",
                "basis": "plan.decision_basis.{}",
            },
            sheet_only=("decision_id", "before", "now", "basis", "n"),
            by_kpi=("before", "now"),
        ),
        note=f"{say('views.table.decisions.note')} {gone}" if later else "",
        void=(say("plan.decisions.none_yet"), gone) if later else ("", ""),
    )


def told_decisions(scores: Data) -> pd.DataFrame:
    """The scores with their changes written out; those that tell a few customers are hidden."""
    rows = frame_of(scores)
    if rows.empty:
        return rows
    records = rows.to_dict("records")
    shown = rows.assign(
        period=[period_label(each) for each in rows["period"]],
        expected=[_change(row, "expected_change") for row in records],
        observed=[_change(row, "observed_change") for row in records],
        range=[_changes(row) for row in records],
    ).astype("object")
    for row in shown.index[rows["smallest_count"].map(small)]:
        for column in ("observed", "range", "verdict", "before", "now", "n"):
            shown.at[row, column] = hidden()
    return shown


def _change(row: dict[str, object], column: str) -> str | None:
    return printed_change(row[column], str(row["kpi"]))


def printed_change(value: object, kpi: str) -> str | None:
    """A change of a KPI in its unit, with its sign; None for no value."""
    if value is None or pd.isna(value):
        return None
    number, kind = float(str(value)), KPIS[kpi].kind
    if kind == "share":
        return format_points(number)
    return ("+" if number > 0 else "") + format_value(number, kind)


def _changes(row: dict[str, object]) -> str | None:
    low, high = _change(row, "low"), _change(row, "high")
    return None if low is None or high is None else format_range(low, high)


def _missing(line: object) -> str:
    return say("plan.chain.mend", line="–" if pd.isna(line) else int(str(line).split(".")[0]))


def _range(row: dict[str, object]) -> str | None:
    low, high = row.get("low"), row.get("high")
    if pd.isna(low) or pd.isna(high):
        return None
    kpi = str(row.get("kpi"))
    kind = str(row.get("unit") or (KPIS[kpi].kind if kpi in KPIS else "ratio"))
    return format_interval(float(str(low)), float(str(high)), kind)

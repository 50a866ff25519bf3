"""The page's opening: the lead, the decisions asked, the goal strip, the KPI scorecard."""

from typing import Any, Final

from markupsafe import Markup

from crm_strategy import words
from crm_strategy.report.executed import Chapter, Payload
from crm_strategy.report.html_cells import Numbering
from crm_strategy.report.summary import signal_counts, status_counts, with_columns
from crm_strategy.views import markup, theme
from crm_strategy.views.payload import Cell, TablePayload, cell_kinds, column_cells

SCORE_COLUMNS: Final = ("kpi", "value", "target", "status", "change", "last_year")
"""What the scorecard shows of each KPI, most telling first: a phone shows four; then the
sparkline and the verdict."""


def summary_view(summary: Payload, numbering: Numbering) -> dict[str, Any]:
    """The summary as the template shows it; the scorecard takes the first table number."""
    return {
        "lead": summary["lead"],
        "decisions": [_decision(one) for one in summary["decisions"]],
        "decisions_heading": _decisions_heading(len(summary["decisions"])),
        **_goals(summary["goals"]),
        **_scorecard(summary["kpis"], numbering),
    }


def _decisions_heading(count: int) -> str:
    if not count:
        return words.say("report.no_decisions")
    return words.say_count("report.decisions_heading", count)


def _decision(decision: Payload) -> dict[str, Any]:
    chapter = Chapter(decision["chapter"], [])
    return {
        **decision,
        "facts": Markup(markup.decision_facts(decision["owner"], decision["evidence"])),
        "anchor": chapter.anchor,
        "chapter": words.say("report.chapter", number=chapter.number)
        if chapter.number is not None
        else words.say("report.chapter_unnumbered"),
    }


def _goals(goals: TablePayload | None) -> dict[str, Any]:
    if goals is None:
        return {"goals": []}
    met, count = status_counts(goals)
    return {
        "goals_heading": words.say_count("report.goals_heading", count, met=met),
        "goals": [_goal(goals, row) for row in range(len(goals["rows"]))],
    }


def _goal(goals: TablePayload, row: int) -> dict[str, str]:
    status = (goals["keys"].get("status") or [None] * (row + 1))[row] or "no_data"
    kpi, segment = _text(goals, "kpi", row), _text(goals, "segment", row)
    everyone = (goals["keys"].get("segment") or ["all"] * (row + 1))[row] in (None, "all")
    look = theme.STATUS.get(status, theme.STATUS["no_data"])
    name = _text(goals, "goal", row)
    return {
        # The value of a goal that was missed is that of its date.
        "goal": f"{name} ({_text(goals, 'by', row)})" if status == "missed" else name,
        "kpi": kpi if everyone or not segment else f"{kpi}, {segment}",
        "value": _text(goals, "actual", row),
        "target": _text(goals, "target", row),
        "css": look.css,
        "status": Markup(markup.status_html(status, _text(goals, "status", row))),
    }


def _text(figures: TablePayload, column: str, row: int) -> str:
    """A cell as the goal strip prints it: money short, to fit a phone's half width."""
    if column not in [one["name"] for one in figures["columns"]]:
        return ""
    cell: Cell = column_cells(figures, column)[row]
    kind = cell_kinds(figures, column)[row]
    return markup.cell_text(cell, "short_money" if kind == "money" else kind)


def _scorecard(kpis: TablePayload | None, numbering: Numbering) -> dict[str, Any]:
    if kpis is None:
        return {"score": ""}
    moved, count = signal_counts(kpis)
    sparks = [column["name"] for column in kpis["columns"] if column["kind"] == "spark"]
    table = with_columns(kpis, (*SCORE_COLUMNS, *sparks, "verdict"))
    number = numbering.next_table()
    return {
        "score_heading": words.say_count("report.score_heading", count, moved=moved)
        if count
        else words.say("findings.kpi_signals.too_short"),
        "score": Markup(markup.table_html(table, number, anchor="score")),
    }

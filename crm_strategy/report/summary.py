"""The opening summary: what is asked, how the goals stand, what the chapters found."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, Final, NamedTuple

from crm_strategy import words
from crm_strategy.report.executed import Chapter, Payload, payloads
from crm_strategy.views.finding import SEVERITIES
from crm_strategy.views.payload import (
    CHART_MIME,
    FINDING_MIME,
    TABLE_MIME,
    ChartPayload,
    ColumnPayload,
    TablePayload,
    cell_kinds,
    numbers,
)

MOST_DECISIONS: Final = 5
LEAD_SENTENCES: Final = 4
HEADLINE: Final = "revenue"
"""The finding that opens the lead wherever it was told."""

MET: Final = ("reached", "on_track")
SIGNALS: Final = ("signal_high", "signal_low")
JUDGED: Final = (*SIGNALS, "noise")


class Told(NamedTuple):
    """A finding and the chapter that tells it."""

    chapter: Chapter
    finding: Payload


def summarise(chapters: Sequence[Chapter]) -> dict[str, Any]:
    """Collect the summary from the chapters' findings and tables.

    Parameters
    ----------
    chapters
        In reading order, in one language.

    Returns
    -------
    dict
        `lead`: the first findings' titles as a paragraph. `decisions`: at most five, most
        urgent first, then in reading order: `id` (D1 …), `title`, `why`, `owner`, `evidence`,
        `chapter`, `chapter_no`, `finding`. `goals`, `kpis`: those tables' payloads or None;
        KPIs with a column `history` where a chart shows their past.
        `findings`: every finding's `id`, `title`, `severity`, `chapter`, `chapter_no`.
    """
    told = list(_told(chapters))
    return {
        "lead": _lead(told),
        "decisions": [
            {"id": f"D{number}", **one.finding["decision"], **_whence(one)}
            for number, one in enumerate(_asked(told), start=1)
        ],
        "goals": _table(chapters, "goals"),
        "kpis": _kpis(chapters),
        "findings": [
            {
                "id": one.finding["id"],
                "title": one.finding["title"],
                "severity": one.finding["severity"],
                "chapter": one.chapter.name,
                "chapter_no": one.chapter.number,
            }
            for one in told
        ],
    }


def status_counts(goals: TablePayload) -> tuple[int, int]:
    """How many goals are reached or on track, of how many that have begun."""
    statuses = goals["keys"].get("status", [])
    begun = len(goals["rows"]) - statuses.count("not_begun")
    return sum(status in MET for status in statuses), begun


def signal_counts(kpis: TablePayload) -> tuple[int, int]:
    """How many KPIs moved beyond their natural range, of how many that can be judged."""
    verdicts = [each for each in kpis["keys"].get("verdict", []) if each in JUDGED]
    return sum(verdict in SIGNALS for verdict in verdicts), len(verdicts)


def with_columns(table: TablePayload, names: Sequence[str]) -> TablePayload:
    """The table with those of the named columns that it has, in that order, on the page."""
    at = {column["name"]: index for index, column in enumerate(table["columns"])}
    kept = [at[name] for name in names if name in at]
    return {
        **table,
        "columns": [{**table["columns"][index], "sheet_only": False} for index in kept],
        "rows": [[row[index] for index in kept] for row in table["rows"]],
        "note": "",
        "look": "score",
        "total": False,
    }


def summary_text(summary: Payload) -> str:
    """The summary as plain text: the lead and the decisions."""
    asked = [f"{one['id']} {one['title']}" for one in summary["decisions"]]
    return "\n".join([summary["lead"], *asked]).strip()


def summary_html(summary: Payload) -> str:
    """The summary as JupyterLab shows it: the lead and the decisions."""
    asked = "".join(
        f"<li><b>{escape(one['id'])} {escape(one['title'])}</b> {escape(one['why'])}</li>"
        for one in summary["decisions"]
    )
    return f"<p>{escape(summary['lead'])}</p>" + (f"<ul>{asked}</ul>" if asked else "")


def _told(chapters: Sequence[Chapter]) -> Iterator[Told]:
    for chapter in chapters:
        for finding in payloads(chapter.cells, FINDING_MIME):
            yield Told(chapter, finding)


def _asked(told: Sequence[Told]) -> list[Told]:
    asking = [one for one in told if one.finding.get("decision")]
    return sorted(asking, key=_urgency)[:MOST_DECISIONS]


def _urgency(told: Told) -> int:
    severity = told.finding["severity"]
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _whence(told: Told) -> dict[str, Any]:
    return {
        "finding": told.finding["id"],
        "chapter": told.chapter.name,
        "chapter_no": told.chapter.number,
    }


def _lead(told: Sequence[Told]) -> str:
    # Revenue first; then one finding a chapter, its most urgent, so that the lead surveys the
    # whole report. What the data chapter says leads only when something must be done about it.
    opening = [one for one in told if one.finding["id"] == HEADLINE][:1]
    most: dict[str, Told] = {}
    for one in sorted(told, key=_urgency):
        if one.chapter.number != 0 or one.finding["severity"] == SEVERITIES[0]:
            most.setdefault(one.chapter.name, one)
    others = [one for one in most.values() if one not in opening]
    leading = [*opening, *others][:LEAD_SENTENCES]
    return " ".join(_sentence(one.finding["title"]) for one in leading)


def _sentence(title: str) -> str:
    return title if title.endswith((".", "!", "?", "…")) else f"{title}."


def _table(chapters: Sequence[Chapter], table_id: str) -> TablePayload | None:
    tables: Iterator[TablePayload] = (
        table for chapter in chapters for table in payloads(chapter.cells, TABLE_MIME)
    )
    return next((table for table in tables if table["id"] == table_id and table["rows"]), None)


def _kpis(chapters: Sequence[Chapter]) -> TablePayload | None:
    kpis = _table(chapters, "kpis")
    pasts = _pasts(chapters)
    if kpis is None or not pasts:
        return kpis
    history: ColumnPayload = {
        "name": "history",
        "label": words.say("report.history"),
        "kind": "spark",
        "sheet_only": False,
    }
    known = kpis["keys"].get("kpi", [None] * len(kpis["rows"]))
    return {
        **kpis,
        "columns": [*kpis["columns"], history],
        "rows": [
            [*row, pasts.get(kpi or "", [])] for row, kpi in zip(kpis["rows"], known, strict=True)
        ],
        "kinds": {**kpis["kinds"], "history": cell_kinds(kpis, "value")},
    }


def _pasts(chapters: Sequence[Chapter]) -> dict[str, list[float | None]]:
    """Values by KPI, oldest first, from the chart that shows every KPI's past."""
    trends: Iterator[ChartPayload] = (
        chart for chapter in chapters for chart in payloads(chapter.cells, CHART_MIME)
    )
    chart = next((one for one in trends if one["kind"] == "multiples" and one["rows"]), None)
    pasts: dict[str, list[float | None]] = {}
    if chart is not None:
        for kpi, value in zip(chart["keys"].get("kpi", []), numbers(chart, "value"), strict=False):
            pasts.setdefault(kpi or "", []).append(value)
    return pasts

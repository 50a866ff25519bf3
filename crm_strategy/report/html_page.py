"""The page around the chapters: header, contents, summary, notes; all numbers assigned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from crm_strategy import words
from crm_strategy.report.excel_names import table_sheets
from crm_strategy.report.executed import (
    SUMMARY_MIME,
    Chapter,
    Payload,
    chapters,
    check_executed,
    in_language,
    payloads,
    read_meta,
    speak_as,
    take_title,
)
from crm_strategy.report.html_cells import Numbering
from crm_strategy.report.html_summary import summary_view
from crm_strategy.report.notes import definitions, own_sheets, rules
from crm_strategy.views import markup
from crm_strategy.words.numbers import format_date


@dataclass(frozen=True)
class Section:
    """A chapter as the page shows it.

    `label` is its short name, `title` its question; `asked` the decisions it leads to and
    `sheets` the workbook's sheets that hold its tables.
    """

    anchor: str
    number: int | None
    label: str
    title: str
    asked: list[str]
    sheets: list[str]
    cells: list[NotebookNode]


def open_page(notebook: NotebookNode, name: str) -> dict[str, Any]:
    """Everything the template shows beside the cells' own outputs.

    Speaks the notebook's language from here on. Notes numbers in the outputs' metadata and
    takes each chapter's title out of its prose.

    Parameters
    ----------
    notebook
        Executed; merged or of one chapter. Changed in place.
    name
        The chapter's name if the notebook is one chapter.

    Raises
    ------
    ReportError
        A cell failed, or was not run.
    """
    told = chapters(notebook, name)
    for chapter in told:
        check_executed(chapter)
    meta = read_meta(notebook)
    speak_as(meta)
    told = [Chapter(one.name, in_language(one.cells, meta["language"])) for one in told]
    summary = next(payloads(notebook.cells, SUMMARY_MIME), None)
    asked = [] if summary is None else summary["decisions"]
    numbering = Numbering(decisions={(d["chapter"], d["finding"]): d["id"] for d in asked})
    opening = None if summary is None else summary_view(summary, numbering)
    sections = _sections(told, asked, numbering)
    notes = {
        "definitions": _definitions(told, numbering),
        "rules": rules(),
    }
    return {
        "language": words.voice().language,
        "title": _title(meta, sections),
        "demo": bool(meta.get("demo")),
        "facts": _facts(meta),
        "summary": opening,
        "sections": sections,
        "notes": notes,
        "version": meta.get("version", ""),
    }


def _title(meta: Payload, sections: Sequence[Section]) -> str:
    if meta.get("client"):
        return words.say(
            "report.title", client=meta["client"], period=meta.get("period_label", "")
        ).strip(" ,")
    return sections[0].title if sections else words.say("report.untitled")


def _facts(meta: Payload) -> list[tuple[str, str]]:
    facts = {
        "client": meta.get("client"),
        "period": _span(meta.get("start"), meta.get("end")) or meta.get("period_label"),
        "data_to": _day(meta.get("data_to")),
        "prepared": _day(meta.get("prepared")),
        "currency": meta.get("currency"),
    }
    return [(words.say(f"report.{fact}"), str(value)) for fact, value in facts.items() if value]


def _day(day: str | None) -> str:
    return format_date(date.fromisoformat(day[:10])) if day else ""


def _span(start: str | None, end: str | None) -> str:
    """1 Jul–30 Sep 2026: the year once if it is one."""
    if not start or not end:
        return ""
    first, last = _day(start), _day(end)
    if start[:4] == end[:4]:
        first = first.removesuffix(start[:4]).rstrip().removesuffix(".")
    return f"{first}–{last}"


def _sections(
    told: Sequence[Chapter], asked: Sequence[Payload], numbering: Numbering
) -> list[Section]:
    sheets = table_sheets(told, taken=own_sheets())
    sections = []
    for chapter in told:
        numbering.number(chapter)
        label, title = take_title(chapter)
        sections.append(
            Section(
                anchor=chapter.anchor,
                number=chapter.number,
                label=label,
                title=title,
                asked=[d["id"] for d in asked if d["chapter"] == chapter.name],
                sheets=[sheet for (name, _), sheet in sheets.items() if name == chapter.name],
                cells=chapter.cells,
            )
        )
    return sections


def _definitions(told: Sequence[Chapter], numbering: Numbering) -> str:
    table = definitions(told)
    return Markup(markup.table_html(table, numbering.next_table())) if table["rows"] else ""

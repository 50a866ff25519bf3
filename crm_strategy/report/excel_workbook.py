"""The workbook of an executed notebook: front sheets, a sheet a table, dictionary, notes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode
from openpyxl import Workbook

from crm_strategy import words
from crm_strategy.report.excel_charts import has_total, is_native, without_total
from crm_strategy.report.excel_front import (
    about_sheet,
    contents_sheet,
    document_properties,
    summary_sheet,
    write_rows,
)
from crm_strategy.report.excel_gallery import Gallery, table_rows
from crm_strategy.report.excel_names import sheet_name, table_sheets
from crm_strategy.report.excel_print import finish
from crm_strategy.report.excel_sheets import HEADER_ROW, Book, Sheet, new_sheet, table_sheet
from crm_strategy.report.executed import (
    SUMMARY_MIME,
    Chapter,
    Payload,
    chapters,
    check_executed,
    in_language,
    outputs,
    payloads,
    read_meta,
    speak_as,
    take_title,
)
from crm_strategy.report.notes import OWN_SHEETS, definitions, rules
from crm_strategy.views.payload import (
    CHART_MIME,
    FINDING_MIME,
    TABLE_MIME,
    ChartPayload,
    TablePayload,
)


@dataclass
class Part:
    """What one sheet shows: a table under the finding that precedes it, and its charts.

    A chart that no sheet holds gets a part of its own, made from its figures.
    """

    chapter: Chapter
    table: TablePayload
    heading: str
    charts: list[ChartPayload] = field(default_factory=list)


def workbook(notebook: NotebookNode, name: str) -> Any:
    """An executed notebook's tables and charts as an openpyxl workbook.

    Speaks the notebook's language from here on.

    Parameters
    ----------
    notebook
        Executed; merged or of one chapter.
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
    labels = {chapter.name: take_title(chapter)[0] for chapter in told}
    summary = next(payloads(notebook.cells, SUMMARY_MIME), None)
    title = words.say(
        "report.workbook_title",
        client=meta.get("client", labels.get(name, name)),
        period=meta.get("period_label", ""),
    ).strip(" ,")
    made = Workbook()
    made.remove(made.active)
    document_properties(made.properties, title, meta)
    own = {sheet: words.say(f"report.sheet.{sheet}") for sheet in OWN_SHEETS}
    footer = ", ".join(str(meta[key]) for key in ("client", "period_label") if meta.get(key))
    book = Book(made, footer=footer, contents=own["contents"])
    _write(book, told, meta, summary, title=title, own=own, labels=labels)
    return made


def _write(
    book: Book,
    told: Sequence[Chapter],
    meta: Payload,
    summary: Payload | None,
    *,
    title: str,
    own: Mapping[str, str],
    labels: Mapping[str, str],
) -> None:
    parts = [part for chapter in told for part in _parts(chapter)]
    names = _sheet_names(parts, told, own.values())
    entries = [(own["summary"], "", words.say("report.asks.title"))] if summary else []
    entries += [
        (sheet, labels[part.chapter.name], part.heading)
        for sheet, part in zip(names, parts, strict=True)
    ]
    entries += [
        (own["dictionary"], "", words.say("report.dictionary.title")),
        (own["data_notes"], "", words.say("report.data_notes.title")),
    ]
    sheets = [
        about_sheet(book, own["about"], title, meta),
        contents_sheet(book, own["contents"], entries),
    ]
    if summary is not None:
        sheets.append(summary_sheet(book, own["summary"], summary, labels))
    sheets += [_part_sheet(book, name, part, meta) for name, part in zip(names, parts, strict=True)]
    sheets += [_dictionary(book, own["dictionary"], told), _notes(book, own["data_notes"], told)]
    for sheet in sheets:
        finish(sheet)


def _parts(chapter: Chapter) -> list[Part]:
    parts: dict[str, Part] = {}
    waiting: list[ChartPayload] = []
    finding = ""
    for output in outputs(chapter.cells):
        data = output.get("data", {})
        if FINDING_MIME in data:
            finding = data[FINDING_MIME]["title"]
        elif TABLE_MIME in data and data[TABLE_MIME]["rows"]:
            table = data[TABLE_MIME]
            if table["id"] not in parts:
                parts[table["id"]] = Part(chapter, table, finding or table["title"])
                finding = ""
        elif CHART_MIME in data and data[CHART_MIME]["rows"]:
            waiting.append(data[CHART_MIME])
    for chart in waiting:
        beside = parts.get(chart["beside"] or "")
        if beside and (table_rows(without_total(chart), beside.table) or not is_native(chart)):
            beside.charts.append(without_total(chart))
        else:
            own = Part(chapter, _chart_table(chart), chart["title"], [without_total(chart)])
            parts.setdefault(f"chart {chart['id']}", own)
    return list(parts.values())


def _chart_table(chart: ChartPayload) -> TablePayload:
    return {
        "id": f"chart_{chart['id']}",
        "title": chart["title"],
        "note": chart["note"],
        "columns": chart["columns"],
        "rows": chart["rows"],
        "keys": chart["keys"],
        "kinds": chart["kinds"],
        "total": has_total(chart),
        "source": chart["source"],
        "n": None,
        "void": "",
        "void_title": "",
        "look": "",
        "rows_shown": len(chart["rows"]),
        "row_count": len(chart["rows"]) - has_total(chart),
    }


def _sheet_names(
    parts: Sequence[Part], told: Sequence[Chapter], own: Iterator[str] | Any
) -> list[str]:
    # Tables are named first, exactly as the page names them; charts' own sheets after.
    tables = table_sheets(told, taken=list(own))
    used = {name.casefold() for name in [*own, *tables.values()]}
    return [
        tables.get((part.chapter.name, part.table["id"])) or sheet_name(part.table["title"], used)
        for part in parts
    ]


def _part_sheet(book: Book, name: str, part: Part, meta: Payload) -> Sheet:
    about = [meta.get("period_label"), meta.get("currency")]
    basis = ", ".join(str(one) for one in about if one)
    if part.heading != part.table["title"]:
        title = part.table["title"]
        basis = f"{title}{'' if title.endswith(('?', '!', '.')) else '.'} {basis}"
    sheet = table_sheet(book, name, part.table, heading=part.heading, basis=basis)
    gallery = Gallery(sheet)
    for chart in part.charts:
        gallery.add(chart, table_rows(chart, part.table))
    return sheet


def _dictionary(book: Book, name: str, told: Sequence[Chapter]) -> Sheet:
    say = words.say
    heading, basis = say("report.dictionary.title"), say("report.dictionary.basis")
    sheet = new_sheet(book, name, heading=heading, basis=basis, widths=(30, 60, 50, 24))
    table = definitions(told)
    labels = [column["label"] for column in table["columns"]]
    write_rows(sheet, labels, table["rows"] or [[""] * 4], name="dictionary", top=HEADER_ROW)
    return sheet


def _notes(book: Book, name: str, told: Sequence[Chapter]) -> Sheet:
    say = words.say
    heading, basis = say("report.data_notes.title"), say("report.data_notes.basis")
    sheet = new_sheet(book, name, heading=heading, basis=basis, widths=(36, 110))
    missing = [
        (figures["void_title"], figures["void"].replace("`", ""))
        for chapter in told
        for mime in (TABLE_MIME, CHART_MIME)
        for figures in payloads(chapter.cells, mime)
        if figures["void"] and not figures.get("beside")
    ]
    labels = [say("report.data_notes.subject"), say("report.data_notes.note")]
    rows = [*rules(), *dict.fromkeys(missing)]
    write_rows(sheet, labels, rows, name="data_notes", top=HEADER_ROW)
    return sheet

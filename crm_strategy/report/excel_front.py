"""The workbook's first sheets: About, Contents, and the summary with its decisions."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from openpyxl.worksheet.datavalidation import DataValidation

from crm_strategy import words
from crm_strategy.report.excel_cells import put, put_text
from crm_strategy.report.excel_sheets import (
    HEADER_ROW,
    Book,
    Sheet,
    add_named_table,
    line_count,
    link,
    new_sheet,
    row_height,
    write_header,
    write_table,
)
from crm_strategy.report.excel_style import Look
from crm_strategy.report.executed import Payload
from crm_strategy.report.summary import with_columns
from crm_strategy.views.payload import ColumnPayload, TablePayload
from crm_strategy.words.numbers import format_date

_SUMMARY_WIDTHS: Final = (9.0, 38.0, 50.0, 17.0, 16.0, 16.0, 15.0, 28.0)
_ASKS: Final = ("id", "decision", "why", "owner", "evidence", "chapter", "vote", "comment")
_VOTES: Final = ("yes", "no", "later")
_VOTE_COLUMN, _COMMENT_COLUMN = 7, 8
_GOALS: Final = ("no", "kpi", "goal", "actual", "target", "status", "by", "owner")
_KPIS: Final = ("no", "kpi", "definition", "value", "target", "status", "change", "verdict")


def write_rows(
    sheet: Sheet, labels: Sequence[str], rows: Sequence[Sequence[Any]], *, name: str, top: int
) -> None:
    """Write rows of text and dates under a header, as a named table."""
    columns = [_column(label) for label in labels]
    write_header(sheet, columns, top=top)
    for at, row in enumerate(rows, start=top + 1):
        lines = max(line_count(value, sheet.widths[place]) for place, value in enumerate(row))
        for place, value in enumerate(row):
            look = Look(bold=place == 0, indent=place > 0, wrap=lines > 1)
            kind = "date" if isinstance(value, date) else "text"
            stored = value.isoformat() if isinstance(value, date) else value
            put(sheet.page.cell(at, place + 1), stored, kind, sheet.book.styles, look)
        sheet.page.row_dimensions[at].height = row_height(lines)
    sheet.last_row = sheet.end_row = top + len(rows)
    add_named_table(sheet, name, top=top, last_row=sheet.last_row, columns=len(labels))


def _column(label: str, kind: str = "text") -> ColumnPayload:
    return {"name": label, "label": label, "kind": kind, "sheet_only": False}


def about_sheet(book: Book, name: str, title: str, meta: Payload) -> Sheet:
    """Client, period, what the workbook is, in which language, made with what."""
    say = words.say
    facts = [
        (say("report.client"), meta.get("client")),
        (say("report.about.report"), title),
        (say("report.period"), meta.get("period_label")),
        (say("report.about.from"), _day(meta.get("start"))),
        (say("report.about.to"), _day(meta.get("end"))),
        (say("report.data_to"), _day(meta.get("data_to"))),
        (say("report.prepared"), _day(meta.get("prepared"))),
        (say("report.currency"), meta.get("currency")),
        (say("report.about.language"), say("report.about.language_name")),
        (say("report.about.version"), f"crm_strategy {meta.get('version', '')}".strip()),
        (say("report.about.what"), say("report.about.what_text")),
        (say("report.about.numbers"), say("report.about.numbers_text")),
        (
            say("report.rule.privacy.name"),
            say("report.rule.privacy.text", least=words.voice().min_cell),
        ),
    ]
    demo = f"{say('report.demo')}. " if meta.get("demo") else ""
    basis = demo + say("report.about.basis")
    sheet = new_sheet(book, name, heading=title, basis=basis, widths=(24, 90))
    labels = [say("report.about.field"), say("report.about.value")]
    rows = [fact for fact in facts if fact[1]]
    write_rows(sheet, labels, rows, name="about", top=HEADER_ROW)
    return sheet


def _day(day: str | None) -> date | None:
    return date.fromisoformat(day[:10]) if day else None


def contents_sheet(book: Book, name: str, entries: Sequence[tuple[str, str, str]]) -> Sheet:
    """Every sheet with its chapter and what it shows; names are links."""
    say = words.say
    heading, basis = say("report.contents"), say("report.contents.basis")
    sheet = new_sheet(book, name, heading=heading, basis=basis, widths=(34, 24, 90))
    labels = [say(f"report.contents.{column}") for column in ("sheet", "chapter", "shows")]
    write_rows(sheet, labels, entries, name="contents", top=HEADER_ROW)
    for at, entry in enumerate(entries, start=HEADER_ROW + 1):
        link(book, sheet.page.cell(at, 1), entry[0], entry[0])
    return sheet


def summary_sheet(book: Book, name: str, summary: Payload, labels: Mapping[str, str]) -> Sheet:
    """Decisions to fill in, then how goals and KPIs stand.

    Parameters
    ----------
    book, name
        Where it goes and what it is called.
    summary
        The summary's payload.
    labels
        The printed name of each chapter.
    """
    say = words.say
    count = len(summary["decisions"])
    heading = say("report.asks.none").rstrip(".")
    if count:
        heading = words.say_count("report.decisions_heading", count)
    basis = say("report.asks.basis") if count else summary["lead"]
    sheet = new_sheet(book, name, heading=heading, basis=basis, widths=_SUMMARY_WIDTHS)
    if count:
        _write_asks(sheet, summary["decisions"], labels)
    for table_id, columns in (("goals", _GOALS), ("kpis", _KPIS)):
        if summary[table_id] is not None:
            _write_standing(sheet, summary[table_id], table_id, columns)
    sheet.page.protection.sheet = True
    for allowed in ("formatColumns", "formatRows", "sort", "autoFilter"):
        setattr(sheet.page.protection, allowed, False)
    return sheet


def _write_asks(sheet: Sheet, decisions: Sequence[Payload], labels: Mapping[str, str]) -> None:
    rows = [
        (
            asked["id"],
            asked["title"],
            asked["why"],
            asked["owner"],
            words.say(f"views.evidence.{asked['evidence']}").lower(),
            labels.get(asked["chapter"], ""),
            None,
            None,
        )
        for asked in decisions
    ]
    heads = [words.say(f"report.asks.{column}") for column in _ASKS]
    write_rows(sheet, heads, rows, name="decisions", top=HEADER_ROW)
    first, last = HEADER_ROW + 1, sheet.last_row
    for row in range(first, last + 1):
        for column in (_VOTE_COLUMN, _COMMENT_COLUMN):
            look = Look(role="input", wrap=True)
            put_text(sheet.page.cell(row, column), "", sheet.book.styles, look)
            sheet.page.cell(row, column).value = None
    votes = {vote: words.say(f"report.vote.{vote}") for vote in _VOTES}
    hint = words.say("report.asks.vote_hint", **votes)
    choice = DataValidation(type="list", formula1=f'"{",".join(votes.values())}"', allow_blank=True)
    choice.error, choice.prompt = hint, hint
    choice.showErrorMessage = choice.showInputMessage = True
    choice.add(f"G{first}:G{last}")
    sheet.page.add_data_validation(choice)


def _write_standing(
    sheet: Sheet, table: TablePayload, table_id: str, columns: Sequence[str]
) -> None:
    top = sheet.end_row + 3
    heading = sheet.page.cell(top - 1, 1)
    put_text(heading, words.say(f"report.standing.{table_id}"), sheet.book.styles, Look("heading"))
    write_table(sheet, _standing(table, columns), top=top, name=f"summary_{table_id}")


def _standing(table: TablePayload, columns: Sequence[str]) -> TablePayload:
    """The table with its rows numbered and KPIs defined, in the summary's columns."""
    body = len(table["rows"]) - bool(table["total"])
    kpis = table["keys"].get("kpi", [None] * body)
    extra: dict[str, list[Any]] = {
        "no": [str(number) for number in range(1, body + 1)],
        "definition": [_definition(kpi) for kpi in kpis[:body]],
    }
    known = {column["name"] for column in table["columns"]}
    added = [name for name in columns if name in extra and name not in known]
    widened: TablePayload = {
        **table,
        "columns": [*table["columns"], *(_extra_column(name) for name in added)],
        "rows": [
            [*row, *(extra[name][at] for name in added)]
            for at, row in enumerate(table["rows"][:body])
        ],
        "total": False,
    }
    return with_columns(widened, columns)


def _extra_column(name: str) -> ColumnPayload:
    label = {"no": "report.standing.no", "definition": "report.definitions.definition"}[name]
    return {**_column(words.say(label)), "name": name}


def _definition(kpi: str | None) -> str:
    key = f"kpis.{kpi}.definition"
    return words.say(key) if kpi and words.known(key) else ""


def document_properties(properties: Any, title: str, meta: Payload) -> None:
    """Fill the file's own properties."""
    properties.creator = properties.lastModifiedBy = "crm_strategy"
    properties.title = title
    properties.subject = words.say("report.workbook_subject", period=meta.get("period_label", ""))
    properties.keywords = words.say("report.keywords")
    properties.category = words.say("report.about.report")
    properties.language = words.voice().language
    data_to = _day(meta.get("data_to"))
    if data_to:
        until = f"{words.say('report.data_to')} {format_date(data_to)}"
        properties.description = f"{until}, {words.voice().currency}"

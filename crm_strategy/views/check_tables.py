"""Tables of the data chapter: which files came, what was kept, what was noticed."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from crm_strategy import words
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import Layout
from crm_strategy.views.table import Table

_MARKS: Final = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "bar",
    " ": "space",
    ".": "point",
}
_SEVERITIES: Final = ("error", "warning", "note")


def data_sources_table(data_sources: Data) -> Table:
    """The files as they were read: kind, encoding, marks, dates, rows."""
    sources = frame_of(data_sources).copy()
    for column in ("delimiter", "decimal"):
        if column in sources:
            sources[column] = sources[column].map(_mark_name)
    if "dates" in sources:
        sources["dates"] = sources["dates"].map(_date_pattern)
    if "notes" in sources:
        sources["notes"] = sources["notes"].map(_printed_notes)
    layout = Layout(
        columns=(
            "table",
            "file",
            "kind",
            "encoding",
            "delimiter",
            "decimal",
            "dates",
            "row_count",
            "sha256",
            "notes",
        ),
        sheet_only=("sha256", "notes"),
    )
    return Table(sources, id="data_sources", layout=layout)


def data_tables_table(data_tables: Data) -> Table:
    """Rows read, kept and left out a table, and the days they span."""
    layout = Layout(
        columns=("table", "rows_read", "rows_kept", "rows_excluded", "first_date", "last_date")
    )
    return Table(data_tables, id="data_tables", layout=layout)


def data_findings_table(data_findings: Data) -> Table:
    """What the checks noticed, most severe first, with example and remedy."""
    noticed = frame_of(data_findings)
    if len(noticed):
        noticed = noticed.sort_values(
            "severity", key=lambda column: column.map(_severity_rank), kind="stable"
        )
    layout = Layout(columns=("table", "severity", "check", "row_count", "example", "remedy"))
    return Table(noticed, id="data_findings", layout=layout)


def data_exclusions_table(data_exclusions: Data) -> Table:
    """Rows left out, by table and reason."""
    layout = Layout(columns=("table", "reason", "row_count"), words={"reason": ("checks.{}.name",)})
    return Table(data_exclusions, id="data_exclusions", layout=layout)


def _severity_rank(severity: object) -> int:
    return _SEVERITIES.index(str(severity)) if severity in _SEVERITIES else len(_SEVERITIES)


def _mark_name(mark: object) -> object:
    name = _MARKS.get(mark) if isinstance(mark, str) else None
    return words.say(f"views.mark.{name}") if name else mark


def _date_pattern(pattern: object) -> object:
    """%d.%m.%Y as people write it: DD.MM.YYYY."""
    if not isinstance(pattern, str):
        return pattern
    return re.sub(r"%([a-zA-Z])", _date_part, pattern)


def _date_part(code: re.Match[str]) -> str:
    key = f"views.date_part.{code[1]}"
    return words.say(key) if words.known(key) else code[0]


def _printed_notes(notes: object) -> object:
    """Notes stored as JSON in the report's words; text stays as it is."""
    if not (isinstance(notes, str) and notes.startswith("[")):
        return notes
    said = [_note(note) for note in json.loads(notes)]
    return " ".join(text for text in said if text)


def _note(note: Mapping[str, Any]) -> str:
    key = f"checks.note.{note['key']}"
    return words.say(key, **note["values"]) if words.known(key) else ""

"""What every report says about itself: definitions, rules of judgement, privacy."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from crm_strategy import words
from crm_strategy.report.executed import Chapter, payloads
from crm_strategy.views.payload import TABLE_MIME, TablePayload

RULES: Final = ("status", "signal", "interval", "missing", "privacy")
"""Rules of judgement, each with a heading and a text in `report.rule.…`."""

OWN_SHEETS: Final = ("about", "contents", "summary", "dictionary", "data_notes")
"""The workbook's own sheets; their names are in `report.sheet.…`."""


def own_sheets() -> list[str]:
    """The printed names of the workbook's own sheets."""
    return [words.say(f"report.sheet.{sheet}") for sheet in OWN_SHEETS]


def rules() -> list[tuple[str, str]]:
    """Name and text of each rule of judgement."""
    least = words.voice().min_cell
    return [
        (words.say(f"report.rule.{rule}.name"), words.say(f"report.rule.{rule}.text", least=least))
        for rule in RULES
    ]


def kpis_shown(chapters: Sequence[Chapter]) -> list[str]:
    """Ids of the KPIs that the chapters' tables show, in order of appearance."""
    return list(dict.fromkeys(_kpis(chapters)))


def _kpis(chapters: Sequence[Chapter]) -> Iterator[str]:
    tables = [table for one in chapters for table in payloads(one.cells, TABLE_MIME)]
    for table in sorted(tables, key=lambda table: table["id"] != "kpis"):
        yield from (kpi for kpi in table["keys"].get("kpi", []) if kpi)


def definitions(chapters: Sequence[Chapter]) -> TablePayload:
    """The KPI dictionary as a table: name, definition, formula, unit.

    Only KPIs that the chapters show, and that the catalogue `kpis` defines.
    """
    fields = ("name", "definition", "formula", "unit")
    rows: list[list[Any]] = [
        [words.say(f"kpis.{kpi}.{field}") for field in fields]
        for kpi in kpis_shown(chapters)
        if all(words.known(f"kpis.{kpi}.{field}") for field in fields)
    ]
    return {
        "id": "definitions",
        "title": words.say("report.definitions.title"),
        "note": "",
        "columns": [
            {
                "name": field,
                "label": words.say(f"report.definitions.{field}"),
                "kind": "text",
                "sheet_only": field == "unit",
            }
            for field in fields
        ],
        "rows": rows,
        "keys": {},
        "kinds": {},
        "total": False,
        "source": "",
        "n": None,
        "void": "",
        "void_title": "",
        "look": "defs",
        "rows_shown": len(rows),
        "row_count": len(rows),
    }

"""What checks found, in the words of the reader's language."""

import json
import re
from collections.abc import Mapping
from typing import Any

from crm_strategy.words import say
from crm_strategy.words.numbers import format_count, format_value


def check_name(check: str) -> str:
    """The printed name of a check, or of a reason why rows are left out."""
    return say(f"checks.{check}.name")


_OF_PEOPLE = frozenset({"orders", "order_lines", "touches", "leads"})
"""Tables whose rows are numbered by ids that lead to a customer."""

_ROW_NUMBERS = frozenset({"exact_duplicates", "exact_duplicates_kept"})
"""Checks whose example is the number of a row, not an id."""


_OF_KEYS = frozenset({"unmatched_keys"})
"""Checks whose example may be a customer's id in any table."""


def without_ids(finding: Mapping[str, Any]) -> dict[str, Any]:
    """The finding as a report shows it: ids stay on the consultant's terminal."""
    example, column = finding["example"], finding["column"]
    shown = (
        not example
        or column
        or (finding["table"] not in _OF_PEOPLE and finding["check"] not in _OF_KEYS)
        or finding["check"] in _ROW_NUMBERS
        or re.fullmatch(r"\d{4}-\d\d-\d\d", example)
    )
    withheld = {"example": None, "withheld": say("checks.example_withheld")}
    return dict(finding) | ({} if shown else withheld)


def remedy_text(finding: Mapping[str, Any]) -> str:
    """What to do about a finding: a row of `data_findings`, its values filled in."""
    detail: dict[str, Any] = json.loads(finding["detail"] or "{}")
    values = {name: format_value(value, kind) for name, (value, kind) in detail.items()}
    return say(
        f"checks.{finding['check']}.remedy",
        count=format_count(finding["row_count"]),
        column=finding["column"] or "",
        example=finding["example"] or finding.get("withheld", ""),
        **values,
    )


def notes_text(notes: str) -> str:
    """What the reader of a file noted, as sentences: the column `notes` of `data_sources`."""
    texts = [_note(note["key"], note["values"]) for note in json.loads(notes or "[]")]
    return " ".join(texts)


def _note(key: str, values: Mapping[str, Any]) -> str:
    printed = {
        name: format_count(value) if isinstance(value, int) else value
        for name, value in values.items()
    }
    return say(f"checks.note.{key}", **printed)

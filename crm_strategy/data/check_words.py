"""What checks found, in the words of the reader's language."""

import json
from collections.abc import Mapping
from typing import Any

from crm_strategy.words import say
from crm_strategy.words.numbers import format_count, format_value


def check_name(check: str) -> str:
    """The printed name of a check, or of a reason why rows are left out."""
    return say(f"checks.{check}.name")


def remedy_text(finding: Mapping[str, Any]) -> str:
    """What to do about a finding: a row of `data_findings`, its values filled in."""
    detail: dict[str, Any] = json.loads(finding["detail"] or "{}")
    values = {name: format_value(value, kind) for name, (value, kind) in detail.items()}
    return say(
        f"checks.{finding['check']}.remedy",
        count=format_count(finding["row_count"]),
        column=finding["column"] or "",
        example=finding["example"] or "",
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

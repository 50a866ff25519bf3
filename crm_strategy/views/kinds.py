"""How a column is written: which kind its numbers are, and which words its ids stand for."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from crm_strategy import words
from crm_strategy.words.kpis import KPIS
from crm_strategy.words.numbers import format_value, is_missing

READABLE: Final = "readable"
"""Stands for an id that nothing names: its underscores are made readable."""

SEGMENT_WORDS: Final = ("segments.{}.name", "label:segment", READABLE)
"""Catalogue entries that name a segment; the client's own rules name themselves."""

SEGMENT_COLUMN: Final = "segment:"
"""Begins the names of columns that are segments."""

WORD_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "segment": SEGMENT_WORDS,
    "from_segment": SEGMENT_WORDS,
    "to_segment": SEGMENT_WORDS,
    "aspect": ("segments.aspect.{}",),
    "model": ("value.model.{}",),
    "parameter": ("value.parameter.{}",),
    "problem": ("value.problem.{}",),
    "channel": ("label:channel",),
    "serves": ("label:business_goal",),
    "kpi": ("kpis.{}.name",),
    "status": ("plan.status.{}",),
    "verdict": ("views.verdict.{}", "plan.verdict.{}"),
    "severity": ("checks.severity.{}",),
    "priority": ("plan.priority.{}",),
    "place": ("plan.place.{}",),
    "evidence": ("plan.evidence.{}",),
    "table": ("checks.table.{}",),
    "check": ("plan.check.{}", "checks.{}.name"),
    "kind": ("checks.kind.{}",),
}
"""Columns that hold ids, and the catalogue entries that name them; the first known one."""

STATUS_COLUMNS: Final = frozenset({"status", "severity"})
"""Columns drawn as shape and word."""

WORD_KINDS: Final = frozenset({"word", "status", "verdict"})
"""Kinds whose cells are ids that words name."""

_BY_NAME: Final[Mapping[str, str]] = {
    "n": "count",
    "rows_read": "count",
    "rows_kept": "count",
    "rows_excluded": "count",
    "new_customers": "count",
    "customers": "count",
    "revenue": "money",
    "past_revenue": "money",
    "previous_revenue": "money",
    "expected_value": "money",
    "cost": "money",
    "margin": "money",
    "amount": "money",
    "average_order_value": "unit_money",
    "cac": "unit_money",
    "cost_per_order": "unit_money",
    "purchase_frequency": "ratio",
    "roi": "ratio",
    "expected_orders": "ratio",
    "share_in_top": "share",
    "share_in_all": "share",
    "revenue_per_customer": "unit_money",
    "log_likelihood": "score",
    "payback_months": "months",
    "index": "count",
    "lift": "ratio",
    "p_alive": "share",
    "share": "share",
    "progress": "share",
    "expected_progress": "share",
    "cohort": "month",
    "month": "month",
    "period": "text",
    "by": "date",
    "baseline_at": "date",
}
_BY_SUFFIX: Final = (
    ("_rate", "share"),
    ("_share", "share"),
    ("_count", "count"),
    ("_days", "days"),
    ("_score", "score"),
    ("_date", "date"),
    ("_at", "date"),
)
NUMERIC: Final = frozenset(
    {
        "count",
        "days",
        "ratio",
        "exact",
        "share",
        "change",
        "points",
        "score_change",
        "money",
        "unit_money",
        "short_money",
        "score",
        "months",
        "by_row",
        "interval",
    }
)
"""Kinds that stand at the right and are hidden with a small group."""


def kind_of(column: str, values: "pd.Series") -> str:
    """The kind of a column: by its name, then by the type of its values."""
    if column in WORD_KEYS:
        return word_kind(column)
    if column in _BY_NAME:
        return _BY_NAME[column]
    for suffix, kind in _BY_SUFFIX:
        if column.endswith(suffix):
            return kind
    return _kind_of_type(values)


def word_kind(column: str) -> str:
    """How a column of ids is drawn: as a status, as a verdict or as a plain word."""
    if column in STATUS_COLUMNS:
        return "status"
    return "verdict" if column == "verdict" else "word"


def _kind_of_type(values: "pd.Series") -> str:
    if pd.api.types.is_bool_dtype(values):
        return "text"
    if pd.api.types.is_integer_dtype(values):
        return "count"
    if pd.api.types.is_numeric_dtype(values):
        return "ratio"
    if pd.api.types.is_datetime64_any_dtype(values):
        return "date"
    return "text"


def kpi_kind(kpi: str | None, unit: str | None = None) -> str:
    """The kind a KPI's value is written in: its stated unit, else the KPI's own."""
    if unit and unit in NUMERIC:
        return unit
    return KPIS[kpi].kind if kpi in KPIS else "ratio"


def change_kind(value_kind: str) -> str:
    """How a change is written: points for shares, a difference for scores, else relative."""
    return {"share": "points", "score": "score_change"}.get(value_kind, "change")


def word_of(value: object, patterns: Sequence[str]) -> str | None:
    """The printed word of an id; the raw text when nothing names it; None if missing.

    A pattern is a catalogue key with {} for the id, or "label:channel": the client's own name,
    or `READABLE`: the id as people write it, "Card holders" for `card_holders`.
    """
    return _named(value, patterns)[0]


def cell_word(value: object, patterns: Sequence[str]) -> str | None:
    """The word of an id in a cell of its own: a word of the catalogue begins with a capital.

    What the client wrote, such as a reason or a channel's name, stays as it is, and so do
    parameters of a single letter.
    """
    word, is_ours = _named(value, patterns)
    return _capital(word) if word is not None and is_ours and len(word) > 1 else word


def _named(value: object, patterns: Sequence[str]) -> tuple[str | None, bool]:
    """The word of an id, and whether it is the catalogue's."""
    if is_missing(value):
        return None, False
    for pattern in patterns:
        if pattern == READABLE:
            text = str(value)
            return _capital(text.replace("_", " ").strip()) if "_" in text else text, False
        kind = pattern.removeprefix("label:")
        if kind != pattern and words.label(kind, value) != str(value):
            return words.label(kind, value), False
        key = pattern.format(value)
        if kind == pattern and words.known(key):
            return words.say(key), True
    return str(value), False


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def column_label(table: str, column: str) -> str:
    """The printed label: the table's own, the column's, else its name made readable."""
    for key in (f"views.table.{table}.column.{column}", f"views.column.{column}"):
        if words.known(key):
            return words.say(key)
    if column.startswith(SEGMENT_COLUMN):
        return word_of(column.removeprefix(SEGMENT_COLUMN), SEGMENT_WORDS) or column
    return column.replace("_", " ").strip().capitalize()


def print_value(value: object, kind: str) -> str:
    """A value as words write it, with the kinds only views know."""
    if kind == "months":
        return format_value(value, "score")
    if kind == "score_change":
        text = format_value(value, "score")
        return f"+{text}" if isinstance(value, (int, float)) and value > 0 else text
    if kind == "text" and isinstance(value, bool):
        return words.say("views.yes" if value else "views.no")
    return format_value(value, kind)

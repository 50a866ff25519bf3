"""What a view hands over: the machine-readable payloads and their MIME types.

A payload is plain JSON. The HTML page and the workbook are both made from it, so they
cannot disagree.
"""

from typing import Any, Final, NotRequired, TypedDict

from crm_strategy import words
from crm_strategy.words import voice
from crm_strategy.words.numbers import format_date

TABLE_MIME: Final = "application/vnd.crm-strategy.table.v1+json"
CHART_MIME: Final = "application/vnd.crm-strategy.chart.v1+json"
FINDING_MIME: Final = "application/vnd.crm-strategy.finding.v1+json"

Cell = Any
"""int, float, str, bool, None, an ISO date, a list of numbers (spark) or `hidden(…)`."""

Kinds = dict[str, list[str]]


class ColumnPayload(TypedDict):
    """One column: its name in code, its printed label, how its numbers are written.

    The workbook leaves out `page_only` columns, the page those that are `sheet_only`.
    """

    name: str
    label: str
    kind: str
    sheet_only: bool
    page_only: NotRequired[bool]


class FiguresPayload(TypedDict):
    """Columns and rows, as a table and a chart share them.

    `keys` holds the ids behind printed words, `kinds` the kind of each row where a column
    mixes them (column kind `by_row`).
    """

    columns: list[ColumnPayload]
    rows: list[list[Cell]]
    keys: dict[str, list[str | None]]
    kinds: Kinds


class TablePayload(FiguresPayload):
    """A table; `void` says what to supply when it has no rows."""

    id: str
    title: str
    note: str
    total: bool
    source: str
    n: int | None
    void: str
    void_title: str
    look: str
    rows_shown: int
    row_count: int


class ChartPayload(FiguresPayload):
    """A chart: its own small data, two PNG pictures and the words that stand for them.

    Sizes are CSS pixels; the pictures hold 1.5 times as many. `beside` names the table that
    shows the same figures. Without data there are no pictures and `void` says what to supply.
    """

    id: str
    title: str
    kind: str
    alt: str
    note: str
    source: str
    beside: str | None
    category: str
    values: list[str]
    wide: str | None
    narrow: str | None
    wide_size: list[int]
    narrow_size: list[int]
    void: str
    void_title: str


class DecisionPayload(TypedDict):
    """What is asked, why, of whom, and how well it is known."""

    title: str
    why: str
    owner: str
    evidence: str


class FindingPayload(TypedDict):
    """A sentence with a figure and a verb, and the decision it leads to."""

    id: str
    title: str
    text: str
    severity: str
    figures: dict[str, Cell]
    decision: DecisionPayload | None


def too_few() -> dict[str, Cell]:
    """The cell of a count between 1 and one less than the smallest group shown: "<10"."""
    return {"suppressed": True, "text": f"<{voice().min_cell}"}


def hidden() -> dict[str, Cell]:
    """The cell of a number hidden because it would tell a small group's."""
    return {"suppressed": True, "text": words.say("views.hidden")}


def is_hidden(cell: Cell) -> bool:
    """Whether a cell is suppressed."""
    return isinstance(cell, dict) and bool(cell.get("suppressed"))


def hidden_note(rows: list[list[Cell]]) -> str:
    """Says that small groups are hidden, where any are."""
    if not any(is_hidden(cell) for row in rows for cell in row):
        return ""
    return words.say("views.hidden_note", least=voice().min_cell)


def column_index(figures: FiguresPayload, name: str) -> int:
    """Where a column stands in each row."""
    return [column["name"] for column in figures["columns"]].index(name)


def column_cells(figures: FiguresPayload, name: str) -> list[Cell]:
    """A column's cells, top to bottom."""
    index = column_index(figures, name)
    return [row[index] for row in figures["rows"]]


def cell_kinds(figures: FiguresPayload, name: str) -> list[str]:
    """The kind of each cell of a column."""
    kind = figures["columns"][column_index(figures, name)]["kind"]
    return figures["kinds"].get(name) or [kind] * len(figures["rows"])


def numbers(figures: FiguresPayload, name: str) -> list[float | None]:
    """A column's numbers; None where a value is missing or hidden."""
    return [
        float(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else None
        for cell in column_cells(figures, name)
    ]


def source_line(tables: str, *, period: str = "", n: int | None = None, unit: str = "") -> str:
    """Source: orders, 2026 Q3; n = 17,496 customers.

    Without a period of its own a figure rests on all data up to the last day observed.
    """
    if not tables:
        return ""
    last = voice().as_of
    until = words.say("views.until", day=format_date(last)) if last else ""
    where = ", ".join(filter(None, (tables, period or until)))
    if n is None or 0 < n < voice().min_cell:
        return words.say("views.source", where=where)
    return words.say("views.source_n", where=where, n=words.say_count(f"views.n.{unit}", n))

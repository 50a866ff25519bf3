"""Payload cells as Excel cells: real numbers and dates, text that never becomes a formula."""

import math
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from crm_strategy.report.excel_style import Look, Styles
from crm_strategy.views import markup, theme
from crm_strategy.views.kinds import NUMERIC, print_value
from crm_strategy.views.payload import Cell, FiguresPayload, cell_kinds, is_hidden

_FORMULA_LIKE: Final = ("=", "+", "-", "@", "\t", "\r")
_EXACT_DIGITS: Final = 10**15
_LONGEST_TEXT: Final = 32_767


def put_text(cell: Any, text: str, styles: Styles, look: Look) -> None:
    """Write text as text, whatever it looks like: "=1+1" stays as it is."""
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)[:_LONGEST_TEXT]
    prefixed = clean.startswith(_FORMULA_LIKE)
    styles.apply(cell, Look(**{**look.__dict__, "text_prefix": prefixed}))
    cell.value = clean
    cell.data_type = "s"


def put(cell: Any, value: Cell, kind: str, styles: Styles, look: Look) -> None:
    """Write a payload's cell by its kind; no value leaves the cell blank.

    Parameters
    ----------
    cell
        The cell of a sheet.
    value
        As in a payload: number, text, ISO date, None or a suppressed cell.
    kind
        As in `views.theme.excel_format`.
    styles, look
        How the cell looks; the number format comes from the kind.
    """
    stored = excel_value(value, kind)
    if isinstance(stored, str):
        put_text(cell, stored, styles, look)
        return
    number_format = theme.excel_format("score" if kind == "months" else kind)
    styles.apply(cell, Look(**{**look.__dict__, "number_format": number_format}))
    cell.value = stored


def excel_value(value: Cell, kind: str) -> float | date | str | None:
    """What the sheet stores: a number, a date, text, or None for no value."""
    if value is None or isinstance(value, list):
        return None
    if is_hidden(value):
        return str(value["text"])
    if isinstance(value, bool):
        return print_value(value, "text")
    if isinstance(value, (int, float)):
        return _number(value, kind)
    if kind in {"date", "month"}:
        return date.fromisoformat(str(value)[:10])
    return str(value)


def _number(value: float, kind: str) -> float | str | None:
    if not math.isfinite(value):
        return None
    if isinstance(value, int) and abs(value) >= _EXACT_DIGITS:
        return str(value)
    return theme.excel_value(value, kind)


def sheet_text(figures: FiguresPayload, row: int, column: int) -> Cell:
    """A payload's cell as the sheet holds it: a status gets its shape before its word."""
    value, name = figures["rows"][row][column], figures["columns"][column]["name"]
    kind = figures["columns"][column]["kind"]
    keys = figures["keys"].get(name)
    key = keys[row] if keys and row < len(keys) else None
    if isinstance(value, str) and key and kind in {"status", "verdict"}:
        look = theme.STATUS.get(theme.CHECK_STATUS.get(key, key))
        return f"{look.shape} {value}" if look else value
    return value


def body_look(figures: FiguresPayload, row: int, column: int, *, first: bool, wrap: bool) -> Look:
    """Row headers bold, numbers right, text after them indented, statuses bold, noise muted."""
    name, kind = figures["columns"][column]["name"], figures["columns"][column]["kind"]
    keys = figures["keys"].get(name)
    key = (keys[row] if keys and row < len(keys) else None) or ""
    return Look(
        role="total" if figures.get("total") and row == len(figures["rows"]) - 1 else "body",
        right=is_right(kind),
        indent=not first,
        wrap=wrap,
        bold=first or kind == "status" or key.startswith("signal"),
        muted=key in {"noise", "too_short"},
    )


BOLD: Final = 1.1
"""How much wider than others bold letters are, Cyrillic ones too."""


def is_right(kind: str) -> bool:
    """Whether a column of this kind stands at the right."""
    return kind in NUMERIC or kind == "date"


def sheet_columns(figures: FiguresPayload) -> list[int]:
    """The columns a sheet shows: all but drawings and those for the page only."""
    return [
        at
        for at, column in enumerate(figures["columns"])
        if column["kind"] != "spark" and not column.get("page_only")
    ]


def printed_widths(figures: FiguresPayload, columns: Sequence[int]) -> list[int]:
    """The longest printed cell of each column, in characters of ordinary weight."""
    longest = []
    for place, at in enumerate(columns):
        kinds = cell_kinds(figures, figures["columns"][at]["name"])
        texts = (
            markup.cell_text(sheet_text(figures, row, at), kinds[row])
            for row in range(len(figures["rows"]))
        )
        bold = place == 0 or figures["columns"][at]["kind"] == "status"
        letters = max(map(len, texts), default=0)
        longest.append(math.ceil(letters * BOLD) if bold else letters)
    return longest

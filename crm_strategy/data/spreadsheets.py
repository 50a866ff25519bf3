"""XLSX workbooks: guarded against bombs, sheet and header found, rows loaded as exact text."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import ibis
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from crm_strategy.data import detect, engine
from crm_strategy.data.bombs import damaged, refuse_bomb
from crm_strategy.data.marks import UNDECIDED, proven_marks
from crm_strategy.data.source import Loaded, Note, SourceFile
from crm_strategy.errors import DataError
from crm_strategy.plan.problems import instead_of

Cell: TypeAlias = int | float | str | bool | time | date | datetime | timedelta | None
"""What a cell of a workbook can hold."""

_EXACT_DIGITS = 15
_HEAD_ROWS = 200


def load_spreadsheet(
    con: ibis.BaseBackend, path: Path, *, label: str, name: str, sheet: str | None
) -> Loaded:
    """Load one sheet as columns of text that lose nothing: dates are ISO, numbers exact.

    Parameters
    ----------
    path
        The workbook; `label` names it in messages.
    name
        The table of the scratch database to make.
    sheet
        The sheet's name; the first visible one with cells otherwise.

    Raises
    ------
    DataError
        The workbook is damaged, too large, or has no such sheet, or the sheet is empty.
    """
    refuse_bomb(path, label=label)
    try:
        book = CalamineWorkbook.from_path(str(path))
        found, notes = _sheet(book, sheet, label)
        head = [[text(cell) for cell in row] for row in islice(found.iter_rows(), _HEAD_ROWS)]
    except (CalamineError, OSError) as error:
        raise damaged(label, str(error)) from None
    filled = [place for place, row in enumerate(head) if any(row)]
    if not filled:
        raise _empty(label, found.name)
    place = detect.header_row([head[at] for at in filled])
    header_row = filled[place]
    names, numbered = detect.column_names(head[header_row], found.width)
    if place:
        notes.append(Note("title_rows", {"count": place}))
    if numbered:
        notes.append(Note("duplicate_headers", {"headers": ", ".join(numbered)}))
    rounded: Counter[int] = Counter()
    engine.load_rows(con, _lines(found, header_row, rounded), name=name, width=found.width)
    for column, count in sorted(rounded.items()):
        notes.append(Note("rounded_numbers", {"column": names[column], "count": count}))
    decimal, thousands = proven_marks(zip(*head[header_row + 1 :], strict=True))
    return Loaded(
        engine.scratch_table(con, name),
        names,
        SourceFile(
            path,
            "xlsx",
            decimal=decimal,
            thousands=thousands,
            header_row=header_row + 1,
            notes=tuple(notes),
        ),
        tuple(at for at, cell in enumerate(head[header_row]) if not cell),
    )


def text(cell: Cell) -> str | None:
    """A cell as text that says exactly what it holds; None when it is blank."""
    if isinstance(cell, str):
        return cell if cell.strip() else None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, timedelta):
        hours, seconds = divmod(round(cell.total_seconds()), 3600)
        return f"{hours:02d}:{seconds // 60:02d}:{seconds % 60:02d}"
    if isinstance(cell, date | time):
        return cell.isoformat()
    return None if cell is None else str(cell)


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < 10**_EXACT_DIGITS:
        return str(int(value))
    written = format(Decimal(repr(value)), "f")
    # 1.234 could be read as thousands; 1.2340 could not.
    return f"{written}0" if re.fullmatch(UNDECIDED, written) else written


def _sheet(
    book: CalamineWorkbook, wanted: str | None, label: str
) -> tuple[CalamineSheet, list[Note]]:
    sheets = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    names = [each.name for each in sheets]
    if wanted is not None:
        by_folded = {name.strip().casefold(): name for name in names}
        name = by_folded.get(wanted.strip().casefold())
        if name is None:
            raise DataError(
                f"{label}: no sheet '{wanted}'.\n{instead_of(wanted, names, what='Sheets')}"
            )
        return book.get_sheet_by_name(name), []
    for each in sheets:
        if each.visible == SheetVisibleEnum.Visible:
            sheet = book.get_sheet_by_name(each.name)
            if sheet.height:
                others = [name for name in names if name != each.name]
                values: dict[str, str | int] = {"sheet": each.name, "others": ", ".join(others)}
                return sheet, [Note("sheet_chosen", values)] if others else []
    raise _empty(label, ", ".join(names))


def _lines(
    sheet: CalamineSheet, header_row: int, rounded: Counter[int]
) -> Iterator[list[str | None]]:
    for row in islice(sheet.iter_rows(), header_row + 1, None):
        for column, cell in enumerate(row):
            # Excel keeps 15 digits: a longer number is an id it has rounded.
            if isinstance(cell, float) and abs(cell) >= 10**_EXACT_DIGITS:
                rounded[column] += 1
        yield [text(cell) for cell in row]


def _empty(label: str, sheets: str) -> DataError:
    return DataError(
        f"{label}: no cells in {sheets}.\nName the sheet that holds the table with sheet: …"
    )

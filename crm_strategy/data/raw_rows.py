"""Raw rows put in order: blank and total rows left out, files of one shape put together."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

import ibis
import ibis.expr.types as ir

from crm_strategy.data import engine
from crm_strategy.data.marks import MARKS, number_pattern
from crm_strategy.data.source import Loaded, Note
from crm_strategy.errors import DataError

_TOTAL = "(?i)^[\\s\u00a0]*(?:общий итог|итого|всего|grand total|total)[\\s\u00a0:]*$"


def data_rows(loaded: Loaded) -> Loaded:
    """A text file's data rows, numbered by `_row`, under the file's own names.

    Left out and counted are blank rows and total rows: their first filled cell says «Итого»,
    «Всего» or Total, and every other cell is a number or blank. Columns that the file
    neither names nor fills are dropped.
    """
    raw = loaded.table
    cells = [raw[column] for column in raw.columns]
    first = ibis.coalesce(*cells)
    counts = engine.rows(
        raw.aggregate(
            rows=raw.count(),
            blank=first.isnull().sum(),
            labelled=first.re_search(_TOTAL).sum(),
            **{f"filled{at}": cells[at].count() for at in loaded.unnamed},
        )
    )[0]
    is_total = first.re_search(_TOTAL) & _all(
        [cell.isnull() | (cell == first) | _is_number(cell) for cell in cells]
    )
    totals = engine.count(raw.filter(is_total)) if counts["labelled"] else 0
    # The engine numbers rows as they came; a filter would hide that number.
    table = raw.mutate(_row=raw.rowid() + 1)
    if counts["blank"]:
        table = table.filter(~first.isnull())
    if totals:
        table = table.filter(~is_total)
    named = [
        (column, header)
        for at, (column, header) in enumerate(zip(raw.columns, loaded.headers, strict=True))
        if counts.get(f"filled{at}", 1)
    ]
    notes = list(loaded.file.notes)
    notes += [Note("total_rows", {"count": totals})] if totals else []
    notes += [Note("blank_rows", {"count": counts["blank"]})] if counts["blank"] else []
    kept = counts["rows"] - (counts["blank"] or 0) - totals
    return Loaded(
        table.select(
            *(table[column].name(header) for column, header in named),
            ibis.literal(loaded.file.name).name("_file"),
            table["_row"],
        ),
        tuple(header for _, header in named),
        replace(loaded.file, row_count=kept, notes=tuple(notes)),
    )


def together(con: ibis.BaseBackend, files: Sequence[Loaded], *, name: str) -> ibis.Table:
    """Rows of several files of one shape, the first file's columns in its order.

    Raises
    ------
    DataError
        A file has other columns than the first.
    """
    first = files[0]
    for other in files[1:]:
        refuse_other_header(first, other)
    if len(files) == 1:
        return first.table
    columns = [*first.headers, "_file", "_row"]
    return engine.store(con, name, [file.table.select(columns) for file in files])


def refuse_other_header(first: Loaded, other: Loaded) -> None:
    """Refuse a file whose columns are not those of the first; their order may differ."""
    missing = [header for header in first.headers if header not in other.headers]
    extra = [header for header in other.headers if header not in first.headers]
    if missing or extra:
        differences = [
            f"{other.file.name} lacks {', '.join(missing)}" if missing else "",
            f"only {other.file.name} has {', '.join(extra)}" if extra else "",
        ]
        raise DataError(
            f"{first.file.name} and {other.file.name} have different columns: "
            f"{'; '.join(filter(None, differences))}.\n"
            "Files taken together need the same header: export them alike, or name fewer of them."
        )


def _is_number(cell: ir.StringValue) -> ir.BooleanValue:
    comma, point = (cell.re_search(number_pattern(mark)) for mark in MARKS)
    return comma | point


def _all(conditions: Sequence[ir.BooleanValue]) -> ir.BooleanValue:
    return reduce(lambda both, condition: both & condition, conditions)

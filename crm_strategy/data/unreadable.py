"""Cells that do not read as what their column holds: counted, or too many to go on."""

from crm_strategy.data.column_errors import Place
from crm_strategy.data.data_finding import DataFinding
from crm_strategy.data.parse import ParsedColumn
from crm_strategy.errors import DataError

_DATES = ("date", "timestamp")


def unreadable_cells(column: ParsedColumn, *, name: str, read: int, place: Place) -> DataFinding:
    """What to say of a column with unreadable cells; `read` others were readable.

    Raises
    ------
    DataError
        More cells are unreadable than are not: the column is not what it was taken for.
    """
    if column.bad_count > read:
        raise _mostly_unreadable(column, name, read, place)
    return DataFinding(
        table=place.table,
        check="unparsable_dates" if column.type in _DATES else "unparsable_amounts",
        severity="warning",
        row_count=column.bad_count,
        example=column.bad_example,
        column=column.header,
    )


def _mostly_unreadable(column: ParsedColumn, name: str, read: int, place: Place) -> DataError:
    what, hint = (
        ("dates", 'format: {dates: "%d.%m.%Y"}')
        if column.type in _DATES
        else ("numbers", 'format: {decimal: ","}')
    )
    return DataError(
        f"{place.label}: column '{column.header}' ({name}): "
        f"{column.bad_count:,} of {column.bad_count + read:,} values are not {what}, "
        f"e.g. '{column.bad_example}' in row {column.bad_row}.\n"
        f"Map another column in {place.columns()}, or say how they are written, "
        f"data.{place.table}:\n    {hint}"
    )

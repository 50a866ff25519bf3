"""What to say when a file's columns are not those that are needed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm_strategy.data.guess import nearest_header
from crm_strategy.errors import DataError, ParamsError
from crm_strategy.plan.params import Params
from crm_strategy.plan.problems import instead_of

MOST_SHOWN = 30


@dataclass(frozen=True)
class Place:
    """Where a table comes from, as messages say it.

    Parameters
    ----------
    table
        The canonical table.
    label
        Its file or files: `orders.csv`.
    params
        The parameters file as it was named.
    columns_line, preset_line
        Lines of the table's `columns` and `preset`, or of the table itself.
    """

    table: str
    label: str
    params: str
    columns_line: int | None = None
    preset_line: int | None = None

    def columns(self) -> str:
        """`params/demo.yml (line 14), data.orders.columns`."""
        line = f" (line {self.columns_line})" if self.columns_line else ""
        return f"{self.params}{line}, data.{self.table}.columns"


def place_of(table: str, label: str, params: Params) -> Place:
    """The place of a table of `params`, whose files read as `label`."""
    return Place(
        table=table,
        label=label,
        params=str(params.path),
        columns_line=params.line_of(("data", table, "columns")),
        preset_line=params.line_of(("data", table, "preset")),
    )


def missing_columns(
    columns: Sequence[str], headers: Sequence[str], place: Place, *, likely: Sequence[str]
) -> DataError:
    """The file lacks columns that its table needs; one of the `likely` headers may be meant."""
    guesses: dict[str, str | None] = {}
    for column in columns:
        free = [header for header in likely if header not in guesses.values()]
        guesses[column] = nearest_header(column, free, table=place.table)
    named = " and ".join(f"'{column}'" for column in columns)
    near = " and ".join(f"'{guess}'" for guess in guesses.values() if guess)
    pronoun = "it" if len(columns) == 1 else "them"
    lines = [f"    {column}: {guess or '…'}" for column, guess in guesses.items()]
    return DataError(
        f"{place.label}: no column{'s' if len(columns) > 1 else ''} {named}; "
        f"found {shown(headers)}.\n"
        + (f"Did you mean {near}? " if near else "")
        + f"Map {pronoun} in {place.columns()}:\n"
        + "\n".join(lines)
    )


def not_in_file(header: str, column: str, headers: Sequence[str], place: Place) -> DataError:
    """The params map a column to a header that the file lacks."""
    guess = nearest_header(header, headers, table=place.table)
    guess = guess or nearest_header(column, headers, table=place.table)
    return DataError(
        f"{place.label}: no column '{header}', which is mapped to '{column}'; "
        f"found {shown(headers)}.\n"
        + (f"Did you mean '{guess}'? " if guess else "")
        + f"Correct {place.columns()}:\n    {column}: {guess or '…'}"
    )


def unknown_canonical(name: str, known: Sequence[str], place: Place) -> ParamsError:
    """The params map a column that the table does not have."""
    line = f", line {place.columns_line}" if place.columns_line else ""
    return ParamsError(
        f"{place.params}{line}, data.{place.table}.columns.{name}: unknown column.\n"
        + instead_of(name, known, what="Columns")
    )


def unknown_preset(name: str, known: Iterable[str], place: Place) -> ParamsError:
    """The params name a preset that does not exist."""
    return ParamsError(
        f"{_preset_place(place)}: unknown preset '{name}'.\n"
        + instead_of(name, known, what="Presets")
    )


def wrong_preset(name: str, table: str, place: Place) -> ParamsError:
    """The params name a preset that describes another table."""
    return ParamsError(
        f"{_preset_place(place)}: preset '{name}' describes {table}, not {place.table}.\n"
        f"Move the file to data.{table}, or name another preset."
    )


def shown(headers: Sequence[str]) -> str:
    """Headers for a message, the first thirty of very many."""
    text = ", ".join(headers[:MOST_SHOWN])
    more = len(headers) - MOST_SHOWN
    return f"{text} and {more} more" if more > 0 else text


def _preset_place(place: Place) -> str:
    line = f", line {place.preset_line}" if place.preset_line else ""
    return f"{place.params}{line}, data.{place.table}.preset"

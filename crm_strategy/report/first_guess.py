"""What a client's files seem to be: the table, and the column each header stands for."""

import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from glob import escape, glob
from itertools import takewhile
from pathlib import Path

from crm_strategy.data.distinct import value_counts
from crm_strategy.data.engine import connect, disconnect
from crm_strategy.data.files import read_source
from crm_strategy.data.guess import guess_columns, likely_table
from crm_strategy.data.preset import best_preset, presets
from crm_strategy.data.schema import TABLES
from crm_strategy.data.source import Source
from crm_strategy.data.vocabulary import currency_code, header_currency
from crm_strategy.errors import DataError
from crm_strategy.plan.data_params import TABLE_NAMES, TableParams

_FLAT = ("orders", "order_lines")


@dataclass(frozen=True)
class Guess:
    """One file, or several of one shape, and what they seem to be.

    Attributes
    ----------
    file
        Its path, or a glob, relative to the folder of the params.
    rows, headers
        How many rows it has, and its columns.
    table
        The canonical table; None when the columns fit none.
    preset
        The CRM system's export it seems to be.
    columns
        Our column: the file's header; empty where a preset knows them.
    currency
        What amounts seem to be in, where the file says so.
    """

    file: str
    rows: int
    headers: tuple[str, ...]
    table: str | None
    preset: str | None
    columns: dict[str, str]
    currency: str | None


def guess_files(files: Sequence[Path], *, params_folder: Path) -> list[Guess]:
    """Read `files` and guess what each is; files of one shape become one glob.

    Raises
    ------
    DataError
        A file is missing, empty, damaged or no table.
    """
    alike: dict[tuple[str, ...], list[Path]] = {}
    rows: Counter[tuple[str, ...]] = Counter()
    currencies: dict[tuple[str, ...], str | None] = {}
    for path in files:
        if not path.is_file():
            raise DataError(f"{path}: no such file.\nNames of files are relative to this folder.")
        with tempfile.TemporaryDirectory(prefix="crm-") as scratch:
            con = connect()
            try:
                given = TableParams(file=str(path.absolute()))
                source = read_source(con, given, base=Path(), name="", scratch=Path(scratch))
                currencies.setdefault(source.headers, _currency(source))
            finally:
                disconnect(con)
        alike.setdefault(source.headers, []).append(path)
        rows[source.headers] += source.row_count
    return [
        _guess(name, headers, rows[headers], currencies[headers])
        for headers, paths in alike.items()
        for name in _names(paths, params_folder)
    ]


def _guess(file: str, headers: tuple[str, ...], rows: int, currency: str | None) -> Guess:
    preset = best_preset(list(headers))
    if preset:
        return Guess(file, rows, headers, presets()[preset].table, preset, {}, currency)
    table = _table_named(file, headers) or likely_table(headers)
    columns = _columns(headers, table) if table else {}
    return Guess(file, rows, headers, table, None, columns, currency)


def _table_named(file: str, headers: Sequence[str]) -> str | None:
    """The table that the file is called after, if its columns can be that table."""
    stem = Path(file).stem.lower()
    named = [table for table in TABLE_NAMES if table in stem or table.rstrip("s") in stem]
    for table in sorted(named, key=len, reverse=True):
        if set(TABLES[table].required) <= set(guess_columns(headers, table=table)):
            return table
    return None


def _columns(headers: Sequence[str], table: str) -> dict[str, str]:
    found = guess_columns(headers, table=table)
    if table not in _FLAT or "customer_id" not in found:
        return found
    # A file of orders often says who the customer is; when they came is not their order's date.
    left = [header for header in headers if header not in found.values()]
    of_customers = guess_columns(left, table="customers")
    more = {each: of_customers[each] for each in of_customers if each != "created_at"}
    return {**more, **found}


def _currency(source: Source) -> str | None:
    columns = guess_columns(source.headers, table="orders")
    if "currency" in columns and source.table[columns["currency"]].type().is_string():
        texts = value_counts(source.table, columns["currency"])
        return next(filter(None, map(currency_code, texts)), None)
    return next(filter(None, map(header_currency, source.headers)), None)


def _names(paths: Sequence[Path], folder: Path) -> list[str]:
    names = [os.path.relpath(path, folder).replace(os.sep, "/") for path in paths]
    if len(names) == 1:
        return names
    absolute = [str(path.absolute()) for path in paths]
    start = _shared_start(absolute)
    end = _shared_start([each[len(start) :][::-1] for each in absolute])[::-1]
    if sorted(glob(f"{escape(start)}*{escape(end)}")) != sorted(absolute):
        return names  # Other files lie between: only the first can be taken.
    return [os.path.relpath(f"{start}*{end}", folder).replace(os.sep, "/")]


def _shared_start(texts: Sequence[str]) -> str:
    alike = takewhile(lambda each: len(set(each)) == 1, zip(*texts, strict=False))
    return "".join(each[0] for each in alike)

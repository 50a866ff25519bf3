"""The engine: DuckDB behind Ibis, and the loading only an engine can do.

No other module knows a backend. Raw rows land in a scratch database beside the prepared one.
"""

import glob
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
from ibis.backends.duckdb import Backend

SCRATCH = "scratch"
"""Name of the attached database that holds raw rows."""


EngineError = duckdb.Error
"""What the engine raises when it cannot go on, as without disk space or memory."""


class UnreadableError(Exception):
    """The engine could not read what it was given."""


@dataclass(frozen=True)
class Rejected:
    """Lines that do not fit: how many, how many of them for too few cells or for a quote,
    whether a quote has swallowed lines without end, the first line and its problem.
    """

    count: int
    short: int
    quotes: int
    endless: bool
    line: int
    problem: str


def _builtin(name: str, takes: Sequence[dt.DataType], gives: dt.DataType) -> Any:
    def stub(first, second):  # type: ignore[no-untyped-def]
        """A function of the engine: Ibis only needs to know how many values it takes."""

    return ibis.udf.scalar.builtin(stub, name=name, signature=(tuple(takes), gives))


_MOMENT = dt.Timestamp(scale=6)

try_strptime = _builtin("try_strptime", (dt.string, dt.Array(dt.string)), _MOMENT)
"""`try_strptime(text, formats)`: the moment in the first of the formats that fits, else null."""

trim = _builtin("trim", (dt.string, dt.string), dt.string)
"""`trim(text, characters)`: the text without any of the characters around it."""

local_time = _builtin("timezone", (dt.string, dt.Timestamp(timezone="UTC")), _MOMENT)
"""`local_time(zone, moment)`: what the clocks of the zone showed at that moment."""


def connect(
    path: Path | None = None,
    *,
    read_only: bool = False,
    memory_limit: str = "1500MB",
    threads: int | None = None,
    temp: Path | None = None,
) -> Backend:
    """Open a DuckDB file, or a database in memory, that never reaches for the network.

    What exceeds `memory_limit` spills to the folder `temp`. A file opened `read_only`
    serves several processes at once.
    """
    options: dict[str, Any] = {"memory_limit": memory_limit, "autoinstall_known_extensions": False}
    if threads is not None:
        options["threads"] = threads
    if temp is not None:
        options["temp_directory"] = str(temp)
    return ibis.duckdb.connect(path or ":memory:", read_only=read_only, **options)


def attach_scratch(con: Backend, folder: Path) -> None:
    """Attach the scratch database in `folder`; a second call does nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    con.con.execute(f"ATTACH IF NOT EXISTS {_text(folder / 'raw.duckdb')} AS {SCRATCH}")


def detach_scratch(con: Backend) -> None:
    """Let go of the scratch database, so that its folder can be removed."""
    con.con.execute(f"DETACH DATABASE IF EXISTS {SCRATCH}")


def disconnect(con: Backend) -> None:
    """Close the connection and write what is pending."""
    con.disconnect()


def rows(table: ibis.Table) -> list[dict[str, Any]]:
    """A small result as plain Python rows."""
    result: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return result


def count(table: ibis.Table) -> int:
    """How many rows a table has."""
    return int(table.count().to_pyarrow().as_py())


def scratch_table(con: Backend, name: str) -> ibis.Table:
    """A table of the scratch database."""
    return con.table(name, database=(SCRATCH, "main"))


def store(con: Backend, name: str, tables: Sequence[ibis.Table]) -> ibis.Table:
    """Write `tables`, alike in columns, one below the other into the scratch database."""
    for position, table in enumerate(tables):
        con._run_pre_execute_hooks(table)  # as Ibis does before each query: tables in memory
        head = "INSERT INTO" if position else "CREATE OR REPLACE TABLE"
        link = "" if position else " AS"
        con.con.execute(f"{head} {_place(name)}{link} {con.compile(table)}")
    return scratch_table(con, name)


def view(con: Backend, name: str, table: ibis.Table) -> ibis.Table:
    """Give a table a name in the scratch database, without working it out.

    What many queries ask of a long expression is then put into words once.
    """
    con._run_pre_execute_hooks(table)
    con.con.execute(f"CREATE OR REPLACE VIEW {_place(name)} AS {con.compile(table)}")
    return scratch_table(con, name)


def load_delimited(
    con: Backend,
    path: Path,
    *,
    name: str,
    width: int,
    delimiter: str,
    gzip: bool = False,
    pad: bool = False,
    quoted: bool = True,
) -> Rejected:
    """Load delimited UTF-8 text as columns `c0`, `c1` … of text, its first line left out.

    Lines that do not fit are counted, not loaded; with `pad`, short lines end in nulls;
    unless `quoted`, quotes are text. Mixed line ends raise UnreadableError.
    """
    columns = ", ".join(f"c{position}: 'VARCHAR'" for position in range(width))
    quote = '"' if quoted else ""
    errors, scans = f"{name}_errors", f"{name}_scans"
    source = (
        f"read_csv({_file(path)}, auto_detect=false, columns={{{columns}}}, header=false, skip=1, "
        f"delim={_text(delimiter)}, quote='{quote}', escape='{quote}', null_padding={pad}, "
        f"compression='{'gzip' if gzip else 'none'}', "
        f"store_rejects=true, rejects_table={_text(errors)}, rejects_scan={_text(scans)})"
    )
    with _reading():
        con.con.execute(f"CREATE OR REPLACE TABLE {_place(name)} AS SELECT * FROM {source}")
    rejected = con.con.execute(
        "SELECT coalesce(sum(lines), 0)::INT, count(*) FILTER (kind = 'MISSING COLUMNS'), "
        "count(*) FILTER (kind = 'UNQUOTED VALUE'), coalesce(bool_or(endless), false), "
        "coalesce(min(line), 0), coalesce(lower(replace(arg_min(kind, line), ' ', '_')), '') "
        # A line can be wrong twice: a broken quote is then the cause. Of a record, the engine
        # shows ten thousand characters.
        "FROM (SELECT line, max(error_type::VARCHAR) AS kind, max(ends) + 1 AS lines, "
        "bool_or(ends > 0 AND length(csv_line) >= 10000) AS endless FROM (SELECT *, coalesce("
        "length(regexp_replace(replace(trim(csv_line, E'\\r\\n'), E'\\r\\n', E'\\n'), "
        "E'[^\\r\\n]', '', 'g')), 0)"
        f" AS ends FROM {_name(errors)}) GROUP BY line)"
    ).fetchone()
    con.con.execute(f"DROP TABLE {_name(errors)}; DROP TABLE {_name(scans)}")
    return Rejected(*rejected)


def load_rows(
    con: Backend, lines: Iterable[Sequence[str | None]], *, name: str, width: int
) -> None:
    """Load rows of text as columns `c0`, `c1` …; short rows end in nulls."""
    names = [f"c{position}" for position in range(width)]

    def batches() -> Iterator[pa.RecordBatch]:
        iterator = iter(lines)
        while batch := list(islice(iterator, 20_000)):
            filled = [[*line, *([None] * (width - len(line)))] for line in batch]
            cells = [pa.array(column, pa.string()) for column in zip(*filled, strict=True)]
            yield pa.record_batch(cells, names)

    schema = pa.schema([(column, pa.string()) for column in names])
    load_batches(con, pa.RecordBatchReader.from_batches(schema, batches()), name=name)


def load_batches(con: Backend, batches: pa.RecordBatchReader, *, name: str) -> ibis.Table:
    """Load Arrow batches, types kept, one in memory at a time."""
    con.con.register("incoming", batches)
    try:
        con.con.execute(f"CREATE OR REPLACE TABLE {_place(name)} AS SELECT * FROM incoming")
    finally:
        con.con.unregister("incoming")
    return scratch_table(con, name)


def load_json(con: Backend, path: Path, *, name: str, array: bool, gzip: bool = False) -> list[str]:
    """Load JSON records, one a line or one array, as columns of text; return their keys.

    Nested values stay JSON. Keys come in the order of the first record, new ones after.
    """
    form = "array" if array else "newline_delimited"
    records = f"{name}_records"
    with _reading():
        con.con.execute(
            f"CREATE OR REPLACE TABLE {_place(records)} AS "
            f"SELECT json FROM read_json_objects({_file(path)}, format='{form}', "
            f"compression='{'gzip' if gzip else 'uncompressed'}')"
        )
        found = con.con.execute(
            "SELECT key FROM (SELECT rowid AS line, unnest(json_keys(json)) AS key, "
            f"generate_subscripts(json_keys(json), 1) AS place FROM {_place(records)}) "
            "GROUP BY key ORDER BY min(line), arg_min(place, line)"
        )
        keys = [key for (key,) in found.fetchall()]
    paths = ", ".join(_text("/" + key.replace("~", "~0").replace("/", "~1")) for key in keys)
    cells = ", ".join(f"cell[{place + 1}] AS c{place}" for place in range(len(keys)))
    if keys:
        con.con.execute(
            f"CREATE OR REPLACE TABLE {_place(name)} AS SELECT {cells} FROM "
            f"(SELECT json_extract_string(json, [{paths}]) AS cell FROM {_place(records)})"
        )
    con.con.execute(f"DROP TABLE {_place(records)}")
    return keys


def scan_parquet(con: Backend, paths: Sequence[Path], *, name: str) -> ibis.Table:
    """Parquet files as one lazy table with `_file` (path) and `_row` (from 1)."""
    files = ", ".join(_file(path) for path in paths)
    with _reading():
        con.con.execute(
            f"CREATE OR REPLACE VIEW {_place(name)} AS "
            "SELECT * EXCLUDE (file_row_number), file_row_number + 1 AS _row FROM read_parquet("
            f"[{files}], union_by_name=true, filename='_file', file_row_number=true)"
        )
    return scratch_table(con, name)


@contextmanager
def _reading() -> Iterator[None]:
    # A full disk or memory is no fault of the file.
    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.InterruptException):
        raise
    except duckdb.Error as error:
        raise UnreadableError(str(error).splitlines()[0]) from None


def _file(path: Path) -> str:
    return _text(glob.escape(str(path)))


def _text(value: str | Path) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _place(name: str) -> str:
    return f"{SCRATCH}.main.{_name(name)}"

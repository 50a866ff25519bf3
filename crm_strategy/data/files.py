"""Doors in: a client's files, or a table of an engine, as raw rows."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import ibis

from crm_strategy.data import remote
from crm_strategy.data.delimited import load_delimited
from crm_strategy.data.engine import UnreadableError, attach_scratch, count, scan_parquet
from crm_strategy.data.html_tables import load_html
from crm_strategy.data.locate import expected_kinds, find_files, readable_kind
from crm_strategy.data.raw_rows import data_rows, refuse_other_header, together
from crm_strategy.data.records import load_records
from crm_strategy.data.source import Loaded, Note, Source, SourceFile
from crm_strategy.data.spreadsheets import load_spreadsheet
from crm_strategy.errors import DataError
from crm_strategy.plan.data_params import OriginParams

__all__ = ["Note", "Source", "SourceFile", "find_files", "read_source"]


def read_source(
    con: ibis.BaseBackend,
    given: OriginParams,
    *,
    base: Path,
    name: str,
    scratch: Path,
    engine: ibis.BaseBackend | None = None,
    engine_address: str = "duckdb",
) -> Source:
    """Read what the parameters name for one canonical table.

    Delimited text, workbooks, pages and JSON come in as text, exactly as written; Parquet
    files and engine tables keep their types. What a file is, its content says.

    Parameters
    ----------
    con
        The engine that prepares; raw rows go to its scratch database.
    given
        The file or table, its sheet and format.
    base
        The folder that paths are relative to: the parameters file's.
    name
        The canonical table, or the place of a lookup: `orders.lookups[0]`; empty where no
        parameters name it yet.
    scratch
        Folder for the scratch database and copies; gone after preparing.
    engine
        The other engine, when the parameters name one; `engine_address` is what they call it.

    Raises
    ------
    DataError
        The file is missing, empty, damaged or no table.
    """
    if given.table is not None:
        attach_scratch(con, scratch)
        return _engine_table(con, given, name=name, other=engine, address=engine_address)
    paths = find_files(given.file or "", base=base, name=name)
    label = paths[0].name if len(paths) == 1 else f"{given.file} ({len(paths)} files)"
    kinds = [readable_kind(path) for path in paths]
    raw = "raw_" + re.sub(r"\W", "_", name)
    attach_scratch(con, scratch)
    if "parquet" in kinds:
        files, table = _parquet(con, paths, kinds, name=raw)
    else:
        files = [
            _load(con, path, kind, given, name=f"{raw}_{number}", scratch=scratch)
            for number, (path, kind) in enumerate(zip(paths, kinds, strict=True))
        ]
        table = together(con, files, name=raw)
    if not any(file.file.row_count for file in files):
        spared = f", or remove data.{name} from the parameters" if name else ""
        raise DataError(f"{label}: only a header, no rows.\nExport it again with its data{spared}.")
    found = tuple(replace(file.file, sha256=_sha256(file.file.path)) for file in files)
    return Source(name, table, files[0].headers, found, label, given.format)


def _load(
    con: ibis.BaseBackend,
    path: Path,
    kind: str,
    given: OriginParams,
    *,
    name: str,
    scratch: Path,
) -> Loaded:
    label, said = path.name, given.format
    if kind == "xlsx":
        loaded = load_spreadsheet(con, path, label=label, name=name, sheet=given.sheet)
    elif kind == "html":
        loaded = load_html(con, path, label=label, name=name, said=said)
    elif kind == "json":
        loaded = load_records(con, path, label=label, name=name, said=said, scratch=scratch)
    else:
        loaded = load_delimited(con, path, label=label, name=name, said=said, scratch=scratch)
    return data_rows(replace(loaded, file=_named_otherwise(loaded.file)))


def _named_otherwise(file: SourceFile) -> SourceFile:
    if file.kind in expected_kinds(file.path):
        return file
    return replace(file, notes=(Note("wrong_extension", {"kind": file.kind}), *file.notes))


def _parquet(
    con: ibis.BaseBackend, paths: Sequence[Path], kinds: Sequence[str], *, name: str
) -> tuple[list[Loaded], ibis.Table]:
    for path, kind in zip(paths, kinds, strict=True):
        if kind != "parquet":
            raise DataError(
                f"{paths[kinds.index('parquet')].name} is a Parquet file, {path.name} is not.\n"
                "Files taken together must be of one kind: name them apart."
            )
    files = []
    for number, path in enumerate(paths):
        try:
            scan = scan_parquet(con, [path], name=f"{name}_{number}")
            row_count = count(scan)
        except UnreadableError:
            raise DataError(
                f"{path.name}: the Parquet file is damaged or cut off.\nCopy or download it again."
            ) from None
        headers = tuple(column for column in scan.columns if column not in ("_file", "_row"))
        file = SourceFile(path, "parquet", row_count=row_count)
        files.append(Loaded(scan, headers, _named_otherwise(file)))
    for other in files[1:]:
        refuse_other_header(files[0], other)
    table = scan_parquet(con, paths, name=name)
    return files, table.mutate(_file=table["_file"].re_replace(r"^.*[/\\]", ""))


def _engine_table(
    con: ibis.BaseBackend,
    given: OriginParams,
    *,
    name: str,
    other: ibis.BaseBackend | None,
    address: str,
) -> Source:
    table = given.table or ""
    if other is None:
        raise DataError(
            f"data.{name}: table {table}: data.engine is '{address}', which holds no tables "
            "of its own.\nName the engine that does:\n    engine: duckdb:///path/to/shop.duckdb"
        )
    copied = remote.copy_table(con, other, table, name=f"raw_{name}")
    row_count = count(copied)
    if not row_count:
        raise DataError(
            f"table {table}: no rows.\nFill it, or remove data.{name} from the parameters."
        )
    file = SourceFile(Path(table), "table", row_count=row_count)
    numbered = copied.mutate(_file=ibis.literal(table), _row=copied.rowid() + 1)
    return Source(name, numbered, tuple(copied.columns), (file,), f"table {table}", given.format)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""What a prepared file depends on, as one hash: inputs, mapping, rules and version."""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ibis

from crm_strategy.data import engine
from crm_strategy.data.files import find_files
from crm_strategy.data.remote import connect_engine
from crm_strategy.data.schema import SCHEMA_VERSION
from crm_strategy.errors import DataError
from crm_strategy.plan.params import Params

PREPARED_VERSION = 6
"""Counts up when the same inputs are prepared differently."""

Stat = tuple[int, int, str]
"""Size, time of change and sha256 of a file."""


def fingerprint(params: Params, known: Mapping[str, Stat]) -> tuple[str, dict[str, Stat]]:
    """Sixteen hex digits that change with anything the prepared file depends on.

    Files are hashed only when their size or time of change differs from what is `known`. Of
    engine tables, the file of an embedded engine counts; of a server, the number of rows and
    the lowest and highest value of each column.

    Returns
    -------
    tuple
        The fingerprint, and what is known of the files now.

    Raises
    ------
    DataError
        A file is missing, or the engine can't be reached.
    """
    base = params.path.absolute().parent
    stats: dict[str, Stat] = {}
    inputs: dict[str, Any] = {}
    origins = params.data.origins()
    for name, origin in origins.items():
        if origin.file is not None:
            paths = find_files(origin.file, base=base, name=name)
            stats |= {str(path): _stat(path, known) for path in paths}
            inputs[name] = [(path.name, stats[str(path)][2]) for path in paths]
    address = _resolved(params.data.engine)
    tables = {name: origin.table for name, origin in origins.items() if origin.table is not None}
    if tables:
        inputs["engine"] = hashlib.sha256(address.encode()).hexdigest()
        inputs["tables"] = _engine_state(params.data.engine, address, tables)
    state = {
        "inputs": inputs,
        "data": params.data.model_dump(mode="json", exclude={"demo"}),
        "channels": {
            channel: terms.label.model_dump() if terms.label else None
            for channel, terms in params.channels.items()
        },
        # What checks hold the data against.
        "touchpoints": [touchpoint.id for touchpoint in params.touchpoints],
        "priced_channels": params.priced_channels,
        "scenarios": [[step.channel for step in each.steps] for each in params.scenarios],
        "currency": params.currency,
        "timezone": params.timezone,
        "special_categories": params.privacy.special_categories,
        "versions": [version("crm-strategy"), SCHEMA_VERSION, PREPARED_VERSION],
    }
    text = json.dumps(state, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16], stats


def _stat(path: Path, known: Mapping[str, Stat]) -> Stat:
    try:
        found = path.stat()
        before = known.get(str(path))
        if before and (before[0], before[1]) == (found.st_size, found.st_mtime_ns):
            return before
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(
            f"{path.name}: can't be read: {error.strerror}.\nMake the file readable: {path}"
        ) from None
    return found.st_size, found.st_mtime_ns, digest


def _resolved(address: str) -> str:
    return re.sub(r"\$\{(\w+)\}", lambda found: os.environ.get(found[1], ""), address)


def _engine_state(said: str, address: str, tables: Mapping[str, str]) -> Any:
    embedded = Path(re.sub(r"^\w+://", "", address).partition("?")[0])
    if embedded.is_file():
        changed = embedded.stat()
        return [changed.st_size, changed.st_mtime_ns]
    remote = connect_engine(said)
    try:
        return {name: _table_state(remote, table) for name, table in tables.items()}
    finally:
        remote.disconnect()


def _table_state(remote: ibis.BaseBackend, address: str) -> dict[str, str]:
    *place, name = address.split(".")
    try:
        table = remote.table(name, database=tuple(place) or None)
    except Exception:  # each backend raises its own kind; reading the table says what is wrong
        return {}
    sums = {"rows": table.count()}
    for number, column in enumerate(table.columns):
        kind = table[column].type()
        if kind.is_numeric() or kind.is_temporal() or kind.is_string():
            sums[f"low_{number}"] = table[column].min()
            sums[f"high_{number}"] = table[column].max()
    found = engine.rows(table.aggregate(**sums))[0]
    return {name: str(value) for name, value in found.items()}

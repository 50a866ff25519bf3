"""Everything a client's parameters name, read: each table's rows with what lookups add to them."""

from collections.abc import Callable
from pathlib import Path

import ibis

from crm_strategy.data.files import read_source
from crm_strategy.data.lookups import Lookup, with_lookup
from crm_strategy.data.remote import connect_engine
from crm_strategy.data.source import Source
from crm_strategy.plan.data_params import OriginParams
from crm_strategy.plan.params import Params

Step = Callable[[str], None]


def read_inputs(
    con: ibis.BaseBackend, params: Params, *, scratch: Path, on_step: Step
) -> dict[str, Source]:
    """Raw rows by canonical table.

    Raises
    ------
    DataError
        A file cannot be read, or a lookup's key is none.
    """
    base = params.path.absolute().parent
    remote = None
    named = params.data.origins().values()
    if any(origin.table for origin in named) and params.data.engine != "duckdb":
        remote = connect_engine(params.data.engine)

    def read(origin: OriginParams, name: str) -> Source:
        on_step(f"Reading {origin.file or origin.table}")
        return read_source(
            con,
            origin,
            base=base,
            name=name,
            scratch=scratch,
            engine=remote,
            engine_address=params.data.engine,
        )

    sources: dict[str, Source] = {}
    try:
        for name, table in params.data.tables().items():
            source = read(table, name)
            for number, given in enumerate(table.lookups):
                line = params.line_of(("data", name, "lookups", number))
                lookup = Lookup(
                    given,
                    read(given, f"{name}.lookups[{number}]"),
                    f"{params.path} (line {line}), data.{name}.lookups[{number}]",
                )
                source = with_lookup(con, source, lookup)
            sources[name] = source
    finally:
        if remote is not None:
            remote.disconnect()
    return sources

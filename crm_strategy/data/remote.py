"""Tables that live in another engine: any Ibis backend, copied batch by batch."""

import os
import re
from collections.abc import Iterable

import ibis

from crm_strategy.data import engine
from crm_strategy.errors import DataError
from crm_strategy.plan.problems import instead_of


def connect_engine(address: str) -> ibis.BaseBackend:
    """Connect to the Ibis backend at `address`; `${NAME}` is read from the environment.

    Raises
    ------
    DataError
        A `${NAME}` is not set, or the backend cannot be reached.
    """
    secrets = {name: os.environ.get(name) for name in re.findall(r"\$\{(\w+)\}", address)}
    unset = [name for name, value in secrets.items() if value is None]
    if unset:
        raise DataError(
            f"data.engine: {address}: not set in the environment: {', '.join(unset)}.\n"
            f"Set it before the run:\n    export {unset[0]}=…"
        )
    full = re.sub(r"\$\{(\w+)\}", lambda found: secrets[found[1]] or "", address)
    try:
        return ibis.connect(full)
    except Exception as error:  # each backend raises its own kind
        reason = _reason(error)
        for name, value in secrets.items():
            reason = reason.replace(value, f"${{{name}}}") if value else reason
        raise DataError(
            f"data.engine: {address}: cannot connect: {reason}\n"
            "Check the address, and that the backend's driver is installed "
            "(pip install 'ibis-framework[…]')."
        ) from None


def copy_table(
    con: ibis.BaseBackend, remote: ibis.BaseBackend, address: str, *, name: str
) -> ibis.Table:
    """Copy the table at `address` (`orders`, `crm.orders`) into the scratch database.

    Raises
    ------
    DataError
        The engine holds no such table, or stops while it is read.
    """
    *place, table = address.split(".")
    database = tuple(place) or None
    try:
        found = remote.table(table, database=database)
    except Exception as error:  # each backend raises its own kind
        raise DataError(_missing(address, table, _known(remote, database), error)) from None
    try:
        return engine.load_batches(con, found.to_pyarrow_batches(chunk_size=100_000), name=name)
    except Exception as error:  # the other engine's, by way of ours
        raise DataError(
            f"table {address}: the engine stopped while it was read: {_reason(error)}\n"
            "Check that the table can be read there, and run it again."
        ) from error


def _known(remote: ibis.BaseBackend, database: tuple[str, ...] | None) -> list[str]:
    try:
        return sorted(remote.list_tables(database=database))
    except Exception:  # an unknown schema: nothing to suggest
        return []


def _missing(address: str, table: str, known: Iterable[str], error: Exception) -> str:
    reason = (str(error) or type(error).__name__).splitlines()[0]
    return f"table {address}: the engine cannot read it: {reason}\n" + instead_of(
        table, known, what="Tables there"
    )


def _reason(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]

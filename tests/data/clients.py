"""Clients written where a test runs: a params file, its data, and what was prepared of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from crm_strategy.data import engine
from crm_strategy.data.prepare import prepare
from crm_strategy.plan.params import read_params

TODAY = date(2026, 10, 15)


@dataclass(frozen=True)
class Prepared:
    """A prepared file, read into plain rows."""

    path: Path

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of a prepared table; orders by time, though customers' stand together."""
        con = engine.connect(self.path, read_only=True)
        try:
            table = con.table(name)
            return engine.rows(
                table.order_by("ordered_at", "order_id", "amount") if name == "orders" else table
            )
        finally:
            engine.disconnect(con)

    def column(self, name: str, column: str) -> list[Any]:
        return [row[column] for row in self.rows(name)]

    def findings(self) -> dict[tuple[str, str], int]:
        """Rows concerned by table and check."""
        return {
            (row["table"], row["check"]): row["row_count"] for row in self.rows("data_findings")
        }

    def finding(self, table: str, check: str) -> dict[str, Any]:
        """The one finding of a check."""
        (found,) = [
            row
            for row in self.rows("data_findings")
            if (row["table"], row["check"]) == (table, check)
        ]
        return found

    def exclusions(self) -> dict[tuple[str, str], int]:
        """Rows left out by table and reason."""
        return {
            (row["table"], row["reason"]): row["row_count"] for row in self.rows("data_exclusions")
        }

    def counts(self, table: str) -> tuple[int, int, int]:
        """Rows read, kept and left out of a table."""
        (row,) = [row for row in self.rows("data_tables") if row["table"] == table]
        return row["rows_read"], row["rows_kept"], row["rows_excluded"]


def client(
    folder: Path,
    data: str,
    files: Mapping[str, str | bytes],
    *,
    head: str = "",
    currency: str = "EUR",
) -> Path:
    """Write `params/acme.yml` with the given `data` part, and the files into `data/`."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "params").mkdir(exist_ok=True)
    for name, content in files.items():
        bytes_of = content if isinstance(content, bytes) else content.encode("utf-8")
        (folder / "data" / name).write_bytes(bytes_of)
    path = folder / "params" / "acme.yml"
    path.write_text(
        f"client: Acme\ncurrency: {currency}\ntimezone: Europe/Berlin\n{head}data:\n{data}",
        encoding="utf-8",
    )
    return path


def prepared(params: Path, *, today: date = TODAY) -> Prepared:
    """Prepare a client's data and give what came of it."""
    return Prepared(prepare(read_params(params), today=today))


def prepared_orders(folder: Path, orders: str, *, more: str = "", head: str = "") -> Prepared:
    """A client with one file of orders, its columns named as ours; `more` joins the data part."""
    data = f"  orders: {{file: ../data/orders.csv}}\n{more}"
    return prepared(client(folder, data, {"orders.csv": orders}, head=head))

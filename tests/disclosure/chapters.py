"""The tables of a report's chapters: the cells of its notebooks, run in this process."""

import ast
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from crm_strategy.views.finding import Finding
from crm_strategy.views.payload import TablePayload, is_hidden

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
CHAPTERS = ("03_segments", "05_growth", "06_kpi_review")
Row = dict[str, Any]


@dataclass(frozen=True)
class Chapter:
    """The names that the cells of a notebook made, and what its tables and findings tell.

    `tables`, `totals` and `sources` (how many customers, orders or answers a table names as its
    source) are by the tables' ids, `findings` are the figures of each finding by its id.
    """

    names: dict[str, Any]
    tables: dict[str, list[Row]]
    totals: dict[str, Row]
    sources: dict[str, int]
    findings: dict[str, Row]


def read_chapters(params: Path) -> dict[str, Chapter]:
    """Each chapter of a client's report."""
    return {name: _read(name, params) for name in CHAPTERS}


def _read(name: str, params: Path) -> Chapter:
    names: dict[str, Any] = {"params": str(params), "period": "latest", "language": "en"}
    tables: dict[str, list[Row]] = {}
    totals: dict[str, Row] = {}
    sources: dict[str, int] = {}
    findings: dict[str, Row] = {}
    for code, shown in _cells(name):
        exec(code, names)
        view = None if shown is None else eval(shown, names)
        if isinstance(view, Finding):
            findings[view.id] = view.payload()["figures"]
        elif view is not None:
            payload = view.payload()
            rows = _rows_of(payload)
            tables[payload["id"]] = rows[: len(rows) - bool(payload["total"])]
            if payload["total"]:
                totals[payload["id"]] = rows[-1]
            if payload["n"] is not None:
                sources[payload["id"]] = payload["n"]
    return Chapter(names, tables, totals, sources, findings)


@cache
def _cells(name: str) -> list[tuple[Any, Any]]:
    """The code of each cell, and what it shows where that is a table or a finding."""
    found = []
    notebook = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text("utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code" or "parameters" in cell["metadata"].get("tags", []):
            continue
        body = ast.parse("".join(cell["source"])).body
        last, shown = body[-1], None
        if isinstance(last, ast.Expr):
            body = body[:-1]
            if ast.unparse(last).startswith(("tables.", "findings.")):
                shown = compile(ast.Expression(last.value), name, "eval")
        found.append((compile(ast.Module(body, []), name, "exec"), shown))
    return found


def _rows_of(payload: TablePayload) -> list[Row]:
    """The rows, with ids in place of their words."""
    columns = [column["name"] for column in payload["columns"]]
    rows = [dict(zip(columns, row, strict=True)) for row in payload["rows"]]
    for column, ids in payload["keys"].items():
        for row, key in zip(rows, ids, strict=False):
            row[column] = key
    return rows


def told(cell: Any) -> bool:
    """Whether a cell tells a number."""
    return cell is not None and not is_hidden(cell)

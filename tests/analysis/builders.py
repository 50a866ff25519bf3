"""Small tables written as rows, on DuckDB in memory."""

from datetime import date, datetime
from itertools import count
from typing import Any

import ibis
import pyarrow as pa
from hypothesis import settings

from tests.conftest import EXAMPLES

FEW = settings(max_examples=max(3, EXAMPLES // 20))
"""Each example asks the database several times: three of them, five where there is time."""

ORDERS = {
    "order_id": "string",
    "customer_id": "string",
    "ordered_at": "timestamp(6)",
    "amount": "float64",
    "is_refund": "boolean",
    "cost_amount": "float64",
}
TOUCHES = {
    "touch_id": "string",
    "customer_id": "string",
    "touched_at": "timestamp(6)",
    "channel": "string",
    "touchpoint": "string",
    "action": "string",
    "cost": "float64",
}
COSTS = {
    "period_start": "date",
    "period_end": "date",
    "channel": "string",
    "amount": "float64",
    "cost_item": "string",
    "cost_kind": "string",
}
SURVEYS = {
    "customer_id": "string",
    "answered_at": "timestamp(6)",
    "kind": "string",
    "score": "float64",
    "scale_max": "float64",
}
ORDER_LINES = {
    "order_id": "string",
    "customer_id": "string",
    "ordered_at": "timestamp(6)",
    "product_id": "string",
    "product": "string",
    "category": "string",
    "amount": "float64",
    "is_refund": "boolean",
}


def at(text: str | date) -> datetime:
    """A moment from 2026-07-01 or 2026-07-01 10:30; a day alone is noon."""
    if isinstance(text, date):
        return datetime(text.year, text.month, text.day, 12)
    return datetime.fromisoformat(text if " " in text else f"{text} 12:00")


def orders(*rows: tuple[Any, ...]) -> ibis.Table:
    """Orders as (customer, day, amount) or (customer, day, amount, cost); below 0: a refund."""
    number = count(1)
    return table(
        ORDERS,
        [
            {
                "order_id": f"o{next(number)}",
                "customer_id": row[0],
                "ordered_at": at(row[1]),
                "amount": float(row[2]),
                "is_refund": row[2] < 0,
                "cost_amount": float(row[3]) if len(row) > 3 else None,
            }
            for row in rows
        ],
    )


def touches(*rows: tuple[Any, ...]) -> ibis.Table:
    """Touches as (customer, day, channel), or with touchpoint, action and cost behind."""
    names = ("customer_id", "touched_at", "channel", "touchpoint", "action", "cost")
    return table(
        TOUCHES, [dict(zip(names, (row[0], at(row[1]), *row[2:]), strict=False)) for row in rows]
    )


def costs(*rows: tuple[Any, ...]) -> ibis.Table:
    """Costs as (channel, first day, last day, amount), or with item and kind behind."""
    names = ("channel", "period_start", "period_end", "amount", "cost_item", "cost_kind")
    return table(COSTS, [dict(zip(names, row, strict=False)) for row in rows])


def surveys(*rows: tuple[Any, ...]) -> ibis.Table:
    """Answers as (kind, day, score), or with the scale's best behind."""
    return table(
        SURVEYS,
        [
            {
                "customer_id": "c",
                "kind": row[0],
                "answered_at": at(row[1]),
                "score": row[2],
                "scale_max": row[3] if len(row) > 3 else None,
            }
            for row in rows
        ],
    )


def order_lines(*rows: tuple[Any, ...]) -> ibis.Table:
    """Lines as (order, customer, day, product, amount), or with category behind."""
    return table(
        ORDER_LINES,
        [
            {
                "order_id": row[0],
                "customer_id": row[1],
                "ordered_at": at(row[2]),
                "product_id": row[3],
                "product": f"The {row[3]}",
                "category": row[5] if len(row) > 5 else None,
                "amount": float(row[4]),
                "is_refund": row[4] < 0,
            }
            for row in rows
        ],
    )


def table(columns: dict[str, str], rows: list[dict[str, Any]]) -> ibis.Table:
    """A table of the given columns; what a row leaves out is missing."""
    schema = ibis.schema(columns)
    filled = [{name: row.get(name) for name in columns} for row in rows]
    return ibis.memtable(pa.Table.from_pylist(filled, schema=schema.to_pyarrow()), schema=schema)


def records(result: Any, *names: str) -> list[tuple[Any, ...]]:
    """The rows of a result as tuples, None where missing; of some columns if named."""
    frame = result if hasattr(result, "iloc") else result.to_pandas()
    chosen = frame[list(names)] if names else frame
    plain = chosen.astype(object).where(chosen.notna(), None)
    return [tuple(row) for row in plain.itertuples(index=False)]

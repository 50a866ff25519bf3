"""The canonical tables: what every client's data look like once they are read."""

from collections.abc import Mapping

import ibis
import pyarrow as pa

from crm_strategy.data.column import Column, ColumnType, TableSchema

__all__ = ["SCHEMA_VERSION", "TABLES", "Column", "ColumnType", "TableSchema", "canonical", "empty"]

SCHEMA_VERSION = 1
"""Counts up when a canonical table changes, so that prepared files are built anew."""

STAGE_GROUPS = ("open", "won", "lost")
"""How far a deal or lead has come, whatever the system calls its stages."""


def _id(name: str, *, required: bool = False) -> Column:
    return Column(name, "id", required=required)


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "text") for name in names)


_CUSTOMERS = TableSchema(
    "customers",
    (
        _id("customer_id", required=True),
        Column("kind", "text", allowed=("person", "company")),
        Column("created_at", "timestamp"),
        Column("birth_date", "date"),
        *_texts("gender", "income", "education", "occupation", "industry"),
        *_texts("country", "region", "city", "area_type", "source_channel"),
    ),
    key=("customer_id",),
    open=True,
)

_ORDERS = TableSchema(
    "orders",
    (
        # Without order_id each row is an order, or with same_day: merge each customer's day.
        _id("order_id"),
        _id("customer_id"),
        Column("ordered_at", "timestamp", required=True),
        Column("amount", "money", required=True),
        Column("currency", "text"),
        Column("stage_group", "text", allowed=STAGE_GROUPS),
        *_texts("status", "channel", "payment_method", "delivery_method"),
        Column("cost_amount", "money"),
        Column("discount", "money"),
        Column("coupon", "text"),
        Column("is_refund", "boolean", derived=True),
    ),
    key=("order_id",),
)

_ORDER_LINES = TableSchema(
    "order_lines",
    (
        _id("order_id", required=True),
        _id("line_id"),
        _id("product_id"),
        *_texts("product", "category"),
        Column("quantity", "number"),
        Column("price", "money"),
        Column("amount", "money"),
        Column("cost", "money"),
        # Whose and when: from the same flat file, else from the order.
        _id("customer_id"),
        Column("ordered_at", "timestamp"),
        Column("is_refund", "boolean", derived=True),
    ),
    key=("order_id", "line_id"),
)

_TOUCHES = TableSchema(
    "touches",
    (
        _id("touch_id"),
        _id("customer_id", required=True),
        Column("touched_at", "timestamp", required=True),
        Column("channel", "text", required=True),
        *_texts("campaign", "touchpoint", "action"),
        _id("order_id"),
        Column("cost", "money"),
    ),
    key=("touch_id",),
)

_PATHS = TableSchema(
    "paths",
    (
        Column("path", "text", required=True),
        Column("conversions", "number", required=True),
        Column("value", "money"),
        Column("nulls", "number"),
    ),
)

_LEADS = TableSchema(
    "leads",
    (
        _id("lead_id", required=True),
        _id("customer_id"),
        Column("created_at", "timestamp", required=True),
        Column("source_channel", "text"),
        Column("status_group", "text", allowed=STAGE_GROUPS),
        Column("converted_at", "timestamp"),
        Column("amount", "money"),
        Column("lost_reason", "text"),
    ),
    key=("lead_id",),
)

_COSTS = TableSchema(
    "costs",
    (
        Column("period_start", "date", required=True),
        Column("period_end", "date"),
        Column("channel", "text", required=True),
        Column("campaign", "text"),
        Column("amount", "money", required=True),
        Column("cost_item", "text", allowed=("media", "goods", "people", "tools")),
        Column("cost_kind", "text", allowed=("actual", "planned")),
    ),
)

_SURVEYS = TableSchema(
    "surveys",
    (
        _id("customer_id", required=True),
        Column("answered_at", "timestamp", required=True),
        Column("kind", "text", required=True, allowed=("csat", "nps")),
        Column("score", "number", required=True),
        Column("scale_max", "number"),
        *_texts("touchpoint", "comment"),
    ),
)

_CONSENTS = TableSchema(
    "consents",
    (
        _id("customer_id", required=True),
        Column("channel", "text", required=True),
        Column("purpose", "text"),
        Column("granted_at", "timestamp"),
        Column("withdrawn_at", "timestamp"),
        Column("source", "text"),
    ),
    key=("customer_id", "channel", "purpose"),
)

_EXPERIMENTS = TableSchema(
    "experiments",
    (
        Column("experiment", "text", required=True),
        Column("variant", "text", required=True),
        _id("customer_id"),
        Column("assigned_at", "timestamp"),
        Column("size", "integer"),
        Column("conversions", "integer"),
        Column("revenue", "money"),
    ),
)

TABLES: Mapping[str, TableSchema] = {
    schema.name: schema
    for schema in (
        _CUSTOMERS,
        _ORDERS,
        _ORDER_LINES,
        _TOUCHES,
        _PATHS,
        _LEADS,
        _COSTS,
        _SURVEYS,
        _CONSENTS,
        _EXPERIMENTS,
    )
}
"""Every canonical table, by name."""


def canonical(table: str) -> ibis.Schema:
    """Names and types of a prepared canonical table, derived columns included."""
    return ibis.schema({column.name: column.dtype for column in TABLES[table].columns})


def empty(table: str) -> ibis.Table:
    """A canonical table nobody supplied: all its columns, no rows."""
    schema = canonical(table)
    return ibis.memtable(pa.Table.from_pylist([], schema=schema.to_pyarrow()), schema=schema)

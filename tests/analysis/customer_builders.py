"""Small tables of customers, written as rows."""

from datetime import date
from typing import Any

import ibis

from crm_strategy.analysis.attributes import PREFERRED, STATED, CustomerAttributes
from crm_strategy.analysis.members import UNKNOWN
from tests.analysis.builders import at, table

PROFILES = {
    "customer_id": "string",
    "order_count": "int64",
    "revenue": "float64",
    "recency_days": "int64",
    "first_order": "timestamp(6)",
    "last_order": "timestamp(6)",
    "tenure_days": "int64",
    "average_order_value": "float64",
    "birth_date": "date",
    "gender": "string",
    "country": "string",
    "points": "string",
    "score": "float64",
    "kids": "int64",
    "card": "boolean",
    "created_at": "timestamp(6)",
}
LEADS = {
    "lead_id": "string",
    "customer_id": "string",
    "created_at": "timestamp(6)",
    "source_channel": "string",
    "status_group": "string",
    "converted_at": "timestamp(6)",
}
ANSWERS = {
    "customer_id": "string",
    "answered_at": "timestamp(6)",
    "kind": "string",
    "score": "float64",
    "scale_max": "float64",
}


def profiles(*rows: tuple[Any, ...], **attributes: list[Any]) -> ibis.Table:
    """Profiles as (customer, orders, revenue); attributes as columns of values."""
    made = [
        {
            "customer_id": customer,
            "order_count": count,
            "revenue": float(revenue),
            **{name: values[place] for name, values in attributes.items()},
        }
        for place, (customer, count, revenue) in enumerate(rows)
    ]
    measured = list(PROFILES)[:8]
    return table({name: PROFILES[name] for name in (*measured, *attributes)}, made)


def members(**segments: str) -> ibis.Table:
    """Members as customer=segment."""
    rows = [{"customer_id": each, "segment": segment} for each, segment in segments.items()]
    return table({"customer_id": "string", "segment": "string"}, rows)


def attributes(**columns: dict[str, str]) -> CustomerAttributes:
    """Attributes as name={customer: value}; a name that ends in _ is a preference's."""
    named = {
        PREFERRED + name.removesuffix("_") if name.endswith("_") else STATED + name: values
        for name, values in columns.items()
    }
    everyone = sorted({customer for values in named.values() for customer in values})
    rows = [
        {"customer_id": each} | {name: values.get(each, UNKNOWN) for name, values in named.items()}
        for each in everyone
    ]
    return CustomerAttributes(table(dict.fromkeys(["customer_id", *named], "string"), rows))


def leads(*rows: tuple[Any, ...]) -> ibis.Table:
    """Leads as (lead, customer, created, source, group), or with the day won behind."""
    return table(
        LEADS,
        [
            {
                "lead_id": row[0],
                "customer_id": row[1],
                "created_at": at(row[2]),
                "source_channel": row[3],
                "status_group": row[4],
                "converted_at": at(row[5]) if len(row) > 5 and row[5] else None,
            }
            for row in rows
        ],
    )


def answers(*rows: tuple[Any, ...]) -> ibis.Table:
    """Answers as (customer, day, kind, score), or with the scale's best behind."""
    names = ("customer_id", "answered_at", "kind", "score", "scale_max")
    return table(
        ANSWERS,
        [dict(zip(names, (row[0], at(row[1]), *row[2:]), strict=False)) for row in rows],
    )


def born(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

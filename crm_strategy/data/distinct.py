"""Columns of few different values: what they hold, and how to say it our way."""

from collections.abc import Mapping

import ibis
from ibis import _

from crm_strategy.data import engine

MOST_VALUES = 2000
"""More different values than a status, channel or currency ever has."""


def value_counts(table: ibis.Table, column: str, *, most: int = MOST_VALUES) -> dict[str, int]:
    """Rows by value, the commonest first, ties by value; empty cells are not counted.

    At most `most + 1` values come back: one more says that there are too many.
    """
    counts = (
        table.filter(table[column].notnull())
        .group_by(_value=table[column])
        .agg(_rows=_.count())
        .order_by([ibis.desc("_rows"), "_value"])
        .limit(most + 1)
    )
    return {row["_value"]: row["_rows"] for row in engine.rows(counts)}


def translate(table: ibis.Table, column: str, words: Mapping[str, str | None]) -> ibis.Table:
    """`table` with the values of a text column replaced; others stay as they are."""
    changes = {old: new for old, new in words.items() if old != new}
    if not changes:
        return table
    nothing = ibis.null("string")
    cases = [(old, nothing if new is None else ibis.literal(new)) for old, new in changes.items()]
    return table.mutate(**{column: table[column].cases(*cases, else_=table[column])})

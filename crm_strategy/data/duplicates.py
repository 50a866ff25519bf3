"""Rows that stand more than once: equal in every column, or in the columns of a key."""

from collections.abc import Sequence

import ibis
from ibis import _

from crm_strategy.data import engine
from crm_strategy.data.data_finding import DataFinding
from crm_strategy.data.staging import Staged

PLACE = ("_file", "_row")
"""Where a row stands: its file, and its number in it."""


def copies(con: ibis.BaseBackend, staged: Staged) -> ibis.Table:
    """Places of rows equal to an earlier row in every column of the file.

    Hashes find the few candidates; these are then compared value by value.
    """
    twice = staged.table.group_by("_row_hash").agg(n=_.count()).filter(_.n > 1)
    candidates = staged.table.semi_join(twice, "_row_hash").select(*PLACE)
    source = staged.source
    raw = source.table.select(*source.own_headers, *PLACE).semi_join(candidates, PLACE)
    numbered = raw.mutate(
        _copy=ibis.row_number().over(group_by=source.own_headers, order_by=list(PLACE))
    )
    later = numbered.filter(numbered["_copy"] > 0).select(*PLACE)
    return engine.store(con, f"copies_{staged.name}", [later])


def copies_found(places: ibis.Table, staged: Staged, *, kept: str) -> list[DataFinding]:
    """What to say about copies; `kept` is the rule, keep or drop."""
    count = engine.count(places)
    if not count:
        return []
    first = engine.rows(places.order_by(PLACE).limit(1))[0]["_row"]
    return [
        DataFinding(
            table=staged.name,
            check="exact_duplicates" if kept == "drop" else "exact_duplicates_kept",
            severity="warning",
            row_count=count,
            example=str(first),
        )
    ]


def superseded(
    con: ibis.BaseBackend, table: ibis.Table, *, name: str, key: Sequence[str]
) -> ibis.Table:
    """Places of rows whose key stands again further down with other values.

    The last row of a key counts; rows with an empty key column are left alone. Besides the
    place, the key's columns come back.
    """
    filled = table.filter([_[column].notnull() for column in key])
    hashed = filled.mutate(_key=ibis.struct({each: filled[each] for each in key}).hash())
    differ = hashed.group_by("_key").agg(low=_["_row_hash"].min(), high=_["_row_hash"].max())
    candidates = hashed.semi_join(differ.filter(_.low != _.high), "_key")
    from_last = ibis.window(group_by=list(key), order_by=[ibis.desc("_file"), ibis.desc("_row")])
    judged = candidates.mutate(_last=_["_row_hash"].first().over(from_last))
    earlier = judged.filter(_["_row_hash"] != _["_last"]).select(*PLACE, *key)
    return engine.store(con, f"superseded_{name}", [earlier])


def flag(table: ibis.Table, places: ibis.Table, name: str) -> ibis.Table:
    """`table` with a boolean column that says which of its rows stand in `places`."""
    marked = places.select(*PLACE).mutate(**{name: ibis.literal(True)})
    joined = table.left_join(marked, PLACE)
    return joined.select(*table.columns, **{name: joined[name].fill_null(False)})

"""Customers: from a file of their own, else whoever stands in the sales."""

from dataclasses import dataclass
from typing import Any

import ibis
from ibis import _

from crm_strategy.data import engine
from crm_strategy.data.allowed import with_allowed
from crm_strategy.data.data_finding import DataFinding
from crm_strategy.data.marking import REASON, Marked, never_rows
from crm_strategy.data.schema import TABLES, canonical
from crm_strategy.data.staging import CUSTOMER, Staged

MOST_VALUES = 200
"""An attribute of more values, of which most stand once, names people rather than groups."""

_LARGEST_NUMBER = 1_000_000
"""Longer numbers are phones or documents; points and scores are shorter."""


@dataclass(frozen=True)
class Customers:
    """Customers, one row each: canonical columns, then attributes under their own names.

    `identifying` are attributes left out since they tell people apart.
    """

    marked: Marked
    findings: tuple[DataFinding, ...]
    identifying: tuple[str, ...] = ()


def customers_of_file(con: ibis.BaseBackend, staged: Staged) -> Customers:
    """Customers of their own file; of a customer on several rows the last filled value counts."""
    table, findings = with_allowed(staged.table, staged)
    named = table.filter(_.customer_id.notnull())
    columns = _customer_columns(staged)
    order = ibis.struct({"file": named["_file"], "row": named["_row"]})
    latest = _latest(named, columns, order)
    stored = engine.store(con, "latest_customers", [latest])
    findings += _differing(named, columns)
    counts = engine.rows(
        table.aggregate(n=_.count(), named=_.customer_id.count(), ids=_.customer_id.nunique())
    )[0]
    rejected = never_rows(staged.source)
    unseen = {
        **rejected,
        "missing_ids": counts["n"] - counts["named"],
        "duplicate_keys": counts["named"] - counts["ids"],
    }
    read = counts["n"] + sum(rejected.values())
    return _finished(stored, columns, read, unseen, findings)


def customers_of_sales(con: ibis.BaseBackend, staged: Staged, rows: ibis.Table) -> Customers:
    """Customers of kept sales, with the customer columns of the same file, latest value first.

    Parameters
    ----------
    rows
        Marked rows of the file that names customers.
    """
    columns = _customer_columns(staged)
    if "customer_id" not in staged:
        nobody = engine.store(
            con,
            "latest_customers",
            [ibis.memtable({"customer_id": [""]}).filter(ibis.literal(False))],
        )
        return _finished(nobody, {}, 0, {}, [])
    named = rows.filter(_.customer_id.notnull())
    there = engine.rows(named.aggregate(ids=_.customer_id.nunique()))[0]["ids"]
    kept = named.filter(_[REASON].isnull())
    order = ibis.struct({"at": kept["ordered_at"], "file": kept["_file"], "row": kept["_row"]})
    stored = engine.store(con, "latest_customers", [_latest(kept, columns, order)])
    unseen = {"no_orders_left": there - engine.count(stored)}
    return _finished(stored, columns, there, unseen, [])


def _customer_columns(staged: Staged) -> dict[str, str]:
    """Canonical columns and attributes the file supplies: our name and the staged one."""
    own = [each.name for each in TABLES["customers"].columns[1:]]
    columns = {each: each for each in own if staged.name == "customers" and each in staged}
    taken = {each.casefold() for each in (*own, "customer_id")}
    for staged_name in staged.table.columns:
        if not staged_name.startswith(CUSTOMER):
            continue
        name = staged_name.removeprefix(CUSTOMER)
        while name not in own and name.casefold() in taken:
            name += " (2)"
        if name not in columns:
            columns[name] = staged_name
            taken.add(name.casefold())
    return columns


def _latest(rows: ibis.Table, columns: dict[str, str], order: Any) -> ibis.Table:
    return rows.group_by("customer_id").agg(
        **{
            name: rows[column].argmax(order, where=rows[column].notnull())
            for name, column in columns.items()
        }
    )


def _differing(named: ibis.Table, columns: dict[str, str]) -> list[DataFinding]:
    if not columns:
        return []
    hashed = named.mutate(
        _hash=ibis.struct({name: named[column] for name, column in columns.items()}).hash()
    )
    by_customer = hashed.group_by("customer_id").agg(
        low=_["_hash"].min(), high=_["_hash"].max(), rows=_.count()
    )
    found = engine.rows(
        by_customer.filter(_.low != _.high).aggregate(n=(_.rows - 1).sum().fill_null(0))
    )[0]["n"]
    if not found:
        return []
    return [DataFinding("customers", "duplicate_keys", "warning", int(found), None, "customer_id")]


def _finished(
    stored: ibis.Table,
    columns: dict[str, str],
    read: int,
    unseen: dict[str, int],
    findings: list[DataFinding],
) -> Customers:
    types = canonical("customers")
    attributes = [name for name in columns if name not in types]
    identifying = _identifying(stored, attributes)
    known = {
        name: stored[name].cast(types[name]) if name in stored.columns else ibis.null(types[name])
        for name in types
    }
    kept = [stored[name] for name in attributes if name not in identifying]
    table = stored.select(*kept, **known)
    table = table.select(*types, *[each.get_name() for each in kept])
    table = table.mutate(**{REASON: ibis.null("string")})
    return Customers(Marked("customers", table, read, unseen), tuple(findings), tuple(identifying))


def _identifying(stored: ibis.Table, attributes: list[str]) -> list[str]:
    """Attributes of which most values stand once: names, numbers of documents, free text."""
    texts = [name for name in attributes if stored[name].type().is_string()]
    if not texts:
        return []
    counts: dict[str, Any] = {}
    for number, name in enumerate(texts):
        as_number = stored[name].try_cast("float64")
        small = as_number.abs() < _LARGEST_NUMBER
        counts[f"filled_{number}"] = stored[name].count()
        counts[f"values_{number}"] = stored[name].nunique()
        counts[f"small_{number}"] = small.fill_null(False).sum().fill_null(0)
    found = engine.rows(stored.aggregate(**counts))[0]
    return [
        name
        for number, name in enumerate(texts)
        if found[f"values_{number}"] > MOST_VALUES
        and 2 * found[f"values_{number}"] > found[f"filled_{number}"]
        and found[f"small_{number}"] < found[f"filled_{number}"]
    ]

"""Orders and order lines: from a file of each, or both from one flat file."""

from dataclasses import dataclass, replace
from datetime import date

import ibis
from ibis import _

from crm_strategy.data import engine
from crm_strategy.data.data_finding import DataFinding
from crm_strategy.data.marking import REASON, Marked, canonical_columns, mark, never_rows
from crm_strategy.data.order_sums import (
    own_line_amounts,
    repeats_totals,
    sum_orders,
    two_customers,
    with_unsold,
)
from crm_strategy.data.sale_rows import (
    SaleRows,
    amount_reasons,
    drop_copies,
    drop_superseded_lines,
    rule_reasons,
    sale_rows,
    with_amounts,
)
from crm_strategy.data.staging import Staged
from crm_strategy.plan.data_params import DataParams


@dataclass(frozen=True)
class Sales:
    """What a client sold.

    Parameters
    ----------
    orders, lines
        Marked rows with the canonical columns; lines are None when no file names products.
    rows
        Marked rows of the file that names customers and days, with all it holds.
    findings
        What was found on the way.
    """

    orders: Marked
    lines: Marked | None
    rows: SaleRows
    findings: tuple[DataFinding, ...]


def prepare_sales(
    con: ibis.BaseBackend,
    orders: Staged | None,
    lines: Staged | None,
    *,
    data: DataParams,
    today: date,
) -> Sales:
    """Orders and lines from whichever files there are.

    Lines alone are summed to orders, and so is a file of orders that names products; a file
    of orders and one of lines are joined by order.
    """
    main = orders or lines
    given = data.orders or data.order_lines
    assert main is not None
    assert given is not None
    flat = (lines is None and main.mapping.names_products) or orders is None
    rows = sale_rows(con, main, given=given, rules=data.rules, today=today, flat=flat)
    if flat:
        return _flat(con, rows, repeated=orders is not None and repeats_totals(rows))
    sales = _one_row_an_order(con, rows, merge=data.rules.same_day == "merge")
    if lines is None:
        return sales
    own = canonical_columns(rows.table, "orders", more=("own_order_id", REASON))
    marked, found = _lines_of_orders(con, lines, own, data=data)
    return replace(sales, lines=marked, findings=(*sales.findings, *found))


def _one_row_an_order(con: ibis.BaseBackend, rows: SaleRows, *, merge: bool) -> Sales:
    rows.table = engine.view(con, f"marked_{rows.staged.name}", mark(rows.table, rows.reasons))
    table = canonical_columns(rows.table, "orders", more=(REASON,))
    merged = 0
    if merge:
        kept = rows.table.filter(_[REASON].isnull())
        summed = sum_orders(kept, rows.staged, repeated=False)
        summed = summed.mutate(**{REASON: ibis.null("string")})
        merged = engine.count(kept) - engine.count(summed)
        left = table.filter(_[REASON].notnull())
        summed = canonical_columns(summed, "orders", more=(REASON,))
        table = engine.store(con, "merged_orders", [summed, left])
    read, unseen = _read(rows.staged)
    orders = Marked("orders", table, read, {**unseen, "same_day_merged": merged})
    return Sales(orders, None, rows, tuple(rows.findings))


def _flat(con: ibis.BaseBackend, rows: SaleRows, *, repeated: bool) -> Sales:
    findings = [replace(each, table="order_lines") for each in rows.findings]
    if {"stage_group", "status"} & set(rows.staged.mapping.columns):
        rows.table = with_unsold(rows.table)
        rows.reasons.append(("unsold_lines", _["_is_unsold"]))
    rows.table = engine.view(con, f"marked_{rows.staged.name}", mark(rows.table, rows.reasons))
    summed = sum_orders(rows.table.filter(_[REASON].isnull()), rows.staged, repeated=repeated)
    columns = canonical_columns(summed, "orders", more=("_mixed",))
    stored = engine.store(con, "summed_orders", [columns.mutate(**{REASON: ibis.null("string")})])
    findings += two_customers(stored)
    lines = rows.table
    if rows.staged.name == "orders":
        lines = _without_bare(lines, rows.staged)
    if repeated:
        findings.append(DataFinding("order_lines", "repeated_totals", "note", engine.count(lines)))
        lines = own_line_amounts(lines, rows.staged)
    there = engine.rows(rows.table.aggregate(n=_.order_id.nunique()))[0]["n"]
    lost = {"no_lines_left": there - engine.count(stored)}
    return Sales(
        Marked("orders", stored.drop("_mixed"), there, lost),
        Marked(
            "order_lines",
            canonical_columns(lines, "order_lines", more=(REASON,)),
            *_read(rows.staged),
        ),
        rows,
        tuple(findings),
    )


def _without_bare(lines: ibis.Table, staged: Staged) -> ibis.Table:
    """A deal without products stands on one row of a file of orders: it has no line."""
    named = [each for each in ("product", "product_id") if each in staged]
    bare = ibis.and_(*[_[each].isnull() for each in named])
    reason = ibis.cases((_[REASON].notnull(), _[REASON]), (bare, "lines_without_product"))
    return lines.mutate(**{REASON: reason})


def _lines_of_orders(
    con: ibis.BaseBackend, staged: Staged, orders: ibis.Table, *, data: DataParams
) -> tuple[Marked, list[DataFinding]]:
    """Lines of a file of their own: order (after merging), customer and day come from orders."""
    rows = SaleRows(staged, staged.table)
    drop_copies(con, rows, rules=data.rules)
    rows.table = with_amounts(rows.table, staged)
    drop_superseded_lines(con, rows)
    by_order = orders.group_by(_own=orders["own_order_id"]).agg(
        _order=_.order_id.min(),
        _customer=_.customer_id.min(),
        _day=_.ordered_at.min(),
        _is_left=_[REASON].notnull().min(),
    )
    taken = {"order_id", "customer_id", "ordered_at"}
    joined = rows.table.left_join(by_order, [("order_id", "_own")])
    table = joined.select(
        *[rows.table[each] for each in rows.table.columns if each not in taken],
        _is_numbered=rows.table["order_id"].notnull(),
        _is_known=by_order["_own"].notnull(),
        _is_left=by_order["_is_left"].fill_null(False),
        order_id=ibis.coalesce(by_order["_order"], rows.table["order_id"]),
        customer_id=by_order["_customer"],
        ordered_at=by_order["_day"],
    )
    rows.reasons += [
        ("missing_ids", ~_["_is_numbered"]),
        ("lines_without_order", ~_["_is_known"]),
        ("order_left_out", _["_is_left"]),
        *amount_reasons(staged, needed=ibis.literal(True)),
        *rule_reasons(data.rules),
    ]
    stored = engine.store(con, "joined_lines", [mark(table, rows.reasons)])
    columns = canonical_columns(stored, "order_lines", more=(REASON,))
    return Marked("order_lines", columns, *_read(staged)), rows.findings


def _read(staged: Staged) -> tuple[int, dict[str, int]]:
    rejected = never_rows(staged.source)
    return staged.source.row_count + sum(rejected.values()), rejected

"""Orders summed from rows: lines of a flat file, or a customer's orders of one day."""

from typing import Any

import ibis
from ibis import _

from crm_strategy.data import engine
from crm_strategy.data.data_finding import DataFinding
from crm_strategy.data.sale_rows import SaleRows
from crm_strategy.data.staging import Staged

_TEXTS = (
    "customer_id",
    "currency",
    "stage_group",
    "status",
    "channel",
    "payment_method",
    "delivery_method",
    "coupon",
)


def sum_orders(kept: ibis.Table, staged: Staged, *, repeated: bool) -> ibis.Table:
    """One row an order: amounts summed, the first day, any text that is filled.

    Parameters
    ----------
    kept
        Rows with `order_id`, `ordered_at`, `amount` and more.
    repeated
        Each row bears the order's total: it counts once.

    Returns
    -------
    Table
        Columns of orders, and `_mixed`: whether rows of the order name
        different customers.
    """
    sums: dict[str, Any] = {
        name: _[name].max() if repeated else _[name].sum()
        for name in ("amount", "cost_amount", "discount")
        if name in kept.columns
    }
    if "cost" in staged:
        # A sum that lacks lines would flatter the margin.
        whole = _["cost"].count() == _.count()
        sums["cost_amount"] = whole.ifelse(_["cost"].sum(), ibis.null("float64"))
    mixed: Any = ibis.literal(False)
    if "customer_id" in staged:
        mixed = (_.customer_id.min() != _.customer_id.max()).fill_null(False)
    grouped = kept.group_by("order_id").agg(
        ordered_at=_.ordered_at.min(),
        **sums,
        **{each: _[each].min() for each in _TEXTS if each in kept.columns},
        _mixed=mixed,
    )
    return grouped.mutate(is_refund=(_.amount < 0).fill_null(False))


def repeats_totals(rows: SaleRows) -> bool:
    """Whether each line bears its order's total instead of an amount of its own.

    It does when all lines of every order with several lines bear the same amount, and that
    is not their price x quantity.
    """
    if "amount" not in rows.staged:
        return False
    orders = rows.table.group_by("order_id").agg(
        n=_.count(), low=_.amount.min(), high=_.amount.max()
    )
    several = orders.filter(_.n > 1)
    found = engine.rows(
        several.aggregate(n=_.count(), differ=(_.low != _.high).sum().fill_null(0))
    )[0]
    if not found["n"] or found["differ"]:
        return False
    if "price" not in rows.staged:
        return True
    lines = rows.table.semi_join(several, "order_id").filter(_.price.notnull())
    own = lines.filter((_.amount - _.price * _quantity(rows.staged)).abs() <= 0.01)
    return 2 * engine.count(own) < engine.count(lines)


def own_line_amounts(table: ibis.Table, staged: Staged) -> ibis.Table:
    """Lines that bear their order's total: their own amount is price x quantity, or unknown."""
    if "price" not in staged:
        return table.mutate(amount=ibis.null("float64"))
    return table.mutate(amount=_.price * _quantity(staged))


def with_unsold(table: ibis.Table) -> ibis.Table:
    """Flag `_is_unsold`: lines that were not sold, of orders of which other lines were."""
    sold = (_.stage_group == "won").max().over(ibis.window(group_by="order_id"))
    return table.mutate(_is_unsold=(_.stage_group != "won") & sold)


def two_customers(orders: ibis.Table) -> list[DataFinding]:
    """Orders whose rows name different customers."""
    mixed = orders.filter(_["_mixed"])
    count = engine.count(mixed)
    if not count:
        return []
    example = engine.rows(mixed.aggregate(first=_.order_id.min()))[0]["first"]
    return [DataFinding("orders", "two_customers", "warning", count, example, "customer_id")]


def _quantity(staged: Staged) -> Any:
    return _.quantity.fill_null(1) if "quantity" in staged else ibis.literal(1.0)

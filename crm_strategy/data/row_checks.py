"""Checks of rows: what was counted while orders, lines and events were read."""

from typing import Any

import ibis
from ibis import _

from crm_strategy.data import engine
from crm_strategy.data.data_finding import DataFinding, Severity
from crm_strategy.data.marking import REASON, Marked
from crm_strategy.data.sale_rows import SaleRows, without_customer

_CANCELLATION = r"^[CcСс]\d"
"""Order numbers such as C536379: Latin or Cyrillic C before the number."""

_LEFT_OUT = (
    "missing_dates",
    "missing_amounts",
    "implausible_amounts",
    "missing_ids",
    "missing_values",
    "implausible_dates",
    "future_dates",
    "lines_without_order",
    "unsold_lines",
    "score_outside_scale",
    "period_reversed",
    "negative_costs",
    "rejected_lines",
)
"""Reasons that somebody should hear of; the others have findings of their own."""

_AGAIN = ("exact_duplicates", "duplicate_keys")
"""Reasons of rows that stand twice."""

_DAYS = {
    "orders": "ordered_at",
    "order_lines": "ordered_at",
    "touches": "touched_at",
    "leads": "created_at",
    "surveys": "answered_at",
}
_EXAMPLES = {
    "orders": "order_id",
    "order_lines": "order_id",
    "touches": "touch_id",
    "leads": "lead_id",
    "surveys": "score",
    "costs": "channel",
}


def sale_findings(rows: SaleRows, *, table: str) -> list[DataFinding]:
    """Rows without customer, refunds, cancellations, zero amounts and prices.

    Over all rows, but none twice: copies and rows that a later one replaces are left out first.

    Cancellations are rows whose order number is a C before a number, if most of them are
    refunds: elsewhere the letter means something else.
    """
    again = [~when for reason, when in rows.reasons if reason in _AGAIN]
    sales, staged = rows.table.filter(*again) if again else rows.table, rows.staged
    is_cancelled = _.order_id.re_search(_CANCELLATION)
    checks: dict[str, tuple[Any, Severity]] = {
        "without_customer": (without_customer(staged), "warning"),
        "refunds": (_.is_refund, "note"),
        "cancellations": (is_cancelled, "note"),
        "zero_amounts": ((_.amount == 0) & (_.stage_group == "won"), "warning"),
        "lost_orders": (_.stage_group == "lost", "note"),
        "open_orders": (_.stage_group == "open", "note"),
    }
    if "order_id" not in staged:
        del checks["cancellations"]
    if "price" in staged:
        checks["nonpositive_prices"] = (_.price <= 0, "warning")
    sums: dict[str, Any] = {}
    for check, (condition, _severity) in checks.items():
        known = condition.fill_null(False)
        sums[check] = known.sum().fill_null(0)
        sums[f"{check} example"] = _.order_id.min(where=known)
    sums["cancelled_refunds"] = (is_cancelled & _.is_refund).fill_null(False).sum().fill_null(0)
    found = engine.rows(sales.aggregate(**sums))[0]
    if 2 * found["cancelled_refunds"] < found.get("cancellations", 0):
        del checks["cancellations"]
    return [
        DataFinding(table, check, severity, found[check], found[f"{check} example"])
        for check, (_condition, severity) in checks.items()
        if found[check]
    ]


def left_out_findings(marked: Marked) -> list[DataFinding]:
    """Rows that were left out for reasons that somebody should hear of."""
    counts = {reason: count for reason, count in marked.exclusions().items() if reason in _LEFT_OUT}
    if not counts:
        return []
    examples = _examples(marked)
    return [
        DataFinding(marked.name, reason, "warning", count, examples.get(reason))
        for reason, count in counts.items()
    ]


def _examples(marked: Marked) -> dict[str, str]:
    """An order's number, a score or a day by reason; of future days the last one."""
    left = marked.table.filter(_[REASON].isin(_LEFT_OUT))
    sums: dict[str, Any] = {}
    if marked.name in _EXAMPLES:
        sums["plain"] = _[_EXAMPLES[marked.name]].cast("string").min()
    if marked.name in _DAYS:
        sums["first"] = _[_DAYS[marked.name]].min()
        sums["last"] = _[_DAYS[marked.name]].max()
    if not sums:
        return {}
    by_reason: dict[str, str] = {}
    for row in engine.rows(left.group_by(REASON).agg(**sums)):
        reason = row[REASON]
        day = row.get({"implausible_dates": "first", "future_dates": "last"}.get(reason, ""))
        example = day.date().isoformat() if day else row.get("plain")
        if example is not None:
            by_reason[reason] = example
    return by_reason


def no_sales(orders: ibis.Table) -> dict[str, int]:
    """Orders by what they are: won, refund, open, lost."""
    kind = ibis.cases((_.is_refund, "refund"), else_=_.stage_group)
    counts = orders.group_by(kind=kind).agg(n=_.count())
    return {row["kind"]: row["n"] for row in engine.rows(counts)}

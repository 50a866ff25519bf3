"""Rows of orders and of order lines: their order, stage and amount, and whether they count."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import ibis
from ibis import _

from crm_strategy.data import engine
from crm_strategy.data.data_finding import DataFinding
from crm_strategy.data.duplicates import PLACE, copies, copies_found, flag, superseded
from crm_strategy.data.marking import Reason, outside
from crm_strategy.data.stages import refunded_statuses, with_stage_group
from crm_strategy.data.staging import Staged
from crm_strategy.errors import DataError
from crm_strategy.plan.data_params import DataRules, TableParams

MOST_MONEY = 1e13
"""An amount from here on is a slip: more than any order of any business, in any currency."""


@dataclass
class SaleRows:
    """Rows of one file of sales while they are prepared.

    Parameters
    ----------
    staged
        As they were read.
    table
        Staged rows; gains columns step by step.
    reasons
        Why rows are left out, in the order in which reasons are asked for.
    findings
        What was found on the way.
    """

    staged: Staged
    table: ibis.Table
    reasons: list[Reason] = field(default_factory=list)
    findings: list[DataFinding] = field(default_factory=list)


def sale_rows(
    con: ibis.BaseBackend,
    staged: Staged,
    *,
    given: TableParams,
    rules: DataRules,
    today: date,
    flat: bool,
) -> SaleRows:
    """Rows of a file of orders, or of flat order lines, each with what it says of its sale.

    Adds `own_order_id` (as in the file, else the row's number), `order_id` (of the order it
    belongs to after merging), `stage_group`, `amount` (null when unknown) and `is_refund`.
    Reasons: copies, rows superseded by a later one, unreadable or missing dates and amounts,
    implausible and future dates; then, as the rules say, rows without customer, refunds and
    zero amounts.
    """
    rows = SaleRows(staged, staged.table)
    drop_copies(con, rows, rules=rules)
    _add_stage_group(rows, given)
    rows.table = with_amounts(rows.table, staged)
    rows.table = rows.table.mutate(stage_group=_stage_beside_refunds(rows, given))
    rows.table = rows.table.mutate(own_order_id=_own_order_id(staged))
    if flat:
        drop_superseded_lines(con, rows)
    elif "order_id" in staged:
        _drop_superseded_orders(con, rows)
    merge = rules.same_day == "merge" and "customer_id" in staged
    rows.table = rows.table.mutate(order_id=_merged_order_id() if merge else _.own_order_id)
    rows.reasons += [
        ("unparsable_dates", staged.is_bad("ordered_at")),
        ("missing_dates", _.ordered_at.isnull()),
        *outside("ordered_at", today=today),
        *amount_reasons(staged, needed=_.stage_group == "won"),
    ]
    if rules.without_customer == "exclude":
        rows.reasons.append(("without_customer", without_customer(staged)))
    rows.reasons += rule_reasons(rules)
    if merge or rows.findings:
        # Windows and joins are worked out once.
        rows.table = engine.store(con, f"sales_{staged.name}", [rows.table])
    return rows


def amount_reasons(staged: Staged, *, needed: Any) -> list[Reason]:
    """Rows that lack an amount where one is needed: unreadable, missing, or beyond belief."""
    unreadable = staged.is_bad("amount") | staged.is_bad("price") | staged.is_bad("quantity")
    return [
        ("unparsable_amounts", _.amount.isnull() & unreadable & needed),
        ("missing_amounts", _.amount.isnull() & needed),
        ("implausible_amounts", ~(_.amount.abs() < MOST_MONEY).fill_null(True)),
    ]


def rule_reasons(rules: DataRules) -> list[Reason]:
    """Refunds and zero amounts, where the rules leave them out."""
    reasons: list[Reason] = []
    if rules.refunds == "exclude":
        reasons.append(("refunds", _.is_refund))
    if rules.zero_amounts == "exclude":
        reasons.append(("zero_amounts", _.amount == 0))
    return reasons


def without_customer(staged: Staged) -> Any:
    """Whether a row names no customer."""
    return _.customer_id.isnull() if "customer_id" in staged else _["_row"].notnull()


def drop_copies(con: ibis.BaseBackend, rows: SaleRows, *, rules: DataRules) -> None:
    """Find rows equal to an earlier one, and leave them out if the rules say so."""
    places = copies(con, rows.staged)
    found = copies_found(places, rows.staged, kept=rules.duplicates)
    rows.findings += found
    if found and rules.duplicates == "drop":
        rows.table = flag(rows.table, places, "_is_copy")
        rows.reasons.append(("exact_duplicates", _["_is_copy"]))


def drop_superseded_lines(con: ibis.BaseBackend, rows: SaleRows) -> None:
    """Where lines have numbers, the last row of an order's line counts."""
    if "line_id" in rows.staged and "order_id" in rows.staged:
        _drop_superseded(con, rows, key=("order_id", "line_id", "is_refund"))


def with_amounts(table: ibis.Table, staged: Staged) -> ibis.Table:
    """Add `amount` and `is_refund`.

    The amount is the file's, else quantity x price; it is negative where the quantity is.
    """
    quantity = _.quantity if "quantity" in staged else ibis.literal(1.0)
    known: list[Any] = []
    if "amount" in staged:
        known.append(_.amount)
    if "price" in staged:
        known.append(_.price * quantity.fill_null(1))
    amount = known[0] if len(known) == 1 else known[0].fill_null(known[1])
    returned = (quantity < 0).fill_null(False)
    table = table.mutate(amount=amount).mutate(
        amount=(returned & (_.amount > 0)).ifelse(-_.amount, _.amount)
    )
    return table.mutate(is_refund=((_.amount < 0) | returned).fill_null(False))


def _add_stage_group(rows: SaleRows, given: TableParams) -> None:
    rows.table, found = with_stage_group(
        rows.table,
        columns=("stage_group", "status"),
        result="stage_group",
        said=given.stages,
        place=rows.staged.place,
    )
    rows.findings += found


def _stage_beside_refunds(rows: SaleRows, given: TableParams) -> Any:
    """A refund belongs to a sale that was won, whatever its status is called.

    Where refunds are rows of their own, a sale marked "refunded" is taken back by such a row:
    it stays won, or it would be taken back twice. Without them the mark alone takes it back.
    """
    refund = _.is_refund
    if "status" in rows.staged and engine.count(rows.table.filter(_.is_refund)):
        marked = refunded_statuses(rows.table, said=given.stages)
        refund = refund | _.status.isin(marked).fill_null(False)
    return refund.ifelse("won", _.stage_group)


def _own_order_id(staged: Staged) -> Any:
    """The file's order id, else the row's number, after that of its file if there are many."""
    number = _["_row"].cast("string")
    files = [file.name for file in staged.source.files]
    if len(files) > 1:
        places = [(name, f"{place}-") for place, name in enumerate(files, 1)]
        number = _["_file"].cases(*places, else_="") + number
    return _.order_id.fill_null(number) if "order_id" in staged else number


def _merged_order_id() -> Any:
    """One order a customer and day; refunds and other stages stay apart."""
    first = ibis.window(
        group_by=[_.customer_id, _.ordered_at.date(), _.is_refund, _.stage_group],
        order_by=[_[column] for column in PLACE],
    )
    known = _.customer_id.notnull() & _.ordered_at.notnull()
    return known.ifelse(_.own_order_id.first().over(first), _.own_order_id)


def _drop_superseded_orders(con: ibis.BaseBackend, rows: SaleRows) -> None:
    """An order on several rows, as where exports overlap: the last row counts.

    Raises
    ------
    DataError
        The rows of an order have different amounts: nobody can say which counts.
    """
    key = ("order_id", "is_refund")
    earlier = _drop_superseded(con, rows, key=key)
    if earlier is None:
        return
    same = rows.table.semi_join(earlier, key).group_by(key)
    torn = same.agg(low=_.amount.min(), high=_.amount.max(), rows=_.count())
    torn = torn.filter(_.low != _.high)
    count = engine.count(torn)
    if count:
        example = engine.rows(torn.order_by("order_id").limit(1))[0]
        place = rows.staged.place
        raise DataError(
            f"{place.label}: {count:,} order{'s stand' if count > 1 else ' stands'} on several "
            f"rows with different amounts, e.g. order '{example['order_id']}' "
            f"({example['rows']} rows, {example['low']:,.2f} to {example['high']:,.2f}).\n"
            "If each row is a product of the order, name the file under data.order_lines in "
            f"{place.params}; otherwise keep one row an order."
        )


def _drop_superseded(
    con: ibis.BaseBackend, rows: SaleRows, *, key: tuple[str, ...]
) -> ibis.Table | None:
    earlier = superseded(con, rows.table, name=rows.staged.name, key=key)
    count = engine.count(earlier)
    if not count:
        return None
    example = engine.rows(earlier.order_by(["order_id", *PLACE]).limit(1))[0]
    rows.findings.append(
        DataFinding(
            table=rows.staged.name,
            check="duplicate_keys",
            severity="warning",
            row_count=count,
            example=example["order_id"],
            column=key[1] if "line_id" in key else "order_id",
        )
    )
    rows.table = flag(rows.table, earlier, "_is_superseded")
    rows.reasons.append(("duplicate_keys", _["_is_superseded"]))
    return earlier

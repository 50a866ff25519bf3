"""Orders of groups: what those of every group and period add up to, all from one scan.

Groups divide customers, such as countries, or orders, such as the channels they came through.
The orders are read once, into a cell a customer and bucket of time; all else reads the cells.
"""

from collections.abc import Sequence

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.group_members import by_period, in_groups, members_then, span_table
from crm_strategy.analysis.margin import COUNTS as GOODS
from crm_strategy.analysis.period_counts import COLUMNS as ORDERS
from crm_strategy.analysis.period_counts import MOST_EDGES
from crm_strategy.analysis.spans import DAY, Span, bucket_of, edges_of, midnight

COLUMNS = (*ORDERS, *GOODS, "traders")
"""Counts of a group's orders: those of `order_counts` and `goods_counts`, and `traders`, who
ordered or returned something in the period."""

_KEYS = ("group", "period")
_SUMS = ("order_count", "revenue", "order_revenue", "squares", *GOODS)


def order_cells(
    orders: ibis.Table, layer: Sequence[Span], *, active_days: int, group: str | None = None
) -> ibis.Table:
    """Collapse orders to one row per customer, bucket of time and, if named, group of orders.

    Parameters
    ----------
    orders
        As in `period_counts.order_counts`, with `cost_amount`? and the column `group`.
    layer
        Periods that do not overlap.
    active_days
        Days after an order in which a customer counts as active.
    group
        The column of groups, if orders are divided and not customers.

    Returns
    -------
    Table
        `customer_id` (null: not known), `bucket` (number of edges of the layer at or before),
        `group`, what the orders and refunds add up to, `first_at` of the orders, and `active`:
        a bit for each edge at which the last of them keeps the customer active.
    """
    edges = edges_of(layer)
    if len(edges) > MOST_EDGES:
        raise ValueError(f"{len(layer)} periods; {MOST_EDGES - 1} in a row can be counted at once")
    rows = orders.filter(orders.ordered_at < midnight(edges[-1]))
    rows = rows.mutate(bucket=bucket_of(rows.ordered_at, edges[:-1]))
    keys = ["customer_id", "bucket", *([group] if group else [])]
    cells = rows.group_by(keys).agg(
        order_count=(~_.is_refund).sum(),
        revenue=_.amount.sum(),
        order_revenue=_.amount.sum(where=~_.is_refund),
        squares=(_.amount * _.amount).sum(),
        first_at=_.ordered_at.min(where=~_.is_refund),
        last_at=_.ordered_at.max(where=~_.is_refund),
        **_goods_sums(rows),
    )
    one = ibis.literal(1, "int64")
    reached = bucket_of(cells.last_at, [edge - active_days * DAY for edge in edges])
    active = (one << reached.cast("int64")) - (one << cells.bucket.cast("int64"))
    return cells.mutate(active=ibis.ifelse(cells.order_count > 0, active, 0)).drop("last_at")


def group_counts(
    cells: ibis.Table, layer: Sequence[Span], *, members: ibis.Table | None = None
) -> pd.DataFrame:
    """What the orders of each group add up to in each period.

    Parameters
    ----------
    cells
        Result of `order_cells` of the same layer, best cached.
    layer
        Periods that do not overlap.
    members
        The group of each customer, `customer_id`, `group`, in every period or, with `period`
        (id), in each. Who is not there is `unknown`, and so are orders without a customer.
        None: the cells have a `group`.

    Returns
    -------
    DataFrame
        Indexed by `group` and `period` (id): `COLUMNS`, as `order_counts` and `goods_counts`
        define them. NaN throughout for periods that end before the first order or refund of
        the group. Where orders are divided, `new` are customers whose first order of all is in
        the group, and `retained` are active in it at the start and in any group at the end:
        who orders elsewhere is not lost. Else both definitions are one.
    """
    sums, base = (
        by_period(table.to_pandas(), layer) for table in group_sums(cells, layer, members=members)
    )
    counts = pd.concat([sums, base], axis="columns")
    groups = sorted(counts.index.unique("group"))
    places = pd.MultiIndex.from_product([groups, [span.id for span in layer]], names=_KEYS)
    table = counts.reindex(index=places, columns=list(COLUMNS))
    # A refund without a customer is all that there is of some groups.
    traded = table["order_count"].notna()
    table = table.fillna(0.0)
    seen = traded | (table["ever"] > 0)
    return table.where(seen.groupby("group").cummax())


def group_sums(
    cells: ibis.Table, layer: Sequence[Span], *, members: ibis.Table | None = None
) -> tuple[ibis.Table, ibis.Table]:
    """What `group_counts` reads, not yet computed.

    Parameters
    ----------
    cells, layer, members
        As in `group_counts`.

    Returns
    -------
    tuple of Table
        By `group` and `bucket`: sums of orders and buyers, and sums of known customers.
    """
    customers = _customers(cells, divided=members is None)
    within = span_table(layer)
    placed = cells
    if members is None:
        people = customers.cross_join(within)
    else:
        placed = in_groups(cells, members_then(members, layer))
        if "period" in members.columns:
            people = customers.join(members.join(within, "period"), "customer_id")
        else:
            people = in_groups(customers, members_then(members, layer)).cross_join(within)
    edges = edges_of(layer)
    placed = placed.filter(_.bucket.isin([edges.index(span.start) + 1 for span in layer]))
    return (
        placed.group_by("group", "bucket").agg(**_trade_sums(placed)),
        people.group_by("group", "bucket").agg(**_base_sums(people)),
    )


def _goods_sums(rows: ibis.Table) -> dict[str, ibis.Value]:
    """As `margin.goods_counts` sums them."""
    if "cost_amount" not in rows.columns:
        return {}
    ordered, costed = ~rows.is_refund, rows.cost_amount.notnull()
    goods = ibis.ifelse(rows.is_refund, -rows.cost_amount.abs(), rows.cost_amount)
    return {
        "priced_orders": ordered.sum(),
        "costed_orders": (ordered & costed).sum(),
        "costed_order_revenue": rows.amount.sum(where=ordered & costed),
        "order_goods": goods.sum(where=ordered),
        "costed_revenue": rows.amount.sum(where=costed),
        "goods": goods.sum(),
    }


def _customers(cells: ibis.Table, *, divided: bool) -> ibis.Table:
    """Each known customer (and group) with the bucket of the first order and active edges.

    `anywhere` are the edges of all groups together, `place` is 0 where the first order is.
    """
    ordered = cells.filter(_.customer_id.notnull(), _.order_count > 0)
    keys = ["customer_id", *(["group"] if divided else [])]
    each = ordered.group_by(keys).agg(
        first_bucket=_.bucket.min(), active=_.active.bit_or(), first_at=_.first_at.min()
    )
    if not divided:
        return each.mutate(anywhere=_.active, place=ibis.literal(0)).drop("first_at")
    whole = ibis.window(group_by="customer_id")
    in_time = ibis.window(group_by="customer_id", order_by=[_.first_at, _["group"]])
    return each.mutate(
        anywhere=_.active.bit_or().over(whole), place=ibis.row_number().over(in_time)
    ).drop("first_at")


def _trade_sums(placed: ibis.Table) -> dict[str, ibis.Value]:
    orders = placed.order_count
    buys = placed.customer_id.notnull() & (orders > 0)
    return {each: placed[each].sum() for each in _SUMS if each in placed.columns} | {
        "buyers": buys.sum(),
        "repeaters": (buys & (orders > 1)).sum(),
        "buyer_orders": orders.sum(where=buys),
        "buyer_order_squares": (orders * orders).sum(where=buys),
        "traders": placed.customer_id.notnull().sum(),
    }


def _base_sums(people: ibis.Table) -> dict[str, ibis.Value]:
    known = people.first_bucket <= people.bucket
    started = (people.active >> people.start_edge) & 1 == 1
    ended, ended_anywhere = (
        (active >> people.end_edge) & 1 == 1 for active in (people.active, people.anywhere)
    )
    new = (people.place == 0) & (people.first_bucket == people.bucket)
    return {
        "new": new.sum(),
        "ever": known.sum(),
        "active_start": started.sum(),
        "active_end": ended.sum(),
        "retained": (started & ended_anywhere).sum(),
    }

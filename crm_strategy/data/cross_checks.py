"""Checks across prepared tables: what single rows can't show."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

import ibis
from ibis import _

from crm_strategy.data import engine
from crm_strategy.data.channel_checks import Tables, with_likely
from crm_strategy.data.data_finding import DataFinding
from crm_strategy.data.distinct import value_counts

TILL_SHARE = 0.2
"""A customer with more of the orders is a till, a marketplace or a test account."""

TILL_ORDERS = 20
"""With fewer orders, 20 % of them are a few purchases of somebody."""


def till_account(tables: Tables) -> list[DataFinding]:
    """One customer who holds over 20 % of the orders."""
    orders = tables("orders").filter((_.stage_group == "won") & ~_.is_refund)
    by_customer = orders.group_by("customer_id").agg(n=_.count())
    sums = by_customer.aggregate(
        total=_.n.sum().fill_null(0),
        most=_.n.max(where=_.customer_id.notnull()).fill_null(0),
    )
    found = engine.rows(sums)[0]
    share = found["most"] / found["total"] if found["total"] else 0
    if share <= TILL_SHARE or found["most"] < TILL_ORDERS:
        return []
    detail = {"share": (share, "share"), "orders": (found["most"], "count")}
    return [DataFinding("orders", "till_account", "warning", found["most"], None, None, detail)]


def gaps(tables: Tables) -> list[DataFinding]:
    """Days without an order that are far more than usual: a piece of the export may be missing.

    A gap is longer than two weeks and than ten times the usual distance of days with orders.
    """
    orders = tables("orders").filter(_.stage_group == "won")
    days_with = orders.group_by(day=_.ordered_at.date()).agg(n=_.count()).order_by("day")
    days = [row["day"] for row in engine.rows(days_with.select("day"))]
    steps = [(later - earlier).days for earlier, later in pairwise(days)]
    if not steps:
        return []
    limit = max(14, 10 * median(steps))
    found = [
        (days[place] + timedelta(days=1), days[place + 1] - timedelta(days=1))
        for place, step in enumerate(steps)
        if step - 1 > limit
    ]
    if not found:
        return []
    longest = max(found, key=lambda gap: gap[1] - gap[0])
    missing = sum((last - first).days + 1 for first, last in found)
    detail: Mapping[str, tuple[date | int, str]] = {
        "first": (longest[0], "date"),
        "last": (longest[1], "date"),
        "gaps": (len(found), "count"),
    }
    example = f"{longest[0]}–{longest[1]}"
    return [DataFinding("orders", "gaps", "warning", missing, example, "ordered_at", detail)]


def lines_total(tables: Tables) -> list[DataFinding]:
    """Orders whose lines sum to more than 1 % off their amount."""
    lines = tables("order_lines").group_by("order_id").agg(lines=_.amount.sum())
    orders = tables("orders").group_by("order_id").agg(amount=_.amount.sum())
    joined = orders.join(lines, "order_id")
    off = joined.filter((_.lines - _.amount).abs() > ibis.greatest(0.01 * _.amount.abs(), 0.05))
    sums = off.aggregate(
        n=_.count(), example=_.order_id.min(), difference=(_.lines - _.amount).sum()
    )
    found = engine.rows(sums)[0]
    if not found["n"]:
        return []
    detail = {"difference": (found["difference"], "money")}
    return [
        DataFinding(
            "order_lines", "lines_total", "warning", found["n"], found["example"], "amount", detail
        )
    ]


def orders_without_lines(tables: Tables) -> list[DataFinding]:
    """Sales of which no line says what was bought."""
    orders = tables("orders").filter((_.stage_group == "won") & (_.amount > 0))
    bare = orders.anti_join(tables("order_lines").select("order_id"), "order_id")
    found = engine.rows(bare.aggregate(n=_.count(), example=_.order_id.min()))[0]
    if not found["n"]:
        return []
    return [DataFinding("orders", "orders_without_lines", "warning", found["n"], found["example"])]


def unknown_customers(
    tables: Tables, supplied: Collection[str], *, from_file: bool
) -> list[DataFinding]:
    """Rows of other tables that name customers whom neither customers nor orders know.

    With a customers file of their own, orders too may name unknown customers.
    """
    customers = tables("customers").select("customer_id")
    known = customers.union(tables("orders").select("customer_id").filter(_.customer_id.notnull()))
    found: list[DataFinding] = []
    named = [
        each
        for each in ("touches", "leads", "surveys", "consents", "experiments")
        if each in supplied
    ]
    if from_file:
        named.append("orders")
    for name in named:
        rows = tables(name).filter(_.customer_id.notnull())
        strangers = rows.anti_join(customers if name == "orders" else known, "customer_id")
        count = engine.count(strangers)
        if count:
            share = count / max(engine.count(rows), 1)
            found.append(
                DataFinding(
                    name,
                    "unknown_customers",
                    "warning",
                    count,
                    None,
                    "customer_id",
                    {"share": (share, "share")},
                )
            )
    return found


def unknown_touchpoints(
    tables: Tables, supplied: Collection[str], *, touchpoints: Collection[str]
) -> list[DataFinding]:
    """Touchpoints of touches that the params do not describe, likely spellings beside them."""
    if "touches" not in supplied or not touchpoints:
        return []
    counts = value_counts(tables("touches"), "touchpoint")
    unknown = {each: count for each, count in counts.items() if each not in touchpoints}
    if not unknown:
        return []
    named = list(unknown)
    more = f" + {len(named) - 8}" if len(named) > 8 else ""
    shown = [with_likely(each, touchpoints) for each in named[:8]]
    detail = {"touchpoints": (", ".join(shown) + more, "text")}
    rows = sum(unknown.values())
    return [
        DataFinding("touches", "unknown_touchpoints", "note", rows, named[0], "touchpoint", detail)
    ]


def overlapping_costs(tables: Tables) -> list[DataFinding]:
    """Costs of one channel, campaign and item whose periods overlap: counted twice, perhaps."""
    costs = tables("costs").filter(_.period_start.notnull())
    of = ("channel", "campaign", "cost_item", "cost_kind")
    keyed = costs.mutate(**{each: costs[each].fill_null("") for each in of})
    before = ibis.window(
        group_by=list(of),
        order_by=["period_start", "period_end", "amount"],
        preceding=(None, 1),
    )
    ends = keyed.mutate(_reached=keyed["period_end"].max().over(before))
    twice = ends.filter(_.period_start <= _["_reached"])
    first = engine.rows(twice.order_by(["channel", "period_start"]).limit(1))
    if not first:
        return []
    example = f"{first[0]['channel']} {first[0]['period_start']}"
    return [
        DataFinding(
            "costs", "overlapping_costs", "warning", engine.count(twice), example, "period_start"
        )
    ]

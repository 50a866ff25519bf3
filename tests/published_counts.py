"""What a report tells of a small client: every number of customers, and whom it stands for."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from crm_strategy import open_book
from crm_strategy.analysis import (
    drivers,
    kpi_breakdowns,
    kpi_group_table,
    kpi_groups,
    kpis,
    lifecycle,
    lifetime_value,
    loyalty,
    order_totals,
    profiles,
    purchase_counts,
    rfm,
    segment_migration,
    value_fits,
    win_back,
)
from crm_strategy.views import tables
from crm_strategy.views.payload import TablePayload, is_hidden
from tests import small_business

CITIES = {"Graz": "Styria", "Leoben": "Styria", "Linz": "Upper Austria", "Wels": "Upper Austria"}
CHANNELS = {"pickup": "shop", "desk": "shop", "parcel": "web", "locker": "app"}
PARAMS = (
    small_business.PARAMS.replace("data:\n", "data:\n  customers: {file: ../customers.csv}\n")
    + """\
kpis:
  breakdowns: [segment, region, city, channel, delivery_method]
"""
)
END = date(2025, 9, 30)

Condition = tuple[str, str]


@dataclass(frozen=True)
class Told:
    """A number of customers that a table tells: all of whom its conditions hold."""

    conditions: frozenset[Condition]
    table: str
    n: int


def write_client(root: Path, seed: int) -> Path:
    """A client of 450 customers who order in some ways, each living in a city; its params."""
    random = Random(seed)
    people, orders = [], []
    first = datetime(2024, 1, 1, 9)
    for number in range(450):
        who, gap = f"C{number:03d}", random.choice([25, 45, 90, 200])
        city = random.choices([*CITIES], weights=[70, 12, 50, 16])[0]
        people.append((who, city, CITIES[city]))
        at = first + timedelta(days=random.randint(0, 620) if number else 0)
        until = min(at + timedelta(days=random.expovariate(1 / 300)), datetime(2025, 9, 30, 18))
        while at <= until:
            delivery = random.choices([*CHANNELS], weights=[70, 8, 25, 9])[0]
            amount = round(random.uniform(5, 90), 2)
            orders.append((f"O{len(orders)}", who, at, amount, CHANNELS[delivery], delivery))
            at += timedelta(days=random.expovariate(1 / gap) + 0.3)
    orders.append(("last", "C000", datetime(2025, 9, 30, 18), 30.0, "shop", "pickup"))
    (root / "params").mkdir(parents=True)
    heads = ("order_id", "customer_id", "ordered_at", "amount", "channel", "delivery_method")
    write(root / "orders.csv", heads, orders)
    write(root / "customers.csv", ("customer_id", "city", "region"), people)
    path = root / "params" / "shop.yml"
    path.write_text(PARAMS, "utf-8")
    return path


def write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def published(path: Path) -> dict[str, TablePayload]:
    """The tables of the segments, growth and KPI chapters that tell of who ordered."""
    book = open_book(path)
    least = book.params.privacy.min_cell
    start, end, periods = book.period.start, book.as_of, book.history
    active_days = lifecycle.active_window(book.orders, **book.active_terms)
    bought = order_totals.order_totals(book.orders, as_of=end, start=start).cache()
    people = profiles.profiles_of_totals(bought, book.customers, as_of=end).cache()
    scores = rfm.scores_of_profiles(people, **book.score_terms).cache()
    customers = rfm.customer_segments(scores, **book.segment_terms).cache()
    marks = rfm.cut_points(scores, bins=book.params.rfm.bins)
    before = order_totals.earlier_behaviour(bought, start=start)
    then = rfm.scores_of_profiles(before, bins=book.params.rfm.bins, cuts=marks)
    moved = segment_migration.migration_of_totals(
        rfm.customer_segments(then, **book.segment_terms), customers, bought
    )
    staged = lifecycle.stages_of_totals(bought, start=start, end=end, active_days=active_days)
    counts = purchase_counts.purchase_counts(book.orders, as_of=end).cache()
    ahead = {"models": ("mbg_nbd",), "horizon_days": 92, "bootstrap_draws": 0}
    fits = value_fits.fit_value(book.orders, counts, as_of=end, **ahead)
    values = lifetime_value.customer_values(counts, fits, horizon_days=92)
    total = lifetime_value.total_value(counts, fits, horizon_days=92)
    lapsed = win_back.lapsed_customers(customers, active_days=active_days)
    offers = win_back.win_back_offers(lapsed, values, discount=0.1, uplift=0.1)
    days = (end - start).days + 1
    segments = loyalty.period_segments(
        book.orders, periods=periods, cuts=book.score_terms["cuts"], **book.segment_terms
    ).cache()
    groups = kpi_groups.kpi_groups(
        book.kpi_breakdowns,
        orders=book.orders,
        order_lines=book.order_lines,
        customers=book.customers,
        segments=segments,
        as_of=end,
        min_count=least,
    )
    counted = {"periods": periods, "active_days": active_days}
    by_group = kpi_breakdowns.kpi_breakdowns(groups, **book.kpi_inputs, **counted)
    beside = {"previous": book.previous, "year_before": book.year_before}
    told = kpi_group_table.kpi_group_table(by_group, period=book.period, **beside)
    history = kpis.kpi_history(**book.kpi_inputs, **counted)
    scorecard = kpis.kpi_table(history, period=book.period, **beside, goals=())
    window = {"start": start, "end": book.period.end}
    earlier = {"previous_start": book.previous.start, "previous_end": book.previous.end}
    both = window | earlier | {"min_count": least}
    found = drivers.revenue_drivers(book.orders, book.order_lines, **both)
    shown = [
        tables.segments_table(rfm.segment_summary(customers)),
        tables.segment_migration_table(moved),
        tables.lifecycle_table(lifecycle.lifecycle(staged), total),
        tables.win_back_table(win_back.win_back_summary(offers, customers, period_days=days)),
        tables.kpi_groups_table(told),
        tables.kpis_table(scorecard),
        tables.revenue_drivers_table(found),
    ]
    return {table.id: table.payload() for table in shown}


def told_counts(read: dict[str, TablePayload]) -> list[Told]:
    """Every number of customers of the tables, by the conditions it stands for."""
    found = []

    def tell(table: str, n: Any, *conditions: Condition) -> None:
        if not is_hidden(n) and n is not None:
            found.append(Told(frozenset(conditions), table, round(n)))

    for row in rows_of(read["segments"]):
        tell("segments", row["customer_count"], ("rfm", row["segment"]))
    tell("segments", read["segments"]["rows"][-1][1])
    for row in rows_of(read["segment_migration"]):
        if row["from_segment"] == "No order before":
            who = (("did", "new"), ("rfm", row["to_segment"]))
            tell("segment_migration", row["customer_count"], *who)
    for row in rows_of(read["lifecycle"]):
        tell("lifecycle", row["customer_count"], ("did", row["stage"].casefold()))
    for row in rows_of(read["win_back"]):
        who = (("did", "gone"), ("rfm", row["segment"]))
        tell("win_back", row["customer_count"], *who)
    tell("win_back", read["win_back"]["rows"][-1][1], ("did", "gone"))
    of = {"RFM segments": "rfm", "Channel of orders": "channel", "Delivery": "delivery"}
    for row in rows_of(read["kpi_groups"]):
        who = (("did", "bought"), (of.get(row["breakdown"], row["breakdown"]), row["group"]))
        tell("kpi_groups", row["customer_count"], *who)
        tell("kpi_groups", row["new_customers"], ("did", "new"), who[1])
    kpi = {row["kpi"]: row["value"] for row in rows_of(read["kpis"])}
    tell("kpis", kpi["Active customers"], ("did", "active"))
    tell("kpis", kpi["New customers"], ("did", "new"))
    for row in rows_of(read["revenue_drivers"]):
        if row["driver"] == "Customers who ordered":
            tell("revenue_drivers", row["n"], ("did", "bought"))
    return found


def rows_of(payload: TablePayload) -> list[dict[str, Any]]:
    """The rows of a table but for its total, by the names of its columns."""
    names = [column["name"] for column in payload["columns"]]
    rows = payload["rows"][: len(payload["rows"]) - payload["total"]]
    return [dict(zip(names, row, strict=True)) for row in rows]

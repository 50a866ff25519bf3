"""A small business in files: what the tests of bad input spoil, one thing at a time."""

import csv
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
HEADER = ("order_id", "customer_id", "ordered_at", "amount")
PARAMS = """\
client: Corner Shop
language: en
currency: EUR
timezone: Europe/Berlin
rhythm: quarter
data:
  orders: {file: ../orders.csv}
business_goals:
  - {id: growth, goal: Sell more, kpi: revenue, target: 60000, by: 2025-12-31}
goals:
  - {id: sales, goal: More revenue, serves: growth, priority: primary, kpi: revenue,
     baseline: 50000, baseline_at: 2024-12-31, target: 60000, by: 2025-12-31, owner: Owner}
"""
SCENARIO = """\
channels: {email: {cost: {per_touch: 0.01}}, sms: {}}
scenarios:
  - {id: comeback, segment: at_risk, steps: [{channel: email, wait_days: 2}, {channel: sms}]}
"""

Row = tuple[Any, ...]


def order_rows(count: int = 900) -> list[Row]:
    """Orders of 120 customers from January 2024 to the end of June 2025."""
    random = Random(11)
    start = datetime(2024, 1, 1, 9)
    ordered = sorted(random.randrange(60 * 24 * 546) for _ in range(count))
    ordered[0], ordered[-1] = 0, 60 * 24 * 546
    return [
        (
            f"A{number:04d}",
            f"C{random.randrange(120):03d}",
            start + timedelta(minutes=minutes),
            round(random.uniform(20, 300), 2),
        )
        for number, minutes in enumerate(ordered)
    ]


def write_orders(path: Path, rows: Iterable[Row], header: Row = HEADER) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def make_workbook(root: Path, *, params: str = PARAMS, rows: list[Row] | None = None) -> Path:
    """A workbook with params and orders; gives its params file."""
    (root / "params").mkdir(parents=True)
    write_orders(root / "orders.csv", order_rows() if rows is None else rows)
    path = root / "params" / "shop.yml"
    path.write_text(params, "utf-8")
    return path


def only_chapters(root: Path, *names: str) -> None:
    """Leave a workbook these chapters alone, for what the others would say is tested elsewhere."""
    (root / "notebooks").mkdir()
    for name in names:
        shutil.copy(NOTEBOOKS / f"{name}.ipynb", root / "notebooks")


def replaced(old: str, new: str) -> Callable[[Path], None]:
    """A change of the params of a workbook: one text for another."""

    def change(root: Path) -> None:
        path = root / "params/shop.yml"
        assert old in path.read_text("utf-8")
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")

    return change

"""Businesses unlike others: strange names, few orders, many values; each gets its report."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from bs4 import BeautifulSoup

from tests.small_business import (
    PARAMS,
    Row,
    make_workbook,
    only_chapters,
    order_rows,
    replaced,
    write_orders,
)
from tests.test_deliverables import payloads

Report = Callable[..., Path]

HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "+79990000001",
    "“quoted” 'name' \"x\"",
    "🛒 корзина",
    "\u202eabc\u202c שלום",
    "x" * 300,
    "12345678901234567890",
)


@pytest.mark.whole
def test_hostile_names_stay_text_in_both_deliverables(make: Report, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    lines = [
        (
            *row[:3],
            f"P{n % len(HOSTILE)}",
            HOSTILE[n % len(HOSTILE)],
            HOSTILE[n % len(HOSTILE)],
            1,
            row[3],
        )
        for n, row in enumerate(order_rows())
    ]
    header = (
        "order_id",
        "customer_id",
        "ordered_at",
        "product_id",
        "product",
        "category",
        "quantity",
        "price",
    )
    params = make_workbook(
        root,
        params=PARAMS.replace("orders: {file: ../orders.csv}", "order_lines: {file: ../lines.csv}"),
    )
    write_orders(root / "lines.csv", lines, header)
    folder = make(params)
    html = (folder / "report.en.html").read_text("utf-8")
    assert "<script" not in html
    text = BeautifulSoup(html, "html.parser").get_text()
    assert all(name in text for name in HOSTILE)
    book = openpyxl.load_workbook(folder / "report.en.xlsx")
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    values = {cell.value for cell in cells}
    assert set(HOSTILE) <= values
    assert not [
        cell
        for cell in cells
        if cell.data_type == "f" and str(cell.value).startswith(("=cmd", "+"))
    ]


@pytest.mark.whole
@pytest.mark.parametrize("count", [1, 2])
def test_a_business_of_one_customer_gets_its_report(
    make: Report, tmp_path: Path, count: int
) -> None:
    rows = [(f"A{n}", "C1", datetime(2025, 3, 31 - n, 12), 40.0) for n in range(count)]
    folder = make(make_workbook(tmp_path / "shop", rows=rows), "2025-03-30..2025-03-31")
    assert (folder / "report.en.html").stat().st_size > 10_000


ODD = {
    "one day": [(f"A{n}", f"C{n % 30}", datetime(2025, 3, 31, 12), 40.0 + n) for n in range(60)],
    "customers all equal": [
        (f"A{n}", f"C{n % 30}", datetime(2025, 3, 1 + n // 30, 12), 40.0) for n in range(60)
    ],
    "nobody who came twice": [
        (f"A{n}", f"C{n}", datetime(2025, 1 + n % 3, 1 + n % 28, 12), 40.0) for n in range(120)
    ],
    "nothing but gifts": [
        (f"A{n}", f"C{n % 30}", datetime(2025, 3, 1 + n % 30, 12), 0.0) for n in range(60)
    ],
}


@pytest.mark.whole
@pytest.mark.parametrize("rows", ODD.values(), ids=ODD)
def test_an_odd_business_gets_its_report(make: Report, tmp_path: Path, rows: list[Row]) -> None:
    period = f"{rows[0][2]:%Y-%m-%d}..{max(row[2] for row in rows):%Y-%m-%d}"
    folder = make(make_workbook(tmp_path / "shop", rows=rows), period)
    assert (folder / "report.en.html").stat().st_size > 10_000


@pytest.mark.whole
def test_an_attribute_of_ten_thousand_values_shows_twenty_and_the_rest(
    make: Report, tmp_path: Path
) -> None:
    root = tmp_path / "shop"
    day = datetime(2025, 3, 31, 12)
    rows = [(f"A{n}", f"C{n}", day, 40.0) for n in range(20_000)]
    params = make_workbook(root, rows=rows)
    sizes = [at for at in range(20) for _ in range(30)]
    clubs = [sizes[n] if n < len(sizes) else 20 + n % 9_980 for n in range(20_000)]
    write_orders(
        root / "clubs.csv",
        [(f"C{n}", f"Club {club}") for n, club in enumerate(clubs)],
        ("customer_id", "club"),
    )
    replaced(
        "  orders: {file: ../orders.csv}",
        "  orders: {file: ../orders.csv}\n  customers: {file: ../clubs.csv}",
    )(root)
    only_chapters(root, "03_segments")
    table = payloads(make(params, "2025-03-31..2025-03-31"), "en")["attributes"]
    names = [column["name"] for column in table["columns"]]
    shown = {
        row[names.index("value")]: row[names.index("customer_count")]
        for row in table["rows"]
        if row[names.index("attribute")] == "Club"
    }
    assert len(shown) == 21
    assert shown["Club 0"] == 30
    assert shown["Other"] == 20_000 - 20 * 30

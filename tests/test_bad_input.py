"""Bad input, as a consultant meets it: a whole message, and the last good report untouched."""

import hashlib
import shutil
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from crm_strategy.errors import CrmStrategyError
from tests.small_business import HEADER, Row, order_rows, replaced, write_orders

pytestmark = pytest.mark.whole

Spoil = Callable[[Path], None]

Report = Callable[..., Path]


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def orders(change: Callable[[list[Row]], list[Row]]) -> Spoil:
    return lambda root: write_orders(root / "orders.csv", change(order_rows()))


def content(data: bytes) -> Spoil:
    def spoil(root: Path) -> None:
        (root / "orders.csv").write_bytes(data)

    return spoil


def computing(amount: str) -> Spoil:
    return replaced(
        "{file: ../orders.csv}", f'{{file: ../orders.csv, columns: {{amount: "= {amount}"}}}}'
    )


def with_cities(rows: list[Row]) -> Spoil:
    def spoil(root: Path) -> None:
        write_orders(root / "cities.csv", rows, ("customer_id", "city"))
        lookup = "lookups: [{file: ../cities.csv, by: customer_id}]"
        replaced("{file: ../orders.csv}", f"{{file: ../orders.csv, {lookup}}}")(root)

    return spoil


def workbook(root: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Orders"
    book.active.append(["order_id", "customer_id", "ordered_at", "amount"])
    book.active.append(["1", "a", datetime(2025, 1, 1), 5])
    book.save(root / "orders.xlsx")


def wrong_sheet(root: Path) -> None:
    workbook(root)
    replaced("{file: ../orders.csv}", "{file: ../orders.xlsx, sheet: Order}")(root)


def truncated(root: Path) -> None:
    workbook(root)
    whole = (root / "orders.xlsx").read_bytes()
    (root / "orders.xlsx").write_bytes(whole[: len(whole) // 2])
    replaced("orders.csv", "orders.xlsx")(root)


def bomb(root: Path) -> None:
    with zipfile.ZipFile(root / "orders.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(1100):
                sheet.write(b"0" * 1_000_000)
    replaced("orders.csv", "orders.xlsx")(root)


def in_dollars(root: Path) -> None:
    rows = [(*row, "USD" if n < 3 else "EUR") for n, row in enumerate(order_rows())]
    write_orders(root / "orders.csv", rows, (*HEADER, "currency"))


CASES: dict[str, tuple[Spoil, str, str]] = {
    "a missing file": (
        lambda root: (root / "orders.csv").unlink(),
        "latest",
        "../orders.csv: no such file.\n"
        "data.orders.file is relative to the folder of the parameters file, params.",
    ),
    "an empty file": (
        content(b""),
        "latest",
        "orders.csv: the file is empty.\nExport it again, or name another file.",
    ),
    "a header without rows": (
        orders(lambda rows: []),
        "latest",
        "orders.csv: only a header, no rows.\n"
        "Export it again with its data, or remove data.orders from the parameters.",
    ),
    "a wrong sheet": (
        wrong_sheet,
        "latest",
        "orders.xlsx: no sheet 'Order'.\nDid you mean 'Orders'? Sheets: Orders.",
    ),
    "a binary file named csv": (
        content(bytes(range(256)) * 40),
        "latest",
        "orders.csv: not a table but binary: it starts with the bytes 00 01 02 03.\n"
        "Name a CSV, XLSX, Parquet or JSON lines file.",
    ),
    "a truncated workbook": (
        truncated,
        "latest",
        "orders.xlsx: the workbook is damaged or cut off: File is not a zip file.\n"
        "Copy or download it again; if Excel still opens it, save it anew as .xlsx.",
    ),
    "a zip bomb": (
        bomb,
        "latest",
        "orders.xlsx: refused: the workbook unpacks from 1 MB to 1,049 MB "
        "(at most 1,024 MB, and 200 times its size).\nSave the sheet as CSV and name that file.",
    ),
    "an unknown key": (
        replaced("rhythm:", "rythm:"),
        "latest",
        "params/shop.yml, line 5, rythm: unknown key.\n"
        "Did you mean 'rhythm'? Known here: client, language, currency, timezone, rhythm, data, "
        "business_goals, goals, segments, segment_kinds, tiers, personas, touchpoints, channels, "
        "scenarios, decisions, privacy, rfm, value, growth, kpis, definition_changes, journeys, "
        "attribution.",
    ),
    "a deadline before the baseline": (
        replaced("by: 2025-12-31, owner", "by: 2024-06-30, owner"),
        "latest",
        "params/shop.yml, line 12, goals[0].by: "
        "the deadline 2024-06-30 is not after the baseline of 2024-12-31.\n"
        "Write a later by, or an earlier baseline_at.",
    ),
    "a target equal to its baseline": (
        replaced("baseline: 50000", "baseline: 60000"),
        "latest",
        "params/shop.yml, line 12, goals[0].target: 60000 equals the baseline.\n"
        "A goal is a change: write the value the KPI should reach.",
    ),
    "refunds alone": (
        orders(lambda rows: [(*row[:3], -5) for row in rows]),
        "latest",
        "orders.csv: all 900 orders are refunds: there is no sale.\n"
        "Export the sales too, or turn the sign of the amounts round.",
    ),
    "a lookup whose key stands twice": (
        with_cities([("C000", "Ulm"), ("C001", "Bonn"), ("C001", "Kiel")]),
        "latest",
        "cities.csv: 'customer_id' is no key: 1 of its values stands on several rows, "
        "e.g. 'C001' on 2.\n"
        "Keep one row for each, or name further columns in params/shop.yml (line 7), "
        "data.orders.lookups[0]:\n    by: [customer_id, …]",
    ),
    "an amount computed of an unknown column": (
        computing("amount * quantiti"),
        "latest",
        "orders.csv: unknown column 'quantiti' (character 10).\n"
        "    amount * quantiti\n"
        "             ^\n"
        "Columns: row, order_id, customer_id, ordered_at, amount.\n"
        "Correct params/shop.yml (line 7), data.orders.columns.amount.",
    ),
    "an amount divided by zero": (
        computing("amount / (amount - amount)"),
        "latest",
        "orders.csv: none of its 900 rows can be used: missing amounts 900.\n"
        "Mend the file, its mapping in params/shop.yml (line 7), data.orders.columns, "
        "or data.rules.",
    ),
    "an expression of ten thousand characters": (
        computing("amount" + " + amount" * 1111),
        "latest",
        "params/shop.yml, line 7, data.orders.columns.amount: "
        "10,005 characters long; at most 2,000 are read (character 2001).\n"
        "    … + amount + amount + amount + amount + amount + amount + amo…\n"
        "                                                       ^\n"
        "Write a shorter one, or add a column to the data and compare that.",
    ),
    "two currencies": (
        in_dollars,
        "latest",
        "orders.csv: column 'currency': 3 rows in another currency than EUR: USD (3); "
        "the first is row 1.\n"
        "No exchange rates are known: give every amount in EUR, "
        "or set currency: USD in params/shop.yml if all are in USD.",
    ),
    "a period not finished": (
        lambda root: None,
        "2025-Q3",
        "period 2025-Q3: the orders end on 2025-06-30.\n"
        "Choose 2025-Q2 or an earlier period, or days within 2024-01-01..2025-06-30.",
    ),
    "a period before the data": (
        lambda root: None,
        "1999",
        "period 1999: the orders begin only on 2024-01-01.\n"
        "Choose 2025-Q2 or an earlier period, or days within 2024-01-01..2025-06-30.",
    ),
    "a period that is none": (
        lambda root: None,
        "2025-Q5",
        "period '2025-Q5': not a period.\n"
        "Write 2026-Q3, 2026-09, 2026-H1, 2026, 2026-07-01..2026-09-30 or latest.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_told_whole_and_leaves_the_last_report(
    make: Report, shop_workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    spoil, period, message = CASES[name]
    root = tmp_path / "shop"
    shutil.copytree(shop_workbook, root)
    reports = digest(root / "reports/corner-shop")
    spoil(root)
    monkeypatch.chdir(root)
    with pytest.raises(CrmStrategyError) as refusal:
        make(Path("params/shop.yml"), period)
    assert str(refusal.value).replace(f"{root}/", "") == message
    assert refusal.value.exit_code == 2
    assert digest(root / "reports/corner-shop") == reports
    assert any(name.endswith("report.en.html") for name in reports)

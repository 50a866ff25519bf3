"""One business written in two ways gives one report."""

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from crm_strategy.data.prepare import prepare
from crm_strategy.data.schema import TABLES
from crm_strategy.plan.params import read_params
from tests.data.clients import Prepared
from tests.small_business import only_chapters
from tests.test_deliverables import payloads

pytestmark = pytest.mark.whole

PARAMS = """\
client: Twin
language: en
currency: EUR
timezone: Europe/Berlin
rhythm: quarter
data:
  orders:
    file: ../{file}
    columns:
      {{order_id: Заказ, customer_id: Клиент, ordered_at: Дата, amount: Сумма, status: Статус}}
"""
HEADER = ["Заказ", "Клиент", "Дата", "Сумма", "Статус"]


def orders() -> list[tuple[str, str, datetime, float, str]]:
    random = Random(7)
    start = datetime(2024, 1, 1, 8)
    return [
        (
            f"№{number:05d}",
            f"К{random.randrange(150):03d}",
            start + timedelta(minutes=random.randrange(60 * 24 * 560)),
            round(random.uniform(5, 2500), 2) * (-1 if number % 40 == 0 else 1),
            "Отменён" if number % 25 == 0 else "Выполнен",
        )
        for number in range(1200)
    ]


def write_iso(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        rows.writerows(
            [order, who, at.isoformat(" "), f"{amount:.2f}", status]
            for order, who, at, amount, status in orders()
        )


def write_russian(path: Path) -> None:
    with path.open("w", encoding="cp1251", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(HEADER)
        rows.writerows(
            [order, who, f"{at:%d.%m.%Y %H:%M:%S}", _decimal_comma(amount), status]
            for order, who, at, amount, status in orders()
        )


def _decimal_comma(amount: float) -> str:
    return f"{amount:,.2f}".replace(",", "\u00a0").replace(".", ",")


def test_a_cp1251_decimal_comma_file_gives_the_report_of_its_iso_twin(
    make: Callable[..., Path], tmp_path: Path
) -> None:
    tables, prepared = [], []
    for name, write in (("iso.csv", write_iso), ("russian.csv", write_russian)):
        root = tmp_path / name.removesuffix(".csv")
        (root / "params").mkdir(parents=True)
        write(root / name)
        params = root / "params/twin.yml"
        params.write_text(PARAMS.format(file=name), "utf-8")
        # The other chapters are made of the same prepared tables, which are compared whole.
        only_chapters(root, "00_data_check", "06_kpi_review")
        tables.append(payloads(make(params), "en"))
        made = Prepared(prepare(read_params(params)))
        prepared.append({each: sorted(made.rows(each), key=repr) for each in TABLES})
    assert prepared[0] == prepared[1]
    assert (len(prepared[0]["orders"]), len(prepared[0]["customers"])) == (1200, 150)
    iso, russian = tables
    assert list(iso) == list(russian)
    for name in iso:
        if name != "data_sources":  # how the files are written is what differs
            assert iso[name]["rows"] == russian[name]["rows"], name
    assert sum(len(table["rows"]) for table in iso.values()) > 100

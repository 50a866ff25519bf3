"""Real data through `crm-strategy report`: the figures of their expected.json stand."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import run, shared
from tests.test_deliverables import payloads

ONLINE_RETAIL = """\
client: Online Retail
language: en
currency: GBP
timezone: Europe/London
rhythm: quarter
data:
  order_lines:
    file: {data}/online_retail.parquet
    columns:
      order_id: InvoiceNo
      customer_id: CustomerID
      ordered_at: InvoiceDate
      product_id: StockCode
      product: Description
      quantity: Quantity
      price: UnitPrice
      country: Country
  rules: {{refunds: exclude, duplicates: keep, without_customer: exclude, zero_amounts: exclude}}
"""

CDNOW = """\
client: CDNOW
language: en
currency: USD
timezone: America/New_York
rhythm: quarter
data:
  orders:
    file: {data}/cdnow_master.csv.gz
    columns: {{customer_id: customer_id, ordered_at: date, amount: amount}}
  rules: {{duplicates: keep}}
"""


def rendered(root: Path, name: str, text: str, period: str) -> dict[str, dict[str, Any]]:
    (root / "params").mkdir()
    params = root / f"params/{name}.yml"
    params.write_text(text, "utf-8")
    assert len(text.splitlines()) < 25
    done = run("report", params, "--period", period, cwd=root)
    return payloads(root / done.stdout.strip(), "en")


def column(table: dict[str, Any], name: str) -> list[Any]:
    at = [column["name"] for column in table["columns"]].index(name)
    rows = table["rows"][:-1] if table["total"] else table["rows"]
    return [row[at] for row in rows]


def keyed(table: dict[str, Any], key: str, value: str) -> dict[str, Any]:
    keys = table["keys"].get(key) or column(table, key)
    return dict(zip(keys, column(table, value), strict=False))


@pytest.fixture(scope="module")
def retail(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    data = shared("data/online_retail")
    root = tmp_path_factory.mktemp("retail")
    return rendered(root, "retail", ONLINE_RETAIL.format(data=data), "2010-12-01..2011-12-09")


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    data = shared("data/cdnow")
    root = tmp_path_factory.mktemp("cdnow")
    return rendered(root, "cdnow", CDNOW.format(data=data), "1997-01-01..1998-06-30")


def expected(name: str) -> dict[str, Any]:
    return dict(json.loads(shared(f"data/{name}/expected.json").read_text("utf-8")))


def test_online_retail_rows_stand_in_data_tables(retail: dict[str, Any]) -> None:
    whole = expected("online_retail")
    clean = whole["clean(customer known, quantity>0, price>0)"]
    table = retail["data_tables"]
    assert keyed(table, "table", "rows_read")["order_lines"] == whole["rows"] == 541_909
    assert keyed(table, "table", "rows_kept")["order_lines"] == clean["rows"] == 397_884
    assert keyed(table, "table", "rows_kept")["orders"] == clean["invoices"] == 18_532
    assert keyed(table, "table", "rows_kept")["customers"] == clean["customers"] == 4_338


def test_online_retail_kpis_match_expected(retail: dict[str, Any]) -> None:
    clean = expected("online_retail")["clean(customer known, quantity>0, price>0)"]
    value = keyed(retail["kpis"], "kpi", "value")
    assert value["revenue"] == pytest.approx(clean["revenue"], abs=0.001)
    assert value["order_count"] == clean["invoices"]
    assert value["active_customers"] == clean["customers"]
    assert value["repeat_rate"] == pytest.approx(clean["repeat_customer_share"], abs=5e-5)
    assert value["average_order_value"] == pytest.approx(clean["revenue"] / clean["invoices"])


def test_online_retail_segments_sum_to_customers_and_revenue(retail: dict[str, Any]) -> None:
    clean = expected("online_retail")["clean(customer known, quantity>0, price>0)"]
    assert sum(column(retail["segments"], "customer_count")) == clean["customers"]
    assert sum(column(retail["segments"], "revenue")) == pytest.approx(clean["revenue"])


def test_online_retail_findings_count_what_expected_counts(retail: dict[str, Any]) -> None:
    whole = expected("online_retail")
    found = keyed(retail["data_findings"], "check", "row_count")
    assert whole["rows_without_customer"] in found.values()
    assert whole["cancellation_rows"] in found.values()
    assert whole["nonpositive_price_rows"] in found.values()
    assert whole["exact_duplicate_rows"] in found.values()


def test_chapters_without_data_say_what_to_supply(retail: dict[str, Any]) -> None:
    for name in ("channel_costs", "funnel", "transitions", "goals"):
        assert retail[name]["rows"] == []
        assert retail[name]["void"]


def test_cdnow_master_figures_match_expected(cdnow: dict[str, Any]) -> None:
    master = expected("cdnow")["master"]
    table = cdnow["data_tables"]
    assert keyed(table, "table", "rows_read")["orders"] == master["rows"] == 69_659
    assert keyed(table, "table", "rows_kept")["customers"] == master["customers"] == 23_570
    assert keyed(table, "table", "first_date")["orders"] == master["first_date"]
    assert keyed(table, "table", "last_date")["orders"] == master["last_date"]
    value = keyed(cdnow["kpis"], "kpi", "value")
    assert value["revenue"] == pytest.approx(master["total_amount"], abs=0.005)
    assert value["active_customers"] == master["customers"]
    assert sum(column(cdnow["segments"], "customer_count")) == master["customers"]
    assert sum(column(cdnow["segments"], "revenue")) == pytest.approx(master["total_amount"])
    assert (
        master["zero_amount_rows"] in keyed(cdnow["data_findings"], "check", "row_count").values()
    )

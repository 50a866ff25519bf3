"""Real data through `crm-strategy report`: the figures of their expected.json stand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import shared
from tests.public_data import (
    BANK,
    CDNOW,
    COMPLETE_JOURNEY,
    ECSI,
    NORTHWIND,
    ONLINE_RETAIL,
    SHOPPERS,
    expected,
)
from tests.test_deliverables import payloads

pytestmark = pytest.mark.whole

Tables = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def rendered(
    make: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Tables]:
    """Makes the report of a data set by its params alone; gives its tables."""

    def tables(name: str, text: str, period: str) -> Tables:
        data = shared(f"data/{name}")
        params = tmp_path_factory.mktemp(name) / "params" / f"{name}.yml"
        params.parent.mkdir()
        params.write_text(text.format(data=data), "utf-8")
        assert len(text.splitlines()) < 30
        return payloads(make(params, period), "en")

    return tables


def column(table: dict[str, Any], name: str) -> list[Any]:
    at = [column["name"] for column in table["columns"]].index(name)
    rows = table["rows"][:-1] if table["total"] else table["rows"]
    return [row[at] for row in rows]


def keyed(table: dict[str, Any], key: str, value: str) -> dict[str, Any]:
    keys = table["keys"].get(key) or column(table, key)
    return dict(zip(keys, column(table, value), strict=False))


@pytest.fixture(scope="module")
def retail(rendered: Callable[..., Tables]) -> Tables:
    return rendered("online_retail", ONLINE_RETAIL, "2010-12-01..2011-12-09")


@pytest.fixture(scope="module")
def cdnow(rendered: Callable[..., Tables]) -> Tables:
    return rendered("cdnow", CDNOW, "1997-01-01..1998-06-30")


@pytest.fixture(scope="module")
def journey(rendered: Callable[..., Tables]) -> Tables:
    return rendered("complete_journey_mini", COMPLETE_JOURNEY, "2017-01-01..2018-01-01")


@pytest.fixture(scope="module")
def ecsi(rendered: Callable[..., Tables]) -> Tables:
    return rendered("ecsi_mobile", ECSI, "2005-06-30..2005-06-30")


@pytest.fixture(scope="module")
def bank(rendered: Callable[..., Tables]) -> Tables:
    return rendered("bank_marketing", BANK, "2010-06-30..2010-06-30")


@pytest.fixture(scope="module")
def shoppers(rendered: Callable[..., Tables]) -> Tables:
    return rendered("online_shoppers", SHOPPERS, "2018-12-31..2018-12-31")


@pytest.fixture(scope="module")
def northwind(rendered: Callable[..., Tables]) -> Tables:
    return rendered("northwind", NORTHWIND, "1996-07-04..1998-05-06")


def groups(report: dict[str, Any], attribute: str, column_name: str) -> dict[str, Any]:
    """A column of the table `attributes` by the printed values of one attribute."""
    table = report["attributes"]
    rows = zip(
        column(table, "attribute"), column(table, "value"), column(table, column_name), strict=True
    )
    return {value: cell for name, value, cell in rows if name == attribute}


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


def test_online_retail_value_curve_has_the_share_of_the_top_fifth(retail: dict[str, Any]) -> None:
    clean = expected("online_retail")["clean(customer known, quantity>0, price>0)"]
    table = retail["value_curve"]
    shares = zip(column(table, "customer_share"), column(table, "revenue_share"), strict=True)
    [fifth] = [held for share, held in shares if share == pytest.approx(0.2, abs=5e-4)]
    # The curve rounds a fifth of 4,338 customers to 868, the expected figure to 867.
    assert fifth == pytest.approx(clean["top20pct_customers_revenue_share"], abs=5e-4)


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


def test_complete_journey_counts_match_expected(journey: dict[str, Any]) -> None:
    mini = expected("complete_journey_mini")["mini"]
    table = journey["data_tables"]
    assert keyed(table, "table", "rows_read")["order_lines"] == mini["transactions"] == 257_022
    assert keyed(table, "table", "rows_kept")["orders"] == mini["baskets"] == 25_754
    assert keyed(table, "table", "rows_kept")["customers"] == mini["households"] == 267
    assert keyed(table, "table", "rows_kept")["touches"] == mini["campaigns"] == 1_192
    value = keyed(journey["kpis"], "kpi", "value")
    assert value["revenue"] == pytest.approx(mini["sales_value"], abs=0.005)
    assert sum(column(journey["segments"], "customer_count")) == mini["households"]
    assert sum(column(journey["segments"], "revenue")) == pytest.approx(mini["sales_value"])


def test_complete_journey_sales_by_income_match_expected(journey: dict[str, Any]) -> None:
    sales = expected("complete_journey_mini")["mini"]["sales_by_income"]
    revenue = groups(journey, "Income", "revenue")
    # Incomes of fewer than ten households stand together as Other.
    other = revenue.pop("Other")
    assert revenue == pytest.approx({income: sales[income] for income in revenue}, abs=0.005)
    assert other == pytest.approx(sum(sales[each] for each in sales.keys() - revenue.keys()))
    assert len(revenue) == 8


def test_complete_journey_sales_by_brand_and_department_match_expected(
    journey: dict[str, Any],
) -> None:
    mini = expected("complete_journey_mini")["mini"]
    brands = keyed(journey["products"], "product", "revenue")
    assert {each: brands[each] for each in mini["sales_by_brand"]} == pytest.approx(
        mini["sales_by_brand"], abs=0.005
    )
    departments = keyed(journey["categories"], "category", "revenue")
    assert {each: departments[each] for each in mini["top_departments"]} == pytest.approx(
        mini["top_departments"], abs=0.005
    )


def test_ecsi_mobile_bands_of_recommendation_match_expected(ecsi: dict[str, Any]) -> None:
    whole = expected("ecsi_mobile")
    recommend = whole["recommend_CUSL3"]
    counts = keyed(ecsi["satisfaction"], "band", "customer_count")
    # The scale runs from 1 to 10: 9 and 10 promote, 7 and 8 are passive.
    given = {int(score): count for score, count in recommend["counts"].items()}
    assert [counts["detractor"], counts["passive"], counts["promoter"]] == [
        sum(count for score, count in given.items() if score <= 6),
        given[7] + given[8],
        given[9] + given[10],
    ]
    assert sum(counts.values()) == whole["rows"] == 250
    assert counts["promoter"] / whole["rows"] == recommend["share_9_10"]
    assert counts["detractor"] / whole["rows"] == recommend["share_le_6"]
    nps = keyed(ecsi["kpis"], "kpi", "value")["nps"]
    assert nps == pytest.approx(recommend["nps_like_on_1_10_scale"])


def test_ecsi_mobile_on_a_single_day_says_that_no_model_can_be_fitted(ecsi: dict[str, Any]) -> None:
    assert set(column(ecsi["value_models"], "problem")) == {"No repeat buyers"}
    assert column(ecsi["value_models"], "chosen").count(True) == 0


def test_bank_marketing_rates_match_expected(bank: dict[str, Any]) -> None:
    # A customer who said yes brings 1: revenue a customer is the rate.
    whole = expected("bank_marketing")["bank-additional-full"]
    value = keyed(bank["kpis"], "kpi", "value")
    assert value["order_count"] == whole["rows"] == 41_188
    assert value["revenue"] == whole["yes"] == 4_640
    assert value["average_order_value"] == pytest.approx(whole["rate"], abs=5e-7)
    for attribute, rates in (
        ("Called on", whole["rate_by_contact"]),
        ("Last campaign", whole["rate_by_poutcome"]),
    ):
        revenue, count = (groups(bank, attribute, name) for name in ("revenue", "customer_count"))
        found = {each: revenue[each] / count[each] for each in revenue}
        assert found == pytest.approx(rates, abs=5e-5)


def test_bank_marketing_rates_by_contact_stand_in_the_lead_funnel(bank: dict[str, Any]) -> None:
    whole = expected("bank_marketing")["bank-additional-full"]
    funnel = bank["lead_funnel"]
    rates = keyed(funnel, "source_channel", "win_rate")
    assert rates == pytest.approx(whole["rate_by_contact"], abs=5e-5)
    assert sum(column(funnel, "lead_count")) == whole["rows"]
    assert sum(column(funnel, "won_count")) == whole["yes"]
    # Nothing was spent that is known, so no price of a won lead.
    assert column(funnel, "cost_per_won") == [None, None]


def test_online_shoppers_rates_by_traffic_type_stand_in_the_lead_funnel(
    shoppers: dict[str, Any],
) -> None:
    whole = expected("online_shoppers")
    funnel = shoppers["lead_funnel"]
    rates = keyed(funnel, "source_channel", "win_rate")
    large = whole["rate_by_traffic_type_n>=100"]
    assert {each: rates[each] for each in large} == pytest.approx(large, abs=5e-5)
    # Sources of one session each, which says what its visitor did, are hidden.
    counts = keyed(funnel, "source_channel", "lead_count")
    assert all(isinstance(counts[each], dict) for each in ("12", "17"))
    visitors = groups(shoppers, "Visitor", "revenue"), groups(shoppers, "Visitor", "customer_count")
    found = {each: visitors[0][each] / visitors[1][each] for each in visitors[0]}
    assert found == pytest.approx(whole["rate_by_visitor"], abs=5e-5)
    assert keyed(shoppers["kpis"], "kpi", "value")["revenue"] == whole["revenue_true"]


def test_northwind_figures_match_expected(northwind: dict[str, Any]) -> None:
    whole = expected("northwind")
    table = northwind["data_tables"]
    assert keyed(table, "table", "rows_kept")["order_lines"] == whole["rows"]["order_details"]
    assert keyed(table, "table", "rows_kept")["orders"] == whole["rows"]["orders"] == 830
    assert keyed(table, "table", "rows_kept")["customers"] == whole["rows"]["customers"] == 93
    assert keyed(table, "table", "first_date")["orders"] == whole["first_order"]
    assert keyed(table, "table", "last_date")["orders"] == whole["last_order"]
    value = keyed(northwind["kpis"], "kpi", "value")
    assert value["revenue"] == pytest.approx(whole["net_sales_after_discount"], abs=0.005)
    assert value["active_customers"] == whole["customers_with_orders"] == 89
    assert len(column(northwind["categories"], "category")) == whole["rows"]["categories"]
    delivery = groups(northwind, "Delivery", "revenue")
    assert len(delivery) == whole["rows"]["shippers"]
    assert sum(delivery.values()) == pytest.approx(whole["net_sales_after_discount"])

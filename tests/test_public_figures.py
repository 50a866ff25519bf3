"""Real data through `open_book` and the analyses: the figures of their expected.json stand.

What whole reports show of the same data is in `test_public_data`.
"""

from collections.abc import Callable
from typing import Any

import pytest
from ibis import _

from crm_strategy import open_book
from crm_strategy.analysis import (
    experiment_counts,
    experiments,
    kpis,
    product_trends,
    purchase_counts,
    value_segments,
)
from crm_strategy.data.book import Book
from tests.conftest import shared
from tests.public_data import CDNOW, COMPLETE_JOURNEY, NORTHWIND, ONLINE_RETAIL, expected

pytestmark = pytest.mark.whole

CDNOW_PIECES = CDNOW.replace(
    "  rules:",
    """\
  order_lines:
    file: {data}/cdnow_master.csv.gz
    columns: {{customer_id: customer_id, ordered_at: date, amount: amount, quantity: quantity,
              product_id: '= "CD"', order_id: "= row"}}
  rules:""",
)

YES = """\
client: Yes or no
language: en
timezone: UTC
rhythm: year
data:
  orders:
    file: {data}/FILE
    columns: {{customer_id: "= row", ordered_at: '= "2018-12-31"', amount: '= ANSWER'}}
  experiments:
    file: {data}/FILE
    columns: {{experiment: '= "shown"', variant: VARIANT, customer_id: "= row",
              assigned_at: '= "2018-12-31"', revenue: "= 0"}}
  rules: {{duplicates: keep, zero_amounts: exclude}}
"""
DAY = "2018-12-31..2018-12-31"


def yes(file: str, answer: str, variant: str) -> str:
    """Params of a file of answers; whoever said yes placed an order of 1 that day."""
    return YES.replace("FILE", file).replace("ANSWER", answer).replace("VARIANT", variant)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Book]:
    """Opens the book of a data set by its params alone; what was prepared of them serves all."""
    root = tmp_path_factory.mktemp("figures")
    (root / "params").mkdir()

    def book(name: str, text: str, period: str) -> Book:
        params = root / "params" / f"{name}.yml"
        params.write_text(text.format(data=shared(f"data/{name}")), "utf-8")
        return open_book(params, period=period)

    return book


def values(book: Book, **tables: Any) -> dict[str, float]:
    inputs = book.kpi_inputs | tables
    found = kpis.kpi_history(**inputs, periods=[book.period], active_days=book.period.days)
    return dict(zip(found["kpi"], found["value"], strict=True))


def rates(book: Book) -> dict[str, float]:
    counted: dict[str, Any] = {"as_of": book.as_of, "days": 30}
    people = experiment_counts.participants(book.experiments, book.orders, **counted)
    results = experiments.experiment_results(people, **counted)
    return dict(zip(results["variant"], results["rate"], strict=True))


def test_online_retail_revenue_of_each_country_is_its_share_of_all(
    opened: Callable[..., Book],
) -> None:
    clean = expected("online_retail")["clean(customer known, quantity>0, price>0)"]
    book = opened("online_retail", ONLINE_RETAIL, "2010-12-01..2011-12-09")
    people = book.customers.select("customer_id", "country")
    for country, share in clean["revenue_share_by_country_top5"].items():
        theirs = people.filter(_.country == country)
        revenue = values(book, orders=book.orders.semi_join(theirs, "customer_id"))["revenue"]
        assert revenue / clean["revenue"] == pytest.approx(share, abs=1e-4)


def test_online_retail_most_valuable_fifth_holds_the_share_of_expected(
    opened: Callable[..., Book],
) -> None:
    clean = expected("online_retail")["clean(customer known, quantity>0, price>0)"]
    book = opened("online_retail", ONLINE_RETAIL, "2010-12-01..2011-12-09")
    counts = purchase_counts.purchase_counts(book.orders, as_of=book.as_of).cache()
    # Expected counts 867 customers, a fifth rounded down; the curve 868, a fifth rounded.
    top = counts.order_by(_.revenue.desc()).limit(867).revenue.sum().to_pyarrow().as_py()
    share = clean["top20pct_customers_revenue_share"]
    assert top / clean["revenue"] == pytest.approx(share, abs=5e-5)
    worth = counts.select("customer_id", expected_value=_.revenue)
    curve = value_segments.value_curve(counts, worth).set_index("customer_share")
    fifth = curve.iloc[4]
    assert curve.index[4] == pytest.approx(868 / 4338)
    assert fifth["revenue_share"] == fifth["expected_value_share"]
    assert share < fifth["revenue_share"] == pytest.approx(share, abs=5e-4)


def test_cdnow_pieces_sold_match_expected(opened: Callable[..., Book]) -> None:
    master = expected("cdnow")["master"]
    book = opened("cdnow", CDNOW_PIECES, "1997-01-01..1998-06-30")
    assert book.order_lines.quantity.sum().to_pandas() == master["total_quantity"] == 167_881
    found = values(book)
    assert found["revenue"] == pytest.approx(master["total_amount"], abs=0.005)
    assert found["active_customers"] == master["customers"]


def test_complete_journey_products_sold_are_those_of_its_catalogue(
    opened: Callable[..., Book],
) -> None:
    mini = expected("complete_journey_mini")["mini"]
    text = COMPLETE_JOURNEY.replace("product_id: brand", "product_id: product_id")
    book = opened("complete_journey_mini", text, "2017-01-01..2018-01-01")
    known = book.order_lines.filter(_.category.notnull())
    assert known.product_id.nunique().to_pandas() == mini["products"]
    assert values(book)["order_count"] == mini["baskets"]


def test_northwind_gross_sales_are_those_before_the_discount(opened: Callable[..., Book]) -> None:
    whole = expected("northwind")
    gross = NORTHWIND.replace(" * (1 - Discount)", "")
    book = opened("northwind", gross, "1996-07-04..1998-05-06")
    assert values(book)["revenue"] == pytest.approx(whole["gross_sales"], abs=0.005)
    span = {"start": book.period.start, "end": book.period.end}
    sold = product_trends.product_trends(
        book.order_lines, **span, base_start=span["start"], base_end=span["end"]
    )
    assert len(sold) == whole["rows"]["products"] == 77
    assert sold["revenue"].sum() == pytest.approx(whole["gross_sales"], abs=0.005)


def test_bank_marketing_rates_by_last_campaign_are_those_of_the_test_table(
    opened: Callable[..., Book],
) -> None:
    whole = expected("bank_marketing")["bank-additional-full"]
    text = yes("bank-additional-full.csv.gz", 'y == "yes"', "poutcome")
    assert rates(opened("bank_marketing", text, DAY)) == pytest.approx(
        whole["rate_by_poutcome"], abs=5e-5
    )


def test_bank_marketing_in_full_has_as_many_yes(opened: Callable[..., Book]) -> None:
    whole = expected("bank_marketing")["bank-full"]
    book = opened("bank_marketing", yes("bank-full.csv.gz", 'y == "yes"', "contact"), DAY)
    assert values(book)["order_count"] == whole["yes"]
    known = book.experiments.customer_id.nunique().to_pandas()
    assert known == whole["rows"]
    assert whole["yes"] / known == pytest.approx(whole["rate"], abs=5e-7)


def test_online_shoppers_rates_by_visitor_are_those_of_the_test_table(
    opened: Callable[..., Book],
) -> None:
    whole = expected("online_shoppers")
    text = yes("online_shoppers_intention.csv.gz", 'Revenue == "True"', "VisitorType")
    book = opened("online_shoppers", text, DAY)
    assert rates(book) == pytest.approx(whole["rate_by_visitor"], abs=5e-5)
    sizes = book.experiments.variant.value_counts(name="n").to_pandas()
    assert dict(zip(sizes["variant"], sizes["n"], strict=True)) == whole["visitor_type"]
    assert values(book)["order_count"] / whole["rows"] == pytest.approx(whole["rate"], abs=5e-7)

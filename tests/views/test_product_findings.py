import pandas as pd
import pytest

from crm_strategy.views import charts, findings, tables
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.words import LANGUAGES, speaking
from tests.views.outlook_samples import OUTLOOK_ROWS

TRENDS = pd.DataFrame(
    [
        ("Filter", 5041.0, 196, 174, -0.07, "steady", 5432.0, 195, 184.0, "P-401"),
        ("Coffee", 4241.0, 161, 145, 0.3, "riser", 3838.0, 120, 110.0, "P-101"),
        ("Case", 0.0, 0, 0, -1.0, "no_interest", 1335.0, 41, 38.7, "P-507"),
    ],
    columns=[
        *("product", "revenue", "order_count", "customer_count", "trend", "verdict", "previous"),
        *("previous_count", "expected_count", "product_id"),
    ],
).assign(same_season=True, revenue_customers=[174, 145, 0], previous_customers=[170, 110, 38])
SEASONS = pd.DataFrame(OUTLOOK_ROWS["seasonality"])


def test_a_product_nobody_buys_any_more_is_named_before_those_that_rise() -> None:
    found = findings.products_finding(TRENDS, base="2025 Q3")
    assert found.severity == "watch"
    assert found.title == (
        "“Case” no longer sells: 0 orders where 39 were to be expected from 2025 Q3"
    )
    # 161 orders where 110 were to be expected.
    assert "Rising: “Coffee” +46%." in found.text
    assert "3 products were held against their share of all orders in 2025 Q3" in found.text
    assert found.decision is not None
    assert "find out why it stopped" in found.decision.title


@pytest.mark.parametrize(
    ("language", "base", "waits"),
    [
        ("en", "2025 Q2, another season", "next year can tell"),
        ("ru", "(другой сезон)", "через год"),
    ],
)
def test_products_held_against_another_season_say_so(language: str, base: str, waits: str) -> None:
    rows = TRENDS.assign(same_season=False, verdict=["steady", "riser", "faller"])
    with speaking(language=language):
        found = findings.products_finding(rows, base="2025 Q2")
    assert base in found.title
    assert waits in found.text
    assert (found.severity, found.decision) == ("note", None)


def test_a_decision_on_a_product_is_named_where_the_product_is() -> None:
    decided = [
        {"decision": "Sell it off", "period": "2026-Q2", "product": "P-507"},
        {"decision": "Taste it", "period": "2026-Q2", "product": "P-999"},
        {"decision": "Call", "period": "2026-Q2", "product": None},
    ]
    found = findings.products_finding(TRENDS, base="2025 Q3", decided=decided)
    said, asked = (
        text.replace("\N{NO-BREAK SPACE}", " ")
        for text in (found.text, found.decision.title if found.decision else "")
    )
    assert "Decided on “Case” in 2026 Q2: “Sell it off”; what came of it" in said
    assert "Taste it" not in said
    assert asked == "“Case”: carry out or close the decision of 2026 Q2, “Sell it off”"
    few = TRENDS.assign(previous_customers=[170, 110, 9])
    kept = findings.products_finding(few, base="2025 Q3", decided=decided)
    assert "Sell it off" not in str(kept.payload())


def test_products_that_stay_are_not_called_moved() -> None:
    found = findings.products_finding(TRENDS.head(1), base="2025 Q3")
    assert found.title == "No product’s share of orders moved beyond chance since 2025 Q3"
    assert (found.severity, found.decision) == ("note", None)
    unknown = findings.products_finding(TRENDS.assign(verdict=None), base="2025 Q3")
    assert unknown.title.startswith("No earlier period is known")
    few = findings.products_finding(TRENDS.assign(revenue_customers=3), base="2025 Q3")
    assert few.title == "Too few customers bought any one product to show how products sell"
    assert few.text == ""


def test_a_product_of_few_customers_is_in_no_sentence() -> None:
    few = TRENDS.assign(previous_customers=[170, 110, 9])
    assert "Case" not in str(findings.products_finding(few, base="2025 Q3").payload())
    assert is_hidden(column_cells(tables.products_table(few).payload(), "trend")[-1])


def test_a_product_of_one_season_is_named_with_its_months_and_share() -> None:
    found = findings.seasonality_finding(SEASONS)
    assert found.title == (
        "“Advent calendar” sells in one season: 98% of its orders fall into Oct–Dec, of all "
        "orders 29%"
    )
    assert "“Gifts” (Oct–Dec)" in found.text
    even = findings.seasonality_finding(SEASONS.assign(verdict="even"))
    assert even.title == "No product sells in one season only"


def test_the_year_of_few_customers_is_hidden() -> None:
    few = SEASONS.assign(
        customer_count=SEASONS["customer_count"].where(SEASONS["product"] != "Advent calendar", 9)
    )
    assert "Advent" not in findings.seasonality_finding(few).title
    drawn = charts.seasonality_chart(few).payload()
    names, cells = column_cells(drawn, "product"), column_cells(drawn, "index")
    pairs = zip(names, cells, strict=True)
    assert all(is_hidden(cell) for name, cell in pairs if name == "Advent calendar")


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_lines_or_years_it_says_so(language: str) -> None:
    with speaking(language=language):
        assert findings.products_finding(TRENDS.head(0), base="x").title
        assert findings.seasonality_finding(SEASONS.head(0)).title

"""Categories, products and seasons tell no few customers: of either period, nor by their sums."""

from fractions import Fraction

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.views import charts, findings, tables
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.views.season_privacy import told_seasons
from tests.analysis.builders import FEW

YEAR = range(1, 13)


def categories(*rows: tuple[str, float, int, int, float, int]) -> pd.DataFrame:
    columns = ["category", "revenue", "order_count", "customer_count", "previous"]
    made = pd.DataFrame(rows, columns=[*columns, "previous_customers"])
    return made.assign(
        revenue_customers=made["customer_count"],
        change=made["revenue"] / made["previous"] - 1,
        revenue_share=made["revenue"] / made["revenue"].sum(),
    )


def products(*rows: tuple[str, float, int, int, float, int]) -> pd.DataFrame:
    made = categories(*rows).rename(columns={"category": "product", "change": "trend"})
    return made.assign(
        product_id=made["product"],
        previous_count=made["previous_customers"] + 3,
        expected_count=made["previous_customers"] + 3.0,
        p_adjusted=1.0,
        verdict="steady",
        same_season=True,
        category="All",
    )


def season(item: str, *customers: int, level: str = "product", extra: int = 12) -> pd.DataFrame:
    """A year of a product whose season is from October on; `extra` orders a month beside."""
    orders = [n + extra if n else 0 for n in customers]
    made = pd.DataFrame({"month": YEAR, "customer_count": customers, "order_count": orders})
    return made.assign(
        product="Tea",
        product_id=item,
        level=level,
        category=item,
        verdict="one_season",
        window_start=10,
        overall_share=0.3,
        p_adjusted=0.0,
        revenue=made["order_count"] * 9.0,
        index=made["order_count"] / sum(orders) * 1200,
        window_share=sum(orders[9:]) / sum(orders),
        year_count=2,
    )


def by_name(payload: dict, column: str, name: str = "category") -> dict[str, object]:
    return dict(zip(column_cells(payload, name), column_cells(payload, column), strict=True))


def unseen(cells: dict[str, object]) -> set[str]:
    return {name for name, cell in cells.items() if is_hidden(cell)}


GIFTS = categories(
    ("Tea", 9000.0, 300, 200, 8000.0, 190),
    ("Coffee", 5000.0, 200, 140, 4000.0, 120),
    ("Cups", 3000.0, 100, 60, 2000.0, 30),
    # Sixteen now, eight before.
    ("Gifts", 1900.0, 40, 16, 1118.74, 8),
)


def test_revenue_of_few_customers_of_the_period_before_is_in_no_row_bar_or_sentence() -> None:
    payload = tables.categories_table(GIFTS).payload()
    for column in ("previous", "change"):
        # Cups go with Gifts: the revenue of all is in the scorecard.
        assert unseen(by_name(payload, column)) == {"Gifts", "Cups"}
    assert unseen(by_name(payload, "revenue")) == set()
    drawn = charts.category_bars_chart(GIFTS).payload()
    assert unseen(by_name(drawn, "previous")) == {"Gifts", "Cups"}
    assert "70" not in drawn["alt"]
    said = findings.category_finding(GIFTS.assign(previous=[8900.0, 4700.0, 2900.0, 1118.74]))
    assert "Gifts" not in said.text
    assert said.text.startswith("The largest move of those shown: “Coffee”, up by")


def test_no_sentence_names_a_category_that_is_hidden_beside_another() -> None:
    # Gifts are of eight; Kettles go with them, whatever they lost.
    rows = categories(
        ("Tea", 9000.0, 300, 200, 9100.0, 190),
        ("Kettles", 900.0, 30, 18, 3900.0, 60),
        ("Gifts", 800.0, 30, 8, 700.0, 40),
    )
    found = findings.category_finding(rows)
    assert "Kettles" not in found.text
    top = findings.category_finding(rows.assign(revenue=[100.0, 900.0, 800.0]))
    assert "Kettles" not in f"{top.title} {top.text}"
    assert top.figures == {}


def test_bars_hide_the_categories_that_the_table_hides_beyond_the_last_bar_too() -> None:
    many = [(f"C{at:02d}", 9000.0 - at, 300, 200, 8000.0, 190) for at in range(12)]
    rows = categories(*many, ("Last", 90.0, 30, 8, 700.0, 40))
    table, drawn = tables.categories_table(rows).payload(), charts.category_bars_chart(rows)
    shown = unseen(by_name(drawn.payload(), "revenue"))
    assert shown <= unseen(by_name(table, "revenue"))
    assert "Last" in unseen(by_name(table, "revenue"))


def test_a_refund_to_few_is_no_revenue_of_nobody() -> None:
    rows = categories(("Tea", 900.0, 30, 20, 900.0, 20), ("Cups", 700.0, 30, 15, 700.0, 20))
    back = rows.assign(revenue=[900.0, -70.0], customer_count=[20, 0], revenue_customers=[20, 2])
    assert unseen(by_name(tables.categories_table(back).payload(), "revenue")) == {"Tea", "Cups"}


def test_a_category_does_not_tell_how_few_came_again() -> None:
    # 19 orders by 18 customers: one came twice. Cups, the next fewest, go with them.
    rows = categories(
        ("Tea", 9000.0, 300, 200, 8000.0, 190),
        ("Cups", 3000.0, 80, 60, 2000.0, 40),
        ("Kettles", 1900.0, 19, 18, 1118.74, 20),
    )
    payload = tables.categories_table(rows).payload()
    assert unseen(by_name(payload, "order_count")) == {"Kettles", "Cups"}
    assert unseen(by_name(payload, "customer_count")) == set()


def test_a_product_tells_no_few_customers_of_the_period_compared_with() -> None:
    # Twelve orders then, of nine customers.
    rows = products(
        ("Filter", 900.0, 90, 70, 800.0, 60),
        ("Cup", 700.0, 60, 40, 500.0, 40),
        ("Case", 300.0, 50, 30, 90.0, 9),
    )
    payload = tables.products_table(rows).payload()
    for column in ("previous", "trend", "previous_count", "expected_count", "p_adjusted"):
        assert unseen(by_name(payload, column, "product")) == {"Case", "Cup"}
    fell = rows.assign(verdict="faller")
    said = findings.products_finding(fell, base="2025 Q3").payload()
    assert "Filter" in str(said)
    assert "Case" not in str(said)


def test_hidden_products_of_one_name_stand_by_their_ids_not_by_their_revenue() -> None:
    rows = products(
        ("b", 900.0, 9, 7, 800.0, 60), ("c", 700.0, 6, 4, 500.0, 40), ("a", 300.0, 5, 3, 90.0, 40)
    )
    payload = tables.products_table(rows.assign(product="Gifts")).payload()
    assert column_cells(payload, "product_id") == ["a", "b", "c"]


@FEW
@given(st.integers(10, 300), st.integers(0, 30))
def test_customers_of_a_product_leave_open_whether_anybody_ordered_again(n: int, more: int) -> None:
    rows = products(("Filter", 900.0, n + more, n, 800.0, 60))
    cell = by_name(tables.products_table(rows).payload(), "customer_count", "product")["Filter"]
    if is_hidden(cell):
        assert 0 < more < 10
        return
    # Any number that is rounded to the cell, is shown at all and has no more customers than orders.
    possible = [n + more - of for of in range(max(10, cell - 5), cell + 5) if of <= n + more]
    assert more in possible
    assert more == 0 or 0 in possible or max(possible) >= 10


def test_a_month_of_few_does_not_follow_from_the_mean_of_the_index() -> None:
    # A category and two of its products bear one name.
    flat = [40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51]
    rows = pd.concat(
        [
            season("Tea", *[3 * n for n in flat], level="category"),
            season("P1", *flat),
            season("P2", *flat[:9], 4, *flat[10:]),
        ]
    ).assign(category="Tea")
    told = told_seasons(rows)
    index = told["index"].map(is_hidden).groupby(told["product_id"]).sum()
    assert index["P2"] >= 2
    # What the products of the category sold in October is known from its row.
    october = told[(told["month"] == 10) & (told["level"] == "product")]
    assert october["order_count"].map(is_hidden).all()
    assert index["P1"] >= 2
    drawn = charts.seasonality_chart(rows).payload()
    assert sum(map(is_hidden, column_cells(drawn, "index"))) >= 2


def test_few_outside_the_season_do_not_follow_from_the_share_in_it() -> None:
    # Three people in May; nobody else outside October to December.
    rows = season("Gifts", 0, 0, 0, 0, 3, 0, 0, 0, 0, 200, 300, 400, extra=2)
    told = told_seasons(rows)
    assert told["window_share"].map(is_hidden).all()
    assert told["p_adjusted"].map(is_hidden).all()
    found = findings.seasonality_finding(rows)
    assert found.title == "“Tea” sells in one season: Oct–Dec"
    assert "window_share" not in found.figures


def test_the_season_of_a_product_whose_share_may_be_told_is_told_first() -> None:
    few = season("Gifts", 0, 0, 0, 0, 3, 0, 0, 0, 0, 200, 300, 400)
    many = season("Tea", *[20] * 9, 900, 900, 900).assign(product="Advent")
    found = findings.seasonality_finding(pd.concat([few, many]))
    assert found.title.startswith("“Advent” sells in one season: 90%")


@FEW
@given(st.lists(st.sampled_from([0, 2, 6, 9, 11, 30, 80]), min_size=12, max_size=12))
def test_no_orders_of_few_follow_from_the_months_shown_and_the_share(counts: list[int]) -> None:
    if not sum(counts):
        return
    rows = season("P", *counts, extra=1)
    told = told_seasons(rows).reset_index(drop=True)
    gone = told["order_count"].map(is_hidden)
    assert gone[(rows["customer_count"] > 0) & (rows["customer_count"] < 10)].all()
    if is_hidden(told["window_share"].iloc[0]):
        sides = [list(YEAR)]
    else:
        share = Fraction(told["window_share"].iloc[0]).limit_denominator(10_000)
        assert share == Fraction(int(rows["order_count"][9:].sum()), int(rows["order_count"].sum()))
        sides = [[10, 11, 12], list(range(1, 10))]
    for side in sides:
        left = rows[gone & rows["month"].isin(side) & (rows["customer_count"] > 0)]
        assert left.empty or len(left) > 1 or len(sides) == 1
        assert left.empty or left["customer_count"].sum() >= 10 or len(sides) == 1


def test_a_month_of_few_is_hidden_and_no_month_tells_how_few_came_again() -> None:
    months = pd.DataFrame(
        {
            "month": pd.to_datetime(["2026-01-01", "2026-02-01"]),
            "revenue": [90.0, 190.0],
            "order_count": [12, 19],
            "customer_count": [9, 18],
        }
    )
    payload = charts.monthly_orders_chart(months).payload()
    assert [column["name"] for column in payload["columns"]] == ["month", "revenue", "order_count"]
    assert [is_hidden(cell) for cell in column_cells(payload, "order_count")] == [True, False]
    assert charts.monthly_orders_chart(months.head(0)).payload()["rows"] == []


def test_refund_rates_do_not_tell_the_few_who_returned_a_product() -> None:
    rows = products(*((name, 900.0, 90, 80, 800.0, 70) for name in ("Soap", "Tea", "Oil")))
    rows = rows.assign(refund_rate=[0.0, 0.02, 0.3], previous_refund_rate=[0.02, 0.0, 0.3])
    rows = rows.assign(refund_customers=[0, 1, 24], previous_refund_customers=[9, 0, 10])
    payload = tables.products_table(rows).payload()
    rates = by_name(payload, "refund_rate", "product")
    before = by_name(payload, "previous_refund_rate", "product")
    assert (rates["Soap"], rates["Oil"], before["Tea"], before["Oil"]) == (0.0, 0.3, 0.0, 0.3)
    assert is_hidden(rates["Tea"])
    assert is_hidden(before["Soap"])

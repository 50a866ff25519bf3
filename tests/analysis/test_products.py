from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.products import category_revenue, product_revenue
from tests.analysis.builders import FEW, order_lines, records

PERIODS = {
    "start": date(2026, 7, 1),
    "end": date(2026, 9, 30),
    "previous_start": date(2026, 4, 1),
    "previous_end": date(2026, 6, 30),
}

LINES = (
    ("o1", "a", "2026-07-01", "soap", 10, "Bath"),
    ("o1", "a", "2026-07-01", "soap", 5, "Bath"),
    ("o2", "b", "2026-08-01", "soap", 15, "Bath"),
    ("o3", None, "2026-09-30", "tea", 20, "Kitchen"),
    ("o2-R", "b", "2026-08-05", "soap", -10, "Bath"),
    ("o0", "a", "2026-04-01", "soap", 16, "Bath"),
    ("o0", "a", "2026-06-30", "cup", 8, "Kitchen"),
    ("o9", "a", "2026-03-31", "cup", 99, "Kitchen"),
)


def test_revenue_of_products_worked_by_hand():
    found = product_revenue(order_lines(*LINES), **PERIODS)
    assert records(found) == [
        # soap: 10 + 5 + 15 − 10, in two orders of two customers; 16 before.
        ("The soap", 20.0, 2, 2, 0.5, 16.0, pytest.approx(0.25), "soap", 2, 1),
        ("The tea", 20.0, 1, 0, 0.5, 0.0, None, "tea", 0, 0),
        ("The cup", 0.0, 0, 0, 0.0, 8.0, -1.0, "cup", 0, 1),
    ]


def test_revenue_of_categories_worked_by_hand():
    assert records(category_revenue(order_lines(*LINES), **PERIODS)) == [
        ("Bath", 20.0, 2, 2, 0.5, 16.0, pytest.approx(0.25), 2, 1),
        ("Kitchen", 20.0, 1, 0, 0.5, 8.0, 1.5, 0, 1),
    ]


def test_without_a_previous_period_nothing_is_compared():
    found = product_revenue(order_lines(LINES[0]), **PERIODS)
    assert records(found, "revenue", "previous", "change") == [(10.0, None, None)]


def test_one_product_is_one_row_under_two_names_and_bears_its_id_without_one():
    lines = order_lines(*LINES[:3])
    renamed = lines.mutate(product=(lines.amount > 10).ifelse("New soap", lines["product"]))
    unnamed = lines.mutate(product=lines["product"].nullif("The soap"))
    assert records(product_revenue(renamed, **PERIODS), "product") == [("The soap",)]
    assert records(product_revenue(unnamed, **PERIODS), "product") == [("soap",)]


def test_no_lines_give_empty_tables():
    assert records(product_revenue(order_lines(), **PERIODS)) == []
    assert records(category_revenue(order_lines(), **PERIODS)) == []


@FEW
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["o1", "o2", "o3"]),
            st.sampled_from(["a", "b", None]),
            st.dates(date(2026, 3, 1), date(2026, 10, 31)),
            st.sampled_from(["soap", "tea", "cup"]),
            st.integers(-500, 2000).map(lambda cents: cents / 100),
            st.sampled_from(["Bath", "Kitchen"]),
        )
    )
)
def test_products_and_categories_add_up_to_the_lines(rows):
    products = product_revenue(order_lines(*rows), **PERIODS).to_pandas()
    categories = category_revenue(order_lines(*rows), **PERIODS).to_pandas()
    now = [row for row in rows if PERIODS["start"] <= row[2] <= PERIODS["end"]]
    revenue = pytest.approx(sum(row[4] for row in now))
    assert products["revenue"].sum() == revenue
    assert categories["revenue"].sum() == revenue

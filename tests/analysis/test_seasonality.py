from datetime import date

import pytest

from crm_strategy.analysis.seasonality import COLUMNS, seasonality
from tests.analysis.builders import order_lines

DAYS = {"first_day": date(2024, 1, 1), "as_of": date(2025, 12, 31)}


def years(products: dict[str, dict[int, int]], *, of: tuple[int, ...] = (2024, 2025)):
    """Orders of one line of 10, so many of each product a calendar month in each year."""
    return order_lines(
        *(
            (f"{year}-{month}-{product}-{n}", f"c{n}", f"{year}-{month:02}-{1 + n % 28:02}",
             product, 10, "Gifts" if product == "calendar" else "Pantry")
            for year in of
            for product, months in products.items()
            for month, count in months.items()
            for n in range(count)
        )
    )  # fmt: skip


EVEN = dict.fromkeys(range(1, 13), 20)


def first(found, column="verdict"):
    return found[found["month"] == 1].set_index(["level", "product_id"])[column].to_dict()


def test_the_index_is_the_month_against_the_mean_month():
    found = seasonality(years({"tea": EVEN | {12: 40}}), **DAYS)
    index = found[found["level"] == "product"].set_index("month")["index"]
    # 260 a year: a mean month has 260 / 12; December 40.
    assert index[12] == pytest.approx(100 * 40 / (260 / 12))
    assert index.sum() == pytest.approx(1200)


def test_a_product_of_one_season_is_told_from_those_without():
    found = seasonality(years({"tea": EVEN, "calendar": {10: 20, 11: 40, 12: 20}}), **DAYS)
    verdicts = first(found)
    assert verdicts["product", "calendar"] == verdicts["category", "Gifts"] == "one_season"
    assert verdicts["product", "tea"] == "even"
    assert first(found, "window_start")["product", "calendar"] == 10


def test_a_season_around_the_turn_of_the_year_is_one():
    found = seasonality(years({"tea": EVEN, "skates": {12: 30, 1: 40, 2: 30}}), **DAYS)
    assert first(found)["product", "skates"] == "one_season"
    assert first(found, "window_start")["product", "skates"] == 12


def test_what_sold_so_in_one_year_only_is_no_season():
    once = years({"calendar": {10: 20, 11: 40, 12: 20}}, of=(2024,))
    other = years({"calendar": {4: 20, 5: 40, 6: 20}}, of=(2025,))
    found = seasonality(once.union(other).union(years({"tea": EVEN})), **DAYS)
    assert first(found)["product", "calendar"] == "even"


def test_under_two_full_years_no_season_is_claimed():
    lines = years({"tea": EVEN})
    for days in (
        {"first_day": date(2024, 1, 20), "as_of": date(2025, 12, 31)},
        {"first_day": date(2024, 1, 1), "as_of": date(2025, 12, 30)},
    ):
        found = seasonality(lines, **days)
        assert (list(found), len(found)) == (list(COLUMNS), 0)
    assert seasonality(order_lines(), **DAYS).empty

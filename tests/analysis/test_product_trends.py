from datetime import date

import pytest

from crm_strategy.analysis.product_trends import COLUMNS, base_period, product_trends
from crm_strategy.analysis.spans import Span
from tests.analysis.builders import ORDER_LINES, at, table

NOW = {"start": date(2026, 7, 1), "end": date(2026, 9, 30)}
BASE = {"base_start": date(2025, 7, 1), "base_end": date(2025, 9, 30)}


def lines(*rows):
    """Lines as (order, customer, day, product, amount, quantity)."""
    return table(
        ORDER_LINES | {"quantity": "float64"},
        [
            {
                "order_id": row[0],
                "customer_id": row[1],
                "ordered_at": at(row[2]),
                "product_id": row[3],
                "product": f"The {row[3]}",
                "amount": float(row[4]),
                "quantity": row[5],
                "is_refund": row[4] < 0,
            }
            for row in rows
        ],
    )


def sold(now: dict[str, int], base: dict[str, int]):
    """Orders of one line each, so many of each product now and a year before."""
    return lines(
        *(
            (f"{year}{product}{n}", f"c{n}", f"{year}-08-{1 + n % 28:02}", product, 10, 1.0)
            for year, counts in ((2026, now), (2025, base))
            for product, count in counts.items()
            for n in range(count)
        )
    )


def test_prices_refunds_and_trend_worked_by_hand():
    found = product_trends(
        lines(
            ("a", "x", "2026-07-01", "soap", 10, 2.0), ("b", "y", "2026-08-01", "soap", 14, 2.0),
            ("b-R", "y", "2026-08-02", "soap", -6, 1.0), ("c", "x", "2025-08-01", "soap", 20, 5.0),
        ),
        **NOW, **BASE,
    ).iloc[0]  # fmt: skip
    # Revenue 10 + 14 − 6 against 20; price 24 / 4 against 20 / 5; refunds 6 of 24.
    assert (found["revenue"], found["trend"]) == (18, pytest.approx(-0.1))
    assert (found["price"], found["price_change"]) == (6, pytest.approx(0.5))
    assert (found["refund_rate"], found["order_count"], found["customer_count"]) == (0.25, 2, 2)
    assert (found["refund_customers"], found["previous_refund_customers"]) == (1, 0)


def test_what_moves_all_products_alike_moves_none():
    found = product_trends(
        sold({"soap": 150, "tea": 75, "cup": 30}, {"soap": 300, "tea": 150, "cup": 60}),
        **NOW,
        **BASE,
    )
    assert set(found["verdict"]) == {"steady"}
    assert found["expected_count"].to_list() == [150, 75, 30]


def test_risers_fallers_and_products_without_interest_are_told_apart():
    base = {"soap": 300, "tea": 120, "cup": 120, "pen": 4, "jar": 60}
    found = product_trends(
        sold({"soap": 300, "tea": 210, "cup": 50, "pen": 1, "jar": 2}, base), **NOW, **BASE
    ).set_index("product_id")
    assert found["verdict"].to_dict() == {
        "soap": "steady",
        "tea": "riser",
        "cup": "faller",
        "jar": "no_interest",
        "pen": "too_few",
    }


def test_against_another_season_no_product_is_called_dead():
    base = {"soap": 300, "jar": 60}
    spans = {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}
    years = product_trends(
        sold({"soap": 300}, base),
        **spans,
        base_start=date(2025, 1, 1),
        base_end=date(2025, 12, 31),
    )
    # August 2025 stands for the quarter before.
    quarters = product_trends(
        sold({"soap": 300}, base),
        **spans,
        base_start=date(2025, 7, 1),
        base_end=date(2025, 9, 30),
    )
    verdicts = [each.set_index("product_id").loc["jar", "verdict"] for each in (years, quarters)]
    assert verdicts == ["no_interest", "faller"]
    assert (years["same_season"].all(), quarters["same_season"].any()) == (True, False)


def test_without_a_base_nothing_is_judged_and_without_lines_nothing_is_there():
    found = product_trends(sold({"soap": 30}, {}), **NOW, **BASE)
    assert found[["trend", "previous", "expected_count", "verdict"]].isna().all(axis=None)
    empty = product_trends(lines(), **NOW, **BASE)
    assert (list(empty), len(empty)) == (list(COLUMNS), 0)


def test_products_are_held_against_a_year_before_where_it_is_known():
    year, last = (
        Span("2025-Q3", date(2025, 7, 1), date(2025, 9, 30)),
        Span("2026-Q2", date(2026, 4, 1), date(2026, 6, 30)),
    )
    assert base_period(year, last, first_day=date(2025, 7, 1)) == year
    assert base_period(year, last, first_day=date(2025, 7, 2)) == last

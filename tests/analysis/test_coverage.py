from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.coverage import monthly_orders
from tests.analysis.builders import FEW, orders, records


def test_a_month_without_orders_stands_between_its_neighbours() -> None:
    months = monthly_orders(
        orders(("a", "2026-01-31", 10), (None, "2026-03-01", 5), ("a", "2026-03-05", -2)),
        as_of=date(2026, 3, 31),
    )
    assert records(months) == [
        (pd.Timestamp(2026, 1, 1), 1, 10.0, 1),
        (pd.Timestamp(2026, 2, 1), 0, 0.0, 0),
        (pd.Timestamp(2026, 3, 1), 1, 3.0, 0),
    ]


def test_orders_after_the_last_day_are_not_counted() -> None:
    months = monthly_orders(
        orders(("a", "2026-01-31 23:59", 10), ("a", "2026-02-01 00:00", 10)),
        as_of=date(2026, 1, 31),
    )
    assert records(months, "order_count") == [(1,)]


def test_no_orders_give_no_months() -> None:
    assert records(monthly_orders(orders(), as_of=date(2026, 1, 31))) == []


@FEW
@given(st.lists(st.tuples(st.dates(date(2024, 1, 1), date(2025, 12, 31)), st.integers(1, 99))))
def test_months_sum_to_all_orders_and_revenue(sold: list[tuple[date, int]]) -> None:
    rows = [("a", day, amount) for day, amount in sold]
    months = monthly_orders(orders(*rows), as_of=date(2025, 12, 31)).to_pandas()
    assert months["order_count"].sum() == len(sold)
    assert months["revenue"].sum() == pytest.approx(sum(amount for _, amount in sold))

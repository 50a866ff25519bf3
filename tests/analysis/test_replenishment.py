from datetime import date, timedelta

import pytest

from crm_strategy.analysis.replenishment import replenishment
from tests.analysis.builders import order_lines, records

AS_OF = date(2026, 9, 30)


def bought(customer, product, *days_ago):
    return [
        (f"{customer}-{days}", customer, AS_OF - timedelta(days=days), product, 5)
        for days in days_ago
    ]


def test_median_gap_and_due_customers_worked_by_hand():
    lines = [
        *bought("a", "soap", 100, 70, 40),  # gaps 30 and 30, last 40 days ago: due
        *bought("b", "soap", 90, 50),  # gap 40, last 50 ago: due
        *bought("c", "soap", 61),  # one purchase, more than twice 30 days ago: gone
        *bought("d", "soap", 60),  # twice 30 days ago: still due
        *bought("e", "soap", 29),  # not yet
        *bought(None, "soap", 35),
        *bought("f", "tea", 20, 10),  # one gap only
    ]
    found = replenishment(order_lines(*lines), as_of=AS_OF, min_gaps=3)
    assert records(found) == [("The soap", 30.0, 3, 3, "soap")]


def test_purchases_of_one_day_are_no_gap_and_refunds_no_purchase():
    lines = [
        *bought("a", "soap", 40, 40, 20),
        ("r", "a", AS_OF - timedelta(days=5), "soap", -5),
        ("x", "a", AS_OF + timedelta(days=1), "soap", 5),
    ]
    found = replenishment(order_lines(*lines), as_of=AS_OF, min_gaps=1)
    assert records(found) == [("The soap", 20.0, 1, 1, "soap")]


@pytest.mark.parametrize("rows", [[], bought("a", "soap", 40)])
def test_without_enough_gaps_no_product_is_shown(rows):
    assert records(replenishment(order_lines(*rows), as_of=AS_OF)) == []

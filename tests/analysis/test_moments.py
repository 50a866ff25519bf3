from datetime import date

import ibis
import pytest

from crm_strategy.analysis.moments import moments
from crm_strategy.analysis.profiles import customer_profiles
from tests.analysis.builders import orders, records, table

AS_OF = date(2026, 9, 30)


def found(*rows, born=None, days=92, as_of=AS_OF):
    placed = orders(*rows)
    customers = table(
        {"customer_id": "string", "birth_date": "date"},
        [{"customer_id": name, "birth_date": day} for name, day in (born or {}).items()],
    )
    people = customer_profiles(placed, customers, as_of=as_of)
    result = moments(people, placed, as_of=as_of, days=days, active_days=100)
    return {row[0]: row[1:] for row in records(result)}


def test_occasions_of_the_coming_quarter_worked_by_hand():
    assert found(
        ("a", "2024-11-05", 10),  # anniversary; ordered then
        ("a", "2026-08-01", 10),
        ("b", "2025-12-31", 20),  # anniversary and season, lapsed
        ("b", "2026-02-01", 20),
        ("c", "2026-03-01", 5),
        born={"b": date(1990, 10, 1), "c": date(1985, 1, 1), "zz": date(1990, 10, 1)},
    ) == {
        "birthday": (1, 0, 40.0, 0),
        "anniversary": (2, 1, 60.0, 1),
        "season": (1, 0, 40.0, 2),
    }


def test_a_period_over_new_year_holds_days_on_both_sides():
    born = {"a": date(1990, 12, 31), "b": date(1990, 1, 2), "c": date(1990, 2, 28)}
    rows = [(name, "2026-05-05", 1) for name in born for _ in "12"]
    assert found(*rows, born=born, days=60, as_of=date(2026, 11, 30))["birthday"][0] == 2


@pytest.mark.parametrize(("last", "due"), [("2026-09-25", 1), ("2026-08-01", 0)])
def test_a_second_order_is_due_when_its_usual_time_ends_in_the_days_ahead(last, due):
    # Second orders came after 20 days; the fifth or the sixtieth day has passed.
    pairs = [(f"p{n}", day, 1) for n in range(3) for day in ("2026-01-01", "2026-01-21")]
    result = found(*pairs, ("once", last, 1), days=30)
    assert result.get("second_order", (0,))[0] == due


def test_without_birth_dates_or_orders_there_are_no_such_occasions():
    assert found() == {}
    placed = orders(("a", "2026-05-05", 1))
    nobody = ibis.memtable({"customer_id": ["a"]}, schema={"customer_id": "string"})
    people = customer_profiles(placed, nobody, as_of=AS_OF)
    assert records(moments(people, placed, as_of=AS_OF, days=30, active_days=9)) == []

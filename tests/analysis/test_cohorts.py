from collections import defaultdict
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.cohorts import cohort_retention
from tests.analysis.builders import FEW, orders, records

AS_OF = date(2026, 3, 31)

an_order = st.tuples(
    st.sampled_from(["a", "b", "c", "d", "e", None]),
    st.dates(date(2025, 1, 1), date(2026, 4, 30)),
    st.integers(-500, 2000).map(lambda cents: cents / 100),
)


def cells(*rows, as_of=AS_OF, most=24):
    return [
        (f"{cohort:%Y-%m}", *rest)
        for cohort, *rest in records(cohort_retention(orders(*rows), as_of=as_of, most=most))
    ]


def test_three_cohorts_worked_by_hand():
    found = cells(
        ("a", "2026-01-05", 5),
        ("a", "2026-02-05", 5),
        ("b", "2026-01-31", 5),
        ("b", "2026-03-31", 5),
        ("c", "2026-01-31", 5),
        ("d", "2026-02-01", 5),
        ("d", "2026-02-02", 5),
        ("e", "2026-03-01", 5),
    )
    assert found == [
        ("2026-01", 0, 3, 3, 1),
        ("2026-01", 1, 3, 1, pytest.approx(1 / 3)),
        ("2026-01", 2, 3, 1, pytest.approx(1 / 3)),
        ("2026-02", 0, 1, 1, 1),
        ("2026-02", 1, 1, 0, 0),
        ("2026-02", 2, 1, None, None),
        ("2026-03", 0, 1, 1, 1),
        ("2026-03", 1, 1, None, None),
        ("2026-03", 2, 1, None, None),
    ]


def test_a_month_that_is_not_over_is_not_observed():
    rows = [("a", "2026-01-05", 5), ("a", "2026-02-05", 5), ("b", "2026-02-10", 5)]
    assert cells(*rows, as_of=date(2026, 2, 27)) == [("2026-01", 0, 1, 1, 1)]
    assert cells(*rows, as_of=date(2026, 2, 28)) == [
        ("2026-01", 0, 1, 1, 1),
        ("2026-01", 1, 1, 1, 1),
        ("2026-02", 0, 1, 1, 1),
        ("2026-02", 1, 1, None, None),
    ]


def test_only_the_latest_cohorts_are_shown_but_older_customers_are_not_new():
    found = cells(("a", "2024-01-05", 5), ("a", "2026-02-05", 5), ("b", "2026-02-05", 5), most=2)
    assert found == [("2026-02", 0, 1, 1, 1), ("2026-02", 1, 1, 0, 0)]


def test_refunds_start_no_cohort():
    assert cells(("a", "2026-01-05", -5), ("a", "2026-02-05", 5)) == [
        ("2026-02", 0, 1, 1, 1),
        ("2026-02", 1, 1, 0, 0),
    ]


def test_no_orders_give_no_cohorts():
    assert cells() == []
    assert cells(("a", "2026-03-05", 5), as_of=date(2026, 3, 15)) == []


def test_sixty_cohorts_fit_and_more_are_refused():
    first = date(2021, 4, 5)
    assert len({cohort for cohort, *_ in cells(("a", first, 5), most=60)}) == 1
    with pytest.raises(ValueError, match=r"^most: 61 cohorts; 1 to 60 can be shown$"):
        cohort_retention(orders(), as_of=AS_OF, most=61)


@FEW
@given(st.lists(an_order), st.dates(date(2025, 6, 1), AS_OF))
def test_cells_equal_a_count_by_sets(rows, as_of):
    end = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    last = (end.to_period("M") - 1).ordinal
    months = defaultdict(set)
    for who, when, amount in rows:
        if who is not None and amount >= 0:
            months[who].add(pd.Period(when, "M").ordinal)
    expected = defaultdict(set)
    for who, seen in months.items():
        expected[min(seen)].add(who)
    oldest = last - min(expected, default=last)
    wanted = {
        (cohort, age): (
            len(members),
            sum(cohort + age in months[who] for who in members) if cohort + age <= last else None,
        )
        for cohort, members in expected.items()
        for age in range(oldest + 1)
        if cohort <= last
    }
    found = {
        (pd.Period(cohort, "M").ordinal, age): (size, active)
        for cohort, age, size, active, _ in cells(*rows, as_of=as_of)
    }
    assert found == wanted

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.order_totals import order_totals
from crm_strategy.analysis.refunds_only import refunds_only
from tests.analysis.builders import FEW, orders, records

END = date(2026, 9, 30)


def test_customers_with_refunds_alone_worked_by_hand():
    rows = orders(
        ("a", "2026-01-05", -20.0),
        ("a", "2026-02-05", -5.0),
        ("b", "2026-01-05", 30.0),
        ("b", "2026-01-09", -30.0),
        ("c", "2026-03-01", -7.0),
        # Ordered once, for nothing: a customer of segments.
        ("d", "2026-03-01", 0.0),
        (None, "2026-03-01", -90.0),
        # After the last day observed.
        ("a", "2026-10-01", 40.0),
    )
    assert records(refunds_only(rows, as_of=END)) == [(2, -32.0)]


def test_without_such_customers_there_is_nobody_and_no_money():
    assert records(refunds_only(orders(), as_of=END)) == [(0, 0.0)]


@FEW
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c", None]),
            st.dates(date(2026, 1, 1), END),
            st.integers(-500, 2000).map(lambda cents: cents / 100),
        )
    )
)
def test_segments_and_refunds_only_hold_all_revenue_with_a_customer(rows):
    table = orders(*rows)
    segments = order_totals(table, as_of=END).to_pandas()["revenue"].sum()
    [(_, apart)] = records(refunds_only(table, as_of=END))
    whole = sum(amount for customer, _, amount in rows if customer is not None)
    assert segments + apart == pytest.approx(whole, abs=0.01)

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.rfm import customer_segments, rfm_scores
from crm_strategy.analysis.segment_migration import segment_migration
from tests.analysis.builders import FEW, orders, records, table

START, END = date(2026, 7, 1), date(2026, 9, 30)
MEMBERS = {"customer_id": "string", "segment": "string"}


def members(**segments):
    return table(MEMBERS, [{"customer_id": who, "segment": each} for who, each in segments.items()])


def test_migration_counts_moves_newcomers_and_the_revenue_of_the_later_period():
    before = members(a="new", b="new", c="loyal")
    after = members(a="loyal", b="new", c="loyal", d="new")
    spent = orders(
        ("a", "2026-06-30", 1000),
        ("a", "2026-07-01", 50),
        ("a", "2026-07-02", -20),
        ("c", "2026-09-30", 70),
        ("d", "2026-08-01", 5),
        ("d", "2026-10-01", 500),
        (None, "2026-08-01", 99),
    )
    assert records(segment_migration(before, after, spent, start=START, end=END)) == [
        ("loyal", "loyal", 1, 70.0),
        ("new", "loyal", 1, 30.0),
        ("new", "new", 1, 0.0),
        ("none", "new", 1, 5.0),
    ]


@FEW
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcde"),
            st.dates(date(2026, 1, 1), END),
            st.integers(0, 2000).map(lambda cents: cents / 4),
        )
    )
)
def test_moves_add_up_to_all_customers_and_the_periods_revenue(rows):
    bought = orders(*rows)
    before, after = (
        customer_segments(rfm_scores(bought, as_of=day)) for day in (date(2026, 6, 30), END)
    )
    moves = segment_migration(before, after, bought, start=START, end=END).to_pandas()
    assert moves["customer_count"].sum() == len({who for who, _, _ in rows})
    assert moves["revenue"].sum() == sum(amount for _, day, amount in rows if day >= START)


def test_nobody_moves_where_nobody_is():
    assert records(segment_migration(members(), members(), orders(), start=START, end=END)) == []

from datetime import date

import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.profiles import (
    BEHAVIOUR,
    attribute_columns,
    customer_behaviour,
    customer_profiles,
)
from tests.analysis.builders import FEW, ORDERS, at, orders, records, table

AS_OF = date(2026, 9, 30)
PEOPLE = {"customer_id": "string", "country": "string", "birth_date": "date"}

an_order = st.tuples(
    st.sampled_from(["a", "b", "c", None]),
    st.dates(date(2026, 1, 1), date(2026, 10, 31)),
    st.integers(-500, 2000).map(lambda cents: cents / 100),
)


def people(*rows):
    return table(PEOPLE, [dict(zip(PEOPLE, row, strict=True)) for row in rows])


def test_a_profile_is_what_was_bought_and_who_the_customer_is():
    bought = orders(("a", "2026-08-01", 50), ("a", "2026-09-20", 30), ("a", "2026-09-21", -20))
    known = people(("a", "DE", date(1990, 5, 1)), ("never_ordered", "FR", None))
    profiles = customer_profiles(bought, known, as_of=AS_OF)
    assert profiles.columns == ("customer_id", *BEHAVIOUR, "country", "birth_date")
    assert records(profiles.drop("birth_date")) == [
        ("a", 2, 60.0, 10, at("2026-08-01"), at("2026-09-20"), 60, 30.0, "DE")
    ]
    assert attribute_columns(profiles) == ("country", "birth_date")


def test_a_customer_nobody_listed_has_no_attributes():
    profiles = customer_profiles(orders(("a", "2026-08-01", 50)), people(), as_of=AS_OF)
    assert records(profiles, "customer_id", "country") == [("a", None)]


def test_an_attribute_named_like_a_figure_of_ours_keeps_its_values_under_another_name():
    known = table(
        {"customer_id": "string", "Revenue": "string", "revenue (2)": "string"},
        [{"customer_id": "a", "Revenue": "high", "revenue (2)": "x"}],
    )
    profiles = customer_profiles(orders(("a", "2026-08-01", 50)), known, as_of=AS_OF)
    assert records(profiles, "revenue", "Revenue (2)", "revenue (2) (2)") == [(50.0, "high", "x")]


def test_nobody_gives_an_empty_profile():
    assert records(customer_profiles(orders(), people(), as_of=AS_OF)) == []
    refund_alone = orders(("a", "2026-08-01", -5), (None, "2026-08-01", 5), ("b", "2026-10-01", 5))
    assert records(customer_behaviour(refund_alone, as_of=AS_OF)) == []


@FEW
@given(st.lists(an_order), st.randoms(use_true_random=False))
def test_row_order_does_not_matter_and_revenue_is_all_there_is(rows, random):
    mixed = random.sample(rows, len(rows))
    before, after = (
        records(customer_behaviour(orders(*each), as_of=AS_OF).order_by("customer_id"))
        for each in (rows, mixed)
    )
    assert before == after
    seen = [row for row in rows if row[0] is not None and row[1] <= AS_OF]
    buyers = {who for who, _, amount in seen if amount >= 0}
    assert {row[0] for row in before} == buyers
    assert sum(row[2] for row in before) == pytest.approx(
        sum(amount for who, _, amount in seen if who in buyers)
    )


def test_profiles_have_sql_for_other_engines():
    profiles = customer_profiles(
        ibis.table(ORDERS, name="orders"), ibis.table(PEOPLE, name="customers"), as_of=AS_OF
    )
    for dialect in ("clickhouse", "postgres"):
        assert ibis.to_sql(profiles, dialect=dialect)

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.attribute_summary import attribute_lifts, attribute_summary
from crm_strategy.analysis.attributes import common_values, customer_attributes
from tests.analysis.builders import FEW, records
from tests.analysis.customer_builders import attributes, members, profiles

CUSTOMERS = (("a", 1, 10), ("b", 2, 50), ("c", 1, 30), ("d", 4, 110))
KNOWN = {"a": "DE", "b": "DE", "c": "AT", "d": "unknown"}
COUNTRY = attributes(country=KNOWN)


def test_attributes_worked_by_hand():
    # The base brings 200 / 4 = 50 per customer: DE 30, AT 30, unknown 110.
    found = attribute_summary(COUNTRY, profiles(*CUSTOMERS))
    assert records(
        found, "value", "customer_count", "revenue", "average_order_value", "index", "kind"
    ) == [
        ("DE", 2, 60.0, 20.0, 60.0, "geography"),
        ("AT", 1, 30.0, 30.0, 60.0, "geography"),
        ("unknown", 1, 110.0, 27.5, 220.0, "geography"),
    ]
    assert found["customer_share"].tolist() == [0.5, 0.25, 0.25]


def test_one_customer_has_no_interval():
    people = {f"c{n}": "AT" if n == 0 else "DE" for n in range(40)}
    table = profiles(*((each, 1, 10 + n % 5) for n, each in enumerate(people)))
    found = attribute_summary(attributes(country=people), table)
    assert found["value"].tolist() == ["DE", "AT"]
    assert found["low"].notna().tolist() == found["high"].notna().tolist() == [True, False]


def test_no_index_has_an_interval_where_one_customer_brings_nearly_all():
    people = {f"c{n}": "AT" if n < 15 else "DE" for n in range(40)}
    worth = ((each, 1, 90_000 if n == 0 else 10 + n % 5) for n, each in enumerate(people))
    found = attribute_summary(attributes(country=people), profiles(*worth))
    assert found["index"].notna().all()
    assert found[["low", "high"]].isna().all(axis=None)


def test_values_come_in_their_own_order_else_by_size_other_and_unknown_last():
    cities = ["Berlin", "Graz", "Graz", "other", "other", "other", "unknown"]
    rows = attributes(city=dict(zip("abcdefg", cities, strict=True)))
    table = profiles(*((each, 1, 1) for each in "abcdefg"))
    assert [value for (value,) in records(attribute_summary(rows, table), "value")] == [
        *("Graz", "Berlin", "other", "unknown")
    ]
    ages = profiles(
        *((each, 1, 1) for each in "abcd"),
        birth_date=[date(1950, 1, 1), date(1990, 1, 1), date(1995, 1, 1), date(2020, 1, 1)],
    )
    bands = customer_attributes(ages, as_of=date(2026, 1, 1))
    found = attribute_summary(bands, ages)
    assert found["value"].tolist() == ["< 18", "25–34", "35–44", "≥ 65"]


def test_an_attribute_nobody_has_a_value_of_is_left_out():
    rows = attributes(country=KNOWN, income=dict.fromkeys("abcd", "unknown"))
    assert set(attribute_summary(rows, profiles(*CUSTOMERS))["attribute"]) == {"country"}


def test_without_revenue_there_is_no_index():
    table = profiles(("a", 1, 0), ("b", 1, -5), ("c", 1, 0), ("d", 1, 0))
    found = attribute_summary(COUNTRY, table)
    assert found[["index", "low", "high"]].isna().all(axis=None)


def test_no_customers_give_an_empty_table():
    found = attribute_summary(attributes(country={}), profiles())
    assert list(found.columns) == [
        *("attribute", "value", "customer_count", "revenue", "average_order_value", "index"),
        *("customer_share", "low", "high", "kind"),
    ]
    assert found.empty


def test_lifts_worked_by_hand():
    # Of three known customers DE has 2: top 1 of 1, rest 1 of 2.
    found = attribute_lifts(COUNTRY, members(a="top", b="rest", c="rest", d="rest"))
    assert records(
        found, "segment", "value", "customer_count", "known_count", "share", "base_share", "index"
    ) == [
        ("rest", "AT", 1, 2, 0.5, pytest.approx(1 / 3), pytest.approx(150)),
        ("rest", "DE", 1, 2, 0.5, pytest.approx(2 / 3), pytest.approx(75)),
        ("top", "DE", 1, 1, 1.0, pytest.approx(2 / 3), pytest.approx(150)),
    ]


def test_lifts_of_nobody_are_an_empty_table():
    found = attribute_lifts(attributes(country={}), members())
    assert list(found.columns) == [
        *("segment", "kind", "attribute", "value", "customer_count", "known_count"),
        *("share", "base_share", "index", "low", "high", "is_told"),
    ]
    assert found.empty


@FEW
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["DE", "AT", "NL", None]),
            st.sampled_from(["female", "male", ""]),
            st.integers(1, 9),
            st.integers(-10_000, 1_000_000).map(lambda cents: cents / 100),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_of_every_attribute_customers_and_revenue_add_up_to_all(rows):
    table = profiles(
        *((f"c{place}", row[2], row[3]) for place, row in enumerate(rows)),
        country=[row[0] for row in rows],
        gender=[row[1] for row in rows],
    )
    found = attribute_summary(
        common_values(customer_attributes(table, as_of=date(2026, 1, 1)), top=2), table
    )
    sums = found.groupby("attribute")[["customer_count", "customer_share", "revenue"]].sum()
    assert (sums["customer_count"] == len(rows)).all()
    assert sums["customer_share"].tolist() == pytest.approx([1.0] * len(sums))
    revenue = sum(row[3] for row in rows)
    assert sums["revenue"].tolist() == pytest.approx([revenue] * len(sums), abs=1e-6)

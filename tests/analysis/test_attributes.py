from datetime import date

import ibis
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.attributes import (
    attribute_kind,
    attribute_members,
    common_values,
    customer_attributes,
)
from tests.analysis.builders import FEW, records
from tests.analysis.customer_builders import attribute_rows, born, profiles

AS_OF = date(2026, 9, 30)


def values_of(found, attribute):
    rows = found.filter(found.attribute == attribute).order_by("customer_id")
    return [value for (value,) in records(rows, "value")]


def test_ages_count_whole_years_on_the_last_day_observed():
    days = ["2008-09-30", "2008-10-01", "1960-02-29", "2027-01-01", "1900-01-01", None]
    table = profiles(
        *((f"c{place}", 1, 1) for place in range(6)), birth_date=[born(day) for day in days]
    )
    found = customer_attributes(table, as_of=AS_OF)
    # 18 that day, 17, 66; not yet born, and 126 years old: a placeholder, not an age.
    expected = ["18–24", "< 18", "≥ 65", "unknown", "unknown", "unknown"]
    assert values_of(found, "age_band") == expected
    assert records(found, "kind")[0] == ("demography",)
    assert sorted({place for (place,) in records(found, "place")}) == [0, 1, 2, 7]


def test_every_column_of_text_numbers_or_yes_and_no_is_an_attribute():
    table = profiles(
        ("a", 1, 1),
        ("b", 1, 1),
        ("c", 1, 1),
        gender=["female", "  ", None],
        country=["DE", "DE", "AT"],
        score=[1.0, 2.5, None],
        kids=[0, 2, None],
        card=[True, False, None],
        created_at=[None, None, None],
    )
    found = customer_attributes(table, as_of=AS_OF)
    kinds = set(records(found, "attribute", "kind"))
    assert kinds == {
        *(("gender", "demography"), ("country", "geography")),
        *(("score", "other"), ("kids", "other"), ("card", "other")),
    }
    assert values_of(found, "gender") == ["female", "unknown", "unknown"]
    assert values_of(found, "score") == ["1", "2.5", "unknown"]
    assert values_of(found, "kids") == ["0", "2", "unknown"]
    assert [value.lower() for value in values_of(found, "card")] == ["true", "false", "unknown"]


def test_columns_may_be_chosen_and_cut():
    table = profiles(("a", 1, 1), ("b", 1, 1), points=["7", "x"], country=["DE", "DE"])
    found = customer_attributes(table, as_of=AS_OF, columns=["points"], cuts={"points": [5.0]})
    assert records(found.order_by("customer_id"), "attribute", "value", "place") == [
        ("points", "≥ 5", 2),
        ("points", "unknown", 0),
    ]


def test_customers_without_attributes_give_no_rows_in_the_same_shape():
    found = customer_attributes(profiles(("a", 1, 1)), as_of=AS_OF)
    assert found.columns == ("customer_id", "kind", "attribute", "place", "value")
    assert records(found) == []


def test_rare_values_are_other_and_unknown_is_no_value():
    rows = attribute_rows("city", a="Berlin", b="Berlin", c="Graz", d="Linz", e="unknown")
    assert values_of(common_values(rows, top=2), "city") == [
        *("Berlin", "Berlin", "Graz", "other", "unknown")
    ]
    assert values_of(common_values(rows, min_count=2), "city") == [
        *("Berlin", "Berlin", "other", "other", "unknown")
    ]


def test_of_ten_thousand_values_twenty_and_other_are_left():
    many = {f"c{number}": f"city {number // (1 + number % 3):05}" for number in range(10_000)}
    found = common_values(attribute_rows("city", **many))
    counts = found.value.value_counts().to_pandas()
    assert len(counts) == 21
    assert counts.iloc[:, 1].sum() == 10_000


def test_attributes_of_two_kinds_may_share_a_name():
    rows = ibis.union(
        attribute_rows("channel", a="web"), attribute_rows("channel", "preference", a="shop")
    )
    assert records(attribute_members(rows, "channel", kind="preference")) == [("a", "shop")]


def test_further_columns_are_of_no_kind():
    assert [attribute_kind(each) for each in ("gender", "city", "industry", "size")] == [
        *("demography", "geography", "firmography", "other")
    ]


@FEW
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["DE", "AT", "", None]),
            st.one_of(st.none(), st.floats(-1e6, 1e6)),
            st.one_of(st.none(), st.dates(date(1890, 1, 1), date(2030, 1, 1))),
        ),
        max_size=40,
    ),
    st.randoms(),
)
def test_every_customer_has_one_value_of_every_attribute_in_any_row_order(rows, random):
    named = [(f"c{place}", *row) for place, row in enumerate(rows)]
    shuffled = random.sample(named, len(named))
    first, second = (
        common_values(
            customer_attributes(
                profiles(
                    *((row[0], 1, 1) for row in order),
                    country=[row[1] for row in order],
                    score=[row[2] for row in order],
                    birth_date=[row[3] for row in order],
                ),
                as_of=AS_OF,
            ),
            top=3,
        )
        for order in (named, shuffled)
    )
    found = sorted(records(first))
    assert found == sorted(records(second))
    keys = [(customer, attribute) for customer, _kind, attribute, _place, _value in found]
    assert len(set(keys)) == len(keys) == 3 * len(rows)

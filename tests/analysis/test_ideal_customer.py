import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.attributes import CustomerAttributes
from crm_strategy.analysis.ideal_customer import ideal_customer, profile_fit, top_members
from crm_strategy.analysis.intervals import share_interval
from tests.analysis.builders import FEW, records, table
from tests.analysis.customer_builders import attributes, profiles

FIT = [
    *("group", "customer_count", "customer_share", "revenue", "revenue_share"),
    *("top_rate", "low", "high", "size_tells", "rate_tells"),
]


def tops_of(customers, values=None, **options):
    found = top_members(customers, values, **options).to_pandas()
    return sorted(found.loc[found["segment"] == "top", "customer_id"])


def test_top_are_those_of_whom_less_than_a_fifth_are_strictly_better():
    rows = [(f"c{n}", 1, revenue) for n, revenue in enumerate([9, 8, 8, 7, 6, 5, 4, 3, 2, 1])]
    # One of ten is better than the two with 8: they stay together.
    assert tops_of(profiles(*rows)) == ["c0", "c1", "c2"]
    assert tops_of(profiles(*rows), top_share=0.1) == ["c0"]


def test_expected_value_decides_where_it_is_known():
    customers = profiles(("a", 1, 90), ("b", 1, 5), ("c", 1, 7))
    values = table(
        {"customer_id": "string", "expected_value": "float64"},
        [{"customer_id": "b", "expected_value": 3.0}, {"customer_id": "c", "expected_value": 0}],
    )
    assert tops_of(customers, values) == ["b"]


def test_revenue_decides_where_no_expected_value_is_known():
    customers = profiles(("a", 1, 90), ("b", 1, 5))
    values = table(
        {"customer_id": "string", "expected_value": "float64"},
        [{"customer_id": each, "expected_value": None} for each in "ab"],
    )
    assert tops_of(customers, values) == ["a"]


def test_nobody_is_top_without_value_and_equals_are_all_top():
    assert tops_of(profiles(("a", 1, 0), ("b", 1, -4))) == []
    assert tops_of(profiles(("a", 1, 5), ("b", 1, 5))) == ["a", "b"]


def a_base(companies_at_top):
    """A hundred customers of whom twenty are top; half are companies, every third is a woman."""
    names = [f"c{number:03}" for number in range(100)]
    customers = profiles(*((name, 1, 100 - place) for place, name in enumerate(names)))
    kinds = ["company"] * companies_at_top + ["person"] * (20 - companies_at_top)
    kinds += ["company"] * (50 - companies_at_top) + ["person"] * (30 + companies_at_top)
    genders = ["female" if place % 3 == 0 else "male" for place in range(100)]
    known = attributes(
        kind=dict(zip(names, kinds, strict=True)),
        gender=dict(zip(names, genders, strict=True)),
        channel_=dict.fromkeys(names, "web"),
    )
    return customers, known, top_members(customers)


def test_the_ideal_customer_worked_by_hand():
    _customers, known, tops = a_base(companies_at_top=18)
    found = ideal_customer(known, tops)
    assert set(found["kind"]) == {"firmography", "demography"}
    company = found.iloc[0]
    assert company[
        ["value", "share_in_top", "share_in_all", "index", "customer_count"]
    ].tolist() == [*("company", 0.9, 0.5, pytest.approx(180), 18)]
    assert found.loc[found["in_profile"], "value"].tolist() == ["company"]


def test_a_value_that_nobody_at_the_top_has_is_listed_and_lies_outside():
    customers, _known, tops = a_base(companies_at_top=18)
    names = [f"c{number:03}" for number in range(100)]
    # All women live in FR, but for the last forty customers, who live in XX.
    country = {name: "XX" if place >= 60 else "FR" for place, name in enumerate(names)}
    kind = {
        name: "company" if place < 18 or place >= 60 else "person"
        for place, name in enumerate(names)
    }
    known = attributes(kind=kind, country=country)
    found = ideal_customer(known, tops)
    absent = found[found["value"] == "XX"].iloc[0]
    assert absent[["share_in_top", "index", "customer_count"]].tolist() == [0, 0, 0]
    # Of twenty top customers none: at most 1 − 0.025^(1/20) = 16.8 % would be (Clopper-Pearson).
    assert absent["high"] == pytest.approx(100 * 0.1684 / 0.4, abs=0.05)
    assert not absent["in_profile"]
    fit = profile_fit(known, customers, tops, found).set_index("group")
    assert fit.loc["outside", "customer_count"] >= 40


def test_the_share_of_the_base_outside_the_profile_is_measured():
    customers, known, tops = a_base(companies_at_top=18)
    found = profile_fit(known, customers, tops, ideal_customer(known, tops))
    inside, outside = found.to_dict("records")
    # All 50 companies are inside: of them 18 are top, of the others 2.
    assert (inside["group"], inside["customer_share"], inside["top_rate"]) == ("inside", 0.5, 0.36)
    assert (outside["group"], outside["customer_share"]) == ("outside", 0.5)
    assert (outside["low"], outside["high"]) == share_interval(2, 50)
    assert inside["revenue_share"] + outside["revenue_share"] == pytest.approx(1)


def test_of_whom_nothing_of_the_profile_is_known_nobody_can_say():
    customers, known, tops = a_base(companies_at_top=18)
    ideal = ideal_customer(known, tops)
    nobody = known.table.customer_id == "c099"
    told = {each: ibis.ifelse(nobody, "unknown", known.table[each]) for each in known.columns}
    hidden = CustomerAttributes(known.table.mutate(**told))
    found = profile_fit(hidden, customers, tops, ideal)
    assert records(found, "group", "customer_count")[2] == ("unknown", 1)


def test_where_nothing_tells_the_top_apart_there_is_no_profile():
    customers, known, tops = a_base(companies_at_top=10)
    ideal = ideal_customer(known, tops)
    assert not ideal["in_profile"].any()
    found = profile_fit(known, customers, tops, ideal)
    assert list(found.columns) == FIT
    assert found.empty


def test_no_customers_give_empty_tables():
    known, customers = attributes(country={}), profiles()
    tops = top_members(customers)
    ideal = ideal_customer(known, tops)
    assert list(ideal.columns) == [
        *("attribute", "value", "share_in_top", "share_in_all", "index", "low", "high"),
        *("customer_count", "kind", "is_told", "in_profile"),
    ]
    found = profile_fit(known, customers, tops, ideal)
    assert (len(ideal), list(found.columns), len(found)) == (0, FIT, 0)


@FEW
@given(
    st.lists(
        st.tuples(st.integers(-5, 50), st.sampled_from(["DE", "AT", "unknown"])),
        min_size=1,
        max_size=60,
    )
)
def test_groups_of_the_profile_add_up_to_all_customers(rows):
    customers = profiles(*((f"c{n}", 1, revenue) for n, (revenue, _country) in enumerate(rows)))
    countries = {f"c{n}": country for n, (_revenue, country) in enumerate(rows)}
    known = attributes(country=countries)
    tops = top_members(customers)
    assert tops.count().to_pandas() == len(rows)
    found = profile_fit(known, customers, tops, ideal_customer(known, tops))
    if len(found):
        assert found["customer_count"].sum() == len(rows)
        assert found["revenue"].sum() == pytest.approx(sum(revenue for revenue, _ in rows))

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.attributes import (
    attribute_of,
    common_values,
    customer_attributes,
)
from tests.analysis.builders import FEW, records
from tests.analysis.customer_builders import attributes, born, profiles

AS_OF = date(2026, 9, 30)


def values_of(found, column):
    return [value for (value,) in records(found.table.order_by("customer_id"), column)]


def test_ages_count_whole_years_on_the_last_day_observed():
    days = ["2008-09-30", "2008-10-01", "1960-02-29", "2027-01-01", "1900-01-01", None]
    table = profiles(
        *((f"c{place}", 1, 1) for place in range(6)), birth_date=[born(day) for day in days]
    )
    found = customer_attributes(table, as_of=AS_OF)
    # 18 that day, 17, 66; not yet born, and 126 years old: a placeholder, not an age.
    expected = ["18–24", "< 18", "≥ 65", "unknown", "unknown", "unknown"]
    assert values_of(found, "attribute:age_band") == expected
    order = ["< 18", "18–24", "25–34", "35–44", "45–54", "55–64", "≥ 65"]
    assert found.ordinal == {"attribute:age_band": order}


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
    assert found.columns == tuple(
        f"attribute:{name}" for name in ("gender", "country", "score", "kids", "card")
    )
    assert values_of(found, "attribute:gender") == ["female", "unknown", "unknown"]
    assert values_of(found, "attribute:score") == ["1", "2.5", "unknown"]
    assert values_of(found, "attribute:kids") == ["0", "2", "unknown"]
    said = [value.lower() for value in values_of(found, "attribute:card")]
    assert said == ["true", "false", "unknown"]


def test_columns_may_be_chosen_and_cut():
    table = profiles(("a", 1, 1), ("b", 1, 1), points=["7", "x"], country=["DE", "DE"])
    found = customer_attributes(table, as_of=AS_OF, columns=["points"], cuts={"points": [5.0]})
    assert records(found.table.order_by("customer_id")) == [("a", "≥ 5"), ("b", "unknown")]
    assert found.ordinal == {"attribute:points": ["< 5", "≥ 5"]}


def test_customers_without_attributes_have_no_columns():
    found = customer_attributes(profiles(("a", 1, 1)), as_of=AS_OF)
    assert (found.columns, records(common_values(found).table)) == ((), [("a",)])


def test_rare_values_are_other_and_unknown_is_no_value():
    city = attributes(city={"a": "Berlin", "b": "Berlin", "c": "Graz", "d": "Linz", "e": "unknown"})
    assert values_of(common_values(city, top=2), "attribute:city") == [
        *("Berlin", "Berlin", "Graz", "other", "unknown")
    ]
    two = ["Berlin", "Berlin", "other", "other", "unknown"]
    # One customer of unknown city is one too few to be told: the others take them in.
    few = [*two[:4], "other"]
    assert values_of(common_values(city, min_count=2), "attribute:city") == few
    chosen = common_values(city, values={"attribute:city": ["Berlin"]})
    assert values_of(chosen, "attribute:city") == two


def test_cities_that_stand_alone_leave_no_few_of_the_regions_told_as_other():
    # Burgenland is too few, so Upper Austria joins it: 120, of whom the cities that are listed
    # may leave nobody or ten.
    lived = {("Styria", "Graz"): 104, ("Styria", "Leoben"): 26, ("Burgenland", "Eisenstadt"): 4}
    lived |= {("Upper Austria", "Linz"): 79, ("Upper Austria", "Wels"): 26}
    lived |= {("Upper Austria", "Steyr"): 11}
    homes = [home for home, n in lived.items() for _ in range(n)]
    region, city = (
        {f"c{number}": home[place] for number, home in enumerate(homes)} for place in (0, 1)
    )
    found = common_values(attributes(region=region, city=city), min_count=10)
    told = found.table.to_pandas()
    elsewhere = told[told["attribute:region"] == "other"]["attribute:city"].value_counts()
    assert elsewhere.to_dict() == {"Linz": 79, "Wels": 26, "other": 4 + 11}
    within = {each.value: each.within for each in found.nested if each.column == "attribute:city"}
    assert within == {"Graz": "Styria", "Leoben": "Styria", "Linz": "other", "Wels": "other"}


def test_of_ten_thousand_values_twenty_and_other_are_left():
    many = {f"c{number}": f"city {number // (1 + number % 3):05}" for number in range(10_000)}
    found = common_values(attributes(city=many)).table
    counts = found["attribute:city"].value_counts().to_pandas()
    assert len(counts) == 21
    assert counts.iloc[:, 1].sum() == 10_000


def test_attributes_and_preferences_of_one_name_stand_side_by_side():
    both = common_values(attributes(channel={"a": "web"}), attributes(channel_={"a": "shop"}))
    assert both.columns == ("attribute:channel", "preference:channel")
    assert records(both.of_kinds(["preference"]).table) == [("a", "shop")]


def test_every_column_has_a_kind_and_a_name():
    columns = ("attribute:gender", "attribute:city", "attribute:industry", "attribute:size")
    assert [attribute_of(each) for each in (*columns, "preference:channel")] == [
        *(("demography", "gender"), ("geography", "city"), ("firmography", "industry")),
        *(("other", "size"), ("preference", "channel")),
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
    found = sorted(records(first.table))
    assert found == sorted(records(second.table))
    assert [customer for customer, *_values in found] == sorted(each for each, *_row in named)
    assert len(first.columns) == 3

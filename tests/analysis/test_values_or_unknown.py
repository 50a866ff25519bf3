"""A few customers of unknown value are told with one value, which keeps its name."""

import pytest

from crm_strategy import words
from crm_strategy.analysis.attribute_summary import attribute_summary
from crm_strategy.analysis.attributes import CustomerAttributes, common_values
from crm_strategy.views.naming import member_name, value_name
from tests.analysis.customer_builders import attributes, profiles

LEAST = 10


def customers(**sizes: int) -> dict[str, str]:
    return {f"{value} {at}": value for value, n in sizes.items() for at in range(n)}


def sizes_of(found: CustomerAttributes, column: str) -> dict[str, int]:
    counts = found.table[column].value_counts().to_pandas()
    return dict(zip(counts[column], counts.iloc[:, 1].astype(int), strict=True))


def test_few_of_unknown_value_are_told_with_the_smallest_value_where_none_is_other():
    hours = customers(morning=60, night=20, noon=40, unknown=3)
    found = common_values(attributes(hour_=hours), min_count=LEAST)
    assert sizes_of(found, "preference:hour") == {"morning": 60, "noon": 40, "night|unknown": 23}


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        # Others there are: they take the unknown in.
        ({"a": 30, "b": 20, "c": 9, "unknown": 3}, {"a": 30, "b": 20, "other": 12}),
        # Together too few: the smallest value joins them.
        ({"a": 30, "b": 20, "c": 2, "unknown": 3}, {"a": 30, "other": 25}),
        # Enough to be told.
        ({"a": 30, "unknown": 10}, {"a": 30, "unknown": 10}),
        # Nobody few is left beside a single value either.
        ({"a": 30, "unknown": 9}, {"a|unknown": 39}),
        # An attribute that nobody has is not told to have rare values.
        ({"unknown": 9}, {"unknown": 9}),
    ],
)
def test_the_unknown_join_a_value_only_where_all_values_stand_alone(sizes, expected):
    found = common_values(attributes(hour_=customers(**sizes)), min_count=LEAST)
    assert sizes_of(found, "preference:hour") == expected


def test_an_attribute_that_nobody_has_is_left_out_however_few_customers_there_are():
    found = common_values(
        attributes(city={"c1": "Graz"}, income={"c1": "unknown"}), min_count=LEAST
    )
    summary = attribute_summary(found, profiles(("c1", 1, 10)))
    assert summary[["attribute", "value"]].values.tolist() == [["city", "other"]]


def test_a_band_told_with_the_unknown_keeps_its_place():
    sizes = customers(low=20, middle=12, high=30, unknown=1)
    base = attributes(income=sizes)
    ordered = CustomerAttributes(base.table, {"attribute:income": ["low", "middle", "high"]})
    found = common_values(ordered, min_count=LEAST)
    people = profiles(*((name, 1, 10) for name in sizes))
    summary = attribute_summary(found, people)
    assert summary["value"].tolist() == ["low", "middle|unknown", "high"]
    assert summary["customer_count"].tolist() == [20, 13, 30]


def test_a_value_told_with_the_unknown_is_named_for_what_it_is():
    assert member_name("preference:weekday", "friday|unknown") == "Friday or not known"
    with words.speaking(language="ru"):
        assert value_name("weekday", "friday|unknown") == "Пятница или не указано"
        assert value_name("city", "Graz|unknown") == "Graz или не указано"


def test_a_city_told_with_the_unknown_leaves_no_few_of_its_region():
    # Of the unknown seven live in Styria, one in Carinthia: of it one would be told beside
    # Villach, so Villach is other, and Graz with it, for Villach alone would be no other.
    city = customers(Graz=60, Villach=70, unknown=8)
    region = {name: "Styria" if value != "Villach" else "Carinthia" for name, value in city.items()}
    region["unknown 7"] = "Carinthia"
    found = common_values(attributes(city=city, region=region), min_count=LEAST)
    assert sizes_of(found, "attribute:city") == {"other": 138}
    # All of them in Styria: Graz with the unknown is all of it.
    region["unknown 7"] = "Styria"
    found = common_values(attributes(city=city, region=region), min_count=LEAST)
    assert sizes_of(found, "attribute:city") == {"Villach": 70, "Graz|unknown": 68}
    assert {(each.value, each.within) for each in found.nested if "city" in each.column} == {
        *(("Villach", "Carinthia"), ("Graz|unknown", "Styria"))
    }

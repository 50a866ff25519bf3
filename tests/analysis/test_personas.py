import pandas as pd
import pytest

from crm_strategy.analysis.attribute_summary import attribute_lifts
from crm_strategy.analysis.personas import aspect_of, personas
from tests.analysis.builders import records
from tests.analysis.customer_builders import attributes, members

COLUMNS = ["segment", "aspect", "attribute", "value", "share", "customer_count", "evidence"]

EACH = 30
"""Customers behind each letter."""


def many(**values):
    return {f"{letter}{place}": value for letter, value in values.items() for place in range(EACH)}


def lifts_of(attributes_, **segments):
    """What sets segments apart, `EACH` customers a letter."""
    columns = {name: many(**values) for name, values in attributes_.items()}
    return attribute_lifts(attributes(**columns), members(**many(**segments)))


ATTRIBUTES = {
    "gender": {"a": "female", "b": "female", "c": "male", "d": "unknown"},
    "country": {"a": "DE", "b": "DE", "c": "other", "d": "other"},
    "category_": {"a": "Tea", "b": "Tea", "c": "Soap", "d": "Soap"},
    "channel_": dict.fromkeys("abcd", "web"),
    "source_channel": {"a": "ads", "b": "ads", "c": "ads", "d": "friends"},
}
LIFTS = lifts_of(ATTRIBUTES, a="loyal", b="loyal", c="lost", d="lost")


def test_a_card_shows_what_is_commoner_in_the_segment_than_elsewhere_with_its_n():
    found = personas(LIFTS, min_count=1)
    assert list(found.columns) == COLUMNS
    assert records(found[found["segment"] == "lost"], *COLUMNS[1:]) == [
        ("demography", "gender", "male", 1.0, 30.0, "measured"),
        ("interests", "category", "Soap", 1.0, 60.0, "measured"),
        # Half by ads, half by friends: friends are likelier here than elsewhere. All use the web.
        ("behaviour", "source_channel", "friends", 0.5, 30.0, "measured"),
    ]


def test_lines_that_set_the_segment_apart_come_first_and_no_more_than_asked():
    found = personas(LIFTS, lines=1, min_count=1)
    loyal = found[(found["segment"] == "loyal") & (found["aspect"] == "behaviour")]
    # Everybody uses the web, so it tells nobody apart.
    assert records(loyal, "attribute", "value") == [("source_channel", "ads")]
    assert (found.groupby(["segment", "aspect"]).size() == 1).all()


def test_what_chance_alone_would_show_is_no_line_and_a_segment_without_any_says_so():
    # In c 12 of 30 are women, in all 45 of 120: an index of 107 that 30 people cannot hold.
    women = dict.fromkeys(
        [f"{letter}{place}" for letter in "abcd" for place in range(11 + (letter == "c"))], "female"
    )
    gender = many(**dict.fromkeys("abcd", "male")) | women
    segments = many(a="loyal", b="lost", c="new", d="lost")
    found = personas(attribute_lifts(attributes(gender=gender), members(**segments)), min_count=1)
    assert records(found) == [
        (segment, None, None, None, None, None, "alike") for segment in ("lost", "loyal", "new")
    ]


def test_the_surest_of_many_values_must_be_sure_beside_all_of_them():
    # Bonn: 19 of 100, of all 28 of 200. That is sure of two values (z = 2.24), not of ten (2.81).
    size, extra = 100, {"a": 10, "b": 0}
    cities = {
        f"{letter}{place}": "Bonn" if place < 9 + extra[letter] else f"City {place % 9}"
        for letter in "ab"
        for place in range(size)
    }
    segments = {who: {"a": "loyal", "b": "lost"}[who[0]] for who in cities}
    lifts = attribute_lifts(attributes(city=cities), members(**segments))
    bonn = lifts.query("value == 'Bonn' and segment == 'loyal'")
    assert (bonn["low"] > 100).all()
    assert set(personas(lifts, min_count=1)["evidence"]) == {"alike"}
    two = {who: city if city == "Bonn" else "Elsewhere" for who, city in cities.items()}
    lifts = attribute_lifts(attributes(city=two), members(**segments))
    assert personas(lifts, min_count=1).query("segment == 'loyal'")["value"].tolist() == ["Bonn"]


def test_a_measured_line_needs_its_customers():
    assert set(personas(LIFTS, min_count=31)["value"]) == {"female", "DE", "Tea", "Soap", "ads"}
    assert set(personas(LIFTS, min_count=60)["value"]) == {"female", "DE", "Tea", "Soap", "ads"}
    assert personas(LIFTS, min_count=61).empty


def test_a_share_that_would_tell_the_few_others_is_left_out():
    people = [f"c{number}" for number in range(60)]
    kinds = dict.fromkeys(people, "person") | {"c0": "company", "c40": "company", "c41": "company"}
    cities = {who: "Berlin" if number < 25 else "Bonn" for number, who in enumerate(people)}
    lifts = attribute_lifts(
        attributes(kind=kinds, city=cities),
        members(**{who: "lost" if number < 35 else "new" for number, who in enumerate(people)}),
    )
    found = personas(lifts, min_count=10)
    # 34 of 35 lost are people: the other one would follow. All of the new are in Bonn.
    assert records(found, "segment", "value", "customer_count") == [
        ("lost", "Berlin", 25),
        ("new", "Bonn", 25),
    ]


def test_what_a_workshop_said_is_marked_and_has_no_n():
    said = pd.DataFrame(
        [("loyal", "needs", "Gifts"), ("loyal", "demography", "Parents"), ("new", "needs", "Help")],
        columns=["segment", "aspect", "value"],
    )
    found = personas(LIFTS, said, min_count=1)
    assert records(found[found["evidence"] == "workshop"]) == [
        ("loyal", "demography", None, "Parents", None, None, "workshop"),
        ("loyal", "needs", None, "Gifts", None, None, "workshop"),
        ("new", "needs", None, "Help", None, None, "workshop"),
    ]
    aspects = found.loc[found["segment"] == "loyal", "aspect"].tolist()
    assert aspects == [
        *("demography", "demography", "geography", "needs", "interests", "behaviour")
    ]


@pytest.mark.parametrize(
    ("kind", "attribute", "aspect"),
    [
        *(("demography", "gender", "demography"), ("firmography", "industry", "demography")),
        *(("geography", "city", "geography"), ("preference", "category", "interests")),
        *(("preference", "hour", "behaviour"), ("other", "source_channel", "behaviour")),
        ("other", "skin_type", "interests"),
    ],
)
def test_every_attribute_speaks_of_an_aspect(kind, attribute, aspect):
    assert aspect_of(kind, attribute) == aspect


def test_nothing_known_and_nothing_said_gives_an_empty_table():
    empty = attribute_lifts(attributes(country={}), members())
    found = personas(empty, pd.DataFrame(columns=["segment", "aspect", "value"]))
    assert list(found.columns) == COLUMNS
    assert found.empty
    assert list(personas(empty).columns) == COLUMNS

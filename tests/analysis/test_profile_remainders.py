"""What a group like the ideal one tells beside the values of an attribute, worked by hand."""

from crm_strategy.analysis.profile_remainders import profile_remainders
from tests.analysis.builders import records, table
from tests.analysis.customer_builders import attributes

NOBODY = -1
OUTSIDE = [("Linz", "outside", "top", 20), ("Linz", "outside", "rest", 60)]
GRAZ = [("Graz", "inside", "top", 31), ("Graz", "inside", "rest", 40)]


def told(*rows, kinds=("geography",)):
    """Of customers by city, group and segment: what each group tells."""
    people = [row[:3] for row in rows for _ in range(row[3])]
    ids = [f"c{at:03}" for at in range(len(people))]
    known = attributes(city=dict(zip(ids, (city for city, *_ in people), strict=True)))
    members = [
        {"customer_id": name, "group": group, "segment": segment}
        for name, (_city, group, segment) in zip(ids, people, strict=True)
    ]
    columns = dict.fromkeys(("customer_id", "group", "segment"), "string")
    found = profile_remainders(known, table(columns, members), kinds=kinds, min_count=10)
    return records(found.fillna(NOBODY), "group", "size_tells", "rate_tells")


def test_best_customers_of_a_profile_less_those_of_its_city_are_few():
    leoben = [("Leoben", "inside", "top", 8), ("Leoben", "inside", "rest", 20)]
    # Leoben's 28 customers are told, but not its 8 best: 39 less Graz's 31 would tell them.
    assert told(*GRAZ, *leoben, *OUTSIDE) == [("inside", NOBODY, 8), ("outside", NOBODY, NOBODY)]
    unlisted = told(*GRAZ, *leoben, *OUTSIDE, kinds=("firmography",))
    assert unlisted == [("inside", NOBODY, NOBODY), ("outside", NOBODY, NOBODY)]


def test_a_city_less_the_profile_within_it_tells_of_those_outside():
    others = [("Graz", "outside", "top", 4), ("Graz", "outside", "rest", 14)]
    # Of Graz's 35 best 31 are inside; of the 24 outside Linz has 20.
    assert told(*GRAZ, *others, *OUTSIDE) == [("inside", 18, 4), ("outside", 18, 4)]


def test_few_of_no_known_city_count_among_the_others():
    rare = [("other", "inside", "top", 6), ("other", "inside", "rest", 20)]
    unknown = [("unknown", "inside", "top", 5), ("unknown", "inside", "rest", 20)]
    # 11 best in other cities or none: told together as the rest of the profile.
    assert told(*GRAZ, *rare, *unknown, *OUTSIDE)[0] == ("inside", NOBODY, NOBODY)


def test_no_customers_leave_nobody():
    assert told() == []

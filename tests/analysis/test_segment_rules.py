from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.members import every_member
from crm_strategy.analysis.segment_rules import rule_members
from tests.analysis.builders import FEW, records, table

PEOPLE = {"customer_id": "string", "country": "string", "order_count": "int64"}

a_customer = st.tuples(st.sampled_from(["DE", "FR", None]), st.integers(1, 5))


def people(*rows):
    return table(
        PEOPLE,
        [
            {"customer_id": f"c{number}", "country": country, "order_count": orders}
            for number, (country, orders) in enumerate(rows)
        ],
    )


def segments(members):
    return [segment for (segment,) in records(members.order_by("customer_id"), "segment")]


def test_the_first_rule_that_holds_counts_and_nobody_else_is_other():
    customers = people(("DE", 3), ("DE", 1), ("FR", 3), (None, 1), (None, 3))
    rules = {"german": customers.country == "DE", "often": customers.order_count >= 3}
    assert segments(rule_members(customers, rules)) == [
        "german",
        "german",
        "often",
        "other",
        "often",
    ]


def test_without_rules_everyone_is_other():
    assert segments(rule_members(people(("DE", 3)), {})) == ["other"]


@FEW
@given(st.lists(a_customer, max_size=8))
def test_each_customer_is_in_one_segment_and_equal_ones_in_the_same(rows):
    customers = people(*rows)
    rules = {"french": customers.country == "FR", "once": customers.order_count == 1}
    found = segments(rule_members(customers, rules))
    assert len(found) == len(rows)
    assert len(set(zip(rows, found, strict=True))) == len(set(rows))


def test_members_of_several_kinds_stand_in_one_table():
    customers = people(("DE", 3))
    both = every_member(
        rule_members(customers, {}), rule_members(customers, {"all": customers.order_count > 0})
    )
    assert sorted(records(both)) == [("c0", "all"), ("c0", "other")]
    assert records(every_member(rule_members(customers, {}))) == [("c0", "other")]

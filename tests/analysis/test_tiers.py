import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.tiers import (
    SHARES,
    tier_by_share,
    tier_by_value,
    tier_members,
    tier_names,
)
from tests.analysis.builders import FEW, records, table

PEOPLE = {"customer_id": "string", "order_count": "int64", "revenue": "float64"}


def people(*revenues):
    return table(
        PEOPLE,
        [
            {"customer_id": f"{number:03}", "order_count": number, "revenue": float(revenue)}
            for number, revenue in enumerate(revenues)
        ],
    )


def tiers(table, tier):
    members = table.select("customer_id", segment=tier)
    return [segment for (segment,) in records(members.order_by("customer_id"), "segment")]


def by_value(table, at_least, by="revenue"):
    return tiers(table, tier_by_value(table[by], at_least))


def by_share(table, shares=SHARES):
    return tiers(table, tier_by_share(table.revenue, shares))


def test_a_tier_begins_at_its_value():
    found = by_value(people(500, 499.99, 200, 0, -5), {"silver": 200, "gold": 500})
    assert found == ["gold", "silver", "silver", "other", "other"]
    assert by_value(people(0, 0), {"gold": 1}, by="order_count") == ["other", "gold"]
    assert by_value(people(5), {}) == ["other"]


def test_tiers_by_share_take_the_best_first():
    # Of twenty: one is 5 %, three more are 15 %, six more 30 %.
    found = by_share(people(*range(20)))
    assert found == ["other"] * 10 + ["bronze"] * 6 + ["silver"] * 3 + ["gold"]


def test_shares_that_add_up_in_fractions_are_as_large_as_they_say():
    found = by_share(people(*range(10)), {"a": 0.1, "b": 0.2, "c": 0.7})
    assert found == ["c"] * 7 + ["b"] * 2 + ["a"]
    assert by_share(people(1), {}) == ["other"]


@FEW
@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_equal_customers_are_in_one_tier_and_better_ones_in_none_below(revenues):
    found = by_share(people(*revenues))
    place = [*SHARES, "other"]
    by_revenue = {}
    for revenue, tier in zip(revenues, found, strict=True):
        assert by_revenue.setdefault(revenue, tier) == tier
    ordered = [place.index(by_revenue[revenue]) for revenue in sorted(by_revenue, reverse=True)]
    assert ordered == sorted(ordered)
    assert ordered[0] == 0


def test_tiers_are_named_the_best_first():
    assert tier_names({"silver": 10, "gold": 50}, {"no": 0.5}) == ["gold", "silver"]
    assert tier_names({}, {"top": 0.1, "next": 0.2}) == ["top", "next"]
    assert tier_names() == ["gold", "silver", "bronze"]


@pytest.mark.parametrize("at_least", [{}, {"gold": 5}])
def test_nobody_has_no_tier(at_least):
    assert records(tier_members(people(), at_least=at_least)) == []


def test_tiers_are_by_value_where_there_are_values_else_by_share():
    few = people(*range(20))
    gold = [segment for _who, segment in records(tier_members(few, at_least={"gold": 15}))]
    assert gold.count("gold") == 5
    assert [each for _who, each in records(tier_members(few))].count("gold") == 1
    by_orders = records(tier_members(people(9, 0), by="order_count", shares={"gold": 0.5}))
    assert sorted(by_orders) == [("000", "other"), ("001", "gold")]

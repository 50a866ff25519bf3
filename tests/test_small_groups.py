"""All tables of a small client, read together: no group of a few follows by a difference.

The attacker knows by definition who is among whom: the new among those who ordered, these among
the active, Graz within Styria, pickups among the orders of the shop. Of every number told, those
told of the groups within it are taken away, one by one and a table's disjoint ones together.
"""

from itertools import product
from pathlib import Path

import pytest

from tests.published_counts import (
    CHANNELS,
    CITIES,
    Condition,
    Told,
    published,
    told_counts,
    write_client,
)

LEAST = 10
MEANS: dict[Condition, tuple[Condition, ...]] = {
    ("did", "new"): (("did", "bought"),),
    ("did", "bought"): (("did", "active"),),
    ("did", "retained"): (("did", "active"),),
    ("did", "returned"): (("did", "active"),),
    **{("City", city): (("Region", region),) for city, region in CITIES.items()},
    **{("delivery", way): (("channel", of),) for way, of in CHANNELS.items()},
}
APART = ("rfm", "Region", "City", "did")
"""What each customer has one of; but customers may order in several ways."""


def implied(conditions: frozenset[Condition]) -> frozenset[Condition]:
    """The conditions with all that follow from them."""
    found, grew = set(conditions), True
    while grew:
        more = {each for known in found for each in MEANS.get(known, ())}
        grew = not more <= found
        found |= more
    return frozenset(found)


def differences(told: list[Told]) -> list[tuple[int, Told, list[Told]]]:
    """What is left of each number without what is told of the groups within it."""
    found = []
    for whole in told:
        inside = [each for each in told if whole.conditions <= implied(each.conditions)]
        inside = [each for each in inside if each.conditions != whole.conditions]
        found += [(whole.n - each.n, whole, [each]) for each in inside]
        for name, table in product(APART, {each.table for each in inside}):
            parts: dict[frozenset[Condition], list[Told]] = {}
            for each in inside:
                own = [value for axis, value in each.conditions if axis == name]
                if each.table == table and own:
                    rest = frozenset(c for c in each.conditions if c[0] != name)
                    parts.setdefault(rest, []).append(each)
            for of in parts.values():
                if not any(one.conditions <= implied(two.conditions) for one, two in twos(of)):
                    found.append((whole.n - sum(each.n for each in of), whole, of))
    return found


def twos(of: list[Told]) -> list[tuple[Told, Told]]:
    return [(one, two) for one, two in product(of, of) if one is not two]


def with_active(told: list[Told]) -> list[Told]:
    """The numbers, and the active of each segment: its customers less those who are gone."""
    by = {each.conditions: each.n for each in told}
    gone, active = ("did", "gone"), ("did", "active")
    more = [
        Told(rest | {active}, "segments less win_back", by[rest] - each.n)
        for each in told
        if gone in each.conditions and (rest := each.conditions - {gone}) in by
    ]
    return told + more


@pytest.mark.parametrize("seed", [4])
def test_no_small_group_follows_from_all_tables_of_who_ordered(seed: int, tmp_path: Path) -> None:
    told = with_active(told_counts(published(write_client(tmp_path / "shop", seed))))
    assert len({each.table for each in told}) > 5
    assert not [each for each in told if 0 < each.n < LEAST]
    few = [each for each in differences(told) if 0 < each[0] < LEAST]
    assert not few, few

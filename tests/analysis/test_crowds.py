"""Few customers are seen as few, whatever rows are taken together, from short lists a row."""

import ibis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ibis import _

from crm_strategy.analysis.crowds import counted, few_of, listed, together
from tests.analysis.builders import FEW

LEAST = 4
some_paths = st.lists(st.sets(st.integers(0, 12)), min_size=1, max_size=8)
marks = st.lists(st.booleans(), min_size=8, max_size=8)


def short(paths):
    """At most `LEAST` customers of each path, and which of them is not said."""
    return [sorted(who, key=lambda each: each * 7 % 13)[:LEAST] for who in paths]


def behind(paths, marked):
    return set().union(*(who for who, is_in in zip(paths, marked, strict=False) if is_in))


@given(some_paths, marks, marks)
def test_short_lists_tell_small_groups_as_exactly_as_whole_ones(paths, first, second):
    crowds, size = listed(short(paths)), len(paths)
    one, two = crowds.of(first[:size]), crowds.of(second[:size])
    pairs = list(zip(first, second, strict=True))
    for crowd, marked in (
        (one, first),
        (one | two, [a or b for a, b in pairs]),
        (one & two, [a and b for a, b in pairs]),
        (one - two, [a and not b for a, b in pairs]),
    ):
        assert min(crowd.n, LEAST) == min(len(behind(paths, marked)), LEAST)
    others = behind(paths, [not each for each in first])
    assert min(one.others, LEAST) == min(len(others), LEAST)
    assert together([one, two]) == (one | two).n


@given(some_paths, st.lists(st.integers(-1, 2), min_size=8, max_size=8))
def test_groups_of_paths_tell_the_same_as_their_paths(paths, group):
    number = np.array(group[: len(paths)])
    crowds = listed(short(paths))
    for at, crowd in enumerate(crowds.grouped(number, 3).each()):
        assert crowd.n == crowds.of(number == at).n


def test_where_no_customers_are_known_what_is_counted_stands_for_them():
    crowds = counted(np.array([3.0, 0.5, 4.0]))
    first, second = crowds.of([True, True, False]), crowds.of([False, True, True])
    assert (float(first), (first | second).n, (first & second).n) == (3.5, 7.5, 0.5)
    assert (first.others, together([first, second]), together([3, 4.5])) == (4.0, 7.5, 7.5)
    assert [each.n for each in crowds.grouped(np.array([1, -1, 1]), 2).each()] == [0.0, 7.0]


def test_of_crowds_of_different_tables_the_larger_is_what_is_certain():
    first, second = listed([["a", "b"], ["c"]]).each(), listed([["a"], ["d"]]).each()
    assert together([first[0], second[0]]) == 2
    assert together([*first, *second]) == 3
    told = r"^Rows of different crowds are not the same rows: use together\(\)\.$"
    with pytest.raises(ValueError, match=told):
        first[0] | second[0]


@FEW
@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True), st.randoms())
def test_which_customers_are_listed_does_not_depend_on_the_order_of_rows(people, random):
    lists = [
        ibis.memtable({"who": order}).aggregate(ids=few_of(_.who, LEAST)).to_pandas()["ids"][0]
        for order in (people, random.sample(people, len(people)))
    ]
    assert list(lists[0]) == list(lists[1])
    assert len(lists[0]) == min(len(people), LEAST)


def test_nobody_is_behind_rows_without_a_list():
    crowds = listed([None, [], ["a"]])
    assert [each.n for each in crowds.each()] == [0.0, 0.0, 1.0]
    assert crowds.of([True, True, False]).others == 1.0
    assert listed([]).of([]).n == 0.0
    assert together([]) == pytest.approx(0.0)


def test_of_very_many_customers_not_all_are_counted_but_few_among_many_rows_are():
    many = listed([[each] for each in range(9_000)]).of([True] * 9_000)
    assert 2_000 <= many.n <= 9_000
    # 3 customers behind 9,000 rows, one of them behind the last alone.
    few = listed([[each % 2] for each in range(8_999)] + [[2]]).of([True] * 9_000)
    assert few.n == 3

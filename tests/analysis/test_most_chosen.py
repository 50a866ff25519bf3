"""What customers choose most often, counted side by side or in groups."""

from datetime import datetime

import ibis
from hypothesis import given
from hypothesis import strategies as st
from ibis import _

from crm_strategy.analysis.most_chosen import most_of_few, most_of_many, place_of
from tests.analysis.builders import FEW, records, table

CHOICES = {"customer_id": "string", "at": "timestamp", "what": "string"}
LISTED = ("card", "cash", "invoice")


def chosen(*rows):
    return table(CHOICES, [dict(zip(CHOICES, row, strict=True)) for row in rows])


def of_few(rows, **more):
    places = {"what": place_of(rows.what, LISTED)}
    return most_of_few(rows, places, {"what": LISTED}, at=rows.at, **more)


def test_places_begin_at_0_and_what_is_not_listed_has_minus_1():
    rows = chosen(*(("a", None, what) for what in ("cash", "coupon", None)))
    assert records(rows.select(place=place_of(rows.what, LISTED))) == [(1,), (-1,), (None,)]
    assert records(rows.select(place=place_of(rows.what, ()))) == [(None,)] * 3


def test_whoever_chose_nothing_has_no_value_and_is_counted_all_the_same():
    day = datetime(2026, 9, 30)
    rows = chosen(("a", day, "cash"), ("b", day, None), ("b", day, "coupon"))
    assert sorted(records(of_few(rows, n=_.count()))) == [("a", "cash", 1), ("b", None, 2)]
    listed = rows.filter(_.what == "cash")
    assert records(most_of_many(listed, listed.what, at=listed.at)) == [("a", "cash")]


MOMENTS = st.datetimes(datetime(2026, 9, 1), datetime(2026, 9, 5))


@FEW
@given(st.lists(st.tuples(st.sampled_from("abc"), MOMENTS, st.sampled_from([*LISTED, None]))))
def test_most_by_count_then_by_mean_day_then_by_alphabet(rows):
    days = {}
    for who, at, what in rows:
        if what:
            days.setdefault(who, {}).setdefault(what, []).append(at.date().toordinal())
    best = {
        who: min(of, key=lambda what: (-len(of[what]), -sum(of[what]), what))
        for who, of in days.items()
    }
    made = chosen(*rows)
    assert dict(records(of_few(made).filter(_.what.notnull()))) == best
    assert dict(records(most_of_many(made, made.what, at=made.at))) == best


def test_a_million_choices_of_a_day_do_not_outweigh_a_choice_more():
    many = ibis.range(1_000_000).unnest().name("n").as_table()
    rows = many.select(
        customer_id=ibis.literal("a"),
        at=ibis.ifelse(_.n < 500_001, ibis.timestamp("2000-01-01"), ibis.timestamp("2099-12-31")),
        what=ibis.ifelse(_.n < 500_001, "card", "cash"),
    )
    assert records(of_few(rows)) == [("a", "card")]

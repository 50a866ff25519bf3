from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.attribution import last_touch_credit
from crm_strategy.analysis.journey_paths import journey_paths
from crm_strategy.analysis.path_steps import steps_of
from crm_strategy.analysis.paths import conversion_paths, ready_paths
from crm_strategy.errors import DataError
from tests.analysis.builders import FEW, orders, records, table, touches

START, END = date(2026, 7, 1), date(2026, 9, 30)
PATHS = {"path": "string", "conversions": "float64", "value": "float64", "nulls": "float64"}

an_order = st.tuples(
    st.sampled_from(["a", "b", "c", None]),
    st.dates(date(2026, 6, 1), date(2026, 10, 10)),
    st.integers(-500, 2000).map(lambda cents: cents / 100),
)
a_touch = st.tuples(
    st.sampled_from(["a", "b", "c", None]),
    st.dates(date(2026, 5, 25), date(2026, 10, 10)),
    st.sampled_from(["email", "sms", "call"]),
)


def journeys(order_rows, touch_rows, *, lookback_days=30, collapse=True):
    found = journey_paths(
        touches(*touch_rows),
        orders(*order_rows),
        start=START,
        end=END,
        lookback_days=lookback_days,
        collapse=collapse,
    )
    return records(found.drop("value_squares"))


def ready(*rows):
    names = ("path", "conversions", "value", "nulls")
    return table(PATHS, [dict(zip(names, row, strict=False)) for row in rows])


def test_journeys_worked_by_hand():
    # a buys on 1 August after e-mail, SMS; the call comes later and no order follows it.
    # b is touched in July and in September, more than 31 days apart: two journeys into none.
    assert journeys(
        [("a", "2026-08-01", 50), ("c", "2026-08-02", 20)],
        [
            ("a", "2026-07-10", "email"),
            ("a", "2026-07-20", "sms"),
            ("a", "2026-08-20", "call"),
            ("b", "2026-07-05", "email"),
            ("b", "2026-09-20", "email"),
            ("b", "2026-09-21", "sms"),
        ],
    ) == [
        ("call", 0, 0, 1),
        ("email", 0, 0, 1),
        ("email > sms", 1, 50, 1),
        (None, 1, 20, 0),
    ]


def test_touches_after_the_order_lead_to_the_next_one_only():
    found = journeys(
        [("a", "2026-08-01 12:00", 5)],
        [("a", "2026-08-01 11:00", "email"), ("a", "2026-08-01 13:00", "sms")],
    )
    assert found == [("email", 1, 5, 0), ("sms", 0, 0, 1)]


def test_touches_of_one_moment_stand_by_name_whatever_the_order_of_the_rows():
    rows = [("a", "2026-08-01 09:00", channel) for channel in ("sms", "call", "email")]
    for each in (rows, rows[::-1]):
        assert journeys([("a", "2026-08-02", 5)], each) == [("call > email > sms", 1, 5, 0)]


@pytest.mark.parametrize(("collapse", "path"), [(True, "e > s > e"), (False, "e > e > s > e")])
def test_repeated_touches_are_one_step_or_not_as_asked(collapse, path):
    days = ("2026-08-01", "2026-08-02", "2026-08-03", "2026-08-04")
    rows = [("a", day, channel) for day, channel in zip(days, "eese", strict=True)]
    assert journeys([("a", "2026-08-05", 5)], rows, collapse=collapse) == [(path, 1, 5, 0)]


@pytest.mark.parametrize(("days", "path"), [(31, "email"), (30, None)])
def test_a_touch_older_than_the_lookback_is_in_no_converting_journey(days, path):
    found = journeys([("a", "2026-08-01", 5)], [("a", "2026-07-01", "email")], lookback_days=days)
    assert (path, 1, 5, 0) in found
    assert len(found) == (1 if path else 2)


def test_touches_before_the_period_count_for_its_orders_and_for_nothing_else():
    touched = [("a", "2026-06-20", "email"), ("b", "2026-06-20", "sms")]
    assert journeys([("a", "2026-07-02", 5)], touched) == [("email", 1, 5, 0)]


def test_a_channel_with_the_sign_in_its_name_stays_one_step():
    found = journeys([("a", "2026-08-02", 5)], [("a", "2026-08-01", "search > brand")])
    assert found == [("search › brand", 1, 5, 0)]


@FEW
@given(st.lists(an_order, max_size=8), st.lists(a_touch, max_size=12))
def test_orders_and_last_touches_agree_with_last_touch_credit(order_rows, touch_rows):
    found = journeys(order_rows, touch_rows)
    last: dict[str | None, float] = {}
    for path, conversions, _, _ in found:
        channel = path.split(" > ")[-1] if path else None
        last[channel] = last.get(channel, 0) + conversions
    credit = last_touch_credit(
        orders(*order_rows), touches(*touch_rows), start=START, end=END, lookback_days=30
    )
    wanted = {row[0]: row[1] for row in records(credit, "channel", "order_count")}
    assert {channel: n for channel, n in last.items() if n} == wanted


@FEW
@given(st.lists(an_order, max_size=8), st.lists(a_touch, max_size=12))
def test_every_touch_of_the_period_is_in_a_journey_and_nulls_span_the_lookback(
    order_rows, touch_rows
):
    found = journeys(order_rows, touch_rows, collapse=False)
    in_period = [row for row in touch_rows if row[0] and START <= row[1] <= END]
    steps = sum(len(path.split(" > ")) * (won + nulls) for path, won, _, nulls in found if path)
    assert steps >= len(in_period)
    if not any(row[0] and row[2] >= 0 and START <= row[1] <= END for row in order_rows):
        assert steps == len(in_period)
        windows = {(who, (END - day) // timedelta(days=31)) for who, day, _ in in_period}
        assert sum(row[3] for row in found) == len(windows)


def test_ready_made_paths_are_trimmed_summed_and_taken_instead():
    given_paths = ready((" email>ads ", 2, 20.0, 1), ("email > ads", 1, 5.0, None), ("ads", 0))
    found = conversion_paths(
        touches(), orders(("a", "2026-08-01", 9)), given_paths, start=START, end=END,
        lookback_days=30,
    )  # fmt: skip
    assert records(found) == [("ads", 0, 0, 0), ("email > ads", 3, 25, 1)]


def test_without_ready_made_paths_the_touches_speak():
    found = conversion_paths(
        touches(("a", "2026-07-30", "sms")), orders(("a", "2026-08-01", 9)), ready(), start=START,
        end=END, lookback_days=30,
    )  # fmt: skip
    assert records(found) == [("sms", 1, 9, 0, 81)]


def test_an_empty_step_is_an_error_that_names_the_row():
    with pytest.raises(DataError) as caught:
        ready_paths(ready(("email > ads", 1), ("email > > ads", 1), ("> ads", 2)))
    assert str(caught.value) == (
        "paths: an empty step in 2 of 3 rows; the first is '> ads'.\n"
        "Write a channel between any two '>', or leave the row out."
    )


def test_a_count_below_0_is_an_error_that_names_the_row():
    with pytest.raises(DataError, match="below 0 in 1 of 1 rows; the first is 'ads'"):
        ready_paths(ready(("ads", -1)))


def test_a_value_that_is_not_known_stays_unknown_for_all():
    assert steps_of(ready_paths(ready(("a", 1, 5.0), ("b", 1)))).value.tolist() != [5.0, 0.0]


def test_no_orders_and_no_touches_give_no_paths():
    assert journeys([], []) == []
    assert list(ready_paths(ready()).columns) == list(PATHS)


def test_more_channels_than_journeys_can_tell_apart_are_refused():
    rows = [("a", "2026-07-10", f"campaign {number}") for number in range(4097)]
    window = {"start": START, "end": END, "lookback_days": 30}
    assert len(conversion_paths(touches(*rows[:4096]), orders(), **window)) == 1
    with pytest.raises(DataError) as caught:
        conversion_paths(touches(*rows), orders(), **window)
    assert str(caught.value) == (
        "touches: column 'channel' holds 4,097 different channels; journeys can tell 4,096 apart.\n"
        "Map a coarser column to channel in data.touches.columns, such as the medium instead of "
        "the campaign."
    )


LEAST = 2


def counted(order_rows, touch_rows):
    """Paths, the customers of each, and how many of them the lists tell, both cut at `LEAST`."""
    window = {"start": START, "end": END, "lookback_days": 30}
    found = journey_paths(touches(*touch_rows), orders(*order_rows), **window, customers=LEAST)
    return found.to_pandas()


def how_many(found):
    lists = zip(found["path"], found["customers"], found["null_customers"], strict=True)
    return [
        (path if isinstance(path, str) else None, *(0 if ids is None else len(ids) for ids in both))
        for path, *both in lists
    ]


def test_customers_behind_paths_worked_by_hand():
    # a orders twice after e-mail and once after a call, b and e once after e-mail, c untouched;
    # of d's two journeys into none one is of e-mail and one of SMS.
    found = counted(
        [
            *(("a", "2026-07-10", 50), ("a", "2026-07-20", 50), ("a", "2026-09-20", 50)),
            *(("b", "2026-07-10", 50), ("c", "2026-07-10", 50), ("e", "2026-07-10", 50)),
        ],
        [
            *(("a", "2026-07-09", "email"), ("a", "2026-09-19", "call")),
            *(("b", "2026-07-09", "email"), ("d", "2026-07-05", "email")),
            *(("d", "2026-09-20", "sms"), ("e", "2026-07-09", "email")),
        ],
    )
    # Three customers ordered after e-mail: two of them are enough to know that.
    assert how_many(found) == [("call", 1, 0), ("email", 2, 1), ("sms", 0, 1), (None, 1, 0)]
    # d is one and the same in both paths, as the others are not.
    nobody = [each[0] for each in found["null_customers"] if each is not None]
    assert len(nobody) == 2
    assert len({*nobody}) == 1
    assert len({each for ids in found["customers"].dropna() for each in ids}) >= LEAST


@FEW
@given(st.lists(an_order, max_size=8), st.lists(a_touch, max_size=12))
def test_each_path_lists_its_customers_once_and_no_more_than_are_asked_for(order_rows, touch_rows):
    found = counted(order_rows, touch_rows)
    for who, journeys_of in (("customers", "conversions"), ("null_customers", "nulls")):
        for ids, count in zip(found[who], found[journeys_of], strict=True):
            listed = [] if ids is None else list(ids)
            assert len(listed) == len({*listed})
            assert min(count, 1) <= len(listed) <= min(count, LEAST)
    placed = {who for who, day, money in order_rows if who and START <= day <= END and money >= 0}
    known = {each for ids in found["customers"].dropna() for each in ids}
    assert min(len(known), LEAST) == min(len(placed), LEAST)
    plain = journeys(order_rows, touch_rows)
    assert records(found[["path", "conversions", "value", "nulls"]]) == plain

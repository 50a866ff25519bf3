from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.intervals import share_interval
from crm_strategy.analysis.responses import asked_channels, response_members, responses
from tests.analysis.builders import FEW, orders, records, touches
from tests.analysis.customer_builders import profiles

PERIOD = {"start": date(2026, 7, 1), "end": date(2026, 9, 30), "conversion_days": 30}
AS_OF = date(2026, 9, 30)

MAIL = ("email", "newsletter")
SENT = (
    ("a", "2026-07-01", *MAIL, "sent"),
    ("a", "2026-07-08", *MAIL, "opened"),
    ("a", "2026-07-15", *MAIL, "clicked"),
    ("b", "2026-07-01", *MAIL, None),
    ("c", "2026-07-01", "shop", "shop_visit", "visited"),
    ("d", "2026-07-01", "call", "care_call", "refused"),
    ("b", "2026-06-30", *MAIL, "opened"),
    (None, "2026-07-01", *MAIL, "opened"),
)


def test_responses_worked_by_hand():
    placed = orders(("a", "2026-07-20", 5), ("d", "2026-08-10", 5), ("b", "2026-07-31", -5))
    found = responses(touches(*SENT), placed, **PERIOD)
    assert records(found) == [
        # Two customers, one of whom answered and ordered.
        ("email", 4, 2, 1, 0.5, *share_interval(1, 2), 0.5),
        # No answer to a call was ever recorded, and of the shop nothing but visits; d ordered
        # 40 days after the call.
        ("call", 1, 1, None, None, None, None, 0.0),
        ("shop", 1, 1, None, None, None, None, 0.0),
    ]


def test_responses_by_touchpoint_take_what_is_measured_from_the_channel():
    sent = touches(
        *SENT, ("a", "2026-07-01", "email", "welcome", "sent"), ("a", "2026-07-01", "email")
    )
    found = responses(sent, orders(), **PERIOD, by="touchpoint")
    assert records(found, "touchpoint", "customer_count", "response_count") == [
        *(("newsletter", 2, 1), ("care_call", 1, None), ("shop_visit", 1, None)),
        *(("unknown", 1, 0), ("welcome", 1, 0)),
    ]


def test_touches_without_an_action_column_have_no_response_rate():
    found = responses(touches(*SENT).drop("action"), orders(), **PERIOD)
    assert found["response_rate"].isna().all()
    assert found["touch_count"].sum() == 6


def test_without_touches_the_table_is_empty_with_its_columns():
    found = responses(touches(), orders(("a", "2026-07-20", 5)), **PERIOD)
    assert list(found.columns) == [
        *("channel", "touch_count", "customer_count", "response_count", "response_rate"),
        *("low", "high", "conversion_rate"),
    ]
    assert found.empty


def test_a_channel_in_which_customers_came_by_themselves_is_not_asked():
    assert sorted(records(asked_channels(touches(*SENT)))) == [("call",), ("email",)]


def test_members_are_in_the_channel_they_answered_most():
    sent = touches(
        *SENT,
        *(("c", "2026-07-02", *MAIL, "opened"), ("e", "2026-07-01", *MAIL, "sent")),
        ("b", "2026-10-01", "shop", "shop_visit", "visited"),
    )
    table = profiles(*((each, 1, 1) for each in "abcdef"))
    assert sorted(records(response_members(sent, table, as_of=AS_OF))) == [
        *(("a", "email"), ("b", "email")),
        # One each: mail on the later day.
        ("c", "email"),
        *(("d", "unknown"), ("e", "never_answered"), ("f", "not_contacted")),
    ]


def test_of_more_channels_than_are_counted_side_by_side_the_most_answered_is_found_too():
    many = [("a", "2026-07-01", f"channel {n:02}", None, "opened") for n in range(30)]
    again = ("a", "2026-07-02", "channel 17", None, "clicked")
    sent = touches(*many, again, ("b", "2026-07-01", "channel 01", None, "sent"))
    table = profiles(*((each, 1, 1) for each in "abc"))
    assert sorted(records(response_members(sent, table, as_of=AS_OF))) == [
        *(("a", "channel 17"), ("b", "never_answered"), ("c", "not_contacted"))
    ]


@FEW
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcx"),
            st.dates(date(2026, 6, 1), date(2026, 10, 31)),
            st.sampled_from(["email", "sms", "shop"]),
            st.none(),
            st.sampled_from(["sent", "opened", "visited", None]),
        ),
        max_size=25,
    ),
    st.randoms(),
)
def test_each_customer_is_a_member_once_in_any_row_order(rows, random):
    table = profiles(*((each, 1, 1) for each in "abc"))
    first, second = (
        sorted(records(response_members(touches(*order), table, as_of=AS_OF)))
        for order in (rows, random.sample(rows, len(rows)))
    )
    assert first == second
    assert [customer for customer, _segment in first] == list("abc")
    found = responses(touches(*rows), orders(), **PERIOD)
    inside = [row for row in rows if PERIOD["start"] <= row[1] <= PERIOD["end"]]
    assert found["touch_count"].sum() == len(inside)
    rated = found[found["response_rate"].notna()]
    assert ((rated["low"] <= rated["response_rate"]) & rated["response_rate"].le(1)).all()
    assert rated["response_rate"].tolist() == pytest.approx(
        (rated["response_count"] / rated["customer_count"]).tolist()
    )

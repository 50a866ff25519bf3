from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.journeys import (
    CONVERSION,
    NULL,
    START,
    stage_funnel,
    touchpoint_use,
    transitions,
)
from tests.analysis.builders import FEW, orders, records, touches

FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)
PERIOD = {"start": FIRST, "end": LAST}

FIGURES = ("customer_count", "step_rate", "overall_rate", "median_days")

an_order = st.tuples(
    st.sampled_from(["a", "b", None]), st.dates(FIRST, LAST), st.sampled_from([5, -5])
)
a_touch = st.tuples(
    st.sampled_from(["a", "b", None]), st.dates(FIRST, LAST), st.sampled_from(["email", "sms"])
)


def test_use_of_touchpoints_worked_by_hand():
    made = touches(
        ("a", "2026-08-01", "email", "cart"),
        ("a", "2026-08-02", "email", "cart"),
        ("b", "2026-08-01", "email", "cart"),
        ("b", "2026-09-20", "email", "news"),
        ("a", "2026-06-30", "email", "news"),
        ("c", "2026-08-01", "sms"),
    )
    placed = orders(("a", "2026-08-20", 5), ("b", "2026-09-15", 5), ("c", "2026-10-01", 5))
    found = touchpoint_use(made, placed, **PERIOD, conversion_days=30)
    assert records(found) == [
        ("cart", "email", 3, 2, 1, 0.5),
        ("news", "email", 1, 1, 0, 0.0),
        (None, "sms", 1, 1, 0, 0.0),
    ]


def test_a_funnel_of_four_customers_worked_by_hand():
    made = touches(
        ("a", "2026-08-01", "email", None, "sent"),
        ("a", "2026-08-03", "email", None, "opened"),
        ("b", "2026-08-01", "email", None, "clicked"),
        ("c", "2026-08-01", "email", None, "delivered"),
        ("d", "2026-08-01", "email", None, "sent"),
    )
    placed = orders(
        ("a", "2026-08-07", 5),
        ("a", "2026-08-17", 5),
        ("c", "2026-08-11", 5),  # ordered without leaving a trace of a response
        ("b", "2026-10-01", 5),
    )
    found = stage_funnel(made, placed, **PERIOD, conversion_days=30)
    assert records(found, "stage", *FIGURES) == [
        ("touched", 4, None, 1.0, None),
        ("responded", 3, 0.75, 0.75, 1.0),  # a after 2 days, b at once
        ("ordered", 2, pytest.approx(2 / 3), 0.5, 4.0),  # a after 4 days
        ("ordered_again", 1, 0.5, 0.25, 10.0),
    ]


def test_a_funnel_without_responses_leaves_the_stage_out():
    made = touches(("a", "2026-08-01", "email"), ("b", "2026-08-01", "email"))
    found = stage_funnel(made, orders(("a", "2026-08-02", 5)), **PERIOD, conversion_days=30)
    assert records(found, "stage", "customer_count", "step_rate") == [
        ("touched", 2, None),
        ("ordered", 1, 0.5),
    ]


@FEW
@given(st.lists(an_order), st.lists(a_touch))
def test_no_stage_holds_more_than_the_one_before(order_rows, touch_rows):
    found = stage_funnel(touches(*touch_rows), orders(*order_rows), **PERIOD, conversion_days=30)
    sizes = [count for (count,) in records(found, "customer_count")]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[:1] == [len({who for who, *_ in touch_rows} - {None})] or not sizes


def steps(order_rows, touch_rows, **more):
    found = transitions(touches(*touch_rows), orders(*order_rows), **PERIOD, **more)
    return {(source, target): n for source, target, n in records(found, "source", "target", "n")}


def test_journeys_worked_by_hand():
    # a: email > sms > order, then email > end. b: email > 40 days of silence > email > end.
    # c: an order without a touch. d: a refund ends nothing.
    found = steps(
        [("a", "2026-07-20", 5), ("c", "2026-08-01", 5), ("d", "2026-08-02", -5)],
        [
            ("a", "2026-07-10", "email"),
            ("a", "2026-07-15", "sms"),
            ("a", "2026-07-25", "email"),
            ("b", "2026-07-10", "email"),
            ("b", "2026-08-19", "email"),
            ("d", "2026-08-01", "call"),
        ],
    )
    assert found == {
        (START, "email"): 4,
        (START, "call"): 1,
        ("email", "sms"): 1,
        ("sms", CONVERSION): 1,
        ("email", NULL): 3,
        ("call", NULL): 1,
    }


def test_shares_are_of_the_source():
    found = transitions(
        touches(
            ("a", "2026-07-10", "email"),
            ("a", "2026-07-15", "sms"),
            ("b", "2026-07-10", "email"),
        ),
        orders(),
        **PERIOD,
    )
    assert records(found) == [
        (START, "email", 2, 1.0),
        ("email", NULL, 1, 0.5),
        ("email", "sms", 1, 0.5),
        ("sms", NULL, 1, 1.0),
    ]


def test_customers_of_steps_worked_by_hand():
    # a orders after two of three e-mails; b after one, and once after an SMS.
    found = transitions(
        touches(
            *(("a", f"2026-07-{day}", "email") for day in (10, 12, 14)),
            *(("b", "2026-07-10", "email"), ("b", "2026-07-20", "sms")),
        ),
        orders(
            *(("a", "2026-07-11", 5), ("a", "2026-07-13", 5)),
            *(("b", "2026-07-11", 5), ("b", "2026-07-21", 5)),
        ),
        **PERIOD,
        customers=2,
    ).to_pandas()
    steps_taken = list(zip(found["source"], found["target"], strict=True))
    who = dict(zip(steps_taken, map(set, found["customers"]), strict=True))
    assert {step: len(each) for step, each in who.items()} == {
        (START, "email"): 2,
        (START, "sms"): 1,
        ("email", CONVERSION): 2,
        ("email", NULL): 1,
        ("sms", CONVERSION): 1,
    }
    # b alone took the steps of the SMS, a alone that into nothing.
    assert who[START, "sms"] == who["sms", CONVERSION]
    assert who[START, "sms"] | who["email", NULL] == who[START, "email"]


@FEW
@given(st.lists(an_order), st.lists(a_touch), st.integers(1, 100))
def test_what_enters_a_channel_leaves_it_and_every_journey_ends(order_rows, touch_rows, gap_days):
    found = steps(order_rows, touch_rows, gap_days=gap_days)
    into, out = Counter(), Counter()
    for (source, target), n in found.items():
        out[source] += n
        into[target] += n
    made = Counter(channel for who, _, channel in touch_rows if who is not None)
    for channel in ("email", "sms"):
        assert into[channel] == out[channel] == made[channel]
    assert out[START] == into[CONVERSION] + into[NULL]


def test_no_touches_give_empty_tables():
    placed = orders(("a", "2026-08-01", 5))
    assert steps([("a", "2026-08-01", 5)], []) == {}
    assert records(stage_funnel(touches(), placed, **PERIOD, conversion_days=30)) == []
    assert records(touchpoint_use(touches(), placed, **PERIOD, conversion_days=30)) == []

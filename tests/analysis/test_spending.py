from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.spans import Span
from crm_strategy.analysis.spending import channel_spending
from tests.analysis.builders import FEW, costs, records, touches

Q2 = Span("2026-Q2", date(2026, 4, 1), date(2026, 6, 30))
Q3 = Span("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))


def terms(**channels):
    rows = [
        {"channel": channel, "per_touch": per_touch, "monthly": monthly}
        for channel, (per_touch, monthly) in channels.items()
    ]
    return pd.DataFrame(rows, columns=["channel", "per_touch", "monthly"])


def spending(*cost_rows, made=(), periods=(Q3,), channel_terms=None):
    return records(
        channel_spending(
            costs(*cost_rows), touches(*made), periods=periods, channel_terms=channel_terms
        )
    )


def test_a_cost_is_spread_evenly_over_its_days():
    # 1 June to 30 July are 60 days: half of them in Q2, half in Q3.
    found = spending(("ads", date(2026, 6, 1), date(2026, 7, 30), 60.0), periods=[Q2, Q3])
    assert found == [
        ("ads", "2026-Q2", 30.0, "file", None),
        ("ads", "2026-Q3", 30.0, "file", None),
    ]


def test_a_cost_without_an_end_is_of_its_day():
    assert spending(("ads", date(2026, 9, 30), None, 9.0)) == [("ads", Q3.id, 9.0, "file", None)]
    assert spending(("ads", date(2026, 10, 1), None, 9.0)) == []


def test_goods_and_planned_costs_do_not_count():
    day = date(2026, 8, 1)
    assert spending(
        ("ads", day, day, 9.0, "goods", "actual"), ("ads", day, day, 9.0, "media", "planned")
    ) == []  # fmt: skip


def test_a_cost_of_zero_is_known():
    assert spending(("shop", Q3.start, Q3.end, 0.0)) == [("shop", Q3.id, 0.0, "file", None)]


def test_the_file_speaks_before_the_touches_and_these_before_the_terms():
    made = [
        ("a", "2026-08-01", "email", None, None, 0.5),
        ("a", "2026-08-02", "sms", None, None, 0.5),
        ("b", "2026-08-02", "sms", None, None, 0.25),
        ("a", "2026-08-03", "push"),
        ("b", "2026-08-03", "push"),
        ("a", "2026-08-04", "call"),
    ]
    agreed = terms(email=(9.0, 9.0), sms=(9.0, 9.0), push=(2.0, 10.0), shop=(None, 100.0))
    found = spending(("email", Q3.start, Q3.end, 7.0), made=made, channel_terms=agreed)
    assert found == [
        ("call", Q3.id, None, None, 1),  # nobody states its cost
        ("email", Q3.id, 7.0, "file", 1),
        ("push", Q3.id, 2 * 2.0 + 3 * 10.0, "params", 2),
        ("shop", Q3.id, 300.0, "params", None),
        ("sms", Q3.id, 0.75, "file", 2),
    ]


def test_a_price_per_touch_of_a_channel_never_touched_is_unknown():
    assert spending(channel_terms=terms(sms=(0.1, 5.0), parcel=(0.1, None))) == []


def test_a_silent_quarter_of_a_used_channel_costs_its_monthly_fee():
    found = spending(made=[("a", "2026-05-01", "sms")], channel_terms=terms(sms=(0.1, 5.0)))
    assert found == [("sms", Q3.id, 15.0, "params", 0)]


def test_channels_without_touches_and_costs_are_left_out():
    assert spending(channel_terms=terms(referral=(None, None))) == []


@FEW
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ads", "email"]),
            st.dates(date(2026, 1, 1), date(2026, 3, 1)),
            st.integers(0, 70),
            st.integers(0, 100_000).map(lambda cents: cents / 100),
        ),
        min_size=1,
    ),
    st.integers(1, 40),
)
def test_over_all_periods_the_parts_add_up_to_the_costs(rows, length):
    spans, start = [], date(2025, 12, 20)
    while start < date(2026, 6, 1):
        end = start + timedelta(days=length - 1)
        spans.append(Span(str(start), start, end))
        start = end + timedelta(days=1)
    table = costs(*((c, first, first + timedelta(days=d), money) for c, first, d, money in rows))
    found = channel_spending(table, touches(), periods=spans)
    assert found["cost"].sum() == pytest.approx(sum(money for *_, money in rows))

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.effort import effort
from tests.analysis.builders import FEW, records, table, touches
from tests.analysis.customer_builders import members, profiles

PERIOD = {"start": date(2026, 7, 1), "end": date(2026, 9, 30)}
CUSTOMERS = profiles(("a", 1, 60), ("b", 1, 20), ("c", 1, 15), ("d", 1, 5))
SEGMENTS = members(a="top", b="middle", c="low", d="low")
COLUMNS = [
    *("segment", "customer_share", "revenue_share", "expected_value_share", "touch_share"),
    "verdict",
]


def sent(**counts):
    return touches(
        *(
            (each, "2026-07-01", "email", None, "sent")
            for each in counts
            for _ in range(counts[each])
        ),
        ("d", "2026-07-01", "shop", None, "visited"),
        ("a", "2026-10-01", "email", None, "sent"),
        ("x", "2026-07-01", "email", None, "sent"),
    )


def expected(**values):
    return table(
        {"customer_id": "string", "expected_value": "float64"},
        [{"customer_id": each, "expected_value": value} for each, value in values.items()],
    )


def test_effort_beside_revenue_worked_by_hand():
    # Shop visits, contacts of a later day and of others are no effort: 4, 2 and 4 of 10.
    found = effort(SEGMENTS, CUSTOMERS, sent(a=4, b=2, c=3, d=1), **PERIOD)
    assert records(found) == [
        ("top", 0.25, 0.6, None, 0.4, "more"),
        ("low", 0.5, 0.2, None, 0.4, "less"),
        ("middle", 0.25, 0.2, None, 0.2, "hold"),
    ]


def test_expected_value_decides_where_it_is_known():
    values = expected(a=10, b=10, c=80)
    found = effort(SEGMENTS, CUSTOMERS, sent(a=4, b=2, c=3, d=1), values, **PERIOD)
    assert records(found, "segment", "expected_value_share", "verdict") == [
        *(("low", 0.8, "more"), ("middle", 0.1, "less"), ("top", 0.1, "less"))
    ]


def test_without_contacts_or_value_there_is_no_verdict():
    silent = effort(SEGMENTS, CUSTOMERS, touches(), **PERIOD)
    assert silent[["touch_share", "verdict"]].isna().all(axis=None)
    worthless = profiles(*((each, 1, 0) for each in "abcd"))
    found = effort(SEGMENTS, worthless, sent(a=1), expected(), **PERIOD)
    assert found[["revenue_share", "expected_value_share", "verdict"]].isna().all(axis=None)
    assert list(found.columns) == COLUMNS


def test_a_segment_that_lost_money_gets_less():
    losing = profiles(("a", 1, 110), ("b", 1, 0), ("c", 1, -5), ("d", 1, -5))
    found = effort(SEGMENTS, losing, sent(a=1, c=1), **PERIOD).set_index("segment")
    assert found["verdict"].to_dict() == {"top": "more", "middle": "hold", "low": "less"}


def test_no_customers_give_an_empty_table():
    found = effort(members(), profiles(), touches(), **PERIOD)
    assert list(found.columns) == COLUMNS
    assert found.empty


@FEW
@given(st.lists(st.sampled_from("abcdx"), max_size=30))
def test_shares_of_segments_add_up(contacted):
    counts = {each: contacted.count(each) for each in set(contacted) - {"x"}}
    found = effort(SEGMENTS, CUSTOMERS, sent(**counts), expected(a=1, d=2), **PERIOD)
    shares = found[["customer_share", "revenue_share", "expected_value_share"]].sum()
    assert shares.tolist() == pytest.approx([1, 1, 1])
    assert found["touch_share"].sum() == pytest.approx(1 if counts else 0)

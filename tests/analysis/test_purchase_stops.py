from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.purchase_stops import STOPS, stopped_at, stopped_at_members
from tests.analysis.builders import FEW, at, records, table, touches
from tests.analysis.customer_builders import leads, profiles

PERIOD = {"start": date(2026, 7, 1), "end": date(2026, 9, 30)}
SALES = {
    "customer_id": "string",
    "ordered_at": "timestamp(6)",
    "stage_group": "string",
    "is_refund": "boolean",
}


def sales(*rows):
    """Orders of any stage as (customer, day, stage), or with True behind for a refund."""
    return table(
        SALES,
        [
            {
                "customer_id": row[0],
                "ordered_at": at(row[1]),
                "stage_group": row[2],
                "is_refund": len(row) > 3,
            }
            for row in rows
        ],
    )


TOUCHED = (
    *(("a", "2026-07-01", "email", None, "sent"), ("b", "2026-07-01", "email", None, "opened")),
    *(("c", "2026-07-01", "email", None, "sent"), ("z", "2026-06-30", "email", None, "sent")),
)
ASKED = (
    *(("l1", "c", "2026-07-02", "web", "lost"), ("l2", None, "2026-07-02", "web", "open")),
    *(("l3", "d", "2026-07-02", "web", "won"), ("l4", "e", "2026-07-02", "web", "open")),
)
ORDERED = (
    *(("e", "2026-07-05", "lost"), ("f", "2026-07-05", "open"), ("g", "2026-07-05", "open")),
    *(("g", "2026-07-09", "won"), ("a", "2026-07-09", "won", "refund")),
)


def test_everybody_counts_once_at_the_furthest_stop():
    found = stopped_at(touches(*TOUCHED), leads(*ASKED), sales(*ORDERED), **PERIOD)
    assert records(found) == [(stop, 1, 1 / 8) for stop in STOPS]


def test_those_whom_segments_hold_are_counted_beside_all():
    known = profiles(*((each, 1, 1) for each in "abcz"))
    found = stopped_at(touches(*TOUCHED), leads(*ASKED), sales(*ORDERED), known, **PERIOD)
    held = dict.fromkeys(STOPS[:3], 1)
    assert [(row[0], row[3]) for row in records(found)] == [(s, held.get(s, 0)) for s in STOPS]


def test_members_of_whom_nothing_was_going_on_are_other():
    known = profiles(*((each, 1, 1) for each in "abcdefgz"))
    found = stopped_at_members(touches(*TOUCHED), leads(*ASKED), sales(*ORDERED), known, **PERIOD)
    assert sorted(records(found)) == [
        *(("a", "contacted"), ("b", "responded"), ("c", "lead_lost"), ("d", "lead_won")),
        *(("e", "order_lost"), ("f", "order_open"), ("g", "ordered"), ("z", "other")),
    ]


def test_nothing_going_on_gives_an_empty_table():
    assert records(stopped_at(touches(), leads(), sales(), **PERIOD)) == []


def test_a_lead_without_a_customer_is_no_customer_even_under_the_same_id():
    found = stopped_at_members(
        touches(),
        leads(("a", None, "2026-07-01", "web", "open")),
        sales(),
        profiles(("a", 1, 1)),
        **PERIOD,
    )
    assert records(found) == [("a", "other")]


@FEW
@given(
    st.lists(st.tuples(st.sampled_from("abcx"), st.sampled_from(["open", "won", "lost"]))),
    st.lists(st.sampled_from("abcx")),
)
def test_stops_and_members_reconcile(ordered, touched):
    sold = sales(*((customer, "2026-07-05", stage) for customer, stage in ordered))
    sent = touches(*((customer, "2026-07-01", "email") for customer in touched))
    found = stopped_at(sent, leads(), sold, **PERIOD).to_pandas()
    assert found["customer_count"].sum() == len(set(touched) | {each for each, _stage in ordered})
    known = profiles(*((each, 1, 1) for each in "abc"))
    members = records(stopped_at_members(sent, leads(), sold, known, **PERIOD))
    assert sorted(customer for customer, _stop in members) == list("abc")

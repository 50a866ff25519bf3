from datetime import date, datetime

import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.funnel import funnel_of, with_attributes
from crm_strategy.analysis.funnel_known import counted_customers
from crm_strategy.analysis.funnel_sizes import without_small_steps
from crm_strategy.analysis.journey_times import FUNNEL, Stage, journey_times, stages_of
from crm_strategy.analysis.segment_funnels import segment_funnels
from tests.analysis.builders import FEW, orders, records, table, touches

FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)
PERIOD = {"start": FIRST, "end": LAST}
SHOP = (Stage("touched"), Stage("cart", ("cart",)), Stage("ordered"))


def sessions(order_rows, touch_rows, stages=SHOP, minutes=30):
    return journey_times(
        touches(*touch_rows),
        orders(*order_rows),
        stages,
        **PERIOD,
        conversion_days=None,
        gap_minutes=minutes,
    )


def test_sessions_end_after_more_minutes_than_the_gap():
    # Three visits of a: 31 minutes part the first two; the order is part of the second.
    found = sessions(
        [("a", "2026-08-01 10:55", 20)],
        [
            ("a", "2026-08-01 10:00", "ads", "home"),
            ("a", "2026-08-01 10:10", "ads", "cart"),
            ("a", "2026-08-01 10:41", "email", "home"),
            ("a", "2026-08-01 11:05", "email", "home"),
            ("a", "2026-08-02 09:00", "site", "home"),
        ],
    )
    names = ("number", "began_at", "channel", "amount", "at_1", "at_2")
    assert records(found.order_by("number"), *names) == [
        (0, datetime(2026, 8, 1, 10), "ads", None, datetime(2026, 8, 1, 10, 10), None),
        (1, datetime(2026, 8, 1, 10, 41), "email", 20.0, None, datetime(2026, 8, 1, 10, 55)),
        (2, datetime(2026, 8, 2, 9), "site", None, None, None),
    ]


def test_money_after_the_first_order_of_a_session_stands_by_itself():
    bought = [("a", "2026-08-01 10:05", 20), ("a", "2026-08-01 10:10", 7)]
    found = sessions(bought, [("a", "2026-08-01 10:00", "ads"), ("a", "2026-08-01 15:00", "ads")])
    told = records(found.order_by("number"), "amount", "repeat_amount")
    assert told == [(27.0, 7.0), (None, None)]


def test_an_order_without_a_time_belongs_to_the_last_session_of_its_day():
    found = sessions(
        [("a", "2026-08-01 00:00", 20)],
        [("a", "2026-08-01 10:00", "ads"), ("a", "2026-08-01 15:00", "ads")],
    )
    assert records(found.order_by("number"), "amount") == [(None,), (20.0,)]


def test_an_order_long_after_a_session_is_none_of_its():
    found = sessions([("a", "2026-08-01 11:00", 20)], [("a", "2026-08-01 10:00", "ads")])
    assert records(found, "amount") == [(None,)]


def test_steps_of_ones_own_are_touchpoints_or_actions():
    found = journey_times(
        touches(
            ("a", "2026-08-01", "email", "cart", "sent"),
            ("a", "2026-08-03", "email", None, "paid"),
            ("b", "2026-08-01", "email", "home", "sent"),
        ),
        orders(),
        stages_of([("touched", ()), ("cart", ("cart",)), ("paid", ("paid", "invoice"))]),
        **PERIOD,
        conversion_days=30,
    )
    assert records(
        funnel_of(found, stages_of([("t", ()), ("c", ()), ("p", ())])), "customer_count"
    ) == [
        (2,),
        (1,),
        (1,),
    ]


def test_no_steps_of_ones_own_are_the_usual_ones():
    assert stages_of([]) == FUNNEL


def test_a_median_of_minutes_worked_by_hand():
    # 5 and 15 minutes from the first touch to the cart.
    found = sessions(
        [],
        [
            ("a", "2026-08-01 10:00", "ads"),
            ("a", "2026-08-01 10:05", "ads", "cart"),
            ("b", "2026-08-01 10:00", "ads"),
            ("b", "2026-08-01 10:15", "ads", "cart"),
        ],
    )
    assert records(funnel_of(found, SHOP), "stage", "median_minutes") == [
        ("touched", None),
        ("cart", 10.0),
    ]


def segmented(least=0):
    made = [(f"c{n}", "2026-08-01 10:00", "ads", "home") for n in range(12)]
    made += [(f"c{n}", "2026-08-01 10:05", "ads", "cart") for n in range(5)]
    people = table(
        {"customer_id": "string", "platform": "string"},
        [{"customer_id": f"c{n}", "platform": "phone" if n < 6 else "desk"} for n in range(12)],
    )
    journeys = with_attributes(sessions([], made), people, ["platform", "unknown"])
    return segment_funnels(journeys, SHOP, attributes=["platform", "unknown"], least=least)


def test_funnels_by_group_worked_by_hand():
    names = ("attribute", "value", "stage", "journey_count", "before_count", "step_rate")
    assert records(segmented(), *names) == [
        ("all", "all", "touched", 12, None, None),
        ("all", "all", "cart", 5, 12, pytest.approx(5 / 12)),
        ("platform", "desk", "touched", 6, None, None),
        ("platform", "desk", "cart", 0, 6, 0.0),
        ("platform", "phone", "touched", 6, None, None),
        ("platform", "phone", "cart", 5, 6, pytest.approx(5 / 6)),
    ]


def test_steps_few_took_or_few_did_not_take_are_left_out():
    # Phone: 1 of 6 stopped; its twin would tell it by subtraction.
    assert records(segmented(least=5), "value", "stage") == [
        ("all", "touched"),
        ("all", "cart"),
        ("desk", "touched"),
        ("phone", "touched"),
    ]


def visits(regions, cities=()):
    """Journeys of a touch of one customer each, of these regions and cities."""
    people = table(
        {"customer_id": "string", "region": "string", "city": "string"},
        [
            {"customer_id": f"c{n}", "region": region, "city": city}
            for n, (region, city) in enumerate(zip(regions, cities or regions, strict=True))
        ],
    )
    made = sessions([], [(f"c{n}", "2026-08-01", "ads", "home") for n in range(len(regions))])
    return with_attributes(made, people, ["region", "city"]), people


def shown_sizes(found, attribute):
    rows = found[(found["attribute"] == attribute) & (found["stage"] == "touched")]
    return dict(zip(rows["value"], rows["customer_count"], strict=True))


@pytest.mark.parametrize(("unknown", "shown"), [(3, {"north": 9}), (5, {"north": 9, "south": 6})])
def test_groups_do_not_tell_the_few_journeys_of_no_group(unknown, shown):
    journeys, _people = visits(["north"] * 9 + ["south"] * 6 + [None] * unknown)
    found = segment_funnels(journeys, SHOP, attributes=["region"], least=5)
    assert shown_sizes(found, "region") == shown


def test_groups_do_not_tell_the_few_of_rare_values():
    # Eight of seven journeys each stand in the table; the ninth value has three.
    values = [f"v{n}" for n in range(8) for _ in range(7)]
    journeys, _people = visits([*values, "rare", "rare", "rare"])
    found = segment_funnels(journeys, SHOP, attributes=["region"], least=5)
    assert len(shown_sizes(found, "region")) == 7


def test_groups_do_not_tell_the_few_of_a_group_that_they_lie_within():
    regions, cities = ["north"] * 12 + ["south"] * 9, ["graz"] * 9 + [None] * 3 + ["linz"] * 9
    journeys, _people = visits(regions, cities)
    found = segment_funnels(journeys, SHOP, attributes=["region", "city"], least=5)
    assert shown_sizes(found, "region") == {"north": 12, "south": 9}
    assert "graz" not in shown_sizes(found, "city")


@pytest.mark.parametrize(
    ("untouched", "strangers", "shown"),
    [
        (0, 0, {"north": 9, "south": 8}),
        # 12 customers of the north are counted in another chapter, 9 of them were touched.
        (3, 0, {}),
        (5, 0, {"north": 9, "south": 8}),
        # As many who were touched never ordered: no difference tells the 3.
        (3, 3, {"north": 9, "south": 8}),
    ],
)
def test_groups_do_not_tell_the_few_who_were_not_touched_of_a_group(untouched, strangers, shown):
    journeys, people = visits(["north"] * 9 + ["south"] * 8)
    more = [{"customer_id": f"d{n}", "region": "north", "city": ""} for n in range(untouched)]
    people = ibis.union(people, table(dict(people.schema()), more))
    buyers = [f"c{n}" for n in range(strangers, 17)] + [f"d{n}" for n in range(untouched)]
    placed = orders(*((who, "2026-05-01", 9) for who in buyers))
    counted = counted_customers(people, placed, **PERIOD, as_of=LAST)
    terms = {"attributes": ["region"], "least": 5, "counted": counted}
    assert shown_sizes(segment_funnels(journeys, SHOP, **terms), "region") == shown


def test_who_ordered_on_a_journey_does_not_tell_the_few_who_ordered_otherwise():
    placed = [(f"c{n}", "2026-08-01 10:05", 9) for n in range(6)]
    placed += [(f"c{n}", "2026-09-01", 9) for n in range(6, 8)]
    made = sessions(placed, [(f"c{n}", "2026-08-01 10:00", "ads", "home") for n in range(20)])
    people = table(
        {"customer_id": "string", "region": "string"},
        [{"customer_id": f"c{n}", "region": "north"} for n in range(20)],
    )
    counted = counted_customers(people, orders(*placed), **PERIOD, as_of=LAST)
    terms = {"attributes": ["region"], "least": 5}
    journeys = with_attributes(made, people, ["region"])
    alone, beside = (
        segment_funnels(journeys, SHOP, **terms, **more) for more in ({}, {"counted": counted})
    )
    stages = [found[found["attribute"] == "region"]["stage"].tolist() for found in (alone, beside)]
    assert stages == [["touched", "ordered"], ["touched"]]


def test_segments_of_marks_that_other_chapters_do_not_have_are_not_held_against_them():
    people = table(
        {"customer_id": "string", "segment": "string"}, [{"customer_id": "a", "segment": "new"}]
    )
    asked = (people, orders(("a", "2026-08-01", 9)))
    assert "segment" not in counted_customers(*asked, **PERIOD, as_of=LAST).columns
    own = counted_customers(*asked, **PERIOD, as_of=LAST, segments=True)
    assert records(own) == [("a", "new", True)]


@FEW
@given(
    st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=2, max_size=6),
    st.integers(2, 12),
)
def test_no_group_smaller_than_the_least_follows_from_those_shown(groups, least):
    import pandas as pd

    sizes = [size for size, _listed in groups]
    rows = [
        {
            "attribute": attribute,
            "value": value,
            "stage": "a",
            "customer_count": size,
            "journey_count": size,
            "before_customers": None,
            "stopped_customers": None,
            "listed": listed,
        }
        for attribute, value, size, listed in [
            ("all", "all", sum(sizes), True),
            *(("k", str(at), size, listed) for at, (size, listed) in enumerate(groups)),
        ]
    ]
    shown = without_small_steps(pd.DataFrame(rows), least)
    parts = shown[shown["attribute"] == "k"]
    assert not parts["customer_count"].between(1, least - 1).any()
    left_out = sum(sizes) - parts["customer_count"].sum()
    assert left_out == 0 or left_out >= least or len(parts) == 0


def test_nothing_touched_gives_empty_funnels():
    journeys = with_attributes(
        sessions([("a", "2026-08-01", 5)], []),
        table({"customer_id": "string", "platform": "string"}, []),
        ["platform"],
    )
    found = segment_funnels(journeys, SHOP, attributes=["platform"], least=10)
    assert found.empty
    assert {"attribute", "value", "stage", "step_rate"} <= set(found.columns)

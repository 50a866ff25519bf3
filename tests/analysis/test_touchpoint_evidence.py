from datetime import date

import pandas as pd
import pytest

from crm_strategy.analysis.conversion_time import conversion_time
from crm_strategy.analysis.journeys import channel_steps, path_transitions
from crm_strategy.analysis.touchpoint_coverage import touchpoint_coverage
from crm_strategy.analysis.touchpoint_evidence import (
    grade,
    graded_actions,
    segment_touchpoint_use,
)
from crm_strategy.errors import DataError
from tests.analysis.builders import orders, records, table, touches

PERIOD = {"start": date(2026, 7, 1), "end": date(2026, 9, 30)}
SEGMENTS = {"customer_id": "string", "segment": "string"}
PATHS = {"path": "string", "conversions": "float64", "value": "float64", "nulls": "float64"}


@pytest.mark.parametrize(
    ("customers", "evidence"),
    [(None, "assumed"), (0, "assumed"), (1, "partial"), (29, "partial"), (30, "measured")],
)
def test_a_cell_is_measured_from_thirty_customers(customers, evidence):
    assert grade(customers) == evidence


def test_cells_of_the_plan_carry_what_was_measured_there():
    made = touches(
        ("a", "2026-08-01", "email", "cart"),
        ("b", "2026-08-01", "email", "cart"),
        ("c", "2026-08-01", "email", "cart"),  # of no segment
        ("a", "2026-06-01", "email", "news"),  # before the period
    )
    members = table(
        SEGMENTS, [{"customer_id": "a", "segment": "new"}, {"customer_id": "b", "segment": "new"}]
    )
    use = segment_touchpoint_use(
        made, orders(("a", "2026-08-05", 5)), members, **PERIOD, conversion_days=30
    )
    assert records(use) == [("new", "cart", 2, 1, 0.5)]
    plan = [
        {"segment": "new", "touchpoint_id": each, "target_action": "Buy"}
        for each in ("cart", "news")
    ]
    found = graded_actions(plan, use)
    assert records(found, "touchpoint_id", "customer_count", "conversion_rate", "evidence") == [
        ("cart", 2.0, 0.5, "partial"),
        ("news", None, None, "assumed"),
    ]


def test_no_plan_has_no_cells():
    use = segment_touchpoint_use(
        touches(), orders(), table(SEGMENTS, []), **PERIOD, conversion_days=30
    )
    assert graded_actions([], use).empty


def touchpoints(*rows):
    names = ("touchpoint_id", "touchpoint", "channel", "place", "touch_count", "customer_count")
    return pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows], columns=list(names))


def test_the_map_is_held_against_the_touches():
    found = touchpoint_coverage(
        touchpoints(
            ("cart", "Cart", "email", "online", 9.0, 5.0),
            ("shop", "Shop", "shop", "offline", None, None),
            ("chat", "chat", "web", None, 4.0, 3.0),
        ),
        pd.DataFrame({"segment": ["new", "lost"], "target_action": ["Buy", None]}),
    )
    assert records(found) == [
        ("used_unmapped", "chat", "web", 4.0, 3.0, None),
        ("mapped_unused", "Shop", "shop", None, None, None),
        ("bare_segment", "lost", None, None, None, None),
        ("online", "1", None, 9.0, None, 5.0),
        ("offline", "1", None, None, None, None),
    ]


def test_without_touches_nothing_is_called_unused():
    found = touchpoint_coverage(
        touchpoints(("cart", "Cart", "email", "online", None, None)),
        pd.DataFrame({"segment": ["new"], "target_action": ["Buy"]}),
    )
    assert records(found, "gap", "touch_count") == [("online", None), ("offline", None)]


def test_time_to_the_order_counts_from_the_first_touch_in_the_window():
    # a: 10 days from the first of two touches; b: at once; c: the touch is too old.
    found = conversion_time(
        touches(
            ("a", "2026-08-01", "email"),
            ("a", "2026-08-09", "email"),
            ("b", "2026-08-01 09:00", "email"),
            ("c", "2026-07-01", "email"),
        ),
        orders(("a", "2026-08-11", 5), ("b", "2026-08-01 10:00", 5), ("c", "2026-09-01", 5)),
        **PERIOD,
        lookback_days=30,
    )
    assert records(found) == [
        ("same_day", 1, 1, 0.5, 5.0, 1.0),
        ("8_14", 1, 1, 0.5, 5.0, 2.0),
    ]


def paths(*rows):
    return table(PATHS, [dict(zip(PATHS, row, strict=False)) for row in rows])


def test_steps_of_ready_made_journeys_worked_by_hand():
    found = path_transitions(paths(("email > ads", 2, 9.0, 1), ("ads", 1, 4.0, 0)))
    assert records(found) == [
        ("START", "ads", 1, 0.25),
        ("START", "email", 3, 0.75),
        ("ads", "CONVERSION", 3, 0.75),
        ("ads", "NULL", 1, 0.25),
        ("email", "ads", 3, 1.0),
    ]


def test_ready_made_journeys_are_taken_where_there_are_no_touches():
    ready = paths(("email", 2, 9.0, 0))
    of_paths = channel_steps(touches(), orders(), ready, **PERIOD)
    assert records(of_paths, "source", "target", "n") == [
        ("START", "email", 2),
        ("email", "CONVERSION", 2),
    ]
    own = channel_steps(touches(("a", "2026-08-01", "sms")), orders(), ready, **PERIOD)
    assert records(own, "source", "target", "n") == [("START", "sms", 1), ("sms", "NULL", 1)]
    assert path_transitions(paths()).empty


def test_a_path_with_an_empty_step_is_refused():
    with pytest.raises(DataError, match="an empty step in 1 of 1 rows"):
        path_transitions(paths(("email > > ads", 2, 9.0, 1)))

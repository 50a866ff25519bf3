from datetime import date
from typing import Any

from crm_strategy.analysis.journeys import touchpoint_use
from crm_strategy.analysis.touchpoint_map import mapped_touchpoints
from tests.analysis.builders import orders, records, touches

PLAN: list[dict[str, Any]] = [
    {
        "touchpoint_id": "cart",
        "touchpoint": "Cart e-mail",
        "channel": "email",
        "evidence": "measured",
    },
    {"touchpoint_id": "forum", "touchpoint": "Forum", "channel": "site", "evidence": "assumed"},
]
QUARTER = {"start": date(2026, 7, 1), "end": date(2026, 9, 30)}


def test_planned_touchpoints_come_first_and_unplanned_ones_follow() -> None:
    use = touchpoint_use(
        touches(
            ("a", "2026-07-02", "email", "cart"),
            ("b", "2026-07-03", "email", "cart"),
            ("a", "2026-07-04", "sms", "reminder"),
        ),
        orders(("a", "2026-07-05", 20)),
        **QUARTER,
        conversion_days=30,
    )
    found = mapped_touchpoints(PLAN, use)
    columns = ("touchpoint", "evidence", "touch_count", "customer_count", "conversion_rate")
    assert records(found, *columns) == [
        ("Cart e-mail", "measured", 2, 2, 0.5),
        ("Forum", "assumed", None, None, None),
        ("reminder", "measured", 1, 1, 1.0),
    ]


def test_without_touches_the_plan_stands_alone() -> None:
    use = touchpoint_use(touches(), orders(), **QUARTER, conversion_days=30)
    assert records(mapped_touchpoints(PLAN, use), "touchpoint_id") == [("cart",), ("forum",)]


def test_without_plan_or_touches_there_is_nothing() -> None:
    use = touchpoint_use(touches(), orders(), **QUARTER, conversion_days=30)
    assert len(mapped_touchpoints([], use)) == 0

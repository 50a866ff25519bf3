"""Plan against actual by hand: parts of periods, goods left out, missing is missing."""

from datetime import date

import pytest

from crm_strategy.analysis.planned_costs import planned_costs
from tests.analysis.builders import costs, records

PERIOD = {"start": date(2026, 7, 1), "end": date(2026, 9, 30)}
JULY = (date(2026, 7, 1), date(2026, 7, 31))
HALF_OUT = (date(2026, 6, 1), date(2026, 7, 30))


def test_plan_and_actual_are_spread_over_the_days_they_cover() -> None:
    found = planned_costs(
        costs(
            ("email", *JULY, 120.0, "tools", "actual"),
            ("email", *HALF_OUT, 200.0, "tools", "planned"),
            ("email", *JULY, 999.0, "goods", "actual"),
            ("sms", *JULY, 90.0, None, None),
            ("sms", *JULY, 100.0, None, "planned"),
            ("fair", *JULY, 50.0, None, "planned"),
            ("push", *JULY, 5.0, None, "actual"),
        ),
        **PERIOD,
    )
    assert records(found) == [
        ("email", 100.0, 120.0, 20.0, pytest.approx(0.2)),
        ("sms", 100.0, 90.0, -10.0, pytest.approx(-0.1)),
        ("fair", 50.0, None, None, None),
        ("push", None, 5.0, None, None),
    ]


def test_without_a_plan_there_is_nothing_to_compare() -> None:
    for given in (
        costs(),
        costs(("sms", *JULY, 9.0)),
        costs(("sms", *JULY, 9.0, "goods", "planned")),
    ):
        assert len(planned_costs(given, **PERIOD)) == 0

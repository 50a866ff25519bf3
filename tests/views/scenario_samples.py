"""Small results on scenarios, leads, deals and planned costs, as their analyses return them."""

from tests.views.segment_samples import Rows, rows

_STEPS = rows(
    "scenario segment step channel wait_days stop_on reach cost expected_responses low high rate "
    "rate_low rate_high n contact_count response_count rate_basis segment_count reachable_count "
    "consent per_touch cost_per_response",
    ("comeback", "at_risk", 1, "email", 4, "clicked", 486.0, 1.94, 28.8, 16.5, 49.2, 0.059, 0.034,
     0.101, 198.0, 726.0, 39.0, "segment", 761.0, 486.0, "recorded", 0.004, 0.07),
    ("comeback", "at_risk", 2, "sms", 5, "replied", 196.0, 11.75, 33.7, 29.4, 38.6, 0.172, 0.15,
     0.197, 989.0, 5199.0, 554.0, "channel", 761.0, 204.0, "recorded", 0.06, 0.35),
    ("comeback", "at_risk", 3, "call", 0, None, 315.0, None, None, None, None, None, None, None,
     107.0, 147.0, None, "not_recorded", 761.0, 343.0, "none_recorded", None, None),
)  # fmt: skip

_COMPARED = rows(
    "scenario option channels customer_count message_count cost expected_responses low high "
    "cost_per_response cost_low cost_high is_best is_sure flip_channel flip_rate smallest_count",
    ("comeback", "cascade", "sms > email", 648.0, 682.0, 14.0, 62.5, 45.9, 87.8, 0.22, 13.9, 14.1,
     False, None, None, None, 39.0),
    ("comeback", "best", "email > sms", 648.0, 682.0, 13.0, 62.5, 45.9, 87.8, 0.21, 12.8, 13.2,
     True, True, "email", 0.011, 39.0),
    ("comeback", "single", "sms", 204.0, 204.0, 12.24, 35.2, 30.6, 40.2, 0.35, 12.24, 12.24,
     False, None, None, None, 204.0),
    ("comeback", "single", "email", 486.0, 486.0, 1.94, 28.8, 16.5, 49.2, 0.07, 1.94, 1.94,
     False, None, None, None, 39.0),
    ("comeback", "everyone", "sms > email", 648.0, 690.0, 14.18, 62.5, 45.9, 87.8, 0.23, 14.2,
     14.2, False, None, None, None, 39.0),
)  # fmt: skip

SCENARIO_ROWS: dict[str, Rows] = {
    "communication_plan": rows(
        "scenario segment step channel day wait_days stop_on message offer",
        ("comeback", "at_risk", 1, "email", 0, 4, "clicked", "We miss you", "10 % off"),
        ("comeback", "at_risk", 2, "sms", 4, 0, None, "We miss you", None),
    ),
    "cascades": _STEPS,
    "cascade_rates": _STEPS,
    "cascade_comparison": _COMPARED,
    "lead_funnel": rows(
        "source_channel lead_count won_count win_rate median_days low high qualified_count "
        "qualified_rate open_count lost_count value cost cost_per_won",
        ("email", 157, 36, 0.248, 6.0, 0.185, 0.324, 94, 0.6, 12, 109, 2477.0, 1950.0, 54.2),
        ("sms", 98, 33, 0.393, 5.0, 0.295, 0.5, 59, 0.6, 14, 51, 2155.0, 1239.0, 37.5),
        ("unknown", 53, 25, 0.472, 6.0, 0.344, 0.603, 35, 0.66, 0, 28, 1828.0, None, None),
    ),
    "lost_reasons": rows(
        "lost_reason lead_count share low high",
        ("price", 78, 0.39, 0.33, 0.46),
        ("no reply", 64, 0.32, 0.26, 0.39),
        ("other", 22, 0.11, 0.07, 0.16),
        ("not_stated", 36, 0.18, 0.13, 0.24),
    ),
    "deals": rows(
        "stage_group stage deal_count customer_count value average_value median_age_days",
        ("open", "Offer sent", 40, 31, 81_000.0, 2025.0, 24.0),
        ("open", "other", 12, 12, 9000.0, 750.0, 3.0),
        ("won", "Paid", 204, 125, 125_600.0, 615.7, None),
        ("lost", None, 40, 39, 2557.0, 63.9, None),
    ),
    "planned_costs": rows(
        "channel planned actual difference difference_share",
        ("email", 1000.0, 1053.0, 53.0, 0.053),
        ("call", 2100.0, 2039.0, -61.0, -0.029),
    ),
}
"""By the id of the table that shows them."""

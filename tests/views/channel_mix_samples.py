"""Small results of the switch-off lab, as its analyses return them."""

from typing import Any

import numpy as np

from crm_strategy.analysis.crowds import Crowd, Crowds, counted
from tests.views.segment_samples import Rows, rows

_SETS = (
    ("call + email + sms", "", 3, 0, 15_800.0, (1.0, 1.0, 1.0)),
    ("email + sms", "call", 2, 1, 7700.0, (0.97, 0.98, 0.99)),
    ("email", "call + sms", 1, 2, 3300.0, (0.82, 0.88, 0.94)),
    ("", "call + email + sms", 0, 3, 0.0, (0.0, 0.0, 0.0)),
)


def with_crowds(sets: list[dict[str, Any]]) -> Rows:
    """Sets, each within the next, with the customers behind what they lose, one an order."""
    worst, best = (_lost(sets, substitution) for substitution in (0.0, 1.0))
    for row in sets:
        lost, gone = worst[row["off_count"]], best[row["off_count"]]
        row |= {"lost_customers": lost, "gone_customers": gone, "customers": lost.others}
    return sets


def _lost(sets: list[dict[str, Any]], substitution: float) -> list[Crowd]:
    kept = [row["conversions"] for row in sets if row["substitution"] == substitution]
    crowds: Crowds = counted(-np.diff(kept))
    return [crowds.of(np.arange(crowds.size) < at) for at in range(len(kept))]


CHANNEL_MIX_ROWS: dict[str, Rows] = {
    "channel_sets": with_crowds([
        {
            "channels": on,
            "channel_count": count,
            "cost": cost,
            "conversions": 1600 * shares[at],
            "conversion_share": shares[at],
            "cost_per_conversion": cost / (1600 * shares[at]) if shares[at] else None,
            "substitution": substitution,
            "low": max(shares[at] - 0.02, 0.0),
            "high": min(shares[at] + 0.02, 1.0),
            "switched_off": off,
            "off_count": gone,
            "is_frontier": True,
            "is_cheapest": off == ("call" if substitution == 0 else "call + sms"),
        }
        for at, substitution in enumerate((0.0, 0.5, 1.0))
        for on, off, count, gone, cost, shares in _SETS
    ]),
    "switch_off": rows(
        "channel conversions_lost cost_saved verdict margin_lost low high net_gain break_even "
        "flip_margin journey_count least_conversions_lost",
        ("call", 48.0, 8091.0, "switch_off", 1300.0, 90.0, 1900.0, 6791.0, 0.0, 2.5, 640.0, 12.0),
        ("sms", 240.0, 4384.0, "test", 7000.0, 900.0, 7900.0, -2616.0, 0.44, 0.26, 2100.0, 31.0),
        ("email", 1200.0, 3326.0, "keep", 30e3, 9e3, 33e3, -26_674.0, None, 0.05, 9000.0, 420.0),
        ("shop", 310.0, None, "left_on", 9000.0, 2e3, 1e4, None, None, None, 900.0, 110.0),
        basis="margin", scatter="orders",
    ),
    "holdout_plan": rows(
        "channel verdict holdout_share weeks holdout_count contacted_count rate break_even_drop "
        "customer_count converted_count rate_low rate_high is_sent",
        ("call", "ready", 0.5, 9, 143, 143, 0.053, 0.053, 320, 24, 0.033, 0.083, True),
        ("sms", "ready", 0.1, 11, 120, 1080, 0.21, 0.13, 1290, 180, 0.189, 0.233, None),
        ("email", "too_few", None, None, None, None, None, None, 2330, 600, None, None, True),
        ("search", "not_random", None, None, None, None, None, None, 129, 60, None, None, False),
        ("fax", "no_rate", None, None, None, None, None, None, None, None, None, None, None),
        ("tv", "cannot_pay", None, None, None, None, 0.074, 0.15, 299, 14, 0.049, 0.109, True),
        basis="margin",
    ),
    "acquisition": rows(
        "channel cost new_customers cac ltv low high ltv_to_cac payback_months verdict "
        "stop_margin scale_margin earned_so_far expected_value",
        ("search", 1803.0, 125, 14.4, 99.9, 91.7, 108.0, 6.9, 0.0, "scale", 0.056, 0.196, 39, 61),
        ("social", 1951.0, 40, 48.8, 88.4, 81.0, 95.6, 1.81, 3.7, "hold", 0.213, 0.753, 31.0, 57.0),
        ("fair", 3000.0, 20, 150.0, 90.0, 80.0, 100.0, 0.6, None, "stop", 0.621, 2.33, 31.0, 59.0),
        ("referral", None, 55, None, 92, 78, 106, None, None, "no_cost", None, None, 31.0, 61),
        (None, None, 12, None, None, None, None, None, None, "no_cost", None, None, 31.0, None),
        basis="margin",
    ),
}  # fmt: skip

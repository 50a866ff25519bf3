"""Small results of the segments chapter, as its analyses return them."""

from itertools import product

Rows = list[dict[str, object]]


def rows(columns: str, *values: tuple[object, ...], **alike: object) -> Rows:
    """Rows of the named columns, and of those that all have alike."""
    return [dict(zip(columns.split(), each, strict=True)) | alike for each in values]


def interval(value: float, half: float) -> tuple[float, float, float]:
    """A value with its interval."""
    return value, value - half, value + half


SEGMENT_ROWS: dict[str, Rows] = {
    "value_models": rows(
        "model parameter value low high log_likelihood holdout_error chosen problem",
        ("bg_nbd", "r", *interval(0.2426, 0.02), -9582.4, 1.61, False, ""),
        ("bg_nbd", "alpha", *interval(30.9, 4.0), -9582.4, 1.61, False, ""),
        ("mbg_nbd", "r", *interval(0.5248, 0.05), -9582.1, 1.58, True, ""),
        ("mbg_nbd", "alpha", *interval(43.3, 5.0), -9582.1, 1.58, True, ""),
        ("pareto_nbd", None, None, None, None, None, None, False, "not_converged"),
        ("naive", None, None, None, None, None, 2.2, False, ""),
        ("gamma_gamma", "p", *interval(6.2496, 1.2), -4055.9, None, True, ""),
    ),
    "value_holdout": [
        row
        for at, frequency in enumerate(("0", "1", "2", "3", "4", "5", "6", "7+"))
        for row in rows(
            "model frequency customer_count actual expected",
            ("mbg_nbd", frequency, 1400 - 190 * at, 0.3 + 0.6 * at, 0.25 + 0.57 * at),
            ("naive", frequency, 1400 - 190 * at, 0.3 + 0.6 * at, 1.1 * at),
        )
    ],
    "value_curve": [
        {
            "customer_share": at / 20,
            "revenue_share": (at / 20) ** 0.35,
            "expected_value_share": (at / 20) ** 0.25,
        }
        for at in range(21)
    ],
    "subscription": rows(
        "period customer_count renewed_count retention_rate low high expected_rate "
        "expected_survival expected_periods",
        (1, 1000, 631, 0.631, 0.601, 0.660, 0.627, 0.627, 4.1),
        (2, 631, 468, 0.742, 0.706, 0.775, 0.756, 0.474, 5.1),
        (3, 468, 382, 0.816, 0.779, 0.848, 0.819, 0.388, 5.9),
        (4, 0, 0, None, None, None, 0.856, 0.332, 6.6),
    ),
    "newcomers": rows(
        "band customer_count second_order_rate revenue",
        ("low", 410, 0.11, 18_300.0),
        ("medium", 400, 0.24, 21_900.0),
        ("high", 405, 0.42, 31_200.0),
    ),
    "attributes": rows(
        "attribute value customer_count revenue average_order_value index customer_share low high "
        "kind",
        ("age_band", "18–24", 500, 50_000.0, 60.0, 100.0, 0.25, 91.0, 109.0, "demography"),
        ("age_band", "25–34", 1500, 150_000.0, 62.0, 100.0, 0.75, 96.0, 104.0, "demography"),
        ("country", "DE", 1200, 144_000.0, 71.0, 120.0, 0.6, 112.0, 128.0, "geography"),
        ("country", "AT", 700, 49_000.0, 58.0, 70.0, 0.35, 62.0, 78.0, "geography"),
        ("country", "unknown", 100, 7000.0, 55.0, 70.0, 0.05, 40.0, 100.0, "geography"),
        ("gender", "female", 1240, 130_000.0, 64.0, 105.0, 0.62, 99.0, 111.0, "demography"),
        ("gender", "male", 760, 70_000.0, 60.0, 92.0, 0.38, 84.0, 100.0, "demography"),
    ),
    "ideal_customer": rows(
        "attribute value share_in_top share_in_all index low high customer_count kind in_profile",
        ("country", "DE", 0.75, 0.6, 125.0, 114.0, 136.0, 300, "geography", True),
        ("source_channel", "search", 0.41, 0.22, 186.0, 150.0, 222.0, 164, "other", True),
        ("gender", "female", 0.6, 0.62, 97.0, 86.0, 108.0, 240, "demography", False),
    ),
    "profile_fit": rows(
        "group customer_count customer_share revenue revenue_share top_rate low high",
        ("inside", 820, 0.41, 130_000.0, 0.65, 0.31, 0.28, 0.34),
        ("outside", 1100, 0.55, 66_000.0, 0.33, 0.12, 0.1, 0.14),
        ("unknown", 80, 0.04, 4000.0, 0.02, 0.1, 0.05, 0.18),
    ),
    "personas": rows(
        "segment aspect attribute value share customer_count evidence",
        ("champions", "geography", "country", "DE", 0.71, 320, "measured"),
        ("champions", "interests", "category", "Cleaning", 0.44, 198, "measured"),
        ("champions", "needs", "need", "Wants refills without plastic", None, None, "workshop"),
        ("at_risk", "behaviour", "weekday", "sunday", 0.31, 82, "measured"),
    ),
    "satisfaction": rows(
        "band kind customer_count revenue repeat_rate low high",
        ("detractor", "nps", 120, 23_000.0, 0.35, 0.27, 0.44),
        ("passive", "nps", 210, 41_000.0, 0.48, 0.41, 0.55),
        ("promoter", "nps", 340, 90_000.0, 0.66, 0.61, 0.71),
        ("low", "csat", 80, 12_000.0, 0.3, 0.21, 0.41),
        ("middle", "csat", 150, 20_000.0, 0.4, 0.32, 0.48),
        ("high", "csat", 700, 160_000.0, 0.6, 0.56, 0.64),
    ),
    "satisfaction_value": [
        {"band": band, "value_group": group, "customer_count": count, "revenue": 230.0 * count}
        for (band, group), count in zip(
            product(("detractor", "passive", "promoter"), ("top", "middle", "low")),
            (45, 40, 35, 90, 70, 50, 180, 90, 70),
            strict=True,
        )
    ],
    "respondents": rows(
        "group customer_count revenue_per_customer repeat_rate average_order_value low high",
        ("respondents", 670, 230.0, 0.55, 74.0, 0.51, 0.59),
        ("others", 1330, 150.0, 0.38, 70.0, 0.35, 0.41),
    ),
    "responses": rows(
        "channel touch_count customer_count response_count response_rate low high conversion_rate",
        ("email", 61_000, 5200, 1820, 0.35, 0.337, 0.363, 0.11),
        ("sms", 14_000, 2100, 190, 0.09, 0.079, 0.103, 0.04),
        ("call", 900, 600, 240, 0.4, 0.362, 0.44, None),
    ),
    "stopped_at": rows(
        "stage customer_count share",
        ("contacted", 1400, 0.35),
        ("responded", 800, 0.2),
        ("lead_lost", 600, 0.15),
        ("ordered", 1200, 0.3),
    ),
    "hot_leads": rows(
        "band lead_count open_count expected_rate observed_rate low high",
        ("hot", 210, 34, 0.42, 0.4, 0.33, 0.47),
        ("warm", 400, 80, 0.21, 0.22, 0.18, 0.26),
        ("cold", 900, 190, 0.06, 0.05, 0.04, 0.07),
    ),
    "rf_grid": [
        {
            "recency_score": recency,
            "frequency_score": frequency,
            "segment": "champions" if recency == 5 and frequency > 3 else "hibernating",
            "customer_count": 20 * recency + 7 * frequency,
            "revenue": 900.0 * recency * frequency,
        }
        for recency, frequency in product(range(1, 6), range(1, 6))
    ],
    "segment_kinds": [
        {
            "kind": kind,
            "segment": segment,
            "customer_count": count,
            "customer_share": count / 2000,
            "revenue": 100.0 * count,
            "revenue_share": count / 2000,
            "average_order_value": 60.0,
            "purchase_frequency": 2.1,
            "p_alive": 0.6,
            "expected_orders": 1.4,
            "expected_value": 41.0 * count,
        }
        for kind, segment, count in (
            ("rfm", "champions", 500),
            ("rfm", "lost", 1500),
            ("regularity", "one_time", 900),
            ("regularity", "regular", 1100),
            ("attribute:country", "DE", 1200),
            ("attribute:country", "AT", 800),
            ("preference:channel", "email", 2000),
        )
    ],
    "segment_overlap": rows(
        "kind segment with_kind with_segment customer_count share lift",
        ("rfm", "champions", "attribute:country", "DE", 400, 0.8, 1.33),
        ("rfm", "champions", "attribute:country", "AT", 100, 0.2, 0.5),
        ("rfm", "lost", "attribute:country", "DE", 800, 0.53, 0.89),
        ("rfm", "lost", "attribute:country", "AT", 700, 0.47, 1.17),
    ),
    "effort": rows(
        "segment customer_share revenue_share expected_value_share touch_share verdict",
        ("champions", 0.1, 0.4, 0.45, 0.2, "more"),
        ("loyal", 0.2, 0.3, 0.3, 0.28, "hold"),
        ("lost", 0.7, 0.3, 0.25, 0.52, "less"),
    ),
}

SEGMENT_ROWS["persona_cards"] = SEGMENT_ROWS["personas"]

TOTAL = rows(
    "customer_count expected_orders expected_value low high", (2360, 3100.0, 90_000.0, 8e4, 1e5)
)
SIZES = rows("segment customer_count", ("champions", 200), ("loyal", 400), ("lost", 1400))
BESIDE: dict[str, Rows] = {"value_curve": TOTAL, "effort": SIZES}
"""The second result that some views take."""

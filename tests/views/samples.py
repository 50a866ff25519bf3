"""Small result tables, as the analyses return them, for the views to show."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from crm_strategy.analysis.attribution import RULES
from crm_strategy.analysis.rfm import SEGMENTS
from crm_strategy.words.kpis import KPIS
from tests.views.channel_mix_samples import CHANNEL_MIX_ROWS
from tests.views.outlook_samples import FAN_ROWS, OUTLOOK_ROWS
from tests.views.scenario_samples import SCENARIO_ROWS
from tests.views.segment_samples import SEGMENT_ROWS

HOSTILE = '<script>alert("x")</script> $a_1$ & "q" 😀 שלום ' + "x" * 300
"""A name with markup, mathematics, quotes, an emoji, right-to-left letters, without end."""

ROWS: dict[str, list[dict[str, object]]] = {
    "data_sources": [
        {
            "table": "orders",
            "file": "orders.csv",
            "kind": "csv",
            "encoding": "cp1251",
            "delimiter": ";",
            "decimal": ",",
            "dates": "%d.%m.%Y",
            "row_count": 541909,
            "sha256": "0" * 64,
            "notes": None,
        }
    ],
    "data_tables": [
        {
            "table": "orders",
            "rows_read": 541909,
            "rows_kept": 536641,
            "rows_excluded": 5268,
            "first_date": date(2023, 10, 1),
            "last_date": date(2026, 9, 30),
        }
    ],
    "data_findings": [
        {
            "table": "orders",
            "severity": severity,
            "check": check,
            "row_count": 41,
            "example": "–",
            "remedy": "Map it.",
        }
        for severity, check in (("note", "refunds"), ("warning", "duplicate_keys"))
    ],
    "data_exclusions": [{"table": "orders", "reason": "exact_duplicates", "row_count": 5268}],
    "goals": [
        {
            "goal_id": name,
            "goal": goal,
            "serves": "growth",
            "priority": priority,
            "kpi": kpi,
            "segment": "all",
            "baseline": baseline,
            "target": target,
            "by": date(2026, 12, 31),
            "owner": "CRM lead",
            "actual": actual,
            "progress": None if actual is None else (actual - baseline) / (target - baseline),
            "expected_progress": 0.75,
            "status": status,
            "expected": baseline + 0.75 * (target - baseline),
            "unit": KPIS[kpi].kind,
        }
        for name, goal, priority, kpi, baseline, target, actual, status in (
            (
                "grow",
                "Grow revenue by 15 % in 2026",
                "primary",
                "revenue",
                1061200.0,
                1220000.0,
                1245715.0,
                "reached",
            ),
            (
                "retain",
                "Keep more first-time buyers",
                "primary",
                "customer_retention_rate",
                0.791,
                0.80,
                0.758,
                "off_track",
            ),
            ("cheaper", "Win customers for less", "primary", "cac", 27.0, 25.0, 26.0, "at_risk"),
            (
                "often",
                "Make orders more frequent",
                "secondary",
                "purchase_frequency",
                1.66,
                1.78,
                1.77,
                "on_track",
            ),
            ("recommend", "Be recommended", "secondary", "nps", 40.0, 45.0, None, "no_data"),
        )
    ],
    "goal_checks": [
        {"goal_id": "grow", "check": "specific", "verdict": "passed", "remedy": None},
        {
            "goal_id": None,
            "check": "goal_count",
            "verdict": "failed",
            "remedy": "Set 5 to 10 goals.",
        },
    ],
    "touchpoints": [
        {
            "touchpoint_id": "cart",
            "touchpoint": "Abandoned-cart e-mail",
            "channel": "email",
            "place": "online",
            "stage": "consideration",
            "evidence": "measured",
            "touch_count": 12_840,
            "customer_count": 3120,
            "conversion_rate": 0.184,
            "pain": "Pays on a second page",
            "owner": None,
        },
        {
            "touchpoint_id": "desk",
            "touchpoint": "Pick-up point",
            "channel": "shop",
            "place": "offline",
            "stage": "delivery",
            "evidence": "assumed",
            "touch_count": None,
            "customer_count": None,
            "conversion_rate": None,
            "pain": None,
            "owner": None,
        },
    ],
    "touchpoint_actions": [
        {
            "segment": segment,
            "touchpoint_id": touchpoint,
            "target_action": "second order" if (at + row) % 3 == 0 else None,
            "kpi": "repeat_rate" if (at + row) % 3 == 0 else None,
            "touchpoint": name,
            "message": None,
            "offer": None,
        }
        for row, segment in enumerate(SEGMENTS)
        for at, (touchpoint, name) in enumerate(
            (("cart", "Abandoned-cart e-mail"), ("desk", "Pick-up point"), ("call", "Welcome call"))
        )
    ],
    "funnel": [
        {
            "stage": stage,
            "customer_count": count,
            "step_rate": step,
            "overall_rate": overall,
            "median_days": days,
        }
        for stage, count, step, overall, days in (
            ("touched", 5210, None, 1.0, None),
            ("responded", 2140, 2140 / 5210, 2140 / 5210, 1.0),
            ("ordered", 470, 470 / 2140, 470 / 5210, 6.0),
            ("ordered_again", 210, 210 / 470, 210 / 5210, 34.0),
        )
    ],
    "transitions": [
        {"source": "START", "target": "email", "n": 3120, "share": 0.78},
        {"source": "START", "target": "sms", "n": 880, "share": 0.22},
        {"source": "email", "target": "CONVERSION", "n": 470, "share": 0.15},
        {"source": "email", "target": "NULL", "n": 2650, "share": 0.85},
    ],
    "lifecycle": [
        {"stage": stage, "customer_count": count, "revenue": revenue}
        for stage, count, revenue in (
            ("new", 480, 61_200.0),
            ("retained", 1770, 402_300.0),
            ("returned", 120, 17_800.0),
            ("lapsed", 440, 0.0),
        )
    ],
    "channel_costs": [
        {
            "channel": channel,
            "cost": cost,
            "touch_count": touches,
            "new_customers": new,
            "order_count": orders,
            "revenue": revenue,
            "cac": cac,
            "cost_per_order": per_order,
            "roi": roi,
            "payback_months": payback,
        }
        for channel, cost, touches, new, orders, revenue, cac, per_order, roi, payback in (
            ("email", 3326.0, 61_000, 210, 1290, 90_300.0, 15.84, 2.58, 9.2, 1.3),
            ("sms", 4384.0, 14_000, 90, 240, 16_800.0, 48.71, 18.27, 0.45, 4.1),
            ("call", 8091.0, 2100, 40, 60, 4300.0, 202.28, 134.85, -0.8, None),
            ("shop", None, 900, 55, 310, 21_000.0, None, None, None, None),
        )
    ],
    "attribution": [
        {
            "channel": channel,
            **dict(zip(RULES, orders, strict=True)),
            "low": min(orders),
            "high": max(orders),
            "conversion_count": reached,
            **{f"{rule}_value": 62.5 * n for rule, n in zip(RULES, orders, strict=True)},
            "value_low": 62.5 * min(orders),
            "value_high": 62.5 * max(orders),
            "shapley_error": None if channel is None else 0.0,
            "shapley_kind": None if channel is None else "rates",
            "markov_order": None if channel is None else 2,
        }
        for channel, orders, reached in (
            ("email", (837.0, 656.0, 747.2, 714.5, 747.5, 724.7, 781.2, 656.0), 1112),
            ("sms", (71.0, 143.0, 114.2, 125.6, 110.4, 149.3, 121.9, 143.0), 231),
            ("call", (12.0, 121.0, 58.6, 79.9, 62.1, 46.0, 16.9, 121.0), 124),
            (None, (338.0,) * 8, 338),
        )
    ],
    "attribution_verdicts": [
        {
            "channel": channel,
            "cost": cost,
            "low": low,
            "high": high,
            "value_low": 62.5 * low,
            "value_high": 62.5 * high,
            "roi_low": None if cost is None else (25 * low - cost) / cost,
            "roi_high": None if cost is None else (25 * high - cost) / cost,
            "roi_least": None if cost is None else (22 * low - cost) / cost,
            "roi_most": None if cost is None else (28 * high - cost) / cost,
            "verdict": verdict,
            "conversion_count": reached,
            "margin_share": 0.4,
            "break_even_share": None if cost is None else cost / (62.5 * high),
            "roi_basis": "margin",
        }
        for channel, cost, low, high, verdict, reached in (
            ("call", 8091.0, 12.0, 121.0, "never_pays", 124),
            ("email", 3326.0, 656.0, 837.0, "pays", 1112),
            ("shop", None, 40.0, 55.0, "no_cost", 70),
            ("sms", 3000.0, 71.0, 149.3, "depends", 231),
        )
    ],
    "win_back": [
        {
            "segment": segment,
            "customer_count": customers,
            "past_revenue": revenue,
            "p_alive": p_alive,
            "expected_value": 0.3 * revenue,
            "own_return_rate": 0.1,
        }
        for segment, customers, revenue, p_alive in (
            ("at_risk", 210, 61_300.0, 0.55),
            ("cant_lose", 45, 38_000.0, 0.4),
            ("hibernating", 185, 12_100.0, 0.2),
        )
    ],
    "replenishment": [
        {"product": "Dish soap", "median_days": 41.0, "due_count": 130},
        {"product": "Oat drink", "median_days": 17.5, "due_count": 84},
    ],
    "kpis": [
        {
            "kpi": kpi,
            "value": value,
            "low": low,
            "high": high,
            "previous": previous,
            "last_year": last_year,
            "change": change,
            "verdict": verdict,
            "target": target,
            "status": status,
            "n": n,
            "unit": KPIS[kpi].kind,
        }
        for kpi, value, low, high, previous, last_year, change, verdict, target, status, n in (
            (
                "revenue",
                1245715.0,
                None,
                None,
                1228515.0,
                1173034.0,
                0.014,
                "noise",
                1220000.0,
                "reached",
                17_496,
            ),
            (
                "customer_retention_rate",
                0.758,
                0.751,
                0.765,
                0.791,
                0.794,
                -0.033,
                "signal_low",
                0.80,
                "off_track",
                14_210,
            ),
            (
                "average_order_value",
                71.2,
                70.1,
                72.3,
                71.92,
                72.9,
                -0.01,
                "signal_low",
                None,
                None,
                17_496,
            ),
            ("nps", None, None, None, None, None, None, "too_short", 45.0, "no_data", 0),
            ("cac", 26.0, None, None, 24.2, 23.5, 0.074, "signal_high", 25.0, "at_risk", 2480),
        )
    ],
    "products": [
        {
            "product": product,
            "revenue": revenue,
            "order_count": 400,
            "customer_count": 350,
            "previous": 9000.0,
            "change": revenue / 9000.0 - 1,
            "revenue_customers": 350,
            "previous_customers": 300,
        }
        for product, revenue in (("Dish soap", 12_400.0), ("Oat drink", 8100.0))
    ],
    "categories": [
        {
            "category": category,
            "revenue": revenue,
            "order_count": 4000,
            "customer_count": 3500,
            "previous": previous,
            "change": revenue / previous - 1,
            "revenue_customers": 3500,
            "previous_customers": 3100,
        }
        for category, revenue, previous in (
            ("Cleaning", 412_000.0, 380_000.0),
            ("Food", 331_000.0, 352_000.0),
            (None, 12_000.0, 9000.0),
        )
    ],
    **CHANNEL_MIX_ROWS,
    **OUTLOOK_ROWS,
    **SCENARIO_ROWS,
    **SEGMENT_ROWS,
}


ROWS["attribution_value"] = ROWS["attribution"]
"""One result, two tables: orders and their money."""


def sample(table: str) -> pd.DataFrame:
    """A result table by its id."""
    made = {
        "segments": segments,
        "segment_migration": migration,
        "cohort_retention": retention,
        "monthly_orders": months,
        "kpi_history": history,
        "forecast_fan": lambda: pd.DataFrame(FAN_ROWS),
    }
    return made[table]() if table in made else pd.DataFrame(ROWS[table])


def segments(counts: Sequence[int] | None = None) -> pd.DataFrame:
    """All eleven segments; customers as given, else 1,100 down to 100."""
    sizes = counts or [100 * (11 - at) for at in range(11)]
    revenue = [size * (240 - 20 * at) for at, size in enumerate(sizes)]
    return pd.DataFrame(
        {
            "segment": SEGMENTS[: len(sizes)],
            "customer_count": sizes,
            "customer_share": [size / sum(sizes) for size in sizes],
            "revenue": [float(each) for each in revenue],
            "revenue_share": [each / sum(revenue) for each in revenue],
            "average_order_value": [71.2] * len(sizes),
            "purchase_frequency": [3.1] * len(sizes),
            "median_recency_days": [40.0 + 20 * at for at in range(len(sizes))],
            "order_count": [3 * size for size in sizes],
        }
    )


def migration() -> pd.DataFrame:
    """Half stay, a third move one segment down, a few further; newcomers are new."""
    rows = [("none", "new", 480)]
    for at, segment in enumerate(SEGMENTS):
        rows.append((segment, segment, 500 - 30 * at))
        rows.append(
            (segment, SEGMENTS[min(at + 1, 10)], 300 - 20 * at) if at < 10 else (segment, "new", 12)
        )
        rows.append((segment, SEGMENTS[(at + 4) % 11], 40 + at))
    return pd.DataFrame(rows, columns=["from_segment", "to_segment", "customer_count"])


def retention() -> pd.DataFrame:
    """18 monthly cohorts to September 2026; later months are unobserved."""
    rows = []
    for at in range(18):
        first = 2025 * 12 + 3 + at
        for period in range(18 - at + 1):
            seen = period < 18 - at
            active = 240 if period == 0 else round(240 * 0.3 / period**0.5)
            rows.append(
                (
                    date(first // 12, first % 12 + 1, 1),
                    period,
                    240,
                    active if seen else None,
                    active / 240 if seen else None,
                )
            )
    columns = ["cohort", "period", "customer_count", "active_count", "retention_rate"]
    return pd.DataFrame(rows, columns=columns)


def months() -> pd.DataFrame:
    """36 months to September 2026, high in November and December."""
    starts = [date(2023 + (9 + at) // 12, (9 + at) % 12 + 1, 1) for at in range(36)]
    orders = [4000 + 40 * at + (2500 if start.month > 10 else 0) for at, start in enumerate(starts)]
    return pd.DataFrame(
        {
            "month": starts,
            "order_count": orders,
            "revenue": [71.2 * count for count in orders],
            "customer_count": [count // 2 for count in orders],
        }
    )


def history(
    kpis: Sequence[str] = (
        "revenue",
        "order_count",
        "active_customers",
        "new_customers",
        "customer_retention_rate",
        "churn_rate",
        "average_order_value",
        "purchase_frequency",
        "csat",
        "nps",
        "cac",
        "roi",
    ),
) -> pd.DataFrame:
    """13 quarters to 2026-Q3: steady, the last one off its range."""
    scale = {
        "money": 1e6,
        "unit_money": 70.0,
        "count": 9000.0,
        "share": 0.79,
        "score": 40.0,
        "ratio": 1.8,
    }
    rows = []
    for kpi in kpis:
        kind = KPIS[kpi].kind
        for at in range(13):
            quarter = 2023 * 4 + 2 + at
            wave = (0, 0.006, -0.004, 0.003)[at % 4] if at < 12 else -0.05
            value = None if kpi == "nps" and at < 6 else scale[kind] * (1 + wave)
            start = date(quarter // 4, 3 * (quarter % 4) + 1, 1)
            rows.append((kpi, f"{quarter // 4}-Q{quarter % 4 + 1}", value, kind, start))
    return pd.DataFrame(rows, columns=["kpi", "period", "value", "unit", "start"])

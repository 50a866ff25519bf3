"""Small results of the outlook, as its analyses return them."""

from datetime import date

from tests.views.segment_samples import Rows, rows

_MONTHS = [date(2026, month, 1) for month in range(1, 13)]

OUTLOOK_ROWS: dict[str, Rows] = {
    "forecast": rows(
        "month low expected high low_50 high_50 measure unit customer_count",
        (_MONTHS[9], 43e3, 49e3, 56e3, 46e3, 53e3, "revenue", "money", 480.0),
        (_MONTHS[9], 630.0, 744.5, 877.0, 713.0, 776.0, "order_count", "count", 480.0),
    ),
    "forecast_horizons": rows(
        "measure horizon start end low expected high low_50 high_50 last_year change error model "
        "recent_change is_seasonal break_month break_change empty_months "
        "filled_months is_evened unit customer_count",
        *(
            (measure, horizon, _MONTHS[9], date(2027, 3, 31), *(size * part for part in parts),
             size, 0.0, 0.089, model, -0.11, True, None, None, 0, (), False, unit, 480.0)
            for measure, unit, size, model in (
                ("revenue", "money", 50e3, "seasonal_naive"),
                ("order_count", "count", 800.0, "seasonal_level"),
            )
            for horizon, parts in (
                ("month", (0.9, 1.0, 1.1, 0.95, 1.05)),
                ("half_year", (5.4, 6.0, 6.6, 5.7, 6.3)),
            )
        ),
    ),
    "forecast_backtest": rows(
        "measure model error coverage n chosen against_naive origin_count month_count is_seasonal",
        ("revenue", "seasonal_naive", 0.089, 0.9, 78, True, 1.0, 12, 36, True),
        ("revenue", "ets", 0.122, 0.91, 78, False, 1.37, 12, 36, True),
    ),
    "forecast_score": rows(
        "measure actual low expected high low_50 high_50 miss verdict model error start end unit "
        "customer_count",
        ("revenue", 124e3, 121e3, 150e3, 185e3, 144e3, 156e3, -0.17, "inside", "seasonal_level",
         0.07, _MONTHS[6], date(2026, 9, 30), "money", 480.0),
        ("order_count", 2041.0, 2111.0, 2405.0, 2740.0, 2300.0, 2514.0, -0.15, "below",
         "seasonal_level", 0.06, _MONTHS[6], date(2026, 9, 30), "count", 480.0),
    ),
    "forecast_reconciliation": rows(
        "horizon expected low high known_orders new_orders bottom_up difference verdict "
        "series_miss bottom_up_miss in_force broke",
        ("year", 8846.2, 6935.0, 11300.0, 5796.9, 4266.5, 10063.4, 0.138, "inside", -0.10, -0.12,
         "series", False),
    ),
    "experiments": rows(
        "experiment variant size rate difference low high p_value verdict reason p_adjusted "
        "conversions revenue_per_customer revenue_difference revenue_low revenue_high "
        "revenue_p_value bootstrap_low bootstrap_high needed_size power equal_p_value "
        "split_p_value late_count double_count start end is_running",
        *(
            (experiment, variant, size, count / size, *ends, verdict, reason, p, count, 6.1, 4.0,
             1.7, 6.4, 0.001, 1.8, 6.4, 20_314.0, 0.11, p, 0.5, 0, 12, _MONTHS[6],
             date(2026, 8, 6), False)
            for experiment, variant, size, count, ends, verdict, reason, p in (
                ("mail", "control", 1391, 104, (None, None, None, None), "control", "", None),
                ("mail", "free", 1423, 182, (0.053, 0.031, 0.075, 3e-6), "roll_out", "better",
                 6e-6),
                ("sms", "control", 942, 90, (None, None, None, None), "control", "", None),
                ("sms", "early", 929, 105, (0.017, -0.01, 0.045, 0.22), "stop", "out_of_reach",
                 0.22),
            )
        ),
    ),
    "experiment_segments": rows(
        "experiment variant segment size control_size rate control_rate difference low high "
        "p_adjusted",
        ("mail", "free", "orders_1", 334, 331, 0.099, 0.054, 0.045, 0.004, 0.086, 1.0),
        ("mail", "free", "orders_2_4", 655, 638, 0.098, 0.049, 0.049, 0.021, 0.078, 1.0),
    ),
    "seasonality": rows(
        "product month index level customer_count order_count revenue verdict window_start "
        "window_share overall_share p_adjusted year_count product_id category",
        *(
            (name, month, 743 if month == 11 else 41, level, 40 + month, 50, 900.0, verdict, 10,
             share, 0.29, p, 3, name, "Gifts" if level == "product" else name)
            for name, level, verdict, share, p in (
                ("Gifts", "category", "seasonal", 0.68, 0.0),
                ("Pantry", "category", "even", 0.29, 1.0),
                ("Advent calendar", "product", "one_season", 0.98, 0.0),
            )
            for month in range(1, 13)
        ),
    ),
    "size_plan": rows(
        "lift rate aim needed_size needed_size_90",
        (0.1, 0.08, 0.088, 18_987, 25_416),
        (0.5, 0.08, 0.12, 882, 1180),
    ),
}  # fmt: skip

FAN_ROWS: Rows = [
    {
        "month": month,
        "actual": 40e3 + 500 * at if at < 9 else None,
        "backtest": 41e3 if 5 < at < 9 else None,
        **{
            name: 45e3 * part if at >= 9 else None
            for name, part in zip(
                ("low", "low_50", "expected", "high_50", "high"),
                (0.8, 0.9, 1.0, 1.1, 1.2),
                strict=True,
            )
        },
        "unit": "money",
        "customer_count": 480.0,
        "month_customers": 500.0 if at < 9 else None,
    }
    for at, month in enumerate(_MONTHS)
]
"""A year of which nine months are known."""

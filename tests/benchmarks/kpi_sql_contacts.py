"""Figures of touches, answers and loyalty in SQL written by hand; see `kpi_sql`."""

from tests.benchmarks.kpi_sql_orders import IN, KNOWN

_ANSWERED = IN.replace("ordered_at", "answered_at")

OF_CUSTOMERS = {
    # An order without a time of day counts from the day's end.
    "conversion_rate": f"""
        with placed as (
            select customer_id, if(ordered_at = date_trunc('day', ordered_at),
                                   ordered_at + interval 86399 second, ordered_at) as placed_at
            from orders where {IN} and {KNOWN}
        ), touched as (
            select customer_id, coalesce(bool_or(
                       placed_at >= touched_at
                       and placed_at < date_trunc('day', touched_at) + interval {{within}} day
                   ), false) as converted
            from touches left join placed using (customer_id)
            where {IN.replace("ordered_at", "touched_at")}
            group by all
        )
        select {{g}}, count_if(converted) / count(*) from touched {{members}} group by all
    """,
    "csat": f"""
        select {{g}}, count_if(score >= coalesce(scale_max, 5)
                                        - if(coalesce(scale_max, 5) > 3, 1, 0)) / count(*)
        from surveys {{members}} where {_ANSWERED} and kind = 'csat' and score is not null
        group by all
    """,
    "nps": f"""
        select {{g}}, 100 * (count_if(score >= 9) - count_if(score <= 6)) / count(*)
        from surveys {{members}}
        where {_ANSWERED} and kind = 'nps' and coalesce(scale_max, 10) = 10
          and score is not null
        group by all
    """,
}

OF_ATTRIBUTES = {
    "loyalty_share": """
        select {g}, count_if(segment in ('champions', 'loyal')) / count(*)
        from segments {members} where period = '{period}' group by all
    """
}
"""A segment itself has no share of loyal customers."""

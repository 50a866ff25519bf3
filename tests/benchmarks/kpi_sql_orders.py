"""Figures of orders and customers in SQL written by hand; see `kpi_sql`."""

IN = "ordered_at >= timestamp '{start}' and ordered_at < timestamp '{end}'"
KNOWN = "not is_refund and customer_id is not null"
_ENDING = "ordered_at >= timestamp '{last}' and ordered_at < timestamp '{end}'"
_BUYERS = f"""
    select customer_id, count(*) as orders from orders where {IN} and {KNOWN} group by all
"""
KEPT = f"""
    select customer_id, bool_or(ordered_at < timestamp '{{start}}') as started,
           bool_or(ordered_at >= timestamp '{{last}}') as ended
    from orders
    where ordered_at >= timestamp '{{first}}' and ordered_at < timestamp '{{end}}' and {KNOWN}
    group by all
"""
EVER = f"""
    select customer_id, min(ordered_at) as first_at, max(ordered_at) as last_at
    from orders where ordered_at < timestamp '{{end}}' and {KNOWN} group by all
"""

OF_CUSTOMERS = {
    "revenue": f"select {{g}}, sum(amount) from orders {{members}} where {IN} group by all",
    "order_count": f"""
        select {{g}}, count(*) from orders {{members}} where {IN} and not is_refund group by all
    """,
    "average_order_value": f"""
        select {{g}}, sum(amount) / nullif(count(*) filter (not is_refund), 0)
        from orders {{members}} where {IN} group by all
    """,
    "repeat_rate": f"""
        with buyers as ({_BUYERS})
        select {{g}}, count_if(orders > 1) / count(*) from buyers {{members}} group by all
    """,
    "purchase_frequency": f"""
        with buyers as ({_BUYERS})
        select {{g}}, sum(orders) / count(*) from buyers {{members}} group by all
    """,
    "active_customers": f"""
        with active as (select distinct customer_id from orders where {_ENDING} and {KNOWN})
        select {{g}}, count(*) from active {{members}} group by all
    """,
    "active_share": f"""
        with ever as ({EVER})
        select {{g}}, count_if(last_at >= timestamp '{{last}}') / count(*)
        from ever {{members}} group by all
    """,
    "new_customers": f"""
        with ever as ({EVER})
        select {{g}}, count_if(first_at >= timestamp '{{start}}') from ever {{members}} group by all
    """,
    "customer_retention_rate": f"""
        with kept as ({KEPT})
        select {{g}}, count_if(started and ended) / nullif(count_if(started), 0)
        from kept {{members}} group by all
    """,
    "churn_rate": f"""
        with kept as ({KEPT})
        select {{g}}, count_if(started and not ended) / nullif(count_if(started), 0)
        from kept {{members}} group by all
    """,
}

_BUYERS_THERE = f"""
    select customer_id, channel, count(*) as orders
    from orders where {IN} and {KNOWN} group by all
"""
_KEPT_THERE = f"""
    with there as (
        select customer_id, channel, bool_or(ordered_at < timestamp '{{start}}') as started,
               bool_or(ordered_at >= timestamp '{{last}}') as ended
        from orders
        where ordered_at >= timestamp '{{first}}' and ordered_at < timestamp '{{end}}' and {KNOWN}
        group by all
    ), anywhere as (
        select channel, started, bool_or(ended) over (partition by customer_id) as ended from there
    )
"""

OF_ORDERS = {
    "revenue": f"select channel, sum(amount) from orders where {IN} group by all",
    "order_count": f"""
        select channel, count(*) from orders where {IN} and not is_refund group by all
    """,
    "average_order_value": f"""
        select channel, sum(amount) / nullif(count(*) filter (not is_refund), 0)
        from orders where {IN} group by all
    """,
    "repeat_rate": f"""
        with buyers as ({_BUYERS_THERE})
        select channel, count_if(orders > 1) / count(*) from buyers group by all
    """,
    "purchase_frequency": f"""
        with buyers as ({_BUYERS_THERE})
        select channel, sum(orders) / count(*) from buyers group by all
    """,
    "active_customers": f"""
        select channel, count(distinct customer_id)
        from orders where {_ENDING} and {KNOWN} group by all
    """,
    "new_customers": f"""
        with firsts as (
            select arg_min(channel, (ordered_at, channel)) as channel, min(ordered_at) as first_at
            from orders where ordered_at < timestamp '{{end}}' and {KNOWN} group by customer_id
        )
        select channel, count_if(first_at >= timestamp '{{start}}') from firsts group by all
    """,
    "customer_retention_rate": f"""
        {_KEPT_THERE}
        select channel, count_if(started and ended) / nullif(count_if(started), 0)
        from anywhere group by all
    """,
    "churn_rate": f"""
        {_KEPT_THERE}
        select channel, count_if(started and not ended) / nullif(count_if(started), 0)
        from anywhere group by all
    """,
}

_BUYERS_OF = f"""
    select customer_id, category, count(distinct order_id) as orders
    from order_lines where {IN} and {KNOWN} group by all
"""

OF_LINES = {
    "revenue": f"select category, sum(amount) from order_lines where {IN} group by all",
    "order_count": f"""
        select category, count(distinct order_id)
        from order_lines where {IN} and not is_refund group by all
    """,
    "average_order_value": f"""
        select category, sum(amount) / nullif(count(distinct order_id) filter (not is_refund), 0)
        from order_lines where {IN} group by all
    """,
    "repeat_rate": f"""
        with buyers as ({_BUYERS_OF})
        select category, count_if(orders > 1) / count(*) from buyers group by all
    """,
    "purchase_frequency": f"""
        with buyers as ({_BUYERS_OF})
        select category, sum(orders) / count(*) from buyers group by all
    """,
    "active_customers": f"""
        select category, count(distinct customer_id)
        from order_lines where {_ENDING} and {KNOWN} group by all
    """,
}

"""Figures of margins and costs in SQL written by hand; see `kpi_sql`."""

from tests.benchmarks.kpi_sql_orders import IN, KNOWN
from tests.benchmarks.touches_file import SOURCES


def _sums(when: str = "true") -> str:
    return f"""
        count(*) filter (not is_refund and {when}) as priced,
        count(cost_amount) filter (not is_refund and {when}) as costed,
        sum(amount) filter (not is_refund and cost_amount is not null and {when}) as order_revenue,
        sum(cost_amount) filter (not is_refund and {when}) as order_goods,
        sum(amount) filter (cost_amount is not null and {when}) as costed_revenue,
        sum(if(is_refund, -abs(cost_amount), cost_amount)) filter ({when}) as goods,
        sum(amount) filter ({when}) as revenue
    """


_SUMS = _sums()
_TOTALS = ", ".join(
    f"sum({name}) as {name}"
    for name in ("priced", "costed", "order_revenue", "order_goods", "costed_revenue", "goods")
)
# Orders whose goods have a known cost speak for the others where they are half of all or more.
_MARGIN = """
    case when costed >= priced / 2 and order_revenue > 0 then
        costed_revenue - goods + (1 - order_goods / order_revenue) * (revenue - costed_revenue)
    end
"""
_WAITING = "(pow(1 + {discount_rate}, {days} / 365.25) - 1)"
_LTV = f"margin / nullif(ended, 0) * rate / nullif(greatest(1 + {_WAITING} - rate, 0), 0)"

_MARGINS = f"""
    margins as (
        select g, {_MARGIN} as margin
        from (select {{g}} as g, {_SUMS} from orders {{members}} where {IN} group by all)
    )
"""
# Every channel has costs of its own in every period, so that touches need not be asked.
_SPENT = f"""
    spent as (
        select case when channel in {SOURCES} then channel else 'other' end as g,
               sum(amount * (1 + date_diff('day', greatest(period_start, date '{{start}}'),
                                           least(period_end, date '{{last_day}}')))
                          / (1 + date_diff('day', period_start, period_end))) as cost
        from costs
        where period_start <= date '{{last_day}}' and period_end >= date '{{start}}'
          and coalesce(cost_item, '') <> 'goods' and coalesce(cost_kind, '') <> 'planned'
        group by all
    )
"""
_WON = f"""
    ever as (
        select customer_id, min(ordered_at) as first_at, max(ordered_at) as last_at,
               bool_or(ordered_at >= timestamp '{{first}}' and ordered_at < timestamp '{{start}}')
                   as started
        from orders where ordered_at < timestamp '{{end}}' and {KNOWN} group by all
    ), won as (
        select {{g}} as g, count_if(first_at >= timestamp '{{start}}') as new,
               count_if(last_at >= timestamp '{{start}}') as buyers,
               count_if(last_at >= timestamp '{{last}}') as ended,
               count_if(started and last_at >= timestamp '{{last}}')
                   / nullif(count_if(started), 0) as rate
        from ever {{members}} group by all
    )
"""

OF_CUSTOMERS = {
    "gross_margin": f"with {_MARGINS} select g, margin from margins",
    "ltv": f"""
        with kept as (
            select customer_id, bool_or({KNOWN} and ordered_at < timestamp '{{start}}') as started,
                   bool_or({KNOWN} and ordered_at >= timestamp '{{last}}') as ended,
                   {_sums("ordered_at >= timestamp '{start}'")}
            from orders
            where ordered_at >= timestamp '{{first}}' and ordered_at < timestamp '{{end}}'
            group by all
        ), valued as (
            select {{g}} as g, count_if(ended) as ended,
                   count_if(started and ended) / nullif(count_if(started), 0) as rate,
                   sum(revenue) as revenue, {_TOTALS}
            from kept {{members}} group by all
        )
        select g, {_LTV} from (select g, ended, rate, {_MARGIN} as margin from valued)
    """,
}

OF_SOURCES = {
    "marketing_cost": f"with {_SPENT} select g, cost from spent",
    "cac": f"""
        with {_SPENT}, firsts as (
            select customer_id, min(ordered_at) as first_at
            from orders where ordered_at < timestamp '{{end}}' and {KNOWN} group by all
        ), won as (
            select {{g}} as g, count_if(first_at >= timestamp '{{start}}') as new
            from firsts {{members}} group by all
        )
        select g, cost / nullif(new, 0) from spent join won using (g)
    """,
    "ltv_to_cac": f"""
        with {_SPENT}, {_WON}, {_MARGINS}
        select g, ({_LTV}) / nullif(cost / nullif(new, 0), 0)
        from spent join won using (g) join margins using (g)
    """,
    "payback_months": f"""
        with {_SPENT}, {_WON}, {_MARGINS}
        select g, cost / nullif(new, 0)
                  / (nullif(greatest(margin, 0), 0) / nullif(buyers, 0) / ({{days}} * 12 / 365.25))
        from spent join won using (g) join margins using (g)
    """,
}
"""Only the channel that brought the customer has costs."""

OF_ORDERS = {
    "gross_margin": f"""
        select channel, {_MARGIN}
        from (select channel, {_SUMS} from orders where {IN} group by all)
    """,
}

# Of an order's lines in a category the cost is known where that of all of them is.
OF_LINES = {
    "gross_margin": f"""
        with parts as (
            select order_id, category, is_refund, sum(amount) as amount,
                   if(count(cost) = count(*), sum(cost), null) as cost_amount
            from order_lines where {IN} group by all
        )
        select category, {_MARGIN} from (select category, {_SUMS} from parts group by all)
    """,
}

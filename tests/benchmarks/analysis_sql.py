"""The same in DuckDB SQL written by hand: one statement per result, each scan used in full."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pandas as pd
from scipy.special import stdtrit

from crm_strategy.analysis.rfm import SEGMENT_CODES
from tests.benchmarks.analysis_task import ACTIVE_DAYS, COHORTS, PERIODS

_Z = 1.959963984540054

_SEGMENTS = """
with customers as (
    select customer_id,
           date '{as_of}' - max(ordered_at) filter (not is_refund)::date as recency_days,
           count(*) filter (not is_refund) as order_count,
           round(sum(amount), 4) as revenue
    from read_parquet('{path}')
    where ordered_at < timestamp '{end}' and customer_id is not null
    group by customer_id
    having order_count > 0
), scored as (
    select *, 100 * (1 + (rank() over (order by recency_days desc) - 1) * 5 // count(*) over ())
             + 10 * (1 + (rank() over (order by order_count) - 1) * 5 // count(*) over ())
             + 1 + (rank() over (order by revenue) - 1) * 5 // count(*) over () as code
    from customers
)
select case {names} end as segment,
       count(*) as customer_count,
       count(*) / sum(count(*)) over () as customer_share,
       sum(revenue) as revenue,
       sum(scored.revenue) / sum(sum(scored.revenue)) over () as revenue_share,
       sum(scored.revenue) / sum(order_count) as average_order_value,
       sum(order_count) / count(*) as purchase_frequency,
       median(recency_days) as median_recency_days,
       sum(order_count) as order_count
from scored group by segment
"""

_COHORTS = """
with customers as (
    select customer_id, max(age) as age,
           bit_or(case when age < {cohorts} then 1::bigint << age else 0 end) as months
    from (
        select customer_id, date_diff('month', ordered_at, timestamp '{as_of}') as age
        from read_parquet('{path}')
        where ordered_at < timestamp '{end}' and customer_id is not null and not is_refund
    )
    group by customer_id
), sizes as (
    select age, count(*) as customer_count, [{counts}] as counts
    from customers where age < {cohorts} group by age
)
select date_trunc('month', date '{as_of}') - to_months(age::int) as cohort, period,
       customer_count,
       case when period <= age then counts[age - period + 1] end as active_count,
       active_count / customer_count as retention_rate
from sizes, range({cohorts}) as periods(period)
"""

_KPIS = """
with cells as materialized (
    select customer_id, case {buckets} end as bucket,
           count(*) filter (not is_refund) as orders,
           max(ordered_at) filter (not is_refund) as last_at,
           sum(amount) as revenue,
           sum(amount) filter (not is_refund) as order_revenue,
           sum(amount * amount) as squares
    from read_parquet('{path}')
    where ordered_at < timestamp '{end}'
    group by customer_id, bucket
), totals as (
    select bucket, sum(orders) as order_count, sum(revenue) as revenue,
           sum(order_revenue) as order_revenue, sum(squares) as squares,
           count_if(orders > 0 and customer_id is not null) as buyers,
           count_if(orders > 1 and customer_id is not null) as several,
           sum(orders) filter (customer_id is not null) as buyer_orders,
           sum(orders * orders) filter (customer_id is not null) as buyer_squares
    from cells group by bucket
), customers as (
    select customer_id, min(bucket) as first_bucket, bit_or({active}) as active
    from cells where customer_id is not null and orders > 0
    group by customer_id
), base as (
    select first_bucket, count(*) as customers, {sums} from customers group by first_bucket
)
select * from totals left join base on bucket = first_bucket order by bucket
"""


def results(path: Path, as_of: date) -> dict[str, pd.DataFrame]:
    """The three results; see `analysis_task`."""
    connection = duckdb.connect(config={"memory_limit": "1500MB"})
    given = {"path": path, "as_of": as_of, "end": as_of + timedelta(days=1), "cohorts": COHORTS}
    names = " ".join(
        f"when code in {codes} then '{segment}'" for segment, codes in SEGMENT_CODES.items()
    )
    counts = ", ".join(f"count_if((months >> {age}) & 1 = 1)" for age in range(COHORTS))
    return {
        "segments": connection.sql(_SEGMENTS.format(**given, names=names)).df(),
        "cohorts": connection.sql(_COHORTS.format(**given, counts=counts)).df(),
        "kpis": _kpis(connection, given),
    }


def _kpis(connection: duckdb.DuckDBPyConnection, given: dict[str, object]) -> pd.DataFrame:
    edges = [span.start for span in PERIODS] + [PERIODS[-1].end + timedelta(days=1)]
    buckets = " ".join(
        f"when ordered_at < timestamp '{edge}' then {number}" for number, edge in enumerate(edges)
    )
    window = timedelta(days=ACTIVE_DAYS)
    active = " + ".join(
        f"(bucket <= {number} and last_at >= timestamp '{edge - window}')::bigint * {2**number}"
        for number, edge in enumerate(edges)
    )
    sums = ", ".join(
        [f"count_if((active >> {n}) & 1 = 1) as active_{n}" for n in range(len(edges))]
        + [f"count_if((active >> {n}) & 3 = 3) as retained_{n}" for n in range(len(PERIODS))]
    )
    sql = _KPIS.format(**given, buckets=buckets, active=active, sums=sums)
    table = connection.sql(sql).df().set_index("bucket").astype("float64")
    active_at = [table[f"active_{n}"].sum() for n in range(len(edges))]
    rows = []
    for number, span in enumerate(PERIODS):
        of = table.loc[number + 1]
        started, ended = active_at[number], active_at[number + 1]
        retained = table[f"retained_{number}"].sum()
        ever = table.loc[: number + 1, "customers"].sum()
        mean, often = of["revenue"] / of["order_count"], of["buyer_orders"] / of["buyers"]
        spread = of["squares"] - 2 * mean * of["order_revenue"] + mean**2 * of["order_count"]
        spread_often = of["buyer_squares"] - often**2 * of["buyers"]
        figures = {
            "revenue": (of["revenue"], None, None),
            "order_count": (of["order_count"], None, None),
            "active_customers": (ended, None, None),
            "active_share": _share(ended, ever),
            "new_customers": (of["customers"], None, None),
            "customer_retention_rate": _share(retained, started),
            "churn_rate": _share(started - retained, started),
            "repeat_rate": _share(of["several"], of["buyers"]),
            "average_order_value": _mean(mean, spread, of["order_count"]),
            "purchase_frequency": _mean(often, spread_often, of["buyers"]),
        }
        rows += [(kpi, span.id, *figure) for kpi, figure in figures.items()]
    return pd.DataFrame(rows, columns=["kpi", "period", "value", "low", "high"])


def _share(count: float, n: float) -> tuple[float | None, float | None, float | None]:
    if not n:
        return None, None, None
    share, spread = count / n, 1 + _Z**2 / n
    centre = (share + _Z**2 / (2 * n)) / spread
    half = _Z * (share * (1 - share) / n + _Z**2 / (4 * n**2)) ** 0.5 / spread
    return share, centre - half, centre + half


def _mean(mean: float, squares: float, n: float) -> tuple[float, float, float]:
    half = stdtrit(n - 1, 0.975) * (squares / (n - 1) / n) ** 0.5
    return mean, mean - half, mean + half

"""The same in pandas, as an analyst who knows it would write it: vectorised, no loops by row."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from crm_strategy.analysis.rfm import SEGMENT_CODES
from tests.benchmarks.analysis_task import ACTIVE_DAYS, COHORTS, PERIODS

_Z = 1.959963984540054


def results(path: Path, as_of: date, *, categories: bool = False) -> dict[str, pd.DataFrame]:
    """The three results; see `analysis_task`. With `categories`, customers are categories."""
    orders = pd.read_parquet(path, columns=["customer_id", "ordered_at", "amount", "is_refund"])
    if categories:
        orders["customer_id"] = orders["customer_id"].astype("category")
    orders = orders[orders["ordered_at"] < pd.Timestamp(as_of) + pd.Timedelta(days=1)]
    placed = orders[~orders["is_refund"]]
    known = placed[placed["customer_id"].notna()]
    return {
        "segments": _segments(orders, known, pd.Timestamp(as_of)),
        "cohorts": _cohorts(known, pd.Timestamp(as_of)),
        "kpis": _kpis(orders, placed, known),
    }


def _by_customer(rows: pd.DataFrame, *more: str):
    return rows.groupby(["customer_id", *more], observed=True, sort=False)


def _segments(orders: pd.DataFrame, known: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    customers = _by_customer(known).agg(
        last=("ordered_at", "max"), order_count=("ordered_at", "size")
    )
    customers["revenue"] = _by_customer(orders)["amount"].sum().round(4)
    customers["recency_days"] = (as_of - customers["last"].dt.normalize()).dt.days
    code = 0
    for measure, ascending in (("recency_days", False), ("order_count", True), ("revenue", True)):
        worse = customers[measure].rank(method="min", ascending=ascending).astype("int64") - 1
        code = 10 * code + 1 + worse * 5 // len(customers)
    names = {code: name for name, codes in SEGMENT_CODES.items() for code in codes}
    customers["segment"] = code.map(names)
    table = customers.groupby("segment").agg(
        customer_count=("revenue", "size"),
        revenue=("revenue", "sum"),
        order_count=("order_count", "sum"),
        median_recency_days=("recency_days", "median"),
    )
    table["customer_share"] = table["customer_count"] / table["customer_count"].sum()
    table["revenue_share"] = table["revenue"] / table["revenue"].sum()
    table["average_order_value"] = table["revenue"] / table["order_count"]
    table["purchase_frequency"] = table["order_count"] / table["customer_count"]
    return table.reset_index()


def _cohorts(known: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    month = 12 * known["ordered_at"].dt.year + known["ordered_at"].dt.month - 1
    seen = pd.DataFrame({"customer_id": known["customer_id"], "month": month}).drop_duplicates()
    seen["cohort"] = _by_customer(seen)["month"].transform("min")
    last = 12 * as_of.year + as_of.month - 1
    seen = seen[seen["cohort"] > last - COHORTS]
    counts = seen.groupby(["cohort", seen["month"] - seen["cohort"]]).size()
    cohorts = range(last - COHORTS + 1, last + 1)
    grid = pd.MultiIndex.from_product([cohorts, range(COHORTS)], names=["cohort", "period"])
    table = counts.reindex(grid).rename("active_count").reset_index()
    observed = table["cohort"] + table["period"] <= last
    table["active_count"] = table["active_count"].fillna(0).where(observed)
    size = table[table["period"] == 0].set_index("cohort")["active_count"]
    table["customer_count"] = table["cohort"].map(size)
    table["retention_rate"] = table["active_count"] / table["customer_count"]
    first = {"year": table["cohort"] // 12, "month": table["cohort"] % 12 + 1, "day": 1}
    table["cohort"] = pd.to_datetime(pd.DataFrame(first))
    return table


def _kpis(orders: pd.DataFrame, placed: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    starts = np.array([np.datetime64(span.start, "us") for span in PERIODS])
    ends = np.append(starts[1:], np.datetime64(PERIODS[-1].end, "us") + np.timedelta64(1, "D"))

    def place(rows: pd.DataFrame) -> np.ndarray:
        return np.searchsorted(starts, rows["ordered_at"].to_numpy(), side="right") - 1

    in_period = orders["amount"].groupby(place(orders))
    revenue, squares = in_period.sum(), (orders["amount"] ** 2).groupby(place(orders)).sum()
    placed_amounts = placed["amount"].groupby(place(placed))
    order_count, order_revenue = placed_amounts.size(), placed_amounts.sum()
    cells = _by_customer(known.assign(period=place(known)), "period").agg(
        orders=("ordered_at", "size"), last=("ordered_at", "max")
    )
    cells = cells.reset_index()
    cells["several"], cells["squares"] = cells["orders"] > 1, cells["orders"] ** 2
    bought = cells.groupby("period").agg(
        buyers=("orders", "size"),
        orders=("orders", "sum"),
        several=("several", "sum"),
        squares=("squares", "sum"),
    )
    new = _by_customer(cells)["period"].min().value_counts().sort_index()
    window = np.timedelta64(ACTIVE_DAYS, "D")
    active = [
        cells.loc[(cells["last"] < end) & (cells["last"] >= end - window), "customer_id"].unique()
        for end in (starts[0], *ends)
    ]
    started, ended = (pd.Series([len(each) for each in a]) for a in (active[:-1], active[1:]))
    retained = pd.Series([pd.Index(now).isin(then).sum() for then, now in pairwise(active)])
    mean, often = revenue / order_count, bought["orders"] / bought["buyers"]
    spread = squares - 2 * mean * order_revenue + mean**2 * order_count
    spread_often = bought["squares"] - often**2 * bought["buyers"]
    tables = {
        "revenue": _plain(revenue),
        "order_count": _plain(order_count),
        "active_customers": _plain(ended),
        "active_share": _share(ended, new.cumsum()),
        "new_customers": _plain(new),
        "customer_retention_rate": _share(retained, started),
        "churn_rate": _share(started - retained, started),
        "repeat_rate": _share(bought["several"], bought["buyers"]),
        "average_order_value": _mean(mean, spread, order_count),
        "purchase_frequency": _mean(often, spread_often, bought["buyers"]),
    }
    table = pd.concat(tables, names=["kpi", "place"]).reset_index()
    table["period"] = table["place"].map(lambda place: PERIODS[place].id)
    return table.drop(columns="place")


def _plain(value: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"value": value.astype("float64"), "low": np.nan, "high": np.nan})


def _share(count: pd.Series, n: pd.Series) -> pd.DataFrame:
    n = n.where(n > 0)
    share, spread = count / n, 1 + _Z**2 / n
    centre = (share + _Z**2 / (2 * n)) / spread
    half = _Z * np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2)) / spread
    return pd.DataFrame({"value": share, "low": centre - half, "high": centre + half})


def _mean(mean: pd.Series, squares: pd.Series, n: pd.Series) -> pd.DataFrame:
    half = stdtrit(n - 1, 0.975) * np.sqrt(squares / (n - 1) / n)
    return pd.DataFrame({"value": mean, "low": mean - half, "high": mean + half})

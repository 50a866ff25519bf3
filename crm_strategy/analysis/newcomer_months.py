"""New customers by month: which to hide so that no few follow from cohorts, KPIs and all."""

from collections.abc import Mapping
from datetime import date

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.disclosure import rows_to_hide
from crm_strategy.analysis.spans import DAY, midnight

MOST = 24
"""Cohorts that a report shows, the latest ones."""

_TELLS_NEW = ("new_customers", "cac", "ltv_to_cac", "payback_months")


def newcomer_months(orders: ibis.Table, *, as_of: date) -> dict[date, int]:
    """Customers by the month of their first order, of whole months until `as_of`.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `is_refund`.
    as_of
        Last day observed.
    """
    end = as_of + DAY if (as_of + DAY).day == 1 else as_of.replace(day=1)
    placed = orders.filter(_.ordered_at < midnight(end), _.customer_id.notnull(), ~_.is_refund)
    first = placed.group_by("customer_id").agg(month=_.ordered_at.min().truncate("M").date())
    counts = first.group_by("month").agg(n=_.count()).order_by("month").to_pandas()
    months = [pd.Timestamp(month).date() for month in counts["month"]]
    return dict(zip(months, counts["n"].astype(int).tolist(), strict=True))


def months_to_hide(sizes: Mapping[date, float], *, least: int) -> set[date]:
    """Months whose newcomers are hidden: few, or what would tell these.

    Reports tell the newcomers of quarters, half-years and years, and of all time: in each, two
    months and `least` newcomers are hidden, or none. Those of the latest month are new in the
    lifecycle, too: it is not hidden for others.

    Parameters
    ----------
    sizes
        Newcomers by first day of month.
    least
        Newcomers that a month needs to be told.
    """
    months = sorted(sizes)
    older = {*months[:-MOST]}
    blocks = [month in older for month in months]
    latest = [month == months[-1] and sizes[month] >= least for month in months]
    # Where nothing else is left, the latest is hidden after all.
    groups: list[list[object]] = [list(zip(blocks, latest, strict=True)), [*blocks]]
    groups += [
        [
            (block, month.year, (month.month - 1) // length)
            for block, month in zip(blocks, months, strict=True)
        ]
        for length in (3, 6, 12)
    ]
    hide = rows_to_hide([sizes[month] for month in months], groups=groups, least=least)
    return {months[row] for row in hide}


def with_told_newcomers(
    history: pd.DataFrame, orders: ibis.Table, *, as_of: date, min_count: int
) -> pd.DataFrame:
    """The history of KPIs, in which new customers tell no few of another period or cohort.

    All customers less the new of all other periods are the new of one. Where one is few, the
    months that cohorts hide are, and of longer periods the smallest that hold such a month.

    Parameters
    ----------
    history
        Result of `kpis.kpi_history`.
    orders, as_of
        As in `newcomer_months`.
    min_count
        Customers that a group needs to be told.

    Returns
    -------
    DataFrame
        The history; `smallest_count` says how few the hidden values would tell.
    """
    new = history[history["kpi"] == "new_customers"].set_index("period")
    few = new["value"][(new["value"] > 0) & (new["value"] < min_count)]
    if few.empty:
        return history
    gone = months_to_hide(newcomer_months(orders, as_of=as_of), least=min_count)
    holds = {
        str(period): [month for month in gone if row["start"] <= month <= row["end"]]
        for period, row in new.iterrows()
    }
    monthly = ((new["end"] - new["start"]).map(lambda days: days.days) <= 31).all()
    hide = {period for period, months in holds.items() if months and monthly} | {*few.index}
    latest = new["start"].idxmax()
    rest = [
        period
        for period in new["value"].sort_values().index
        if holds[period] and period not in hide and period != latest
    ]
    while rest and (len(hide) < 2 or new.loc[[*hide], "value"].sum() < min_count):
        hide.add(rest.pop(0))
    told = history["kpi"].isin(_TELLS_NEW) & history["period"].isin(hide)
    least_told = history["smallest_count"].clip(upper=float(few.min())).fillna(float(few.min()))
    return history.assign(smallest_count=history["smallest_count"].mask(told, least_told))

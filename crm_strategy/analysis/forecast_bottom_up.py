"""Forecast from the bottom up: orders expected of the customers known, and of those to come."""

from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd
from ibis import _

from crm_strategy.analysis.buying_models import expected_orders, expected_orders_new
from crm_strategy.analysis.forecast import HORIZONS, Forecast, ratio
from crm_strategy.analysis.model_choice import USABLE, model_rows
from crm_strategy.analysis.model_fits import fit_buying_model
from crm_strategy.analysis.monthly_sales import month_end, months_on
from crm_strategy.analysis.purchase_counts import purchase_counts
from crm_strategy.analysis.spans import DAY, within

MODEL = "mbg_nbd"
"""A model that lets one-time buyers drop out, fast enough to fit twice."""

HALF_YEAR = HORIZONS["half_year"]

_DAYS_A_YEAR = 365
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)


def bottom_up_orders(orders: ibis.Table, *, as_of: date, days: list[int]) -> pd.DataFrame:
    """Orders to expect in the days after `as_of`, counted from customers up.

    Known customers: Σ E(orders | history) by MBG/NBD. Newcomers: as many a day as in the last
    year, each with a first order and ∫ E(repeat orders) until the horizon's end. Their sum is
    scaled by the last year's orders / its purchases: purchases of a customer on one day count
    once in the model, and orders without customer not at all. The model knows no season.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `amount` (money),
        `is_refund`.
    as_of
        Last day observed; later orders are ignored.
    days
        Lengths of the horizons.

    Returns
    -------
    DataFrame
        One row a horizon: `days`, `known_orders`, `new_orders`, `expected` (their sum). No rows
        where a year is not known, or the model cannot be used.

    References
    ----------
    Batislam, Denizel & Filiztekin (2007), IJRM 24(3): MBG/NBD.
    """
    names = ["days", "known_orders", "new_orders", "expected"]
    counts = purchase_counts(orders, as_of=as_of)
    rows = model_rows(counts)
    if rows.empty or rows["T"].max() < _DAYS_A_YEAR:
        return pd.DataFrame(columns=names)
    fit = fit_buying_model(rows, model=MODEL)
    if fit.problem not in USABLE:
        return pd.DataFrame(columns=names)
    scale = _orders_per_purchase(orders, as_of)
    newcomers = float(rows.loc[rows["T"] < _DAYS_A_YEAR, "n"].sum()) / _DAYS_A_YEAR
    history = rows["frequency"], rows["recency"], rows["T"]
    found = []
    for span in days:
        told = expected_orders(MODEL, fit.parameters, span, *history)
        since = span * (_NODES + 1) / 2
        repeated = expected_orders_new(MODEL, fit.parameters, since)
        known = float((told * rows["n"]).sum()) * scale
        new = newcomers * span * (1 + float(repeated @ _WEIGHTS) / 2) * scale
        found.append({"days": span, "known_orders": known, "new_orders": new})
    return pd.DataFrame(found).assign(expected=lambda each: each.known_orders + each.new_orders)


def reconciliation(orders: ibis.Table, forecasts: list[Forecast]) -> pd.DataFrame:
    """Orders by the series beside orders from customers up, and how each did half a year ago.

    Parameters
    ----------
    orders
        As in `bottom_up_orders`.
    forecasts
        Result of `forecast.sales_forecasts`.

    Returns
    -------
    DataFrame
        `horizon` (of `forecast.HORIZONS`), `expected`, `low`, `high` (90 %; orders by the
        series), `known_orders`, `new_orders`, `bottom_up` (their sum), `difference` =
        bottom_up / expected − 1, `verdict` (`inside`, `below` or `above` the series' interval);
        `series_miss` and `bottom_up_miss` = actual / expected − 1 of the forecasts made half a
        year ago, the same in each row, NaN where too little was known; `in_force`: `series`,
        or `bottom_up` where it lies outside the interval and missed by less half a year ago;
        `broke`: whether the level of the series broke of late, which orders from customers up
        do not know: then the series is in force.
        No rows where one of the two cannot be made.
    """
    names = ["horizon", "expected", "low", "high", "known_orders", "new_orders", "bottom_up"]
    names += ["difference", "verdict", "series_miss", "bottom_up_miss", "in_force", "broke"]
    told = [each for each in forecasts if each.measure == "order_count"]
    if not told:
        return pd.DataFrame(columns=names)
    (series,) = told
    as_of = month_end(series.months[-1])
    spans = {name: n for name, n in HORIZONS.items() if n <= len(series.ahead)}
    built = bottom_up_orders(
        orders, as_of=as_of, days=[_days_after(as_of, months) for months in spans.values()]
    )
    if built.empty:
        return pd.DataFrame(columns=names)
    past, broke = _misses(orders, series), series.recent_break is not None
    rows = []
    for (horizon, months), up in zip(spans.items(), built.to_dict("records"), strict=True):
        total = series.total(months=months)
        sums = {name: total[name] for name in ("expected", "low", "high")}
        above = "above" if up["expected"] > sums["high"] else "inside"
        verdict = "below" if up["expected"] < sums["low"] else above
        counted = not broke and abs(past["bottom_up_miss"]) < abs(past["series_miss"])
        rows.append(
            {
                "horizon": horizon,
                **sums,
                "known_orders": up["known_orders"],
                "new_orders": up["new_orders"],
                "bottom_up": up["expected"],
                "difference": ratio(up["expected"], sums["expected"]) - 1,
                "verdict": verdict,
                **past,
                "in_force": "bottom_up" if counted and verdict != "inside" else "series",
                "broke": broke,
            }
        )
    return pd.DataFrame(rows, columns=names)


def _misses(orders: ibis.Table, series: Forecast) -> dict[str, float]:
    """The half-year that ended last, by both ways: actual / expected − 1."""
    missing = {"series_miss": float("nan"), "bottom_up_miss": float("nan")}
    tested = series.chosen.rows
    made = tested[tested["origin"] == len(series.values) - HALF_YEAR]
    if len(made) != HALF_YEAR:
        return missing
    actual = float(made["actual"].sum())
    cut = month_end(months_on(series.months[-1], -HALF_YEAR))
    end = month_end(series.months[-1])
    built = bottom_up_orders(orders, as_of=cut, days=[(end - cut).days])
    if built.empty:
        return missing
    return {
        "series_miss": ratio(actual, float(made["forecast"].sum())) - 1,
        "bottom_up_miss": ratio(actual, float(built["expected"].iloc[0])) - 1,
    }


def _orders_per_purchase(orders: ibis.Table, as_of: date) -> float:
    """All orders of the last year / those the model counts: a customer's day is one."""
    placed = orders.filter(
        within(orders.ordered_at, as_of - timedelta(days=_DAYS_A_YEAR) + DAY, as_of), ~_.is_refund
    )
    known = (
        placed.filter(_.customer_id.notnull())
        .group_by("customer_id")
        .agg(purchases=_.ordered_at.date().nunique())
    )
    purchases = known.purchases.sum().to_pyarrow().as_py() or 0
    count = placed.count().to_pyarrow().as_py()
    return float(ratio(count, purchases)) if purchases else 1.0


def _days_after(as_of: date, months: int) -> int:
    return (month_end(months_on(as_of, months)) - as_of).days

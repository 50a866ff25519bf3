"""How good forecasts are: the backtest of each model, and the last forecast against what came."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from crm_strategy.analysis.forecast import MEANS, Forecast, ratio, sales_forecasts
from crm_strategy.analysis.forecast_models import YEAR
from crm_strategy.analysis.monthly_sales import MEASURES


def forecast_backtest(forecasts: Sequence[Forecast]) -> pd.DataFrame:
    """How far each model would have missed over the last months.

    Returns
    -------
    DataFrame
        `measure`, `model`, `error` = Σ |actual − forecast| / Σ actual, `coverage` (share of
        cases inside the 90 % interval that the other origins' errors set), `n` (pairs of origin
        and month), `chosen`, `against_naive` = error / that of the seasonal naive,
        `origin_count`, `month_count` (whole months known), `is_seasonal`. NaN where the actual
        months sum to 0.
    """
    rows = [
        {
            "measure": each.measure,
            "model": tested.model,
            "error": tested.error,
            "coverage": tested.coverage,
            "n": len(tested.rows),
            "chosen": tested.model == each.chosen.model,
            "against_naive": ratio(tested.mean_miss, each.tested[0].mean_miss),
            "origin_count": tested.rows["origin"].nunique(),
            "month_count": len(each.values),
            "is_seasonal": each.is_seasonal,
        }
        for each in forecasts
        for tested in each.tested
    ]
    names = ["measure", "model", "error", "coverage", "n", "chosen", "against_naive"]
    return pd.DataFrame(rows, columns=[*names, "origin_count", "month_count", "is_seasonal"])


def last_forecast(sales: pd.DataFrame, *, start: date, end: date) -> pd.DataFrame:
    """What would have been foretold of a period on the day before it, against what came.

    Models are chosen and intervals set as of that day, from nothing later.

    Parameters
    ----------
    sales
        Result of `monthly_sales`, the period's months among them.
    start, end
        First and last day of the period.

    Returns
    -------
    DataFrame
        One row a measure: `measure`, `actual`, `low`, `expected`, `high` (90 %, as in
        `horizon_forecast`), `low_50`, `high_50`, `miss` = actual / expected − 1, `verdict`
        (`inside`, `below` or `above` the 90 % interval), `model`, `error` (its backtest then),
        `start`, `end`, `unit`, `customer_count` (active customers of the leanest month, of
        the period or of those it was foretold from). No rows where the period is no run of
        whole months, or too little was known.
    """
    names = ["measure", "actual", "low", "expected", "high", "low_50", "high_50", "miss"]
    names += ["verdict", "model", "error", "start", "end", "unit", "customer_count"]
    came = sales[(sales["month"] >= start) & (sales["month"] <= end)]
    span = (end.year - start.year) * YEAR + end.month - start.month + 1
    if start.day != 1 or len(came) != span or span > YEAR:
        return pd.DataFrame(columns=names)
    known = sales[sales["month"] < start]
    rows = [
        _scored(each, came, start, end)
        for each in sales_forecasts(known, steps=span)
        if len(each.ahead) == span
    ]
    return pd.DataFrame(rows, columns=names)


def _scored(told: Forecast, came: pd.DataFrame, start: date, end: date) -> dict[str, object]:
    share = 1 / len(came) if told.measure in MEANS else 1.0
    actual = float(came[told.measure].sum()) * share
    sums = {name: value * share for name, value in told.total().items()}
    inside = "inside" if actual <= sums["high"] else "above"
    return {
        "measure": told.measure,
        "actual": actual,
        **sums,
        "miss": ratio(actual, sums["expected"]) - 1,
        "verdict": "below" if actual < sums["low"] else inside,
        "model": told.chosen.model,
        "error": told.chosen.error,
        "start": start,
        "end": end,
        "unit": MEASURES[told.measure],
        "customer_count": float(np.fmin(told.customers, came["active_customers"].min())),
    }

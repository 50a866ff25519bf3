"""Forecasts of orders by a fitted model, row by row, with their slopes."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from crm_strategy.analysis.buying_models import (
    PARAMETERS,
    expected_orders,
    p_alive,
    p_no_order,
)
from crm_strategy.analysis.histories import Floats
from crm_strategy.analysis.model_fits import Fit

DAYS_A_YEAR = 365

_STEP = 1e-4
_AT_ONCE = 200_000


def order_forecasts(
    rows: pd.DataFrame, fit: Fit, *, horizon_days: int, discount_rate: float
) -> pd.DataFrame:
    """What a model expects of each unique row within a horizon.

    Parameters
    ----------
    rows
        `frequency`, `recency`, `T` in days.
    fit
        A fit of a model of `buying_models` on such rows.
    horizon_days
        Days to foretell.
    discount_rate
        Loss of worth per year, a fraction.

    Returns
    -------
    DataFrame
        By the rows' index: `p_alive`, `expected_orders`, `p_no_order`, `discounted_orders` =
        Σ over expected orders of (1 + rate)^(−days until it / 365), and of each parameter
        `by_<parameter>` = ∂ ln(expected orders) / ∂ ln(parameter).
    """
    parts = [
        _forecasts(rows.iloc[start : start + _AT_ONCE], fit, horizon_days, discount_rate)
        for start in range(0, max(len(rows), 1), _AT_ONCE)
    ]
    return pd.concat(parts)


def discounted(
    expected: Callable[[float], Floats], *, horizon_days: float, discount_rate: float
) -> Floats:
    """Present worth of what is expected to come until each day of the horizon.

    By parts, ∫ e^(−δs) dE(s) = e^(−δh) E(h) + δ ∫ e^(−δs) E(s) ds, the integral by
    Gauss-Legendre at three days: E is smooth, so the error is far below a cent.

    Parameters
    ----------
    expected
        E, the number expected until a day.
    horizon_days
        h, days.
    discount_rate
        Loss of worth per year, a fraction; δ = ln(1 + rate) / 365.
    """
    force = np.log1p(discount_rate) / DAYS_A_YEAR
    at_the_end = np.exp(-force * horizon_days) * expected(horizon_days)
    if force == 0:
        return np.asarray(at_the_end)
    nodes, weights = np.polynomial.legendre.leggauss(3)
    days = horizon_days * (nodes + 1) / 2
    inside = sum(
        weight * np.exp(-force * day) * expected(float(day))
        for day, weight in zip(days, weights, strict=True)
    )
    return np.asarray(at_the_end + force * horizon_days / 2 * inside)


def _forecasts(
    rows: pd.DataFrame, fit: Fit, horizon_days: int, discount_rate: float
) -> pd.DataFrame:
    model, parameters = fit.model, fit.parameters
    seen = rows["frequency"], rows["recency"], rows["T"]
    expected = expected_orders(model, parameters, horizon_days, *seen)
    found = {
        "p_alive": p_alive(model, parameters, *seen),
        "expected_orders": expected,
        "p_no_order": p_no_order(model, parameters, horizon_days, *seen),
        "discounted_orders": discounted(
            lambda days: expected_orders(model, parameters, days, *seen),
            horizon_days=horizon_days,
            discount_rate=discount_rate,
        ),
    }
    for name in PARAMETERS[model]:
        moved = parameters.copy()
        moved[name] *= np.exp(_STEP)
        change = expected_orders(model, moved, horizon_days, *seen) - expected
        slope = np.zeros(len(rows))
        found[f"by_{name}"] = np.divide(change, _STEP * expected, out=slope, where=expected > 0)
    return pd.DataFrame(found, index=rows.index)

"""Customer lifetime value: orders and money to expect of each customer within a horizon."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _

from crm_strategy.analysis.buying_models import PARAMETERS
from crm_strategy.analysis.histories import Floats
from crm_strategy.analysis.margin import goods_counts, margin_of
from crm_strategy.analysis.order_forecasts import order_forecasts
from crm_strategy.analysis.purchase_counts import unique_counts
from crm_strategy.analysis.spans import DAY, Span
from crm_strategy.analysis.value_fits import ValueFits

_Z = 1.959963984540054
_KEYS = ("frequency", "recency", "T")


def expected_margin_rate(
    orders: ibis.Table, *, as_of: date, margin_rate: float | None = None, days: int = 365
) -> float | None:
    """Margin to expect of a unit of revenue, from the last days' own costs or the client's rate.

    Parameters
    ----------
    orders
        As in `margin.goods_counts`.
    as_of
        Last day observed.
    margin_rate
        The client's gross margin as a fraction of revenue, if known.
    days
        Number of days to look back.

    Returns
    -------
    float or None
        A fraction; None when neither costs nor a rate are known.
    """
    span = Span("observed", as_of - (days - 1) * DAY, as_of)
    margin = margin_of(
        goods_counts(orders, periods=[span]).loc[span.id].to_dict(), margin_rate=margin_rate
    )
    return None if margin.basis == "revenue" else margin.rate


def customer_values(
    counts: ibis.Table,
    fits: ValueFits,
    *,
    horizon_days: int = 365,
    discount_rate: float = 0.10,
    margin_rate: float | None = None,
) -> ibis.Table:
    """What to expect of each customer within the horizon that follows the days observed.

    Orders are foretold once per unique row of `counts` and joined back in the engine.

    Parameters
    ----------
    counts
        Result of `purchase_counts`.
    fits
        Result of `value_fits.fit_value` on the same counts.
    horizon_days
        Days to foretell.
    discount_rate
        Loss of worth of money per year, a fraction.
    margin_rate
        Margin of a unit of revenue, see `expected_margin_rate`; None: not known.

    Returns
    -------
    Table
        One row per customer: `customer_id`, `p_alive`, `expected_orders` and `p_no_order`
        within the horizon, `expected_spend` (money per order; by Gamma-Gamma, else the mean of
        all customers), `expected_margin` (money; null when no margin is known),
        `expected_value` (money: discounted margin within the horizon, or revenue when no margin
        is known), `low` and `high` (95 % interval of the expected value: how far it rests on
        the parameters' uncertainty, not what one customer may happen to do). All but the id are
        null when no model can be used.
    """
    valued = _valued(counts, fits, horizon_days, discount_rate, margin_rate)
    names = ("expected_spend", "expected_margin", "expected_value", "low", "high")
    return valued.select("customer_id", "p_alive", "expected_orders", "p_no_order", *names)


def total_value(
    counts: ibis.Table,
    fits: ValueFits,
    *,
    horizon_days: int = 365,
    discount_rate: float = 0.10,
    margin_rate: float | None = None,
) -> pd.DataFrame:
    """What to expect of all customers together.

    Customers share the parameters, so their lows don't add up to the low of the total.

    Parameters
    ----------
    counts, fits, horizon_days, discount_rate, margin_rate
        As in `customer_values`.

    Returns
    -------
    DataFrame
        One row: `customer_count`, `expected_orders`, `expected_value` (money), `low`, `high`
        (95 % interval of the expected value); null when no model can be used.
    """
    valued = _valued(counts, fits, horizon_days, discount_rate, margin_rate)
    slopes = [*_order_slopes(fits), *_SPEND_SLOPES]
    sums = valued.agg(
        customer_count=_.count(),
        expected_orders=_.expected_orders.sum(),
        expected_value=_.expected_value.sum(),
        **{slope: (_.expected_value * _[slope]).sum() for slope in slopes},
    ).to_pandas()
    total = sums["expected_value"].iloc[0]
    by_log = (sums[slopes].iloc[0] / total).fillna(0.0) if total else sums[slopes].iloc[0] * 0.0
    orders, spend = by_log[:-3].to_numpy(), by_log[-3:].to_numpy()
    variance = _quadratic(orders, fits.buying_covariance) + _quadratic(spend, fits.spend_covariance)
    known = bool(fits.chosen) and fits.buying_covariance is not None
    spread = np.exp(_Z * np.sqrt(variance)) if known else np.nan
    summed = sums[["customer_count", "expected_orders", "expected_value"]]
    return summed.assign(low=total / spread, high=total * spread)


_SPEND_SLOPES = ("by_p", "by_q", "by_gamma")


def _order_slopes(fits: ValueFits) -> list[str]:
    return [f"by_{name}" for name in PARAMETERS[fits.chosen]] if fits.chosen else []


def _valued(
    counts: ibis.Table,
    fits: ValueFits,
    horizon_days: int,
    discount_rate: float,
    margin_rate: float | None,
) -> ibis.Table:
    """Values with the slopes of their logarithm by the logarithm of each parameter."""
    foretold = _foretold(counts, fits, horizon_days, discount_rate)
    spent = foretold.mutate(**_spend(foretold, fits))
    value = spent.discounted_orders * spent.expected_spend
    margin = (
        spent.expected_orders * spent.expected_spend * margin_rate
        if margin_rate is not None
        else ibis.null("float64")
    )
    variance = _quadratic(
        [spent[slope] for slope in _order_slopes(fits)], fits.buying_covariance
    ) + _quadratic([spent[slope] for slope in _SPEND_SLOPES], fits.spend_covariance)
    known = bool(fits.chosen) and fits.buying_covariance is not None
    # Rounding may leave a variance a hair below 0.
    spread = (_Z * ibis.greatest(variance, 0.0).sqrt()).exp() if known else ibis.null("float64")
    valued = spent.mutate(
        expected_margin=margin, expected_value=value * (1.0 if margin_rate is None else margin_rate)
    )
    if margin_rate is not None and margin_rate < 0:
        return valued.mutate(low=_.expected_value * spread, high=_.expected_value / spread)
    return valued.mutate(low=_.expected_value / spread, high=_.expected_value * spread)


def _foretold(
    counts: ibis.Table, fits: ValueFits, horizon_days: int, discount_rate: float
) -> ibis.Table:
    names = ("p_alive", "expected_orders", "p_no_order", "discounted_orders")
    if not fits.chosen:
        return counts.mutate(**{name: ibis.null("float64") for name in names})
    rows = unique_counts(counts).to_pandas()[list(_KEYS)]
    forecasts = order_forecasts(
        rows,
        fits.buying[fits.chosen],
        horizon_days=horizon_days,
        discount_rate=discount_rate,
    )
    told = ibis.memtable(pd.concat([rows, forecasts], axis=1))
    return counts.join(told, list(_KEYS))


def _spend(rows: ibis.Table, fits: ValueFits) -> dict[str, ibis.Value]:
    """Expected money per order, p (γ + x z) / (p x + q − 1), and the slopes of its logarithm."""
    nothing = ibis.literal(0.0)
    if not fits.chosen:
        return {"expected_spend": ibis.null("float64"), **dict.fromkeys(_SPEND_SLOPES, nothing)}
    if not fits.knows_spend:
        mean = ibis.literal(fits.mean_spend)
        return {"expected_spend": mean, **dict.fromkeys(_SPEND_SLOPES, nothing)}
    p, q, gamma = (float(fits.spend.parameters[name]) for name in ("p", "q", "gamma"))
    shape = p * rows.frequency + (q - 1)
    scale = gamma + rows.frequency * rows.monetary_value
    return {
        "expected_spend": p * scale / shape,
        "by_p": 1 - p * rows.frequency / shape,
        "by_q": -q / shape,
        "by_gamma": gamma / scale,
    }


def _quadratic(slopes: Sequence[Any], covariance: Floats | None) -> Any:
    """Σ slope × slope × covariance, of numbers or of columns; 0 when nothing is known."""
    if covariance is None or not len(slopes):
        return 0.0
    terms = [
        slope * other * float(covariance[i, j])
        for i, slope in enumerate(slopes)
        for j, other in enumerate(slopes)
    ]
    return sum(terms[1:], terms[0])

"""Subscriptions: how many renew each time, and how long those who stay will stay."""

import ibis
import numpy as np
import pandas as pd
from ibis import _

from crm_strategy.analysis.contract_models import (
    sbg_residual_periods,
    sbg_retention,
    sbg_survival,
)
from crm_strategy.analysis.intervals import share_interval
from crm_strategy.analysis.model_fits import Fit, fit_sbg

MONTH_DAYS = 365.25 / 12

RETENTION_COLUMNS = (
    *("period", "customer_count", "renewed_count", "retention_rate", "low", "high"),
    *("expected_rate", "expected_survival", "expected_periods"),
)


def subscription_counts(
    counts: ibis.Table, *, period_days: float | None = MONTH_DAYS, grace_days: int = 15
) -> pd.DataFrame:
    """Subscribers by the number of periods they paid for, those who left and those who stay.

    The first payment opens the first period. Payments are counted by the days from the first
    to the last, so that one paid late or twice is no period less or more.

    Parameters
    ----------
    counts
        `recency`, `T` (days), as of `purchase_counts.purchase_counts` of the payments.
    period_days
        Days that a payment pays for; None where orders are no payments of subscribers.
    grace_days
        Days after the end of a paid period within which a subscriber has not left.

    Returns
    -------
    DataFrame
        A row for each of 1 to the most periods: `period`, `days` (those paid for until its
        end), `churned` (paid for that many and then left), `active` (paid for that many, next
        payment not yet overdue). No rows without subscribers.
    """
    if period_days is None:
        return pd.DataFrame(columns=["period", "days", "churned", "active"])
    paid = (_.recency / period_days).round().cast("int64") + 1
    overdue = _["T"] - _.recency > period_days + grace_days
    sums = (
        counts.mutate(period=paid, left=overdue)
        .group_by("period")
        .agg(churned=_.left.sum(), active=(~_.left).sum())
        .to_pandas()
        .set_index("period")
    )
    most = int(sums.index.max()) if len(sums) else 0
    whole = pd.RangeIndex(1, most + 1, name="period")
    periods = sums.reindex(whole, fill_value=0).astype("int64").reset_index()
    periods.insert(1, "days", periods["period"] * period_days)
    return periods


def fit_subscription(periods: pd.DataFrame) -> Fit:
    """Fit the shifted beta-geometric model to the subscribers of all starts.

    Parameters
    ----------
    periods
        Result of `subscription_counts`.

    References
    ----------
    Fader & Hardie (2007), Journal of Interactive Marketing 21(1). doi:10.1002/dir.20074
    """
    # Who paid for k periods renewed k − 1 times, and left, if at all, at the k-th renewal.
    return fit_sbg(periods["churned"].tolist(), periods["active"].tolist()[1:])


def subscription_retention(
    periods: pd.DataFrame,
    fit: Fit,
    *,
    ahead: int = 12,
    discount_rate: float = 0.10,
) -> pd.DataFrame:
    """Renewals as they came and as the model expects them, and what lies ahead.

    Parameters
    ----------
    periods
        Result of `subscription_counts`.
    fit
        Result of `fit_subscription`.
    ahead
        Periods to show beyond those observed.
    discount_rate
        Loss of worth of money per year, a fraction. At 0 the paid periods to come have no
        value: over all time their sum may have no end.

    Returns
    -------
    DataFrame
        By `period`, the renewal at its end: `customer_count` (subscribers who faced it),
        `renewed_count`, `retention_rate` with `low` and `high` (95 %; null where nobody faced
        it), `expected_rate`, `expected_survival` (share of all starters who renew until then)
        and `expected_periods` (paid periods still to come of who has renewed then, discounted);
        the last three null when nothing could be fitted.
    """
    if periods.empty:
        return pd.DataFrame(columns=list(RETENTION_COLUMNS))
    whole = pd.RangeIndex(1, len(periods) + ahead + 1, name="period")
    paid_for = periods.set_index("period")[["churned", "active"]]
    known = paid_for.reindex(whole, fill_value=0)
    # Whoever paid for more periods than k has renewed at the end of the k-th.
    paid = known.sum(axis=1)
    renewed = paid.sum() - paid.cumsum()
    faced = renewed + known["churned"]
    table = pd.DataFrame({"customer_count": faced, "renewed_count": renewed})
    table["retention_rate"] = renewed / faced.where(faced > 0)
    bounds = [share_interval(*pair) for pair in zip(renewed, faced, strict=True)]
    table[["low", "high"]] = np.array(bounds, dtype="float64")
    table = table.assign(expected_rate=np.nan, expected_survival=np.nan, expected_periods=np.nan)
    if np.isfinite(fit.parameters).all():
        a_period = (1 + discount_rate) ** (periods["days"].iloc[0] / 365.25) - 1
        table["expected_rate"] = sbg_retention(fit.parameters, whole)
        table["expected_survival"] = sbg_survival(fit.parameters, whole)
        table["expected_periods"] = sbg_residual_periods(
            fit.parameters, whole, discount_rate=a_period
        )
    return table.reset_index()[list(RETENTION_COLUMNS)]

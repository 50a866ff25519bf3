"""Subscriptions: periods paid, renewals, and the shifted beta-geometric model."""

from itertools import pairwise

import pandas as pd
import pytest

from crm_strategy.analysis.subscription import (
    MONTH_DAYS,
    RETENTION_COLUMNS,
    fit_subscription,
    subscription_counts,
    subscription_retention,
)
from tests.analysis.builders import records, table


def payers(*rows):
    """Payers as (days from first to last payment, days from the first to the last observed)."""
    names = {"recency": "int64", "T": "int64"}
    return table(names, [dict(zip(names, row, strict=True)) for row in rows])


def periods(churned, active):
    rows = pd.DataFrame({"period": range(1, len(churned) + 1), "churned": churned})
    return rows.assign(active=active, days=rows["period"] * MONTH_DAYS)


def regular():
    """The regular customers of the paper: 1,000 starters, survivors of seven renewals."""
    survivors = [1000, 631, 468, 382, 326, 289, 262, 241]
    churned = [before - after for before, after in pairwise(survivors)]
    return periods([*churned, 0], [0] * 7 + [241])


def test_periods_are_counted_by_days_not_by_payments():
    # Months of 28 to 31 days; the second payer is overdue, the third still within grace.
    found = subscription_counts(payers((365, 370), (59, 120), (92, 130)))
    assert records(found.query("churned + active > 0"), "period", "churned", "active") == [
        (3, 1, 0),
        (4, 0, 1),
        (13, 0, 1),
    ]
    assert list(found["period"]) == list(range(1, 14))


def test_without_payers_there_are_no_periods():
    found = subscription_counts(payers())
    assert list(found) == ["period", "days", "churned", "active"]
    assert found.empty
    retention = subscription_retention(found, fit_subscription(regular()))
    assert list(retention) == list(RETENTION_COLUMNS)
    assert retention.empty


def test_sbg_of_regular_customers_matches_fader_hardie_2007():
    fit = fit_subscription(regular())
    assert fit.parameters.to_dict() == pytest.approx({"alpha": 0.7041, "beta": 1.1820}, abs=1e-4)


def test_retention_as_it_came_and_as_expected():
    fit = fit_subscription(regular())
    found = subscription_retention(regular(), fit, ahead=5)
    first = found.iloc[0]
    assert first[["customer_count", "renewed_count"]].tolist() == [1000, 631]
    assert first["retention_rate"] == 0.631
    assert first["low"] < 0.631 < first["high"]
    # (β + t − 1) / (α + β + t − 1) at t = 1.
    assert first["expected_rate"] == pytest.approx(1.1820 / 1.8861, abs=1e-4)
    assert found["expected_survival"].iloc[6] == pytest.approx(0.241, abs=0.01)
    # Those who stayed long stay longer.
    assert found["expected_periods"].is_monotonic_increasing
    ahead = found.tail(5)
    assert ahead["retention_rate"].isna().all()
    assert ahead["expected_rate"].notna().all()


def test_subscribers_whose_next_payment_is_not_due_have_faced_no_renewal():
    found = subscription_retention(
        periods([10, 0], [50, 40]), fit_subscription(periods([10, 0], [50, 40])), ahead=0
    )
    assert records(found, "customer_count", "renewed_count") == [(50, 40), (0, 0)]


def test_clients_without_subscribers_have_no_renewals():
    paid = subscription_counts(payers((365, 370)), period_days=None)
    fit = fit_subscription(paid)
    assert fit.customer_count == 0
    assert subscription_retention(paid, fit).empty


def test_money_to_come_is_discounted_by_the_days_of_a_payment():
    # A year's fee loses a tenth a year, a month's a twelfth of that: more months are to come.
    months, years = regular(), regular().assign(days=lambda rows: rows["period"] * 365.25)
    monthly, yearly = (
        subscription_retention(each, fit_subscription(each))["expected_periods"].iloc[0]
        for each in (months, years)
    )
    assert yearly < monthly


def test_where_nobody_left_nothing_is_expected():
    stay = periods([0, 0], [5, 95])
    found = subscription_retention(stay, fit_subscription(stay))
    assert found["retention_rate"].iloc[0] == 1.0
    assert found[["expected_rate", "expected_survival", "expected_periods"]].isna().all(axis=None)

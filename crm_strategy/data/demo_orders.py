"""The demo shop's orders: a BG/NBD process that seasons, touches and tests speed up."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_strategy.data.demo_customers import DAYS, day_hours, day_number
from crm_strategy.data.demo_truth import TRUTH, TrueTest


@dataclass(frozen=True)
class Purchases:
    """What the process gave."""

    orders: pd.DataFrame
    """`customer` (row number), `at` (days), `cause` (row of the touch that led to it, or -1)."""
    left_at: np.ndarray
    """Day on which each customer left for good; infinite for those who still buy."""


def draw_purchases(
    random: np.random.Generator,
    customers: pd.DataFrame,
    touches: pd.DataFrame,
    tests: pd.DataFrame,
) -> Purchases:
    """Draw every order of known customers.

    The order rate of customer i on day d is rate_i x season(d) x (1 + sum of the lifts of the
    touches of the last seven days and of a test's variant). The parts of the sum are drawn as
    Poisson processes of their own and laid upon another, so each order has one cause. After
    each repeat order the customer leaves for good with the chance drop_out_i.

    Parameters
    ----------
    customers, touches
        As drawn.
    tests
        `customer`, `at` (days), `lift`: customers of a test's variant.
    """
    pace = np.concatenate([[0.0], np.cumsum(_pace())])
    weekly = customers["rate_weekly"].to_numpy()
    first = customers["first_at"].to_numpy()
    buyers = np.flatnonzero(~np.isnan(first))
    lifts = touches["channel"].map({name: c.lift for name, c in TRUTH.channels.items()})
    steady = _steady(random, buyers, first, weekly, pace)
    by_touch = _raised(random, touches.assign(lift=lifts), weekly, TRUTH.touch_days)
    by_test = _raised(random, tests, weekly, TRUTH.test_effect_days)
    parts = [
        _without_cause(buyers, first[buyers]),
        _without_cause(*steady),
        by_touch,
        _without_cause(*by_test[:2]),
    ]
    customer, at, cause = (np.concatenate(column) for column in zip(*parts, strict=True))
    kept = (
        (at < DAYS) & (at >= first[customer]) & (at < customers["lapses_at"].to_numpy()[customer])
    )
    orders = pd.DataFrame({"customer": customer, "at": at, "cause": cause})[kept]
    orders = orders.sort_values(["customer", "at"], kind="stable", ignore_index=True)
    return _until_they_leave(random, orders, customers)


def _without_cause(
    customer: np.ndarray, at: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return customer, at, np.full(len(customer), -1)


def _pace() -> np.ndarray:
    """Index of the order rate, a day."""
    calendar = pd.date_range(TRUTH.start, periods=DAYS)
    season = np.array(TRUTH.order_season)[calendar.month - 1]
    weekday = np.array(TRUTH.order_weekday)[calendar.day_of_week]
    fallen = np.where(np.arange(DAYS) >= day_number(TRUTH.fall_from), TRUTH.fall_factor, 1.0)
    return np.asarray(season * weekday * fallen)


def _steady(
    random: np.random.Generator,
    buyers: np.ndarray,
    first: np.ndarray,
    weekly: np.ndarray,
    pace: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Orders nothing led to: a Poisson process on a clock that runs at the season's pace."""
    clock = np.arange(DAYS + 1)
    since = np.interp(first[buyers], clock, pace)
    counts = random.poisson(weekly[buyers] / 7 * (pace[-1] - since))
    row = np.repeat(np.arange(len(buyers)), counts)
    run = since[row] + random.random(len(row)) * (pace[-1] - since[row])
    day = np.floor(np.interp(run, pace, clock))
    at = np.minimum(day, DAYS - 1) + day_hours(random, len(row))
    # On the first day itself the hour may come out before the first order's.
    at = np.maximum(at, first[buyers][row] + 0.01)
    return buyers[row], at


def _raised(
    random: np.random.Generator, touches: pd.DataFrame, weekly: np.ndarray, days: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Orders a touch led to, within `days` of it."""
    customer, touched, lift = (touches[name].to_numpy() for name in ("customer", "at", "lift"))
    pace = _pace()[np.minimum(touched.astype(int), DAYS - 1)]
    counts = random.poisson(weekly[customer] / 7 * days * lift * pace)
    cause = np.repeat(np.arange(len(customer)), counts)
    after = touched[cause] + random.random(len(cause)) * days
    hours = day_hours(random, len(cause))
    at = np.maximum(np.floor(after) + hours, touched[cause] + random.uniform(0.01, 0.1, len(cause)))
    return customer[cause], at, cause


def _until_they_leave(
    random: np.random.Generator, orders: pd.DataFrame, customers: pd.DataFrame
) -> Purchases:
    customer = orders["customer"].to_numpy()
    number = orders.groupby("customer").cumcount().to_numpy()
    leaves = (number > 0) & (
        random.random(len(orders)) < customers["drop_out"].to_numpy()[customer]
    )
    left_before = pd.Series(leaves).groupby(customer).cumsum().to_numpy() - leaves
    kept = left_before == 0
    left_at = customers["lapses_at"].to_numpy().copy()
    last = kept & leaves
    left_at[customer[last]] = orders["at"].to_numpy()[last]
    return Purchases(orders[kept].reset_index(drop=True), left_at)


def draw_test(
    random: np.random.Generator,
    customers: pd.DataFrame,
    consents: pd.DataFrame,
    test: TrueTest,
) -> pd.DataFrame:
    """Draw who takes part in an A/B test and in which variant.

    Returns
    -------
    DataFrame
        `customer` (row number), `at` (days), `experiment`, `variant`, `lift`.
    """
    at = day_number(test.assigned) + 10 / 24
    agreed = consents[consents["channel"] == test.channel]
    agreed = agreed[(agreed["granted"] < at) & (agreed["withdrawn"] > at)]
    known = np.intersect1d(
        np.flatnonzero(customers["first_at"].to_numpy() < at - 1), agreed["customer"].to_numpy()
    )
    chosen = np.sort(random.choice(known, round(test.share * len(known)), replace=False))
    treated = random.random(len(chosen)) < 0.5
    return pd.DataFrame(
        {
            "customer": chosen,
            "at": at,
            "experiment": test.experiment,
            "variant": np.where(treated, test.variant, "control"),
            "lift": np.where(treated, test.lift, 0.0),
        }
    )

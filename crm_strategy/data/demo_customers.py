"""The demo shop's customers: who they are and, hidden from the files, how they truly buy."""

from datetime import date

import numpy as np
import pandas as pd

from crm_strategy.data.demo_truth import TRUTH

DAYS = (TRUTH.end - TRUTH.start).days + 1
"""Days the data cover; all times are days since midnight of the first one."""

# Country, region, city, kind of area, share of customers, has a shop.
_PLACES = (
    ("DE", "Berlin", "Berlin", "city", 0.19, True),
    ("DE", "Hamburg", "Hamburg", "city", 0.11, True),
    ("DE", "Bayern", "München", "city", 0.10, True),
    ("DE", "Bayern", "Regensburg", "town", 0.04, False),
    ("DE", "Sachsen", "Leipzig", "city", 0.08, True),
    ("DE", "Nordrhein-Westfalen", "Köln", "city", 0.08, False),
    ("DE", "Nordrhein-Westfalen", "Münster", "town", 0.05, False),
    ("DE", "Baden-Württemberg", "Freiburg", "town", 0.06, False),
    ("DE", "Baden-Württemberg", "Tübingen", "town", 0.03, False),
    ("DE", "Brandenburg", "Potsdam", "town", 0.04, False),
    ("DE", "Brandenburg", "Uckermark", "village", 0.03, False),
    ("DE", "Niedersachsen", "Wendland", "village", 0.03, False),
    ("DE", "Hessen", "Kassel", "town", 0.03, False),
    ("AT", "Wien", "Wien", "city", 0.08, False),
    ("AT", "Tirol", "Innsbruck", "town", 0.03, False),
    ("NL", "Utrecht", "Utrecht", "town", 0.02, False),
)


def day_number(day: date) -> int:
    """Days from the opening to `day`."""
    return (day - TRUTH.start).days


def times(days: np.ndarray) -> np.ndarray:
    """Points in days as local timestamps to the minute; NaN as NaT."""
    minutes = np.floor(np.where(np.isnan(days), 0, days) * 1440 + 1e-6).astype("timedelta64[m]")
    stamps = np.datetime64(TRUTH.start, "m") + minutes
    return np.where(np.isnan(days), np.datetime64("NaT", "m"), stamps)


def draw_customers(random: np.random.Generator, count: int) -> pd.DataFrame:
    """Draw customers with their visible attributes and their hidden way of buying.

    Returns
    -------
    DataFrame
        `customer_id`, `kind`, `created` and `first_at` (days since the opening; `first_at` is
        NaN where nobody ever bought), attributes, and hidden: `rate_weekly`, `drop_out`,
        `mean_order_value`, `lapses_at` (days, infinite but for the lapsed group), `near_shop`.
    """
    buys = random.permutation(count) >= round(TRUTH.never_bought * count)
    joined = _joining_days(random, count)
    order = np.argsort(joined, kind="stable")
    joined, buys = joined[order], buys[order]
    lag = random.exponential(4.0, count) * (random.random(count) < 0.35)
    customers = pd.DataFrame(
        {
            "customer_id": [f"C-{number:06d}" for number in range(1, count + 1)],
            "kind": np.where(random.random(count) < 0.03, "company", "person"),
            "created": np.maximum(joined - lag, 0.0),
            "first_at": np.where(buys, joined, np.nan),
            "rate_weekly": random.gamma(TRUTH.rate_shape, 1 / TRUTH.rate_scale_weeks, count),
            "drop_out": random.beta(TRUTH.drop_out_a, TRUTH.drop_out_b, count),
            "mean_order_value": TRUTH.spend_mean
            * (TRUTH.spend_mean_shape - 1)
            / random.gamma(TRUTH.spend_mean_shape, 1.0, count),
            "lapses_at": np.inf,
        }
    )
    customers = _with_lapsed_group(random, customers)
    return _with_attributes(random, customers)


def _joining_days(random: np.random.Generator, count: int) -> np.ndarray:
    calendar = pd.date_range(TRUTH.start, periods=DAYS)
    weights = np.array(TRUTH.new_customer_season)[calendar.month - 1]
    weights = weights * (1 + TRUTH.opening_rush * (np.arange(DAYS) < 61))
    reached = np.concatenate([[0.0], np.cumsum(weights / weights.sum())])
    days = np.floor(np.interp(random.random(count), reached, np.arange(DAYS + 1)))
    return np.asarray(np.minimum(days, DAYS - 1) + day_hours(random, count))


def day_hours(random: np.random.Generator, count: int) -> np.ndarray:
    """Times of day, as parts of a day, with a peak at noon and a higher one in the evening."""
    evening = random.random(count) < 0.58
    hours = np.where(evening, random.normal(20.0, 1.7, count), random.normal(12.2, 2.2, count))
    return np.asarray(np.clip(hours, 6.0, 23.9) / 24)


def _with_lapsed_group(random: np.random.Generator, customers: pd.DataFrame) -> pd.DataFrame:
    early = np.flatnonzero(customers["first_at"].to_numpy() < 300)
    size = min(round(TRUTH.lapsed_share * len(customers)), len(early))
    chosen = random.choice(early, size, replace=False)
    first, last = (day_number(day) for day in TRUTH.lapsed_between)
    customers.loc[chosen, "kind"] = "company"
    customers.loc[chosen, "rate_weekly"] = TRUTH.lapsed_rate * random.uniform(0.8, 1.2, size)
    customers.loc[chosen, "drop_out"] = 0.0
    customers.loc[chosen, "mean_order_value"] = (
        TRUTH.spend_mean * TRUTH.lapsed_spend * random.uniform(0.85, 1.15, size)
    )
    customers.loc[chosen, "lapses_at"] = random.uniform(first, last, size)
    return customers


def _with_attributes(random: np.random.Generator, customers: pd.DataFrame) -> pd.DataFrame:
    count = len(customers)
    company = (customers["kind"] == "company").to_numpy()
    place = random.choice(len(_PLACES), count, p=[row[4] for row in _PLACES])
    for column, position in (("country", 0), ("region", 1), ("city", 2), ("area_type", 3)):
        customers[column] = np.array([row[position] for row in _PLACES])[place]
    customers["near_shop"] = np.array([row[5] for row in _PLACES])[place]
    customers["source_channel"] = _sources(random, customers["rate_weekly"].to_numpy())
    gender = random.choice(["female", "male", ""], count, p=[0.62, 0.32, 0.06])
    customers["gender"] = np.where(company, "", gender)
    age_days = np.clip(random.normal(41, 12, count), 18, 84) * 365.25
    born = np.datetime64(TRUTH.end) - age_days.astype("timedelta64[D]")
    unknown = company | (random.random(count) < 0.14)
    customers["birth_date"] = np.where(unknown, np.datetime64("NaT", "D"), born)
    household = random.choice(
        ["single", "couple", "family", "shared"], count, p=[0.28, 0.33, 0.3, 0.09]
    )
    customers["household"] = np.where(company, "", household)
    # The more often people buy, the likelier they hold a card: it is a consequence, no cause.
    share = customers["rate_weekly"].rank(pct=True).to_numpy()
    customers["loyalty_card"] = np.where(random.random(count) < 0.15 + 0.4 * share, "yes", "no")
    return customers


def _sources(random: np.random.Generator, rates: np.ndarray) -> np.ndarray:
    names = list(TRUTH.sources)
    even = np.array([TRUTH.sources[name][0] for name in names])
    referral = np.array([name == "referral" for name in names])
    best = rates >= np.quantile(rates, 0.75)
    # Three quarters below make room, so that referrals keep their share of all customers.
    rest = (4 - TRUTH.referral_tilt) / 3
    tilt = np.where(best[:, None], TRUTH.referral_tilt, rest)
    chances = np.where(referral, even * tilt, even)
    reached = np.cumsum(chances / chances.sum(axis=1, keepdims=True), axis=1)
    drawn = (random.random(len(rates))[:, None] > reached[:, :-1]).sum(axis=1)
    return np.asarray(np.array(names)[drawn])

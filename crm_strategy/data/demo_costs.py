"""What the demo shop's channels cost, by month, and what was planned."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from crm_strategy.data.demo_customers import day_number
from crm_strategy.data.demo_truth import TRUTH

_ITEMS = {
    "email": {"tools": 0.45, "people": 0.55},
    "sms": {"tools": 1.0},
    "push": {"tools": 0.6, "people": 0.4},
    "messenger": {"tools": 0.4, "people": 0.6},
    "call": {"people": 1.0},
    "shop": {"media": 0.55, "people": 0.45},
}
# A channel's monthly cost is split over these items; the price of its touches joins the first.
_SAMPLES_AT_CHRISTMAS = 420.0
_PLANNED_YEAR = 2026

_Row = tuple[date, date, str, str, str, float]


def draw_costs(
    random: np.random.Generator, customers: pd.DataFrame, touches: pd.DataFrame
) -> pd.DataFrame:
    """Draw the costs of each month; they grow with the number of customers.

    Returns
    -------
    DataFrame
        `period_start`, `period_end`, `channel`, `cost_item`, `cost_kind`, `amount` (EUR).
    """
    months = pd.date_range(TRUTH.start, TRUTH.end, freq="MS")
    edges = np.array([day_number(month.date()) for month in months])
    touched = _by_month(touches["channel"], touches["at"], edges)
    joined = _by_month(customers["source_channel"], customers["first_at"], edges)
    size = len(customers) / 6000
    rows = [
        row
        for number, month in enumerate(months)
        for row in _month(random, month, touched.loc[number], joined.loc[number], size)
    ]
    columns = ["period_start", "period_end", "channel", "cost_item", "cost_kind", "amount"]
    return pd.DataFrame(rows, columns=columns)


def _by_month(name: pd.Series, at: pd.Series, edges: np.ndarray) -> pd.DataFrame:
    known = at.notna()
    month = np.searchsorted(edges, at[known], side="right") - 1
    names = [*TRUTH.channels, *TRUTH.sources]
    counts = pd.crosstab(pd.Series(month), pd.Series(name[known].to_numpy()))
    return counts.reindex(
        index=range(len(edges)), columns=pd.unique(pd.Series(names)), fill_value=0
    )


def _month(
    random: np.random.Generator,
    month: pd.Timestamp,
    touched: pd.Series,
    joined: pd.Series,
    size: float,
) -> Iterator[_Row]:
    first = month.date()
    last = (month + pd.offsets.MonthEnd(0)).date()
    planned = month.year == _PLANNED_YEAR
    for channel, items in _ITEMS.items():
        truth = TRUTH.channels[channel]
        touching = truth.per_touch * touched[channel]
        for position, (item, share) in enumerate(items.items()):
            even = share * truth.monthly * size
            amount = even * random.lognormal(0, 0.03) + (touching if position == 0 else 0.0)
            yield first, last, channel, item, "actual", round(amount, 2)
            if planned:
                plan = even + (touching if position == 0 else 0.0)
                yield first, last, channel, item, "planned", float(round(plan, -1))
    for channel, price in TRUTH.media_per_customer.items():
        amount = price * joined[channel] * random.lognormal(0, 0.05)
        yield first, last, channel, "media", "actual", round(amount, 2)
        if planned:
            yield (
                first,
                last,
                channel,
                "media",
                "planned",
                float(round(price * joined[channel], -1)),
            )
    if month.month == 12:
        samples = _SAMPLES_AT_CHRISTMAS * size
        yield first, last, "shop", "goods", "actual", round(samples, 2)

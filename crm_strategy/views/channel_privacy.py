"""Orders and journeys of channels are hidden by the customers behind them, not by their number."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from crm_strategy.analysis.attribution import UNSHARED
from crm_strategy.views.privacy import rows_to_hide, small

UNTOUCHED: Final = "no_touch"
"""Stands for the orders without a touch in time."""

TOUCHED: Final = "is_touched"
"""Names the channels as one whole, which the table of channel costs sums, beside all orders."""

BEHIND: Final = {
    "lost_customers": "conversions_lost",
    "least_lost_customers": "least_conversions_lost",
    "journey_customers": "journey_count",
}
"""Of a switch-off, the customers behind orders and journeys: nothing shows them."""

_ROUNDING: Final = 1e-6


def with_customers(rows: pd.DataFrame, behind: Mapping[str, str]) -> pd.DataFrame:
    """Rows with the columns that count customers, each with that it stands for.

    Where none were counted, as with ready-made paths, orders and journeys count themselves.
    """
    counted = {name: rows[of] for name, of in behind.items() if name not in rows and of in rows}
    return rows.assign(**counted)


def least_customers(parts: float) -> float:
    """The fewest customers that so many parts of customers are of: whole ones."""
    return float(np.ceil(parts - _ROUNDING))


def ended_told(row: pd.Series) -> bool:
    """Whether all journeys with a channel may be told beside its orders.

    Those that ended in none follow from both.
    """
    return not small(row.get("null_customers")) or small(row["lost_customers"])


def rules_untold(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Of each rule that does not share an order, which rows would tell a small group.

    The channel's orders that such a rule gives to others are a group: those of all its journeys,
    which the switch-off lab tells, less those credited. They are counted, not the customers
    behind them. Of each rule as many channels are held back as leave two of them, and no small
    group, open; of its credit, too, as the table of channel costs does.
    """
    behind = {f"{rule}_customers": rule for rule in UNSHARED}
    known = with_customers(rows, behind | {"conversion_customers": "conversion_count"})
    touched = [channel != UNTOUCHED for channel in known["channel"]]
    found = {}
    for rule in UNSHARED:
        credited = known[f"{rule}_customers"].astype("float64")
        apart = (known["conversion_count"] - known[rule]).astype("float64").round(6)
        gone = np.zeros(len(rows), dtype=bool)
        for counts, wholes in (
            (credited, [touched, [0] * len(rows)]),
            (apart, [[0] * len(rows)]),
        ):
            given = [None if pd.isna(each) else float(each) for each in counts]
            gone[rows_to_hide(given, groups=wholes)] = True
        found[rule] = gone
    return found

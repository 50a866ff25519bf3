"""Orders and journeys of channels are hidden by the customers behind them, not by their number.

Which channels are held back beside small ones is decided once, from all that each led to, so that
the tables of channels, of attribution and of switch-offs leave out the same ones.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from crm_strategy.analysis.channel_crowds import LED, UNSHARED
from crm_strategy.analysis.channel_crowds import UNTOUCHED as BEHIND_UNTOUCHED
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.crowd_privacy import complete_crowds
from crm_strategy.views.privacy import small

UNTOUCHED: Final = "no_touch"
"""Stands for the orders without a touch in time."""

UNTOLD: Final = "channel_untold"
"""Names the guard of channels: 1 where the orders that one led to would tell a small group."""

BEHIND: Final = {
    "lost_customers": "conversions_lost",
    "least_lost_customers": "least_conversions_lost",
    "journey_customers": "journey_count",
}
"""Of a switch-off, the customers behind orders and journeys: nothing shows them."""


def with_customers(rows: pd.DataFrame, behind: Mapping[str, str]) -> pd.DataFrame:
    """Rows with the columns that count customers, each with that it stands for.

    Where none were counted, as with ready-made paths, orders and journeys count themselves.
    """
    counted = {name: rows[of] for name, of in behind.items() if name not in rows and of in rows}
    return rows.assign(**counted)


def told_switch_offs(single: Data) -> pd.DataFrame:
    """Single switch-offs with their guards, which count the customers behind orders and journeys.

    Orders that would tell those of a small channel beside it count as of few, and of journeys
    `journeys_untold` is 1 where all with the channel would tell those that ended in none.
    """
    rows = with_customers(frame_of(single), BEHIND)
    if rows.empty:
        return rows
    if LED in rows:
        untold = channels_untold(rows)
        names = ["lost_customers", "least_lost_customers"]
        rows = rows.assign(**{name: rows[name].where(~untold, 1.0) for name in names})
    told = rows.apply(ended_told, axis=1)
    return rows.assign(journeys_untold=np.where(told, np.nan, 1.0))


def told_plan(plan: Data, single: Data) -> pd.DataFrame:
    """Hold-out plans with the customers behind the orders at risk as `told_switch_offs` has them.

    Parameters
    ----------
    plan
        Result of `holdout_plan.holdout_plan`.
    single
        Result of `switch_offs.switch_offs` that it rests on, whole.
    """
    rows, risk = frame_of(plan), told_switch_offs(single)
    if rows.empty or "lost_customers" not in rows:
        return rows
    behind = risk.set_index("channel")["lost_customers"]
    return rows.assign(lost_customers=rows["channel"].map(behind).astype("float64"))


def ended_told(row: pd.Series) -> bool:
    """Whether all journeys with a channel may be told beside its orders.

    Those that ended in none follow from both.
    """
    return not small(row.get("null_customers")) or small(row["lost_customers"])


def channels_untold(rows: pd.DataFrame) -> np.ndarray:
    """The channels whose orders would tell a small group, and those hidden beside them.

    Each rule shares out all orders, which the reader knows, and channels those with a touch.

    Parameters
    ----------
    rows
        All channels, with or without a row of orders without a touch: `channel`,
        `conversion_count` and, where customers are known, the guards of `channel_crowds`.
    """
    return _untold(rows, rows["conversion_count"], rows.get(LED, rows["conversion_count"]))


def rules_untold(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Of each rule that does not share an order, which rows would tell a small group.

    The channel's orders that such a rule gives to others are a group: those of all its journeys,
    which the switch-off lab tells, less those credited. Of each rule as many channels are held
    back as leave two of them, and no small group, open; of its credit, too, as the table of
    channel costs does.

    Parameters
    ----------
    rows
        As in `channels_untold`, with the credit of each rule.
    """
    untold = channels_untold(rows)
    return {rule: _rule_untold(rows, rule, rows[rule], untold) for rule in UNSHARED}


def credited_untold(rows: pd.DataFrame) -> np.ndarray:
    """The channels whose orders, credited to the last touch, would tell a small group.

    Parameters
    ----------
    rows
        Result of `channel_costs.channel_costs`, whole.
    """
    orders = rows["order_count"]
    untold = np.zeros(len(rows), dtype=bool)
    if "conversion_count" in rows:
        untold = _rule_untold(rows, "last_touch", orders, channels_untold(rows))
    return _untold(rows, orders, rows.get("ordering_customers", orders), hide=untold)


def _rule_untold(
    rows: pd.DataFrame, rule: str, orders: pd.Series, untold: np.ndarray
) -> np.ndarray:
    less = (rows["conversion_count"] - orders).astype("float64").round(6)
    apart, own = rows.get(f"{rule}_apart", less), rows.get(f"{rule}_customers", orders)
    return _untold(rows, orders, own, apart=apart, hide=untold)


def _untold(
    rows: pd.DataFrame,
    sizes: pd.Series,
    crowds: pd.Series,
    *,
    apart: pd.Series | None = None,
    hide: Sequence[bool] | np.ndarray = (),
) -> np.ndarray:
    """Rows to hide by their customers, and by those behind what is apart from them."""
    touched = [not pd.isna(each) and each != UNTOUCHED for each in rows["channel"]]
    count, order, people = len(rows), list(sizes), list(crowds)
    alone = [*rows[BEHIND_UNTOUCHED].dropna()] if BEHIND_UNTOUCHED in rows else []
    if all(touched) and alone:
        # What no channel led to is a row of its own, though the table has none.
        touched, order, people = [*touched, False], [*order, np.inf], [*people, alone[0]]
    given = _known(people)
    gone = {at for at, is_hidden in enumerate(hide) if is_hidden}
    gone |= {at for at, each in given.items() if small(float(each))}
    wholes = [(given, {at for at in given if touched[at]}), (given, {*given})]
    if apart is not None:
        others = _known(list(apart))
        gone |= {at for at, each in others.items() if small(float(each))}
        wholes.append((others, {*others}))
    grew = bool(gone)
    while grew:
        before = len(gone)
        for of, members in wholes:
            if members & gone:
                complete_crowds(gone, {at: of[at] for at in members}, order)
        grew = len(gone) > before
    return np.array([at in gone for at in range(count)], dtype=bool)


def _known(crowds: Sequence[Any]) -> dict[int, Any]:
    """The crowds, or numbers, of anybody, by their place."""
    return {
        at: each
        for at, each in enumerate(crowds)
        if each is not None and float(each) == float(each) and float(each) > 0
    }

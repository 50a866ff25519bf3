"""Drivers of revenue that would tell what few customers did."""

from typing import Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import Suppress
from crm_strategy.views.payload import hidden, too_few
from crm_strategy.views.privacy import narrowed, rows_to_hide, small

BEHIND: Final = tuple(
    Suppress(count=count, hides=("contribution", "previous", "current"), within=("split",))
    for count in ("n", "previous_n")
)
"""The parts of a split sum to a change that the scorecard prints: none is hidden alone."""

_NOW: Final = ("new", "returned", "retained")
_THEN: Final = ("retained", "lost")
"""Flows that are together the customers of a period, whom the factors count."""

_MONEY: Final = ("contribution", "previous", "current")


def told_drivers(drivers: Data) -> pd.DataFrame:
    """The drivers without those of few customers that another can take in.

    Refunds to few who did not order are counted with the largest flow that has money in their
    period. Products of few customers are part of the mix already (`price_volume_mix`).
    """
    rows = frame_of(drivers)
    if rows.empty:
        return rows
    few = rows["n"].map(small) | rows["previous_n"].map(small)
    refunds = (rows["driver"] == "refunds") & few
    told = rows.copy()
    if refunds.any():
        largest = [_largest(told, names) for names in (_THEN, _NOW)]
        if None in largest:
            # Nobody to count them with: they are hidden as they are.
            refunds &= False
        for at, column, sign in zip(largest, ("previous", "current"), (-1, 1), strict=True):
            money = rows.loc[refunds, column].sum()
            told.loc[at, column] += money
            told.loc[at, "contribution"] += sign * money
    return told[~refunds].reset_index(drop=True)


def _largest(rows: pd.DataFrame, names: tuple[str, ...]) -> int | None:
    """Where the largest of some flows stands; None where nobody is in any of them."""
    flows = rows.loc[_are_flows(rows) & rows["driver"].isin(names), "n"].astype("float64")
    return int(flows.idxmax()) if len(flows) and flows.max() > 0 else None


def telling_flows(rows: pd.DataFrame) -> list[int]:
    """Positions of flows that few customers are in, and of those that they would follow from.

    Readers know the customers of both periods from the factors, and the new ones from the
    scorecard, where they are not few: so flows are parts of more than one whole. A flow tells
    also of those in it who were active all the same, beside the stages of the lifecycle.
    """
    at = [place for place, told in enumerate(_are_flows(rows)) if told]
    beside = rows["active_n"] if "active_n" in rows else rows["n"]
    least = rows["n"].where(~beside.map(small), beside)
    counts = [float(least.iloc[place]) for place in at]
    return [at[place] for place in rows_to_hide(counts, groups=_wholes(rows, at))]


def without_telling_flows(rows: pd.DataFrame) -> pd.DataFrame:
    """The drivers with the `telling_flows` hidden: people and money alike."""
    gone = telling_flows(rows)
    if not gone:
        return rows
    at = [place for place, told in enumerate(_are_flows(rows)) if told]
    counts = [float(rows["n"].iloc[place]) for place in at]
    unsaid = narrowed(counts, [at.index(place) for place in gone], _wholes(rows, at))
    columns = [*_MONEY, "n", "previous_n"]
    shown = rows.astype(dict.fromkeys(columns, "object"))
    for place in gone:
        for column in columns:
            shown.iat[place, shown.columns.get_loc(column)] = hidden()
        if small(rows["n"].iloc[place]) and at.index(place) not in unsaid:
            shown.iat[place, shown.columns.get_loc("n")] = too_few()
    return shown


def without_telling_products(rows: pd.DataFrame) -> pd.DataFrame:
    """The drivers without customers of products whom but few customers who ordered are beside.

    Lines of orders are of customers who ordered: both numbers would tell who has no line, or
    none of such a product.
    """
    factors = rows[rows["split"] == "factors"]
    if factors.empty:
        return rows
    shown = rows.copy()
    for column in ("n", "previous_n"):
        apart = (rows[column] - factors[column].iloc[0]).abs()
        few = (rows["split"] == "products") & apart.map(small)
        if few.any():
            shown[column] = shown[column].astype("object")
            for at in rows.index[few]:
                shown.at[at, column] = hidden()
    return shown


def _are_flows(rows: pd.DataFrame) -> pd.Series:
    return (rows["split"] == "flows") & rows["driver"].isin({*_NOW, *_THEN})


def _wholes(rows: pd.DataFrame, at: list[int]) -> list[list[object]]:
    """For each sum that is known, the whole of each flow; the flows beside it are their own."""
    names = [rows["driver"].iloc[place] for place in at]
    new = rows.loc[_are_flows(rows) & (rows["driver"] == "new"), "n"]
    sums: list[tuple[str, ...]] = [_NOW, _THEN]
    if not new.map(small).any():
        sums.append(tuple(name for name in _NOW if name != "new"))
    return [["" if name in known else name for name in names] for known in sums]

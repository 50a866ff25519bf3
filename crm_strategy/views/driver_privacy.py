"""Drivers of revenue that would tell what few customers did."""

import math
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from crm_strategy.analysis.drivers import OUTSIDE_LINES
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import Suppress
from crm_strategy.views.payload import hidden, is_hidden
from crm_strategy.views.privacy import small

BEHIND: Final = tuple(
    Suppress(count=count, hides=("contribution", "previous", "current"), within=("split",))
    for count in ("n", "previous_n")
)
"""The parts of a split sum to a change that the scorecard prints: none is hidden alone."""

_NOW: Final = ("new", "returned", "retained")
_THEN: Final = ("retained", "lost")
"""Flows that are together the customers of a period, whom the factors count."""

_MONEY: Final = ("contribution", "previous", "current")

_PERIODS: Final = ("current", "previous")
_PEOPLE: Final = ("n", "previous_n")
"""Columns of the money, and of the customers, of the period and of the one before."""

_OF_ORDERS: Final = ("frequency", "order_value")
"""Factors that tell the orders beside customers or revenue."""

_DIGITS: Final = 6
"""Sums are rounded so far that the order of adding decides nothing."""

_HERE_BEFORE: Final = ("returned", "retained")
_BEFORE: Final = ("returned", "retained", "lost")
_NOT_BEFORE: Final = ("new", "returned")
_AS_ONE: Final = {
    _HERE_BEFORE: "here_before",
    _BEFORE: "before",
    _NOT_BEFORE: "not_before",
    _NOW: "here_now",
}
"""Flows told as one, and their name."""

_LOST_APART: Final = (_HERE_BEFORE, _NOW)
"""Flows told as one beside the money of the lost, whose number would tell the retained."""


def shown_drivers(drivers: Data) -> pd.DataFrame:
    """The drivers as tables and charts show them: without what would tell a few."""
    told = without_few_outside_lines(told_drivers(drivers))
    return without_few_repeats(without_telling_flows(without_telling_products(told)))


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


def without_telling_flows(rows: pd.DataFrame) -> pd.DataFrame:
    """The drivers with flows told together, or hidden, where one alone would tell a few.

    Readers know the customers of both periods from the factors, and the new ones from the
    scorecard, where they are not few: each other flow follows from any one of them. Where it may
    not be told, those who stand together are of a number that is known anyway, and the money of
    the lost is told without their number. A flow tells also of those in it who were active all
    the same, beside the stages of the lifecycle.
    """
    here = rows.index[_are_flows(rows)]
    flows = rows.loc[here].set_index("driver")
    names = () if flows.empty else _told_as_one(flows)
    if names == ():
        return rows
    shown = rows.astype(dict.fromkeys([*_MONEY, *_PEOPLE], "object"))
    if names is None:
        return _hidden(shown, here, [*_MONEY, *_PEOPLE])
    if names in _LOST_APART:
        shown = _hidden(shown, here[rows.loc[here, "driver"] == "lost"], _PEOPLE)
    one = here[rows.loc[here, "driver"].isin(names)]
    for column, value in _as_one(flows.loc[list(names)], names).items():
        shown.at[one[0], column] = value
    return shown.drop(index=one[1:]).reset_index(drop=True)


def _told_as_one(flows: pd.DataFrame) -> tuple[str, ...] | None:
    """The flows that are told as one: none of them, or all hidden (None)."""
    new, returned, retained, lost = flows.loc[["new", "returned", "retained", "lost"], "n"]
    active = flows.at["returned", "active_n"] if "active_n" in flows else 0
    if not any(map(small, (new, returned, retained, lost, active))):
        return ()
    # Nobody is no few, but one flow of nobody tells all others.
    apart = all(n > 0 and not small(n) for n in (retained, lost))
    if not any(map(small, (new, returned + retained))):
        return _HERE_BEFORE if apart else _BEFORE
    if not any(map(small, (new + returned, retained, lost, active))):
        return _NOT_BEFORE
    return _NOW if apart else None


def _as_one(flows: pd.DataFrame, names: tuple[str, ...]) -> dict[str, object]:
    """The sums of several flows: their customers are those who ordered in each period."""
    sums: dict[str, object] = dict(flows[[*_MONEY, "previous_n"]].sum().round(_DIGITS))
    sums["n"] = flows.loc[[name for name in names if name in _NOW], "n"].sum()
    if names in _LOST_APART:
        sums["previous_n"] = hidden()
    return {"driver": _AS_ONE[names], **sums}


def _hidden(rows: pd.DataFrame, at: pd.Index, columns: Sequence[str]) -> pd.DataFrame:
    for row in at:
        for column in columns:
            rows.at[row, column] = hidden()
    return rows


def without_few_repeats(rows: pd.DataFrame) -> pd.DataFrame:
    """The drivers without the factors that tell the orders, where few ordered again.

    Of 300 customers with 304 orders at most 4 ordered again. Revenue by the value of an order
    tells the orders, too, and so does the scorecard: customers of such a period are hidden, as
    factor, as the sum of flows, and where all of them, or all but a few, have order lines.
    """
    again = few_repeats(rows)
    if not again:
        return rows
    factors, flows = (rows.index[rows["split"] == split] for split in ("factors", "flows"))
    lines = rows.index[rows["split"] == "products"]
    people = [_PEOPLE[_PERIODS.index(when)] for when in again]
    shown = rows.astype(dict.fromkeys([*_MONEY, *_PEOPLE], "object"))
    shown = _hidden(shown, factors, [*again, "contribution", *people])
    shown = _hidden(shown, flows, _PEOPLE)
    for when, count in zip(again, people, strict=True):
        orders = _orders(rows, when)
        near = [at for at in lines if small(orders - _number(rows.at[at, count]))]
        shown = _hidden(shown, pd.Index(near), [count])
    return shown


def few_repeats(rows: pd.DataFrame) -> list[str]:
    """The periods, `current` and `previous`, in which the factors tell that few ordered again."""
    factors = rows[rows["split"] == "factors"].set_index("driver")
    if not {"customers", *_OF_ORDERS} <= set(factors.index):
        return []
    people = factors.loc["customers"]
    return [when for when in _PERIODS if small(round(_orders(rows, when) - people[when]))]


def _orders(rows: pd.DataFrame, when: str) -> int:
    """Orders of known customers in a period."""
    factors = rows[rows["split"] == "factors"].set_index("driver")
    return round(float(factors.at["customers", when]) * float(factors.at["frequency", when]))


def _number(cell: Any) -> float:
    """A count, or NaN where it is hidden."""
    return math.nan if is_hidden(cell) else float(cell)


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


def without_few_outside_lines(rows: pd.DataFrame) -> pd.DataFrame:
    """The drivers with revenue outside order lines as part of the mix, where it is of few.

    Refunds without lines of 2 customers are such. Beside all revenue, which the scorecard tells,
    the revenue of the lines would tell it again: it is hidden in their period.
    """
    products = rows.index[rows["split"] == "products"]
    outside = products[rows.loc[products, "driver"] == OUTSIDE_LINES]
    mix = products[rows.loc[products, "driver"] == "mix"]
    if not (len(outside) and len(mix)):
        return rows
    few = [
        when
        for when, count in zip(_PERIODS, _PEOPLE, strict=True)
        if small(rows.at[outside[0], count])
    ]
    if not few:
        return rows
    told = rows.copy()
    told.loc[mix[0], "contribution"] += rows.loc[outside, "contribution"].sum()
    told = _hidden(told.astype(dict.fromkeys(few, "object")), products, few)
    return told.drop(index=outside).reset_index(drop=True)


def _are_flows(rows: pd.DataFrame) -> pd.Series:
    return (rows["split"] == "flows") & rows["driver"].isin({*_NOW, *_THEN})

"""Months of a product or category that few customers bought in: hidden, with what tells them.

The index averages 100 over the twelve, and the share of orders in the season is told: so the
months in the season, those outside it and all twelve are wholes. So are the products of a
category in a month.
"""

from typing import Final

import pandas as pd

from crm_strategy.views.payload import hidden
from crm_strategy.views.privacy import rows_to_hide, wholes_of, with_hidden
from crm_strategy.views.product_privacy import with_customers_in_steps
from crm_strategy.words import voice

ITEM: Final = ("level", "product_id")
"""What names a product or a category: two may bear one name."""

_WINDOW, _YEAR = 3, 12
_WITHIN: Final = (ITEM, (*ITEM, "is_in_window"), ("level", "of_category", "month"))


def told_seasons(seasons: pd.DataFrame) -> pd.DataFrame:
    """The months without those of few customers; `customer_count` in steps.

    The share of orders in the season is hidden where it would tell the orders of few customers
    outside it or in it, and with it how unlikely it is by chance.

    Parameters
    ----------
    seasons
        Result of `seasonality.seasonality`.
    """
    if seasons.empty:
        return seasons
    rows = _marked(seasons)
    gone = _months_to_hide(rows)
    told = with_hidden(
        rows, gone, hides=("index", "order_count", "revenue"), within=[(*ITEM, "is_in_window")]
    )
    told = with_customers_in_steps(told, rows)
    few = _telling(rows, gone)
    telling = [place for place, item in enumerate(_items(rows)) if item in few]
    for column in ("window_share", "p_adjusted"):
        told[column] = told[column].astype("object")
        told.iloc[telling, told.columns.get_loc(column)] = [hidden() for _ in telling]
    return told[seasons.columns]


def shares_not_told(seasons: pd.DataFrame) -> set[tuple[object, ...]]:
    """Products and categories, by `ITEM`, whose share of orders in the season is hidden."""
    if seasons.empty:
        return set()
    rows = _marked(seasons)
    return _telling(rows, _months_to_hide(rows))


def _marked(seasons: pd.DataFrame) -> pd.DataFrame:
    """The rows with whether the month is in the season, and of which category a product is."""
    rows = seasons.reset_index(drop=True)
    inside = (rows["month"] - rows["window_start"]) % _YEAR < _WINDOW
    # A category, and a product of none, is beside no other.
    own = rows["product_id"].where(rows["level"].eq("category") | rows["category"].isna())
    return rows.assign(is_in_window=inside, of_category=own.fillna(rows["category"]))


def _months_to_hide(rows: pd.DataFrame) -> list[int]:
    counts = [None if n != n else n for n in rows["customer_count"]]
    return rows_to_hide(counts, groups=wholes_of(rows, _WITHIN))


def _telling(rows: pd.DataFrame, gone: list[int]) -> set[tuple[object, ...]]:
    """Of which the hidden months in the season, or outside it, are one or of few customers."""
    unseen = rows.iloc[gone]
    unseen = unseen[unseen["customer_count"] > 0]
    sides = unseen.groupby([*ITEM, "is_in_window"])["customer_count"].agg(["size", "sum"])
    few = sides[(sides["size"] < 2) | (sides["sum"] < voice().min_cell)]
    return {tuple(names[:2]) for names in few.index}


def _items(rows: pd.DataFrame) -> list[tuple[object, ...]]:
    return list(rows[list(ITEM)].itertuples(index=False, name=None))

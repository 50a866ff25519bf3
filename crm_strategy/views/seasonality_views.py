"""Seasons by category and product: the table of indexes, and small multiples of them."""

from typing import Final

import pandas as pd

from crm_strategy.views.alt import alt_text
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.chart import Chart
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.layout import Layout
from crm_strategy.views.lines import Trend
from crm_strategy.views.multiples import small_multiples
from crm_strategy.views.payload import TablePayload, column_cells, numbers
from crm_strategy.views.product_findings import month_name
from crm_strategy.views.season_privacy import told_seasons
from crm_strategy.views.table import Table
from crm_strategy.words.numbers import format_count

MOST_DRAWN: Final = 12
"""Categories and products drawn: those of one season, then categories, then seasonal ones."""

_FIRST: Final = ("one_season", "seasonal", "even")
_RANK: Final = {("product", "one_season"): 0, ("category", "seasonal"): 1, ("category", "even"): 1}


def seasonality_table(seasons: Data) -> Table:
    """The index of each calendar month: 100 is the mean month; what has a season first."""
    rows = told_seasons(frame_of(seasons))
    if len(rows):
        rows = rows.sort_values("verdict", key=lambda each: each.map(_FIRST.index), kind="stable")
    return Table(
        _named(rows),
        id="seasonality",
        formats={
            "month": "text",
            "index": "count",
            "window_start": "text",
            "window_share": "share",
            "p_adjusted": "exact",
        },
        layout=Layout(
            columns=(
                *("product", "month", "index", "customer_count", "order_count", "revenue"),
                *("verdict", "level", "window_start", "window_share", "overall_share"),
                *("p_adjusted", "year_count", "product_id"),
            ),
            words={"verdict": "outlook.season.{}", "level": "outlook.level.{}"},
            sheet_only=(
                *("level", "window_start", "window_share", "overall_share", "p_adjusted"),
                *("year_count", "product_id"),
            ),
            rows_shown=24,
        ),
    )


def seasonality_chart(seasons: Data) -> Chart:
    """The year of what lives by a season, and of each category, side by side."""
    rows = told_seasons(frame_of(seasons))
    if len(rows):
        pairs = zip(rows["level"], rows["verdict"], strict=True)
        rank = pd.Series([_RANK.get(pair, 2 + (pair[1] == "even")) for pair in pairs], rows.index)
        order = rank.where(rank < 3).dropna().sort_values(kind="stable").index
        ranked = rows.loc[order]
        keys = ranked[["level", "product_id"]].drop_duplicates().head(MOST_DRAWN)
        rows = ranked.merge(keys, on=["level", "product_id"])
    figures = Table(
        _named(rows),
        id="seasonality",
        formats={"month": "text", "index": "count"},
        layout=Layout(
            columns=("product", "month", "index", "customer_count", "verdict"),
            words={"verdict": "outlook.season.{}"},
        ),
    )
    return Chart(
        figures,
        id="seasonality",
        kind="multiples",
        category="month",
        values=("index",),
        paint=_paint,
        alt=_alt,
        beside="seasonality",
    )


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    if rows.empty:
        return rows
    found = rows.assign(month=rows["month"].map(month_name))
    if "window_start" in rows:
        found["window_start"] = rows["window_start"].map(month_name)
    return found


def _paint(figures: TablePayload) -> Drawing:
    return small_multiples(
        [
            Trend(
                title=_title(name, months, values),
                labels=months,
                values=values,
                write=format_count,
                lower=[100.0] * len(values),
                upper=[100.0] * len(values),
            )
            for name, months, values in _years(figures)
        ]
    )


def _years(figures: TablePayload) -> list[tuple[str, list[str], list[float | None]]]:
    """Each product's or category's months and indexes, in the order of the rows."""
    names, months = column_cells(figures, "product"), column_cells(figures, "month")
    values = numbers(figures, "index")
    return [
        (
            str(name),
            [month for own, month in zip(names, months, strict=True) if own == name],
            [value for own, value in zip(names, values, strict=True) if own == name],
        )
        for name in dict.fromkeys(names)
    ]


def _title(name: str, months: list[str], values: list[float | None]) -> str:
    """The name with its highest month: Gifts, Nov 310."""
    known = [(value, month) for value, month in zip(values, months, strict=True) if value]
    if not known:
        return name
    value, month = max(known)
    return f"{name}, {month} {format_count(value)}"


def _alt(figures: TablePayload) -> str:
    titles = [_title(*each) for each in _years(figures)]
    return alt_text("seasonality", figures="; ".join(titles))

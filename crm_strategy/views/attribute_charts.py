"""Charts of who the customers are: what sets groups and the best customers apart."""

from typing import Final

import pandas as pd

from crm_strategy import words
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.attribute_tables import attributes_table, told_ideal_table, tops_to_hide
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.chart import Chart
from crm_strategy.views.dots import Dots, Reference, dot_rows
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.payload import TablePayload, column_cells, numbers
from crm_strategy.views.privacy import without_small
from crm_strategy.words.numbers import format_count

BASE: Final = 100.0
"""The index of the base."""

MOST_ROWS: Final = 16
REST: Final = ("unknown", "other")
"""Values that name nobody in particular."""


def attribute_index_chart(attributes: Data) -> Chart:
    """Revenue a customer by attribute and value, against the base; the clearest ones."""
    rows = clearest(frame_of(attributes))
    return Chart(
        attributes_table(rows),
        id="attribute_index",
        kind="intervals",
        category="value",
        values=("index",),
        paint=lambda figures: _index_dots(figures, "attribute_index"),
        alt=lambda figures: _index_alt(figures, "attribute_index"),
        beside="attributes",
    )


def ideal_customer_chart(ideal: Data) -> Chart:
    """What is more or less frequent among the most valuable customers than in the base."""
    rows = frame_of(ideal)
    if len(rows):
        rows = clearest(rows.drop(index=rows.index[tops_to_hide(rows)]))
    return Chart(
        told_ideal_table(rows),
        id="ideal_customer",
        kind="intervals",
        category="value",
        values=("index",),
        paint=lambda figures: _index_dots(figures, "ideal_customer"),
        alt=lambda figures: _index_alt(figures, "ideal_customer"),
        beside="ideal_customer",
    )


def clearest(rows: pd.DataFrame) -> pd.DataFrame:
    """The values whose interval is farthest from the base, highest index first."""
    if rows.empty:
        return rows
    # First what the table hides: of the chosen alone it would not be seen.
    shown = without_small(rows, "customer_count", within=[["attribute"]])
    named = shown[~shown["value"].isin(REST) & shown["index"].notna()]
    apart = (named["low"] - BASE).clip(lower=0) + (BASE - named["high"]).clip(lower=0)
    order = named.assign(apart=apart.fillna(0.0)).sort_values(
        ["apart", "customer_count", "attribute", "value"], ascending=[False, False, True, True]
    )
    chosen = order.head(MOST_ROWS).drop(columns="apart")
    return chosen.sort_values(["index", "attribute", "value"], ascending=[False, True, True])


def _index_dots(figures: TablePayload, chart: str) -> Drawing:
    values, lows, highs = (numbers(figures, column) for column in ("index", "low", "high"))
    ends = list(zip(lows, highs, strict=True))
    clear = [low is not None and high is not None and not low <= BASE <= high for low, high in ends]
    marks = [
        Dots(
            "",
            [value if own is side else None for value, own in zip(values, clear, strict=True)],
            lows,
            highs,
            hollow=not side,
        )
        for side in (True, False)
    ]
    sizes = numbers(figures, "customer_count")
    return dot_rows(
        _labels(figures),
        marks,
        format_count,
        reference=Reference(BASE, words.say("views.chart.attribute_index.base")),
        texts=[words.say("views.n_is", n=format_count(size)) for size in sizes],
        axis=words.say(f"views.chart.{chart}.axis"),
    )


def _labels(figures: TablePayload) -> list[str]:
    pairs = zip(column_cells(figures, "attribute"), column_cells(figures, "value"), strict=True)
    return [f"{attribute}: {value}" for attribute, value in pairs]


def _index_alt(figures: TablePayload, chart: str) -> str:
    texts = [format_count(value) for value in numbers(figures, "index")]
    return alt_text(chart, figures=listing(_labels(figures), texts))

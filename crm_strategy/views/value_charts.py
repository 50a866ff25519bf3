"""Charts of customer value: how concentrated it is, and how well the model foresaw."""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from crm_strategy import words
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.chart import Chart
from crm_strategy.views.curves import Curve, CurveWords, concentration
from crm_strategy.views.dots import Dots, dot_rows
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.kinds import print_value
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.payload import TablePayload, column_cells, numbers
from crm_strategy.views.table import Table
from crm_strategy.views.theme import LIGHT, MARKS
from crm_strategy.views.value_tables import value_curve_table, without_few_orders
from crm_strategy.words.numbers import format_ratio, format_share

NAIVE: Final = "naive"
TOP_SHARE: Final = 0.2
NEAR: Final = 0.051
"""How far from the top fifth the point that stands for it may lie: the next ones do."""
"""The share of customers that curves are read at."""


def value_curve_chart(curve: Data, total: Data) -> Chart:
    """What share of revenue and of expected value the most valuable x % of customers hold."""
    return Chart(
        value_curve_table(curve, total),
        id="value_curve",
        kind="curve",
        category="customer_share",
        values=("revenue_share", "expected_value_share"),
        paint=_curves,
        alt=_curve_alt,
        beside="value_curve",
    )


def _curves(figures: TablePayload) -> Drawing:
    xs = numbers(figures, "customer_share")
    curves = []
    for column in ("expected_value_share", "revenue_share"):
        points = [
            (x, y)
            for x, y in zip(xs, numbers(figures, column), strict=True)
            if x is not None and y is not None
        ]
        if points:
            name = words.say(
                f"views.chart.value_curve.{column}",
                share=_at_top(figures, column),
                top=_top(figures),
            )
            across, up = zip(*points, strict=True)
            curves.append(Curve(name, across, up, focus=column == "expected_value_share"))
    said = CurveWords(
        *(words.say(f"views.chart.value_curve.{part}") for part in ("across", "up", "equal"))
    )
    return concentration(curves, said, lambda value: format_share(value, digits=0))


def top_point(shares: Sequence[float | None]) -> int | None:
    """Which point of the curve is nearest to the top fifth; None where none is near."""
    near = [
        (round(abs(share - TOP_SHARE), 6), at)
        for at, share in enumerate(shares)
        if share is not None and abs(share - TOP_SHARE) <= NEAR
    ]
    return min(near)[1] if near else None


def _at_top(figures: TablePayload, column: str) -> str:
    """What about the top fifth hold, as printed, with what the fifth comes to."""
    at = top_point(numbers(figures, "customer_share"))
    held = None if at is None else numbers(figures, column)[at]
    return format_share(held, digits=0)


def _top(figures: TablePayload) -> str:
    shares = numbers(figures, "customer_share")
    at = top_point(shares)
    return format_share(TOP_SHARE if at is None else shares[at], digits=0)


def _curve_alt(figures: TablePayload) -> str:
    known = any(cell is not None for cell in column_cells(figures, "expected_value_share"))
    return alt_text(
        "value_curve" if known else "value_curve_past",
        top=_top(figures),
        revenue=_at_top(figures, "revenue_share"),
        expected=_at_top(figures, "expected_value_share"),
    )


def value_holdout_chart(holdout: Data) -> Chart:
    """Orders a customer: what came, what the model and the past rate had foreseen."""
    figures = Table(
        _side_by_side(without_few_orders(frame_of(holdout))),
        id="value_holdout",
        formats={
            "frequency": "text",
            "actual": "ratio",
            "expected": "ratio",
            "expected_naive": "ratio",
        },
        suppress=(Suppress(count="customer_count", within=((),)),),
        layout=Layout(
            columns=("frequency", "customer_count", "actual", "expected", "expected_naive")
        ),
    )
    return Chart(
        figures,
        id="value_holdout",
        kind="intervals",
        category="frequency",
        values=("actual", "expected"),
        paint=_holdout,
        alt=_holdout_alt,
        beside="value_holdout",
    )


def _side_by_side(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a past frequency: the chosen model's and the past rate's forecast together."""
    if rows.empty:
        return rows
    naive = rows[rows["model"] == NAIVE].set_index("frequency")["expected"]
    chosen = rows[rows["model"] != NAIVE]
    chosen = chosen if len(chosen) else rows
    return chosen.assign(expected_naive=chosen["frequency"].map(naive))


def _holdout(figures: TablePayload) -> Drawing:
    series = [
        Dots(
            words.say("views.chart.value_holdout.naive"),
            numbers(figures, "expected_naive"),
            marker="^",
            colour=MARKS["other"],
            hollow=True,
        ),
        Dots(
            words.say("views.chart.value_holdout.expected"),
            numbers(figures, "expected"),
            marker="D",
            colour=LIGHT["focus"],
        ),
        Dots(words.say("views.chart.value_holdout.actual"), numbers(figures, "actual")),
    ]
    sizes = [print_value(n, "count") if n else "" for n in numbers(figures, "customer_count")]
    return dot_rows(
        _past(figures),
        series,
        format_ratio,
        texts=[words.say("views.n_is", n=size) if size else "" for size in sizes],
        axis=words.say("views.chart.value_holdout.axis"),
    )


def _past(figures: TablePayload) -> list[str]:
    """0 repeat orders, 1, 2, …: the first says what is counted."""
    first, *others = [str(cell) for cell in column_cells(figures, "frequency")]
    return [words.say("views.chart.value_holdout.first", n=first), *others]


def _holdout_alt(figures: TablePayload) -> str:
    pairs = zip(numbers(figures, "actual"), numbers(figures, "expected"), strict=True)
    texts = [f"{format_ratio(actual)} / {format_ratio(foreseen)}" for actual, foreseen in pairs]
    labels = [str(cell) for cell in column_cells(figures, "frequency")]
    return alt_text("value_holdout", figures=listing([f"{each}:" for each in labels], texts))

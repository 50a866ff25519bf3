"""Tables of the funnel by group: rates, changes, what drop-offs cost, time to conversion."""

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.journey_names import (
    STEP_WORDS,
    counts_minutes,
    ranges,
    steps_of,
    with_group_names,
)
from crm_strategy.views.layout import Layout
from crm_strategy.views.payload import hidden
from crm_strategy.views.privacy import small
from crm_strategy.views.ranges import with_range
from crm_strategy.views.table import Table
from crm_strategy.words import say

_ENDS = {"low": "share", "high": "share", "range": "interval"}


def funnel_segments_table(funnels: Data) -> Table:
    """How far each group got, with the interval of each step."""
    rows = with_range(frame_of(funnels), "share")
    by_minutes = counts_minutes(rows)
    return Table(
        with_group_names(rows),
        id="funnel_segments",
        formats=_ENDS | {"median_minutes": "count"},
        layout=Layout(
            columns=(
                *("attribute", "value", "stage", "customer_count", "step_rate", "range"),
                *("overall_rate", "median_minutes" if by_minutes else "median_days"),
                *("low", "high", "journey_count"),
            ),
            words={"stage": STEP_WORDS},
            sheet_only=("low", "high", "journey_count"),
            page_only=("range",),
            rows_shown=16,
        ),
    )


def funnel_change_table(change: Data) -> Table:
    """Each step's rate against the period before."""
    rows = frame_of(change)
    if len(rows):
        rows = rows.assign(range=ranges(rows["low"], rows["high"], "points"))
    return Table(
        with_group_names(rows),
        id="funnel_change",
        formats={"difference": "points", "low": "points", "high": "points", "range": "interval"},
        layout=Layout(
            columns=(
                *("attribute", "value", "stage", "step_rate", "previous_rate", "range"),
                *("verdict", "difference", "before_count", "previous_count", "low", "high"),
            ),
            words={"stage": STEP_WORDS, "verdict": "journeys.verdict.{}"},
            sheet_only=("difference", "before_count", "previous_count", "low", "high"),
            page_only=("range",),
            rows_shown=10,
        ),
    )


def drop_offs_table(drop_offs: Data) -> Table:
    """Where a group loses more than another or than before, dearest first."""
    rows = frame_of(drop_offs)
    if len(rows):
        rows = rows.assign(
            step=steps_of(rows),
            range=ranges(rows["lost_low"], rows["lost_high"], "money"),
            against=[
                value if against == "best" else say("views.table.drop_offs.previous")
                for against, value in zip(
                    rows["against"], with_group_names(_best(rows))["value"], strict=True
                )
            ],
        )
    return Table(
        with_group_names(rows),
        id="drop_offs",
        formats={
            "best_rate": "share",
            "lost_orders": "count",
            "lost_value": "money",
            "lost_low": "money",
            "lost_high": "money",
            "range": "interval",
        },
        layout=Layout(
            columns=(
                *("value", "step", "before_count", "step_rate", "against", "best_rate"),
                *("lost_value", "verdict", "range", "attribute", "lost_orders", "best_count"),
                *("lost_low", "lost_high"),
            ),
            words={"verdict": "journeys.verdict.{}"},
            sheet_only=(
                *("range", "attribute", "lost_orders", "best_count", "lost_low", "lost_high"),
            ),
            rows_shown=8,
        ),
    )


def _best(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"attribute": rows["attribute"], "value": rows["best_value"]})


def conversion_time_table(times: Data) -> Table:
    """Orders by the days since the first touch before them."""
    return Table(
        _without_few_repeats(frame_of(times)),
        id="conversion_time",
        suppress="customer_count",
        formats={"touch_count": "count"},
        layout=Layout(
            columns=("band", "order_count", "order_share", "touch_count", "customer_count"),
            words={"band": "journeys.band.{}"},
            sheet_only=("customer_count",),
        ),
    )


def _without_few_repeats(rows: pd.DataFrame) -> pd.DataFrame:
    """Bands without their customers where the orders beside them tell that a few came again."""
    if rows.empty:
        return rows
    again = (rows["order_count"] - rows["customer_count"]).map(small)
    few = again & ~rows["customer_count"].map(small)
    shown = rows.astype({"customer_count": "object"})
    for at in rows.index[few]:
        shown.at[at, "customer_count"] = hidden()
    return shown

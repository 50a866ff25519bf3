"""Tables of experiments: variants against the control, by segment, and the size of the next."""

from typing import Any, Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.kinds import SEGMENT_WORDS
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.payload import is_hidden
from crm_strategy.views.table import Table
from crm_strategy.views.telling_rates import hide_compared_rates, hide_telling_rates

EXPERIMENT_WORDS: Final = {
    "verdict": "outlook.verdict.{}",
    "reason": "outlook.reason.{}",
    "segment": ("outlook.band.{}", *SEGMENT_WORDS),
}
"""What names the ids of these tables."""

_TOLD: Final = (
    *("difference", "low", "high", "p_value", "p_adjusted", "conversions"),
    *("revenue_per_customer", "revenue_difference", "revenue_low", "revenue_high"),
    *("revenue_p_value", "bootstrap_low", "bootstrap_high", "equal_p_value"),
    # Both are calculated from the control's rate alone.
    *("needed_size", "power"),
)
_LEFT_OUT: Final = ("late_count", "double_count")
_KINDS: Final = {
    "experiment": "text",
    "variant": "text",
    "size": "count",
    "control_size": "count",
    "needed_size": "count",
    "needed_size_90": "count",
    "conversions": "count",
    "rate": "share",
    "aim": "share",
    "lift": "change",
    "power": "share",
    **dict.fromkeys(("difference", "low", "high"), "points"),
    **dict.fromkeys(
        ("p_value", "p_adjusted", "revenue_p_value", "split_p_value", "equal_p_value"), "exact"
    ),
    **dict.fromkeys(
        (
            *("revenue_per_customer", "revenue_difference", "revenue_low", "revenue_high"),
            *("bootstrap_low", "bootstrap_high"),
        ),
        "unit_money",
    ),
    "is_running": "text",
}


def experiments_table(results: Data) -> Table:
    """Each variant of each experiment: its rate, the difference to the control, the verdict."""
    seen = ("experiment", "variant", "size", "rate", "difference", "low", "high", "p_value")
    more = (
        *("reason", "p_adjusted", "conversions", "revenue_per_customer", "revenue_difference"),
        *("revenue_low", "revenue_high", "revenue_p_value", "bootstrap_low", "bootstrap_high"),
        *("needed_size", "power", "equal_p_value", "split_p_value", "late_count", "double_count"),
        *("start", "end", "is_running"),
    )
    return Table(
        told_results(results),
        id="experiments",
        formats={**_KINDS, "start": "date", "end": "date"},
        suppress=(*_of_few("size"), *(Suppress(count=name, hides=()) for name in _LEFT_OUT)),
        layout=Layout(
            columns=(*seen, "verdict", *more),
            words=EXPERIMENT_WORDS,
            sheet_only=("p_value", *more),
        ),
    )


def experiment_segments_table(lifts: Data) -> Table:
    """Each variant's difference to the control in each segment."""
    rows = frame_of(lifts)
    whole = [["experiment", "variant"]]
    others = ("rate", "control_rate", "difference", "low", "high", "p_adjusted")
    hide: dict[str, Any] = {"hides": others, "within": whole}
    own = hide_telling_rates(rows, "rate", of="size", **hide)
    control = hide_telling_rates(rows, "control_rate", of="control_size", **hide)
    if len(rows):
        rows = own.where(~control["rate"].map(is_hidden), control)
    return Table(
        rows,
        id="experiment_segments",
        formats=_KINDS,
        suppress=(*_of_few("size", "variant"), *_of_few("control_size", "variant")),
        layout=Layout(
            columns=(
                *("experiment", "variant", "segment", "rate", "control_rate", "difference"),
                *("low", "high", "size", "control_size", "p_adjusted"),
            ),
            words=EXPERIMENT_WORDS,
            sheet_only=("size", "control_size", "p_adjusted"),
        ),
    )


def size_plan_table(plan: Data, results: Data = ()) -> Table:
    """How many customers a group the next test needs, by the rise to be found.

    Parameters
    ----------
    plan
        Result of `experiment_power.size_plan`.
    results
        The experiments whose controls it is planned from: it would tell the rate of a control
        that is hidden there, so nothing is planned then.
    """
    rows, told = frame_of(plan), told_results(results)
    controls = told[told["verdict"] == "control"] if len(told) else told
    covered = bool(len(rows) and len(controls) and controls["rate"].map(is_hidden).any())
    return Table(
        rows[:0] if covered else rows,
        id="size_plan",
        formats=_KINDS,
        layout=Layout(covered=covered),
    )


def told_results(results: Data) -> pd.DataFrame:
    """Results without the rates, and what follows from them, that would tell a few customers."""
    rows = frame_of(results)
    if rows.empty:
        return rows
    control = [verdict == "control" for verdict in rows["verdict"]]
    return hide_compared_rates(rows, "rate", of="size", by="experiment", basis=control, hides=_TOLD)


def shown_results(results: Data) -> pd.DataFrame:
    """The rows of results that a sentence or a chart may name."""
    rows = told_results(results)
    return rows[~rows["rate"].map(is_hidden)] if len(rows) else rows


def _of_few(count: str, *within: str) -> tuple[Suppress, ...]:
    whole = (("experiment", *within),) if within else ("experiment",)
    return (Suppress(count=count, within=whole),)

"""Tables of scenarios: the communication plan, its cascades, and what these are up against."""

from typing import Final

import pandas as pd

from crm_strategy.analysis.cascade_comparison import THEN
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.ranges import with_range
from crm_strategy.views.table import Table
from crm_strategy.words import label

COUNT: Final = "smallest_count"
"""The smallest number of customers, above none, that a row's figures rest on; it only guards
them: neither the page nor the workbook shows it."""

ANY: Final = "any"
"""Stands for an answer of whatever kind."""

WORDS: Final = {
    "scenario": ("label:scenario",),
    "stop_on": ("views.stop_on.{}",),
    "option": ("views.cascade_option.{}",),
    "rate_basis": ("views.rate_basis.{}",),
    "consent": ("views.consent.{}",),
}


def communication_plan_table(plan: Data) -> Table:
    """Who is written to, by what, when, and with which message and offer."""
    rows = frame_of(plan)
    if len(rows):
        rows = rows.assign(stop_on=rows["stop_on"].fillna(ANY))
    return Table(
        rows,
        id="communication_plan",
        formats={"step": "count", "day": "count"},
        layout=Layout(
            columns=(
                *("scenario", "segment", "step", "day", "channel", "stop_on", "message", "offer"),
            ),
            words=WORDS,
        ),
    )


def cascades_table(cascades: Data) -> Table:
    """Whom each step reaches, what it costs, how many should answer it."""
    rows = with_range(guarded(frame_of(cascades), so_far=True), "count")
    return Table(
        rows,
        id="cascades",
        formats={
            **dict.fromkeys(("reach", "expected_responses", "low", "high", "step"), "count"),
            **dict.fromkeys(("cost", "cost_per_response"), "unit_money"),
            "range": "interval",
        },
        suppress=(Suppress(count="reach"), Suppress(count=COUNT)),
        layout=Layout(
            columns=(
                *("scenario", "step", "channel", "reach", "cost", "expected_responses", "range"),
                *("n", "low", "high", "cost_per_response", COUNT),
            ),
            words=WORDS,
            sheet_only=("low", "high", "cost_per_response", COUNT),
            page_only=("range", COUNT),
        ),
    )


def cascade_rates_table(cascades: Data) -> Table:
    """What the cascades rest on: whom channels reach, how often they are answered, their price."""
    rows = frame_of(cascades)
    if len(rows):
        rows = guarded(rows).assign(stop_on=rows["stop_on"].fillna(ANY))
        rows = rows.rename(columns={"low": "_low", "high": "_high"})
        rows = rows.rename(columns={"rate_low": "low", "rate_high": "high"})
    rates = ("rate", "range", "low", "high", "response_count")
    return Table(
        with_range(rows, "share"),
        id="cascade_rates",
        formats={
            **dict.fromkeys(("rate", "low", "high"), "share"),
            "range": "interval",
            "per_touch": "exact",
        },
        suppress=(
            Suppress(count="reachable_count", hides=()),
            Suppress(count="n", hides=(*rates, "contact_count")),
            Suppress(count=COUNT, hides=rates),
        ),
        layout=Layout(
            columns=(
                *("scenario", "channel", "reachable_count", "consent", "rate", "range", "n"),
                *("rate_basis", "stop_on", "low", "high", "response_count", "contact_count"),
                *("per_touch", COUNT),
            ),
            words=WORDS,
            sheet_only=(COUNT,),
            page_only=("range", COUNT),
        ),
    )


def cascade_comparison_table(comparison: Data) -> Table:
    """Each scenario as planned, in other orders, by one channel, and sent to everyone."""
    rows = with_range(frame_of(comparison), "count")
    if len(rows):
        rows = rows.assign(channels=[chain_name(each) for each in rows["channels"]])
    counts = ("customer_count", "message_count", "expected_responses", "low", "high")
    money = ("cost", "cost_per_response", "cost_low", "cost_high")
    return Table(
        rows,
        id="cascade_comparison",
        formats={
            **dict.fromkeys(counts, "count"),
            **dict.fromkeys(money, "unit_money"),
            "range": "interval",
        },
        suppress=(Suppress(count=COUNT), Suppress(count="customer_count")),
        layout=Layout(
            columns=(
                *("scenario", "option", "channels", "message_count", "cost"),
                *("expected_responses", "range", "cost_per_response", "low", "high"),
                *("customer_count", "cost_low", "cost_high", COUNT),
            ),
            words=WORDS,
            sheet_only=("customer_count", COUNT),
            # Neither on the page nor in the workbook: they only guard the others.
            page_only=("range", "customer_count", COUNT),
        ),
    )


def chain_name(channels: str) -> str:
    """The printed names of the channels of a chain, in their order."""
    return " → ".join(label("channel", each) for each in str(channels).split(THEN))


def guarded(cascades: pd.DataFrame, *, so_far: bool = False) -> pd.DataFrame:
    """Steps with the smallest number of customers behind each, or behind it and those before.

    What a step reaches follows from how often the earlier ones were answered.
    """
    if cascades.empty:
        return cascades
    answered, asked = cascades["response_count"], cascades["n"]
    counts = pd.DataFrame(
        {"answered": answered, "silent": asked - answered, "reached": cascades["reachable_count"]}
    )
    smallest = counts.where(counts > 0).min(axis=1)
    if so_far:
        smallest = smallest.fillna(float("inf")).groupby(cascades["scenario"]).cummin()
        smallest = smallest.where(smallest < float("inf"))
    return cascades.assign(**{COUNT: smallest})

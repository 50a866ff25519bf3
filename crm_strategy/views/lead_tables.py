"""Tables of leads and deals: sources, reasons lost, the pipeline by stage."""

from typing import Final

import pandas as pd

from crm_strategy.analysis.lead_funnel import KNOWN
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.channel_privacy import with_customers
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.ranges import with_range
from crm_strategy.views.table import Table
from crm_strategy.words import say

_RATE: Final = ("win_rate", "low", "high", "range")
_WON: Final = (*_RATE, "median_days", "value", "cost_per_won")

_ALL: Final = ("lead_count", "qualified_count", "qualified_rate")

BEHIND: Final = {
    "lead_customers": "lead_count",
    "won_customers": "won_count",
    "lost_customers": "lost_count",
    "open_customers": "open_count",
    "qualified_customers": "qualified_count",
}
"""The people behind leads: neither the page nor the workbook shows them."""

FUNNEL: Final = (
    Suppress(count="lead_customers"),
    # All leads are those won, lost and open: one of them would follow from the others.
    Suppress(count="won_customers", hides=("won_count", *_WON, *_ALL)),
    Suppress(count="lost_customers", hides=("lost_count", *_RATE, *_ALL)),
    Suppress(count="open_customers", hides=("open_count", *_ALL)),
    Suppress(count="qualified_customers", hides=("qualified_count", "qualified_rate")),
)
"""One of them may have made all leads of a source."""

SOURCE: Final = {"source_channel": ("label:channel", "views.lead_source.{}")}


def lead_funnel_table(funnel: Data) -> Table:
    """Leads by source: qualified, won, how soon, and what a won lead cost."""
    rows = frame_of(funnel)
    return Table(
        with_customers(with_range(rows, "share"), BEHIND),
        id="lead_funnel",
        note=say("views.table.lead_funnel.note_known") if as_known(rows) else "",
        formats={
            **dict.fromkeys(("low", "high"), "share"),
            "range": "interval",
            "value": "money",
            "cost_per_won": "unit_money",
        },
        suppress=FUNNEL,
        layout=Layout(
            columns=(
                *("source_channel", "lead_count", "qualified_rate", "won_count", "win_rate"),
                *("range", "median_days", "cost_per_won", "low", "high", "open_count"),
                *("lost_count", "value", "qualified_count", *BEHIND),
            ),
            words=SOURCE,
            sheet_only=("qualified_count", *BEHIND),
            # Neither on the page nor in the workbook: it only guards its rate.
            page_only=("range", "qualified_count", *BEHIND),
            ranked=True,
        ),
    )


def as_known(rows: pd.DataFrame) -> bool:
    """Whether the leads count with outcomes that may be later than the period."""
    return "outcomes" in rows and bool((rows["outcomes"] == KNOWN).any())


def lost_reasons_table(reasons: Data) -> Table:
    """Why leads were lost, the commonest reason first."""
    rows = with_customers(with_range(frame_of(reasons), "share"), {"customer_count": "lead_count"})
    return Table(
        rows,
        id="lost_reasons",
        formats={**dict.fromkeys(("low", "high"), "share"), "range": "interval"},
        suppress=(Suppress(count="customer_count", within=((),)),),
        layout=Layout(
            columns=(
                *("lost_reason", "lead_count", "share", "range", "low", "high"),
                "customer_count",
            ),
            words={"lost_reason": "views.lost_reason.{}"},
            sheet_only=("low", "high", "customer_count"),
            page_only=("range", "customer_count"),
        ),
    )


def deals_table(deals: Data) -> Table:
    """The pipeline: deals open, won and lost, by the system's own stages."""
    return Table(
        with_customers(frame_of(deals), {"deal_customers": "customer_count"}),
        id="deals",
        formats={"value": "money", "average_value": "unit_money", "median_age_days": "days"},
        suppress=(
            # The finding tells the sums of a group; one customer may have deals in all stages.
            Suppress(count="deal_customers", within=("stage_group",)),
            Suppress(count="customer_count"),
        ),
        layout=Layout(
            columns=(
                *("stage_group", "stage", "deal_count", "customer_count", "value"),
                *("average_value", "median_age_days", "deal_customers"),
            ),
            sheet_only=("deal_customers",),
            page_only=("deal_customers",),
            words={
                "stage_group": ("views.stage_group.{}",),
                "stage": ("views.deal_stage.{}",),
            },
        ),
    )

"""Tables of the switch-off lab: sets of channels, single switch-offs, tests, acquisition."""

from typing import Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.channel_set_privacy import without_telling_shares
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.privacy import small
from crm_strategy.views.ranges import with_range
from crm_strategy.views.table import Table
from crm_strategy.words import label, say

JOINED: Final = " + "
"""What stands between the channels of a set."""

HALF: Final = 0.5
ALL: Final = 1.0
"""Substitutions shown beside the most careful one, of which the rows are the frontier."""

_SET_FIGURES = (
    *("conversions", "conversion_share", "low", "high", "range", "cost_per_conversion"),
    *("share_half", "share_most"),
)
_LOSSES = ("margin_lost", "low", "high", "net_gain", "break_even", "flip_margin")
_PLANNED = ("holdout_count", "contacted_count", "rate", "break_even_drop")
_WORTH = (
    *("cac", "ltv", "low", "high", "ltv_to_cac", "payback_months", "break_even_margin"),
    *("scale_margin", "earned_so_far", "expected_value"),
)


def channel_sets_table(sets: Data) -> Table:
    """All channels, and the sets that keep most for their cost when nothing is won back."""
    shares = dict.fromkeys(("conversion_share", "low", "high", "share_half", "share_most"), "share")
    return Table(
        frontier_rows(frame_of(sets)),
        id="channel_sets",
        formats=shares
        | {
            "range": "interval",
            "conversions": "count",
            "conversions_lost": "count",
            "cost_per_conversion": "unit_money",
            "cost": "money",
        },
        # Conversions of one channel alone follow from the sets with and without it.
        suppress=(
            Suppress(count="conversions", hides=_SET_FIGURES),
            Suppress(count="conversions_lost", hides=_SET_FIGURES),
        ),
        layout=Layout(
            columns=(
                *("channels", "channel_count", "switched_off", "cost", "conversions"),
                *("conversion_share", "range", "cost_per_conversion", "share_half", "share_most"),
                *("low", "high", "conversions_lost", "is_cheapest"),
            ),
            sheet_only=(
                *("channels", "channel_count", "low", "high", "conversions_lost", "is_cheapest"),
            ),
            # Which channels are off follows from those that are on; a sheet has room for one.
            page_only=("range", "switched_off", "conversions_lost"),
            rows_shown=8,
        ),
    )


def frontier_rows(sets: pd.DataFrame) -> pd.DataFrame:
    """The frontier at the least substitution and the set of all channels, dearest first.

    Beside each: the share it keeps at the other substitutions, and the channels by name.
    """
    if sets.empty:
        return sets
    least = sets["substitution"].min()
    rows = sets[(sets["substitution"] == least) & (sets["is_frontier"] | (sets["off_count"] == 0))]
    rows = rows.sort_values(["conversion_share", "cost"], ascending=[False, True])
    total = sets.loc[sets["off_count"] == 0, "conversions"].max()
    found = with_range(rows, "share").assign(
        conversions_lost=total - rows["conversions"],
        channels=[set_name(text) for text in rows["channels"]],
        switched_off=[set_name(text) for text in rows["switched_off"]],
    )
    for column, substitution in (("share_half", HALF), ("share_most", ALL)):
        other = sets[sets["substitution"] == substitution].set_index("channels")
        found[column] = rows["channels"].map(other["conversion_share"])
    best = sets[sets["substitution"] == ALL]
    least = dict(zip(best["switched_off"], total - best["conversions"], strict=True))
    told = without_telling_shares(found.assign(switched_off=rows["switched_off"]), least)
    return told.assign(switched_off=found["switched_off"])


def set_name(joined: str, between: str = JOINED) -> str:
    """The printed names of the channels of a set, joined as in a table, or as in a sentence."""
    names = [label("channel", channel) for channel in joined.split(JOINED) if channel]
    return between.join(names) or say("views.no_channel")


def switch_off_table(single: Data) -> Table:
    """What each channel, switched off alone, loses and saves; the most gained first."""
    rows = frame_of(single)
    if len(rows):
        # Where switching off pays in any case, 0 tells nothing of the few orders.
        tells = rows["least_conversions_lost"].map(small) & (rows["break_even"] > 0)
        rows = rows.assign(break_even=rows["break_even"].mask(tells))
    return Table(
        rows,
        id="switch_off",
        formats={
            **dict.fromkeys(("conversions_lost", "least_conversions_lost"), "count"),
            **dict.fromkeys(("cost_saved", "margin_lost", "low", "high", "net_gain"), "money"),
            **dict.fromkeys(("break_even", "flip_margin"), "share"),
        },
        suppress=(
            Suppress(count="journey_count"),
            Suppress(count="conversions_lost", hides=_LOSSES),
            Suppress(count="least_conversions_lost", hides=("low",)),
        ),
        layout=Layout(
            columns=(
                *("channel", "conversions_lost", "cost_saved", "verdict", "margin_lost", "high"),
                *("break_even", "journey_count", "net_gain", "low", "flip_margin"),
                "least_conversions_lost",
            ),
            words={"verdict": "views.switch_off.{}"},
            ranked=True,
        ),
    )


def holdout_plan_table(plan: Data) -> Table:
    """How to test each channel: share, weeks, sizes, and the drop at which it just pays."""
    return Table(
        plan,
        id="holdout_plan",
        formats={"rate": "share", "break_even_drop": "share", "weeks": "count"},
        # The rates, and the sizes made of them, tell how many ordered after a touch.
        suppress=(
            Suppress(count="customer_count"),
            Suppress(count="converted_count", hides=_PLANNED),
        ),
        layout=Layout(
            columns=(
                *("channel", "verdict", "holdout_share", "weeks", "holdout_count"),
                *("contacted_count", "rate", "break_even_drop", "customer_count"),
                "converted_count",
            ),
            sheet_only=("converted_count",),
            words={"verdict": "views.holdout.{}"},
        ),
    )


def acquisition_table(acquisition: Data) -> Table:
    """What a new customer costs and is worth, by the channel that brought them."""
    rows = frame_of(acquisition)
    if len(rows):
        unknown = say("views.no_source")
        rows = rows.assign(channel=[channel or unknown for channel in rows["channel"]])
    money = ("ltv", "low", "high", "earned_so_far", "expected_value")
    return Table(
        rows,
        id="acquisition",
        formats={
            **dict.fromkeys(money, "unit_money"),
            "ltv_to_cac": "ratio",
            **dict.fromkeys(("break_even_margin", "scale_margin"), "share"),
        },
        # The new customers of all channels are those of the KPIs.
        suppress=(Suppress(count="new_customers", hides=_WORTH, within=((),)),),
        layout=Layout(
            columns=(
                *("channel", "new_customers", "cac", "ltv", "ltv_to_cac", "payback_months"),
                *("verdict", "break_even_margin", "cost", "low", "high", "scale_margin"),
                *("earned_so_far", "expected_value"),
            ),
            words={"verdict": "views.acquisition.{}"},
            ranked=True,
        ),
    )

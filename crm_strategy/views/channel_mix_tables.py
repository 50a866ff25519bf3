"""Tables of the switch-off lab: sets of channels, single switch-offs, tests, acquisition."""

from typing import Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.channel_privacy import BEHIND, told_switch_offs
from crm_strategy.views.channel_set_privacy import telling_sets, without_telling_shares
from crm_strategy.views.holdout_privacy import PLANNED, shown_plan
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.payload import hidden
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
_SET_GUARDS: Final = ("customers", "lost_customers")
_OFF_GUARDS: Final = (*BEHIND, "journeys_untold")

_LOSSES = ("margin_lost", "revenue_lost", "low", "high", "net_gain", "break_even", "flip_margin")
_MONEY = ("cost_saved", "margin_lost", "revenue_lost", "low", "high", "net_gain")
_WORTH = (
    *("cac", "ltv", "low", "high", "ltv_to_cac", "payback_months", "stop_margin"),
    *("scale_margin", "earned_so_far", "expected_value", "revenue_ltv", "revenue_so_far"),
)
_WITHOUT_MARGIN = {"ltv": "revenue_ltv", "earned_so_far": "revenue_so_far"}


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
            Suppress(count="customers", hides=(*_SET_FIGURES, "conversions_lost")),
            Suppress(count="lost_customers", hides=(*_SET_FIGURES, "conversions_lost")),
        ),
        layout=Layout(
            columns=(
                *("channels", "channel_count", "switched_off", "cost", "conversions"),
                *("conversion_share", "range", "cost_per_conversion", "share_half", "share_most"),
                *("low", "high", "conversions_lost", "is_cheapest", *_SET_GUARDS),
            ),
            sheet_only=(
                *("channels", "channel_count", "low", "high", "conversions_lost", "is_cheapest"),
                *_SET_GUARDS,
            ),
            # Which channels are off follows from those that are on; a sheet has room for one.
            page_only=("range", "switched_off", "conversions_lost", *_SET_GUARDS),
            rows_shown=8,
        ),
    )


def frontier_rows(sets: pd.DataFrame) -> pd.DataFrame:
    """The frontier at the least substitution and the set of all channels, dearest first.

    Beside each: the share it keeps at the other substitutions, and the channels by name.
    """
    if sets.empty:
        return sets
    full = sets.loc[sets["off_count"] == 0, "conversions"].max()
    least = sets["substitution"].min()
    rows = sets[(sets["substitution"] == least) & (sets["is_frontier"] | (sets["off_count"] == 0))]
    rows = rows.sort_values(["conversion_share", "cost"], ascending=[False, True])
    found = with_range(rows, "share").assign(
        conversions_lost=full - rows["conversions"],
        lost_customers=rows["lost_customers"].astype("float64"),
        channels=[set_name(text) for text in rows["channels"]],
        switched_off=[set_name(text) for text in rows["switched_off"]],
    )
    for column, substitution in (("share_half", HALF), ("share_most", ALL)):
        other = sets[sets["substitution"] == substitution].set_index("channels")
        found[column] = rows["channels"].map(other["conversion_share"])
    known = sets[(sets["substitution"] == least) & sets["gone_customers"].notna()]
    few = dict(zip(known["switched_off"], known["gone_customers"], strict=True))
    told = without_telling_shares(found.assign(switched_off=rows["switched_off"]), few)
    gone = rows["switched_off"].isin(untold_sets(sets))
    for name in (*_SET_FIGURES, "conversions_lost"):
        cells = zip(told[name], gone, strict=True)
        told[name] = pd.Series([hidden() if off else was for was, off in cells], told.index, object)
    return told.assign(switched_off=found["switched_off"])


def untold_sets(sets: pd.DataFrame) -> set[str]:
    """Sets, by the channels off, that beside other sets would tell a small group of orders."""
    careful = sets[sets["substitution"] == sets["substitution"].min()]
    lost = careful.assign(
        off=[
            frozenset(each for each in off.split(JOINED) if each) for off in careful["switched_off"]
        ],
    )
    single = lost[lost["off_count"] == 1]
    known = dict(zip(single["off"], single["lost_customers"], strict=True))
    shown = lost[lost["is_frontier"]].sort_values(
        ["is_cheapest", "off_count", "switched_off"], ascending=[False, True, True]
    )
    gone = telling_sets(list(zip(shown["off"], shown["lost_customers"], strict=True)), known)
    return {
        name for name, off in zip(shown["switched_off"], shown["off"], strict=True) if off in gone
    }


def set_name(joined: str, between: str = JOINED) -> str:
    """The printed names of the channels of a set, joined as in a table, or as in a sentence."""
    names = [label("channel", channel) for channel in joined.split(JOINED) if channel]
    return between.join(names) or say("views.no_channel")


def switch_off_table(single: Data) -> Table:
    """What each channel, switched off alone, loses and saves; the most gained first."""
    rows = told_switch_offs(single)
    if len(rows):
        # Where switching off pays in any case, 0 tells nothing of the few orders.
        tells = rows["least_lost_customers"].map(small) & (rows["break_even"] > 0)
        rows = rows.assign(break_even=rows["break_even"].mask(tells))
        if (rows["basis"] == "revenue").all():
            # What stands for a margin that is not known is not called one.
            rows = rows.rename(columns={"margin_lost": "revenue_lost"}).drop(columns="net_gain")
    return Table(
        rows,
        id="switch_off",
        formats={
            **dict.fromkeys(("conversions_lost", "least_conversions_lost"), "count"),
            **dict.fromkeys(_MONEY, "money"),
            **dict.fromkeys(("break_even", "flip_margin"), "share"),
        },
        suppress=(
            Suppress(count="journey_customers"),
            Suppress(count="journeys_untold", hides=("journey_count",)),
            Suppress(count="lost_customers", hides=("conversions_lost", *_LOSSES)),
            Suppress(count="least_lost_customers", hides=("least_conversions_lost", "low")),
        ),
        layout=Layout(
            columns=(
                *("channel", "conversions_lost", "cost_saved", "verdict", "margin_lost"),
                *("revenue_lost", "high", "break_even", "journey_count", "net_gain", "low"),
                *("flip_margin", "least_conversions_lost", *_OFF_GUARDS),
            ),
            sheet_only=_OFF_GUARDS,
            page_only=_OFF_GUARDS,
            words={"verdict": "views.switch_off.{}"},
            ranked=True,
        ),
    )


def holdout_plan_table(plan: Data, single: Data = ()) -> Table:
    """How to test each channel: share, weeks, sizes, and the drop at which it just pays.

    Parameters
    ----------
    plan
        Result of `holdout_plan.holdout_plan`.
    single
        The switch-offs that it rests on: what their table hides is hidden here.
    """
    return Table(
        shown_plan(plan, single),
        id="holdout_plan",
        formats={"rate": "share", "break_even_drop": "share", "weeks": "count"},
        suppress=(
            Suppress(count="customer_count"),
            Suppress(count="converted_count", hides=PLANNED),
            # The drop is what the orders at risk are worth.
            Suppress(count="lost_customers", hides=PLANNED),
        ),
        layout=Layout(
            columns=(
                *("channel", "verdict", "holdout_share", "weeks", "holdout_count"),
                *("contacted_count", "rate", "break_even_drop", "customer_count"),
                *("converted_count", "lost_customers"),
            ),
            sheet_only=("converted_count", "lost_customers"),
            page_only=("lost_customers",),
            words={"verdict": "views.holdout.{}"},
        ),
    )


def acquisition_table(acquisition: Data) -> Table:
    """What a new customer costs and is worth, by the channel that brought them."""
    rows = frame_of(acquisition)
    if len(rows):
        unknown = say("views.no_source")
        rows = rows.assign(channel=[channel or unknown for channel in rows["channel"]])
        if (rows["basis"] == "revenue").all():
            # Revenue is no LTV; the margins at which it would be enough stand all the same.
            rows = rows.rename(columns=_WITHOUT_MARGIN).drop(columns="ltv_to_cac")
    money = (*_WITHOUT_MARGIN, *_WITHOUT_MARGIN.values(), "low", "high", "expected_value")
    return Table(
        rows,
        id="acquisition",
        formats={
            **dict.fromkeys(money, "unit_money"),
            "ltv_to_cac": "ratio",
            **dict.fromkeys(("stop_margin", "scale_margin"), "share"),
        },
        # The new customers of all channels are those of the KPIs.
        suppress=(Suppress(count="new_customers", hides=_WORTH, within=((),)),),
        layout=Layout(
            columns=(
                *("channel", "new_customers", "cac", "ltv", "revenue_ltv", "ltv_to_cac"),
                *("payback_months", "verdict", "stop_margin", "cost", "low", "high"),
                *("scale_margin", "earned_so_far", "revenue_so_far", "expected_value"),
            ),
            words={"verdict": "views.acquisition.{}"},
            ranked=True,
        ),
    )

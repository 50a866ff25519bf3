"""Findings across segment kinds: do they add up, who is the same, who gets too little effort."""

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.naming import kind_name, member_name, segment_name
from crm_strategy.views.privacy import small, without_small
from crm_strategy.views.segment_kind_tables import OF_ORDERS, UNNAMED, strongest_pairs, with_sizes
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import (
    format_count,
    format_ratio,
    format_share,
    format_short_money,
)

TOLERANCE = 0.01
"""Sums of money by kind may differ by so much: 1/100 cents of each customer."""


def segment_kinds_finding(kinds: Data, apart: "Data | None" = None) -> Finding:
    """Whether every kind holds the same customers and revenue, and who is in none.

    Parameters
    ----------
    kinds
        Result of `segment_kinds.segments_by_kind`.
    apart
        Result of `refunds_only.refunds_only`: customers without any order.
    """
    rows = frame_of(kinds)
    if rows.empty or small(rows.groupby("kind")["customer_count"].sum().max()):
        return Finding("segment_kinds", title=say("findings.segment_kinds.none"))
    sums = rows.groupby("kind")[["customer_count", "revenue"]].sum()
    spread = sums.max() - sums.min()
    whole = spread["customer_count"] == 0 and spread["revenue"] <= TOLERANCE * len(rows)
    return Finding(
        "segment_kinds",
        title=say(
            "findings.segment_kinds.title" if whole else "findings.segment_kinds.apart",
            kinds=say_count("findings.kinds", len(sums)),
            customers=say_count("findings.customers", int(sums["customer_count"].max())),
            revenue=format_short_money(sums["revenue"].max()),
        ),
        text=_in_no_kind(apart),
        severity="good" if whole else "watch",
        figures={"kinds": len(sums), "customer_count": int(sums["customer_count"].max())},
    )


def _in_no_kind(apart: "Data | None") -> str:
    """Customers with refunds alone and their money; of few only that there are some."""
    rows = frame_of(()) if apart is None else frame_of(apart)
    customers = int(rows["customer_count"].iloc[0]) if len(rows) else 0
    if customers == 0:
        return ""
    if small(customers):
        return say("findings.segment_kinds.refunds_only_few")
    return say(
        "findings.segment_kinds.refunds_only",
        customers=say_count("findings.customers", customers),
        revenue=format_short_money(rows["revenue"].iloc[0]),
    )


def segment_overlap_finding(overlap: Data) -> Finding:
    """The two segments of different kinds that hold most of the same people."""
    rows = strongest_pairs(frame_of(overlap))
    if len(rows):
        both = rows["kind"].isin(OF_ORDERS) & rows["with_kind"].isin(OF_ORDERS)
        rows = rows[~both & (rows["lift"] > 1)]
        rows = rows[~rows["segment"].isin(UNNAMED) & ~rows["with_segment"].isin(UNNAMED)]
    if rows.empty:
        return Finding("segment_overlap", title=say("findings.segment_overlap.none"))
    top = rows.iloc[0]
    return Finding(
        "segment_overlap",
        title=say(
            "findings.segment_overlap.title",
            share=format_share(top["share"], digits=0),
            segment=_titled(top, "kind", "segment"),
            other=_titled(top, "with_kind", "with_segment"),
        ),
        text=say(
            "findings.segment_overlap.text",
            customers=say_count("findings.customers", int(top["customer_count"])),
            lift=format_ratio(top["lift"]),
        ),
        figures={"share": float(top["share"]), "lift": float(top["lift"])},
    )


def _titled(row: "pd.Series", kind: str, segment: str) -> str:
    """Category: Cleaning"""
    return f"{kind_name(str(row[kind]))}: {member_name(str(row[kind]), row[segment])}"


def effort_finding(effort: Data, segments: Data) -> Finding:
    """Which segment gets fewer contacts than its expected value merits, and which more."""
    rows = with_sizes(frame_of(effort), frame_of(segments))
    if len(rows):
        rows = without_small(rows, "customer_count", within=[[]])
        rows = rows[rows["touch_share"].notna() & rows["expected_value_share"].notna()]
    if rows.empty:
        return Finding("effort", title=say("findings.effort.none"))
    gap = rows["expected_value_share"] - rows["touch_share"]
    ranked = rows.assign(gap=gap).sort_values(["gap", "segment"], ascending=[False, True])
    short, over = ranked.iloc[0], ranked.iloc[-1]
    moves = short["verdict"] == "more" and over["verdict"] == "less"
    if short["verdict"] != "more":
        title = say("findings.effort.balanced", segments=format_count(len(rows)))
    else:
        title = say(
            "findings.effort.title",
            segment=segment_name(short["segment"]),
            value=format_share(short["expected_value_share"], digits=0),
            touches=format_share(short["touch_share"], digits=0),
        )
    return Finding(
        "effort",
        title=title,
        severity="act" if moves else "note",
        figures={"gap": float(short["gap"])},
        decision=Decision(
            title=say(
                "findings.effort.ask",
                over=segment_name(over["segment"]),
                short=segment_name(short["segment"]),
            ),
            why=say(
                "findings.effort.why",
                over=segment_name(over["segment"]),
                value=format_share(over["expected_value_share"], digits=0),
                touches=format_share(over["touch_share"], digits=0),
            ),
            evidence="partial",
        )
        if moves
        else None,
    )

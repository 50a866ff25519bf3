"""Findings of chapter 3: who holds the revenue, who moved, who leaks away."""

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.cohort_privacy import told_cohorts
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.naming import segment_name
from crm_strategy.views.privacy import small, without_small
from crm_strategy.views.segment_tables import moves_to_hide
from crm_strategy.views.stage_privacy import inactive_of, stages_to_hide
from crm_strategy.words import known, say, say_count
from crm_strategy.words.numbers import (
    format_count,
    format_interval,
    format_share,
    format_short_money,
    format_unit_money,
)

AT_RISK = ("at_risk", "cant_lose")
"""Segments of good customers whose last order is long ago."""

LOW_RESPONSE, HIGH_RESPONSE = 0.03, 0.09
"""Assumed range of customers who answer a win-back; named as assumed wherever it is used."""


def largest_segment_finding(segments: Data) -> Finding:
    """Which segment holds the most revenue, and how few customers it is."""
    rows = frame_of(segments)
    rows = without_small(rows, "customer_count", within=[[]])
    if rows.empty:
        return Finding("largest_segment", title=say("findings.segments.none"))
    if len(frame_of(segments)) == 1:
        return Finding("largest_segment", title=say("findings.largest_segment.alike"))
    top = rows.sort_values(["revenue", "segment"], ascending=[False, True]).iloc[0]
    if pd.isna(top["revenue_share"]):
        return Finding("largest_segment", title=say("findings.largest_segment.no_revenue"))
    # A segment of the client's own rules has no advice in the catalogue.
    action = f"segments.{top['segment']}.action"
    return Finding(
        "largest_segment",
        title=say(
            "findings.largest_segment.title",
            segment=segment_name(top["segment"]),
            revenue_share=format_share(top["revenue_share"], digits=0),
            customer_share=format_share(top["customer_share"], digits=0),
        ),
        text=say(
            "findings.largest_segment.text" if known(action) else "findings.largest_segment.own",
            customers=say_count("findings.customers", int(top["customer_count"])),
            revenue=format_short_money(top["revenue"]),
            action=say(action) if known(action) else "",
        ),
        severity="note",
        figures={
            "revenue_share": float(top["revenue_share"]),
            "customer_share": float(top["customer_share"]),
        },
    )


def at_risk_finding(segments: Data) -> Finding:
    """What the good customers who stopped ordering are worth, and what to decide."""
    rows = frame_of(segments)
    risk = rows[rows["segment"].isin(AT_RISK)]
    customers = int(risk["customer_count"].sum())
    if rows["customer_count"].sum() == 0:
        return Finding("at_risk", title=say("findings.segments.none"))
    if customers == 0:
        return Finding("at_risk", title=say("findings.at_risk.none"), severity="good")
    # Beside the table of segments a sum would tell the small group that the table hides.
    if not set(risk.index) <= set(without_small(rows, "customer_count", within=[[]]).index):
        return Finding("at_risk", title=say("findings.at_risk.few"))
    revenue = float(risk["revenue"].sum())
    total = float(rows["revenue"].sum())
    if revenue <= 0 or total <= 0:
        return Finding("at_risk", title=say("findings.at_risk.no_revenue"))
    orders = float((risk["purchase_frequency"] * risk["customer_count"]).sum())
    order_value = revenue / orders if orders else 0.0
    share = revenue / total
    low, high = (customers * rate * order_value for rate in (LOW_RESPONSE, HIGH_RESPONSE))
    return Finding(
        "at_risk",
        title=say(
            "findings.at_risk.title",
            revenue_share=format_share(share, digits=0),
            customers=say_count("findings.customers", customers),
        ),
        text=say(
            "findings.at_risk.text",
            revenue=format_short_money(revenue),
            customer_share=format_share(customers / rows["customer_count"].sum(), digits=0),
        ),
        severity="act",
        figures={"customer_count": customers, "revenue": revenue, "revenue_share": share},
        decision=Decision(
            title=say(
                "findings.at_risk.ask", customers=say_count("findings.of_customers", customers)
            ),
            why=say(
                "findings.at_risk.why",
                low_response=format_count(100 * LOW_RESPONSE),
                high_response=format_count(100 * HIGH_RESPONSE),
                order_value=format_unit_money(order_value),
                range=format_interval(low, high, "short_money"),
            )
            + _left_alone(risk, rows),
            evidence="assumed",
        ),
    )


def _left_alone(risk: pd.DataFrame, segments: pd.DataFrame) -> str:
    """What a model expects of the customers without a win-back; nothing where none can tell."""
    expected, of_all = (each.get("expected_value", pd.Series()) for each in (risk, segments))
    total = of_all.sum()
    if expected.empty or of_all.isna().any() or total <= 0:
        return ""
    return " " + say(
        "findings.at_risk.left_alone",
        value=format_short_money(expected.sum()),
        share=format_share(expected.sum() / total, digits=0),
    )


def segment_migration_finding(migration: Data) -> Finding:
    """The largest move from one segment to another, as a share of where it came from."""
    rows = frame_of(migration)
    before = rows[rows["from_segment"] != "none"]
    gone = moves_to_hide(rows)[0] if len(rows) else rows.index != rows.index
    shown = rows[~gone]
    moved = shown["from_segment"] != shown["to_segment"]
    moves = shown[moved & (shown["from_segment"] != "none")]
    if moves.empty:
        return Finding("segment_migration", title=say("findings.segment_migration.none"))
    sizes = before.groupby("from_segment")["customer_count"].sum()
    top = moves.sort_values(
        ["customer_count", "from_segment", "to_segment"], ascending=[False, True, True]
    ).iloc[0]
    staying = before[before["from_segment"] == before["to_segment"]]
    # Of all who stayed the hidden ones would be the rest.
    told = not gone[staying.index].any()
    stayed = staying["customer_count"].sum() / before["customer_count"].sum()
    size = int(sizes[top["from_segment"]])
    return Finding(
        "segment_migration",
        title=say(
            "findings.segment_migration.title",
            share=format_share(top["customer_count"] / size, digits=0),
            before=segment_name(top["from_segment"]),
            after=segment_name(top["to_segment"]),
        ),
        text=say(
            "findings.segment_migration.text" if told else "findings.segment_migration.moved",
            moved=say_count("findings.customers", int(top["customer_count"])),
            size=format_count(size),
            stayed=format_share(stayed, digits=0),
        ),
        figures={"customer_count": int(top["customer_count"]), "from_count": size},
    )


def lifecycle_finding(stages: Data, total: "Data | None" = None) -> Finding:
    """Whether the base grew or leaked; prints active = new + retained + returned.

    Parameters
    ----------
    stages, total
        As in `tables.lifecycle_table`.
    """
    rows = frame_of(stages)
    count = {stage: int(n) for stage, n in zip(rows["stage"], rows["customer_count"], strict=True)}
    new, retained, returned, lapsed = (
        count.get(stage, 0) for stage in ("new", "retained", "returned", "lapsed")
    )
    active = new + retained + returned
    if active + lapsed == 0:
        return Finding("lifecycle", title=say("findings.lifecycle.none"))
    if stages_to_hide(count | inactive_of(count, total)):
        return Finding("lifecycle", title=say("findings.lifecycle.few"))
    change = new + returned - lapsed
    growth = "grew" if change > 0 else "leaked" if change < 0 else "held"
    return Finding(
        "lifecycle",
        title=say(
            f"findings.lifecycle.{growth}",
            change=say_count("findings.customers", abs(change)),
            gained=format_count(new + returned),
            lapsed=format_count(lapsed),
        ),
        text=say(
            "findings.lifecycle.identity",
            active=format_count(active),
            new=format_count(new),
            retained=format_count(retained),
            returned=format_count(returned),
        ),
        severity="watch" if change < 0 else "good",
        figures={"active": active, "new": new, "retained": retained, "returned": returned},
    )


def cohort_finding(retention: Data, *, period: int = 3) -> Finding:
    """How many of the newest cohorts order again in their third month, against older ones."""
    rows = frame_of(retention)
    # Of more cohorts than the table shows the hidden ones would be the rest.
    told = told_cohorts(rows)
    if told.empty:
        return Finding("cohorts", title=say("findings.cohorts.none"))
    shown = [isinstance(rate, float) and rate == rate for rate in told["retention_rate"]]
    seen = rows[shown]
    seen = seen[seen["period"] == period].sort_values("cohort")
    if seen.empty:
        return Finding("cohorts", title=say("findings.cohorts.none"))
    recent, older = seen.tail(6), seen.iloc[:-6]
    now = recent["active_count"].sum() / recent["customer_count"].sum()
    if older.empty or small(recent["active_count"].sum()):
        return Finding("cohorts", title=say("findings.cohorts.none"))
    then = older["active_count"].sum() / older["customer_count"].sum()
    return Finding(
        "cohorts",
        title=say(
            "findings.cohorts.title",
            now=format_share(now),
            then=format_share(then),
            month=format_count(period),
        ),
        text=say(
            "findings.cohorts.text",
            recent=format_count(recent["customer_count"].sum()),
            older=format_count(older["customer_count"].sum()),
            cohorts=format_count(len(recent)),
        ),
        figures={"recent": float(now), "older": float(then)},
    )

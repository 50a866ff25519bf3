"""Findings of chapter 5 on money: what an offer earns by segment, and what points cost."""

import pandas as pd

from crm_strategy.analysis.loyalty_programme import DAYS
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.naming import segment_name
from crm_strategy.views.privacy import small, without_small
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import (
    format_date,
    format_money,
    format_points,
    format_share,
    format_short_money,
)


def playbook_finding(plays: Data, *, uplift: float, discount: float, cost_known: bool) -> Finding:
    """The segment where one offer earns most, and those where it costs."""
    rows = frame_of(plays)
    # As the table hides them: the source line tells how many there are in all.
    rows = without_small(rows, "customer_count", within=[()]) if len(rows) else rows
    if rows.empty:
        return Finding("playbook", title=say("growth.playbook.none"))
    top = rows.sort_values(["gain", "segment"], ascending=[False, True]).iloc[0]
    terms = {
        "discount": format_share(discount, digits=0),
        "uplift": format_share(uplift, digits=0),
    }
    losing = rows[rows["gain"] <= 0]
    parts = [
        say("growth.playbook.text", cost=format_money(top["offer_cost"]), **terms),
        _break_even(top),
        *(
            say(
                f"growth.playbook.losing_{cause}",
                segments=", ".join(segment_name(each) for each in alike["segment"]),
            )
            for cause, alike in losing.groupby("cause", sort=True)
        ),
        say("growth.playbook.whole") if len(losing) else "",
        "" if cost_known else say("growth.playbook.no_cost"),
        say("growth.playbook.beside_effort", segment=segment_name(top["segment"]))
        if top["gain"] > 0
        else "",
    ]
    name = "title" if top["gain"] > 0 else "none_pays"
    return Finding(
        "playbook",
        title=say(
            f"growth.playbook.{name}",
            segment=segment_name(top["segment"]),
            gain=format_money(top["gain"]),
            customers=_customers(top["customer_count"]),
        ),
        text=" ".join(part for part in parts if part),
        severity="act" if top["gain"] > 0 else "note",
        figures={"segment": str(top["segment"]), "gain": float(top["gain"])},
        decision=_test(top) if top["gain"] > 0 else None,
    )


def _break_even(row: pd.Series) -> str:
    if pd.isna(row["break_even_uplift"]):
        return ""
    return say("growth.playbook.break_even", uplift=format_points(row["break_even_uplift"])[1:])


def _test(row: pd.Series) -> Decision:
    holdout = "growth.playbook.no_holdout"
    size = {}
    if not pd.isna(row["holdout_count"]):
        holdout, size = "growth.playbook.holdout", {"holdout": _customers(row["holdout_count"])}
    return Decision(
        title=say(
            "growth.playbook.ask",
            segment=segment_name(row["segment"]),
            deadline=format_date(row["deadline"]),
        ),
        why=say(holdout, **size),
        evidence="assumed",
    )


def loyalty_finding(programme: Data, *, cost_known: bool, margin_known: bool) -> Finding:
    """What points cost, how much more members must buy for it, and who merits exclusives."""
    rows = frame_of(programme)
    rows = rows[rows["revenue"] > 0] if len(rows) else rows
    if rows.empty or small(rows["customer_count"].sum()):
        return Finding("loyalty", title=say("growth.loyalty.none"))
    cost = float(rows["points_cost"].sum() + rows["running_cost"].fillna(0.0).sum())
    needed = rows["break_even_uplift"].max()
    best, days = rows.iloc[0], int(rows["days"].iloc[0])
    tier = segment_name(best["tier"])
    parts = [
        ""
        if small(best["customer_count"]) or best["tier"] == "other"
        else say(
            "growth.loyalty.exclusives",
            tier=tier,
            customers=_customers(best["customer_count"]),
            share=format_share(best["revenue_share"], digits=0),
        ),
        "" if cost_known else say("growth.loyalty.no_cost"),
        "" if margin_known else say("growth.loyalty.no_margin"),
        say("growth.loyalty.short") if days < DAYS else "",
        say("growth.loyalty.limit"),
    ]
    title = "growth.loyalty.title" if _known(needed) else "growth.loyalty.never"
    return Finding(
        "loyalty",
        title=say(
            title,
            cost=format_short_money(cost),
            span=say("growth.loyalty.year")
            if days == DAYS
            else say_count("growth.loyalty.known_days", days),
            uplift=format_share(needed) if _known(needed) else "",
        ),
        text=" ".join(part for part in parts if part),
        figures={"cost": cost, "break_even_uplift": None if pd.isna(needed) else float(needed)},
    )


def _known(value: object) -> bool:
    return not pd.isna(value)


def _customers(count: float) -> str:
    return say_count("findings.customers", int(count))

"""Findings of sets of channels, and of what new customers cost and are worth."""

from typing import Final

import pandas as pd

from crm_strategy.analysis.acquisition import GOOD_RATIO
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.channel_mix_tables import HALF, set_name, untold_sets
from crm_strategy.views.finding import Basis, Decision, Finding
from crm_strategy.views.kinds import word_of
from crm_strategy.views.privacy import small, without_small
from crm_strategy.words import label, say, say_count
from crm_strategy.words.numbers import (
    format_interval,
    format_ratio,
    format_share,
    format_unit_money,
)

ASKING: Final = ("stop", "scale")


def channel_sets_finding(sets: Data, *, keep: float = 0.95) -> Finding:
    """The cheapest set that keeps the stated share, and how much rests on substitution."""
    rows = frame_of(sets)
    if rows.empty:
        return Finding("channel_sets", title=say("findings.channel_sets.none"))
    least = rows["substitution"].min()
    careful = rows[rows["substitution"] == least]
    best = careful[careful["is_cheapest"]].iloc[0]
    full = careful[careful["off_count"] == 0].iloc[0]
    orders = say_count("findings.orders", round(full["conversions"]))
    if small(full["customers"]):
        return Finding("channel_sets", title=say("findings.channel_sets.few_orders"))
    if best["off_count"] == 0:
        return _none_can_go(orders, format_share(1 - keep, digits=0))
    if small(best["lost_customers"].n) or best["switched_off"] in untold_sets(rows):
        return Finding("channel_sets", title=say("findings.channel_sets.few"))
    half = rows[(rows["substitution"] == HALF) & rows["is_cheapest"]]
    others = "" if half.empty else str(half["switched_off"].iloc[0])
    further = others and others != best["switched_off"] and set_name(others, ", ")
    share, off = format_share(best["conversion_share"]), str(best["switched_off"])
    basis = Basis(
        n=orders,
        interval=format_interval(best["low"], best["high"], "share"),
        assumption=say("findings.channel_sets.rests"),
        change=say("findings.channel_sets.more", share=share),
    )
    text = say(
        "findings.channel_sets.text",
        orders=orders,
        range=basis.interval,
        keep=format_share(keep, digits=0),
    )
    also = say("findings.channel_sets.half", channels=further) if further else ""
    return Finding(
        "channel_sets",
        title=say(
            f"findings.channel_sets.{'title_one' if best['off_count'] == 1 else 'title'}",
            channels=set_name(off, ", "),
            share=share,
            cost_share=format_share(best["cost"] / full["cost"], digits=0),
        ),
        text=" ".join(part for part in (text, also, basis.assumption, basis.change) if part),
        figures={"conversion_share": float(best["conversion_share"]), "cost": float(best["cost"])},
        basis=basis,
    )


def _none_can_go(orders: str, share: str) -> Finding:
    """That every channel is needed for the share to be kept."""
    basis = Basis(
        n=orders,
        interval=say("findings.channel_sets.no_interval"),
        assumption=say("findings.channel_sets.assumed_all"),
        change=say("findings.channel_sets.change_all"),
    )
    counted = say("findings.channel_sets.counted", orders=orders)
    return Finding(
        "channel_sets",
        title=say("findings.channel_sets.all", share=share),
        text=" ".join((counted, basis.interval, basis.assumption, basis.change)),
        basis=basis,
    )


def acquisition_finding(acquisition: Data, *, days: int) -> Finding:
    """The channel whose new customers don't pay, else the one whose pay best."""
    rows = frame_of(acquisition)
    judged = rows["verdict"].isin([*ASKING, "hold"]) & rows["channel"].notna() if len(rows) else []
    every = rows[judged] if len(rows) else rows
    known = without_small(every, "new_customers") if len(every) else every
    if known.empty:
        reason = _not_judged(rows, every)
        return Finding("acquisition", title=say(f"findings.acquisition.{reason}"))
    ranked = known.sort_values(["ltv_to_cac", "channel"], ascending=[False, True])
    worst, best = ranked.iloc[-1], ranked.iloc[0]
    row = worst if worst["verdict"] == "stop" else best
    channel, verdict = label("channel", row["channel"]), str(row["verdict"])
    ratio = format_ratio(row["ltv_to_cac"])
    basis = Basis(
        n=say_count("findings.customers", int(row["new_customers"])),
        interval=format_interval(row["low"], row["high"], "unit_money"),
        assumption=say("findings.acquisition.assumption"),
        change=_turns(row),
    )
    told = say(
        "findings.acquisition.text",
        customers=basis.n,
        range=basis.interval,
        ratio=ratio,
        verdict=word_of(verdict, ("views.acquisition.{}",)),
    )
    return Finding(
        "acquisition",
        title=say(
            "findings.acquisition.title",
            channel=channel,
            cac=format_unit_money(row["cac"]),
            ltv=format_unit_money(row["ltv"]),
            days=say_count("findings.days", days),
        ),
        text=" ".join((told, basis.change, basis.assumption)),
        severity="act" if verdict == "stop" else "note",
        figures={"cac": float(row["cac"]), "ltv": float(row["ltv"])},
        decision=Decision(
            title=say(f"findings.acquisition.ask_{verdict}", channel=channel),
            why=say("findings.acquisition.why", ratio=ratio),
            evidence="partial",
        )
        if verdict in ASKING
        else None,
        basis=basis,
    )


def _not_judged(rows: pd.DataFrame, judged: pd.DataFrame) -> str:
    """Why no channel is judged: nobody won, too few won, cost or worth not known."""
    if rows.empty:
        return "no_customers"
    if len(judged):
        return "few"
    return "no_value" if (rows["verdict"] == "no_value").any() else "no_cost"


def _turns(row: pd.Series) -> str:
    """The margins and costs at which the verdict turns, the interval of LTV included."""
    stop = {"cac": format_unit_money(row["high"]), "margin": _share(row["stop_margin"])}
    scale = {
        "scale_cac": format_unit_money(row["low"] / GOOD_RATIO),
        "scale_margin": _share(row["scale_margin"]),
    }
    can_scale = 0 < row["scale_margin"] <= 1
    verdict = str(row["verdict"])
    if verdict == "hold" and not can_scale:
        return say("findings.acquisition.turns_hold_only", **stop)
    said = scale if verdict == "scale" else stop if verdict == "stop" else stop | scale
    return say(f"findings.acquisition.turns_{verdict}", **said)


def _share(margin: float) -> str:
    return format_share(margin, digits=0)

"""Findings of the switch-off lab: which channels can go, what customers cost."""

from typing import Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.channel_mix_tables import HALF, set_name
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.kinds import word_of
from crm_strategy.views.privacy import small, without_small
from crm_strategy.words import label, say, say_count
from crm_strategy.words.numbers import (
    format_count,
    format_interval,
    format_money,
    format_ratio,
    format_share,
    format_unit_money,
)

JUDGED: Final = ("switch_off", "test", "keep")
ASKING: Final = ("stop", "scale")
MOST_NAMES: Final = 6
"""Channels named in a sentence; the table beside it has all."""


def switch_off_finding(single: Data, plan: Data) -> Finding:
    """The channel to switch off, else the one to test first; asks for a test with its size."""
    rows = frame_of(single)
    judged = rows[rows["verdict"].isin(JUDGED)] if len(rows) else rows
    judged = without_small(judged, "journey_count")
    if judged.empty:
        return Finding("switch_off", title=say("findings.switch_off.none"))
    left = rows.loc[rows["verdict"] == "left_on", "channel"]
    unknown = (
        say("findings.switch_off.left_on", channels=_names(left)) if len(left) else ""
    )  # A missing cost must not pass for none.
    off = judged[judged["verdict"] == "switch_off"]
    if len(off):
        return _pays(off.iloc[0], frame_of(plan), unknown)
    tests = judged[judged["verdict"] == "test"]
    if len(tests):
        return _depends(tests, frame_of(plan), unknown)
    return Finding(
        "switch_off",
        title=say("findings.switch_off.keep", channels=_names(judged["channel"])),
        text=f"{say('findings.switch_off.assumption')} {unknown}".strip(),
        severity="good",
        figures={"switch_off": 0, "test": 0, "keep": len(judged)},
    )


def _pays(row: pd.Series, plan: pd.DataFrame, unknown: str) -> Finding:
    channel, saved = label("channel", row["channel"]), format_money(row["cost_saved"])
    few = small(row["conversions_lost"])
    parts = [
        say("findings.switch_off.few", journeys=_journeys(row))
        if few
        else say(
            "findings.switch_off.text",
            journeys=_journeys(row),
            orders=say_count("findings.orders", round(row["conversions_lost"])),
            margin=format_money(row["margin_lost"]),
        ),
        say("findings.switch_off.assumption"),
        "" if few else _flips(row),
        unknown,
    ]
    title = "findings.switch_off.title_few" if few else "findings.switch_off.title"
    ready = _ready(plan, row["channel"])
    ask = "findings.switch_off.ask_all" if ready is None else "findings.switch_off.ask"
    return Finding(
        "switch_off",
        title=say(title, channel=channel, saved=saved, high=format_money(row["high"])),
        text=" ".join(part for part in parts if part),
        severity="act",
        figures={"channel": str(row["channel"]), "cost_saved": float(row["cost_saved"])},
        decision=Decision(
            title=say(ask, channel=channel, **_size(ready)),
            why=say("findings.switch_off.why", saved=saved),
            evidence="partial",
        ),
    )


def _depends(tests: pd.DataFrame, plan: pd.DataFrame, unknown: str) -> Finding:
    ready = next((name for name in tests["channel"] if _ready(plan, name) is not None), None)
    row = tests[tests["channel"] == ready].iloc[0] if ready else tests.iloc[0]
    channel, size = label("channel", row["channel"]), _ready(plan, row["channel"])
    few = small(row["conversions_lost"]) or small(row["least_conversions_lost"])
    open_yet = (
        ""
        if few or pd.isna(row["break_even"])
        else say("findings.switch_off.break_even", share=format_share(row["break_even"], digits=0))
    )
    parts = [open_yet, say("findings.switch_off.assumption"), unknown]
    return Finding(
        "switch_off",
        title=say("findings.switch_off.depends", channels=_names(tests["channel"])),
        text=" ".join(part for part in parts if part),
        severity="watch",
        figures={"channel": str(row["channel"]), "cost_saved": float(row["cost_saved"])},
        decision=Decision(
            title=say("findings.switch_off.ask_test", channel=channel, **_size(size)),
            why=say("findings.switch_off.why_test", saved=format_money(row["cost_saved"])),
            evidence="partial",
        )
        if size is not None
        else None,
    )


def _journeys(row: pd.Series) -> str:
    return say_count("findings.journeys", round(row["journey_count"]))


def _flips(row: pd.Series) -> str:
    if pd.isna(row["flip_margin"]) or row["flip_margin"] > 1:
        return say("findings.switch_off.no_flip")
    return say("findings.switch_off.flip", margin=format_share(row["flip_margin"], digits=0))


def _ready(plan: pd.DataFrame, channel: object) -> pd.Series | None:
    rows = plan[(plan["channel"] == channel) & (plan["verdict"] == "ready")] if len(plan) else plan
    rows = without_small(rows, "customer_count")
    return rows.iloc[0] if len(rows) else None


def _size(ready: pd.Series | None) -> dict[str, str]:
    if ready is None:
        return {}
    weeks = say_count("findings.weeks", int(ready["weeks"]))
    return {"share": format_share(ready["holdout_share"], digits=0), "weeks": weeks}


def _names(channels: pd.Series) -> str:
    names = [say("findings.quoted", name=label("channel", each)) for each in channels]
    shown, more = ", ".join(names[:MOST_NAMES]), len(names) - MOST_NAMES
    return say("views.and_more", items=shown, more=format_count(more)) if more > 0 else shown


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
    if best["off_count"] == 0:
        title = say("findings.channel_sets.all", share=format_share(1 - keep, digits=0))
        text = say("findings.channel_sets.rests_all", orders=orders)
        return Finding("channel_sets", title=title, text=text)
    if small(full["conversions"] - best["conversions"]):
        return Finding("channel_sets", title=say("findings.channel_sets.few"))
    half = rows[(rows["substitution"] == HALF) & rows["is_cheapest"]]
    others = "" if half.empty else str(half["switched_off"].iloc[0])
    further = others and others != best["switched_off"] and set_name(others, ", ")
    return Finding(
        "channel_sets",
        title=say(
            "findings.channel_sets.title",
            channels=set_name(best["switched_off"], ", "),
            share=format_share(best["conversion_share"]),
            cost_share=format_share(best["cost"] / full["cost"], digits=0),
        ),
        text=" ".join(
            part
            for part in (
                say(
                    "findings.channel_sets.text",
                    orders=orders,
                    range=format_interval(best["low"], best["high"], "share"),
                    keep=format_share(keep, digits=0),
                ),
                say("findings.channel_sets.half", channels=further) if further else "",
                say(
                    "findings.channel_sets.rests",
                    share=format_share(best["conversion_share"]),
                ),
            )
            if part
        ),
        figures={"conversion_share": float(best["conversion_share"]), "cost": float(best["cost"])},
    )


def acquisition_finding(acquisition: Data, *, days: int) -> Finding:
    """The channel whose new customers don't pay, else the one whose pay best."""
    rows = frame_of(acquisition)
    known = without_small(rows, "new_customers", within=((),)) if len(rows) else rows
    known = known[known["ltv_to_cac"].notna() & known["channel"].notna()] if len(known) else known
    known = known[known["verdict"].isin([*ASKING, "hold"])] if len(known) else known
    if known.empty:
        return Finding("acquisition", title=say("findings.acquisition.none"))
    ranked = known.sort_values(["ltv_to_cac", "channel"], ascending=[False, True])
    worst, best = ranked.iloc[-1], ranked.iloc[0]
    row = worst if worst["verdict"] == "stop" else best
    channel, verdict = label("channel", row["channel"]), str(row["verdict"])
    return Finding(
        "acquisition",
        title=say(
            "findings.acquisition.title",
            channel=channel,
            cac=format_unit_money(row["cac"]),
            ltv=format_unit_money(row["ltv"]),
            days=say_count("findings.days", days),
        ),
        text=say(
            "findings.acquisition.text",
            customers=say_count("findings.customers", int(row["new_customers"])),
            range=format_interval(row["low"], row["high"], "unit_money"),
            ratio=format_ratio(row["ltv_to_cac"]),
            verdict=word_of(verdict, ("views.acquisition.{}",)),
            margin=format_share(row["break_even_margin"], digits=0),
        ),
        severity="act" if verdict == "stop" else "note",
        figures={"cac": float(row["cac"]), "ltv": float(row["ltv"])},
        decision=Decision(
            title=say(f"findings.acquisition.ask_{verdict}", channel=channel),
            why=say("findings.acquisition.why", ratio=format_ratio(row["ltv_to_cac"])),
            evidence="partial",
        )
        if verdict in ASKING
        else None,
    )

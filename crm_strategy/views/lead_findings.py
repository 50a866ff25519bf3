"""Findings of leads and deals: which source is won most, why leads are lost, what is open."""

import pandas as pd

from crm_strategy.analysis.intervals import share_interval
from crm_strategy.analysis.lead_funnel import NOT_STATED
from crm_strategy.analysis.members import OTHER
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.kinds import word_of
from crm_strategy.views.lead_tables import SOURCE
from crm_strategy.views.privacy import small, without_small
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import (
    format_interval,
    format_money,
    format_share,
    format_unit_money,
)


def lead_funnel_finding(funnel: Data) -> Finding:
    """The two sources whose win rates differ most surely; that none do, where none do."""
    rows = frame_of(funnel)
    for count in ("lead_count", "won_count", "lost_count"):
        rows = without_small(rows, count) if len(rows) else rows
    rows = rows[rows["win_rate"].notna()] if len(rows) else rows
    if rows.empty:
        return Finding("lead_funnel", title=say("findings.lead_funnel.none"))
    ranked = rows.sort_values(["win_rate", "source_channel"], ascending=[False, True])
    best, least = ranked.iloc[0], ranked.iloc[-1]
    # Few leads give the extreme rates: what differs beyond chance is told by the bounds.
    surest = ranked.loc[ranked["low"].idxmax()], ranked.loc[ranked["high"].idxmin()]
    differ = bool(surest[0]["low"] > surest[1]["high"])
    if differ:
        best, least = surest
    text = _interval(best)
    figures = {"best": float(best["win_rate"]), "least": float(least["win_rate"])}
    if len(ranked) == 1:
        title = say("findings.lead_funnel.one", **_named(best))
        text = f"{text} {say('findings.lead_funnel.assumption')}"
        return Finding("lead_funnel", title=title, text=text, figures=figures)
    parts = [
        text,
        _interval(least),
        "" if differ else say("findings.lead_funnel.alike"),
        _costs(rows),
        say("findings.lead_funnel.assumption"),
    ]
    named = _named(best) | {f"least_{name}": text for name, text in _named(least).items()}
    return Finding(
        "lead_funnel",
        title=say(f"findings.lead_funnel.{'title' if differ else 'title_alike'}", **named),
        text=" ".join(part for part in parts if part),
        severity="act" if differ else "note",
        figures=figures,
        decision=Decision(
            title=say("findings.lead_funnel.ask", **named),
            why=say("findings.lead_funnel.why"),
            evidence="measured",
        )
        if differ
        else None,
    )


def _named(row: pd.Series) -> dict[str, str]:
    source = word_of(row["source_channel"], SOURCE["source_channel"]) or ""
    return {"source": source, "rate": format_share(row["win_rate"], digits=0)}


def _interval(row: pd.Series) -> str:
    return say(
        "findings.lead_funnel.interval",
        range=format_interval(row["low"], row["high"], "share"),
        leads=say_count("findings.decided_leads", int(row["won_count"] + row["lost_count"])),
        source=_named(row)["source"],
    )


def _costs(rows: pd.DataFrame) -> str:
    """What a won lead costs where it is dearest and cheapest, and when both would be alike."""
    priced = rows[rows["cost_per_won"] > 0].sort_values(["cost_per_won", "source_channel"])
    if len(priced) < 2:
        return ""
    cheap, dear = priced.iloc[0], priced.iloc[-1]
    needed = float(dear["win_rate"] * dear["cost_per_won"] / cheap["cost_per_won"])
    said = {
        "cheap": _named(cheap)["source"],
        "least": format_unit_money(cheap["cost_per_won"]),
        "dear": _named(dear)["source"],
        "most": format_unit_money(dear["cost_per_won"]),
    }
    if needed > 1:
        return say("findings.lead_funnel.costs", **said)
    return say("findings.lead_funnel.costs_needed", needed=format_share(needed, digits=0), **said)


def lost_reasons_finding(reasons: Data) -> Finding:
    """The commonest reason why leads are lost."""
    rows = frame_of(reasons)
    named = rows[~rows["lost_reason"].isin([OTHER, NOT_STATED])] if len(rows) else rows
    named = without_small(named, "lead_count") if len(named) else named
    if named.empty:
        return Finding("lost_reasons", title=say("findings.lost_reasons.none"))
    top = named.sort_values(["lead_count", "lost_reason"], ascending=[False, True]).iloc[0]
    return Finding(
        "lost_reasons",
        title=say(
            "findings.lost_reasons.title",
            reason=top["lost_reason"],
            share=format_share(top["share"], digits=0),
        ),
        text=say(
            "findings.lost_reasons.text",
            range=format_interval(top["low"], top["high"], "share"),
            leads=say_count("findings.lost_leads", int(rows["lead_count"].sum())),
        ),
        figures={"share": float(top["share"])},
    )


def deals_finding(deals: Data) -> Finding:
    """What is open, and how many of the decided deals were won."""
    rows = frame_of(deals)
    if rows.empty:
        return Finding("deals", title=say("findings.deals.none"))
    sums = rows.groupby("stage_group")[["deal_count", "customer_count", "value"]].sum()
    sums = sums.reindex(["open", "won", "lost"]).fillna(0)
    won, lost = int(sums.loc["won", "deal_count"]), int(sums.loc["lost", "deal_count"])
    low, high = share_interval(won, won + lost)
    told = not (small(won) or small(lost) or low is None)
    few = small(sums.loc["open", "deal_count"]) or small(sums.loc["open", "customer_count"])
    title = "findings.deals.few_open" if few else "findings.deals.title"
    count = 0 if few else int(sums.loc["open", "deal_count"])
    return Finding(
        "deals",
        title=say(
            title,
            deals=say_count("findings.open_deals", count),
            value=format_money(0.0 if few else sums.loc["open", "value"]),
        ),
        text=say(
            "findings.deals.text",
            rate=format_share(won / (won + lost)),
            range=format_interval(low, high, "share"),
            decided=say_count("findings.decided_deals", won + lost),
        )
        if told
        else "",
        figures={"open_count": count, **({"win_rate": won / (won + lost)} if told else {})},
    )

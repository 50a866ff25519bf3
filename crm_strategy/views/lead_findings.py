"""Findings of leads and deals: which source is won most, why leads are lost, what is open."""

from typing import Final

import pandas as pd

from crm_strategy.analysis.intervals import share_interval
from crm_strategy.analysis.lead_funnel import NOT_STATED
from crm_strategy.analysis.members import OTHER
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.channel_privacy import with_customers
from crm_strategy.views.finding import Basis, Decision, Finding
from crm_strategy.views.kinds import word_of
from crm_strategy.views.lead_tables import BEHIND, SOURCE, as_known
from crm_strategy.views.privacy import small, without_small
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import (
    format_interval,
    format_money,
    format_share,
    format_unit_money,
)

_HALF: Final = 0.5


def lead_funnel_finding(funnel: Data) -> Finding:
    """The two sources whose win rates differ most surely; that none do, where none do."""
    rows = frame_of(funnel)
    if rows.empty:
        return Finding("lead_funnel", title=say("findings.lead_funnel.nothing"))
    rows = with_customers(rows, BEHIND)
    for count in ("lead_customers", "won_customers", "lost_customers"):
        rows = without_small(rows, count)
    rows = rows[rows["win_rate"].notna()]
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
    named = _named(best) | {f"least_{name}": text for name, text in _named(least).items()}
    basis = Basis(
        n=_decided(best),
        interval=format_interval(best["low"], best["high"], "share"),
        assumption=say(f"findings.lead_funnel.assumption{'_known' if as_known(rows) else ''}"),
        change=_turns(best, least, named, len(ranked), differ=differ),
    )
    if len(ranked) == 1:
        title = say("findings.lead_funnel.one", **_named(best))
        text = f"{text} {basis.assumption} {basis.change}"
        return Finding("lead_funnel", title=title, text=text, figures=figures, basis=basis)
    parts = [text, _interval(least), basis.change, _costs(rows), basis.assumption]
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
        basis=basis,
    )


def _turns(
    best: pd.Series, least: pd.Series, named: dict[str, str], sources: int, *, differ: bool
) -> str:
    """What would change the verdict on the win rates."""
    if sources == 1:
        return say("findings.lead_funnel.one_change")
    if not differ:
        return say("findings.lead_funnel.alike")
    return say(
        "findings.lead_funnel.turns",
        low=format_share(least["high"], digits=0),
        high=format_share(best["low"], digits=0),
        **named,
    )


def _decided(row: pd.Series) -> str:
    return say_count("findings.decided_leads", int(row["won_count"] + row["lost_count"]))


def _named(row: pd.Series) -> dict[str, str]:
    source = word_of(row["source_channel"], SOURCE["source_channel"]) or ""
    return {"source": source, "rate": format_share(row["win_rate"], digits=0)}


def _interval(row: pd.Series) -> str:
    return say(
        "findings.lead_funnel.interval",
        range=format_interval(row["low"], row["high"], "share"),
        leads=_decided(row),
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
    """The commonest reason why leads are lost, or the two between which chance decides."""
    rows = with_customers(frame_of(reasons), {"customer_count": "lead_count"})
    if rows.empty:
        return Finding("lost_reasons", title=say("findings.lost_reasons.none"))
    stated = rows[rows["lost_reason"] != NOT_STATED]
    told = without_small(rows, "customer_count", within=[()])
    named = told[~told["lost_reason"].isin([OTHER, NOT_STATED])]
    if named.empty:
        reason = "few" if len(stated) else "not_stated"
        text = "" if len(stated) else say("findings.lost_reasons.supply")
        return Finding("lost_reasons", title=say(f"findings.lost_reasons.{reason}"), text=text)
    ranked = named.sort_values(["lead_count", "lost_reason"], ascending=[False, True])
    top, second = ranked.iloc[0], ranked.iloc[1] if len(ranked) > 1 else None
    said = {"reason": str(top["lost_reason"]), "share": format_share(top["share"], digits=0)}
    if second is not None:
        said["second"] = str(second["lost_reason"])
        said["second_share"] = format_share(second["share"], digits=0)
    is_open = second is not None and _within_chance(top["lead_count"], second["lead_count"])
    basis = Basis(
        n=say_count("findings.lost_leads", int(rows["lead_count"].sum())),
        interval=format_interval(top["low"], top["high"], "share"),
        assumption=say("findings.lost_reasons.assumption"),
        change=_other_reason(said, is_open=is_open),
    )
    other = (
        say(
            "findings.lost_reasons.text_second",
            second=said["second"],
            range=format_interval(second["low"], second["high"], "share"),
        )
        if second is not None
        else ""
    )
    told = say(
        "findings.lost_reasons.text", reason=said["reason"], range=basis.interval, leads=basis.n
    )
    return Finding(
        "lost_reasons",
        title=say(f"findings.lost_reasons.{'title_open' if is_open else 'title'}", **said),
        text=" ".join(part for part in (told, other, basis.assumption, basis.change) if part),
        figures={"share": float(top["share"])},
        basis=basis,
    )


def _within_chance(count: float, other: float) -> bool:
    """Whether of two reasons either could be the commoner: half lies within the interval."""
    low, _high = share_interval(count, count + other)
    return low is None or low <= _HALF


def _other_reason(said: dict[str, str], *, is_open: bool) -> str:
    """What would make another reason the commonest."""
    if is_open:
        return say("findings.lost_reasons.open_change")
    if "second" not in said:
        return say("findings.lost_reasons.only_change")
    return say("findings.lost_reasons.change", second=said["second"], share=said["second_share"])


def deals_finding(deals: Data) -> Finding:
    """What is open, and how many of the decided deals were won."""
    rows = with_customers(frame_of(deals), {"deal_customers": "customer_count"})
    if rows.empty:
        return Finding("deals", title=say("findings.deals.none"))
    sums = rows.groupby("stage_group")[["deal_count", "deal_customers", "value"]].sum()
    sums = sums.reindex(["open", "won", "lost"]).fillna(0)
    won, lost = int(sums.loc["won", "deal_count"]), int(sums.loc["lost", "deal_count"])
    low, high = share_interval(won, won + lost)
    behind = sums["deal_customers"].round(6)
    told = not (small(behind["won"]) or small(behind["lost"]) or low is None)
    few = small(behind["open"])
    if few and not told:
        return Finding("deals", title=say("findings.deals.few_open"))
    title = "findings.deals.few_open" if few else "findings.deals.title"
    basis = _deals_basis(sums, won + lost, low, high, told=told)
    rests = f"{basis.assumption} {basis.change}"
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
            range=basis.interval,
            decided=basis.n,
        )
        + f" {rests}"
        if told
        else f"{basis.interval} {rests}",
        basis=basis,
        figures={"open_count": count, **({"win_rate": won / (won + lost)} if told else {})},
    )


def _deals_basis(
    sums: pd.DataFrame, decided: int, low: float | None, high: float | None, *, told: bool
) -> Basis:
    count = int(sums.loc["open", "deal_count"])
    return Basis(
        n=say_count("findings.decided_deals", decided)
        if told
        else say_count("findings.open_deals", count),
        interval=format_interval(low, high, "share") if told else say("findings.deals.counted"),
        assumption=say("findings.deals.assumption"),
        change=say("findings.deals.change"),
    )

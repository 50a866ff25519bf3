"""Findings on how customers respond: the best channel, where they stop, which leads are hot."""

import pandas as pd

from crm_strategy.analysis.hot_leads import BANDS
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.kinds import word_of
from crm_strategy.views.privacy import small, without_small
from crm_strategy.views.response_tables import STAGES
from crm_strategy.views.stop_privacy import DONE, shares_tell, stops_to_hide
from crm_strategy.views.telling_rates import few_beside, telling_rates
from crm_strategy.words import label, say, say_count
from crm_strategy.words.numbers import format_count, format_interval, format_share


def responses_finding(responses: Data) -> Finding:
    """The channel that is answered most, and the one answered least."""
    rows = frame_of(responses)
    rows = every = rows[rows["response_rate"].notna()] if len(rows) else rows
    rows = without_small(rows, "customer_count")
    rates, also = list(rows["response_rate"]), few_beside(rows, "rate_tells")
    telling = telling_rates(rates, list(rows["customer_count"]), also=also)
    rows = rows.drop(index=rows.index[telling])
    if rows.empty:
        return Finding(
            "responses", title=say(f"findings.responses.{'few' if len(every) else 'none'}")
        )
    ranked = rows.sort_values(["response_rate", "channel"], ascending=[False, True])
    best, least = ranked.iloc[0], ranked.iloc[-1]
    return Finding(
        "responses",
        title=say(
            "findings.responses.title",
            channel=label("channel", best["channel"]),
            rate=format_share(best["response_rate"], digits=0),
        ),
        text=say(
            f"findings.responses.{'text' if len(ranked) > 1 else 'text_one'}",
            customers=say_count("findings.customers", int(best["customer_count"])),
            range=format_interval(best["low"], best["high"], "share"),
            least=label("channel", least["channel"]),
            least_rate=format_share(least["response_rate"], digits=0),
        ),
        figures={"best": float(best["response_rate"]), "least": float(least["response_rate"])},
    )


def stopped_at_finding(
    stopped: Data, responses: "Data | None" = None, total: "Data | None" = None
) -> Finding:
    """The stage at which most customers have stopped; arguments as of `stopped_at_table`."""
    rows = frame_of(stopped)
    if rows.empty:
        return Finding("stopped_at", title=say("findings.stopped_at.none"))
    told = rows.drop(index=rows.index[stops_to_hide(rows, responses, total)])
    short, shown = (
        each[(each["customer_count"] > 0) & ~each["stage"].isin(DONE)] for each in (rows, told)
    )
    if shown.empty or shares_tell(rows, total):
        # The share tells how many have stopped or ordered, and so how many have not.
        which = "hidden" if len(short) else "nobody"
        return Finding("stopped_at", title=say(f"findings.stopped_at.{which}"))
    top = shown.sort_values(["customer_count", "stage"], ascending=[False, True]).iloc[0]
    return Finding(
        "stopped_at",
        title=say(
            "findings.stopped_at.title",
            customers=say_count("findings.customers", int(top["customer_count"])),
            stage=word_of(top["stage"], STAGES),
            share=format_share(top["share"], digits=0),
        ),
        figures={"customer_count": int(top["customer_count"]), "share": float(top["share"])},
    )


def hot_leads_finding(leads: Data, *, days: int) -> Finding:
    """How many open leads are worth a call now, and whether such scores came true before."""
    rows = frame_of(leads)
    rows = rows[rows["expected_rate"].notna()] if len(rows) else rows
    rows = without_small(rows, "lead_count")
    if rows.empty:
        return Finding("hot_leads", title=say("findings.hot_leads.none"))
    hot = rows[rows["band"] == BANDS[0]]
    if hot.empty:
        # The next band is not hot, however much warmer it is than the rest.
        return Finding("hot_leads", title=say("findings.hot_leads.hidden"))
    hottest = hot.iloc[0]
    judged = rows[rows["observed_rate"].notna() & rows["low"].notna()]
    within = judged["expected_rate"].between(judged["low"], judged["high"])
    count = 0 if pd.isna(hottest["open_count"]) else int(hottest["open_count"])
    open_leads = count if count and not small(count) else 0
    title = "title" if open_leads else "few" if count else "no_open"
    return Finding(
        "hot_leads",
        title=say(
            f"findings.hot_leads.{title}",
            leads=say_count("findings.leads", open_leads),
            rate=format_share(hottest["expected_rate"], digits=0),
            days=say_count("findings.days", days),
        ),
        text=say(
            "findings.hot_leads.text",
            held=format_count(within.sum()),
            bands=say_count("findings.of_groups", len(judged)),
        )
        if len(judged)
        else "",
        severity="watch" if open_leads else "note",
        figures={"open_count": open_leads, "expected_rate": float(hottest["expected_rate"])},
        decision=Decision(
            title=say(
                "findings.hot_leads.ask", leads=say_count("findings.leads_to_call", open_leads)
            ),
            why=say(
                "findings.hot_leads.why", rate=format_share(hottest["expected_rate"], digits=0)
            ),
            evidence="measured" if len(judged) and within.all() else "partial",
        )
        if open_leads
        else None,
    )

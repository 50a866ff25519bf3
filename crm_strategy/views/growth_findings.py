"""Findings of chapter 5: whom to win back, whom to remind, and when to write."""

from typing import Final

import pandas as pd

from crm_strategy.analysis.observed_returns import EVERYONE, told_returns
from crm_strategy.analysis.win_back import REASONS
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.growth_tables import (
    lapsed_to_hide,
    told_by_season,
    win_back_results_table,
)
from crm_strategy.views.naming import attribute_name, segment_name, value_name
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.views.privacy import small, without_small
from crm_strategy.words import say, say_count, voice
from crm_strategy.words.numbers import (
    format_count,
    format_interval,
    format_money,
    format_points,
    format_share,
    format_short_money,
)

NO_DROP_OUT: Final = 0.95
"""From this mean chance on that lapsed customers are active, the model tells none of them apart."""


def win_back_finding(
    segments: Data,
    actions: Data,
    *,
    discount: float,
    uplift: float,
    returns: Data = (),
    knows_dropout: bool = True,
) -> Finding:
    """How many lapsed, what they had brought, and to whom the planned discount pays.

    Parameters
    ----------
    segments, actions
        Results of `win_back.win_back_summary` by segment and by action.
    discount, uplift
        As in `win_back.win_back_offers`.
    returns
        Result of `observed_returns.observed_returns`.
    knows_dropout
        `ValueFits.knows_dropout`: without it offers rest on `returns`, and nobody is called
        likely to buy again.
    """
    rows = frame_of(segments)
    customers = int(rows["customer_count"].sum())
    if customers == 0 or small(customers):
        return Finding("win_back", title=say("growth.win_back.none"))
    shown = rows.drop(index=rows.index[lapsed_to_hide(rows)])
    shown = without_small(shown, "customer_count")
    parts = []
    if len(shown):
        top = shown.sort_values(["past_revenue", "segment"], ascending=[False, True]).iloc[0]
        parts.append(
            say(
                f"growth.win_back.{_alive(top, knows_dropout=knows_dropout)}",
                segment=segment_name(top["segment"]),
                share=format_share(top["past_revenue"] / rows["past_revenue"].sum(), digits=0),
                customers=say_count("findings.customers", int(top["customer_count"])),
                alive=format_share(top["p_alive"], digits=0),
                **_counted(frame_of(returns), str(top["segment"])),
            )
        )
    groups = without_small(frame_of(actions), "customer_count", within=((),)).set_index("action")
    terms = {
        "discount": format_share(discount, digits=0),
        "uplift": format_share(uplift, digits=0),
    }
    decision = None
    if "offer" in groups.index:
        offer = groups.loc["offer"]
        size = say_count("findings.customers", int(offer["customer_count"]))
        parts.append(
            say(
                "growth.win_back.offer",
                customers=size,
                gain=format_money(offer["gain"]),
                most=format_share(offer["discount_share"], digits=0),
                **terms,
            )
        )
        decision = Decision(
            title=say("growth.win_back.ask", customers=size, discount=terms["discount"]),
            why=say("growth.win_back.why", gain=format_money(offer["gain"]), **terms),
            evidence="assumed",
        )
    for action in ("remind", "leave_alone"):
        if action in groups.index:
            count = say_count("findings.customers", int(groups.loc[action, "customer_count"]))
            terms = {"customers": count, "reasons": _reasons(groups.loc[action])}
            parts.append(say(f"growth.win_back.{action}", **terms))
    return Finding(
        "win_back",
        title=say(
            "growth.win_back.title",
            customers=say_count("findings.customers", customers),
            revenue=format_short_money(rows["past_revenue"].sum()),
        ),
        text=" ".join(parts),
        severity="watch",
        figures={"customer_count": customers, "past_revenue": float(rows["past_revenue"].sum())},
        decision=decision,
    )


def _reasons(group: pd.Series) -> str:
    """Why customers are left alone, the reason of most first; reasons of a few are not named."""
    counts = {reason: int(group[f"{reason}_count"]) for reason in REASONS}
    ranked = sorted((each for each in REASONS if counts[each]), key=lambda each: -counts[each])
    named = [each for each in ranked if not small(counts[each])] or ranked[:1]
    return "; ".join(say(f"growth.win_back.reason_{each}") for each in named)


def lapsed_groups_finding(groups: Data) -> Finding:
    """The group of lapsed customers who had brought far more each than the others."""
    rows = frame_of(groups)
    for guard in ("customer_count", "other_count") if len(rows) else ():
        rows = without_small(rows, guard)
    dear = rows[(rows["verdict"] == "dear") & (rows["other_count"] > 0)] if len(rows) else rows
    if dear.empty:
        return Finding("lapsed_groups", title=say("growth.lapsed_groups.none"))
    top = dear.assign(times=dear["mean_revenue"] / dear["other_mean"])
    row = top.sort_values(["times", "value"], ascending=[False, True]).iloc[0]
    return Finding(
        "lapsed_groups",
        title=say(
            "growth.lapsed_groups.title",
            attribute=attribute_name(row["attribute"]),
            value=value_name(row["attribute"], row["value"]),
            mean=format_money(row["mean_revenue"]),
            other=format_money(row["other_mean"]),
        ),
        text=say(
            "growth.lapsed_groups.text",
            customers=say_count("findings.customers", int(row["customer_count"])),
            share=format_share(row["lapsed_share"], digits=0),
            range=format_interval(row["low"], row["high"], "money"),
            groups=format_count(len(rows)),
        ),
        severity="watch",
        figures={"attribute": str(row["attribute"]), "value": str(row["value"])},
    )


def win_back_results_finding(results: Data, *, days: int) -> Finding:
    """Whether an earlier test brought the lapsed back, of how many; `days` as it was counted."""
    rows = frame_of(results)
    if len(rows):
        # As the table beside hides them.
        cells = column_cells(win_back_results_table(rows).payload(), "return_rate")
        rows = rows[[not is_hidden(cell) for cell in cells]]
    judged = rows[rows["difference"].notna()] if len(rows) else rows
    if judged.empty:
        return Finding("win_back_results", title=say("growth.win_back_results.none"))
    ranked = judged.assign(late=judged["verdict"] == "open")
    top = ranked.sort_values(["late", "difference"], ascending=[True, False]).iloc[0]
    name = f"growth.win_back_results.{top['verdict']}"
    return Finding(
        "win_back_results",
        title=say(name, experiment=top["experiment"]),
        text=say(
            "growth.win_back_results.text",
            returned=format_count(top["returned_count"]),
            customers=say_count("findings.of_customers", int(top["customer_count"])),
            days=say_count("findings.days", days),
            rate=format_share(top["return_rate"]),
            difference=format_points(top["difference"]),
            range=format_interval(top["difference_low"], top["difference_high"], "points"),
            tests=format_count(len(judged)),
        ),
        severity="good" if top["verdict"] == "more" else "note",
        figures={"difference": float(top["difference"]), "verdict": str(top["verdict"])},
    )


def replenishment_finding(due: Data) -> Finding:
    """The product most customers are due to buy again."""
    rows = frame_of(due)
    rows = without_small(rows, "due_count").query("due_count > 0")
    if rows.empty:
        return Finding("replenishment", title=say("findings.replenishment.none"))
    top = rows.sort_values(["due_count", "product"], ascending=[False, True]).iloc[0]
    return Finding(
        "replenishment",
        title=say(
            "findings.replenishment.title",
            customers=say_count("findings.customers", int(top["due_count"])),
            product=top["product"],
            days=say_count("findings.days", round(top["median_days"])),
        ),
        text=say("findings.replenishment.text", products=format_count(len(rows))),
        figures={"due_count": int(top["due_count"]), "median_days": float(top["median_days"])},
    )


def moments_finding(moments: Data, *, days: int) -> Finding:
    """How many customers have an occasion in the coming days, moment by moment."""
    rows = frame_of(moments)
    if len(rows):
        told = rows.drop(index=rows.index[told_by_season(rows)])
        rows = without_small(told, "customer_count")
    if rows.empty:
        return Finding("moments", title=say("growth.moments.none"))
    counts = [
        say(f"growth.moments.{row['moment']}", customers=_customers(row["customer_count"]))
        for row in rows.to_dict("records")
    ]
    listed = "; ".join(counts)
    return Finding(
        "moments",
        title=say("growth.moments.title", days=say_count("findings.days", days)),
        # Any occasion may come first.
        text=f"{listed[0].upper()}{listed[1:]}. {say('growth.moments.limit')}",
        figures={str(row["moment"]): int(row["customer_count"]) for row in rows.to_dict("records")},
    )


def _counted(returns: pd.DataFrame, segment: str) -> dict[str, str]:
    """How many who had lapsed came back, of the segment, or of all where that is a few."""
    if returns.empty:
        return {}
    told = told_returns(returns, min_count=voice().min_cell).set_index("segment")
    known = next((each for each in (segment, EVERYONE) if each in told.index), None)
    if known is None:
        return {}
    row = told.loc[known]
    return {
        "who": say(f"growth.win_back.counted_{'all' if known == EVERYONE else 'segment'}"),
        "n": format_count(row["customer_count"]),
        "rate": format_share(row["return_rate"]),
        "range": format_interval(row["low"], row["high"], "share"),
    }


def _customers(count: float) -> str:
    return say_count("findings.customers", int(count))


def _alive(row: pd.Series, *, knows_dropout: bool) -> str:
    """Which words tell how likely lapsed customers are to buy again at all."""
    chance = row["p_alive"]
    if not knows_dropout:
        return "text_uncounted" if pd.isna(row["own_return_rate"]) else "text_counted"
    if pd.isna(chance):
        return "text_unknown"
    return "text_no_drop_out" if chance >= NO_DROP_OUT else "text"

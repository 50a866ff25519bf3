"""Findings on what customers say: revenue at risk, and whether the answers speak for all."""

from dataclasses import replace

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.naming import segment_name
from crm_strategy.views.privacy import small, without_small
from crm_strategy.views.satisfaction_charts import UNHAPPY
from crm_strategy.views.satisfaction_tables import (
    bands_to_hide,
    few_of_one_survey,
    values_to_hide,
)
from crm_strategy.views.telling_rates import telling_rates
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import format_interval, format_share, format_short_money


def satisfaction_finding(satisfaction: Data, total: "Data | None" = None) -> Finding:
    """How much of the answering customers' revenue the unhappy ones bring, kind by kind.

    Parameters
    ----------
    satisfaction, total
        As in `tables.satisfaction_table`.
    """
    rows = frame_of(satisfaction)
    shown = rows
    if len(rows):
        gone = bands_to_hide(rows, total)
        shown = rows[[pair not in gone for pair in zip(rows["kind"], rows["band"], strict=True)]]
    unhappy = shown[shown["band"].isin(UNHAPPY)] if len(shown) else shown
    # NPS first: it has the sharper name for who is unhappy.
    unhappy = unhappy.sort_values("kind", ascending=False) if len(unhappy) else unhappy
    if unhappy.empty:
        return Finding("satisfaction", title=say("findings.satisfaction.none"))
    asked = unhappy[unhappy["customer_count"] > 0]
    if asked.empty:
        kind = str(unhappy["kind"].iloc[0])
        found = _nobody_unhappy(kind, rows[rows["kind"] == kind], shown[shown["kind"] == kind])
        hidden = rows[rows["band"].isin(UNHAPPY)].drop(index=unhappy.index)
        return _not_all_known(found, hidden) if len(hidden) else found
    row = asked.iloc[0]
    revenue = rows[rows["kind"] == row["kind"]]["revenue"].sum()
    share = row["revenue"] / revenue if revenue > 0 else None
    return Finding(
        "satisfaction",
        title=say(
            "findings.satisfaction.title",
            band=segment_name(row["band"]),
            share=format_share(share, digits=0),
            customers=say_count("findings.customers", int(row["customer_count"])),
        ),
        text=say("findings.satisfaction.text", revenue=format_short_money(row["revenue"])),
        severity="watch",
        figures={"revenue": float(row["revenue"]), "revenue_share": share},
    )


def _nobody_unhappy(kind: str, bands: pd.DataFrame, shown: pd.DataFrame) -> Finding:
    """That nobody is unhappy, and of how many, where no band of the survey is hidden."""
    answered = int(bands["customer_count"].sum())
    told = len(shown) == len(bands) and not small(answered)
    customers = say_count("findings.customers", answered)
    return Finding(
        "satisfaction",
        title=say(f"findings.satisfaction.nobody_{kind}"),
        text=say("findings.satisfaction.nobody_text", customers=customers) if told else "",
        severity="good",
        figures={"customer_count": answered} if told else {},
    )


def _not_all_known(found: Finding, hidden: pd.DataFrame) -> Finding:
    """That nobody is unhappy by one survey, beside another that does not tell it."""
    unknown = say(f"findings.satisfaction.hidden_{hidden['kind'].iloc[0]}")
    return replace(found, text=f"{unknown} {found.text}".strip(), severity="note")


def satisfaction_value_finding(grid: Data, total: "Data | None" = None) -> Finding:
    """The most valuable unhappy customers: whom to call first.

    Parameters
    ----------
    grid, total
        As in `tables.satisfaction_value_table`.
    """
    rows = frame_of(grid)
    chosen = rows
    if len(rows):
        chosen = rows[rows["band"].isin(UNHAPPY) & (rows["value_group"] == "top")]
        chosen = chosen[chosen["customer_count"] > 0]
    if chosen.empty:
        return Finding("satisfaction_value", title=say("findings.satisfaction_value.none"))
    row = chosen.iloc[0]
    if chosen.index[0] in rows.index[values_to_hide(rows, total)]:
        return Finding("satisfaction_value", title=say("findings.satisfaction_value.few"))
    customers = int(row["customer_count"])
    return Finding(
        "satisfaction_value",
        title=say(
            "findings.satisfaction_value.title",
            customers=say_count("findings.customers", customers),
            revenue=format_short_money(row["revenue"]),
        ),
        severity="watch",
        figures={"customer_count": customers, "revenue": float(row["revenue"])},
        decision=Decision(
            title=say(
                "findings.satisfaction_value.ask",
                customers=say_count("findings.customers", customers),
            ),
            why=say("findings.satisfaction_value.why", revenue=format_short_money(row["revenue"])),
        ),
    )


def respondents_finding(respondents: Data, satisfaction: Data = ()) -> Finding:
    """Whether those who answered buy as the others do; arguments as of `respondents_table`."""
    rows = frame_of(respondents)
    if few_of_one_survey(rows, satisfaction):
        return Finding("respondents", title=say("findings.respondents.few"))
    rows = rows[rows["customer_count"] > 0] if len(rows) else rows
    shown = without_small(rows, "customer_count", within=[[]]) if len(rows) else rows
    groups = shown.set_index("group") if len(shown) else shown
    if not {"respondents", "others"} <= set(groups.index):
        return Finding("respondents", title=say("findings.respondents.none"))
    if telling_rates(list(rows["repeat_rate"]), list(rows["customer_count"])):
        return Finding("respondents", title=say("findings.respondents.few"))
    answered, others = groups.loc["respondents"], groups.loc["others"]
    apart = answered["low"] > others["high"] or answered["high"] < others["low"]
    return Finding(
        "respondents",
        title=say(
            "findings.respondents.biased" if apart else "findings.respondents.alike",
            answered=format_share(answered["repeat_rate"], digits=0),
            others=format_share(others["repeat_rate"], digits=0),
        ),
        text=say(
            "findings.respondents.text",
            customers=say_count("findings.customers", int(answered["customer_count"])),
            answered=format_interval(answered["low"], answered["high"], "share"),
            others=format_interval(others["low"], others["high"], "share"),
        ),
        severity="watch" if apart else "note",
        figures={
            "respondents": float(answered["repeat_rate"]),
            "others": float(others["repeat_rate"]),
        },
    )

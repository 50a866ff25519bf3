"""Findings of attribution: which channels pay whatever the rule, and which only under some."""

from typing import Final

import pandas as pd

from crm_strategy.views.attribution_tables import COUNT
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Finding
from crm_strategy.views.privacy import without_small
from crm_strategy.words import label, say, say_count
from crm_strategy.words.numbers import format_ratio, format_share, format_short_money

_JUDGED: Final = ("never_pays", "depends", "pays")


def attribution_finding(verdicts: Data) -> Finding:
    """The dearest channel that no rule, else not every rule, credits with what it costs."""
    rows = without_small(frame_of(verdicts), COUNT)
    judged = rows[rows["verdict"].isin(_JUDGED)]
    if judged.empty:
        return Finding("attribution", title=say("findings.attribution.none"))
    doubtful = judged[judged["verdict"] != "pays"]
    doubtful = doubtful.assign(place=doubtful["verdict"].map(_JUDGED.index)).sort_values(
        ["place", "cost", "channel"], ascending=[True, False, True]
    )
    text = " ".join(_said(judged, verdict) for verdict in reversed(_JUDGED)).strip()
    if doubtful.empty:
        title = say("findings.attribution.all_pay")
        return Finding("attribution", title=title, text=text, severity="good")
    row = doubtful.iloc[0]
    verdict, ends = str(row["verdict"]), ("roi_low", "roi_high")
    if verdict == "depends" and not row["roi_low"] < 0 <= row["roi_high"]:
        # All rules agree; only chance leaves it open.
        verdict, ends = "by_chance", ("roi_least", "roi_most")
    return Finding(
        "attribution",
        title=say(
            f"findings.attribution.{verdict}",
            channel=label("channel", row["channel"]),
            low=format_ratio(row[ends[0]]),
            high=format_ratio(row[ends[1]]),
        ),
        # What to do about it, the switch-off lab asks, with the size of the test.
        text=f"{text} {_why(row)}",
        severity="watch",
        figures={"roi_low": float(row["roi_low"]), "roi_high": float(row["roi_high"])},
    )


def _said(judged: pd.DataFrame, verdict: str) -> str:
    """Which channels have a verdict; nothing where none has."""
    names = sorted(label("channel", each) for each in judged[judged["verdict"] == verdict].channel)
    if not names:
        return ""
    return say(f"findings.attribution.text_{verdict}", channels=", ".join(names))


def _why(row: pd.Series) -> str:
    """What the verdict rests on, and the margin at which the most generous rule would change."""
    parts = [
        say(
            "findings.attribution.why",
            cost=format_short_money(row["cost"]),
            low=format_short_money(row["value_low"]),
            high=format_short_money(row["value_high"]),
            orders=say_count("findings.orders", int(row["conversion_count"])),
        )
    ]
    if pd.notna(row["roi_least"]) and pd.notna(row["roi_most"]):
        drawn = {"low": format_ratio(row["roi_least"]), "high": format_ratio(row["roi_most"])}
        parts.append(say("findings.attribution.drawn", **drawn))
    needed = row["break_even_share"]
    if pd.notna(needed) and needed > 1:
        parts.append(say("findings.attribution.no_margin"))
    elif pd.notna(needed):
        shares = {"needed": format_share(needed, digits=0)}
        shares["margin"] = format_share(row["margin_share"], digits=0)
        parts.append(say("findings.attribution.margin", **shares))
    return " ".join(parts)

"""Findings of scenarios: which cascade is cheaper in another order, and what it should bring."""

from typing import Final

import pandas as pd

from crm_strategy.analysis.cascade_comparison import THEN
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Basis, Decision, Finding
from crm_strategy.views.privacy import small
from crm_strategy.views.scenario_tables import COUNT, chain_name
from crm_strategy.words import label, say, say_count
from crm_strategy.words.numbers import format_interval, format_share, format_unit_money

WORTH: Final = 0.1
"""Share of its cost that another order must save to be asked for; less makes no difference."""


def cascade_finding(comparison: Data, cascades: Data) -> Finding:
    """The scenario that gains most by another order; else the largest, in its cheapest."""
    rows = frame_of(comparison)
    if rows.empty:
        return Finding("cascades", title=say("findings.cascades.none"))
    gains = savings(rows)
    if gains.empty:
        return Finding(
            "cascades", title=say("findings.cascades.unknown"), text=_missing(frame_of(cascades))
        )
    scenario = str(gains.index[0])
    known = _told_rows(rows)
    own = known[known["scenario"] == scenario]
    return _told(
        scenario,
        own[own["option"] == "cascade"].iloc[0],
        own[own["is_best"].astype(bool)].iloc[0],
        own,
        _rest(gains.iloc[1:]),
    )


def savings(comparison: pd.DataFrame) -> pd.DataFrame:
    """What the cheapest order saves of each scenario that can be told, most first.

    Returns
    -------
    DataFrame
        By `scenario`: `saved`, `cost` (money), `responses`.
    """
    known = _told_rows(comparison)
    planned = known[known["option"] == "cascade"].set_index("scenario")
    best = known[known["is_best"].astype(bool)].drop_duplicates("scenario").set_index("scenario")
    planned = planned.loc[[each for each in planned.index if each in best.index]]
    saved = planned["cost"] - best["cost"].reindex(planned.index)
    gains = pd.DataFrame(
        {
            "saved": saved.round(6),
            "cost": planned["cost"],
            "responses": planned["expected_responses"],
        }
    )
    return gains.sort_values(["saved", "responses"], ascending=False)


def _told_rows(comparison: pd.DataFrame) -> pd.DataFrame:
    """Rows with cost and responses known, and enough customers behind them."""
    known = comparison[comparison["cost"].notna() & comparison["expected_responses"].notna()]
    return known.loc[[not small(count) for count in known[COUNT]]]


def _told(
    scenario: str, planned: pd.Series, best: pd.Series, rows: pd.DataFrame, rest: str
) -> Finding:
    saved = float(planned["cost"] - best["cost"])
    verdict = _verdict(saved, planned, best)
    is_worth = verdict == "reorder"
    first = str(best["channels"]).split(THEN)[0]
    said = {
        "scenario": label("scenario", scenario),
        "cost": format_unit_money(planned["cost"]),
        "responses": say_count("findings.responses_expected", round(best["expected_responses"])),
    }
    title = say(
        f"findings.cascades.{verdict}",
        channel=label("channel", first),
        best=format_unit_money(best["cost"]),
        **said,
    )
    basis = Basis(
        n=say_count("findings.customers", round(planned["customer_count"])),
        interval=format_interval(best["low"], best["high"], "count"),
        assumption=say("findings.cascades.assumption"),
        change=_flips(best) or say("findings.cascades.change"),
    )
    parts = [
        say("findings.cascades.text", customers=basis.n, range=basis.interval),
        _others(rows),
        basis.change,
        rest,
        basis.assumption,
    ]
    return Finding(
        "cascades",
        title=title,
        text=" ".join(part for part in parts if part),
        severity="act" if is_worth else "note",
        basis=basis,
        figures={
            "scenario": scenario,
            "cost": float(planned["cost"]),
            "best_cost": float(best["cost"]),
            "expected_responses": float(best["expected_responses"]),
        },
        decision=Decision(
            title=say(
                "findings.cascades.ask",
                scenario=said["scenario"],
                channels=chain_name(best["channels"]),
            ),
            why=say("findings.cascades.why", saved=format_unit_money(saved)),
            evidence="measured",
        )
        if is_worth
        else None,
    )


def _verdict(saved: float, planned: pd.Series, best: pd.Series) -> str:
    """What to say of the cheapest order: it saves enough, too little, perhaps, or is planned."""
    if round(saved, 2) <= 0:
        return "best"
    if saved <= WORTH * float(planned["cost"]):
        return "trifling"
    return "reorder" if best["is_sure"] is True else "open"


def _rest(gains: pd.DataFrame) -> str:
    """The other scenarios: those in their cheapest order, and those cheaper in another."""
    worth = gains["saved"] > WORTH * gains["cost"]
    parts = []
    for key, names in (("rest_reorder", gains.index[worth]), ("rest_best", gains.index[~worth])):
        if len(names):
            quoted = (say("findings.quoted", name=label("scenario", each)) for each in names)
            parts.append(say(f"findings.cascades.{key}", scenarios=", ".join(quoted)))
    return " ".join(parts)


def _others(rows: pd.DataFrame) -> str:
    """What every step to everyone costs, and what the best channel alone brings."""
    everyone = rows[rows["option"] == "everyone"]
    single = rows[rows["option"] == "single"].sort_values(
        ["expected_responses", "channels"], ascending=[False, True]
    )
    if everyone.empty or single.empty:
        return ""
    return say(
        "findings.cascades.others",
        everyone=format_unit_money(everyone["cost"].iloc[0]),
        channel=chain_name(single["channels"].iloc[0]),
        responses=say_count(
            "findings.responses_expected", round(single["expected_responses"].iloc[0])
        ),
    )


def _flips(best: pd.Series) -> str:
    """What would change the order."""
    if pd.isna(best["flip_rate"]) or best["flip_channel"] is None:
        return ""
    sure = "sure" if best["is_sure"] is True else "unsure"
    return say(
        f"findings.cascades.{sure}",
        channel=label("channel", best["flip_channel"]),
        rate=format_share(best["flip_rate"]),
    )


def _missing(cascades: pd.DataFrame) -> str:
    """Which channels had no contact, lack a rate all the same, or lack a price."""
    if cascades.empty:
        return ""
    silent = cascades["rate_basis"] == "no_contacts"
    lacking = {
        "no_contacts": silent,
        "no_rate": cascades["rate"].isna() & ~silent,
        "no_price": cascades["per_touch"].isna(),
    }
    parts = []
    for key, rows in lacking.items():
        names = sorted({label("channel", each) for each in cascades.loc[rows, "channel"]})
        if names:
            parts.append(say(f"findings.cascades.{key}", channels=", ".join(names)))
    return " ".join(parts)

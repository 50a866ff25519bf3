"""Findings on drivers: why revenue moved, what could move it, what works against what."""

import math
from typing import Any

import pandas as pd

from crm_strategy.analysis.drivers import UNSPLIT
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.chain_findings import LIKELY
from crm_strategy.views.driver_privacy import few_repeats, told_drivers, without_telling_flows
from crm_strategy.views.driver_tables import UNITS, with_labels
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.payload import is_hidden
from crm_strategy.views.privacy import small, without_small
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import (
    format_change,
    format_date,
    format_exact,
    format_share,
    format_short_money,
    format_value,
)


def revenue_drivers_finding(drivers: Data) -> Finding:
    """How much revenue moved, through which factor most, and what came and went."""
    rows = told_drivers(drivers)
    if rows.empty:
        return Finding("revenue_drivers", title=say("drivers.finding.none"))
    change = float(rows.loc[rows["split"] == "factors", "contribution"].sum())
    again = few_repeats(rows)
    rows = without_telling_flows(rows)
    rows = rows[~rows["contribution"].map(is_hidden)].astype({"contribution": "float64"})
    for count in ("n", "previous_n"):
        rows = without_small(rows, count, within=[["split"]])
    factors = rows[(rows["split"] == "factors") & rows["driver"].isin(list(UNITS))]
    if factors.empty:
        return _unsplit(rows)
    moved = "rose" if change >= 0 else "fell"
    if again:
        return _untold(change, moved, rows[rows["split"] == "flows"])
    most = factors.loc[factors["contribution"].abs().idxmax()]
    return Finding(
        "revenue_drivers",
        title=say(
            f"drivers.finding.{moved}",
            change=format_short_money(abs(change)),
            driver=say(f"drivers.driver.{most['driver']}"),
            contribution=_signed(most["contribution"]),
        ),
        text=" ".join(_factor(row) for row in factors.to_dict("records"))
        + _flows(rows[rows["split"] == "flows"]),
        severity="note" if change >= 0 else "watch",
        figures={"change": change, "driver": str(most["driver"])},
    )


def _untold(change: float, moved: str, flows: pd.DataFrame) -> Finding:
    """By how much revenue moved, where its factors would tell the few who ordered again."""
    return Finding(
        "revenue_drivers",
        title=say(f"drivers.finding.{moved}_untold", change=format_short_money(abs(change))),
        text=_flows(flows).strip(),
        severity="note" if change >= 0 else "watch",
        figures={"change": change},
    )


def _unsplit(rows: pd.DataFrame) -> Finding:
    """Why there are no factors: a period in which nobody ordered, or too little to tell."""
    whole = rows[(rows["split"] == "factors") & (rows["driver"] == UNSPLIT)]
    empty = [
        when
        for when, count in (("now", "n"), ("before", "previous_n"))
        if len(whole) and whole[count].iloc[0] == 0
    ]
    if not empty:
        return Finding("revenue_drivers", title=say("drivers.finding.unsplit"))
    change = float(rows.loc[rows["split"] == "factors", "contribution"].sum())
    return Finding(
        "revenue_drivers",
        title=say(f"drivers.finding.empty_{empty[0]}", change=_signed(change)),
        text=_flows(rows[rows["split"] == "flows"]).strip(),
        severity="note" if change >= 0 else "watch",
        figures={"change": change},
    )


def driver_tree_finding(
    tree: Data, *, chance: float = math.nan, target: float | None = None
) -> Finding:
    """What each lever alone would have to grow by, and whether it ever did.

    Parameters
    ----------
    tree
        Result of `driver_tree.driver_tree`.
    chance
        Result of `goal_outlook.revenue_chance`: how likely the target is as things go.
    target
        The target that the tree was asked for, to say why a tree is empty.
    """
    rows = with_labels(tree)
    if rows.empty:
        why = "none" if target is None else "no_revenue"
        return Finding("driver_tree", title=say(f"drivers.tree.{why}"))
    first = rows.iloc[0]
    if small(first["customers"]):
        return Finding("driver_tree", title=say("drivers.tree.few"))
    if first["met"]:
        return Finding("driver_tree", title=say("drivers.tree.reached"), severity="good")
    terms = {
        "change": format_share(abs(first["revenue_change"]), digits=0),
        "target": format_short_money(first["target"]),
        "base": str(first["base_period"]),
        "by": "" if pd.isna(first["by"]) else format_date(first["by"]),
    }
    if first["revenue_change"] <= 0:
        return _below_last_year(first, terms, chance)
    beyond = (rows["verdict"] == "beyond").all()
    together = rows["verdict_together"].isin(["reached", "seen", "near"]).all()
    text = [_lever(row) for row in rows.to_dict("records")]
    text.append(say("drivers.tree.together" if together else "drivers.tree.not_together"))
    text.append(_likely(chance))
    decision = Decision(title=say("drivers.tree.ask"), why=say("drivers.tree.why"))
    return Finding(
        "driver_tree",
        title=say(
            "drivers.tree.title_beyond" if beyond else "drivers.tree.title",
            **terms,
            driver=say(f"drivers.driver.{first['driver']}"),
            needed=_value(first["driver"], first["needed"]),
        ),
        text=" ".join(filter(None, text)),
        severity="act" if beyond and not together else "note",
        figures={"change_needed": float(first["revenue_change"]), "driver": str(first["driver"])},
        decision=decision if beyond and not together else None,
    )


def _likely(chance: float) -> str:
    """The chance of the target, which the goals chapter tells, too."""
    if math.isnan(chance):
        return ""
    return say("drivers.tree.chance", chance=format_share(chance, digits=0))


def _below_last_year(first: pd.Series, terms: dict[str, str], chance: float) -> Finding:
    """The target asks for less than there was a year before: whether it takes a lever at all."""
    pace = first["pace"]
    years = max(int(first["years"]), 1)
    kept = not pd.isna(pace) and (1 + pace) ** years >= 1 + first["revenue_change"]
    text = "" if pd.isna(pace) else "drivers.tree.kept" if kept else "drivers.tree.not_kept"
    return Finding(
        "driver_tree",
        title=say("drivers.tree.title_below", **terms),
        text=" ".join(
            filter(None, [say(text, pace=format_change(pace)) if text else "", _likely(chance)])
        ),
        # NaN is not below it: nothing is known against the pace.
        severity="good" if kept and not chance < LIKELY else "watch" if text else "note",
        figures={"change_needed": float(first["revenue_change"])},
    )


def opposed_kpis_finding(pairs: Data) -> Finding:
    """The two KPIs that pull hardest against each other, or that none do."""
    rows = frame_of(pairs)
    if rows.empty:
        return Finding("opposed_kpis", title=say("drivers.opposed.none"))
    first = rows.iloc[0]
    return Finding(
        "opposed_kpis",
        title=say(
            "drivers.opposed.title",
            kpi=say(f"kpis.{first['kpi']}.name"),
            other=say(f"kpis.{first['with_kpi']}.name"),
        ),
        text=say_count(
            "drivers.opposed.text", int(first["n"]), correlation=format_exact(first["correlation"])
        ),
        severity="watch",
        figures={"pairs": len(rows), "correlation": float(first["correlation"])},
    )


def _factor(row: dict[str, object]) -> str:
    driver = str(row["driver"])
    return say(
        f"drivers.finding.{driver}",
        previous=_value(driver, row["previous"]),
        current=_value(driver, row["current"]),
        contribution=_signed(row["contribution"]),
    )


def _flows(flows: pd.DataFrame) -> str:
    """What new and lost customers did, where both may be told."""
    known = flows.set_index("driver")["contribution"]
    if not {"new", "lost"} <= set(known.index):
        return ""
    return " " + say(
        "drivers.finding.flows",
        new=format_short_money(known["new"]),
        lost=format_short_money(-known["lost"]),
    )


def _lever(row: dict[str, Any]) -> str:
    driver = str(row["driver"])
    return say(
        f"drivers.lever.{row['verdict']}",
        driver=say(f"drivers.driver.{driver}"),
        base=_value(driver, row["base"]),
        needed=_value(driver, row["needed"]),
        change=_growth(row),
        best=format_change(row["best_change"]),
        period=str(row["best_period"] or ""),
    )


def _growth(row: dict[str, Any]) -> str:
    """The growth that is needed; over several years also what that is a year, as it is scored."""
    change = format_change(row["change_needed"])
    if row["years"] < 2:
        return change
    yearly = format_change(row["change_a_year"])
    return say_count("drivers.lever.years", int(row["years"]), change=change, yearly=yearly)


def _value(driver: str, value: object) -> str:
    return format_value(value, UNITS.get(driver, "money"))


def _signed(value: object) -> str:
    amount = float(str(value))
    return ("+" if amount >= 0 else "−") + format_short_money(abs(amount))

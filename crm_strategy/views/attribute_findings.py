"""Findings on who the customers are: what sets groups apart, the ideal customer, personas."""

import pandas as pd

from crm_strategy.views.attribute_charts import BASE, REST
from crm_strategy.views.attribute_tables import fits_to_hide, tops_to_hide
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Finding
from crm_strategy.views.naming import attribute_name, segment_name, value_name
from crm_strategy.views.privacy import without_small
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import format_count, format_interval, format_share


def attributes_finding(attributes: Data) -> Finding:
    """The group whose revenue per customer differs most from the base, for its size."""
    supplied = frame_of(attributes)
    rows, rare = _named(supplied), _rare(supplied)
    clear = _clear(rows)
    if clear.empty:
        if _unsure(rows):
            known, why = "unsure", say("findings.attributes.concentrated")
        else:
            known, why = "alike" if len(rows) else "few" if rare else "none", ""
        title = say(f"findings.attributes.{known}", groups=format_count(len(rows)))
        return Finding("attributes", title=title, text=" ".join(filter(None, (why, rare))))
    weight = (clear["index"] - BASE).abs() * clear["customer_count"]
    # Who orders often has shown more preferences: what is stated comes first.
    chosen = clear["kind"] == "preference"
    order = ["weight", "attribute", "value"]
    top = (
        clear.assign(weight=weight.where(~chosen, weight - weight.max() - 1))
        .sort_values(order, ascending=[False, True, True])
        .iloc[0]
    )
    return Finding(
        "attributes",
        title=say(
            "findings.attributes.title",
            attribute=attribute_name(top["attribute"]),
            value=value_name(top["attribute"], top["value"]),
            index=format_count(top["index"]),
        ),
        text=" ".join(
            part
            for part in (
                say(
                    "findings.attributes.text",
                    customers=say_count("findings.customers", int(top["customer_count"])),
                    range=format_interval(top["low"], top["high"], "count"),
                    clear=format_count(len(clear)),
                    groups=format_count(len(rows)),
                    chance=format_count(max(1, round(len(rows) / 20))),
                ),
                rare,
            )
            if part
        ),
        figures={"index": float(top["index"]), "clear": len(clear), "groups": len(rows)},
    )


def stereotype_finding(attributes: Data) -> Finding:
    """How many demographic groups really buy otherwise: demography alone is a stereotype."""
    rows = frame_of(attributes)
    rows = _named(rows[rows["kind"] == "demography"] if len(rows) else rows)
    if rows.empty:
        return Finding("stereotype", title=say("findings.stereotype.none"))
    if _unsure(rows):
        title, why = "findings.stereotype.unsure", "findings.attributes.concentrated"
        return Finding("stereotype", title=say(title), text=say(why))
    clear = _clear(rows)
    return Finding(
        "stereotype",
        title=say(
            "findings.stereotype.title" if len(clear) else "findings.stereotype.alike",
            clear=format_count(len(clear)),
            groups=say_count("findings.of_groups", len(rows)),
        ),
        text=say("findings.stereotype.text"),
        severity="watch",
        figures={"clear": len(clear), "groups": len(rows)},
    )


def ideal_customer_finding(ideal: Data, fit: Data) -> Finding:
    """What sets the most valuable customers apart, and how many do not fit that profile."""
    supplied = frame_of(ideal)
    gone = tops_to_hide(supplied) if len(supplied) else []
    rows = _named(supplied.drop(index=supplied.index[gone]))
    more = rows[rows["in_profile"]] if len(rows) else rows
    if more.empty:
        reason = "alike" if len(rows) else "few" if len(supplied) else "none"
        return Finding("ideal_customer", title=say(f"findings.ideal_customer.{reason}"))
    gap = more["share_in_top"] - more["share_in_all"]
    order = ["gap", "attribute", "value"]
    top = more.assign(gap=gap).sort_values(order, ascending=[False, True, True]).iloc[0]
    outside = _outside(frame_of(fit))
    return Finding(
        "ideal_customer",
        title=say(
            "findings.ideal_customer.title",
            attribute=attribute_name(top["attribute"]),
            value=value_name(top["attribute"], top["value"]),
            top=format_share(top["share_in_top"], digits=0),
            base=format_share(top["share_in_all"], digits=0),
        ),
        text=say(
            "findings.ideal_customer.outside",
            share=format_share(outside["customer_share"], digits=0),
            revenue=format_share(outside["revenue_share"], digits=0),
        )
        if outside is not None
        else "",
        figures={
            "index": float(top["index"]),
            "outside_share": None if outside is None else float(outside["customer_share"]),
        },
    )


def _outside(fit: pd.DataFrame) -> "pd.Series | None":
    """The group unlike the profile, where no small group can be told from it."""
    rows = fit[fit["group"] == "outside"] if len(fit) else fit
    if rows.empty or fits_to_hide(fit):
        return None
    return rows.iloc[0]


def personas_finding(personas: Data) -> Finding:
    """How much of the personas is measured, and how much comes from the workshop."""
    rows = frame_of(personas)
    if rows.empty:
        return Finding("personas", title=say("findings.personas.none"))
    alike = [segment_name(each) for each in rows.loc[rows["evidence"] == "alike", "segment"]]
    lines = rows[rows["evidence"] != "alike"]
    measured = int((lines["evidence"] == "measured").sum())
    parts = [
        say("findings.personas.alike", segments=", ".join(alike)) if alike else "",
        say("findings.personas.text") if measured < len(lines) else "",
    ]
    return Finding(
        "personas",
        title=say(
            "findings.personas.title",
            measured=format_count(measured),
            lines=say_count("findings.of_lines", len(lines)),
        )
        if len(lines)
        else say("findings.personas.nothing"),
        text=" ".join(filter(None, parts)),
        figures={"measured": measured, "lines": len(lines)},
    )


def _rare(attributes: pd.DataFrame) -> str:
    """Says of which attributes no value is common enough to be shown; nothing if of none."""
    if attributes.empty:
        return ""
    named = ~attributes["value"].isin(REST)
    known = named.groupby(attributes["attribute"], sort=False).any()
    names = [attribute_name(name) for name in known.index[~known]]
    return say("findings.attributes.rare", attributes=", ".join(names)) if names else ""


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """The groups that may be named and are somebody in particular."""
    if rows.empty:
        return rows
    shown = without_small(rows, "customer_count", within=[["attribute"]])
    return shown[~shown["value"].isin(REST)]


def _unsure(rows: pd.DataFrame) -> bool:
    """Whether groups have an index and none an interval: few customers decide it, or all alike."""
    return len(rows) > 0 and bool(rows["index"].notna().any() and rows["low"].isna().all())


def _clear(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[(rows["low"] > BASE) | (rows["high"] < BASE)] if len(rows) else rows

"""Findings of chapter 4: what an order costs by channel."""

import math

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.channel_tables import told_channels
from crm_strategy.views.finding import Basis, Finding
from crm_strategy.views.payload import is_hidden
from crm_strategy.words import label, say, say_count
from crm_strategy.words.numbers import (
    format_share,
    format_unit_money,
)


def channel_cost_finding(channels: Data) -> Finding:
    """The dearest channel per credited order; what to do about it, the switch-off lab asks."""
    rows = frame_of(channels)
    priced = rows[rows["cost"].notna() & (rows["cost"] > 0)]
    every = priced[priced["cost_per_order"].notna()]
    told = told_channels(rows)
    credited = every[~told.loc[every.index, "order_count"].map(is_hidden)]
    if len(credited) < 2:
        said = "none" if len(every) < 2 else "few"
        if len(priced) and priced["order_count"].isna().all():
            said = "untouched"  # Ready-made paths may credit them all the same.
        return Finding("channel_cost", title=say(f"findings.channel_cost.{said}"))
    ranked = credited.sort_values(["cost_per_order", "channel"])
    best, worst = ranked.iloc[0], ranked.iloc[-1]
    total = priced["cost"].sum()
    return Finding(
        "channel_cost",
        title=say(
            "findings.channel_cost.title",
            worst=label("channel", worst["channel"]),
            worst_cost=format_unit_money(worst["cost_per_order"]),
            best=label("channel", best["channel"]),
            best_cost=format_unit_money(best["cost_per_order"]),
        ),
        text=say(
            "findings.channel_cost.text",
            worst=label("channel", worst["channel"]),
            cost_share=format_share(worst["cost"] / total, digits=0),
            orders=say_count("findings.orders", int(worst["order_count"])),
            order_share=format_share(worst["order_count"] / rows["order_count"].sum(), digits=0),
        )
        + f" {_rests(worst, best)}",
        basis=_basis(worst, best),
        severity="watch" if worst["roi"] < 0 else "note",
        figures={"worst": float(worst["cost_per_order"]), "best": float(best["cost_per_order"])},
    )


def _rests(worst: pd.Series, best: pd.Series) -> str:
    """What the comparison rests on, and the orders at which the dearest is as cheap."""
    basis = _basis(worst, best)
    said = say(
        "findings.channel_cost.rests",
        best=label("channel", best["channel"]),
        orders=say_count("findings.orders", int(best["order_count"])),
    )
    return f"{said} {basis.interval} {basis.assumption} {basis.change}"


def _basis(worst: pd.Series, best: pd.Series) -> Basis:
    if worst["cost_per_order"] == best["cost_per_order"]:
        change = say("findings.channel_cost.alike")
    else:
        orders = say_count("findings.orders", math.ceil(worst["cost"] / best["cost_per_order"]))
        name = label("channel", worst["channel"])
        change = say("findings.channel_cost.flip", worst=name, orders=orders)
    return Basis(
        n=say_count("findings.orders", int(worst["order_count"])),
        interval=say("findings.channel_cost.no_interval"),
        assumption=say("findings.channel_cost.assumption"),
        change=change,
    )

"""Findings of the funnel by group: what a drop-off costs, what changed since the period before."""

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Basis, Decision, Finding
from crm_strategy.views.journey_names import group_text, group_value, points_range, step_name
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import (
    format_count,
    format_money,
    format_points,
    format_share,
)

MOST_TOLD = 3
"""Drop-offs and incidents told in one finding; the table beside it has all."""


def drop_off_finding(drop_offs: Data, funnels: "Data | None" = None) -> Finding:
    """Where friction costs most: the step and the group, against whom, with its price.

    Parameters
    ----------
    drop_offs
        Result of `drop_offs.drop_offs`.
    funnels
        Result of `segment_funnels.segment_funnels`, which tells no journeys from too few.
    """
    rows = frame_of(drop_offs)
    if rows.empty:
        none = funnels is not None and frame_of(funnels).empty
        return Finding(
            "drop_off", title=say(f"journeys.drop_off.{'no_touches' if none else 'none'}")
        )
    losing = rows[rows["verdict"] == "loses"]
    if losing.empty:
        top = rows.iloc[0]
        return Finding(
            "drop_off",
            title=say("journeys.drop_off.chance"),
            text=_with(_gap(top), basis := _gap_basis(top, "assumption_chance", "more_needed")),
            figures={"loses": 0, "compared": len(rows)},
            basis=basis,
        )
    top = losing.iloc[0]
    named = _named(top)
    text = [_gap(row) for _at, row in losing.head(MOST_TOLD).iterrows()]
    basis = _gap_basis(top, "assumption", "change")
    return Finding(
        "drop_off",
        title=say("journeys.drop_off.title", loss=_loss(top), **named),
        text=_with(" ".join(text), basis),
        basis=basis,
        severity="act",
        figures={
            "stage": str(top["stage"]),
            "attribute": str(top["attribute"]),
            "value": str(top["value"]),
            "gap": float(top["gap"]),
            "lost_orders": float(top["lost_orders"]),
        },
        decision=Decision(
            title=say("journeys.drop_off.ask", **named),
            why=say("journeys.drop_off.why", loss=_loss(top)),
            evidence="partial",
        ),
    )


def _with(told: str, basis: Basis) -> str:
    return f"{told} {basis.assumption} {basis.change}"


def _gap_basis(row: pd.Series, assumption: str, change: str) -> Basis:
    return Basis(
        n=say_count("findings.journeys", int(row["before_count"])),
        interval=points_range(row["low"], row["high"]),
        assumption=say(f"journeys.drop_off.{assumption}"),
        change=say(f"journeys.drop_off.{change}"),
    )


def _named(row: pd.Series) -> dict[str, str]:
    return {
        "before": step_name(row["before_stage"]),
        "stage": step_name(row["stage"]),
        "group": group_text(row["attribute"], row["value"]),
    }


def _loss(row: pd.Series) -> str:
    # In tens: a model of what might have been is no count.
    orders = say_count("findings.ordering_journeys", round(row["lost_orders"]))
    if pd.isna(row["lost_value"]):
        return orders
    return say("journeys.loss", orders=orders, money=format_money(row["lost_value"]))


def _gap(row: pd.Series) -> str:
    against = (
        say("journeys.drop_off.before")
        if row["against"] == "previous"
        else say("findings.quoted", name=group_value(row["attribute"], row["best_value"]))
    )
    return say(
        "journeys.drop_off.gap",
        **_named(row),
        rate=format_share(row["step_rate"], digits=0),
        journeys=say_count("findings.journeys", int(row["before_count"])),
        best=against,
        best_rate=format_share(row["best_rate"], digits=0),
        best_count=format_count(row["best_count"]),
        range=points_range(row["low"], row["high"]),
    )


def funnel_change_finding(change: Data) -> Finding:
    """The steps that got better or worse since the period before, beyond chance."""
    rows = frame_of(change)
    if rows.empty:
        return Finding("funnel_change", title=say("journeys.change.none"))
    moved = rows[rows["verdict"] != "chance"]
    if moved.empty:
        return _none_moved(rows)
    moved = moved.assign(_size=moved["difference"].abs() * moved["before_count"])
    moved = moved.sort_values("_size", ascending=False)
    lines = [_moved(row) for _at, row in moved.head(MOST_TOLD).iterrows()]
    worse, first = int((moved["verdict"] == "worse").sum()), moved.iloc[0]
    basis = Basis(
        n=format_count(first["before_count"]),
        interval=points_range(first["low"], first["high"]),
        assumption=say("journeys.change.assumption"),
        change=say("journeys.change.season"),
    )
    return Finding(
        "funnel_change",
        title=say(
            "journeys.change.title",
            worse=format_count(worse),
            better=format_count(len(moved) - worse),
        ),
        text=_with(" ".join(lines), basis),
        basis=basis,
        severity="watch" if worse else "good",
        figures={"moved": len(moved), "worse": worse, "compared": len(rows)},
    )


def _none_moved(rows: pd.DataFrame) -> Finding:
    """How many steps of how many journeys were compared, and how exactly."""
    basis = Basis(
        n=say_count("findings.journeys", int(rows["before_count"].max())),
        interval=format_points((rows["high"] - rows["low"]).median() / 2).lstrip("+"),
        assumption=say("journeys.change.assumption"),
        change=say("journeys.change.more_needed"),
    )
    told = say(
        "journeys.change.compared",
        steps=say_count("journeys.steps_compared", len(rows)),
        journeys=basis.n,
        previous=format_count(rows["previous_count"].max()),
        widest=basis.interval,
    )
    return Finding(
        "funnel_change",
        title=say("journeys.change.chance"),
        text=_with(told, basis),
        figures={"moved": 0, "compared": len(rows)},
        basis=basis,
    )


def _moved(row: pd.Series) -> str:
    return say(
        "journeys.change.line",
        group=group_text(row["attribute"], row["value"]),
        stage=step_name(row["stage"]),
        rate=format_share(row["step_rate"], digits=0),
        previous=format_share(row["previous_rate"], digits=0),
        range=points_range(row["low"], row["high"]),
        n=format_count(row["before_count"]),
        previous_n=format_count(row["previous_count"]),
    )

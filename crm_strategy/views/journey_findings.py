"""Findings of chapter 2: where customers drop out, and which actions are not agreed."""

import pandas as pd

from crm_strategy.analysis.intervals import share_interval
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Basis, Decision, Finding
from crm_strategy.views.journey_names import step_name
from crm_strategy.views.kinds import word_of
from crm_strategy.views.step_privacy import told_stages
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import format_count, format_interval, format_share

MOST_NAMES = 6
"""Touchpoints named in a sentence; the table beside it has all."""


def funnel_finding(funnel: Data) -> Finding:
    """The step at which the smallest share of customers goes on."""
    rows = frame_of(funnel)
    if rows.empty or not rows["customer_count"].iloc[0]:
        return Finding("funnel", title=say("findings.funnel.no_touches"))
    rows = rows.head(told_stages(rows))
    steps = rows[rows["step_rate"].notna()]
    if steps.empty:
        return Finding("funnel", title=say("findings.funnel.none"))
    at = steps["step_rate"].idxmin()
    place = rows.index.get_loc(at)
    before, after = rows.iloc[place - 1], rows.loc[at]
    if after["step_rate"] >= 1:
        return _no_loss(rows)
    again = "_again" if after["stage"] == "ordered_again" else ""
    basis = Basis(
        n=say_count("findings.customers", int(before["customer_count"])),
        interval=format_interval(*_ends(before, after), "share"),
        assumption=say(f"journeys.funnel.assumption{again}"),
        change=say("journeys.funnel.change"),
    )
    told = say(
        "journeys.funnel.text",
        before=basis.n,
        after=format_count(after["customer_count"]),
        range=basis.interval,
        overall=format_share(rows.iloc[-1]["overall_rate"]),
        last=_stage(rows.iloc[-1]["stage"]),
    )
    return Finding(
        "funnel",
        title=say(
            "findings.funnel.title",
            before=_stage(before["stage"]),
            after=_stage(after["stage"]),
            share=format_share(after["step_rate"], digits=0),
        ),
        text=f"{told} {basis.assumption} {basis.change}",
        severity="watch",
        figures={"step_rate": float(after["step_rate"])},
        basis=basis,
    )


def _no_loss(rows: pd.DataFrame) -> Finding:
    """Everybody goes on everywhere: more likely a gap in the data than a funnel without loss."""
    first, last = rows.iloc[0], rows.iloc[-1]
    basis = Basis(
        n=say_count("findings.customers", int(first["customer_count"])),
        interval=format_interval(*_ends(first, last), "share"),
        assumption=say("journeys.funnel.no_loss_assumption"),
        change=say("journeys.funnel.no_loss_change"),
    )
    told = say(
        "journeys.funnel.no_loss_text",
        customers=basis.n,
        range=basis.interval,
        last=_stage(last["stage"]),
    )
    return Finding(
        "funnel",
        title=say("journeys.funnel.no_loss"),
        text=f"{told} {basis.assumption} {basis.change}",
        figures={"step_rate": 1.0},
        basis=basis,
    )


def _ends(before: pd.Series, after: pd.Series) -> tuple[float | None, float | None]:
    """The interval of the step's rate; of customers, where journeys are not counted."""
    count = "journey_count" if "journey_count" in after else "customer_count"
    return share_interval(after[count], before[count])


def touchpoint_gaps_finding(actions: Data) -> Finding:
    """How many segments have no agreed target action anywhere."""
    rows = frame_of(actions)
    if rows.empty:
        return Finding("touchpoint_gaps", title=say("findings.touchpoint_gaps.none"))
    agreed = rows.assign(agreed=rows["target_action"].notna()).groupby("segment", sort=False)
    bare = [segment for segment, group in agreed if not group["agreed"].any()]
    filled = int(rows["target_action"].notna().sum())
    counts = {"filled": format_count(filled), "cells": format_count(len(rows))}
    basis = Basis(
        n=counts["cells"],
        interval=say("findings.touchpoint_gaps.no_interval"),
        assumption=say("findings.touchpoint_gaps.assumption"),
        change=say(f"findings.touchpoint_gaps.{'change' if bare else 'covered_change'}"),
    )
    rests = f"{basis.interval} {basis.assumption} {basis.change}"
    if not bare:
        return Finding(
            "touchpoint_gaps",
            title=say("findings.touchpoint_gaps.covered"),
            text=f"{say('findings.touchpoint_gaps.covered_text', **counts)} {rests}",
            severity="good",
            basis=basis,
        )
    names = "; ".join(word_of(segment, ["segments.{}.name"]) or str(segment) for segment in bare)
    return Finding(
        "touchpoint_gaps",
        title=say(
            "findings.touchpoint_gaps.title", segments=say_count("findings.segments", len(bare))
        ),
        text=f"{say('findings.touchpoint_gaps.text', names=names, **counts)} {rests}",
        basis=basis,
        severity="watch",
        figures={"segments": len(bare), "filled": filled, "cells": len(rows)},
        decision=Decision(
            title=say(
                "findings.touchpoint_gaps.ask",
                segments=say_count("findings.for_segments", len(bare)),
            ),
            why=say("findings.touchpoint_gaps.why", names=names),
            evidence="measured",
        ),
    )


def touchpoint_coverage_finding(coverage: Data) -> Finding:
    """Touchpoints that customers use and the map lacks, and the other way round."""
    rows = frame_of(coverage)
    used = rows[rows["gap"] == "used_unmapped"] if len(rows) else rows
    unused = rows[rows["gap"] == "mapped_unused"] if len(rows) else rows
    counted = rows["touch_count"].notna().any() if len(rows) else False
    if not counted and unused.empty:
        return Finding("touchpoint_coverage", title=say("journeys.coverage.none"))
    basis = Basis(
        n=say("journeys.coverage.compared", n=format_count(len(used) + _mapped(rows))),
        interval=say("journeys.coverage.no_interval"),
        assumption=say("journeys.coverage.assumption"),
        change=say("journeys.coverage.change"),
    )
    rests = [basis.n, basis.interval, basis.assumption, basis.change]
    if used.empty and unused.empty:
        title, said = say("journeys.coverage.complete"), " ".join(rests)
        return Finding("touchpoint_coverage", title=title, text=said, severity="good", basis=basis)
    text = [
        say(f"journeys.coverage.{key}", names=_touchpoints(found))
        for key, found in (("used", used), ("unused", unused))
        if len(found)
    ]
    counts = {"used": used["name"].nunique(), "unused": unused["name"].nunique()}
    gaps = [key for key, found in (("used", used), ("unused", unused)) if len(found)]
    both = len(gaps) == 2
    return Finding(
        "touchpoint_coverage",
        title=say("journeys.coverage.title", **{key: format_count(n) for key, n in counts.items()}),
        text=" ".join([*text, *rests]),
        severity="watch",
        figures=counts,
        basis=basis,
        decision=Decision(
            title=say("journeys.coverage.ask" if both else f"journeys.coverage.ask_{gaps[0]}"),
            why=" ".join(say(f"journeys.coverage.why_{key}") for key in gaps),
        ),
    )


def _mapped(rows: pd.DataFrame) -> int:
    """Touchpoints on the map, which the rows of places count in their names."""
    places = rows.loc[rows["gap"].isin(("online", "offline")), "name"]
    return sum(int(count) for count in places)


def _touchpoints(rows: pd.DataFrame) -> str:
    names = [word_of(name, ["label:touchpoint"]) or "" for name in dict.fromkeys(rows["name"])]
    shown = ", ".join(names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return say("views.and_more", items=shown, more=format_count(more)) if more > 0 else shown


def _stage(stage: str) -> str:
    return step_name(stage)

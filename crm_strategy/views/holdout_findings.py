"""Finding of the hold-out plan: the first test, and the channels that need none."""

import pandas as pd

from crm_strategy.views.cells import Data
from crm_strategy.views.finding import Basis, Finding
from crm_strategy.views.holdout_privacy import shown_plan, told
from crm_strategy.views.kinds import word_of
from crm_strategy.views.privacy import small, without_small
from crm_strategy.views.switch_off_findings import channel_names
from crm_strategy.words import label, say, say_count
from crm_strategy.words.numbers import format_interval, format_points, format_share


def holdout_plan_finding(plan: Data, single: Data = ()) -> Finding:
    """Size, length and rule of the first test, and the channels that no test could save.

    Parameters
    ----------
    plan, single
        As in `channel_mix_tables.holdout_plan_table`.
    """
    rows = shown_plan(plan, single)
    ready = _told(rows, "ready")
    hopeless = _told(rows, "cannot_pay")
    needless = " ".join(_needless(row) for _index, row in hopeless.iterrows())
    if ready.empty and hopeless.empty:
        return _no_plan(rows)
    if ready.empty:
        return _none_ready(hopeless, rows.drop(hopeless.index), needless)
    first = ready.iloc[0]
    basis, drop = _basis(first), _points(first["break_even_drop"])
    money = "revenue" if first["basis"] == "revenue" else "margin"
    found = say(
        "findings.holdout_plan.text",
        share=format_share(first["holdout_share"], digits=0),
        rate=format_share(first["rate"]),
        range=basis.interval,
    )
    rule = say(f"findings.holdout_plan.rule_{money}", drop=drop)
    return Finding(
        "holdout_plan",
        title=say(
            "findings.holdout_plan.title",
            channel=label("channel", first["channel"]),
            customers=say_count("findings.of_customers", int(first["holdout_count"])),
            weeks=say_count("findings.weeks", int(first["weeks"])),
        ),
        text=" ".join(
            part for part in (found, rule, basis.assumption, basis.change, needless) if part
        ),
        figures={"weeks": int(first["weeks"]), "holdout_count": int(first["holdout_count"])},
        basis=basis,
    )


def _no_plan(rows: pd.DataFrame) -> Finding:
    """Why there is no test to tell of: no channel has one, or no plan may be shown."""
    if rows.empty:
        return Finding("holdout_plan", title=say("findings.holdout_plan.nothing"))
    possible = rows["verdict"] == "ready"
    if not possible.any():
        title = say("findings.holdout_plan.none")
        return Finding("holdout_plan", title=title, text=_reasons(rows))
    names = channel_names(rows.loc[possible, "channel"])
    title = say("findings.holdout_plan.none_told", channels=names)
    return Finding("holdout_plan", title=title, text=_reasons(rows[~possible]))


def _none_ready(hopeless: pd.DataFrame, rest: pd.DataFrame, needless: str) -> Finding:
    """That some channels need no test, and why the rest have none."""
    if rest.empty:
        name = label("channel", hopeless["channel"].iloc[0])
        title = say("findings.holdout_plan.none_pays", channel=name)
    else:
        names = channel_names(hopeless["channel"])
        key = "rest_told" if (rest["verdict"] == "ready").any() else "none_left"
        title = say(f"findings.holdout_plan.{key}", channels=names)
    return Finding(
        "holdout_plan",
        title=title,
        text=f"{needless} {_reasons(rest)}".strip(),
        basis=_basis_of_none(hopeless.iloc[0]),
    )


def _basis(row: pd.Series) -> Basis:
    reached = say_count("findings.customers", int(row["customer_count"]))
    assumed = say("findings.holdout_plan.assumption", reached=reached)
    if row["is_sent"] is not True:
        name = label("channel", row["channel"])
        assumed = f"{assumed} {say('findings.holdout_plan.sent', channel=name)}"
    change = "change_revenue" if row["basis"] == "revenue" else "change"
    return Basis(
        n=reached,
        interval=format_interval(row["rate_low"], row["rate_high"], "share"),
        assumption=assumed,
        change=say(f"findings.holdout_plan.{change}", drop=_points(row["break_even_drop"])),
    )


def _basis_of_none(row: pd.Series) -> Basis:
    assumed = "assumed_needless_revenue" if row["basis"] == "revenue" else "assumed_needless"
    return Basis(
        n=say_count("findings.customers", int(row["customer_count"])),
        interval=format_interval(row["rate_low"], row["rate_high"], "share"),
        assumption=say(f"findings.holdout_plan.{assumed}"),
        change=_change_of_none(row),
    )


def _change_of_none(row: pd.Series) -> str:
    share = format_share(row["rate_high"] / row["break_even_drop"], digits=0)
    return say("findings.holdout_plan.change_needless", share=share)


def _told(plan: pd.DataFrame, verdict: str) -> pd.DataFrame:
    """Rows of a verdict whose customers, and those who ordered after a touch, may be told."""
    rows = told(without_small(plan, "customer_count"))
    rows = rows[rows["verdict"] == verdict] if len(rows) else rows
    for count in ("converted_count", "lost_customers"):
        rows = rows[~rows[count].map(small).astype(bool)] if count in rows else rows
    return rows


def _needless(row: pd.Series) -> str:
    """Why no test could tell to keep a channel."""
    basis = _basis_of_none(row)
    said = say(
        "findings.holdout_plan.cannot_pay",
        channel=label("channel", row["channel"]),
        reached=basis.n,
        rate=format_share(row["rate"]),
        range=basis.interval,
        drop=_points(row["break_even_drop"]),
    )
    return f"{said} {basis.assumption} {basis.change}"


def _reasons(plan: pd.DataFrame) -> str:
    """Why no channel can be tested: each reason with its channels; plans of few are hidden."""
    untold = plan["verdict"].isin(["ready", "cannot_pay"])
    reasons = plan["verdict"].mask(untold, "untold")
    lines = []
    for reason, rows in plan.groupby(reasons, sort=True):
        names = channel_names(rows["channel"])
        word = word_of(str(reason), ("views.holdout.{}",)) or ""
        lines.append(say("findings.holdout_plan.reason", reason=word, channels=names))
    return " ".join(lines)


def _points(drop: float) -> str:
    return format_points(drop).lstrip("+")

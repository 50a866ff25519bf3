"""Finding of the switch-off lab: the channel to switch off, to test, or that all are kept."""

from typing import Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.channel_privacy import ended_told, told_switch_offs
from crm_strategy.views.finding import Basis, Decision, Finding
from crm_strategy.views.privacy import small, without_small
from crm_strategy.words import label, say, say_count
from crm_strategy.words.numbers import format_count, format_interval, format_money, format_share

JUDGED: Final = ("switch_off", "test", "keep")
MOST_NAMES: Final = 6
"""Channels named in a sentence; the table beside it has all."""


def switch_off_finding(single: Data, plan: Data) -> Finding:
    """The channel to switch off, else the one to test first; asks for a test with its size."""
    rows = told_switch_offs(single)
    every = rows[rows["verdict"].isin(JUDGED)] if len(rows) else rows
    judged = without_small(every, "journey_customers")
    if judged.empty:
        reason = "few" if len(every) else "none"
        return Finding("switch_off", title=say(f"findings.switch_off.{reason}_judged"))
    left = rows.loc[rows["verdict"] == "left_on", "channel"]
    unknown = (
        say("findings.switch_off.left_on", channels=channel_names(left)) if len(left) else ""
    )  # A missing cost must not pass for none.
    off = judged[judged["verdict"] == "switch_off"]
    if len(off):
        return _pays(off.iloc[0], frame_of(plan), unknown)
    tests = judged[judged["verdict"] == "test"]
    if len(tests):
        return _depends(tests, frame_of(plan), unknown)
    return _all_kept(judged, unknown, is_whole=len(judged) == len(every))


def _pays(row: pd.Series, plan: pd.DataFrame, unknown: str) -> Finding:
    few, money = small(row["lost_customers"]), _basis_of(row)
    journeys, high = _journeys(row), format_money(row["high"])
    if few:
        told = say("findings.switch_off.few", journeys=journeys)
        bound = say("findings.switch_off.few_bound")
        change = say("findings.switch_off.few_change")
    else:
        told = say(
            f"findings.switch_off.text_{money}",
            journeys=journeys,
            orders=say_count("findings.orders", round(row["conversions_lost"])),
            margin=format_money(row["margin_lost"]),
        )
        bound = say("findings.switch_off.bound", high=high)
        change = _flips(row)
    basis = Basis(n=journeys, interval=bound, assumption=_assumed(row), change=change)
    channel, saved = label("channel", row["channel"]), format_money(row["cost_saved"])
    title = "title_few" if few else f"title_{money}"
    return Finding(
        "switch_off",
        title=say(f"findings.switch_off.{title}", channel=channel, saved=saved, high=high),
        text=_joined(told, bound, basis.assumption, change, unknown),
        severity="act",
        figures={"channel": str(row["channel"]), "cost_saved": float(row["cost_saved"])},
        decision=_switched(channel, saved, _planned(plan, row["channel"])),
        basis=basis,
    )


def _switched(channel: str, saved: str, plan: pd.Series | None) -> Decision:
    """Off at once where no test could keep it, else beside those whom chance leaves it."""
    verdict = "all" if plan is None else str(plan["verdict"])
    key = {"ready": "ask", "cannot_pay": "ask_off"}.get(verdict, "ask_all")
    why = {"ask": "why", "ask_off": "why_off", "ask_all": "why_all"}[key]
    return Decision(
        title=say(f"findings.switch_off.{key}", channel=channel, **_size(plan)),
        why=say(f"findings.switch_off.{why}", saved=saved),
        evidence="partial",
    )


def _depends(tests: pd.DataFrame, plan: pd.DataFrame, unknown: str) -> Finding:
    plans = {name: _planned(plan, name) for name in tests["channel"]}
    ready = [name for name, row in plans.items() if row is not None and row["verdict"] == "ready"]
    row = tests[tests["channel"] == ready[0]].iloc[0] if ready else tests.iloc[0]
    channel, size = label("channel", row["channel"]), plans[row["channel"]] if ready else None
    told, basis = _open_yet(row, channel)
    return Finding(
        "switch_off",
        title=say("findings.switch_off.depends", channels=channel_names(tests["channel"])),
        text=_joined(told, basis.assumption, basis.change, unknown),
        severity="watch",
        figures={"channel": str(row["channel"]), "cost_saved": float(row["cost_saved"])},
        decision=Decision(
            title=say("findings.switch_off.ask_test", channel=channel, **_size(size)),
            why=say("findings.switch_off.why_test", saved=format_money(row["cost_saved"])),
            evidence="partial",
        )
        if size is not None
        else None,
        basis=basis,
    )


def _open_yet(row: pd.Series, channel: str) -> tuple[str, Basis]:
    """What is at risk with the channel, as far as its orders may be told."""
    journeys, assumed = _journeys(row), _assumed(row)
    said = {"channel": channel, "journeys": journeys, "cost": format_money(row["cost_saved"])}
    if small(row["lost_customers"]):
        interval = say("findings.switch_off.no_interval")
        told = _joined(say("findings.switch_off.depends_few", **said), interval)
        change = say("findings.switch_off.more_orders")
        return told, Basis(n=journeys, interval=interval, assumption=assumed, change=change)
    orders = say_count("findings.orders", round(row["conversions_lost"]))
    few, money = small(row["least_lost_customers"]), _basis_of(row)
    most = say("findings.switch_off.at_most", high=format_money(row["high"]))
    interval = most if few else format_interval(row["low"], row["high"], "money")
    told = say(f"findings.switch_off.depends_{money}", orders=orders, range=interval, **said)
    if few:
        change = say("findings.switch_off.only_test")
    elif money == "revenue" and pd.isna(row["break_even"]):
        change = say("findings.switch_off.margin_tells")
    elif pd.isna(row["break_even"]):
        change = say("findings.switch_off.by_chance")
    else:
        share = format_share(row["break_even"], digits=0)
        change = say(f"findings.switch_off.break_even_{money}", share=share)
    return told, Basis(n=journeys, interval=interval, assumption=assumed, change=change)


def _all_kept(judged: pd.DataFrame, unknown: str, *, is_whole: bool) -> Finding:
    """All pay; told of the one nearest to being open, and apart from it of what costs nothing."""
    free, judged = judged[judged["cost_saved"] == 0], judged[judged["cost_saved"] > 0]
    if judged.empty:
        return _all_free(free, unknown)
    if len(free):
        names = channel_names(free["channel"])
        unknown = _joined(say("findings.switch_off.free", channels=names), unknown)
    known = judged[~judged["least_lost_customers"].map(small).astype(bool)]
    near = known.assign(cover=known["cost_saved"] / known["low"]).sort_values(
        ["cover", "channel"], ascending=[False, True]
    )
    row = near.iloc[0] if len(near) else judged.iloc[0]
    journeys, assumed = _journeys(row), _assumed(row)
    said = {
        "channel": label("channel", row["channel"]),
        "journeys": journeys,
        "cost": format_money(row["cost_saved"]),
    }
    if len(near):
        low = format_money(row["low"])
        interval = say("findings.switch_off.at_least", low=low)
        told = say("findings.switch_off.kept", interval=interval, **said)
        margin = row["margin_lost"] * row["flip_margin"] / row["low"]
        change = say(
            "findings.switch_off.kept_change", low=low, margin=format_share(margin, digits=0)
        )
    else:
        interval = say("findings.switch_off.no_interval")
        told = _joined(say("findings.switch_off.kept_few", **said), interval)
        change = say("findings.switch_off.kept_few_change")
    title = "keep" if is_whole else "keep_shown"
    return Finding(
        "switch_off",
        title=say(f"findings.switch_off.{title}", channels=channel_names(judged["channel"])),
        text=_joined(told, assumed, change, unknown),
        severity="good",
        figures={"switch_off": 0, "test": 0, "keep": len(judged)},
        basis=Basis(n=journeys, interval=interval, assumption=assumed, change=change),
    )


def _all_free(judged: pd.DataFrame, unknown: str) -> Finding:
    """Where no channel costs anything, nothing can be saved; told of the one used least."""
    row = judged.sort_values(["journey_count", "channel"]).iloc[0]
    basis = Basis(
        n=_journeys(row),
        interval=say("findings.switch_off.free_interval"),
        assumption=say("findings.switch_off.free_assumption"),
        change=say("findings.switch_off.free_change"),
    )
    least = say(
        "findings.switch_off.free_least", channel=label("channel", row["channel"]), journeys=basis.n
    )
    return Finding(
        "switch_off",
        title=say("findings.switch_off.keep_free", channels=channel_names(judged["channel"])),
        text=_joined(basis.interval, least, basis.assumption, basis.change, unknown),
        severity="good",
        figures={"switch_off": 0, "test": 0, "keep": len(judged)},
        basis=basis,
    )


def _basis_of(row: pd.Series) -> str:
    """`margin`, or `revenue` where it stands for a margin that is not known."""
    return "revenue" if row["basis"] == "revenue" else "margin"


def _assumed(row: pd.Series) -> str:
    said = say("findings.switch_off.assumption")
    return said if row["scatter"] == "orders" else f"{said} {say('findings.switch_off.paths')}"


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _journeys(row: pd.Series) -> str:
    """The journeys with a channel; where few ended in none, only that its orders are as many."""
    if not ended_told(row):
        return say_count("findings.journeys_at_least", round(row["conversions_lost"]))
    return say_count("findings.journeys", round(row["journey_count"]))


def _flips(row: pd.Series) -> str:
    """The margin and the cost at which the bound, which grows with the margin, is the cost."""
    high = format_money(row["high"])
    if _basis_of(row) == "revenue":
        return say("findings.switch_off.no_margin", high=high)
    if pd.isna(row["flip_margin"]) or not row["margin_lost"] or not row["high"]:
        return say("findings.switch_off.flip_unknown", high=high)
    turn = row["margin_lost"] * row["flip_margin"] / row["high"]  # Margin rate × cost / bound.
    if turn > 1:
        return say("findings.switch_off.no_flip", high=high)
    return say("findings.switch_off.flip", margin=format_share(turn, digits=0), high=high)


def _planned(plan: pd.DataFrame, channel: object) -> pd.Series | None:
    """The channel's row of the hold-out plan, if it may be told."""
    rows = plan[plan["channel"] == channel] if len(plan) else plan
    rows = without_small(rows, "customer_count")
    return rows.iloc[0] if len(rows) else None


def _size(plan: pd.Series | None) -> dict[str, str]:
    if plan is None or plan["verdict"] != "ready":
        return {}
    weeks = say_count("findings.weeks", int(plan["weeks"]))
    return {"share": format_share(plan["holdout_share"], digits=0), "weeks": weeks}


def channel_names(channels: pd.Series) -> str:
    """The printed names of channels in a sentence, the first few of many."""
    names = [say("findings.quoted", name=label("channel", each)) for each in channels]
    shown, more = ", ".join(names[:MOST_NAMES]), len(names) - MOST_NAMES
    return say("views.and_more", items=shown, more=format_count(more)) if more > 0 else shown

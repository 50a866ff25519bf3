"""Findings of attribution: which channels pay whatever the rule, and which only under some."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pandas as pd

from crm_strategy.analysis.channel_crowds import OTHERS
from crm_strategy.views.attribution_tables import ENDS, with_untold
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.channel_privacy import UNTOLD
from crm_strategy.views.finding import Basis, Finding
from crm_strategy.views.privacy import without_small
from crm_strategy.views.switch_off_findings import channel_names
from crm_strategy.words import label, say, say_count
from crm_strategy.words.numbers import format_ratio, format_share, format_short_money

_JUDGED: Final = ("never_pays", "depends", "no_margin", "pays")


def attribution_finding(verdicts: Data) -> Finding:
    """The dearest channel that no rule, else not every rule, credits with what it costs."""
    every = with_untold(frame_of(verdicts))
    rows = every[every[UNTOLD] != 1]
    if OTHERS in rows:
        # Its orders are named, and all orders less these are of few.
        rows = without_small(rows, OTHERS)
    judged = rows[rows["verdict"].isin(_JUDGED)]
    is_whole = len(judged) == every["verdict"].isin(_JUDGED).sum()
    idle = judged[(judged["conversion_count"] == 0) & (judged["cost"] > 0)]
    judged = judged[judged["conversion_count"] > 0]
    if judged.empty and len(idle):
        return _no_orders(idle, is_whole=is_whole)
    if judged.empty:
        reason = _not_judged(every) if is_whole else "few"
        return Finding("attribution", title=say(f"findings.attribution.{reason}"))
    doubtful = judged[judged["verdict"] != "pays"]
    doubtful = doubtful.assign(place=doubtful["verdict"].map(_JUDGED.index)).sort_values(
        ["place", "cost", "channel"], ascending=[True, False, True]
    )
    said = [_said(judged, verdict) for verdict in reversed(_JUDGED)]
    said.append(_spent(idle, "text_no_orders") if len(idle) else "")
    said.append("" if is_whole else say("findings.attribution.hidden"))
    if doubtful.empty and len(idle):
        return _no_orders(idle, said[:-2], is_whole=is_whole)
    if doubtful.empty:
        return _all_pay(judged, said, is_whole=is_whole)
    row = doubtful.iloc[0]
    verdict, ends = str(row["verdict"]), ("roi_low", "roi_high")
    if verdict == "depends" and not row["roi_low"] < 0 <= row["roi_high"]:
        # All rules agree; only chance leaves it open.
        verdict, ends = "by_chance", ("roi_least", "roi_most")
    if row[ENDS] == 1:
        ends = ("roi_least", "roi_most")
    if verdict == "no_margin":
        verdict = "no_margin_known"
    return Finding(
        "attribution",
        title=say(
            f"findings.attribution.{verdict}",
            channel=label("channel", row["channel"]),
            low=format_ratio(row[ends[0]]),
            high=format_ratio(row[ends[1]]),
        ),
        # What to do about it, the switch-off lab asks, with the size of the test.
        text=_joined(*said, _why(row), _basis(row).assumption),
        severity="watch",
        figures={"roi_low": float(row[ends[0]]), "roi_high": float(row[ends[1]])},
        basis=_basis(row),
    )


def _no_orders(idle: pd.DataFrame, said: Sequence[str] = (), *, is_whole: bool) -> Finding:
    """What was spent on channels that led to nothing, where no other one is in doubt."""
    hidden = "" if is_whole else say("findings.attribution.hidden")
    basis = Basis(
        n=say_count("findings.orders", 0),
        interval=say("findings.attribution.nothing_drawn"),
        assumption=say("findings.attribution.assumes_touches"),
        change=say("findings.attribution.needs_orders"),
    )
    held = say("findings.attribution.why_no_orders", orders=basis.n)
    return Finding(
        "attribution",
        title=_spent(idle, "no_orders"),
        text=_joined(*said, hidden, held, basis.interval, basis.change, basis.assumption),
        severity="watch",
        figures={"cost": float(idle["cost"].sum())},
        basis=basis,
    )


def _spent(idle: pd.DataFrame, key: str) -> str:
    dearest = idle.sort_values(["cost", "channel"], ascending=[False, True])
    return say(
        f"findings.attribution.{key}",
        channels=channel_names(dearest["channel"]),
        cost=format_short_money(idle["cost"].sum()),
    )


def _not_judged(rows: pd.DataFrame) -> str:
    """Why no channel has a verdict: none has orders and a cost, or no value is known of them."""
    told = rows[rows["cost"].notna() & (rows["conversion_count"] > 0)]
    return "no_value" if len(told) and told["value_high"].isna().all() else "none"


def _all_pay(judged: pd.DataFrame, said: list[str], *, is_whole: bool) -> Finding:
    """What all of those shown rests on, told of the one nearest to paying no longer."""
    least = judged["roi_least"].fillna(judged["roi_low"]).dropna()
    row = judged.loc[least.idxmin() if len(least) else judged["conversion_count"].idxmin()]
    name, why, basis = label("channel", row["channel"]), _why(row), _basis(row)
    if len(judged) > 1 and len(least):
        said = [*said, say("findings.attribution.least_sure", channel=name)]
    elif len(judged) > 1:
        basis = replace(
            basis,
            interval=say("findings.switch_off.free_interval"),
            change=say("findings.switch_off.free_change"),
        )
        free = say("findings.attribution.all_free", channel=name, orders=basis.n)
        why = _joined(free, basis.interval, basis.change)
    return Finding(
        "attribution",
        title=say(f"findings.attribution.{'all_pay' if is_whole else 'all_shown_pay'}"),
        text=_joined(*said, why, basis.assumption),
        severity="good" if is_whole else "note",
        basis=basis,
    )


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _said(judged: pd.DataFrame, verdict: str) -> str:
    """Which channels have a verdict; nothing where none has."""
    names = sorted(label("channel", each) for each in judged[judged["verdict"] == verdict].channel)
    if not names:
        return ""
    return say(f"findings.attribution.text_{verdict}", channels=", ".join(names))


def _why(row: pd.Series) -> str:
    """What the verdict rests on, and the margin at which the most generous rule would change."""
    basis, told = _basis(row), "why_untold" if row[ENDS] == 1 else "why"
    why = say(
        f"findings.attribution.{told}",
        cost=format_short_money(row["cost"]),
        orders=basis.n,
        **({} if row[ENDS] == 1 else _credited(row)),
    )
    return _joined(why, basis.interval, basis.change)


def _credited(row: pd.Series) -> dict[str, str]:
    return {
        "low": format_short_money(row["value_low"]),
        "high": format_short_money(row["value_high"]),
    }


def _basis(row: pd.Series) -> Basis:
    drawn = {"low": format_ratio(row["roi_least"]), "high": format_ratio(row["roi_most"])}
    is_drawn = pd.notna(row["roi_least"]) and pd.notna(row["roi_most"])
    return Basis(
        n=say_count("findings.orders", int(row["conversion_count"])),
        interval=say(f"findings.attribution.{'drawn' if is_drawn else 'not_drawn'}", **drawn),
        assumption=say("findings.attribution.assumption"),
        change=_turns(row),
    )


def _turns(row: pd.Series) -> str:
    """The margin at which the verdict would change."""
    needed = row["break_even_share"]
    if not row["cost"] > 0:
        return say("findings.attribution.costs_nothing")
    if row["verdict"] in {"pays", "no_margin"}:
        return _margin_for_all(row)
    if needed > 1:
        return say("findings.attribution.no_margin")
    if row[ENDS] == 1:
        least = format_share(_margin_at(row, "roi_most", "roi_high"), digits=0)
        return say("findings.attribution.needs_least", least=least)
    shares = {"needed": format_share(needed, digits=0)}
    shares["margin"] = format_share(row["margin_share"], digits=0)
    return say("findings.attribution.margin", **shares)


def _margin_for_all(row: pd.Series) -> str:
    """The margin below which a channel does not pay under every rule, chance included."""
    needed = _margin_at(row, "roi_least", "roi_low")
    if row["verdict"] == "pays":
        margin = format_share(row["margin_share"], digits=0)
        shown = format_share(needed, digits=0)
        return say("findings.attribution.least_margin", needed=shown, margin=margin)
    least = format_share(_margin_at(row, "roi_most", "roi_high"), digits=0)
    if needed > 1:
        return say("findings.attribution.needs_at_least", least=least)
    return say("findings.attribution.needs", most=format_share(needed, digits=0), least=least)


def _margin_at(row: pd.Series, drawn: str, plain: str) -> float:
    """The margin share at which this return is 0: ROI + 1 is margin / cost."""
    returned = 1 + float(row[plain] if pd.isna(row[drawn]) else row[drawn])
    return float(row["margin_share"]) / returned if returned > 0 else float("inf")

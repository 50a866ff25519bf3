"""Finding on KPIs by group: what moved in groups, beyond what chance gives of so many."""

import pandas as pd

from crm_strategy.analysis.kpi_group_table import MIRRORS, chance_signals
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.kinds import kpi_kind
from crm_strategy.views.kpi_group_privacy import told_groups
from crm_strategy.views.kpi_group_tables import SIGNALS, group_name
from crm_strategy.views.payload import is_hidden
from crm_strategy.words import say, say_count
from crm_strategy.words.kpis import KPIS
from crm_strategy.words.numbers import format_count, format_interval, format_value

UNLIKELY = 0.05
"""Chance of as many signals from noise alone, below which they are told; shared among KPIs."""

_MOST_GROUPS = 4
_MOST_KPIS = 3


def kpi_breakdowns_finding(groups: Data, scorecard: Data) -> Finding:
    """Which KPIs left their natural limits in more groups than chance gives, and in which.

    Parameters
    ----------
    groups
        Result of `kpi_group_table.kpi_group_table`.
    scorecard
        Result of `kpis.kpi_table`: whether the KPI of all customers moved, too.
    """
    rows = told_groups(frame_of(groups)) if len(frame_of(groups)) else frame_of(groups)
    rows = rows[~rows["kpi"].isin(MIRRORS) & ~rows["value"].map(is_hidden)]
    # Orders may be hidden where the customers are not.
    rows = rows.assign(size=rows["n"].where(~rows["n"].map(is_hidden), rows["customers"]))
    chance = chance_signals(rows)
    if not chance.series:
        return Finding("kpi_breakdowns", title=say("breakdowns.finding.too_short"))
    usual = round(chance.expected)
    counts = {
        "signals": format_count(chance.signals),
        "series": say_count("breakdowns.of_series", chance.series),
        "expected": say("breakdowns.finding.about", n=format_count(usual))
        if usual
        else say("breakdowns.finding.under_one"),
    }
    figures = {"signals": chance.signals, "series": chance.series, "expected": chance.expected}
    moved = _moved(rows)
    if not moved:
        more = chance.signals > max(usual, chance.expected)
        return Finding(
            "kpi_breakdowns",
            title=say(f"breakdowns.finding.{'unsure' if more else 'noise'}", **counts),
            text=say("breakdowns.finding.noise_text"),
            severity="note" if more else "good",
            figures=figures,
        )
    whole = frame_of(scorecard).set_index("kpi")["verdict"].to_dict()
    alone = [of for of in moved if whole.get(of["kpi"].iloc[0]) != of["verdict"].iloc[0]]
    bad = [of for of in alone if _is_bad(of)]
    return Finding(
        "kpi_breakdowns",
        title=say("breakdowns.finding.title", **counts),
        text=" ".join(
            [
                *_sentences(alone, "here"),
                *_sentences([of for of in moved if not any(of is each for each in alone)], "whole"),
                say("breakdowns.finding.assumption"),
            ]
        ),
        severity="act" if bad else "watch" if any(map(_is_bad, moved)) else "note",
        figures=figures | {"kpis": ", ".join(of["kpi"].iloc[0] for of in moved)},
        decision=_look_into(bad[0]) if bad else None,
    )


def _moved(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Signals of each KPI and direction that are more than chance gives, most groups first."""
    found = []
    by_kpi = [of for _, of in rows.groupby("kpi", sort=False) if chance_signals(of).series]
    for of in by_kpi:
        if chance_signals(of).probability * len(by_kpi) < UNLIKELY:
            signals = of[of["verdict"].isin(SIGNALS)]
            verdict = signals["verdict"].mode()[0]
            found.append(signals[signals["verdict"] == verdict])
    return sorted(found, key=lambda of: -len(of))[:_MOST_KPIS]


def _sentences(moved: list[pd.DataFrame], where: str) -> list[str]:
    return [*map(_sentence, moved), say(f"breakdowns.finding.{where}")] if moved else []


def _sentence(of: pd.DataFrame) -> str:
    """Repeat rate, below its limits in 5 groups: DE (34.1%, 31.3–36.9%, n 1,089) …"""
    largest = of.sort_values("size", ascending=False, kind="stable")
    named = "; ".join(_group(row) for row in largest.head(_MOST_GROUPS).to_dict("records"))
    rest = len(of) - _MOST_GROUPS
    more = say("breakdowns.and_more", n=rest) if rest > 0 else ""
    direction, kpi = of["verdict"].iloc[0], of["kpi"].iloc[0]
    return say(
        f"breakdowns.finding.{direction}",
        kpi=say(f"kpis.{kpi}.name"),
        groups=say_count("breakdowns.in_groups", len(of)),
        named=named + more,
    )


def _group(row: dict[str, object]) -> str:
    kind = kpi_kind(str(row["kpi"]))
    parts = [format_value(row["value"], kind)]
    low, high = row["low"], row["high"]
    if isinstance(low, float) and isinstance(high, float) and low == low:
        parts.append(format_interval(low, high, kind))
    if is_hidden(row["n"]):
        parts.append(say_count("findings.customers", int(float(str(row["size"])))))
    else:
        parts.append(say("breakdowns.n", n=format_value(row["n"], "count")))
    return f"{group_name(str(row['breakdown']), str(row['group']))} ({', '.join(parts)})"


def _is_bad(of: pd.DataFrame) -> bool:
    kpi, verdict = str(of["kpi"].iloc[0]), of["verdict"].iloc[0]
    return bool((verdict == "signal_high") == KPIS[kpi].lower_is_better)


def _look_into(of: pd.DataFrame) -> Decision:
    row = of.sort_values("size", ascending=False, kind="stable").iloc[0]
    kind = kpi_kind(str(row["kpi"]))
    before = row["previous"]
    return Decision(
        title=say(
            "breakdowns.finding.ask",
            kpi=say(f"kpis.{row['kpi']}.name"),
            group=group_name(str(row["breakdown"]), str(row["group"])),
        ),
        why=say(
            "breakdowns.finding.why",
            value=_group(row.to_dict()),
            previous=format_value(None if is_hidden(before) else before, kind),
        ),
    )

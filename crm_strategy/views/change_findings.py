"""Findings of what changed since the period before, and of figures restated."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.change_tables import printed_word, told_changes, told_restatements
from crm_strategy.views.finding import Finding
from crm_strategy.views.kinds import kpi_kind
from crm_strategy.views.naming import period_label
from crm_strategy.views.payload import is_hidden
from crm_strategy.words import say, say_count
from crm_strategy.words.kpis import KPIS
from crm_strategy.words.numbers import format_count, format_share, format_value, is_missing

MOST: Final = 3
"""Goals, KPIs and decisions that are spelt out; the table has all."""

_COUNTED: Final = (
    *("worse", "better", "due", "new", "known", "new_signal", "turned", "ceased"),
    *("scored", "rescored", "not_scored"),
)
"""What the title counts, in this order."""
_GOALS: Final = ("due", "worse", "better", "new", "known")
_KPIS: Final = ("new_signal", "turned", "ceased", "still_signal")
_DECISIONS: Final = ("scored", "rescored", "not_scored", "taken")
_SHARES: Final = ("margin_rate", "discount_rate")

Row = dict[str, Any]


def period_changes_finding(changes: Data, *, before: str) -> Finding:
    """What changed since the period before, in words.

    Parameters
    ----------
    changes
        Result of `period_changes.period_changes`.
    before
        The period before, as printed.
    """
    compared, rows = frame_of(changes), told_changes(changes)
    if compared.empty:
        return Finding("period_changes", title=say("plan.changed.no_period", period=before))
    counts = {each: int((rows["change"] == each).sum()) for each in _COUNTED}
    parts = [say_count(f"plan.changed.count.{each}", n) for each, n in counts.items() if n]
    title = (
        say("plan.changed.title", period=before, parts=", ".join(parts))
        if parts
        else say(f"plan.changed.{_nothing(compared, rows)}", period=before)
    )
    records: list[Row] = rows.to_dict("records")
    text = [
        *_spelt(records, "goal", _GOALS, _goal),
        *_spelt(records, "kpi", _KPIS, _kpi),
        *_spelt(records, "decision", _DECISIONS, _decision),
        say("plan.changed.assumed"),
    ]
    return Finding(
        "period_changes",
        title=title,
        text=" ".join(text),
        severity=_severity(records) if parts else "note",
        figures={each: n for each, n in counts.items() if n} | {"compared": len(rows)},
    )


def _nothing(compared: pd.DataFrame, told: pd.DataFrame) -> str:
    """What may be said of the KPIs where no change is told."""
    kpis = compared[compared["subject"] == "kpi"]
    if not kpis["now"].isin(("noise", "signal_high", "signal_low")).any():
        return "nothing_unjudged"
    return "nothing_shown" if len(told) < len(compared) else "nothing"


def kpi_restatements_finding(restated: Data, changes: Data) -> Finding | None:
    """Which definitions changed, and what the figures of earlier periods became.

    Parameters
    ----------
    restated
        Result of `restatements.kpi_restatements`.
    changes
        Result of `plan.definitions.definition_changes`, and of `restatements.window_changes`;
        without any, or where days that the data set change no figure, there is no finding.
    """
    known, rows = frame_of(changes).to_dict("records"), told_restatements(restated)
    moved = [row for row in known if row.get("automatic") is True]
    stated = [row for row in known if row.get("automatic") is not True]
    if not stated and (rows.empty or not moved):
        # The empty table says it.
        return None
    said = [*map(_definition, stated), *_windows(moved)]
    if rows.empty:
        title = say("plan.restated.none")
        return Finding("kpi_restatements", title=title, text=" ".join(said))
    figures = rows[["as_reported", "restated"]]
    unknown = figures.map(lambda each: is_hidden(each) or is_missing(each))
    shown = rows[~unknown.any(axis="columns")]
    said += [
        say(
            "plan.restated.kpi",
            kpi=say(f"kpis.{row['kpi']}.name"),
            period=period_label(row["period"]),
            was=format_value(row["as_reported"], kpi_kind(row["kpi"])),
            now=format_value(row["restated"], kpi_kind(row["kpi"])),
            n=format_count(row["n"]),
        )
        for row in shown.head(MOST).to_dict("records")
    ]
    kpis = int(rows["kpi"].nunique())
    return Finding(
        "kpi_restatements",
        title=say_count("plan.restated.title" if stated else "plan.restated.title_moved", kpis),
        text=" ".join([*said, say("plan.restated.assumed")]),
        severity="watch" if stated else "note",
        figures={"kpis": kpis, "figures": len(rows)},
    )


def _spelt(
    records: Sequence[Row], subject: str, kinds: Sequence[str], tell: Callable[[Row], str]
) -> list[str]:
    chosen = [row for row in records if row["subject"] == subject and row["change"] in kinds]
    texts = [tell(row) for row in chosen[:MOST]]
    rest = len(chosen) - MOST
    return [*texts, say_count("plan.changed.more", rest)] if rest > 0 else texts


def _goal(row: Row) -> str:
    change, kind = row["change"], kpi_kind(row["kpi"])
    names = ("value_before", "expected_before", "value", "expected")
    figures = {name: row[name] for name in names}
    known = not any(is_hidden(each) or is_missing(each) for each in figures.values())
    told = change if change in ("due", "new") else "moved" if known else "few"
    if told == "due" and not known:
        told = "due_few"
    if change == "worse" and told == "moved" and row["standing"] in ("ahead", "noise"):
        # Short of the even path, it is the season's that it is ahead of.
        even = row["standing"] == "ahead" and row["now"] == "on_track"
        told = "on_path" if even else str(row["standing"])
    return say(
        f"plan.changed.goal.{told}",
        goal=row["name"],
        was=_word(row, "was"),
        now=_word(row, "now"),
        **{name: format_value(each, kind) for name, each in figures.items() if known},
    )


def _kpi(row: Row) -> str:
    side = str(row["now"]).removeprefix("signal_")
    change = "ceased" if row["change"] == "ceased" else f"{row['change']}_{side}"
    before = None if is_hidden(row["value_before"]) else row["value_before"]
    return say(
        f"plan.changed.kpi.{change.replace('turned', 'new_signal')}",
        kpi=row["name"],
        value_before=format_value(before, kpi_kind(row["kpi"])),
        value=format_value(row["value"], kpi_kind(row["kpi"])),
        n=format_count(row["n"]),
    )


def _decision(row: Row) -> str:
    if is_hidden(row["now"]):
        return say("plan.changed.decision.few", decision=row["name"])
    return say(
        f"plan.changed.decision.{row['change']}",
        decision=row["name"],
        was=_word(row, "was"),
        now=_word(row, "now"),
    )


def _word(row: Row, column: str) -> str:
    word = str(printed_word(row["subject"], row[column]) or "")
    return word[:1].lower() + word[1:]


def _severity(records: Sequence[Row]) -> str:
    """`act` where a goal fell back by more than chance, or was missed, or a KPI got worse."""
    pressing = [
        (row["change"] == "worse" and row["standing"] not in ("ahead", "noise", "unjudged"))
        or (row["change"] == "due" and row["now"] != "reached")
        or (row["change"] in ("new_signal", "turned") and _is_bad(row, "now"))
        for row in records
    ]
    if any(pressing):
        return "act"
    if any(row["change"] == "worse" for row in records):
        return "watch"
    welcome = [
        row["change"] == "better" or (row["change"] == "ceased" and _is_bad(row, "was"))
        for row in records
    ]
    return "good" if any(welcome) else "note"


def _is_bad(row: Row, when: str) -> bool:
    return bool((row[when] == "signal_high") == KPIS[row["kpi"]].lower_is_better)


def _definition(row: Row) -> str:
    terms = [
        say(
            "plan.definition.term",
            term=say(f"plan.definition.{key}"),
            was=_term(key, was),
            now=_term(key, row["now"][key]),
        )
        for key, was in row["was"].items()
    ]
    said = say("plan.restated.since", period=period_label(row["period"]), terms="; ".join(terms))
    note = row.get("note")
    return said if is_missing(note) else f"{said} {say('plan.restated.note', note=note)}"


def _windows(moved: Sequence[Row]) -> list[str]:
    """The days a customer counts as active, now and in the reports of earlier periods."""
    if not moved:
        return []
    now = moved[0]["now"]["active_days"]
    earlier = [
        say(
            "plan.window.then",
            period=period_label(row["period"]),
            days=say_count("plan.window.days", row["was"]["active_days"]),
        )
        for row in reversed(moved)
    ]
    days = say_count("plan.window.days", now)
    return [say("plan.window.moved", days=days, earlier=", ".join(earlier), number=now)]


def _term(key: str, value: object) -> str:
    if value is None:
        return say("plan.definition.from_data")
    if key == "refunds":
        return say(f"plan.definition.refunds_{value}")
    number = float(str(value))
    return format_share(number) if key in _SHARES else format_count(number)

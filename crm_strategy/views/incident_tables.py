"""Tables of days: incidents that the data tell of, and occasions that the client named."""

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.journey_names import capitalised, group_text, ranges, steps_of
from crm_strategy.views.layout import Layout
from crm_strategy.views.payload import hidden
from crm_strategy.views.privacy import small
from crm_strategy.views.table import Table
from crm_strategy.words import label
from crm_strategy.words.numbers import format_date

_FIGURES = ("inside_rate", "outside_rate", "difference", "low", "high", "range")
_LOSSES = ("lost_count", "lost_orders", "lost_value")


def incidents_table(incidents: Data, clues: Data) -> Table:
    """Steps that went worse on some days, for whom, what it cost, what was met then."""
    rows = told(frame_of(incidents))
    if len(rows):
        met = frame_of(clues)
        rows = rows.assign(
            step=steps_of(rows),
            who=_who(rows),
            days=_days(rows),
            range=ranges(rows["low"], rows["high"], "points"),
            clue=[clue_names(met, row) for _at, row in rows.iterrows()],
            # What is no incident has cost nothing that could be won back.
            **{name: rows[name].where(rows["verdict"] == "incident") for name in _LOSSES},
        )
    return Table(
        rows,
        id="incidents",
        formats={
            **_KINDS,
            "days": "text",
            "lost_count": "count",
            "lost_orders": "count",
            "lost_value": "money",
            "p_value": "ratio",
        },
        layout=Layout(
            columns=(
                *("step", "who", "days", "inside_count", "inside_rate", "outside_rate"),
                *("clue", "verdict", "lost_count", "lost_orders", "lost_value", "range"),
                *("outside_count", "difference", "low", "high", "p_value"),
            ),
            words={"verdict": "journeys.verdict.{}"},
            sheet_only=(
                *("lost_count", "lost_orders", "lost_value", "range", "outside_count"),
                *("difference", "low", "high", "p_value"),
            ),
        ),
    )


_KINDS = {
    "inside_rate": "share",
    "outside_rate": "share",
    "difference": "points",
    "low": "points",
    "high": "points",
    "range": "interval",
}


def told(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of which no group of customers is too small to be told."""
    return rows[[not is_telling(row) for _at, row in rows.iterrows()]] if len(rows) else rows


def is_telling(row: pd.Series) -> bool:
    """Whether a step inside or outside the days was taken, or not taken, by a few."""
    for side in ("inside", "outside"):
        count, rate = row[f"{side}_count"], row[f"{side}_rate"]
        if pd.isna(rate):
            return True
        cases = round(count * rate)
        if small(cases) or small(count - cases):
            return True
    return False


def clue_names(clues: pd.DataFrame, incident: pd.Series, *, most: int = 2) -> str | None:
    """The touchpoints that stood out on the days of an incident, most telling first."""
    names = [label("touchpoint", each) for each in clues_of(clues, incident)["touchpoint"]]
    return ", ".join(names[:most]) or None


def clues_of(clues: pd.DataFrame, incident: pd.Series) -> pd.DataFrame:
    """The clues of one incident."""
    same = (clues["stage"] == incident["stage"]) & (clues["start"] == incident["start"])
    return clues[same]


def _who(rows: pd.DataFrame) -> list[str]:
    return [
        capitalised(group_text(*pair))
        for pair in zip(rows["attribute"], rows["value"], strict=True)
    ]


def _days(rows: pd.DataFrame) -> list[str]:
    pairs = zip(rows["start"], rows["end"], strict=True)
    return [f"{format_date(start)} – {format_date(end)}" for start, end in pairs]


def occasions_table(steps: Data) -> Table:
    """Each step on the days of each occasion against all other days."""
    rows = frame_of(steps)
    if len(rows):
        rows = rows.assign(
            step=steps_of(rows),
            days=_days(rows),
            range=ranges(rows["low"], rows["high"], "points"),
        )
        rows = _covered(rows)
    return Table(
        rows,
        id="occasions",
        formats={**_KINDS, "days": "text", "needed_count": "count"},
        layout=Layout(
            columns=(
                *("occasion", "step", "inside_count", "inside_rate", "outside_rate", "range"),
                *("needed_count", "verdict", "days", "outside_count", "difference", "low"),
                "high",
            ),
            words={"verdict": "journeys.verdict.{}"},
            sheet_only=("days", "outside_count", "difference", "low", "high"),
        ),
    )


def _covered(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows without figures that would tell a few, nor those of the steps behind them."""
    figures = ("inside_count", *_FIGURES, "needed_count")
    shown = rows.astype(dict.fromkeys((*figures, "verdict"), object))
    for _name, group in rows.groupby("occasion", sort=False):
        few = False
        for at, row in group.iterrows():
            # The journeys at a step are those that took the one before.
            behind = few and not row["is_whole"]
            telling = is_telling(row)
            few = few or (telling and not row["is_whole"])
            if telling or behind:
                hides = figures if behind or small(row["inside_count"]) else figures[1:]
                shown.loc[at, list(hides)] = [hidden() for _each in hides]
                shown.at[at, "verdict"] = None
    return shown

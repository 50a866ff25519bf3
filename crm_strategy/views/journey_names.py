"""Names of what journeys are made of: steps, groups, moments."""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from crm_strategy.views.kinds import READABLE, word_of
from crm_strategy.views.naming import attribute_name, value_name
from crm_strategy.words import say
from crm_strategy.words.numbers import format_interval

STEP_WORDS: Final = ("label:step", "views.funnel.{}", "label:touchpoint", READABLE)
"""Names of the steps of the funnel: the client's own, the usual ones, else touchpoints."""

_OWN: Final = frozenset({"segment", "channel", "touchpoint", "all"})


def step_name(stage: object) -> str:
    """The printed name of a step; an id that nothing names, made readable."""
    return word_of(stage, STEP_WORDS) or ""


def step_from_to(before: object, stage: object) -> str:
    """Cart → Payment"""
    return f"{step_name(before)} → {step_name(stage)}"


def group_attribute(attribute: object) -> str:
    """The printed name of what journeys are divided by."""
    return (
        say(f"journeys.attribute.{attribute}") if attribute in _OWN else attribute_name(attribute)
    )


def group_value(attribute: object, value: object) -> str:
    """The printed name of a group of journeys."""
    if attribute == "all":
        return say("journeys.value.all")
    if attribute == "segment":
        return word_of(value, ("segments.{}.name", "label:segment")) or ""
    if attribute == "touchpoint":
        return word_of(value, ("label:touchpoint", "label:channel")) or ""
    return value_name(attribute, value)


def group_text(attribute: object, value: object) -> str:
    """Platform: mobile"""
    if attribute == "all":
        return say("journeys.value.all")
    return f"{group_attribute(attribute)}: {group_value(attribute, value)}"


def with_group_names(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with `attribute` and `value` as printed."""
    if rows.empty:
        return rows
    pairs: Sequence[tuple[object, object]] = list(
        zip(rows["attribute"], rows["value"], strict=True)
    )
    return rows.assign(
        attribute=[group_attribute(attribute) for attribute, _ in pairs],
        value=[capitalised(group_value(*pair)) for pair in pairs],
    )


def capitalised(name: str) -> str:
    """All customers, as a cell begins; the names of groups stay as they are."""
    return name[:1].upper() + name[1:] if name == say("journeys.value.all") else name


def steps_of(rows: pd.DataFrame) -> list[str]:
    """Each row's step as printed, from the stage before to the stage."""
    pairs = zip(rows["before_stage"], rows["stage"], strict=True)
    return [step_from_to(before, stage) for before, stage in pairs]


def points_range(low: float | None, high: float | None) -> str:
    """−0.5 pp to +8.1 pp"""
    return format_interval(low, high, "points")


def ranges(lows: pd.Series, highs: pd.Series, kind: str) -> list[str | None]:
    """Intervals as printed; None where there is none."""
    return [
        None if pd.isna(low) or pd.isna(high) else format_interval(low, high, kind)
        for low, high in zip(lows, highs, strict=True)
    ]


def counts_minutes(rows: pd.DataFrame) -> bool:
    """Whether steps take minutes: in whole days all medians are 0."""
    return bool(len(rows) and not (rows["median_days"] > 0).any())

"""Axes shared by the charts over time: named values, spread-out labels, months and years."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from crm_strategy.views.drawing import Sheet
from crm_strategy.views.scales import Scale
from crm_strategy.views.theme import LIGHT, MARKS
from crm_strategy.words import voice
from crm_strategy.words.numbers import NBSP, format_month

TICK: Final = 0.05
BETWEEN: Final = 0.08


def value_axis(
    sheet: Sheet,
    ticks: Sequence[float],
    scale: Scale,
    write: Callable[[float], str],
    *,
    left: float,
    right: float,
) -> None:
    """Grid lines at round values, their labels left of `left`."""
    for tick, name in zip(ticks, tick_names(ticks, write), strict=True):
        y = scale(tick)
        sheet.line([left, right], [y, y], colour=MARKS["grid"], line=0.8, above=0.6)
        sheet.text(left - 0.07, y, name, colour=LIGHT["mut"], across="right")


def tick_names(ticks: Sequence[float], write: Callable[[float], str]) -> list[str]:
    """Round values without their idle zeros: 80%, not 80.0%, if that holds for all."""
    names = [write(tick) for tick in ticks]
    mark = {"en": r"\.", "ru": ","}[voice().language]
    short = [re.sub(rf"{mark}0+(?!\d)", "", name) for name in names]
    idle = all(not re.search(rf"{mark}\d", name) for name in short)
    return short if idle else names


def time_axis(sheet: Sheet, labels: Sequence[str], xs: Sequence[float], y: float) -> None:
    """Labels under a base line at `y`, as many as fit without touching.

    Labels of two lines, which name the year, go first; then the others, the last one first.
    """
    spans: list[tuple[float, float]] = []
    wanted = [at for at, label in enumerate(labels) if label]
    mixed = any("\n" in labels[at] for at in wanted) and any(
        "\n" not in labels[at] for at in wanted
    )
    for at in sorted(wanted, key=lambda at: (mixed and "\n" not in labels[at], -at)):
        half = sheet.form.width_of(labels[at]) / 2
        x = min(max(xs[at], half), sheet.width - half)
        span = (x - half - BETWEEN / 2, x + half + BETWEEN / 2)
        if any(span[0] < end and start < span[1] for start, end in spans):
            continue
        spans.append(span)
        sheet.line([xs[at], xs[at]], [y, y + TICK], colour=MARKS["axis"], line=0.8)
        sheet.text(x, y + TICK + 0.02, labels[at], colour=LIGHT["mut"], across="center", down="top")


def month_labels(months: Sequence[date], *, wide: bool) -> list[str]:
    """Names for quarter starts (half-years when narrow); January, and the first, with year."""
    named = (1, 4, 7, 10) if wide or len(months) <= 12 else (1, 7)
    labels = [
        format_month(month).replace(NBSP, "\n")
        if month.month == 1
        else format_month(month).split(NBSP)[0]
        if month.month in named
        else ""
        for month in months
    ]
    first = next((at for at, label in enumerate(labels) if label), None)
    if first is not None:
        labels[first] = format_month(months[first]).replace(NBSP, "\n")
    return labels


def two_lines(label: str) -> str:
    """A period's label with its year on the second line: "3 кв." over "2026"."""
    head, _, year = label.replace(NBSP, " ").rpartition(" ")
    if head.isdigit() or (year.startswith(("Q", "H")) and head):
        return f"{year}\n{head}"
    return f"{head}\n{year}" if head and year.isdigit() else label


def spread(places: Sequence[float], least: float, *, low: float, high: float) -> list[float]:
    """Places moved apart to at least `least`, in their order, within `low` to `high`."""
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = list(places)
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + least)
    over = moved[order[-1]] - high if order else 0.0
    if over > 0:
        moved[order[-1]] -= over
        for after, before in pairwise(order[::-1]):
            moved[before] = min(moved[before], moved[after] - least)
    return [max(place, low) for place in moved]

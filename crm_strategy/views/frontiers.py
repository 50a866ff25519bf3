"""Frontiers: what more money keeps, point by point, with what is not known about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from crm_strategy.views.axes import tick_names, value_axis
from crm_strategy.views.drawing import Drawing, Form, Sheet
from crm_strategy.views.scales import Scale, from_zero, round_values
from crm_strategy.views.theme import LIGHT, MARKS

TOP: Final = 0.1
GAP: Final = 0.1


@dataclass(frozen=True)
class Point:
    """One choice: its price, what it keeps, the ends of its interval, and at best."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    best: float | None = None
    name: str = ""
    """Written beside the point the finding speaks of."""


@dataclass(frozen=True)
class FrontierWords:
    """Names of the axes and of the two kinds of points."""

    across: str
    up: str
    kept: str
    best: str


def frontier(
    points: Sequence[Point],
    words: FrontierWords,
    write_x: Callable[[float], str],
    write_y: Callable[[float], str],
) -> Drawing:
    """Points joined from the cheapest to the dearest, whiskers, and hollow dots for the best."""

    def draw(form: Form) -> Sheet:
        heading, foot, plot = 3 * form.line + 0.12, 2 * form.line + 0.2, 2.7
        sheet = Sheet(form, heading + plot + foot)
        steps = round_values(*from_zero([point.x for point in points]), most=5 if form.wide else 3)
        marks = [0.0, 0.25, 0.5, 0.75, 1.0]
        left = 0.1 + form.widest(tick_names(marks, write_y))
        last = form.width_of(tick_names(steps, write_x)[-1]) / 2
        across = Scale(steps[0], steps[-1], left + GAP, form.width - last - 0.05)
        up = Scale(0.0, 1.0, heading + plot, heading + TOP)
        _legend(sheet, words)
        value_axis(sheet, marks, up, write_y, left=left, right=form.width)
        _foot(sheet, steps, across, write_x, words.across, heading + plot)
        _points(sheet, points, across, up)
        return sheet

    return draw


def _legend(sheet: Sheet, words: FrontierWords) -> None:
    form = sheet.form
    sheet.text(0, form.line / 2, form.fit(words.up, form.width), colour=LIGHT["mut"])
    for at, (name, hollow) in enumerate(((words.kept, False), (words.best, True)), start=1):
        middle = (at + 0.5) * form.line
        sheet.shape(0.08, middle, "o", colour=_colour(hollow=hollow), size=5, hollow=hollow)
        sheet.text(0.2, middle, form.fit(name, form.width - 0.25))


def _colour(*, hollow: bool) -> str:
    return MARKS["actual"] if hollow else LIGHT["focus"]


def _foot(
    sheet: Sheet,
    steps: Sequence[float],
    scale: Scale,
    write: Callable[[float], str],
    title: str,
    y: float,
) -> None:
    for step, name in zip(steps, tick_names(steps, write), strict=True):
        x = scale(step)
        sheet.line([x, x], [y, y + 0.05], colour=MARKS["axis"], line=0.8)
        sheet.text(x, y + 0.07, name, colour=LIGHT["mut"], across="center", down="top")
    y += 1.5 * sheet.form.line + 0.14
    fitted = sheet.form.fit(title, sheet.width - 0.2)
    sheet.text(sheet.width - 0.05, y, fitted, colour=LIGHT["mut"], across="right")


def _points(sheet: Sheet, points: Sequence[Point], across: Scale, up: Scale) -> None:
    placed = sorted(points, key=lambda point: (point.x, point.y))
    xs, ys = [across(point.x) for point in placed], [up(point.y) for point in placed]
    sheet.line(xs, ys, colour=LIGHT["focus"], line=1.4, above=3)
    for point, x, y in zip(placed, xs, ys, strict=True):
        if point.low is not None and point.high is not None:
            ends = [up(max(point.low, 0.0)), up(min(point.high, 1.0))]
            sheet.line([x, x], ends, colour=LIGHT["focus"], line=1.2, above=2.5)
        if point.best is not None:
            sheet.shape(x, up(point.best), "o", colour=_colour(hollow=True), size=5, hollow=True)
        sheet.shape(x, y, "o", colour=LIGHT["focus"], size=8 if point.name else 5)
        if point.name:
            _name(sheet, point.name, x, y)


def _name(sheet: Sheet, name: str, x: float, y: float) -> None:
    """Under the point and to its right, where a rising line leaves room."""
    room = max(sheet.width - x - 0.1, 1.3)
    text = sheet.form.fit(name, room, lines=3, bold=True)
    start = min(x, sheet.width - sheet.form.width_of(text, bold=True))
    for line, part in enumerate(text.split("\n")):
        sheet.text(start, y + 0.24 + line * sheet.form.line, part, bold=True)

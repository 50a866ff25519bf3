"""Bullets: goals against their targets, all targets on one line."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from crm_strategy.views.drawing import Drawing, Form, Sheet
from crm_strategy.views.scales import Scale
from crm_strategy.views.theme import BANDS, LIGHT, MARKS, STATUS

END: Final = 4 / 3
"""A scale runs from 0 to 4/3 of the target."""

TOLERANCE: Final = 0.05
"""At risk: short of what is expected today by at most this share of it."""

MARKERS: Final = {"●": "o", "▲": "^", "◆": "D", "○": "o"}


@dataclass(frozen=True)
class Bullet:
    """One goal.

    Attributes
    ----------
    name
        What it is called, with "lower is better" where that holds.
    status, word
        Status id and its printed word.
    share
        Actual / target; None without data or where the target is not above zero.
    expected, baseline
        Value expected today and value at the start, each / target; None unknown.
    actual, target
        As printed.
    blank
        What stands in the place of the bar without data, or without a scale.
    primary
        Set in bold.
    lower_is_better
        Bands run the other way.
    """

    name: str
    status: str
    word: str
    share: float | None
    expected: float | None
    baseline: float | None
    actual: str
    target: str
    blank: str
    primary: bool = False
    lower_is_better: bool = False


@dataclass(frozen=True)
class BulletWords:
    """The words of the heads and the legend."""

    goal: str
    actual: str
    target: str
    status: str
    baseline: str
    bands: str
    of: str


def bullets(goals: Sequence[Bullet], words: BulletWords) -> Drawing:
    """Goals under each other: name, bar over bands, target tick, figures, status."""

    def draw(form: Form) -> Sheet:
        return _wide(form, goals, words) if form.wide else _narrow(form, goals, words)

    return draw


def _wide(form: Form, goals: Sequence[Bullet], words: BulletWords) -> Sheet:
    head, row = form.line + 0.12, 0.385
    sheet = Sheet(form, head + row * len(goals) + form.line + 0.25)
    wide = sheet.width
    status = 0.2 + form.widest([words.status, *(g.word for g in goals)])
    target = form.widest([words.target, *(g.target for g in goals)])
    actual = form.widest([words.actual, *(g.actual for g in goals)], bold=True)
    x_status = wide - status - 0.03
    x_target, x_actual = x_status - 0.2, x_status - 0.2 - target - 0.2
    end = x_actual - actual - 0.2
    name = min(
        form.widest((form.fit(g.name, 9, bold=True) for g in goals), bold=True), 2.6, end - 1.8
    )
    start = name + 0.2
    scale = Scale(0, END, start, end)
    _heads(sheet, words, (x_actual, x_target, x_status + 0.2), scale, name)
    for at, goal in enumerate(goals):
        y = head + row * (at + 0.5)
        label = form.fit(goal.name, name, lines=2, bold=goal.primary)
        sheet.text(0.02, y, label, bold=goal.primary)
        _bar(sheet, goal, scale, y)
        sheet.text(x_actual, y, goal.actual, bold=True, across="right")
        sheet.text(x_target, y, goal.target, colour=LIGHT["mut"], across="right")
        _status(sheet, goal, x_status + 0.06, y)
        sheet.text(x_status + 0.2, y, goal.word)
    # The legend stands under the bars where it fits, else from the left edge.
    keys = form.widest([words.actual]) + form.widest([words.baseline]) + form.widest([words.target])
    fits = start + keys + form.width_of(words.bands) + 1.9 < wide
    _legend(sheet, words, start if fits else 0.02, sheet.height - form.line / 2 - 0.04)
    return sheet


def _narrow(form: Form, goals: Sequence[Bullet], words: BulletWords) -> Sheet:
    row = form.line + 0.44
    sheet = Sheet(form, row * len(goals) + 2 * form.line + 0.32)
    scale = Scale(0, END, 0.02, sheet.width - 0.04)
    for at, goal in enumerate(goals):
        y = row * at + form.line / 2 + 0.02
        figures = words.of.format(actual=goal.actual, target=goal.target)
        x = sheet.width - 0.26
        room = x - form.width_of(figures) - 0.12
        sheet.text(0.02, y, form.fit(goal.name, room, bold=goal.primary), bold=goal.primary)
        sheet.text(x, y, figures, across="right")
        _status(sheet, goal, sheet.width - 0.11, y)
        _bar(sheet, goal, scale, y + form.line / 2 + 0.22)
    _legend(sheet, words, 0.02, sheet.height - 1.5 * form.line - 0.14)
    return sheet


def _heads(
    sheet: Sheet,
    words: BulletWords,
    places: tuple[float, float, float],
    scale: Scale,
    name: float,
) -> None:
    y = sheet.form.line / 2 + 0.02
    actual, target, status = places
    colour = LIGHT["mut"]
    sheet.text(0.02, y, sheet.form.fit(words.goal, name + 0.15), colour=colour)
    sheet.text(scale(1), y, words.target.lower(), colour=colour, across="center")
    sheet.text(actual, y, words.actual, colour=colour, across="right")
    sheet.text(target, y, words.target, colour=colour, across="right")
    sheet.text(status, y, words.status, colour=colour)


def _bar(sheet: Sheet, goal: Bullet, scale: Scale, y: float) -> None:
    tall, thick = 0.24, 0.11
    left, right = scale(0), scale(END)
    if goal.share is None:
        sheet.box(left, y - tall / 2, right - left, tall, edge=MARKS["other"], line=1, dashed=True)
        sheet.text((left + right) / 2, y, goal.blank, italic=True, across="center")
        return
    for start, stop, colour in _bands(goal):
        x = scale(start)
        sheet.box(x, y - tall / 2, scale(stop) - x, tall, fill=colour, above=0.8)
    end = min(max(goal.share, 0.0), END)
    sheet.box(left, y - thick / 2, scale(end) - left, thick, fill=MARKS["actual"])
    if goal.share > END:  # off the scale: an arrow
        sheet.shape(right - 0.06, y, ">", colour="#FFFFFF", size=6)
    sheet.line([scale(1)] * 2, [y - 0.15, y + 0.15], colour="#FFFFFF", line=4.5, above=3)
    sheet.line([scale(1)] * 2, [y - 0.15, y + 0.15], colour=LIGHT["ink"], line=2.2, above=4)
    if goal.baseline is not None:
        place = scale(min(max(goal.baseline, 0.0), END))
        sheet.shape(place, y - tall / 2 - 0.03, "v", colour=LIGHT["mut"], size=5.5)


def _bands(goal: Bullet) -> list[tuple[float, float, str]]:
    """Off track, at risk and on track today, as parts of the target; one band if unknown."""
    if goal.expected is None:
        return [(0.0, END, BANDS[2])]
    slack = abs(goal.expected) * TOLERANCE
    edges = [goal.expected - slack, goal.expected]
    colours = BANDS
    if goal.lower_is_better:
        edges, colours = [goal.expected, goal.expected + slack], BANDS[::-1]
    stops = [0.0, *(min(max(edge, 0.0), END) for edge in edges), END]
    return [(*pair, colour) for pair, colour in zip(pairwise(stops), colours, strict=True)]


def _status(sheet: Sheet, goal: Bullet, x: float, y: float) -> None:
    look = STATUS[goal.status]
    hollow = look.shape == "○"
    size = {"D": 7.5, "^": 8.5}.get(MARKERS[look.shape], 8.5)
    sheet.shape(x, y, MARKERS[look.shape], colour=LIGHT[look.token], size=size, hollow=hollow)


def _legend(sheet: Sheet, words: BulletWords, x: float, y: float) -> None:
    colour = LIGHT["mut"]
    sheet.box(x, y - 0.045, 0.22, 0.09, fill=MARKS["actual"])
    x = _entry(sheet, words.actual.lower(), x + 0.28, y)
    sheet.shape(x + 0.05, y, "v", colour=colour, size=5.5)
    x = _entry(sheet, words.baseline, x + 0.16, y)
    sheet.line([x + 0.03] * 2, [y - 0.09, y + 0.09], colour=LIGHT["ink"], line=2.2)
    x = _entry(sheet, words.target.lower(), x + 0.12, y)
    if not sheet.form.wide:
        x, y = 0.02, y + sheet.form.line + 0.06
    for at, band in enumerate(BANDS):
        sheet.box(x + 0.14 * at, y - 0.07, 0.14, 0.14, fill=band)
    sheet.text(x + 0.5, y, sheet.form.fit(words.bands, sheet.width - x - 0.5), colour=colour)


def _entry(sheet: Sheet, text: str, x: float, y: float) -> float:
    sheet.text(x, y, text, colour=LIGHT["mut"])
    return x + sheet.form.width_of(text) + 0.22

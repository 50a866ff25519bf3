"""Dots on a line: estimates with their intervals, or what was expected beside what came."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from crm_strategy.views.axes import tick_names
from crm_strategy.views.drawing import Drawing, Form, Sheet
from crm_strategy.views.scales import Scale, round_values
from crm_strategy.views.theme import LIGHT, MARKS

GAP: Final = 0.1
BEYOND: Final = 0.5
"""How far whiskers may widen the scale, as a share of what the dots span."""

Values = Sequence[float | None]


@dataclass(frozen=True)
class Dots:
    """One measure of the items.

    Attributes
    ----------
    name
        What the legend calls it; the unnamed are not in it.
    values
        A value an item; None is unknown.
    lows, highs
        Ends of the whiskers; empty for none.
    marker, colour, hollow
        How its dots look.
    """

    name: str
    values: Values
    lows: Values = ()
    highs: Values = ()
    marker: str = "o"
    colour: str = MARKS["actual"]
    hollow: bool = False


@dataclass(frozen=True)
class Reference:
    """A value that the dots are held against."""

    value: float
    name: str


def dot_rows(
    labels: Sequence[str],
    series: Sequence[Dots],
    write: Callable[[float], str],
    *,
    reference: Reference | None = None,
    texts: Sequence[str] = (),
    axis: str = "",
) -> Drawing:
    """Items under each other, a dot a measure, whiskers for intervals.

    Parameters
    ----------
    labels
        Names of the items.
    series
        Measures, all on one scale.
    write
        How values of the scale are written.
    reference
        A dotted line through all rows.
    texts
        What stands at the right of each row, such as n.
    axis
        What the scale measures.
    """

    def draw(form: Form) -> Sheet:
        named = [each for each in series if each.name]
        legend = form.line + 0.1 if named or reference else 0.0
        foot = form.line * (2 if axis else 1) + 0.16
        fitted = [form.fit(label, 2.7 if form.wide else 1.35, lines=2) for label in labels]
        least = 2.1 * form.line if any("\n" in label for label in fitted) else 0.27
        row = min(max(2.6 / max(len(labels), 1), least), 0.4)
        sheet = Sheet(form, legend + row * len(labels) + foot + 0.08)
        left = form.widest(fitted) + GAP + 0.04
        right = sheet.width - (form.widest(texts) + GAP if texts else 0.0) - 0.15
        ticks = round_values(*_extremes(series, reference), most=5 if form.wide else 3)
        scale = Scale(ticks[0], ticks[-1], left + 0.1, right)
        bottom = legend + row * len(labels) + 0.04
        _axis(sheet, ticks, scale, write, (legend, bottom))
        if axis:
            y = bottom + 1.5 * form.line + 0.1
            title = form.fit(axis, sheet.width - left)
            sheet.text(right, y, title, colour=LIGHT["mut"], across="right")
        for at, label in enumerate(fitted):
            y = legend + row * (at + 0.5)
            sheet.text(left - GAP, y, label, across="right")
            sheet.line([left, right], [y, y], colour=MARKS["grid"], line=0.6, above=0.6)
            if texts:
                sheet.text(sheet.width - 0.03, y, texts[at], colour=LIGHT["mut"], across="right")
            for measure in series:
                _mark(sheet, measure, at, scale, y)
        if reference:
            x = scale(reference.value)
            sheet.line([x, x], [legend, bottom], colour=LIGHT["ink"], line=1.2, style=":")
        if legend:
            _legend(sheet, named, reference, form.line / 2)
        return sheet

    return draw


def _extremes(series: Sequence[Dots], reference: Reference | None) -> tuple[float, float]:
    dots = [value for each in series for value in each.values if value is not None]
    dots += [reference.value] if reference else []
    low, high = (min(dots), max(dots)) if dots else (0.0, 1.0)
    room = BEYOND * ((high - low) or abs(high) or 1.0)
    ends = [end for each in series for end in (*each.lows, *each.highs) if end is not None]
    return max(min([low, *ends]), low - room), min(max([high, *ends]), high + room)


def _axis(
    sheet: Sheet,
    ticks: Sequence[float],
    scale: Scale,
    write: Callable[[float], str],
    ends: tuple[float, float],
) -> None:
    for tick, name in zip(ticks, tick_names(ticks, write), strict=True):
        x = scale(tick)
        sheet.line([x, x], ends, colour=MARKS["grid"], line=0.8, above=0.5)
        half = sheet.form.width_of(name) / 2
        at = min(max(x, half), sheet.width - half)
        y = ends[1] + 0.03
        sheet.text(at, y, name, colour=LIGHT["mut"], across="center", down="top")


def _mark(sheet: Sheet, measure: Dots, at: int, scale: Scale, y: float) -> None:
    value = measure.values[at]
    if value is None:
        return
    low = measure.lows[at] if measure.lows else None
    high = measure.highs[at] if measure.highs else None
    if low is not None and high is not None:
        start, end = max(low, scale.low), min(high, scale.high)
        sheet.line([scale(start), scale(end)], [y, y], colour=measure.colour, line=1.6)
        for cut, x, marker in ((low < start, start, "<"), (high > end, end, ">")):
            if cut:
                sheet.shape(scale(x), y, marker, colour=measure.colour, size=5)
    size = 8 if measure.marker == "D" else 7
    sheet.shape(
        scale(value), y, measure.marker, colour=measure.colour, size=size, hollow=measure.hollow
    )


def _legend(sheet: Sheet, series: Sequence[Dots], reference: Reference | None, y: float) -> None:
    form, step = sheet.form, 0.32
    names = [each.name for each in series] + ([reference.name] if reference else [])
    room = sheet.width - 0.1 - step * len(names)
    if sum(form.width_of(name) for name in names) > room:
        names = [form.fit(name, room / len(names)) for name in names]
    x = 0.1
    for each, name in zip(series, names, strict=False):
        sheet.shape(x, y, each.marker, colour=each.colour, size=7, hollow=each.hollow)
        sheet.text(x + 0.1, y, name, colour=LIGHT["mut"])
        x += step + form.width_of(name)
    if reference:
        sheet.line([x - 0.06, x + 0.1], [y, y], colour=LIGHT["ink"], line=1.2, style=":")
        sheet.text(x + 0.15, y, names[-1], colour=LIGHT["mut"])

"""A line with its natural limits: is the last point signal or noise?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from crm_strategy.views.axes import spread, tick_names, time_axis, two_lines, value_axis
from crm_strategy.views.drawing import Drawing, Form, Sheet
from crm_strategy.views.scales import Scale, round_values
from crm_strategy.views.theme import LIGHT, MARKS

TOP: Final = 0.12


@dataclass(frozen=True)
class Trend:
    """A KPI over its periods, oldest first.

    Attributes
    ----------
    title
        Printed name.
    labels
        Printed periods.
    values
        Values; None is unknown and leaves a gap.
    lower, upper
        Natural limits a period; None where there are none.
    write
        How a value is written.
    signal
        "good", "bad" or "" (noise, too short): what the last point is.
    target
        Value to reach, if any.
    """

    title: str
    labels: Sequence[str]
    values: Sequence[float | None]
    write: Callable[[float], str]
    lower: Sequence[float | None] = ()
    upper: Sequence[float | None] = ()
    signal: str = ""
    target: float | None = None

    def extremes(self) -> tuple[float, float]:
        """Lowest and highest of all that is drawn."""
        drawn = [*self.values, *self.lower, *self.upper, self.target]
        known = [value for value in drawn if value is not None]
        return (min(known), max(known)) if known else (0.0, 1.0)


Names = tuple[str, str, str]
"""Words for upper limit, lower limit and target."""


def line_with_limits(trend: Trend, names: Callable[[Form], Names]) -> Drawing:
    """One KPI: line, grey band between dashed limits, dotted target, labels at the right."""

    def draw(form: Form) -> Sheet:
        foot, height = 2 * form.line + 0.12, 2.85
        sheet = Sheet(form, height)
        ticks = round_values(*trend.extremes(), most=4)
        words = names(form)
        marks = _marks(trend, words)
        left = 0.1 + form.widest(tick_names(ticks, trend.write))
        right = sheet.width - 0.12 - form.widest((m for m, _ in marks), bold=True)
        scale = Scale(ticks[0], ticks[-1], height - foot, TOP)
        value_axis(sheet, ticks, scale, trend.write, left=left, right=right)
        inner = Scale(0, max(len(trend.values) - 1, 1), left + 0.15, right - 0.15)
        xs = [inner(at) for at in range(len(trend.values))]
        draw_limits(sheet, trend, xs, scale, (left, right))
        places = [scale(value) for _, value in marks]
        for (text, _), y in zip(marks, spread(places, form.line, low=0, high=height), strict=True):
            bold = text.startswith(words[2])
            colour = LIGHT["ink"] if bold else LIGHT["mut"]
            sheet.text(right + 0.08, y, text, bold=bold, colour=colour)
        if trend.target is not None:
            y = scale(trend.target)
            sheet.line([left, right], [y, y], colour=LIGHT["ink"], line=1.4, style=":")
        draw_line(sheet, trend, xs, scale, dots=True)
        sheet.line([left, right], [height - foot] * 2, colour=MARKS["axis"], line=0.8)
        time_axis(sheet, [two_lines(label) for label in trend.labels], xs, height - foot)
        return sheet

    return draw


def draw_limits(
    sheet: Sheet,
    trend: Trend,
    xs: Sequence[float],
    scale: Scale,
    ends: tuple[float, float],
) -> None:
    """The grey band between the natural limits, its edges dashed; level limits run to `ends`."""
    pairs = [
        (x, low, high)
        for x, low, high in zip(xs, trend.lower, trend.upper, strict=False)
        if low is not None and high is not None
    ]
    if not pairs:
        return
    if len({(low, high) for _, low, high in pairs}) == 1:
        _, low, high = pairs[0]
        pairs = [(ends[0], low, high), (ends[1], low, high)]
    band = [(x, scale(high)) for x, _, high in pairs]
    floor = [(x, scale(low)) for x, low, _ in pairs]
    sheet.area([*band, *floor[::-1]], fill=MARKS["limits"])
    for edge in (band, floor):
        xs_, ys_ = zip(*edge, strict=True)
        sheet.line(xs_, ys_, colour=MARKS["other"], line=0.8, style=(0, (4, 3)), above=1.5)


def draw_line(sheet: Sheet, trend: Trend, xs: Sequence[float], scale: Scale, *, dots: bool) -> None:
    """The line with gaps where values are unknown; the last point says what it is."""
    run: list[tuple[float, float]] = []
    for x, value in [*zip(xs, trend.values, strict=True), (0.0, None)]:
        if value is not None:
            run.append((x, scale(value)))
            continue
        if len(run) > 1:
            sheet.line(
                [x for x, _ in run], [y for _, y in run], colour=MARKS["actual"], line=1.8, above=3
            )
        if dots or len(run) == 1:
            for x_, y_ in run:
                sheet.shape(x_, y_, "o", colour=MARKS["actual"], size=5)
        run = []
    known = [(x, value) for x, value in zip(xs, trend.values, strict=True) if value is not None]
    if known:
        _last_point(sheet, trend, known[-1][0], known[-1][1], scale, label=dots)


def _last_point(
    sheet: Sheet, trend: Trend, x: float, value: float, scale: Scale, *, label: bool
) -> None:
    colour = LIGHT.get(trend.signal, MARKS["actual"])
    y = scale(value)
    sheet.shape(x, y, "D" if trend.signal else "o", colour=colour, size=8 if trend.signal else 6.5)
    if not label:
        return
    text = trend.write(value)
    earlier = [v for v in trend.values if v is not None][-2:-1]
    above = not earlier or value >= earlier[0]
    down, gap = ("bottom", -0.08) if above else ("top", 0.08)
    half = sheet.form.width_of(text, bold=True) / 2
    place = min(x, sheet.width - half)
    sheet.text(place, y + gap, text, bold=True, colour=colour, across="center", down=down)


def _marks(trend: Trend, names: Names) -> list[tuple[str, float]]:
    upper = next((v for v in reversed(trend.upper) if v is not None), None)
    lower = next((v for v in reversed(trend.lower) if v is not None), None)
    pairs = zip(names, (upper, lower, trend.target), strict=True)
    return [(f"{name} {trend.write(v)}", v) for name, v in pairs if v is not None]

"""Bars that stand, one a month or period; panels share the time below them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from crm_strategy.views.axes import tick_names, time_axis, value_axis
from crm_strategy.views.drawing import Drawing, Form, Sheet
from crm_strategy.views.scales import Scale, from_zero, round_values
from crm_strategy.views.theme import LIGHT, MARKS

GAP: Final = 0.07


@dataclass(frozen=True)
class Series:
    """A measure over time: its values, how they are written, its name."""

    title: str
    values: Sequence[float | None]
    write: Callable[[float], str]


def time_columns(labels: Callable[[Form], Sequence[str]], panels: Sequence[Series]) -> Drawing:
    """Standing bars from zero, panel above panel; the highest and the last are labelled."""

    def draw(form: Form) -> Sheet:
        heading, plot = form.line + 0.22, 1.15 if form.wide else 0.95
        foot = 2 * form.line + 0.1
        sheet = Sheet(form, (heading + plot) * len(panels) + 0.12 * (len(panels) - 1) + foot)
        ticks = [round_values(*from_zero(panel.values), most=3) for panel in panels]
        left = 0.1 + max(
            form.width_of(name)
            for panel, marks in zip(panels, ticks, strict=True)
            for name in tick_names(marks, panel.write)
        )
        right = sheet.width - 2 * GAP - form.widest(map(_last, panels), bold=True)
        names = labels(form)
        step = (right - left) / max(len(names), 1)
        xs = [left + step * (at + 0.5) for at in range(len(names))]
        for at, (panel, marks) in enumerate(zip(panels, ticks, strict=True)):
            top = at * (heading + plot + 0.12)
            title = form.fit(panel.title, sheet.width)
            sheet.text(0, top + form.line / 2, title, bold=True)
            scale = Scale(marks[0], marks[-1], top + heading + plot, top + heading)
            value_axis(sheet, marks, scale, panel.write, left=left, right=right)
            _columns(sheet, panel, xs, step, scale)
        time_axis(sheet, names, xs, sheet.height - foot)
        return sheet

    return draw


def _columns(sheet: Sheet, panel: Series, xs: Sequence[float], step: float, scale: Scale) -> None:
    zero, thick = scale(0), min(step * 0.72, 0.5)
    known = [(value, at) for at, value in enumerate(panel.values) if value is not None]
    for value, at in known:
        end = scale(value)
        x, y = xs[at] - thick / 2, min(zero, end)
        sheet.box(x, y, thick, abs(end - zero), fill=MARKS["actual"])
    sheet.line([xs[0] - step / 2, xs[-1] + step / 2], [zero, zero], colour=LIGHT["ink"], line=0.8)
    if not known:
        return
    value, last = known[-1]
    y = min(scale(value), zero - sheet.form.line / 2)
    sheet.text(xs[-1] + step / 2 + GAP, y, panel.write(value), bold=True)
    highest, at = max(known)
    if at != last:
        text = panel.write(highest)
        half = sheet.form.width_of(text) / 2
        x = min(max(xs[at], xs[0] + half - step / 2), xs[-1] + step / 2 - half)
        sheet.text(x, scale(highest) - 0.03, text, across="center", down="bottom")


def _last(panel: Series) -> str:
    known = [value for value in panel.values if value is not None]
    return panel.write(known[-1]) if known else ""

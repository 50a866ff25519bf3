"""Curves of concentration: what share of a sum the first x % of customers hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from crm_strategy.views.axes import tick_names, value_axis
from crm_strategy.views.drawing import Drawing, Form, Sheet
from crm_strategy.views.scales import Scale, round_values
from crm_strategy.views.theme import LIGHT, MARKS

TOP: Final = 0.1


@dataclass(frozen=True)
class Curve:
    """One curve: its points, its name in the legend, whether the finding speaks of it."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    focus: bool = False


@dataclass(frozen=True)
class CurveWords:
    """Names of the axes and of the line of equality."""

    across: str
    up: str
    equal: str


def concentration(
    curves: Sequence[Curve], words: CurveWords, write: Callable[[float], str]
) -> Drawing:
    """Curves over the diagonal of equality; the legend beside them, above when narrow."""

    def draw(form: Form) -> Sheet:
        names = [*(curve.name for curve in curves), words.equal]
        room = 2.65 if form.wide else form.width - 0.5
        names = [form.fit(name, room, lines=2, bold=True) for name in names]
        lines = sum(name.count("\n") + 1 for name in names)
        above = 0.0 if form.wide else lines * form.line + 0.1
        heading, foot, plot = form.line + 0.08, 2 * form.line + 0.16, 2.5
        sheet = Sheet(form, above + heading + plot + foot)
        top = above + heading
        ticks = round_values(0.0, max([1.0, *(y for c in curves for y in c.ys)]), most=5)
        left = 0.1 + form.widest(tick_names(ticks, write))
        right = 5.0 if form.wide else form.width - 0.2
        up = Scale(ticks[0], ticks[-1], top + plot, top + TOP)
        across = Scale(0.0, 1.0, left, right)
        sheet.text(0, above + form.line / 2, form.fit(words.up, right), colour=LIGHT["mut"])
        value_axis(sheet, ticks, up, write, left=left, right=right)
        _foot(sheet, across, write, words.across, top + plot)
        ends = ([across(0.0), across(1.0)], [up(0.0), up(1.0)])
        sheet.line(*ends, colour=MARKS["other"], line=1.0, style=(0, (4, 3)))
        for curve in curves:
            xs, ys = [across(x) for x in curve.xs], [up(y) for y in curve.ys]
            sheet.line(xs, ys, colour=_colour(curve), line=2.0, above=3)
        place = (right + 0.3, top + TOP) if form.wide else (0.0, 0.0)
        _legend(sheet, curves, names, place)
        return sheet

    return draw


def _foot(sheet: Sheet, scale: Scale, write: Callable[[float], str], title: str, y: float) -> None:
    marks = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    for mark, name in zip(marks, tick_names(marks, write), strict=True):
        x = scale(mark)
        sheet.line([x, x], [y, y + 0.05], colour=MARKS["axis"], line=0.8)
        half = sheet.form.width_of(name) / 2
        at = min(x, sheet.width - half)
        sheet.text(at, y + 0.07, name, colour=LIGHT["mut"], across="center", down="top")
    y += 1.5 * sheet.form.line + 0.12
    fitted = sheet.form.fit(title, scale.end - 0.1)
    sheet.text(scale.end, y, fitted, colour=LIGHT["mut"], across="right")


def _colour(curve: Curve) -> str:
    return LIGHT["focus"] if curve.focus else MARKS["actual"]


def _legend(
    sheet: Sheet, curves: Sequence[Curve], names: Sequence[str], place: tuple[float, float]
) -> None:
    x, y = place
    for at, name in enumerate(names):
        curve = curves[at] if at < len(curves) else None
        middle = y + sheet.form.line / 2
        colour = _colour(curve) if curve else MARKS["other"]
        style = "-" if curve else (0, (4, 3))
        sheet.line([x, x + 0.22], [middle, middle], colour=colour, line=2.0, style=style)
        bold = curve is not None and curve.focus
        for line, text in enumerate(name.split("\n")):
            sheet.text(x + 0.3, middle + line * sheet.form.line, text, bold=bold)
        y += (name.count("\n") + 1) * sheet.form.line + 0.04

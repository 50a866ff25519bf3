"""Stacked bars over periods: parts of a whole above zero, losses below it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from crm_strategy.views.axes import spread, tick_names, time_axis, two_lines, value_axis
from crm_strategy.views.drawing import Drawing, Form, Sheet
from crm_strategy.views.scales import Scale, round_values
from crm_strategy.views.theme import LIGHT, MARKS

SHADES: Final = ("#2B3A48", "#8592A0", "#C6CED6", "#E4E9ED")
LOSS: Final = "#FFFFFF"
"""Below zero: white with an ink edge, so that it reads as gone."""


@dataclass(frozen=True)
class Part:
    """One part of the stack: its name, a value a period (None unknown), loss or not."""

    name: str
    values: Sequence[float | None]
    loss: bool = False


def stacked_bars(
    labels: Sequence[str], parts: Sequence[Part], write: Callable[[float], str]
) -> Drawing:
    """Standing bars of parts, first part at the bottom; names and last values at the right."""

    def draw(form: Form) -> Sheet:
        foot, height = 2 * form.line + 0.12, 3.0
        sheet = Sheet(form, height)
        gains, losses = ([p for p in parts if p.loss is loss] for loss in (False, True))
        top = max([_sum(gains, at) for at in range(len(labels))] or [1.0])
        low = -max([_sum(losses, at) for at in range(len(labels))] or [0.0])
        ticks = round_values(low, top, most=5)
        write_size = lambda value: write(abs(value))  # noqa: E731
        names = [f"{part.name} {_last(part, write)}" for part in parts]
        if not form.wide:
            names = [f"{part.name}\n{_last(part, write)}" for part in parts]
        left = 0.1 + form.widest(tick_names(ticks, write_size))
        right = sheet.width - 0.1 - form.widest(names)
        scale = Scale(ticks[0], ticks[-1], height - foot, 0.12)
        value_axis(sheet, ticks, scale, write_size, left=left, right=right)
        step = (right - left) / max(len(labels), 1)
        xs = [left + step * (at + 0.5) for at in range(len(labels))]
        for group, sign in ((gains, 1), (losses, -1)):
            for at, x in enumerate(xs):
                _stack(sheet, group, at, (x, min(step * 0.7, 0.6)), scale, sign)
        zero = scale(0)
        sheet.line([left, right], [zero, zero], colour=LIGHT["ink"], line=0.8)
        _names(sheet, parts, names, right + 0.08, scale)
        time_axis(sheet, [two_lines(label) for label in labels], xs, height - foot)
        return sheet

    return draw


def _stack(
    sheet: Sheet,
    parts: Sequence[Part],
    at: int,
    place: tuple[float, float],
    scale: Scale,
    sign: int,
) -> None:
    x, thick = place
    base = 0.0
    for number, part in enumerate(parts):
        value = (part.values[at] or 0.0) * sign
        ends = sorted((scale(base), scale(base + value)))
        fill = LOSS if part.loss else SHADES[number % len(SHADES)]
        edge = MARKS["other"] if part.loss else "white"
        sheet.box(x - thick / 2, ends[0], thick, ends[1] - ends[0], fill=fill, edge=edge, line=0.8)
        base += value


def _names(
    sheet: Sheet, parts: Sequence[Part], names: Sequence[str], x: float, scale: Scale
) -> None:
    middles, up, down = [], 0.0, 0.0
    for part in parts:
        value = next((v for v in reversed(part.values) if v is not None), 0.0)
        base = down if part.loss else up
        signed = -value if part.loss else value
        middles.append(scale(base + signed / 2))
        up, down = (up, down + signed) if part.loss else (up + signed, down)
    lines = 1 if sheet.form.wide else 2
    least = sheet.form.line * lines
    places = spread(middles, least, low=least / 2, high=sheet.height - least)
    for name, y in zip(names, places, strict=True):
        sheet.text(x, y, name)


def _sum(parts: Sequence[Part], at: int) -> float:
    return sum(part.values[at] or 0.0 for part in parts)


def _last(part: Part, write: Callable[[float], str]) -> str:
    known = [value for value in part.values if value is not None]
    return write(known[-1]) if known else "–"

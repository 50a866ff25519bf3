"""A fan: a line that ends in widening bands, with what had been said of its past."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from crm_strategy.views.axes import tick_names, time_axis, value_axis
from crm_strategy.views.drawing import Drawing, Form, Sheet
from crm_strategy.views.scales import Scale, from_zero, round_values
from crm_strategy.views.theme import LIGHT, MARKS

Values = Sequence[float | None]

STEP: Final = 0.34


@dataclass(frozen=True)
class Fan:
    """A series, what was foretold of its past, and its future.

    `bands` are lows and highs, the widest first. All have a value a moment, None where none.
    """

    actual: Values
    backtest: Values
    expected: Values
    bands: Sequence[tuple[Values, Values]]


def fan(
    labels: Callable[[Form], Sequence[str]],
    told: Fan,
    names: Sequence[str],
    write: Callable[[float], str],
) -> Drawing:
    """Draw a fan from zero.

    Parameters
    ----------
    labels
        Names of the moments, for each form.
    told
        The values.
    names
        What the legend calls the actual, the backtest, the expected and each band.
    write
        How values are written.
    """

    def draw(form: Form) -> Sheet:
        legend = form.line * (1 if form.wide else 3) + 0.12
        plot, foot = 2.5, 2 * form.line + 0.12
        sheet = Sheet(form, legend + plot + foot)
        drawn = [*told.actual, *told.backtest, *told.expected]
        ends = [end for pair in told.bands for side in pair for end in side]
        ticks = round_values(*from_zero([*drawn, *ends]), most=4)
        left = 0.1 + form.widest(tick_names(ticks, write))
        right = sheet.width - 0.15
        scale = Scale(ticks[0], ticks[-1], legend + plot, legend)
        value_axis(sheet, ticks, scale, write, left=left, right=right)
        step = (right - left) / max(len(told.actual), 1)
        xs = [left + step * (at + 0.5) for at in range(len(told.actual))]
        fills = (MARKS["forecast95"], MARKS["forecast80"])
        for (lows, highs), fill in zip(told.bands, fills, strict=True):
            _band(sheet, xs, scale, lows, highs, fill)
        _line(sheet, xs, scale, told.actual, MARKS["actual"], "-")
        _line(sheet, xs, scale, _joined(told), LIGHT["focus"], (0, (4, 2)))
        for x, value in zip(xs, told.backtest, strict=True):
            if value is not None:
                sheet.shape(x, scale(value), "o", colour=MARKS["other"], size=4.5, hollow=True)
        sheet.line([left, right], [legend + plot] * 2, colour=MARKS["axis"], line=0.8)
        time_axis(sheet, labels(form), xs, legend + plot)
        _legend(sheet, names)
        return sheet

    return draw


def _joined(told: Fan) -> list[float | None]:
    """The expected values, begun at the last actual one so that the line does not break."""
    joined = list(told.expected)
    known = [at for at, value in enumerate(told.actual) if value is not None]
    if known and known[-1] + 1 < len(joined):
        joined[known[-1]] = told.actual[known[-1]]
    return joined


def _band(
    sheet: Sheet, xs: Sequence[float], scale: Scale, lows: Values, highs: Values, fill: str
) -> None:
    upper = [(x, scale(high)) for x, high in zip(xs, highs, strict=True) if high is not None]
    lower = [(x, scale(low)) for x, low in zip(xs, lows, strict=True) if low is not None]
    if len(upper) > 1 and len(lower) > 1:
        sheet.area([*upper, *lower[::-1]], fill=fill)
    elif upper and lower:
        # One moment has no area: a bar of its range.
        (x, top), (_, bottom) = upper[0], lower[0]
        sheet.box(x - 0.05, top, 0.1, bottom - top, fill=fill, above=0.5)


def _line(
    sheet: Sheet, xs: Sequence[float], scale: Scale, values: Values, colour: str, style: object
) -> None:
    run: list[tuple[float, float]] = []
    for x, value in [*zip(xs, values, strict=True), (0.0, None)]:
        if value is not None:
            run.append((x, scale(value)))
            continue
        if len(run) > 1:
            across, down = zip(*run, strict=True)
            sheet.line(across, down, colour=colour, line=1.8, style=style, above=3)
        run = []


def _legend(sheet: Sheet, names: Sequence[str]) -> None:
    form = sheet.form
    x, y = 0.05, form.line / 2
    for at, name in enumerate(names):
        text = form.fit(name, sheet.width - STEP - 0.1)
        needed = STEP + form.width_of(text) + 0.15
        if x > 0.05 and x + needed > sheet.width:
            x, y = 0.05, y + form.line
        _key(sheet, at, x, y)
        sheet.text(x + STEP - 0.06, y, text, colour=LIGHT["mut"])
        x += needed


def _key(sheet: Sheet, at: int, x: float, y: float) -> None:
    ends = [x, x + 0.22]
    if at == 0:
        sheet.line(ends, [y, y], colour=MARKS["actual"], line=1.8)
    elif at == 1:
        sheet.shape(x + 0.11, y, "o", colour=MARKS["other"], size=4.5, hollow=True)
    elif at == 2:
        sheet.line(ends, [y, y], colour=LIGHT["focus"], line=1.8, style=(0, (4, 2)))
    else:
        fill = (MARKS["forecast95"], MARKS["forecast80"])[at - 3]
        sheet.box(x, y - 0.05, 0.22, 0.1, fill=fill)

"""Small multiples: many KPIs at a glance, each on its own scale with its natural limits."""

from collections.abc import Sequence
from typing import Final

from crm_strategy.views.drawing import Drawing, Form, Sheet
from crm_strategy.views.lines import Trend, draw_limits, draw_line
from crm_strategy.views.scales import Scale
from crm_strategy.views.theme import LIGHT, MARKS
from crm_strategy.words.numbers import MISSING

BETWEEN: Final = 0.28
PLOT: Final = 0.6


def small_multiples(trends: Sequence[Trend]) -> Drawing:
    """One small chart a KPI: name, last value, line, limits; first and last period below."""

    def draw(form: Form) -> Sheet:
        across = _across(form, len(trends))
        width = (form.width - BETWEEN * (across - 1)) / across
        titles = [form.fit(trend.title, width, lines=3) for trend in trends]
        rows = [range(at, min(at + across, len(trends))) for at in range(0, len(trends), across)]
        # A row is as high as the longest name in it.
        heads = [form.line * (2 + max(titles[at].count("\n") for at in row)) for row in rows]
        below = PLOT + 2 * form.line + 0.2
        sheet = Sheet(form, sum(heads) + below * len(rows) - 0.1)
        top = 0.0
        for row, head in zip(rows, heads, strict=True):
            for place, at in enumerate(row):
                x = place * (width + BETWEEN)
                sheet.text(x, top + head - form.line - 0.02, titles[at], down="bottom")
                _panel(sheet, trends[at], (x, top + head, width, PLOT))
            top += head + below
        return sheet

    return draw


def _across(form: Form, count: int) -> int:
    most = (5 if count > 12 else 4) if form.wide else 2
    return min(most, max(count, 1))


def _panel(sheet: Sheet, trend: Trend, place: tuple[float, float, float, float]) -> None:
    x, y, width, plot = place
    line = sheet.form.line
    known = [value for value in trend.values if value is not None]
    colour = LIGHT.get(trend.signal, LIGHT["ink"])
    last = trend.write(known[-1]) if known else MISSING
    sheet.text(x, y - line / 2, last, bold=True, colour=colour)
    top = y + 0.12
    low, high = trend.extremes()
    room = (high - low) * 0.06 or 1.0
    scale = Scale(low - room, high + room, top + plot, top)
    inner = Scale(0, max(len(trend.values) - 1, 1), x + 0.06, x + width - 0.08)
    xs = [inner(at) for at in range(len(trend.values))]
    draw_limits(sheet, trend, xs, scale, (x, x + width))
    draw_line(sheet, trend, xs, scale, dots=False)
    sheet.line([x, x + width], [top + plot + 0.02] * 2, colour=MARKS["axis"], line=0.8)
    ends = [sheet.form.fit(label, width / 2) for label in (trend.labels[0], trend.labels[-1])]
    foot, colour = top + plot + 0.05, LIGHT["mut"]
    sheet.text(x, foot, ends[0], colour=colour, small=True, down="top")
    if len(trend.labels) > 1:
        sheet.text(x + width, foot, ends[1], colour=colour, small=True, across="right", down="top")

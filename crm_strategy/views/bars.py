"""Bars that lie: ranked, highlighted, labelled at the end; one panel a measure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from crm_strategy.views.drawing import Drawing, Form, Sheet
from crm_strategy.views.scales import Scale, from_zero
from crm_strategy.views.theme import LIGHT, MARKS

GAP: Final = 0.08
TOP: Final = 0.06
RIGHT: Final = 0.04
BAR_SHARE: Final = 0.66
TWO_LINES: Final = 2.1
"""Lines of a row that holds a name of two."""


@dataclass(frozen=True)
class Panel:
    """One measure of the items: its values and how they are written; None is unknown."""

    values: Sequence[float | None]
    texts: Sequence[str]
    title: str = ""


def ranked_bars(
    labels: Sequence[str],
    panels: Sequence[Panel],
    *,
    highlight: Collection[int] = (),
    previous: Sequence[float | None] = (),
) -> Drawing:
    """Lying bars from zero, in the order given; panels side by side, stacked when narrow.

    Parameters
    ----------
    labels
        Names of the items.
    panels
        Measures, each on its own scale.
    highlight
        Positions of the items the finding speaks of.
    previous
        Values of the period before, for the first panel: a small ▼ above the bar.
    """

    def draw(form: Form) -> Sheet:
        stacked = not form.wide and len(panels) > 1
        heading = form.line + 0.08 if any(panel.title for panel in panels) else 0.0
        row = _row_height(form, labels)
        block = TOP + heading + row * len(labels) + 0.1
        sheet = Sheet(form, block * (len(panels) if stacked else 1))
        left = _label_width(form, labels, highlight, row)
        room = sheet.width - left - GAP - RIGHT
        width = room if stacked else (room - 0.3 * (len(panels) - 1)) / len(panels)
        for at, panel in enumerate(panels):
            x = left + GAP + (0 if stacked else at * (width + 0.3))
            y = TOP + (block * at if stacked else 0)
            if stacked or at == 0:
                _labels(sheet, labels, highlight, left, y + heading, row)
            if panel.title:
                title = form.fit(panel.title, width if len(panels) > 1 else room)
                sheet.text(x, y + form.line / 2, title, colour=LIGHT["mut"])
            marks = previous if at == 0 else ()
            _bars(sheet, panel, (x, y + heading, width, row), highlight, marks)
        return sheet

    return draw


def _row_height(form: Form, labels: Sequence[str]) -> float:
    most, least = (0.52, 0.27) if form.wide else (0.4, 0.27)
    if form.widest(labels, bold=True) > _most_of_a_label(form):
        # A name loses what tells it apart unless it has a second line.
        least = TWO_LINES * form.line
    return max(min(2.5 / max(len(labels), 1), most), least)


def _most_of_a_label(form: Form) -> float:
    return 2.7 if form.wide else 1.4


def _label_width(
    form: Form, labels: Sequence[str], highlight: Collection[int], row: float
) -> float:
    most = _most_of_a_label(form)
    widths = [
        form.width_of(form.fit(label, most, lines=_lines(form, row), bold=bold), bold=bold)
        for label, bold in ((label, at in highlight) for at, label in enumerate(labels))
    ]
    return min(max(widths, default=0.0), most) + 0.04


def _lines(form: Form, row: float) -> int:
    return 2 if row >= TWO_LINES * form.line else 1


def _labels(
    sheet: Sheet,
    labels: Sequence[str],
    highlight: Collection[int],
    left: float,
    top: float,
    row: float,
) -> None:
    for at, label in enumerate(labels):
        bold = at in highlight
        text = sheet.form.fit(label, left, lines=_lines(sheet.form, row), bold=bold)
        middle = top + row * (at + 0.5)
        sheet.text(left, middle, text, bold=bold, across="right")


def _bars(
    sheet: Sheet,
    panel: Panel,
    place: tuple[float, float, float, float],
    highlight: Collection[int],
    previous: Sequence[float | None],
) -> None:
    x, top, width, row = place
    low, high = from_zero([*panel.values, *previous])
    ends = sheet.form.widest(panel.texts, bold=True) + GAP
    under = [t for v, t in zip(panel.values, panel.texts, strict=True) if (v or 0) < 0]
    before = sheet.form.widest(under, bold=True) + GAP if under else 0.0
    scale = Scale(low, high, x + before, x + width - ends)
    zero, colour = scale(0), MARKS["other"] if highlight else MARKS["actual"]
    thick = min(row * BAR_SHARE, 0.28)
    for at, (value, text) in enumerate(zip(panel.values, panel.texts, strict=True)):
        middle, bold = top + row * (at + 0.5), at in highlight
        if value is None:
            sheet.text(zero + GAP, middle, text, colour=LIGHT["mut"], italic=True)
            continue
        end = scale(value)
        fill = LIGHT["focus"] if bold else colour
        sheet.box(min(zero, end), middle - thick / 2, abs(end - zero), thick, fill=fill)
        across, side = ("left", GAP) if value >= 0 else ("right", -GAP)
        sheet.text(end + side, middle, text, bold=bold, across=across)
        if at < len(previous) and previous[at] is not None:
            mark = scale(previous[at] or 0.0)
            sheet.shape(mark, middle - thick / 2 - 0.045, "v", colour=LIGHT["mut"], size=4.5)
    sheet.line([zero, zero], [top, top + row * len(panel.values)], colour=LIGHT["ink"], line=0.8)

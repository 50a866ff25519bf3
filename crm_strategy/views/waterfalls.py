"""Waterfalls that lie: each bar begins where the one above it ended; the last one is the sum."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crm_strategy.views.drawing import Drawing, Form, Sheet
from crm_strategy.views.scales import Scale, from_zero
from crm_strategy.views.theme import LIGHT, MARKS

GAP: Final = 0.08
BETWEEN: Final = 0.16
BAR_SHARE: Final = 0.62


@dataclass(frozen=True)
class Bridge:
    """One way to split a change: its name, its parts and what they sum to.

    A part without a value is not known, or hidden: the bars after it have no place.
    """

    title: str
    labels: Sequence[str]
    values: Sequence[float | None]
    texts: Sequence[str]
    total: tuple[str, float | None, str]

    def ends(self) -> list[tuple[float, float] | None]:
        """Where each bar begins and ends; the sum begins at zero."""
        found: list[tuple[float, float] | None] = []
        at: float | None = 0.0
        for value in self.values:
            end = None if at is None or value is None else at + value
            found.append(None if at is None or end is None else (at, end))
            at = end
        total = self.total[1]
        return [*found, None if total is None else (0.0, total)]


def waterfall(bridges: Sequence[Bridge]) -> Drawing:
    """The bridges one under the other, on one scale; rises and falls in their colours."""

    def draw(form: Form) -> Sheet:
        row = 0.3 if form.wide else 2.2 * form.line
        heading = form.line + 0.06
        rows = [len(bridge.values) + 1 for bridge in bridges]
        height = sum(heading + row * count + BETWEEN for count in rows)
        sheet = Sheet(form, height)
        names = [
            (name, bold)
            for bridge in bridges
            for name, bold in [
                *((label, False) for label in bridge.labels),
                (bridge.total[0], True),
            ]
        ]
        most = 2.6 if form.wide else 1.35
        widths = (form.width_of(form.fit(name, most, bold=bold), bold=bold) for name, bold in names)
        left = min(max(widths), most) + 0.04
        texts = [text for bridge in bridges for text in (*bridge.texts, bridge.total[2])]
        room = form.widest(texts, bold=True) + 2 * GAP
        drawn = [pair for bridge in bridges for pair in bridge.ends() if pair is not None]
        low, high = from_zero([value for pair in drawn for value in pair])
        scale = Scale(low, high, left + GAP, sheet.width - room)
        top = 0.0
        for bridge, count in zip(bridges, rows, strict=True):
            title = form.fit(bridge.title, sheet.width)
            sheet.text(0, top + form.line / 2, title, colour=LIGHT["mut"])
            _bridge(sheet, bridge, scale, (left, top + heading, row))
            top += heading + row * count + BETWEEN
        return sheet

    return draw


def _bridge(sheet: Sheet, bridge: Bridge, scale: Scale, place: tuple[float, float, float]) -> None:
    left, top, row = place
    zero, thick, lines = scale(0), min(row * BAR_SHARE, 0.21), int(row // (1.05 * sheet.form.line))
    labels, texts = [*bridge.labels, bridge.total[0]], [*bridge.texts, bridge.total[2]]
    before: float | None = None
    for at, (label, text, pair) in enumerate(zip(labels, texts, bridge.ends(), strict=True)):
        middle, last = top + row * (at + 0.5), at == len(labels) - 1
        sheet.text(
            left,
            middle,
            sheet.form.fit(label, left, lines=lines, bold=last),
            bold=last,
            across="right",
        )
        known = pair is not None
        colour = LIGHT["ink" if known else "mut"]
        right = sheet.width - 0.03
        sheet.text(right, middle, text, bold=last, italic=not known, colour=colour, across="right")
        if pair is None:
            before = None
            continue
        start, end = scale(pair[0]), scale(pair[1])
        fill = MARKS["actual"] if last else LIGHT["good" if pair[1] >= pair[0] else "bad"]
        sheet.box(min(start, end), middle - thick / 2, abs(end - start), thick, fill=fill)
        if before is not None and not last:
            sheet.line([start, start], [before, middle], colour=MARKS["axis"], line=0.8, above=0.8)
        before = middle
    sheet.line([zero, zero], [top, top + row * len(labels)], colour=LIGHT["ink"], line=0.8)

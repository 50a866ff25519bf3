"""Dots with intervals: an estimate, its range, and the limit it is held against."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crm_strategy.views.axes import tick_names
from crm_strategy.views.drawing import Drawing, Form, Sheet
from crm_strategy.views.scales import Scale, round_values
from crm_strategy.views.theme import LIGHT, MARKS


@dataclass(frozen=True)
class Estimate:
    """An item with its value, its low and high end, and how all that is printed."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    range_text: str = ""


def dots_with_intervals(
    estimates: Sequence[Estimate],
    *,
    write: Callable[[float], str],
    limit: float | None = None,
    limit_text: str = "",
    lower_is_better: bool = False,
) -> Drawing:
    """A dot and a whisker an item; filled where the whole range is on the right side of `limit`."""

    def draw(form: Form) -> Sheet:
        row, head = 0.3, form.line + 0.08
        sheet = Sheet(form, head + row * len(estimates) + form.line + 0.2)
        ends = [v for e in estimates for v in (e.low, e.value, e.high) if v is not None]
        ticks = round_values(
            min([*ends, *_known(limit)] or [0]), max([*ends, *_known(limit)] or [1])
        )
        good = [_is_good(each, limit, lower_is_better) for each in estimates]
        labels = [form.fit(e.label, _most(form), bold=True) for e in estimates]
        left = 0.12 + form.widest(labels, bold=True)
        texts = [_text(each, form) for each in estimates]
        right = sheet.width - 0.15 - form.widest(texts, bold=True)
        scale = Scale(ticks[0], ticks[-1], left + 0.1, right - 0.1)
        foot = head + row * len(estimates)
        for tick, name in zip(ticks, tick_names(ticks, write), strict=True):
            x = scale(tick)
            sheet.line([x, x], [head, foot], colour=MARKS["grid"], line=0.8, above=0.6)
            sheet.text(x, foot + 0.06, name, colour=LIGHT["mut"], across="center", down="top")
        if limit is not None:
            x = scale(limit)
            sheet.line([x, x], [head, foot], colour=LIGHT["ink"], line=1.4, style=":")
            sheet.text(x, form.line / 2, limit_text, bold=True, across="center")
        for at, (each, text) in enumerate(zip(estimates, texts, strict=True)):
            y = head + row * (at + 0.5)
            sheet.text(left - 0.1, y, labels[at], bold=good[at], across="right")
            sheet.text(right + 0.1, y, text, bold=good[at])
            _whisker(sheet, each, scale, y, good=good[at])
        sheet.line([left, right], [foot, foot], colour=MARKS["axis"], line=0.8)
        return sheet

    return draw


def _whisker(sheet: Sheet, each: Estimate, scale: Scale, y: float, *, good: bool) -> None:
    colour = LIGHT["focus"] if good else MARKS["other"]
    if each.low is not None and each.high is not None:
        low, high = scale(each.low), scale(each.high)
        sheet.line([low, high], [y, y], colour=colour, line=2)
        for end in (low, high):
            sheet.line([end, end], [y - 0.05, y + 0.05], colour=colour, line=1.4)
    if each.value is not None:
        sheet.shape(scale(each.value), y, "o", colour=colour, size=8, hollow=not good)


def _is_good(each: Estimate, limit: float | None, lower_is_better: bool) -> bool:
    if limit is None or each.low is None or each.high is None:
        return False
    return each.high < limit if lower_is_better else each.low > limit


def _text(each: Estimate, form: Form) -> str:
    return f"{each.text}  ({each.range_text})" if form.wide and each.range_text else each.text


def _most(form: Form) -> float:
    return 2.4 if form.wide else 1.3


def _known(limit: float | None) -> list[float]:
    return [] if limit is None else [limit]

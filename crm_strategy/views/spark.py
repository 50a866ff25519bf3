"""A sparkline: one KPI's last periods in the width of a word."""

from collections.abc import Sequence
from html import escape
from typing import Final

from crm_strategy import words
from crm_strategy.words.numbers import format_value

WIDTH: Final = 82
HEIGHT: Final = 22
_LEFT, _RIGHT = 2.0, 78.0
_TOP, _BOTTOM = 3.0, 19.0


def spark_svg(values: Sequence[float | None], kind: str = "ratio") -> str:
    """An inline drawing of values, oldest first; its label says first, last and extremes."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = (_RIGHT - _LEFT) / (len(values) - 1)
    points = [
        (_LEFT + step * at, _BOTTOM - (_BOTTOM - _TOP) * (value - low) / span)
        for at, value in enumerate(values)
        if value is not None
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    end = points[-1]
    label = words.say_count(
        "views.spark",
        len(known),
        first=format_value(known[0], kind),
        last=format_value(known[-1], kind),
        low=format_value(low, kind),
        high=format_value(high, kind),
    )
    return (
        f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-label="{escape(label)}"><polyline points="{line}"/>'
        f'<circle cx="{end[0]:.1f}" cy="{end[1]:.1f}" r="2.8"/></svg>'
    )

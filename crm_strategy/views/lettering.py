"""Letters in charts: which font there is, how wide a text runs, how to make it fit."""

import unicodedata
from functools import cache, lru_cache
from typing import Any, Final

from matplotlib import font_manager
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties, get_font

from crm_strategy.views.theme import CHART_FONTS, DPI

ELLIPSIS: Final = "…"
UNKNOWN: Final = "□"
"""Stands for characters that no installed chart font can draw."""


@cache
def families() -> tuple[str, ...]:
    """The chart font present, and the one that ships with matplotlib for what it lacks."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    present = [name for name in CHART_FONTS if name in installed]
    return tuple(dict.fromkeys([*present[:1], CHART_FONTS[-1]]))


@cache
def lettering(size: float, *, bold: bool = False, italic: bool = False) -> FontProperties:
    """Font of a size in points."""
    return FontProperties(
        family=list(families()),
        size=size,
        weight="bold" if bold else "normal",
        style="italic" if italic else "normal",
    )


def drawable(text: str) -> str:
    """The text on one line, without characters that cannot be drawn.

    Control and direction characters go; what no font holds becomes one □.
    """
    known = _characters()
    out: list[str] = []
    for character in " ".join(text.split()) if "\n" in text or "\t" in text else text:
        if unicodedata.category(character) in {"Cc", "Cf", "Cs"} or character == "\ufe0f":
            continue
        if ord(character) in known:
            out.append(character)
        elif out[-1:] != [UNKNOWN]:
            out.append(UNKNOWN)
    return "".join(out)


@lru_cache(maxsize=8192)
def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Width in inches."""
    width, _, _ = _ruler().get_text_width_height_descent(
        text, lettering(size, bold=bold), ismath=False
    )
    return float(width) / DPI


def shorten(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """The text, cut with … where it runs wider than `width` inches."""
    text = text[:400]
    if width_of(text, size, bold=bold) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(text[:middle].rstrip() + ELLIPSIS, size, bold=bold) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip(" ,.;:-–(") + ELLIPSIS


def wrap(text: str, width: float, size: float, *, lines: int = 2, bold: bool = False) -> str:
    """The text on up to `lines` lines of `width` inches, the last one shortened."""
    if lines == 1 or width_of(text[:400], size, bold=bold) <= width:
        return shorten(text, width, size, bold=bold)
    head, rest = "", text.split(" ")
    while rest and width_of(f"{head} {rest[0]}".strip(), size, bold=bold) <= width:
        head = f"{head} {rest.pop(0)}".strip()
    if not head:
        return shorten(text, width, size, bold=bold)
    if not rest:
        return head
    return head + "\n" + wrap(" ".join(rest), width, size, lines=lines - 1, bold=bold)


@cache
def _ruler() -> Any:
    renderer: Any = RendererAgg
    return renderer(10, 10, DPI)


@cache
def _characters() -> frozenset[int]:
    paths = [font_manager.findfont(FontProperties(family=name)) for name in families()]
    return frozenset(code for path in paths for code in get_font(path).get_charmap())

"""The look, once: colours, type, marks, status shapes and Excel formats.

The HTML page, the charts and the workbook all read their values here; nothing else names
a colour, a font or a number format.
"""

from dataclasses import dataclass
from typing import Final

from babel.numbers import get_currency_symbol

from crm_strategy.words import voice
from crm_strategy.words.numbers import NBSP

LIGHT: Final = {
    "ink": "#1C2733",
    "mut": "#55616D",
    "line": "#D3DAE0",
    "surf": "#F3F5F7",
    "paper": "#FFFFFF",
    "focus": "#0B5F79",
    "good": "#12744F",
    "risk": "#9A5B00",
    "bad": "#B3261E",
    "none": "#5C6773",
}
"""Roles on white paper: screen by day, print, charts."""

DARK: Final = {
    "ink": "#E6EBF0",
    "mut": "#A5B0BB",
    "line": "#33404C",
    "surf": "#1A222A",
    "paper": "#11171D",
    "focus": "#6CC3DC",
    "good": "#5CC79A",
    "risk": "#E5A64B",
    "bad": "#F2877D",
    "none": "#A5B0BB",
}
"""The same roles on a dark screen."""

FONT_STACK: Final = (
    '-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans",sans-serif'
)
TYPE: Final = {
    "h1": "clamp(1.6rem,1.1rem + 2.2vw,2.25rem)",
    "h2": "1.5rem",
    "h3": "1.25rem",
    "lead": "1.125rem",
    "body": "1rem",
    "table": ".875rem",
    "source": ".8125rem",
}
SPACE: Final = (".25rem", ".5rem", ".75rem", "1rem", "1.5rem", "2.25rem", "3rem")
COLUMN_WIDTH: Final = "50rem"
PROSE_WIDTH: Final = "42rem"
CONTENTS_BESIDE_FROM: Final = "68rem"

CHART_FONTS: Final = ("Arial", "Liberation Sans", "DejaVu Sans")
DPI: Final = 144
COLOURS: Final = 128
NARROW_UP_TO: Final = 600

MARKS: Final = {
    "actual": "#2B3A48",
    "other": "#8592A0",
    "previous": "#C6CED6",
    "grid": "#E4E9ED",
    "axis": "#8592A0",
    "empty": "#DCE2E7",
    "limits": "#EAEEF1",
    "forecast80": "#A6C6D0",
    "forecast95": "#D9E6EA",
}
"""Chart marks after IBCS; highlights and status take `LIGHT`."""

BANDS: Final = ("#C3CCD4", "#DCE2E7", "#EFF2F5")
"""Bullet bands: off track, at risk, on track."""

HEAT: Final = ("#E8EFF3", "#CBDEE6", "#9AC3D0", "#2C6F86", "#073F52")
"""Heatmap steps, least to most; text is white on the last two."""


@dataclass(frozen=True)
class Status:
    """How a status looks: a shape, a CSS class, the token that tints it, an Excel tint."""

    shape: str
    css: str
    token: str
    tint: str


STATUS: Final = {
    "reached": Status("●", "on", "good", "#E2F1E9"),
    "on_track": Status("●", "on", "good", "#E2F1E9"),
    "at_risk": Status("▲", "risk", "risk", "#FBEFD9"),
    "off_track": Status("◆", "off", "bad", "#FBE5E2"),
    "missed": Status("◆", "off", "bad", "#FBE5E2"),
    "no_data": Status("○", "none", "none", "#ECEFF2"),
    "not_begun": Status("○", "none", "none", "#ECEFF2"),
}
"""Status is shape and word; the colour only tints the shape."""

CHECK_STATUS: Final = {
    "passed": "on_track",
    "note": "no_data",
    "warning": "at_risk",
    "error": "off_track",
    "failed": "at_risk",
}
"""Verdicts of checks and severities of data findings, drawn as a status is."""


@dataclass(frozen=True)
class ExcelLook:
    """Fonts, fills and sizes of every sheet."""

    font: str = "Calibri"
    size: int = 11
    finding_size: int = 14
    header_fill: str = "#E8EDF1"
    input_fill: str = "#FFF6D5"
    row_height: int = 19
    rule: str = LIGHT["line"]
    header_rule: str = LIGHT["ink"]
    link: str = LIGHT["focus"]


EXCEL: Final = ExcelLook()


def excel_format(kind: str) -> str:
    """The Excel number format of a kind, in the voice's language and currency.

    Text and unknown kinds are `General`. Shares and changes are stored as fractions, points
    as `excel_value` gives them.
    """
    russian = voice().language == "ru"
    points = f"{NBSP}п.{NBSP}п." if russian else f"{NBSP}pp"
    formats = {
        "count": "#,##0",
        "days": "#,##0",
        "ratio": "0.00",
        "exact": "0.000",
        "score": "0.0",
        "share": "0.0%",
        "change": "+0.0%;-0.0%;0.0%",
        "points": f'+0.0"{points}";-0.0"{points}";0.0"{points}"',
        "score_change": "+0.0;-0.0;0.0",
        "money": _money_format("#,##0"),
        "short_money": _money_format("#,##0"),
        "unit_money": _money_format("#,##0.00"),
        "date": "dd.mm.yyyy" if russian else "d mmm yyyy",
        "month": "mm.yyyy" if russian else "mmm yyyy",
    }
    return formats.get(kind, "General")


def excel_value(value: float, kind: str) -> float:
    """A number as the sheet stores it: percentage points ×100, all others as they are."""
    return round(100 * value, 10) if kind == "points" else value


def _money_format(digits: str) -> str:
    language = voice().language
    symbol = get_currency_symbol(voice().currency, locale=language)
    if language == "ru":
        return f'{digits} "{symbol}"'
    gap = " " if symbol[-1:].isalpha() else ""
    return f'"{symbol}{gap}"{digits}'

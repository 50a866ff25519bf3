"""Numbers, money, dates and periods as the voice's language writes them (Babel).

Spaces inside numbers do not break, minus is −, a missing value is –, never 0.
"""

import math
from datetime import date, datetime
from functools import cache
from typing import TypeGuard, TypeVar

from babel.core import Locale
from babel.dates import format_skeleton
from babel.numbers import format_decimal, get_currency_symbol

from crm_strategy.words import say, voice

MISSING = "–"
NBSP = "\u00a0"

_Value = TypeVar("_Value", float, date)


def is_missing(value: object) -> bool:
    """None, NaN, NaT and infinities are no value."""
    if value is None:
        return True
    if isinstance(value, float):
        return not math.isfinite(value)
    return value != value  # NaT and pandas.NA-like


def format_count(value: float | None) -> str:
    """1,245,715 · 1 245 715"""
    return _decimal(value, "#,##0")


def format_ratio(value: float | None) -> str:
    """1.80 · 1,80"""
    return _decimal(value, "#,##0.00")


def format_exact(value: float | None) -> str:
    """Three decimals, for parameters: 0.243 · 0,243"""
    return _decimal(value, "#,##0.000")


def format_share(value: float | None, *, digits: int = 1) -> str:
    """A fraction as a percentage: 75.8% · 75,8 %"""
    if not _known(value):
        return MISSING
    return _decimal(100 * value, _pattern(digits)) + _percent()


def format_change(value: float | None, *, digits: int = 1) -> str:
    """A relative change with its sign: +1.4% · +1,4 %"""
    if not _known(value):
        return MISSING
    return _signed(100 * value, digits) + _percent()


def format_points(value: float | None, *, digits: int = 1) -> str:
    """A difference of two fractions in percentage points: −3.3 pp · −3,3 п. п."""
    if not _known(value):
        return MISSING
    unit = {"en": f"{NBSP}pp", "ru": f"{NBSP}п.{NBSP}п."}[voice().language]
    return _signed(100 * value, digits) + unit


def format_money(value: float | None) -> str:
    """Whole money: €1,245,715 · 1 245 715 €"""
    return _money(value, 0)


def format_unit_money(value: float | None) -> str:
    """Money per unit, two decimals: €71.20 · 71,20 €"""
    return _money(value, 2)


def format_short_money(value: float | None) -> str:
    """Short money: €1.25B, €1.25M, €17.6k · 1,25 млрд €, 1,25 млн €, 17,6 тыс. €"""
    if not _known(value):
        return MISSING
    size = abs(value)
    if size >= 999_500_000:
        number, unit = _decimal(value / 1e9, "#,##0.00"), {"en": "B", "ru": f"{NBSP}млрд"}
    elif size >= 999_500:
        number, unit = _decimal(value / 1e6, "#,##0.00"), {"en": "M", "ru": f"{NBSP}млн"}
    elif size >= 9_995:
        number, unit = _decimal(value / 1e3, "#,##0.0"), {"en": "k", "ru": f"{NBSP}тыс."}
    else:
        return _money(value, 0)
    return _with_symbol(number + unit[voice().language])


def format_date(value: date | None) -> str:
    """30 Sep 2026 · 30.09.2026"""
    if not _known(value):
        return MISSING
    if voice().language == "ru":
        return f"{value:%d.%m.%Y}"
    return f"{value.day}{NBSP}{_month_name(value)}{NBSP}{value.year}"


def format_month(value: date | None) -> str:
    """Sep 2026 · сент. 2026"""
    if not _known(value):
        return MISSING
    return f"{_month_name(value)}{NBSP}{value.year}"


def format_interval(low: float | None, high: float | None, kind: str) -> str:
    """An interval with its unit once: 97.4–99.1% · 97,4–99,1 %; signed ends as `format_range`."""
    if not (_known(low) and _known(high)):
        return MISSING
    first = _decimal(100 * low, _pattern(1)) if kind == "share" else format_value(low, kind)
    return format_range(first, format_value(high, kind))


def format_range(low: str, high: str) -> str:
    """Two printed ends: 3–5; with a sign, which a dash would blur, −2 to 5 · от −2 до 5"""
    signed = any(end.startswith(("−", "+")) for end in (low, high))
    return say("views.range_signed" if signed else "views.range", low=low, high=high)


def format_value(value: object, kind: str) -> str:
    """A value by its kind; unknown kinds are text.

    Kinds: count, ratio, exact, share, change, points, money, unit_money, short_money, score,
    days, months, date, month, text.
    """
    if is_missing(value):
        return MISSING
    if kind in {"date", "month"}:
        day = value.date() if isinstance(value, datetime) else value
        day = date.fromisoformat(day[:10]) if isinstance(day, str) else day
        assert isinstance(day, date)
        return format_date(day) if kind == "date" else format_month(day)
    form = _FORMATS.get(kind)
    return form(value) if form else str(value)  # type: ignore[arg-type]


def _score(value: float | None) -> str:
    return _decimal(value, "#,##0.0")


_FORMATS = {
    "count": format_count,
    "days": format_count,
    "ratio": format_ratio,
    "exact": format_exact,
    "share": format_share,
    "change": format_change,
    "points": format_points,
    "money": format_money,
    "unit_money": format_unit_money,
    "short_money": format_short_money,
    "score": _score,
    "months": _score,
}


def _decimal(value: float | None, pattern: str) -> str:
    if not _known(value):
        return MISSING
    text = format_decimal(value, format=pattern, locale=_locale(voice().language))
    return _unsigned_zero(text).replace(" ", NBSP).replace("-", "−")


def _known(value: _Value | None) -> TypeGuard[_Value]:
    return not is_missing(value)


def _unsigned_zero(text: str) -> str:
    return text[1:] if text[:1] in "-−" and not any(c in "123456789" for c in text) else text


def _signed(value: float, digits: int) -> str:
    text = _decimal(value, _pattern(digits))
    return text if text.startswith("−") or not any(c in "123456789" for c in text) else f"+{text}"


def _pattern(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


def _percent() -> str:
    return {"en": "%", "ru": f"{NBSP}%"}[voice().language]


def _money(value: float | None, digits: int) -> str:
    return _with_symbol(_decimal(value, _pattern(digits))) if _known(value) else MISSING


def _with_symbol(number: str) -> str:
    symbol = get_currency_symbol(voice().currency, locale=_locale(voice().language))
    if voice().language == "ru":
        return f"{number}{NBSP}{symbol}"
    gap = NBSP if symbol[-1:].isalpha() else ""
    sign, digits = ("−", number[1:]) if number.startswith("−") else ("", number)
    return f"{sign}{symbol}{gap}{digits}"


def _month_name(value: date) -> str:
    return format_skeleton("MMM", value, locale=_locale(voice().language))


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)

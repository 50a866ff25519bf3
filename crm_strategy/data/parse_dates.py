"""Dates and times as people write them: which form, and which reading, the column proves."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from crm_strategy.data import engine
from crm_strategy.data.text_column import TextColumn
from crm_strategy.errors import DataError

_CLOCK = r"(?:,? \d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?"
_AM_PM = r"(?: \d{1,2}:\d{2}(?::\d{2})? ?[AaPp][Mm])"
_ISO = r"\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_ZONE = r" ?(?:[Zz]|[+-]\d{2}(?::?\d{2})?)"
_YEAR = r"(?:\d{4}|\d{2})"

FORMS: Mapping[str, str] = {
    "iso": _ISO,
    "zoned": rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}[T ]\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:\.\d+)?)?{_ZONE}",
    "dots": rf"\d{{1,2}}\.\d{{1,2}}\.{_YEAR}{_CLOCK}",
    "slashes": rf"\d{{1,2}}/\d{{1,2}}/{_YEAR}(?:{_AM_PM}|{_CLOCK})",
    "dashes": rf"\d{{1,2}}-\d{{1,2}}-{_YEAR}(?:{_AM_PM}|{_CLOCK})",
    "year_slashes": rf"\d{{4}}/\d{{1,2}}/\d{{1,2}}{_CLOCK}",
    "year_dots": rf"\d{{4}}\.\d{{1,2}}\.\d{{1,2}}{_CLOCK}",
    "month_name": rf"\d{{1,2}}[ -][A-Za-z]{{3}}[ -]{_YEAR}{_CLOCK}",
    "digits": r"(?:19|20)\d{6}(?:\d{6})?",
    "serial": r"[2-6]\d{4}(?:[.,]\d+)?",
}
"""The forms a date can have; no text has two of them."""

FIRST_SERIAL, LAST_SERIAL = 20000, 60000
"""Excel's day numbers that are taken for dates: 1954-10-03 to 2064-04-08."""

_MARKS = {"dots": ".", "slashes": "/", "dashes": "-", "year_slashes": "/", "year_dots": "."}
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f")
_CLOCK_AT_END = re.compile(r"(,?) \d+:\d\d(:\d\d)?(\.\d+)?( ?)([AaPp][Mm])?$")
_SAID = r"(?:[^%]|%-?[dmbByYHIMSfpj%])+"


@dataclass(frozen=True)
class Dates:
    """How a column's dates read, and the forms they are written in."""

    value: ir.TimestampColumn
    formats: tuple[str, ...]


def parse_dates(
    column: TextColumn, *, said: str | None, timezone: str, whole_days: bool = False
) -> Dates:
    """Read text as moments, by the clocks of `timezone`.

    Parameters
    ----------
    column
        Cleaned text, null where there is no value.
    said
        The form the parameters declare, such as %d/%m/%Y; a time may follow it.
    timezone
        Moments with a zone are shown as the clocks there showed them; those without are
        taken to be local already.
    whole_days
        Take the day as it is written, whatever the zone: a birthday does not move.

    Raises
    ------
    DataError
        03/04/2024 and nothing that tells day from month; or both orders in one column.
    """
    cells = column.cells
    found = _forms(column, without=said)
    parts: list[ir.TimestampColumn] = []
    formats: list[str] = []
    if said:
        parts.append(engine.try_strptime(cells, _said_formats(said, column)))
        formats.append(said)
    for form, shapes in found.items():
        here = ibis.ifelse(column.fits(FORMS[form]), cells, ibis.null("string"))
        if form == "zoned":
            parts.append(_day(here) if whole_days else _zoned(here, timezone))
            formats.append("ISO 8601")
        elif form == "iso":
            parts.append(here.try_cast("timestamp(6)"))
            formats.append("%Y-%m-%d")
        elif form == "serial":
            parts.append(_serial(here))
            formats.append("Excel")
        elif form == "digits":
            parts.append(engine.try_strptime(here, ["%Y%m%d", "%Y%m%d%H%M%S"]))
            formats.append("%Y%m%d")
        else:
            month_first = form in ("slashes", "dashes") and _month_first(column, form, shapes)
            parts.append(engine.try_strptime(here, _formats(shapes, month_first=month_first)))
            formats.append(_day_format(shapes[-1], month_first=month_first))
    return Dates(
        ibis.coalesce(*parts) if parts else ibis.null("timestamp(6)"),
        tuple(dict.fromkeys(formats)),
    )


def _forms(column: TextColumn, *, without: str | None) -> dict[str, list[str]]:
    # The forms the column holds, each with its shapes: 99.99.9999, 99.99.9999 99:99.
    found: dict[str, list[str]] = {}
    for shape in column.shapes():
        for form, pattern in FORMS.items():
            any_digits = pattern.replace("(?:19|20)", r"\d\d").replace("[2-6]", r"\d")
            if re.fullmatch(any_digits, shape) and not (without and _same_marks(without, form)):
                found.setdefault(form, []).append(shape)
    # A year of two digits is tried first: 24 reads as the year 24 where four are expected.
    return {form: sorted(shapes, key=len) for form, shapes in sorted(found.items())}


def _formats(shapes: Iterable[str], *, month_first: bool) -> list[str]:
    return list(
        dict.fromkeys(
            _day_format(shape, month_first=month_first) + _clock_format(shape) for shape in shapes
        )
    )


def _day_format(shape: str, *, month_first: bool) -> str:
    first, mark, *_ = re.split(r"(\D)", shape)
    if len(first) == 4:
        return f"%Y{mark}%m{mark}%d"
    named = re.search("[A-Za-z]{3}", _CLOCK_AT_END.sub("", shape)) is not None
    year = re.split(r"\D+", _CLOCK_AT_END.sub("", shape))[-1]
    day_and_month = f"%m{mark}%d" if month_first else f"%d{mark}%{'b' if named else 'm'}"
    return f"{day_and_month}{mark}%{'y' if len(year) == 2 else 'Y'}"


def _clock_format(shape: str) -> str:
    found = _CLOCK_AT_END.search(shape)
    if found is None:
        return ""
    comma, seconds, fraction, blank, half = found.groups()
    return (
        f"{comma} %{'I' if half else 'H'}:%M{':%S' if seconds else ''}"
        f"{'.%f' if fraction else ''}{f'{blank}%p' if half else ''}"
    )


def _month_first(column: TextColumn, form: str, shapes: Iterable[str]) -> bool:
    # Day or month first: a number over 12 tells, for the whole column.
    here = column.fits(FORMS[form])
    by_day, by_month = (
        engine.try_strptime(column.cells, _formats(shapes, month_first=month_first))
        for month_first in (False, True)
    )
    only_day = here & by_day.notnull() & by_month.isnull()
    only_month = here & by_month.notnull() & by_day.isnull()
    either = here & (by_day != by_month)
    found = column.counts(day=only_day, month=only_month, either=either)
    if found["day"] and found["month"]:
        raise DataError(
            f"{column.place} mixes day/month and month/day: {column.example(only_day)} reads only "
            f"with the day first, {column.example(only_month)} only with the month first.\n"
            "Export it again with one way of writing dates, best as YYYY-MM-DD."
        )
    if found["either"] and not found["day"] and not found["month"]:
        raise DataError(_ambiguous(column, either, by_day, by_month, form))
    return found["month"] > 0


def _ambiguous(
    column: TextColumn,
    either: ir.BooleanColumn,
    by_day: ir.TimestampColumn,
    by_month: ir.TimestampColumn,
    form: str,
) -> str:
    met = column.table.filter(either).select(
        file=column.table["_file"],
        row=column.table["_row"],
        cell=column.cells,
        day=by_day.date(),
        month=by_month.date(),
    )
    first = engine.rows(met.order_by("file", "row").limit(1))[0]
    mark = _MARKS[form]
    return (
        f"{column.place}: no date has a day over 12, so '{first['cell']}' (row {first['row']}) is "
        f"{first['day']} with the day first or {first['month']} with the month first.\n"
        f"Say which in the parameters, {column.params}:\n"
        f'    format: {{dates: "%d{mark}%m{mark}%Y"}}   # day first\n'
        f'    format: {{dates: "%m{mark}%d{mark}%Y"}}   # month first'
    )


def _said_formats(said: str, column: TextColumn) -> list[str]:
    directives = set(re.findall(r"%-?([A-Za-z])", said))
    whole = bool(directives & {"d"} and directives & set("mbB") and directives & set("yY"))
    if not re.fullmatch(_SAID, said) or not whole:
        raise DataError(
            f"{column.params}.format.dates: '{said}' does not say how a date is written.\n"
            "It needs day (%d), month (%m or %b) and year (%Y or %y), such as %d.%m.%Y."
        )
    return [said] if directives & set("HI") else [said + clock for clock in _CLOCKS]


def _same_marks(said: str, form: str) -> bool:
    # A declared form settles what its marks mean: 01.02.2024 is not read in two ways.
    if form == "iso":
        return said.startswith("%Y-") and not said.startswith("%Y-%m-%d")
    mark = re.sub(r"%-?[A-Za-z]", "", said)[:1]
    return _MARKS.get(form) == mark


def _zoned(cells: ir.StringColumn, timezone: str) -> ir.TimestampColumn:
    tight = cells.re_replace(r" ([Zz]|[+-]\d{2}(?::?\d{2})?)$", r"\1")
    full = tight.re_replace(r"([T ]\d{1,2}:\d{2})([Zz+-])", r"\1:00\2")
    return engine.local_time(timezone, full.try_cast("timestamp('UTC', 6)"))


def _day(cells: ir.StringColumn) -> ir.TimestampColumn:
    return cells.re_extract(r"^[\d-]+", 0).try_cast("timestamp(6)")


def _serial(cells: ir.StringColumn) -> ir.TimestampColumn:
    days = cells.replace(",", ".").try_cast("float64")
    seconds = (days * 86400).round().cast("int64")
    moment = ibis.timestamp("1899-12-30") + seconds.as_interval("s")
    in_range = days.between(FIRST_SERIAL, LAST_SERIAL)
    return ibis.ifelse(in_range, moment, ibis.null("timestamp(6)")).cast("timestamp(6)")

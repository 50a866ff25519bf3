"""Periods: the month, quarter, half-year, year or range of days a report is about."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from babel.dates import format_date as babel_date

from crm_strategy.errors import ParamsError
from crm_strategy.plan.fields import FIRST_YEAR, LAST_YEAR, iso_day
from crm_strategy.words import say, voice
from crm_strategy.words.numbers import format_date

Rhythm = Literal["month", "quarter", "half", "year"]
"""How often a report is made."""

_MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """A span of whole days.

    Attributes
    ----------
    id
        As people write it: `2026-Q3`, `2026-09`, `2026-H1`, `2026` or
        `2026-07-01..2026-09-30`.
    start, end
        First and last day, both inclusive.
    """

    id: str
    start: date
    end: date

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days + 1

    @property
    def rhythm(self) -> str:
        """month, quarter, half or year; days for a range."""
        return "days" if ".." in self.id else _rhythm_of_id(self.id)

    def previous(self) -> "Period":
        """The period just before: as many months for whole months, else as many days."""
        months = self._whole_months
        if months == 0:
            return _range(self.start - self.days * _DAY, self.start - _DAY)
        return self._months_earlier(months)

    def year_before(self) -> "Period":
        """The same period a year before; 28 February stands for the 29th."""
        if self._whole_months:
            return self._months_earlier(12)
        return _range(_year_earlier(self.start), _year_earlier(self.end))

    def label(self) -> str:
        """The period as the voice's language writes it: 2026 Q3 · 3 кв. 2026."""
        year, month = self.start.year, self.start.month
        if self.rhythm == "month":
            return babel_date(self.start, say("plan.period.month"), locale=voice().language)
        if self.rhythm == "quarter":
            return say("plan.period.quarter", number=(month + 2) // 3, year=year)
        if self.rhythm == "half":
            return say("plan.period.half", number=(month + 5) // 6, year=year)
        if self.rhythm == "year":
            return say("plan.period.year", year=year)
        if self.days == 1:
            return format_date(self.end)
        return f"{_start_label(self.start, self.end)}–{format_date(self.end)}"

    @property
    def per_year(self) -> int:
        """Periods of this length in a year; 0 where a year is not a whole number of them."""
        months = self._whole_months
        return 12 // months if months and 12 % months == 0 else 0

    @property
    def _whole_months(self) -> int:
        """Number of months when the period is made of whole ones, else 0."""
        if self.start.day != 1 or (self.end + _DAY).day != 1:
            return 0
        return _month_index(self.end) - _month_index(self.start) + 1

    def _months_earlier(self, months: int) -> "Period":
        start = _first_day(_month_index(self.start) - months)
        end = _first_day(_month_index(self.end) - months + 1) - _DAY
        return _range(start, end) if self.rhythm == "days" else _calendar(self.rhythm, start)


def parse_period(text: str) -> Period:
    """The period people mean by `2026-Q3`, `2026-09`, `2026-H1`, `2026` or a range of days.

    Raises
    ------
    ParamsError
        It is none of these, or the range ends before it begins.
    """
    wanted = text.strip()
    if ".." in wanted:
        return _parse_range(wanted)
    found = re.fullmatch(r"(\d{4})(?:-?([QqHh])(\d)|-(\d{2}))?", wanted)
    if found is None:
        raise _unreadable(text)
    year, letter, number, month = found[1], (found[2] or "").upper(), found[3], found[4]
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        raise _unreadable(text)
    rhythm = {"Q": "quarter", "H": "half"}.get(letter, "month" if month else "year")
    place = int(number or month or 1)
    if not 1 <= place <= 12 // _MONTHS[rhythm]:
        raise _unreadable(text)
    return _calendar(rhythm, date(int(year), (place - 1) * _MONTHS[rhythm] + 1, 1))


def latest_period(rhythm: str, last_day: date) -> Period:
    """The last period of the rhythm that is over when `last_day` is."""
    current = _calendar(rhythm, _rhythm_start(rhythm, last_day))
    return current if current.end == last_day else current.previous()


EARLIER = 12
"""Earlier periods that a period is judged by."""


def history(period: Period, first_day: date, most: int | None = None) -> list[Period]:
    """The period and those before it, oldest first.

    At most `most`; without it 12 earlier ones and a year before them, so that as many changes
    on the year are known (no year before periods that no year is whole of). None but the period
    itself starts before `first_day`, the first day with data.
    """
    periods, longest = [period], most or 1 + EARLIER + period.per_year
    while len(periods) < longest and (earlier := periods[-1].previous()).start >= first_day:
        periods.append(earlier)
    return periods[::-1]


def _calendar(rhythm: str, start: date) -> Period:
    end = _first_day(_month_index(start) + _MONTHS[rhythm]) - _DAY
    number = (start.month - 1) // _MONTHS[rhythm] + 1
    ids = {
        "month": f"{start.year}-{start.month:02}",
        "quarter": f"{start.year}-Q{number}",
        "half": f"{start.year}-H{number}",
        "year": f"{start.year}",
    }
    return Period(ids[rhythm], start, end)


def _range(start: date, end: date) -> Period:
    return Period(f"{start}..{end}", start, end)


def _parse_range(text: str) -> Period:
    first, _, last = text.partition("..")
    start, end = _day(first), _day(last)
    if start is None or end is None:
        raise _unreadable(text)
    if end < start:
        raise ParamsError(
            f"period '{text}': ends before it begins.\nWrite the earlier day first: {end}..{start}."
        )
    return _range(start, end)


def _day(text: str) -> date | None:
    day = iso_day(text.strip())
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _unreadable(text: str) -> ParamsError:
    return ParamsError(
        f"period '{text}': not a period.\n"
        "Write 2026-Q3, 2026-09, 2026-H1, 2026, 2026-07-01..2026-09-30 or latest."
    )


def _rhythm_of_id(period_id: str) -> str:
    letter = period_id[5:6]
    return {"": "year", "Q": "quarter", "H": "half"}.get(letter, "month")


def _rhythm_start(rhythm: str, day: date) -> date:
    months = _MONTHS[rhythm]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _month_index(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first_day(month_index: int) -> date:
    return date(month_index // 12, month_index % 12 + 1, 1)


def _year_earlier(day: date) -> date:
    last = monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=min(day.day, last))


def _start_label(start: date, end: date) -> str:
    text = format_date(start)
    # Both languages write the year last: it is left out when the end repeats it.
    return text.removesuffix(str(start.year)).strip(".\u00a0") if start.year == end.year else text

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crm_strategy.errors import ParamsError
from crm_strategy.plan.period import Period, history, latest_period, parse_period
from crm_strategy.words import speaking

DAY = timedelta(days=1)
DAYS = st.dates(date(1950, 1, 1), date(2150, 12, 31))
YEARS = st.integers(1950, 2150)
CALENDAR = st.one_of(
    YEARS.map(str),
    st.builds("{}-H{}".format, YEARS, st.integers(1, 2)),
    st.builds("{}-Q{}".format, YEARS, st.integers(1, 4)),
    st.builds("{}-{:02}".format, YEARS, st.integers(1, 12)),
).map(parse_period)
RANGES = st.tuples(DAYS, DAYS).map(lambda days: parse_period(f"{min(days)}..{max(days)}"))
PERIODS = CALENDAR | RANGES


@pytest.mark.parametrize(
    ("text", "start", "end", "rhythm"),
    [
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), "quarter"),
        ("2026-09", date(2026, 9, 1), date(2026, 9, 30), "month"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month"),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30), "half"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "year"),
        ("2026-07-01..2026-09-30", date(2026, 7, 1), date(2026, 9, 30), "days"),
    ],
)
def test_periods_as_people_write_them(text, start, end, rhythm):
    period = parse_period(text)

    assert period == Period(text, start, end)
    assert period.rhythm == rhythm


@pytest.mark.parametrize("text", ["2026-q3", "2026Q3", " 2026-Q3 "])
def test_a_quarter_in_other_spellings_is_the_same(text):
    assert parse_period(text) == parse_period("2026-Q3")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Q3",
        "2026-Q0",
        "2026-Q5",
        "2026-H3",
        "2026-13",
        "2026-00",
        "2026-9",
        "26",
        "1026",
        "2026-07-01",
        "2026-07-01..",
        "2026-07-01..2026-02-30",
        "2026-07-01..20260930",
        "2026-07-01..3026-09-30",
        "last quarter",
        "latest",
    ],
)
def test_malformed_periods_are_refused(text):
    with pytest.raises(ParamsError) as refused:
        parse_period(text)

    assert str(refused.value) == (
        f"period '{text}': not a period.\n"
        "Write 2026-Q3, 2026-09, 2026-H1, 2026, 2026-07-01..2026-09-30 or latest."
    )


def test_a_range_that_ends_before_it_begins_is_refused():
    with pytest.raises(ParamsError) as refused:
        parse_period("2026-09-30..2026-07-01")

    assert str(refused.value) == (
        "period '2026-09-30..2026-07-01': ends before it begins.\n"
        "Write the earlier day first: 2026-07-01..2026-09-30."
    )


@given(PERIODS)
def test_a_period_is_what_its_id_says(period):
    assert parse_period(period.id) == period


@given(PERIODS)
def test_the_previous_period_ends_the_day_before(period):
    previous = period.previous()

    assert previous.end + DAY == period.start
    assert previous.rhythm == period.rhythm


@given(CALENDAR)
def test_the_year_before_has_the_same_name_but_for_the_year(period):
    assert period.year_before().id == f"{period.start.year - 1}{period.id[4:]}"


@given(RANGES)
def test_a_range_has_as_many_days_a_year_before_but_for_a_leap_day(period):
    assert abs(period.year_before().days - period.days) <= 1


def test_28_february_stands_for_the_29th_a_year_before():
    assert parse_period("2024-02-10..2024-02-29").year_before().id == "2023-02-10..2023-02-28"


@given(CALENDAR)
def test_a_range_over_a_calendar_period_is_compared_with_the_same_days(period):
    days = parse_period(f"{period.start}..{period.end}")

    assert (days.previous().start, days.previous().end) == (
        period.previous().start,
        period.previous().end,
    )
    assert (days.year_before().start, days.year_before().end) == (
        period.year_before().start,
        period.year_before().end,
    )


def test_the_previous_of_other_ranges_has_as_many_days():
    assert parse_period("2026-09-11..2026-09-20").previous().id == "2026-09-01..2026-09-10"


def test_days_count_both_ends():
    assert parse_period("2026-Q3").days == 92
    assert parse_period("2026-07-01..2026-07-01").days == 1


@pytest.mark.parametrize(
    ("rhythm", "last_day", "latest"),
    [
        ("quarter", date(2026, 9, 30), "2026-Q3"),
        ("quarter", date(2026, 9, 29), "2026-Q2"),
        ("quarter", date(2026, 1, 1), "2025-Q4"),
        ("month", date(2026, 2, 28), "2026-02"),
        ("month", date(2024, 2, 28), "2024-01"),
        ("half", date(2026, 12, 30), "2026-H1"),
        ("year", date(2026, 12, 31), "2026"),
        ("year", date(2026, 12, 30), "2025"),
    ],
)
def test_the_latest_period_is_the_last_one_over(rhythm, last_day, latest):
    assert latest_period(rhythm, last_day).id == latest


@given(st.sampled_from(["month", "quarter", "half", "year"]), DAYS)
def test_the_period_after_the_latest_is_not_over(rhythm, last_day):
    latest = latest_period(rhythm, last_day)

    assert latest.end <= last_day
    assert latest_period(rhythm, latest.end) == latest
    assert (last_day - latest.end).days < 366


def test_history_begins_with_the_first_whole_period():
    periods = history(parse_period("2026-Q3"), date(2025, 11, 5))

    assert [period.id for period in periods] == ["2026-Q1", "2026-Q2", "2026-Q3"]


@pytest.mark.parametrize(
    ("period", "first"),
    [
        # Twelve changes on the year before this one's: 12 months and 12 months, 4 quarters and 12.
        ("2026-09", "2024-09"),
        ("2026-Q3", "2022-Q3"),
        ("2026-H1", "2019-H1"),
        ("2026", "2013"),
        # Of ten days no year is whole.
        ("2026-09-01..2026-09-10", "2026-05-04..2026-05-13"),
    ],
)
def test_history_holds_a_year_more_than_twelve_earlier_periods(period, first):
    assert history(parse_period(period), date(2000, 1, 1))[0].id == first


def test_history_holds_as_many_periods_as_told():
    assert len(history(parse_period("2026-09"), date(2000, 1, 1), most=3)) == 3


def test_history_holds_the_period_even_before_the_data():
    assert history(parse_period("2026-Q3"), date(2026, 9, 1)) == [parse_period("2026-Q3")]


@given(PERIODS, DAYS)
def test_history_has_no_gaps_and_nothing_before_the_data(period, first_day):
    assume(period.start >= first_day)
    periods = history(period, first_day)

    assert periods[-1] == period
    assert periods[0].start >= first_day
    assert all(a.end + DAY == b.start for a, b in pairwise(periods))


@pytest.mark.parametrize(
    ("text", "en", "ru"),
    [
        ("2026-Q3", "2026 Q3", "3 кв. 2026"),
        ("2026-09", "Sep 2026", "сент. 2026"),
        ("2026-05", "May 2026", "май 2026"),
        ("2026-H1", "H1 2026", "1-е полугодие 2026"),
        ("2026", "2026", "2026 год"),
        ("2026-07-01..2026-09-30", "1 Jul–30 Sep 2026", "01.07–30.09.2026"),
        ("2025-12-01..2026-01-31", "1 Dec 2025–31 Jan 2026", "01.12.2025–31.01.2026"),
        ("2026-05-05..2026-05-05", "5 May 2026", "05.05.2026"),
    ],
)
def test_labels(text, en, ru):
    period = parse_period(text)

    with speaking(language="en"):
        assert period.label().replace("\u00a0", " ") == en
    with speaking(language="ru"):
        assert period.label().replace("\u00a0", " ") == ru

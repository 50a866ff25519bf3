"""Dates and moments of every form read, and what is ambiguous is refused."""

from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_strategy.errors import DataError


def test_dates_of_every_unambiguous_form_read_in_one_column(read_column):
    typed = read_column(
        "timestamp",
        "01.03.2024",
        "05.03.2024 09:00",
        "05.03.2024 09:00:07",
        "2.4.24",
        "2024-03-01",
        "2024-03-01T10:15:30.5",
        "2024-03-01 10:15",
        "2024/03/01",
        "2024.03.01",
        "45384",
        "45384,5",
        "20240301",
        "20240301101500",
        "1 Mar 2024",
        "01-MAR-24",
        "05.03.2024, 09:00:07",
    )
    assert typed.values == [
        datetime(2024, 3, 1),
        datetime(2024, 3, 5, 9),
        datetime(2024, 3, 5, 9, 0, 7),
        datetime(2024, 4, 2),
        datetime(2024, 3, 1),
        datetime(2024, 3, 1, 10, 15, 30, 500000),
        datetime(2024, 3, 1, 10, 15),
        datetime(2024, 3, 1),
        datetime(2024, 3, 1),
        # Excel: 45384 is 2024-04-02.
        datetime(2024, 4, 2),
        datetime(2024, 4, 2, 12),
        datetime(2024, 3, 1),
        datetime(2024, 3, 1, 10, 15),
        datetime(2024, 3, 1),
        datetime(2024, 3, 1),
        datetime(2024, 3, 5, 9, 0, 7),
    ]
    assert typed.column.bad_count == 0


def test_moments_with_a_zone_become_the_clients_local_time(read_column):
    # Berlin is at +01:00 in winter and +02:00 in summer.
    typed = read_column(
        "timestamp",
        "2024-01-01T23:30:00Z",
        "2024-07-01T23:30:00+00:00",
        "2024-01-01 12:00:00+0300",
        "2024-01-01 12:00:00 +03",
        "2024-01-01T12:00+03:00",
        "2024-01-01T12:00:00",
    )
    assert typed.values == [
        datetime(2024, 1, 2, 0, 30),
        datetime(2024, 7, 2, 1, 30),
        datetime(2024, 1, 1, 10),
        datetime(2024, 1, 1, 10),
        datetime(2024, 1, 1, 10),
        datetime(2024, 1, 1, 12),
    ]


def test_a_birthday_does_not_move_with_the_zone(read_column):
    # As a CRM's interface writes 2001-11-11 in its portal's zone.
    typed = read_column("date", "2001-11-11T02:00:00+02:00", timezone="America/New_York")
    assert typed.values == [date(2001, 11, 11)]


@pytest.mark.parametrize(
    ("cells", "expected", "form"),
    [
        (["03/04/2024", "03/25/2024"], [(2024, 3, 4), (2024, 3, 25)], "%m/%d/%Y"),
        (["03/04/2024", "25/03/2024"], [(2024, 4, 3), (2024, 3, 25)], "%d/%m/%Y"),
        (["3-4-24", "25-3-24"], [(2024, 4, 3), (2024, 3, 25)], "%d-%m-%y"),
        (["3/4/2024 1:05:00 PM", "3/25/2024 9:00 AM"], None, "%m/%d/%Y"),
        # Day and month are equal: both readings are one.
        (["05/05/2024", "06/06/2024"], [(2024, 5, 5), (2024, 6, 6)], "%d/%m/%Y"),
    ],
)
def test_a_day_over_twelve_proves_the_order_of_day_and_month(read_column, cells, expected, form):
    typed = read_column("timestamp", *cells)
    assert typed.values == (
        [datetime(*day) for day in expected]
        if expected
        else [datetime(2024, 3, 4, 13, 5), datetime(2024, 3, 25, 9)]
    )
    assert typed.column.dates == (form,)


def test_an_ambiguous_date_column_is_refused_with_both_readings(read_column):
    with pytest.raises(DataError) as refused:
        read_column("date", "05/05/2024", "03/04/2024", "12/11/2024")
    assert str(refused.value) == (
        "orders.csv: column 'x': no date has a day over 12, so '03/04/2024' (row 2) is "
        "2024-04-03 with the day first or 2024-03-04 with the month first.\n"
        "Say which in the parameters, data.orders:\n"
        '    format: {dates: "%d/%m/%Y"}   # day first\n'
        '    format: {dates: "%m/%d/%Y"}   # month first'
    )


def test_a_declared_form_settles_ambiguous_dates(read_column):
    assert read_column("date", "03/04/2024", dates="%d/%m/%Y").values == [date(2024, 4, 3)]
    assert read_column("date", "03/04/2024", dates="%m/%d/%Y").values == [date(2024, 3, 4)]
    assert read_column("timestamp", "03/04/2024 10:05", dates="%m/%d/%Y").values == [
        datetime(2024, 3, 4, 10, 5)
    ]


def test_a_declared_form_counts_what_does_not_fit_it(read_column):
    typed = read_column("date", "12.31.2024", "31.12.2024", "2024-05-06", dates="%m.%d.%Y")
    assert typed.values == [date(2024, 12, 31), None, date(2024, 5, 6)]
    assert (typed.column.bad_count, typed.column.bad_example) == (1, "31.12.2024")


def test_a_column_of_both_orders_is_refused(read_column):
    with pytest.raises(DataError) as refused:
        read_column("date", "25/03/2024", "03/25/2024")
    assert str(refused.value) == (
        "orders.csv: column 'x' mixes day/month and month/day: '25/03/2024' (row 1) reads only "
        "with the day first, '03/25/2024' (row 2) only with the month first.\n"
        "Export it again with one way of writing dates, best as YYYY-MM-DD."
    )


def test_a_form_that_is_no_date_is_refused(read_column):
    with pytest.raises(DataError) as refused:
        read_column("date", "03/04/2024", dates="dd/mm/yyyy")
    assert str(refused.value) == (
        "data.orders.format.dates: 'dd/mm/yyyy' does not say how a date is written.\n"
        "It needs day (%d), month (%m or %b) and year (%Y or %y), such as %d.%m.%Y."
    )


def test_forms_that_come_late_in_a_long_column_are_found(read_column):
    early = ["2024-03-01"] * 3000
    typed = read_column("date", *early, "05.03.2024", "3/25/2024", "3/4/2024")
    assert typed.values[3000:] == [date(2024, 3, 5), date(2024, 3, 25), date(2024, 3, 4)]
    assert typed.column.bad_count == 0


def test_days_that_do_not_exist_are_counted(read_column):
    typed = read_column("date", "29.02.2024", "30.02.2024", "soon", "99999", "19999", "-")
    assert typed.values == [date(2024, 2, 29), None, None, None, None, None]
    assert (typed.column.bad_count, typed.column.bad_example) == (4, "30.02.2024")


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moments=st.lists(
        st.datetimes(datetime(1954, 10, 4), datetime(2064, 4, 1)), min_size=1, max_size=20
    ),
    form=st.sampled_from(["%d.%m.%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "serial"]),
)
def test_any_moment_reads_back_from_any_form(moments, form, read_column):
    whole = [moment.replace(microsecond=0) for moment in moments]
    written = [
        repr((moment - datetime(1899, 12, 30)).total_seconds() / 86400)
        if form == "serial"
        else moment.strftime(form)
        for moment in whole
    ]
    assert read_column("timestamp", *written).values == whole

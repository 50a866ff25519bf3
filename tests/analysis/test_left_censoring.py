from datetime import date, timedelta

import pytest

from crm_strategy.analysis.kpis import KPI_IDS
from crm_strategy.analysis.left_censoring import OF_THE_PAST, OF_THE_WINDOW, is_left_censored
from crm_strategy.analysis.spans import Span
from crm_strategy.plan.period import history as periods_until
from crm_strategy.plan.period import parse_period
from tests.analysis.builders import costs, touches
from tests.analysis.kpi_cases import Q2, Q3, history

FIRST = date(2026, 4, 1)


def known(found, period):
    rows = found[found["period"] == period.id].dropna(subset=["value"])
    return set(rows["kpi"])


def test_who_is_new_in_the_first_period_of_the_data_is_not_known():
    rows = [("a", "2026-04-01", 10), ("b", "2026-05-02", 10), ("b", "2026-08-02", 10)]
    found = history(*rows, ("c", "2026-08-03", 5), first_day=FIRST, active_days=91)
    assert known(found, Q2) & {*OF_THE_PAST, *OF_THE_WINDOW} == {"active_customers"}
    assert {"new_customers", "customer_retention_rate", "active_share"} <= known(found, Q3)
    assert {"revenue", "repeat_rate", "purchase_frequency"} <= known(found, Q2)


def test_the_longer_customers_stay_the_longer_the_past_must_be_known():
    rows = [("a", "2026-04-01", 10), ("b", "2026-08-02", 10)]
    found = history(*rows, first_day=FIRST, active_days=160)
    # 183 days to the end of Q3 are enough to count the active, 91 to its start for nothing else.
    assert known(found, Q3) & {*OF_THE_PAST, *OF_THE_WINDOW} == {"active_customers"}


def test_without_a_first_day_the_data_reach_back_to_the_first_customer():
    found = history(("a", "2026-04-01", 10), costs=costs(), touches=touches())
    assert "new_customers" in known(found, Q2)


@pytest.mark.parametrize("kpi", KPI_IDS)
def test_only_a_first_day_within_the_window_censors(kpi):
    span = Span("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))
    within = span.start - timedelta(days=20)
    found = is_left_censored(kpi, span, first_day=within, active_days=92)
    assert found == (kpi in OF_THE_PAST)
    assert not is_left_censored(kpi, span, first_day=date(2026, 3, 1), active_days=92)


@pytest.mark.parametrize("period", ["2026-03", "2026-Q2", "2026-H2", "2025"])
def test_one_whole_period_before_is_enough_where_the_window_is_as_long(period):
    this = parse_period(period)
    (before, _this) = periods_until(this, date(2000, 1, 1), most=2)
    span = Span(this.id, this.start, this.end)
    longest = max(this.days, before.days)
    assert not is_left_censored("new_customers", span, first_day=before.start, active_days=longest)

from datetime import date

import pandas as pd
import pytest

from crm_strategy.analysis.kpis import kpi_history
from crm_strategy.analysis.restatements import COLUMNS, kpi_restatements, window_changes
from crm_strategy.analysis.spans import Span
from tests.analysis.builders import orders

Q1 = Span("2026-Q1", date(2026, 1, 1), date(2026, 3, 31))
Q2 = Span("2026-Q2", date(2026, 4, 1), date(2026, 6, 30))
Q3 = Span("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))
PERIODS = [Q1, Q2, Q3]


def shop():
    """Twelve who ordered in the winter and not again, twenty who order every quarter."""
    once = [(f"once{n}", "2026-01-10", 10) for n in range(12)]
    often = [(f"often{n}", f"2026-0{month}-05", 10) for n in range(20) for month in (1, 4, 7)]
    return orders(*once, *often)


def restated(*changes, made=None, compared=PERIODS):
    made = shop() if made is None else made
    terms = {"orders": made, "periods": PERIODS, "active_days": 92}
    return kpi_restatements(kpi_history(**terms), changes=changes, compared=compared, **terms)


def change(since, **was):
    return {"since": since.start, "was": was}


def test_active_customers_of_two_definitions_worked_by_hand():
    # On 30 June, 171 days after 10 January: within 180 days the twelve are active, too.
    found = restated(change(Q3, active_days=180)).set_index(["kpi", "period"])
    row = found.loc[("active_customers", "2026-Q2")]
    assert row[["as_reported", "restated", "difference", "n"]].tolist() == [32, 20, -12, 20]
    share = found.loc[("active_share", "2026-Q2")]
    assert share["as_reported"] == 1
    assert share["restated"] == pytest.approx(20 / 32)


def test_only_what_differs_is_told_and_only_of_periods_before_the_change():
    found = restated(change(Q3, active_days=180))
    assert set(found["period"]) == {"2026-Q2"}
    assert "revenue" not in set(found["kpi"])
    assert restated(change(Q1, active_days=180)).empty


def test_without_a_change_nothing_is_restated_and_the_columns_stand():
    found = restated()
    assert found.empty
    assert list(found.columns) == list(COLUMNS)


def test_of_two_changes_of_one_term_the_earlier_holds_for_earlier_periods():
    # On 31 March all 32 are active by either; by 30 days the twenty of 5 January are not.
    found = restated(change(Q3, active_days=180), change(Q2, active_days=365))
    known = found.set_index(["kpi", "period"])["as_reported"]
    assert known[("active_customers", "2026-Q2")] == 32
    assert ("active_customers", "2026-Q1") not in known


def test_refunds_that_were_left_out_are_put_back():
    rows = [("a", "2026-04-05", 100.0), ("a", "2026-05-05", -30.0)]
    found = restated(change(Q3, refunds="exclude"), made=orders(*rows)).set_index("kpi")
    assert found.loc["revenue", ["as_reported", "restated", "difference"]].tolist() == [
        100,
        70,
        -30,
    ]


def test_a_margin_that_was_assumed_otherwise_changes_what_rests_on_it():
    made = shop()
    terms = {"orders": made, "periods": PERIODS, "active_days": 92, "margin_rate": 0.5}
    changes = [change(Q3, margin_rate=0.4)]
    found = kpi_restatements(kpi_history(**terms), changes=changes, compared=[Q2], **terms)
    margin = found.set_index("kpi").loc["gross_margin"]
    assert margin[["as_reported", "restated"]].tolist() == pytest.approx([80, 100])


def test_a_difference_of_few_customers_is_known_for_what_it_tells():
    few = [("late", "2026-01-10", 10), *[(f"c{n}", "2026-05-05", 10) for n in range(40)]]
    found = restated(change(Q3, active_days=180), made=orders(*few))
    assert set(found["kpi"]) >= {"active_customers", "active_share"}
    assert (found["smallest_count"] == 1).all()


def test_periods_that_the_data_do_not_cover_are_left_out():
    early = Span("2020-Q1", date(2020, 1, 1), date(2020, 3, 31))
    found = restated(change(Q3, active_days=180), compared=[early])
    pd.testing.assert_index_equal(found.columns, pd.Index(COLUMNS))
    assert found.empty


def slower():
    """Forty who come back after 100 days at first and 150 since; thirty who do not."""
    days = ("2025-10-01", "2026-01-09", "2026-06-08")
    once = [(f"once{n}", "2025-11-20", 10) for n in range(30)]
    return orders(*once, *[(f"c{n}", day, 10) for n in range(40) for day in days])


def windows(**more):
    asked = {"periods": PERIODS, "compared": [Q1, Q2], "active_days": 150}
    return window_changes(slower(), **(asked | more))


def test_the_days_that_the_data_set_are_those_known_at_the_end_of_each_period():
    # By the end of March one gap of 100 days is known; by the end of June also one of 150, of
    # which the 90th percentile is 150.
    was = {"2026-Q1": 100, "2026-Q2": 150}
    found = windows()
    assert {row["period"]: row["was"]["active_days"] for row in found} == was
    assert [row["since"] for row in found] == [Q2.start, Q3.start]
    assert all(row["now"] == {"active_days": 150} for row in found)


def test_a_window_that_moved_restates_the_kpis_that_rest_on_it():
    terms = {"orders": slower(), "periods": PERIODS, "active_days": 150}
    found = kpi_restatements(kpi_history(**terms), changes=windows(), compared=[Q1, Q2], **terms)
    assert set(found["period"]) == {"2026-Q1"}
    assert "revenue" not in set(found["kpi"])
    # On 31 March, 131 days after 20 November, the thirty are active within 150 days alone.
    row = found.set_index("kpi").loc["active_customers"]
    assert row[["as_reported", "restated", "difference"]].tolist() == [40, 70, 30]


def test_chosen_stated_or_unmoved_days_need_no_restatement_of_their_own():
    assert windows(chosen=150) == []
    assert windows(compared=[Q2]) == []
    assert windows(compared=[Q3]) == []
    stated = [change(Q2, active_days=365), change(Q3, margin_rate=0.4)]
    # The report of the first quarter went by 365 days, and the second's days are today's.
    assert windows(stated=stated) == []

from datetime import date

import pandas as pd
import pytest

from crm_strategy.analysis.decision_scores import COLUMNS as SCORES
from crm_strategy.analysis.period_changes import CHANGES, COLUMNS, period_changes
from crm_strategy.analysis.spans import Span


def quarter(place):
    """The quarters from 2023-Q1 on, by their place."""
    year, first = 2023 + place // 4, 3 * (place % 4) + 1
    end = date(year + first // 10, (first + 2) % 12 + 1, 1).toordinal() - 1
    return Span(f"{year}-Q{place % 4 + 1}", date(year, first, 1), date.fromordinal(end))


QUARTERS = [quarter(place) for place in range(12)]
NOW, BEFORE = QUARTERS[-1], QUARTERS[-2]


def history(*values, kpi="repeat_rate", quarters=QUARTERS):
    rows = [
        {
            "kpi": kpi,
            "period": each.id,
            "start": each.start,
            "end": each.end,
            "value": value,
            "n": 400.0,
            "customers": 400.0,
            "smallest_count": 90.0,
            "unit": "share",
        }
        for each, value in zip(quarters[-len(values) :], values, strict=True)
    ]
    return pd.DataFrame(rows)


NOISE = [0.30, 0.31] * 5


def goal(status, *, actual=0.3, **more):
    row = {
        "goal_id": "g",
        "goal": "Keep buyers",
        "kpi": "repeat_rate",
        "by": date(2026, 12, 31),
        "baseline_at": date(2025, 3, 31),
        "actual": actual,
        "expected": 0.33,
        "status": status,
        "unit": "share",
        "smallest_count": 120.0,
    }
    return row | more


def decision(verdict, *, period=BEFORE.id, kpi="repeat_rate"):
    row = dict.fromkeys(SCORES) | {"decision_id": "d", "decision": "Write", "period": period}
    return row | {"kpi": kpi, "verdict": verdict, "n": 400.0, "smallest_count": 90.0}


def changes(*, goals=(), before=(), scores=(), scores_before=(), past=None, most=13):
    return period_changes(
        goals=goals,
        goals_before=before,
        history=history(*NOISE, 0.3, 0.3) if past is None else past,
        scores=pd.DataFrame(scores, columns=list(SCORES)),
        scores_before=pd.DataFrame(scores_before, columns=list(SCORES)),
        period=NOW,
        previous=BEFORE,
        most=most,
    )


def of(subject, found):
    (row,) = found[found["subject"] == subject].to_dict("records")
    return row


@pytest.mark.parametrize(
    ("was", "now", "change"),
    [
        ("on_track", "at_risk", "worse"),
        ("reached", "on_track", "worse"),
        ("off_track", "on_track", "better"),
        ("at_risk", "at_risk", "same"),
        ("no_data", "on_track", "known"),
        ("on_track", "no_data", "known"),
    ],
)
def test_a_goal_is_told_by_its_status_then_and_now(was, now, change):
    found = changes(goals=[goal(now, actual=0.28)], before=[goal(was, actual=0.32)])
    row = of("goal", found)
    assert (row["change"], row["was"], row["now"]) == (change, was, now)
    assert (row["value_before"], row["value"], row["expected"]) == (0.32, 0.28, 0.33)


def test_a_goal_whose_date_lies_in_the_period_fell_due():
    due = goal("reached", by=NOW.end)
    assert of("goal", changes(goals=[due], before=[due]))["change"] == "due"
    later = goal("reached", by=date.fromordinal(NOW.end.toordinal() + 1))
    assert of("goal", changes(goals=[later], before=[later]))["change"] == "same"
    # What its KPI does after its date changes nothing of it.
    past = goal("missed", by=date.fromordinal(NOW.start.toordinal() - 1))
    assert of("goal", changes(goals=[past], before=[past | {"status": "reached"}]))["change"] == (
        "same"
    )


def test_a_goal_that_has_not_begun_has_not_changed():
    later = goal("not_begun", baseline_at=date.fromordinal(NOW.end.toordinal() + 1))
    assert of("goal", changes(goals=[later], before=[later]))["change"] == "same"


def test_a_goal_set_after_the_period_before_is_new():
    new = goal("on_track", baseline_at=NOW.start)
    row = of("goal", changes(goals=[new], before=[new]))
    assert row["change"] == "new"
    assert pd.isna(row["was"])


@pytest.mark.parametrize(
    ("before", "now", "change"),
    # Natural limits of 0.30, 0.31, 0.30, … are 0.305 ± 2.66 × 0.01 at most: 0.278 to 0.332.
    [
        (0.30, 0.20, "new_signal"),
        (0.20, 0.30, "ceased"),
        (0.30, 0.31, "same"),
        (0.40, 0.10, "turned"),
    ],
)
def test_a_kpi_is_told_by_its_verdict_then_and_now(before, now, change):
    row = of("kpi", changes(past=history(*NOISE, before, now)))
    assert row["change"] == change
    assert (row["value_before"], row["value"], row["n"]) == (before, now, 400)


def test_a_kpi_that_stays_a_signal_is_one_still():
    # A level of 0.50 after 0.30 widens the limits by 2.66 / 10 of the jump, 0.05.
    row = of("kpi", changes(past=history(*NOISE, 0.50, 0.60)))
    assert (row["change"], row["was"], row["now"]) == ("still_signal", "signal_high", "signal_high")


def test_kpis_of_a_history_too_short_both_times_are_left_out():
    assert changes(past=history(0.3, 0.31, 0.3)).empty


@pytest.mark.parametrize(
    ("was", "now", "period", "change"),
    [
        ("too_early", "better", BEFORE.id, "scored"),
        ("too_early", "no_data", BEFORE.id, "not_scored"),
        ("no_kpi", "no_kpi", BEFORE.id, "not_scored"),
        ("better", "not_seen", QUARTERS[-3].id, "rescored"),
        ("better", "better", QUARTERS[-3].id, "same"),
        ("no_data", "too_early", NOW.id, "taken"),
    ],
)
def test_a_decision_is_told_by_its_score_then_and_now(was, now, period, change):
    found = changes(
        scores=[decision(now, period=period)], scores_before=[decision(was, period=period)]
    )
    assert of("decision", found)["change"] == change


def test_every_change_is_one_of_those_named():
    found = changes(goals=[goal("at_risk")], before=[goal("on_track")])
    assert all(row.change in CHANGES[row.subject] for row in found.itertuples())


def test_figures_of_both_periods_are_guarded_by_the_fewest_customers_of_either():
    found = changes(
        goals=[goal("at_risk", smallest_count=7.0)], before=[goal("on_track", smallest_count=80.0)]
    )
    assert of("goal", found)["smallest_count"] == 7


def test_without_a_period_before_nothing_is_compared():
    found = changes(goals=[goal("at_risk")], before=[goal("no_data")], past=history(0.3))
    assert found.empty
    assert list(found.columns) == list(COLUMNS)


def test_each_period_is_judged_by_as_many_periods_before_it():
    # An outlier twelve periods ago is among those that judge the period before, not this one.
    quarters = [quarter(place) for place in range(11)]
    past = history(0.9, *NOISE[:9], 0.36, quarters=quarters)
    found = period_changes(
        goals=[],
        goals_before=[],
        history=past,
        scores=pd.DataFrame(columns=list(SCORES)),
        scores_before=pd.DataFrame(columns=list(SCORES)),
        period=quarters[-1],
        previous=quarters[-2],
        most=10,
    )
    assert of("kpi", found)["now"] == "signal_high"

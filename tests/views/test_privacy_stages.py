"""Small stages of the lifecycle do not follow from KPIs, kinds of segments or goals."""

import math
from collections import defaultdict
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm_strategy.analysis.kpi_values import kpi_values
from crm_strategy.views import charts, findings, tables
from crm_strategy.views.payload import column_cells, is_hidden
from tests.analysis.builders import FEW as FEW_EXAMPLES

FEW = {"suppressed": True, "text": "<10"}
HIDDEN = {"suppressed": True, "text": "hidden"}
STAGES = ("new", "retained", "returned", "lapsed", "inactive")
SIZES = st.sampled_from([0, 0, 1, 4, 9, 10, 12, 25, 60])
KPIS = ("active_customers", "active_share", "new_customers", "customer_retention_rate")
MORE = settings(max_examples=4 * FEW_EXAMPLES.max_examples)


def stages(counts: dict[str, int]) -> pd.DataFrame:
    rows = [{"stage": s, "customer_count": counts[s], "revenue": 1.0} for s in STAGES[:4]]
    return pd.DataFrame(rows)


def kinds(counts: dict[str, int]) -> pd.DataFrame:
    n = sum(counts.values())
    rows = [
        {"kind": "lifecycle", "segment": s, "customer_count": c, "customer_share": c / n}
        for s, c in counts.items()
        if c
    ]
    return pd.DataFrame(rows).assign(revenue=1.0)


def scorecard(counts: dict[str, int]) -> pd.DataFrame:
    """The KPIs of a period that these customers make."""
    new, retained, returned, lapsed, _ = (counts[stage] for stage in STAGES)
    figures = kpi_values(
        defaultdict(
            lambda: math.nan,
            active_end=new + retained + returned,
            active_start=retained + lapsed,
            new=new,
            retained=retained,
            ever=sum(counts.values()),
        )
    )
    rows = [
        {"kpi": k, "value": figures[k].value, "n": figures[k].n}
        | {"smallest_count": figures[k].smallest_count}
        for k in KPIS
    ]
    more = dict.fromkeys(("previous", "last_year", "change", "low", "high"))
    return pd.DataFrame(rows).assign(**more, unit="count")


def told(counts: dict[str, int]) -> list[np.ndarray]:
    """The sums of stages that the report tells: sizes, everybody, and the KPIs."""
    total = [{"customer_count": sum(counts.values())}]
    unit = dict(zip(STAGES, np.eye(5), strict=True))
    known = [np.ones(5)]
    table = tables.lifecycle_table(stages(counts), total).payload()
    shown = dict(zip(table["keys"]["stage"], column_cells(table, "customer_count"), strict=True))
    payload = tables.segment_kinds_table(kinds(counts)).payload()
    cells = zip(
        column_cells(payload, "segment"), column_cells(payload, "customer_count"), strict=True
    )
    by_name = {f"{stage}": stage for stage in STAGES}
    for name, cell in cells:
        if not is_hidden(cell):
            known.append(unit[by_name[name.lower()]])
    known += [unit[stage] for stage, cell in shown.items() if not is_hidden(cell)]
    if table["n"] is not None:
        known.append(np.array([1, 1, 1, 1, 0]))
    # Nobody is in a stage that kinds leave out.
    absent = {*STAGES} - {str(name).lower() for name in column_cells(payload, "segment")}
    known += [unit[stage] for stage in sorted(absent)]
    kpis = tables.kpis_table(scorecard(counts)).payload()
    values = dict(zip(kpis["keys"]["kpi"], column_cells(kpis, "value"), strict=True))
    active, before = np.array([1, 1, 1, 0, 0]), np.array([0, 1, 0, 1, 0])
    if not (is_hidden(values["active_customers"]) and is_hidden(values["active_share"])):
        known.append(active)
    # Active customers of the period before stand in its own report and in the trends.
    known += [before] * (counts["retained"] + counts["lapsed"] >= 10)
    if not is_hidden(values["new_customers"]):
        known.append(unit["new"])
    if values["customer_retention_rate"] is not None and not is_hidden(
        values["customer_retention_rate"]
    ):
        known += [unit["retained"], unit["lapsed"]]
    return known


@MORE
@given(st.fixed_dictionaries(dict.fromkeys(STAGES, SIZES)))
@example({"new": 40, "retained": 214, "returned": 0, "lapsed": 3, "inactive": 30})
@example({"new": 20, "retained": 14, "returned": 12, "lapsed": 15, "inactive": 4})
@example({"new": 12, "retained": 30, "returned": 3, "lapsed": 30, "inactive": 0})
def test_no_small_stage_follows_from_all_that_the_report_tells(counts: dict[str, int]) -> None:
    if not sum(counts.values()) or sum(counts.values()) < 10:
        return
    equations = np.array(told(counts), dtype=float)
    rank = np.linalg.matrix_rank(equations)
    for at, stage in enumerate(STAGES):
        if 0 < counts[stage] < 10:
            with_it = np.vstack([equations, np.eye(5)[at]])
            assert np.linalg.matrix_rank(with_it) > rank, stage


@MORE
@given(st.fixed_dictionaries(dict.fromkeys(STAGES, st.sampled_from([10, 12, 25, 60]))))
def test_nothing_is_hidden_where_no_stage_is_small(counts: dict[str, int]) -> None:
    total = [{"customer_count": sum(counts.values())}]
    payload = tables.lifecycle_table(stages(counts), total).payload()
    assert not any(is_hidden(cell) for cell in column_cells(payload, "customer_count"))
    kpis = tables.kpis_table(scorecard(counts)).payload()
    assert not any(is_hidden(cell) for cell in column_cells(kpis, "value"))


def test_few_inactive_customers_hide_the_stages_that_would_tell_them() -> None:
    counts = dict(zip(STAGES, (20, 14, 12, 15, 4), strict=True))
    total = [{"customer_count": 65}]
    payload = tables.lifecycle_table(stages(counts), total).payload()
    assert column_cells(payload, "customer_count") == [20, HIDDEN, HIDDEN, HIDDEN]
    assert payload["n"] is None
    assert "14" not in charts.lifecycle_chart(stages(counts), total).payload()["alt"]
    assert findings.lifecycle_finding(stages(counts), total).figures == {}


def survey(promoters: int, passives: int, detractors: int) -> pd.DataFrame:
    answers = promoters + passives + detractors
    figures = kpi_values(
        defaultdict(
            lambda: math.nan,
            nps_answers=answers,
            nps_promoters=promoters,
            nps_detractors=detractors,
            csat_answers=33,
            csat_satisfied=26,
        )
    )
    rows: list[dict[str, Any]] = [
        {"kpi": kpi, "value": each.value, "low": each.interval[0], "high": each.interval[1]}
        | {"n": each.n, "smallest_count": each.smallest_count}
        for kpi in ("csat", "nps")
        for each in [figures[kpi]]
    ]
    return pd.DataFrame(rows).assign(previous=None, last_year=None, change=None, unit="score")


def test_a_score_and_its_interval_do_not_tell_a_small_band() -> None:
    # 33 answers less 26 satisfied are 7; NPS and its interval tell 9 passives.
    payload = tables.kpis_table(survey(24, 9, 20)).payload()
    for column in ("value", "low", "high", "range"):
        assert column_cells(payload, column) == [HIDDEN, HIDDEN]
    payload = tables.kpis_table(survey(24, 12, 20)).payload()
    assert column_cells(payload, "value")[1] == pytest.approx(100 * 4 / 56)


def history(*periods: dict[str, int]) -> pd.DataFrame:
    parts = [
        scorecard(counts)[["kpi", "value", "n", "smallest_count"]].assign(
            period=f"2026-Q{at}", start=date(2026, 3 * at, 1), end=at, unit="count", customers=50
        )
        for at, counts in enumerate(periods, 1)
    ]
    return pd.concat(parts, ignore_index=True)


def test_trends_hide_what_would_tell_a_small_stage_of_an_earlier_period() -> None:
    first = dict(zip(STAGES, (13, 15, 1, 11, 30), strict=True))
    second = dict(zip(STAGES, (20, 14, 12, 15, 30), strict=True))
    payload = charts.kpi_trends_chart(history(first, second)).payload()
    pairs = zip(payload["keys"]["kpi"], column_cells(payload, "value"), strict=True)
    rates = [value for kpi, value in pairs if kpi == "customer_retention_rate"]
    assert rates == [None, pytest.approx(14 / 29)]


def goals(kpi: str, actual: float, smallest: float | None) -> list[dict[str, Any]]:
    return [
        {"goal_id": "g", "goal": "Goal", "kpi": kpi, "priority": "primary", "serves": "growth"}
        | {"segment": "all", "baseline": 1.0, "target": 60.0, "by": "2026-12-31", "owner": "Me"}
        | {"actual": actual, "progress": 0.2, "expected_progress": 0.5, "status": "off_track"}
        | {"expected": 30.0, "unit": "score", "smallest_count": smallest}
    ]


def test_goals_hide_a_kpi_as_the_scorecard_does() -> None:
    rows = goals("nps", 37.7, 9)
    payload = tables.goals_table(rows).payload()
    assert column_cells(payload, "actual") == column_cells(payload, "progress") == [HIDDEN]
    chart = charts.goal_bullets_chart(rows).payload()
    assert column_cells(chart, "actual") == [HIDDEN]
    assert "37.7" not in chart["alt"]
    decision = findings.goals_finding(rows).payload()["decision"]
    assert decision is not None
    assert decision["why"].startswith("Net promoter score (NPS) rests on too few customers")
    assert column_cells(tables.goals_table(goals("nps", 37.7, 12)).payload(), "actual") == [37.7]


def test_a_decision_on_new_customers_does_not_say_how_few_they_are() -> None:
    decision = findings.goals_finding(goals("new_customers", 4, None)).payload()["decision"]
    assert decision is not None
    assert " 4" not in decision["why"]


@pytest.mark.parametrize("kpi", ["csat", "nps"])
@pytest.mark.parametrize(("silent", "told"), [(0, True), (5, False), (12, True)])
def test_few_who_did_not_answer_do_not_follow_from_the_answers_of_all_others(
    kpi: str, silent: int, told: bool
) -> None:
    # 30 detractors, 20 passive and 50 promoters, each answering once, of all customers.
    answers = {"nps_answers": 100, "nps_promoters": 50, "nps_detractors": 30}
    answers |= {"csat_answers": 100, "csat_satisfied": 50, "ever": 100 + silent}
    figure = kpi_values(defaultdict(lambda: math.nan, answers))[kpi]
    row = {"kpi": kpi, "value": figure.value, "n": figure.n, "unit": "share"}
    row |= dict(zip(("low", "high"), figure.interval, strict=True))
    blank = dict.fromkeys(("previous", "last_year", "change"))
    table = pd.DataFrame([row | {"smallest_count": figure.smallest_count} | blank])
    (value,) = column_cells(tables.kpis_table(table).payload(), "value")
    assert is_hidden(value) != told
    # The bands hide one of them for the few silent, which the KPI would tell.
    sizes = {"detractor": 30, "passive": 20, "promoter": 50}
    bands = [
        {"band": band, "kind": "nps", "customer_count": n, "revenue": 1.0, "repeat_rate": 0.5}
        | {"low": 0.4, "high": 0.6}
        for band, n in sizes.items()
    ]
    total = [{"customer_count": 100 + silent}]
    payload = tables.satisfaction_table(pd.DataFrame(bands), total).payload()
    assert any(map(is_hidden, column_cells(payload, "customer_count"))) != told

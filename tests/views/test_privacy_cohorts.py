"""Cohorts and the curve of value tell no few customers beside KPIs and tiers."""

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.tiers import tier_members
from crm_strategy.analysis.value_segments import value_curve
from crm_strategy.views import charts, findings, tables
from crm_strategy.views.payload import column_cells, is_hidden
from tests.analysis.builders import FEW as FEW_EXAMPLES
from tests.analysis.customer_builders import profiles

HIDDEN = {"suppressed": True, "text": "hidden"}


def cohorts(sizes: dict[str, int], active: int = 12) -> pd.DataFrame:
    """Newcomers of each month; so many of each order again."""
    rows = [
        (pd.Timestamp(month).date(), period, n, n if period == 0 else min(active, n))
        for month, n in sizes.items()
        for period in range(5)
    ]
    frame = pd.DataFrame(rows, columns=["cohort", "period", "customer_count", "active_count"])
    return frame.assign(retention_rate=frame["active_count"] / frame["customer_count"])


def shown_sizes(rows: pd.DataFrame) -> dict[str, bool]:
    payload = tables.cohort_retention_table(rows).payload()
    pairs = zip(
        column_cells(payload, "cohort"), column_cells(payload, "customer_count"), strict=True
    )
    return {str(cohort)[:7]: not is_hidden(n) for cohort, n in pairs}


def test_few_newcomers_of_a_month_do_not_follow_from_those_of_its_quarter() -> None:
    # 31 new customers of the quarter, as the KPIs say, less 12 and 14.
    sizes = {"2026-02": 5, "2026-04": 12, "2026-05": 5, "2026-06": 14, "2026-07": 90}
    shown = shown_sizes(cohorts(sizes))
    assert [month for month, told in shown.items() if told] == ["2026-06", "2026-07"]


@FEW_EXAMPLES
@given(st.lists(st.integers(1, 40), min_size=1, max_size=15))
def test_no_sum_of_a_quarter_half_or_year_tells_few_newcomers(counts: list[int]) -> None:
    months = pd.period_range("2025-01", periods=len(counts), freq="M")
    sizes = {str(month): n for month, n in zip(months, counts, strict=True)}
    shown = shown_sizes(cohorts(sizes, active=0))
    for length in (3, 6, 12, 24):
        for start in range(0, len(counts), length):
            part = [str(month) for month in months[start : start + length]]
            gone = [sizes[month] for month in part if not shown[month]]
            assert not gone or len(gone) == len(part) or (len(gone) > 1 and sum(gone) >= 10)
    assert all(sizes[month] >= 10 for month, told in shown.items() if told)


def test_few_of_a_cohort_who_did_not_come_back_are_hidden_too() -> None:
    rows = cohorts({"2026-01": 40, "2026-02": 60}, active=33)
    payload = tables.cohort_retention_table(rows).payload()
    assert column_cells(payload, "active_count")[:2] == [40, HIDDEN]
    assert column_cells(payload, "active_count")[5:7] == [60, 33]
    chart = charts.cohort_heatmap_chart(rows).figures.payload()
    assert is_hidden(column_cells(chart, "retention_rate")[0])


def test_cohorts_that_the_table_hides_are_not_in_the_sum_of_the_sentence() -> None:
    months = {f"2025-{month:02}": 40 for month in range(1, 13)} | {"2025-12": 30, "2025-11": 9}
    figures = findings.cohort_finding(cohorts(months, active=10)).payload()
    assert "220 " not in figures["text"]


@pytest.mark.parametrize(("customers", "share"), [(90, 0.05), (90, 0.33), (130, 0.12)])
def test_no_point_of_the_curve_is_a_few_customers_from_the_end_of_a_tier(
    customers: int, share: float
) -> None:
    worth = {f"c{at:03}": float(customers - at) for at in range(customers)}
    people = profiles(*((name, 1, amount) for name, amount in worth.items()))
    tiers = tier_members(people, shares={"gold": share, "silver": 0.15})
    expected = people.select("customer_id", expected_value=people.revenue)
    curve = value_curve(people, expected, tiers)
    total = [{"customer_count": customers}]
    payload = tables.value_curve_table(curve, total).payload()
    places = [round(customers * share) for share in column_cells(payload, "customer_share")]
    ends = tiers.group_by("segment").agg(n=tiers.count()).to_pandas().set_index("segment")["n"]
    gold, silver = ends["gold"], ends["gold"] + ends["silver"]
    for place in places[1:-1]:
        assert all(abs(place - end) == 0 or abs(place - end) >= 10 for end in (gold, silver))
    assert all(b - a >= 10 for a, b in pairwise(places))
    assert len(places) > 2

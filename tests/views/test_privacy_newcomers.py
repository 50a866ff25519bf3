"""New customers of a month or a quarter tell no few others, beside cohorts, KPIs and all."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_strategy.analysis.cohorts import cohort_retention
from crm_strategy.analysis.newcomer_months import with_told_newcomers
from crm_strategy.views import charts, tables
from crm_strategy.views.payload import column_cells, is_hidden, numbers
from tests.analysis.builders import FEW, orders

COUNTS = st.lists(st.sampled_from([1, 4, 9, 10, 12, 30]), min_size=3, max_size=7)


def history(sizes: dict[pd.Period, int], rhythm: str) -> pd.DataFrame:
    """New customers of each month or quarter, as the KPIs have them."""
    by_month = pd.Series(sizes)
    sums = by_month.groupby([month.asfreq(rhythm) for month in by_month.index]).sum()
    rows = [
        {"kpi": "new_customers", "period": str(span), "value": float(n), "n": float(n)}
        | {"start": span.start_time.date(), "end": span.end_time.date(), "smallest_count": float(n)}
        for span, n in sums.items()
    ]
    blank = {"low": np.nan, "high": np.nan, "unit": "count", "customers": 500.0}
    return pd.DataFrame(rows).assign(**blank)


@pytest.mark.parametrize("rhythm", ["M", "Q"])
@FEW
@given(counts=COUNTS)
@example(counts=[40, 5, 12, 30, 60, 70])
@example(counts=[30, 30, 1, 4, 1, 30, 30])
def test_no_few_new_customers_follow_from_cohorts_kpis_and_all(
    rhythm: str, counts: list[int]
) -> None:
    months = [*pd.period_range("2026-01", periods=len(counts), freq="M")]
    sizes = dict(zip(months, counts, strict=True))
    placed = orders(
        *((f"{month}-{at}", f"{month}-15", 10.0) for month in months for at in range(sizes[month]))
    )
    last = months[-1].end_time.date()
    told = with_told_newcomers(history(sizes, rhythm), placed, as_of=last, min_count=10)
    cohorts = tables.cohort_retention_table(cohort_retention(placed, as_of=last)).payload()
    trend = charts.kpi_trends_chart(told)
    known = [np.ones(len(months))]
    shown = zip(
        column_cells(cohorts, "cohort"), column_cells(cohorts, "customer_count"), strict=True
    )
    for cohort, n in dict(shown).items():
        if not is_hidden(n):
            known.append(np.array([str(month) == str(cohort)[:7] for month in months], dtype=float))
    spans = [month.asfreq(rhythm) for month in months]
    if len(set(spans)) > 1:
        values = numbers(trend.figures.payload(), "value")
        for span, value in zip(dict.fromkeys(spans), values, strict=True):
            if value is not None:
                known.append(np.array([each == span for each in spans], dtype=float))
    equations, rank = np.array(known), np.linalg.matrix_rank(np.array(known))
    groups = [np.eye(len(months))[at] for at in range(len(months))]
    groups += [np.array([each == span for each in spans], dtype=float) for span in set(spans)]
    for group in groups:
        # Of two groups or fewer, one is all but the other.
        if 0 < group @ np.array(counts) < 10 and len(set(spans)) > 2:
            assert np.linalg.matrix_rank(np.vstack([equations, group])) > rank, known

"""Hold-out plans, and what is said of them, tell neither a few customers nor all but a few."""

import pandas as pd
import pytest

from crm_strategy.views import findings, tables
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.words import speaking
from tests.views.channel_mix_samples import CHANNEL_MIX_ROWS

RATES = ("rate", "break_even_drop")


def plan(customers: int, ordering: int, soon: int, verdict: str = "ready") -> pd.DataFrame:
    """A plan of one channel of whose customers so many ordered, and so many soon after a touch."""
    rows = pd.DataFrame(CHANNEL_MIX_ROWS["holdout_plan"][:1])
    found = {"rate": ordering / customers, "verdict": verdict}
    counts = {"customer_count": customers, "converted_count": soon, "ordering_count": ordering}
    return rows.assign(**found, **counts)


@pytest.mark.parametrize("verdict", ["ready", "cannot_pay"])
@pytest.mark.parametrize("counts", [(60, 58, 30), (60, 45, 42), (14, 12, 12)])
def test_plans_that_tell_all_but_a_few_are_hidden(
    counts: tuple[int, int, int], verdict: str
) -> None:
    rows = plan(*counts, verdict=verdict)
    with speaking(language="en", currency="EUR", min_cell=10):
        payload = tables.holdout_plan_table(rows).payload()
        found = findings.holdout_plan_finding(rows)
    for column in (*RATES, "converted_count"):
        assert is_hidden(column_cells(payload, column)[0]), column
    assert column_cells(payload, "customer_count") == [counts[0]]
    assert "ordering_count" not in [each["name"] for each in payload["columns"]]
    assert "%" not in found.title + found.text
    if verdict == "ready":
        untold = "can be tested, but too few customers are behind the plan to show it"
        assert found.title == f"“call” {untold}"


def test_plans_of_many_on_each_side_stay() -> None:
    rows = plan(60, 45, 30)
    with speaking(language="en", currency="EUR", min_cell=10):
        payload = tables.holdout_plan_table(rows).payload()
        found = findings.holdout_plan_finding(rows)
    assert column_cells(payload, "rate") == [0.75]
    assert column_cells(payload, "converted_count") == [30]
    assert "75.0%" in found.text

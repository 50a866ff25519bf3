"""Tests by segment tell no few of a variant or of its control beside the sizes of both."""

import pandas as pd

from crm_strategy.analysis.experiment_power import size_plan
from crm_strategy.analysis.experiments import control_rate
from crm_strategy.views import tables
from crm_strategy.views.payload import column_cells, is_hidden
from tests.views.outlook_samples import OUTLOOK_ROWS

LIFTS = pd.DataFrame(OUTLOOK_ROWS["experiment_segments"])


def by_segment(sizes: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """Segments of one test as (variant, control), half of whom converted."""
    parts = [
        LIFTS.iloc[[0]].assign(segment=name, size=own, control_size=control)
        for name, (own, control) in sizes.items()
    ]
    return pd.concat(parts, ignore_index=True).assign(rate=0.5, control_rate=0.5)


def test_few_of_a_control_do_not_follow_from_its_other_segments() -> None:
    sizes = {"orders_0": (60, 8), "orders_1": (70, 24), "orders_2_4": (80, 60)}
    payload = tables.experiment_segments_table(by_segment(sizes)).payload()
    told = [n for n in column_cells(payload, "control_size") if not is_hidden(n)]
    # The control has 92, as the table of all tests says: less 60 and 24, the 8 would be left.
    assert told == [60]


def test_the_next_test_is_not_planned_from_a_rate_that_is_hidden() -> None:
    results = pd.DataFrame(OUTLOOK_ROWS["experiments"]).iloc[:2]
    few = results.assign(size=[80, 90], rate=[7 / 80, 20 / 90], conversions=[7, 20])
    for rows, covered in ((results, False), (few, True)):
        plan = size_plan(control_rate(rows))
        assert len(plan)
        payload = tables.size_plan_table(plan, rows).payload()
        assert (not payload["rows"]) == covered
        assert ("are hidden" in payload["void"]) == covered
        # Neither is the size that the rate asks for told beside it.
        told = tables.experiments_table(rows).payload()
        for name in ("rate", "needed_size", "power"):
            assert is_hidden(column_cells(told, name)[1]) == covered

"""Lines of groups: a group without a single figure has none."""

from crm_strategy.views import tables
from crm_strategy.views.payload import column_cells
from tests.views.test_kpi_group_views import row, table


def test_a_group_of_which_nothing_is_known_has_no_line() -> None:
    none = float("nan")
    known = [row("DE", "revenue", 900.0), row("DE", "new_customers", 20.0, n=20.0)]
    unknown = [
        row("unknown", kpi, none, n=0.0, customers=none)
        | dict.fromkeys(("previous", "last_year", "low", "high"), none)
        for kpi in ("revenue", "new_customers")
    ]
    payload = tables.kpi_groups_table(table(*known, *unknown)).payload()
    assert column_cells(payload, "group") == ["DE"]


def test_a_group_without_revenue_keeps_the_line_of_its_other_figures() -> None:
    payload = tables.kpi_groups_table(table(row("DE", "average_order_value", 90.0))).payload()
    assert column_cells(payload, "group") == ["DE"]

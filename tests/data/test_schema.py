"""The canonical tables are those of the design."""

import pytest

from crm_strategy.data.schema import TABLES, canonical, empty
from crm_strategy.plan.data_params import TABLE_NAMES

# design.md §4: key and columns of each table, in order.
DESIGN = {
    "customers": "customer_id kind created_at birth_date gender income education occupation "
    "industry country region city area_type source_channel",
    "orders": "order_id customer_id ordered_at amount currency stage_group status channel "
    "payment_method delivery_method cost_amount discount coupon",
    "order_lines": "order_id line_id product_id product category quantity price amount cost",
    "touches": "touch_id customer_id touched_at channel campaign touchpoint action order_id cost",
    "paths": "path conversions value nulls",
    "leads": "lead_id customer_id created_at source_channel status_group converted_at amount "
    "lost_reason",
    "costs": "period_start period_end channel campaign amount cost_item cost_kind",
    "surveys": "customer_id answered_at kind score scale_max touchpoint comment",
    "consents": "customer_id channel purpose granted_at withdrawn_at source",
    "experiments": "experiment variant customer_id assigned_at size conversions revenue",
}


@pytest.mark.parametrize("table", DESIGN)
def test_columns_of_the_design_come_first_and_in_its_order(table):
    columns = DESIGN[table].split()
    assert list(TABLES[table].names[: len(columns)]) == columns


def test_every_table_of_the_parameters_has_a_schema_and_no_other():
    assert sorted(TABLES) == sorted(TABLE_NAMES)


def test_only_customers_keep_further_columns_as_attributes():
    assert [name for name, schema in TABLES.items() if schema.open] == ["customers"]


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_table_nobody_supplied_has_all_its_columns_and_no_rows(table, con):
    nobody = con.to_pyarrow(empty(table))
    assert nobody.num_rows == 0
    assert nobody.column_names == list(canonical(table).names)


def test_ids_are_text_and_money_is_a_number():
    orders = canonical("orders")
    assert orders["order_id"].is_string()
    assert orders["customer_id"].is_string()
    assert orders["amount"].is_floating()
    assert orders["ordered_at"].is_timestamp()


def test_what_the_house_derives_is_never_read_from_a_file():
    readable = {column.name for column in TABLES["orders"].readable}
    assert readable == set(TABLES["orders"].names) - {"is_refund"}


def test_a_key_is_made_of_the_tables_own_columns():
    assert all(set(schema.key) <= set(schema.names) for schema in TABLES.values())

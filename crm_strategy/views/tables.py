"""Tables for notebooks: `tables.segments_table(segments)`."""

from crm_strategy.views.channel_tables import channel_costs_table
from crm_strategy.views.check_tables import (
    data_exclusions_table,
    data_findings_table,
    data_sources_table,
    data_tables_table,
)
from crm_strategy.views.goal_tables import goal_checks_table, goals_table
from crm_strategy.views.growth_tables import replenishment_table, win_back_table
from crm_strategy.views.journey_tables import (
    funnel_table,
    touchpoint_actions_table,
    touchpoints_table,
    transitions_table,
)
from crm_strategy.views.kpi_tables import categories_table, kpis_table, products_table
from crm_strategy.views.layout import Basis, Layout, Suppress
from crm_strategy.views.segment_tables import (
    cohort_retention_table,
    lifecycle_table,
    segment_migration_table,
    segments_table,
)
from crm_strategy.views.table import Table

__all__ = [
    "Basis",
    "Layout",
    "Suppress",
    "Table",
    "categories_table",
    "channel_costs_table",
    "cohort_retention_table",
    "data_exclusions_table",
    "data_findings_table",
    "data_sources_table",
    "data_tables_table",
    "funnel_table",
    "goal_checks_table",
    "goals_table",
    "kpis_table",
    "lifecycle_table",
    "products_table",
    "replenishment_table",
    "segment_migration_table",
    "segments_table",
    "touchpoint_actions_table",
    "touchpoints_table",
    "transitions_table",
    "win_back_table",
]

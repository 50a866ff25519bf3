"""Tables for notebooks: `tables.segments_table(segments)`."""

from crm_strategy.views.attribute_tables import (
    attributes_table,
    ideal_customer_table,
    profile_fit_table,
)
from crm_strategy.views.attribution_tables import (
    attribution_table,
    attribution_value_table,
    attribution_verdicts_table,
)
from crm_strategy.views.chain_tables import (
    broken_links_table,
    decisions_table,
    goal_chain_table,
    goal_outlook_table,
)
from crm_strategy.views.change_tables import kpi_restatements_table, period_changes_table
from crm_strategy.views.channel_mix_tables import (
    acquisition_table,
    channel_sets_table,
    holdout_plan_table,
    switch_off_table,
)
from crm_strategy.views.channel_tables import channel_costs_table, planned_costs_table
from crm_strategy.views.check_tables import (
    data_exclusions_table,
    data_findings_table,
    data_sources_table,
    data_tables_table,
)
from crm_strategy.views.driver_tables import (
    driver_tree_table,
    opposed_kpis_table,
    revenue_drivers_table,
)
from crm_strategy.views.experiment_tables import (
    experiment_segments_table,
    experiments_table,
    size_plan_table,
)
from crm_strategy.views.forecast_tables import (
    forecast_backtest_table,
    forecast_horizons_table,
    forecast_reconciliation_table,
    forecast_score_table,
    forecast_table,
)
from crm_strategy.views.funnel_tables import (
    conversion_time_table,
    drop_offs_table,
    funnel_change_table,
    funnel_segments_table,
)
from crm_strategy.views.goal_tables import goal_checks_table, goals_table
from crm_strategy.views.growth_offer_tables import (
    bundles_table,
    cross_sell_table,
    next_offers_table,
    offer_hits_table,
)
from crm_strategy.views.growth_tables import (
    loyalty_programme_table,
    moments_table,
    playbook_table,
    replenishment_table,
    win_back_actions_table,
    win_back_results_table,
    win_back_table,
)
from crm_strategy.views.incident_tables import (
    incidents_table,
    occasions_table,
)
from crm_strategy.views.journey_tables import (
    funnel_table,
    touchpoint_actions_table,
    touchpoints_table,
    transitions_table,
)
from crm_strategy.views.kpi_group_tables import kpi_breakdowns_table, kpi_groups_table
from crm_strategy.views.kpi_tables import categories_table, kpis_table, products_table
from crm_strategy.views.layout import Basis, Layout, Suppress
from crm_strategy.views.lead_tables import deals_table, lead_funnel_table, lost_reasons_table
from crm_strategy.views.persona_tables import persona_cards_table, personas_table
from crm_strategy.views.response_tables import hot_leads_table, responses_table, stopped_at_table
from crm_strategy.views.satisfaction_tables import (
    respondents_table,
    satisfaction_table,
    satisfaction_value_table,
)
from crm_strategy.views.scenario_tables import (
    cascade_comparison_table,
    cascade_rates_table,
    cascades_table,
    communication_plan_table,
)
from crm_strategy.views.seasonality_views import seasonality_table
from crm_strategy.views.segment_kind_tables import (
    effort_table,
    rf_grid_table,
    segment_kinds_table,
    segment_overlap_table,
)
from crm_strategy.views.segment_tables import (
    cohort_retention_table,
    lifecycle_table,
    segment_migration_table,
    segments_table,
)
from crm_strategy.views.table import Table
from crm_strategy.views.touchpoint_tables import (
    touchpoint_canvas_table,
    touchpoint_coverage_table,
)
from crm_strategy.views.value_tables import (
    newcomers_table,
    subscription_table,
    value_curve_table,
    value_holdout_table,
    value_models_table,
)

__all__ = [
    "Basis",
    "Layout",
    "Suppress",
    "Table",
    "acquisition_table",
    "attributes_table",
    "attribution_table",
    "attribution_value_table",
    "attribution_verdicts_table",
    "broken_links_table",
    "bundles_table",
    "cascade_comparison_table",
    "cascade_rates_table",
    "cascades_table",
    "categories_table",
    "channel_costs_table",
    "channel_sets_table",
    "cohort_retention_table",
    "communication_plan_table",
    "conversion_time_table",
    "cross_sell_table",
    "data_exclusions_table",
    "data_findings_table",
    "data_sources_table",
    "data_tables_table",
    "deals_table",
    "decisions_table",
    "driver_tree_table",
    "drop_offs_table",
    "effort_table",
    "experiment_segments_table",
    "experiments_table",
    "forecast_backtest_table",
    "forecast_horizons_table",
    "forecast_reconciliation_table",
    "forecast_score_table",
    "forecast_table",
    "funnel_change_table",
    "funnel_segments_table",
    "funnel_table",
    "goal_chain_table",
    "goal_checks_table",
    "goal_outlook_table",
    "goals_table",
    "holdout_plan_table",
    "hot_leads_table",
    "ideal_customer_table",
    "incidents_table",
    "kpi_breakdowns_table",
    "kpi_groups_table",
    "kpi_restatements_table",
    "kpis_table",
    "lead_funnel_table",
    "lifecycle_table",
    "lost_reasons_table",
    "loyalty_programme_table",
    "moments_table",
    "newcomers_table",
    "next_offers_table",
    "occasions_table",
    "offer_hits_table",
    "opposed_kpis_table",
    "period_changes_table",
    "persona_cards_table",
    "personas_table",
    "planned_costs_table",
    "playbook_table",
    "products_table",
    "profile_fit_table",
    "replenishment_table",
    "respondents_table",
    "responses_table",
    "revenue_drivers_table",
    "rf_grid_table",
    "satisfaction_table",
    "satisfaction_value_table",
    "seasonality_table",
    "segment_kinds_table",
    "segment_migration_table",
    "segment_overlap_table",
    "segments_table",
    "size_plan_table",
    "stopped_at_table",
    "subscription_table",
    "switch_off_table",
    "touchpoint_actions_table",
    "touchpoint_canvas_table",
    "touchpoint_coverage_table",
    "touchpoints_table",
    "transitions_table",
    "value_curve_table",
    "value_holdout_table",
    "value_models_table",
    "win_back_actions_table",
    "win_back_results_table",
    "win_back_table",
]

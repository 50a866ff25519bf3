"""Findings for notebooks: `findings.largest_segment_finding(…)`."""

from crm_strategy.views.attribute_findings import (
    attributes_finding,
    ideal_customer_finding,
    personas_finding,
    stereotype_finding,
)
from crm_strategy.views.attribution_findings import attribution_finding
from crm_strategy.views.chain_findings import (
    decisions_finding,
    goal_chain_finding,
    goal_outlook_finding,
)
from crm_strategy.views.change_findings import (
    kpi_restatements_finding,
    period_changes_finding,
)
from crm_strategy.views.channel_findings import channel_cost_finding
from crm_strategy.views.channel_mix_findings import (
    acquisition_finding,
    channel_sets_finding,
)
from crm_strategy.views.check_findings import data_quality_finding
from crm_strategy.views.driver_findings import (
    driver_tree_finding,
    opposed_kpis_finding,
    revenue_drivers_finding,
)
from crm_strategy.views.experiment_findings import (
    experiment_segments_finding,
    experiments_finding,
)
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.forecast_findings import (
    forecast_finding,
    forecast_reconciliation_finding,
    forecast_score_finding,
)
from crm_strategy.views.funnel_findings import (
    drop_off_finding,
    funnel_change_finding,
)
from crm_strategy.views.goal_findings import goal_checks_finding, goals_finding
from crm_strategy.views.growth_findings import (
    lapsed_groups_finding,
    moments_finding,
    replenishment_finding,
    win_back_finding,
    win_back_results_finding,
)
from crm_strategy.views.growth_money_findings import loyalty_finding, playbook_finding
from crm_strategy.views.growth_offer_findings import (
    bundles_finding,
    cross_sell_finding,
    next_offers_finding,
)
from crm_strategy.views.holdout_findings import holdout_plan_finding
from crm_strategy.views.incident_findings import (
    incident_finding,
    occasions_finding,
)
from crm_strategy.views.journey_findings import (
    funnel_finding,
    touchpoint_coverage_finding,
    touchpoint_gaps_finding,
)
from crm_strategy.views.kpi_findings import (
    category_finding,
    kpi_signals_finding,
    negative_margin_finding,
    revenue_finding,
)
from crm_strategy.views.kpi_group_findings import kpi_breakdowns_finding
from crm_strategy.views.lead_findings import (
    deals_finding,
    lead_funnel_finding,
    lost_reasons_finding,
)
from crm_strategy.views.product_findings import (
    products_finding,
    seasonality_finding,
)
from crm_strategy.views.response_findings import (
    hot_leads_finding,
    responses_finding,
    stopped_at_finding,
)
from crm_strategy.views.satisfaction_findings import (
    respondents_finding,
    satisfaction_finding,
    satisfaction_value_finding,
)
from crm_strategy.views.scenario_findings import cascade_finding
from crm_strategy.views.segment_findings import (
    at_risk_finding,
    cohort_finding,
    largest_segment_finding,
    lifecycle_finding,
    segment_migration_finding,
)
from crm_strategy.views.segment_kind_findings import (
    effort_finding,
    segment_kinds_finding,
    segment_overlap_finding,
)
from crm_strategy.views.switch_off_findings import switch_off_finding
from crm_strategy.views.value_findings import (
    expected_value_finding,
    newcomers_finding,
    subscription_finding,
    value_curve_finding,
    value_models_finding,
)

__all__ = [
    "Decision",
    "Finding",
    "acquisition_finding",
    "at_risk_finding",
    "attributes_finding",
    "attribution_finding",
    "bundles_finding",
    "cascade_finding",
    "category_finding",
    "channel_cost_finding",
    "channel_sets_finding",
    "cohort_finding",
    "cross_sell_finding",
    "data_quality_finding",
    "deals_finding",
    "decisions_finding",
    "driver_tree_finding",
    "drop_off_finding",
    "effort_finding",
    "expected_value_finding",
    "experiment_segments_finding",
    "experiments_finding",
    "forecast_finding",
    "forecast_reconciliation_finding",
    "forecast_score_finding",
    "funnel_change_finding",
    "funnel_finding",
    "goal_chain_finding",
    "goal_checks_finding",
    "goal_outlook_finding",
    "goals_finding",
    "holdout_plan_finding",
    "hot_leads_finding",
    "ideal_customer_finding",
    "incident_finding",
    "kpi_breakdowns_finding",
    "kpi_restatements_finding",
    "kpi_signals_finding",
    "lapsed_groups_finding",
    "largest_segment_finding",
    "lead_funnel_finding",
    "lifecycle_finding",
    "lost_reasons_finding",
    "loyalty_finding",
    "moments_finding",
    "negative_margin_finding",
    "newcomers_finding",
    "next_offers_finding",
    "occasions_finding",
    "opposed_kpis_finding",
    "period_changes_finding",
    "personas_finding",
    "playbook_finding",
    "products_finding",
    "replenishment_finding",
    "respondents_finding",
    "responses_finding",
    "revenue_drivers_finding",
    "revenue_finding",
    "satisfaction_finding",
    "satisfaction_value_finding",
    "seasonality_finding",
    "segment_kinds_finding",
    "segment_migration_finding",
    "segment_overlap_finding",
    "stereotype_finding",
    "stopped_at_finding",
    "subscription_finding",
    "switch_off_finding",
    "touchpoint_coverage_finding",
    "touchpoint_gaps_finding",
    "value_curve_finding",
    "value_models_finding",
    "win_back_finding",
    "win_back_results_finding",
]

"""Findings for notebooks: `findings.largest_segment_finding(…)`."""

from crm_strategy.views.channel_findings import channel_cost_finding
from crm_strategy.views.check_findings import data_quality_finding
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.goal_findings import goal_checks_finding, goals_finding
from crm_strategy.views.growth_findings import replenishment_finding, win_back_finding
from crm_strategy.views.journey_findings import funnel_finding, touchpoint_gaps_finding
from crm_strategy.views.kpi_findings import category_finding, kpi_signals_finding, revenue_finding
from crm_strategy.views.segment_findings import (
    at_risk_finding,
    cohort_finding,
    largest_segment_finding,
    lifecycle_finding,
    segment_migration_finding,
)

__all__ = [
    "Decision",
    "Finding",
    "at_risk_finding",
    "category_finding",
    "channel_cost_finding",
    "cohort_finding",
    "data_quality_finding",
    "funnel_finding",
    "goal_checks_finding",
    "goals_finding",
    "kpi_signals_finding",
    "largest_segment_finding",
    "lifecycle_finding",
    "replenishment_finding",
    "revenue_finding",
    "segment_migration_finding",
    "touchpoint_gaps_finding",
    "win_back_finding",
]

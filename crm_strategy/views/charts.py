"""Charts for notebooks: `charts.segment_bars_chart(segments)`."""

from crm_strategy.views.attribute_charts import attribute_index_chart, ideal_customer_chart
from crm_strategy.views.attribution_charts import attribution_range_chart
from crm_strategy.views.channel_charts import channel_cost_chart
from crm_strategy.views.channel_mix_charts import channel_frontier_chart
from crm_strategy.views.chart import Chart
from crm_strategy.views.check_charts import monthly_orders_chart
from crm_strategy.views.driver_charts import revenue_bridge_chart
from crm_strategy.views.experiment_charts import experiment_forest_chart
from crm_strategy.views.forecast_charts import forecast_fan_chart
from crm_strategy.views.funnel_charts import (
    funnel_segments_chart,
    transitions_chart,
)
from crm_strategy.views.goal_charts import goal_bullets_chart
from crm_strategy.views.growth_charts import cross_sell_chart
from crm_strategy.views.journey_charts import funnel_chart, touchpoint_matrix_chart
from crm_strategy.views.kpi_charts import kpi_line_chart, kpi_trends_chart
from crm_strategy.views.lead_charts import lead_funnel_chart
from crm_strategy.views.lifecycle_charts import cohort_heatmap_chart, lifecycle_chart
from crm_strategy.views.response_charts import hot_leads_chart, responses_chart, stopped_at_chart
from crm_strategy.views.sales_charts import category_bars_chart
from crm_strategy.views.satisfaction_charts import satisfaction_value_chart
from crm_strategy.views.scenario_charts import cascade_chart
from crm_strategy.views.seasonality_views import seasonality_chart
from crm_strategy.views.segment_charts import segment_bars_chart, segment_migration_chart
from crm_strategy.views.segment_kind_charts import effort_chart, rf_grid_chart
from crm_strategy.views.value_charts import value_curve_chart, value_holdout_chart

__all__ = [
    "Chart",
    "attribute_index_chart",
    "attribution_range_chart",
    "cascade_chart",
    "category_bars_chart",
    "channel_cost_chart",
    "channel_frontier_chart",
    "cohort_heatmap_chart",
    "cross_sell_chart",
    "effort_chart",
    "experiment_forest_chart",
    "forecast_fan_chart",
    "funnel_chart",
    "funnel_segments_chart",
    "goal_bullets_chart",
    "hot_leads_chart",
    "ideal_customer_chart",
    "kpi_line_chart",
    "kpi_trends_chart",
    "lead_funnel_chart",
    "lifecycle_chart",
    "monthly_orders_chart",
    "responses_chart",
    "revenue_bridge_chart",
    "rf_grid_chart",
    "satisfaction_value_chart",
    "seasonality_chart",
    "segment_bars_chart",
    "segment_migration_chart",
    "stopped_at_chart",
    "touchpoint_matrix_chart",
    "transitions_chart",
    "value_curve_chart",
    "value_holdout_chart",
]

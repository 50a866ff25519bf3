"""Charts for notebooks: `charts.segment_bars_chart(segments)`."""

from crm_strategy.views.channel_charts import channel_cost_chart
from crm_strategy.views.chart import Chart
from crm_strategy.views.check_charts import monthly_orders_chart
from crm_strategy.views.goal_charts import goal_bullets_chart
from crm_strategy.views.journey_charts import funnel_chart, touchpoint_matrix_chart
from crm_strategy.views.kpi_charts import kpi_line_chart, kpi_trends_chart
from crm_strategy.views.lifecycle_charts import cohort_heatmap_chart, lifecycle_chart
from crm_strategy.views.sales_charts import category_bars_chart
from crm_strategy.views.segment_charts import segment_bars_chart, segment_migration_chart

__all__ = [
    "Chart",
    "category_bars_chart",
    "channel_cost_chart",
    "cohort_heatmap_chart",
    "funnel_chart",
    "goal_bullets_chart",
    "kpi_line_chart",
    "kpi_trends_chart",
    "lifecycle_chart",
    "monthly_orders_chart",
    "segment_bars_chart",
    "segment_migration_chart",
    "touchpoint_matrix_chart",
]

"""The KPIs: the unit each is written in, which way is better, which follow the season.

Names, definitions, formulas and units are in the catalogue `kpis`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kpi:
    """How a KPI is written and judged.

    Attributes
    ----------
    kind
        money, unit_money (two decimals), count, share (a fraction 0 to 1), ratio, score
        (−100 to 100) or months.
    lower_is_better
        Whether a smaller value is the better one.
    seasonal
        Whether it is a flow that follows the season: judged by its change on a year ago.
    """

    kind: str
    lower_is_better: bool = False
    seasonal: bool = False


KPIS: dict[str, Kpi] = {
    "revenue": Kpi("money", seasonal=True),
    "gross_margin": Kpi("money"),
    "order_count": Kpi("count", seasonal=True),
    "active_customers": Kpi("count"),
    # Everyone who ever ordered only grows, so shares of them sink by themselves: a year ago is
    # fairer.
    "active_share": Kpi("share", seasonal=True),
    "new_customers": Kpi("count", seasonal=True),
    "customer_retention_rate": Kpi("share"),
    "churn_rate": Kpi("share", lower_is_better=True),
    "repeat_rate": Kpi("share"),
    "average_order_value": Kpi("unit_money"),
    "purchase_frequency": Kpi("ratio"),
    "conversion_rate": Kpi("share"),
    "csat": Kpi("share"),
    "nps": Kpi("score"),
    "loyalty_share": Kpi("share", seasonal=True),
    "marketing_cost": Kpi("money", lower_is_better=True),
    "roi": Kpi("ratio"),
    "cac": Kpi("unit_money", lower_is_better=True),
    "ltv": Kpi("unit_money"),
    "ltv_to_cac": Kpi("ratio"),
    "payback_months": Kpi("months", lower_is_better=True),
}
"""Every KPI by id, in the order reports print them."""

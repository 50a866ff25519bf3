"""What the plan breaks KPIs down by, as far as the client's tables can."""

import ibis

from crm_strategy.data.segment_rules import LEFT_OUT, attributes_of, refuse
from crm_strategy.plan.params import Params
from crm_strategy.plan.problems import Problem, instead_of

OTHERWISE = (
    *("segment", "category"),
    *("channel", "payment_method", "delivery_method", "coupon"),
)
"""Breakdowns that are no attribute of customers: by segment, order line and order."""


def kpi_breakdowns(params: Params, customers: ibis.Table) -> list[str]:
    """The breakdowns that the plan asks for.

    Parameters
    ----------
    params
        The client's parameters.
    customers
        One row per customer, with attributes.

    Raises
    ------
    ParamsError
        One is by a column that neither orders nor customers have: every such one, with line
        and remedy.
    """
    known = [*OTHERWISE, *attributes_of(customers)]
    problems = [
        Problem(
            ("kpis", "breakdowns", place),
            f"neither orders nor customers have a column '{name}'.",
            f"{instead_of(name, known, what='Breakdowns')}\n{LEFT_OUT}",
        )
        for place, name in enumerate(params.kpis.breakdowns)
        if name not in known
    ]
    refuse(params, problems)
    return list(params.kpis.breakdowns)

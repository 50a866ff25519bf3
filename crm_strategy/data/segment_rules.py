"""The client's own segments: rules of the plan as questions about a table of customers."""

import ibis

from crm_strategy.data.expressions import compile_condition
from crm_strategy.plan.expression import ExpressionError, parse_expression
from crm_strategy.plan.params import Params
from crm_strategy.plan.params_errors import params_error
from crm_strategy.plan.problems import Loc, Problem


def segment_rules(params: Params, customers: ibis.Table) -> dict[str, ibis.Value]:
    """Whether each rule of the plan holds for a customer, in the order of the plan.

    Parameters
    ----------
    params
        The client's parameters.
    customers
        One row per customer; rules name its columns.

    Raises
    ------
    ParamsError
        A rule names an unknown column, or compares what does not go together: every such
        rule, with line, place in the rule and remedy.
    """
    columns = {name: customers[name] for name in customers.columns if name != "customer_id"}
    rules: dict[str, ibis.Value] = {}
    problems: list[Problem] = []
    lines: dict[Loc, int] = {}
    for name, text in params.segments.items():
        try:
            rules[name] = compile_condition(parse_expression(text), columns)
        except ExpressionError as error:
            loc: Loc = ("segments", name)
            problems.append(Problem(loc, error.text, error.remedy))
            lines[loc] = params.line_of(loc) or 0
    if problems:
        raise params_error(params.path, lines, problems)
    return rules

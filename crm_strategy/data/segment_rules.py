"""What the plan says of segments, as questions about a table of customers."""

from typing import Any

import ibis

from crm_strategy.data.expressions import compile_condition
from crm_strategy.plan.expression import ExpressionError, parse_expression
from crm_strategy.plan.params import Params
from crm_strategy.plan.params_errors import params_error
from crm_strategy.plan.problems import Loc, Problem, instead_of


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
    for name, text in params.segments.items():
        try:
            rules[name] = compile_condition(parse_expression(text), columns)
        except ExpressionError as error:
            problems.append(Problem(("segments", name), error.text, error.remedy))
    refuse(params, problems)
    return rules


LEFT_OUT = (
    "A column that names people, or has a value of its own for most customers, is left out: "
    "crm-strategy check lists those."
)


def kind_terms(params: Params, customers: ibis.Table) -> dict[str, Any]:
    """What `segment_kinds.Sources` needs of the plan: rules, tiers and the map of scores.

    Parameters
    ----------
    params, customers
        As in `segment_rules`.

    Raises
    ------
    ParamsError
        As in `segment_rules`; also where a kind is about a column that customers lack.
    """
    known = attributes_of(customers)
    problems = [
        Problem(
            ("segment_kinds", place),
            f"customers have no attribute '{column}'.",
            f"{instead_of(column, known, what='Attributes')}\n{LEFT_OUT}",
        )
        for place, kind in enumerate(params.segment_kinds)
        for family, _, column in [kind.partition(":")]
        if family == "attribute" and column not in known
    ]
    refuse(params, problems)
    return {
        "rules": segment_rules(params, customers),
        "tiers_by": params.tiers.by,
        "at_least": params.tiers.at_least,
        "shares": params.tiers.shares,
        "bins": params.rfm.bins,
        "segment_map": params.rfm.map,
    }


def attributes_of(customers: ibis.Table) -> list[str]:
    """Columns a kind can be about: what people are, not when something happened."""
    columns = customers.drop("customer_id").schema().items()
    named = [
        name for name, kind in columns if kind.is_string() or kind.is_numeric() or kind.is_boolean()
    ]
    return ["age_band", *named] if "birth_date" in customers.columns else named


def refuse(params: Params, problems: list[Problem]) -> None:
    """Raise a ParamsError of all problems, with their lines; nothing if there are none."""
    if problems:
        lines: dict[Loc, int] = {each.loc: params.line_of(each.loc) or 0 for each in problems}
        raise params_error(params.path, lines, problems)

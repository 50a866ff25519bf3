"""An expression of the plan as a question to the engine."""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from crm_strategy.plan.expression import Expression, ExpressionError
from crm_strategy.plan.expression_parts import (
    Among,
    Binary,
    Literal,
    Missing,
    Name,
    Negative,
    Node,
    Not,
)
from crm_strategy.plan.fields import iso_day
from crm_strategy.plan.problems import instead_of

MOST_SHOWN = 30

_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_RECKON: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    # Nothing comes of dividing by zero: no value, whatever the engine would say.
    "/": lambda left, right: left / right.nullif(0.0),
}


def compile_expression(expression: Expression, columns: Mapping[str, ibis.Value]) -> ibis.Value:
    """The expression over columns of a table, lazy.

    Numbers are reckoned as fractions; text that should be a number is read as one, and is
    missing where it is none. A moment compared with a day is compared by its day. What is
    missing makes all that is reckoned with it missing, and is neither equal nor unequal to
    anything; dividing by zero gives a missing value.

    Parameters
    ----------
    expression
        As `plan.expression` reads it.
    columns
        The columns it may name.

    Raises
    ------
    ExpressionError
        An unknown column, parts that do not go together, or a 0 to divide by.
    """
    for node in expression.name_nodes():
        if node.name not in columns:
            raise _refused(expression, node, f"unknown column '{node.name}'", _near(node, columns))
    return _Compiler(expression, columns).value(expression.root)


def compile_condition(
    expression: Expression, columns: Mapping[str, ibis.Value]
) -> ibis.expr.types.BooleanValue:
    """The expression as a question that is answered yes or no.

    Raises
    ------
    ExpressionError
        As `compile_expression`; also where it gives a number or a text.
    """
    value = compile_expression(expression, columns)
    if not value.type().is_boolean():
        raise _refused(
            expression,
            expression.root,
            "this is a value, not a condition",
            "Compare it: order_count >= 3, say.",
        )
    return value


def _refused(expression: Expression, node: Node, text: str, remedy: str) -> ExpressionError:
    return ExpressionError(text, expression=expression.text, at=node.at, remedy=remedy)


def _is_zero(node: Node) -> bool:
    while isinstance(node, Negative):
        node = node.operand
    return isinstance(node, Literal) and node.value == 0 and not isinstance(node.value, bool)


def _near(node: Name, columns: Mapping[str, ibis.Value]) -> str:
    known = list(columns)
    if len(known) <= MOST_SHOWN:
        return instead_of(node.name, known, what="Columns")
    near = instead_of(node.name, known, what="").removesuffix(f": {', '.join(known)}.")
    return f"{near}Columns: {', '.join(known[:MOST_SHOWN])} and {len(known) - MOST_SHOWN} more."


class _Compiler:
    """One method for each kind of part."""

    def __init__(self, expression: Expression, columns: Mapping[str, ibis.Value]) -> None:
        self._expression = expression
        self._columns = columns

    def value(self, node: Node) -> Any:
        if isinstance(node, Name):
            return self._columns[node.name]
        if isinstance(node, Literal):
            return ibis.literal(node.value)
        if isinstance(node, Negative):
            return -self._number(node.operand)
        if isinstance(node, Not):
            return ~self._condition(node.operand)
        if isinstance(node, Missing):
            return self.value(node.operand).isnull()
        if isinstance(node, Among):
            return self._among(node)
        assert isinstance(node, Binary)
        return self._joined(node)

    def _joined(self, node: Binary) -> Any:
        if node.operator == "and":
            return self._condition(node.left) & self._condition(node.right)
        if node.operator == "or":
            return self._condition(node.left) | self._condition(node.right)
        if node.operator == "/" and _is_zero(node.right):
            raise self._refused(node.right, "this divides by zero", "Divide by another number.")
        if node.operator in _RECKON:
            return _RECKON[node.operator](self._number(node.left), self._number(node.right))
        left, right = self._alike(node)
        return _COMPARE[node.operator](left, right)

    def _condition(self, node: Node) -> Any:
        value = self.value(node)
        if not value.type().is_boolean():
            raise self._refused(node, "this is a value, not a condition", "Compare it: … >= 3.")
        return value

    def _number(self, node: Node) -> Any:
        value = self.value(node)
        kind = value.type()
        if kind.is_numeric() and not kind.is_boolean():
            return value.cast("float64")
        if kind.is_string() and not isinstance(node, Literal):
            return _stated(value)
        raise self._refused(node, "this is no number", "Only numbers can be reckoned with.")

    def _alike(self, node: Binary) -> tuple[Any, Any]:
        """Both sides of a comparison as one type."""
        left, right = self.value(node.left), self.value(node.right)
        return (
            self._like(node.left, left, right.type()),
            self._like(node.right, right, left.type()),
        )

    def _among(self, node: Among) -> Any:
        value = self.value(node.operand)
        kinds = {_family(ibis.literal(each.value).type()) for each in node.values}
        if len(kinds) > 1:
            raise self._refused(
                node.values[0],
                "the list holds texts and numbers",
                "Write all with quotes, or all without.",
            )
        listed = ibis.literal(node.values[0].value).type()
        compared = self._like(node.operand, value, listed)
        return compared.isin(
            [self._like(each, ibis.literal(each.value), value.type()) for each in node.values]
        )

    def _like(self, node: Node, value: Any, kind: dt.DataType) -> Any:
        """A side of a comparison, as it can be compared with one of type `kind`."""
        own, wanted = _family(value.type()), _family(kind)
        if own == wanted:
            return value.date() if own == "day" and value.type().is_timestamp() else value
        if {own, wanted} == {"day", "text"}:
            return self._as_day(node, value)
        if {own, wanted} == {"number", "text"}:
            return self._as_number(node, value)
        raise self._refused(
            node, f"a {own} is compared with a {wanted}", "Compare what is of one kind."
        )

    def _as_day(self, node: Node, value: Any) -> Any:
        if _family(value.type()) == "day":
            return value.date() if value.type().is_timestamp() else value
        day = iso_day(node.value) if isinstance(node, Literal) else None
        if day is None:
            raise self._refused(
                node, "this is compared with a day", 'Write the day as "2026-12-31".'
            )
        return ibis.literal(day, type="date")

    def _as_number(self, node: Node, value: Any) -> Any:
        if _family(value.type()) == "number":
            return value
        if isinstance(node, Literal):
            number = re.fullmatch(r"-?\d+(\.\d+)?", str(node.value).strip())
            remedy = f"Leave the quotes out: {node.value}." if number else "Write a number."
            raise self._refused(node, "a text is compared with a number", remedy)
        return _stated(value)

    def _refused(self, node: Node, text: str, remedy: str) -> ExpressionError:
        return _refused(self._expression, node, text, remedy)


def _family(kind: dt.DataType) -> str:
    if kind.is_boolean():
        return "condition"
    if kind.is_numeric():
        return "number"
    if kind.is_date() or kind.is_timestamp():
        return "day"
    return "text"


def _stated(text: Any) -> Any:
    """The number a text states; missing where it is none, though an engine may take it for one."""
    number = text.try_cast("float64")
    return ibis.ifelse(number.isnan() | number.isinf(), None, number)

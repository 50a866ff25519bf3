"""Columns that the parameters compute of a file's: `amount: "= UnitPrice * Quantity"`."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from crm_strategy.data import engine
from crm_strategy.data.column import ColumnType
from crm_strategy.data.column_errors import Place
from crm_strategy.data.data_finding import DataFinding
from crm_strategy.data.expressions import compile_expression
from crm_strategy.data.guess import find_header
from crm_strategy.data.parse import parse_columns
from crm_strategy.data.source import Source
from crm_strategy.data.unreadable import unreadable_cells
from crm_strategy.errors import DataError
from crm_strategy.plan.data_params import TableParams, computed_text
from crm_strategy.plan.expression import Expression, ExpressionError, parse_expression
from crm_strategy.plan.expression_parts import Among, Binary, Literal, Name, Negative, Node, Not
from crm_strategy.plan.fields import iso_day

ROW = "row"
"""What a row's number is called, unless the file has a column of that name."""


def with_computed(source: Source, given: TableParams, *, place: Place, timezone: str) -> Source:
    """`source` with every computed column, under the name it has in the parameters.

    What is reckoned with, or compared with a number, is read as a number in the file's own
    notation; what is compared with a day, as a day; the rest is text.

    Raises
    ------
    DataError
        An expression names an unknown column, its parts do not go together, or most values
        of a column it reckons with are no numbers.
    """
    for name, wanted in given.columns.items():
        text = computed_text(wanted)
        if text is None:
            continue
        expression = parse_expression(text)
        columns, found = _columns(source, expression, name=name, place=place, timezone=timezone)
        try:
            value = compile_expression(expression, columns)
        except ExpressionError as error:
            raise DataError(
                f"{place.label}: {error.text}\n{error.remedy}\nCorrect {place.columns()}.{name}."
            ) from None
        known = {each.column for each in source.findings}
        new = [each for each in found if each.column not in known]
        source = replace(
            source,
            table=source.table.mutate(**{wanted: value}),
            findings=(*source.findings, *new),
        )
    return source


def _columns(
    source: Source, expression: Expression, *, name: str, place: Place, timezone: str
) -> tuple[dict[str, Any], list[DataFinding]]:
    """The columns an expression may name, those it does name read as what they are used for."""
    table = source.table
    columns: dict[str, Any] = {ROW: _row_number(source)}
    columns |= {header: table[header] for header in source.headers}
    headers = {used: find_header(used, source.headers) for used in expression.names}
    uses = _uses(expression.root)
    wanted: dict[str, tuple[str, ColumnType]] = {
        used: (header, uses.get(used, "text"))
        for used, header in headers.items()
        if header and (used in uses or table[header].type().is_string())
    }
    parsed = parse_columns(source, wanted, timezone=timezone)
    columns |= {used: table[header] for used, header in headers.items() if header}
    columns |= {used: column.value for used, column in parsed.items()}
    bad = {used: column for used, column in parsed.items() if column.bad_count}
    if not bad:
        return columns, []
    counts = table.aggregate(**{used: column.value.count() for used, column in bad.items()})
    read = engine.rows(counts)[0]
    return columns, [
        unreadable_cells(column, name=name, read=read[used], place=place)
        for used, column in bad.items()
    ]


def _row_number(source: Source) -> Any:
    """The row's number in its file; where there are many, after that of the file: 2-17."""
    number = source.table["_row"]
    files = [file.name for file in source.files]
    if len(files) == 1:
        return number
    places = [(name, f"{place}-") for place, name in enumerate(files, 1)]
    return source.table["_file"].cases(*places, else_="") + number.cast("string")


def _uses(root: Node) -> Mapping[str, ColumnType]:
    """As what columns are used that are not text; a number, if as several."""
    uses: dict[str, ColumnType] = {}
    for node, kind in _used(root):
        if isinstance(node, Name) and uses.get(node.name) != "money":
            uses[node.name] = kind
    return uses


def _used(node: Node) -> Iterator[tuple[Node, ColumnType]]:
    if isinstance(node, Negative):
        yield node.operand, "money"
        yield from _used(node.operand)
    elif isinstance(node, Not):
        yield from _used(node.operand)
    elif isinstance(node, Among):
        kinds = {_kind(value) for value in node.values}
        if kinds == {"money"} or kinds == {"timestamp"}:
            yield node.operand, kinds.pop()
        yield from _used(node.operand)
    elif isinstance(node, Binary):
        for side, other in ((node.left, node.right), (node.right, node.left)):
            kind = "money" if node.operator in {"+", "-", "*", "/"} else _kind(other)
            if node.operator in {"<", "<=", ">", ">="} and isinstance(other, Name):
                kind = "money"
            if kind != "text" and node.operator not in {"and", "or"}:
                yield side, kind
            yield from _used(side)


def _kind(node: Node) -> ColumnType:
    """What a part is by itself: a number, a day, or (for all we know) text."""
    if isinstance(node, Literal):
        if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            return "money"
        return "timestamp" if iso_day(node.value) else "text"
    reckons = isinstance(node, Binary) and node.operator in {"+", "-", "*", "/"}
    return "money" if reckons or isinstance(node, Negative) else "text"

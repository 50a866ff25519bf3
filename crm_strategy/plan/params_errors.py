"""Turns what a model refuses into messages with file, line, place and remedy."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from crm_strategy.errors import ParamsError
from crm_strategy.plan.problems import Loc, Problem, RefusedError, dotted, instead_of


def params_error(path: Path, lines: Mapping[Loc, int], problems: Iterable[Problem]) -> ParamsError:
    """One error that lists the problems in the order of the file."""
    located = [(nearest_line(lines, problem.loc), problem) for problem in problems]
    located.sort(key=lambda each: each[0] or 0)
    return ParamsError("\n".join(_message(path, line, problem) for line, problem in located))


def nearest_line(lines: Mapping[Loc, int], loc: Loc) -> int | None:
    """The line of a place, else of what holds it; None for the file as a whole."""
    for end in range(len(loc), 0, -1):
        if loc[:end] in lines:
            return lines[loc[:end]]
    return None


def model_problems(model: type[BaseModel], error: ValidationError) -> list[Problem]:
    """Each refusal of `model` as a problem."""
    return [
        _problem(model, details)
        for details in error.errors(include_url=False)
        # A default that hangs on another field: that field is refused, and says so itself.
        if details["type"] != "default_factory_not_called"
    ]


def _message(path: Path, line: int | None, problem: Problem) -> str:
    where = f"{path}, line {line}" if line else f"{path}"
    return f"{where}, {dotted(problem.loc)}: {problem.text}\n{problem.remedy}"


def _problem(model: type[BaseModel], details: ErrorDetails) -> Problem:
    loc = tuple(part for part in details["loc"] if part != "[key]")
    value, context, kind = details["input"], details.get("ctx", {}), details["type"]
    refused = context.get("error")
    if isinstance(refused, RefusedError):
        return Problem(loc, refused.text, refused.remedy)
    holder = _model_at(model, loc[:-1])
    if kind == "extra_forbidden" and str(loc[-1]).isdigit() and value is None:
        # In {target: 0,38} the comma ends a pair, and 38 is the next key.
        return Problem(loc, "a number alone.", f"A decimal comma? Write a point: 0.{loc[-1]}.")
    if kind == "extra_forbidden":
        return Problem(loc, "unknown key.", instead_of(str(loc[-1]), _fields(holder)))
    if kind == "missing":
        return Problem(loc, "missing.", f"Add {loc[-1]}: {_description(holder, loc[-1])}.")
    text, remedy = _type_problem(kind, value, context)
    description = _description(holder, loc[-1])
    return Problem(loc, text, remedy + (f" {loc[-1]}: {description}." if description else ""))


def _type_problem(kind: str, value: Any, context: Mapping[str, Any]) -> tuple[str, str]:
    shown = _shown(value)
    if value is None:
        return "no value.", "Write one after the colon, or remove the key."
    if kind == "literal_error":
        return f"{shown} is not known here.", instead_of(str(value), _choices(context["expected"]))
    if kind == "int_type":
        return f"{shown} is not a whole number.", "Write digits alone, such as 10."
    if kind in {"float_type", "finite_number"}:
        return f"{shown} is not a number.", "Write digits with a decimal point, such as 0.38."
    if kind == "string_type" and not isinstance(value, (dict, list)):
        return f"{shown} is not text.", f'Put it in quotes: "{value}".'
    if kind == "string_type":
        return f"{shown} is not text.", "Write one text."
    if kind == "string_too_short":
        return "empty.", "Write a text, or remove the key."
    if kind in _BOUNDS:
        name, wrong, right = _BOUNDS[kind]
        bound = f"{context[name]:g}"
        return f"{shown} is {wrong} {bound}.", f"Write {right} {bound}."
    if kind in {"model_type", "dict_type"}:
        return f"{shown} is not a set of 'key: value' pairs.", "Write {key: value, …}."
    if kind == "tuple_type":
        return f"{shown} is not a list.", "Write [one, another], or a line with '- ' for each."
    return f"{shown} is refused ({kind.replace('_', ' ')}).", "Write another value."


_BOUNDS = {
    "greater_than_equal": ("ge", "less than", "at least"),
    "less_than_equal": ("le", "more than", "at most"),
}


def _choices(expected: str) -> list[str]:
    # Pydantic writes them as 'a', 'b' or 'c'; marks such as ',' keep their quotes.
    words = re.findall("'([^']*)'", expected)
    return [word if word.isidentifier() else f"'{word}'" for word in words]


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a set of 'key: value' pairs"
    if isinstance(value, (list, tuple)):
        return "a list"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text[:80]}'"


def _fields(model: type[BaseModel] | None) -> list[str]:
    return list(model.model_fields) if model else []


def _description(model: type[BaseModel] | None, name: str | int) -> str:
    field = model.model_fields.get(str(name)) if model else None
    return (field.description or "") if field else ""


def _model_at(model: type[BaseModel], loc: Loc) -> type[BaseModel] | None:
    kind: Any = model
    for part in loc:
        kind = _inside(_bare(kind), part)
    kind = _bare(kind)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _inside(kind: Any, part: str | int) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        field = kind.model_fields.get(str(part))
        return field.annotation if field else None
    arguments = get_args(kind)
    if get_origin(kind) is dict:
        return arguments[1]
    return arguments[0] if arguments else None


def _bare(kind: Any) -> Any:
    """Without Annotated, and without the None of an optional field."""
    while get_origin(kind) in {Annotated, Union, UnionType}:
        kind = next(each for each in get_args(kind) if each is not type(None))
    return kind

"""The words of an expression: names, numbers, texts and signs, each with its place."""

import re
from dataclasses import dataclass
from typing import Literal as OneOf

from crm_strategy.plan.problems import RefusedError

MOST_CHARACTERS = 2_000
"""Longer expressions are lists that belong in a column of the data."""

KEYWORDS = frozenset({"and", "or", "not", "in", "is", "missing", "true", "false"})
"""Words of the language, in any case; a column of such a name stands in backticks."""

_SHOWN = 60
_CURLY = "“”„«»‘’‚"
_PART = re.compile(
    r"""
    (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<text>"[^"]*"|'[^']*')
    |(?P<word>[^\W\d]\w*)
    |(?P<name>`[^`]*`)
    |(?P<sign>==|!=|<=|>=|[<>=+\-*/(),\[\]])
    """,
    re.VERBOSE,
)
_BRACKETED = re.compile(r"\[([^\[\]]*)\]")

Kind = OneOf["number", "text", "keyword", "name", "sign", "end"]


@dataclass(frozen=True)
class Token:
    """One word: what it is, as the parser reads it, and its first character's place from 0."""

    kind: Kind
    word: str
    at: int


class ExpressionError(RefusedError):
    """An expression cannot be read or used: what, where, with a caret below the place.

    `at` is the place from 0; messages count characters from 1.
    """

    def __init__(self, text: str, *, expression: str, at: int, remedy: str) -> None:
        super().__init__(f"{text} (character {at + 1}).", f"{_pointed(expression, at)}\n{remedy}")
        self.at = at

    def __str__(self) -> str:
        return f"{self.text}\n{self.remedy}"


def tokens(expression: str) -> list[Token]:
    """The words of an expression; the last one is its end.

    Raises
    ------
    ExpressionError
        Too long, empty, or a character that belongs to no word.
    """
    if len(expression) > MOST_CHARACTERS:
        raise ExpressionError(
            f"{len(expression):,} characters long; at most {MOST_CHARACTERS:,} are read",
            expression=expression,
            at=MOST_CHARACTERS,
            remedy="Write a shorter one, or add a column to the data and compare that.",
        )
    found: list[Token] = []
    place = _blanks(expression, 0)
    while place < len(expression):
        token, after = _token(expression, place, found[-1] if found else None)
        found.append(token)
        place = _blanks(expression, after)
    if not found:
        raise ExpressionError(
            "nothing is written",
            expression=expression,
            at=0,
            remedy='Write a rule, such as order_count >= 3 and country == "DE".',
        )
    return [*found, Token("end", "", len(expression.rstrip()))]


def _token(expression: str, place: int, before: Token | None) -> tuple[Token, int]:
    # After 'in' a bracket opens a list; anywhere else it holds a name with blanks.
    opens_list = before is not None and before.kind == "keyword" and before.word == "in"
    bracketed = None if opens_list else _BRACKETED.match(expression, place)
    if bracketed:
        return _name(expression, place, bracketed.group(1)), bracketed.end()
    match = _PART.match(expression, place)
    if match is None:
        raise _unreadable(expression, place)
    word, after = match.group(), match.end()
    if match.lastgroup == "number":
        return Token("number", word, place), after
    if match.lastgroup == "text":
        return Token("text", word[1:-1], place), after
    if match.lastgroup == "name":
        return _name(expression, place, word[1:-1]), after
    if match.lastgroup == "sign":
        return Token("sign", word, place), after
    if word.lower() in KEYWORDS:
        return Token("keyword", word.lower(), place), after
    return Token("name", word, place), after


def _name(expression: str, place: int, name: str) -> Token:
    if not name.strip():
        raise ExpressionError(
            "a name is empty",
            expression=expression,
            at=place,
            remedy="Write the column's name between the marks: `Order date`.",
        )
    return Token("name", name.strip(), place)


def _unreadable(expression: str, place: int) -> ExpressionError:
    character = expression[place]
    if character in "\"'`":
        text, remedy = f"{character} is never closed", f"Add {character} where it ends."
    elif character in _CURLY:
        text, remedy = f"'{character}' is no quote here", 'Write straight quotes: "DE".'
    else:
        shown = character if character.isprintable() else f"U+{ord(character):04X}"
        text = f"'{shown}' means nothing here"
        remedy = (
            "Compare with == != < <= > >=, join with and, or, not; names with blanks or signs "
            "stand in backticks: `Order date`."
        )
    return ExpressionError(text, expression=expression, at=place, remedy=remedy)


def _blanks(expression: str, place: int) -> int:
    while place < len(expression) and expression[place].isspace():
        place += 1
    return place


def _pointed(expression: str, at: int) -> str:
    """The line around a place, and a caret below it."""
    one_line = "".join(each if each.isprintable() else " " for each in expression)
    start = max(0, at - _SHOWN + 10)
    end = start + _SHOWN
    before = "…" if start else ""
    after = "…" if end < len(one_line) else ""
    shown = f"    {before}{one_line[start:end]}{after}".rstrip()
    return f"{shown}\n{' ' * (4 + len(before) + at - start)}^"

"""A small, safe language of rules: `country == "DE" and order_count >= 3`.

Names are columns, in backticks or brackets where they hold blanks or signs; texts stand in
straight quotes; `+ - * /` reckon, `== != < <= > >=` compare, `in ["DE", "FR"]` and
`is missing` ask, `and`, `or`, `not` join. An expression is read into the parts below and
never run as code; `data.expressions` turns it into a question to the engine.
"""

from crm_strategy.plan.expression_parts import (
    Among,
    Binary,
    Expression,
    Literal,
    Missing,
    Name,
    Negative,
    Node,
    Not,
)
from crm_strategy.plan.expression_tokens import ExpressionError, Token, tokens

__all__ = ["Expression", "ExpressionError", "parse_expression"]

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
MOST_NESTED = 40
"""Brackets within brackets."""

MOST_LEVELS = 100
"""Operations that wait for one another; engines read no expressions without end."""

_MOST_EXACT = 2**53


def parse_expression(text: str) -> Expression:
    """Read an expression.

    Raises
    ------
    ExpressionError
        It cannot be read: what is wrong, its character, a caret below it and the remedy.
    """
    return Expression(text, _Parser(text).whole())


class _Parser:
    """One method for each level of binding, loosest first."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._next = 0
        self._nested = 0

    def whole(self) -> Node:
        root = self._either()
        if self._here.kind != "end":
            raise self._unexpected("Compare with == < >, join with and, or, not.")
        return root

    def _either(self) -> Node:
        left = self._both()
        while token := self._taken("keyword", "or"):
            left = self._joined(token, left, self._both())
        return left

    def _both(self) -> Node:
        left = self._negated()
        while token := self._taken("keyword", "and"):
            left = self._joined(token, left, self._negated())
        return left

    def _negated(self) -> Node:
        token = self._taken("keyword", "not")
        if token is None:
            return self._comparison()
        self._enter(token)
        operand = self._negated()
        self._nested -= 1
        return Not(token.at, self._levels(token, operand), operand)

    def _comparison(self) -> Node:
        left = self._sum()
        token = self._taken("sign", *COMPARISONS)
        if token:
            compared = self._joined(token, left, self._sum())
            if self._here.kind == "sign" and self._here.word in COMPARISONS:
                raise self._refusal(
                    "two comparisons in a row", "Join them: 1 < age and age < 30, say.", self._here
                )
            return compared
        if token := self._taken("keyword", "is"):
            negated = self._taken("keyword", "not")
            self._needed("keyword", "missing")
            asked: Node = Missing(token.at, self._levels(token, left), left)
            return Not(token.at, self._levels(token, asked), asked) if negated else asked
        negated = self._taken("keyword", "not")
        if token := self._taken("keyword", "in"):
            among: Node = Among(token.at, self._levels(token, left), left, self._list())
            return Not(token.at, self._levels(token, among), among) if negated else among
        if negated:
            raise self._refusal("'not' stands between two values", 'Write not in ["DE"].', negated)
        return left

    def _list(self) -> tuple[Literal, ...]:
        self._needed("sign", "[")
        values = [self._listed()]
        while self._taken("sign", ","):
            values.append(self._listed())
        self._needed("sign", "]")
        return tuple(values)

    def _listed(self) -> Literal:
        place = self._here
        value = self._signed()
        if isinstance(value, Negative) and isinstance(value.operand, Literal):
            number = value.operand.value
            if isinstance(number, (int, float)) and not isinstance(number, bool):
                return Literal(value.at, 0, -number)
        if not isinstance(value, Literal):
            raise self._refusal("a list holds values alone", 'Write in ["DE", "FR"].', place)
        return value

    def _sum(self) -> Node:
        left = self._product()
        while token := self._taken("sign", "+", "-"):
            left = self._joined(token, left, self._product())
        return left

    def _product(self) -> Node:
        left = self._signed()
        while token := self._taken("sign", "*", "/"):
            left = self._joined(token, left, self._signed())
        return left

    def _signed(self) -> Node:
        token = self._taken("sign", "-")
        if token is None:
            return self._value()
        self._enter(token)
        operand = self._signed()
        self._nested -= 1
        return Negative(token.at, self._levels(token, operand), operand)

    def _value(self) -> Node:
        token = self._here
        if self._taken("sign", "("):
            self._enter(token)
            inside = self._either()
            self._needed("sign", ")")
            self._nested -= 1
            return inside
        if token.kind in {"number", "text", "name"} or token.word in {"true", "false"}:
            self._next += 1
        if token.kind == "name":
            return Name(token.at, 0, token.word)
        if token.kind == "text":
            return Literal(token.at, 0, token.word)
        if token.kind == "number":
            return Literal(token.at, 0, self._number(token))
        if token.kind == "keyword" and token.word in {"true", "false"}:
            return Literal(token.at, 0, token.word == "true")
        raise self._unexpected()

    def _number(self, token: Token) -> int | float:
        value = float(token.word)
        if value == float("inf"):
            raise self._refusal("the number is too large", "Write a number below 1e308.", token)
        whole = token.word.isdecimal() and value < _MOST_EXACT
        return int(token.word) if whole else value

    @property
    def _here(self) -> Token:
        return self._tokens[self._next]

    def _taken(self, kind: str, *words: str) -> Token | None:
        token = self._here
        if token.kind != kind or token.word not in words:
            return None
        self._next += 1
        return token

    def _needed(self, kind: str, word: str) -> None:
        if not self._taken(kind, word):
            raise self._unexpected(f"Write {word} here.")

    def _joined(self, token: Token, left: Node, right: Node) -> Binary:
        return Binary(token.at, self._levels(token, left, right), token.word, left, right)

    def _levels(self, token: Token, *parts: Node) -> int:
        levels = 1 + max(part.levels for part in parts)
        if levels > MOST_LEVELS:
            raise self._refusal(
                f"more than {MOST_LEVELS} operations hang on one another",
                'Write a shorter one; country in ["DE", "FR"] takes the place of many or.',
                token,
            )
        return levels

    def _enter(self, token: Token) -> None:
        self._nested += 1
        if self._nested > MOST_NESTED:
            raise self._refusal(
                f"nested more than {MOST_NESTED} deep", "Write fewer brackets.", token
            )

    def _unexpected(
        self, remedy: str = "Write a name, a number or a text here."
    ) -> ExpressionError:
        token = self._here
        if token.kind == "end":
            return self._refusal("it ends too early", remedy, token)
        if token.word == "=":
            return self._refusal("'=' compares nothing", "Write == to compare.", token)
        return self._refusal(f"'{token.word}' does not fit here", remedy, token)

    def _refusal(self, text: str, remedy: str, token: Token) -> ExpressionError:
        return ExpressionError(text, expression=self._text, at=token.at, remedy=remedy)

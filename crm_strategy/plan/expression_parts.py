"""The parts an expression is read into: a tree of columns, values and what joins them."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """A part of an expression: its place from 0, and how many levels of parts it holds."""

    at: int
    levels: int


@dataclass(frozen=True)
class Literal(Node):
    """A text, number, true or false."""

    value: str | int | float | bool


@dataclass(frozen=True)
class Name(Node):
    """A column."""

    name: str


@dataclass(frozen=True)
class Negative(Node):
    """−operand."""

    operand: Node


@dataclass(frozen=True)
class Not(Node):
    """Not operand."""

    operand: Node


@dataclass(frozen=True)
class Binary(Node):
    """Two parts joined by one of + - * / == != < <= > >= and or; `at` is the sign's place."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Among(Node):
    """Whether operand is one of the values."""

    operand: Node
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class Missing(Node):
    """Whether operand has no value."""

    operand: Node


@dataclass(frozen=True)
class Expression:
    """What was written, and the parts it was read into."""

    text: str
    root: Node

    @property
    def names(self) -> tuple[str, ...]:
        """The columns it needs, each once, in the order they stand."""
        return tuple(dict.fromkeys(each.name for each in self.name_nodes()))

    def name_nodes(self) -> list[Name]:
        """Every mention of a column, in the order they stand."""
        return sorted(_names(self.root), key=lambda each: each.at)

    def __str__(self) -> str:
        return self.text


def _names(root: Node) -> Iterator[Name]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Name):
            yield node
        elif isinstance(node, Binary):
            waiting += [node.left, node.right]
        elif isinstance(node, (Negative, Not, Among, Missing)):
            waiting.append(node.operand)

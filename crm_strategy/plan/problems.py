"""One thing wrong in a parameters file: where, what, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

Loc = tuple[str | int, ...]
"""A place in the file: `("goals", 0, "target")`."""


@dataclass(frozen=True)
class Problem:
    """What is wrong at a place, and the remedy, each in one sentence or more."""

    loc: Loc
    text: str
    remedy: str


class RefusedError(ValueError):
    """A value a field refuses: the problem, and its remedy."""

    def __init__(self, text: str, remedy: str) -> None:
        super().__init__(text)
        self.text = text
        self.remedy = remedy


def dotted(loc: Loc) -> str:
    """The place as it is written in a message: `goals[0].target`."""
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`Did you mean 'revenue'? ` for `revenu`; nothing when no known word is near."""
    by_folded = {each.casefold(): each for each in known}
    near = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return f"Did you mean '{by_folded[near[0]]}'? " if near else ""


def instead_of(word: str, known: Iterable[str], *, what: str = "Known here") -> str:
    """The nearest known word, then all of them: the remedy for an unknown one."""
    words = list(known)
    return f"{did_you_mean(word, words)}{what}: {', '.join(words) or 'none'}."

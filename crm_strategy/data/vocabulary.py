"""Words people use in headers, statuses and currencies, and what they mean (`generic.yml`)."""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from babel.numbers import list_currencies
from ruamel.yaml import YAML

PRESETS = Path(__file__).with_name("presets")

STAGE_GROUPS = ("won", "lost", "open")
"""What a status can say about a sale."""

_UNIT = re.compile(
    r"[\s,(\[]+(руб(лей|ля)?\.?|р\.|₽|rub|rur|usd|eur|gbp|€|\$|£|шт\.?|ед\.?|pcs\.?|%)\s*[)\]]?$",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-zа-яё0-9])(?=[A-ZА-ЯЁ])|(?<=[A-ZА-ЯЁ])(?=[A-ZА-ЯЁ][a-zа-яё])")
_LOOK_ALIKES = str.maketrans("abcehkmoptxy", "авсенкмортху")


def header_words(header: str) -> list[str]:
    """The words of a header: case, ё/е, punctuation, units and camelCase aside.

    `CustomerID*` gives customer, id; `Сумма, руб.` gives сумма. Latin letters inside a
    Russian word are read as the Russian letters they look like.
    """
    # NFKC would turn № into the letters No, and «№ заказа» into one Latin-Cyrillic word.
    text = unicodedata.normalize("NFKC", header.replace("№", " номер ")).strip()
    text = _CAMEL.sub(" ", _UNIT.sub("", text))
    words = re.findall(r"[^\W_]+", text.casefold().replace("ё", "е"))
    return [_one_alphabet(word) for word in words]


def fold(header: str) -> str:
    """One spelling of a header: two headers that say the same fold alike."""
    return "".join(header_words(header))


@cache
def load_preset_file(path: Path) -> dict[str, Any]:
    """The contents of one presets file."""
    with path.open(encoding="utf-8") as file:
        contents: dict[str, Any] = YAML(typ="safe", pure=True).load(file)
    return contents


@cache
def aliases(table: str) -> dict[str, tuple[str, ...]]:
    """Folded headers by canonical column of a table, the likeliest first."""
    known: dict[str, list[str]] = _generic("aliases").get(table, {})
    return {
        column: tuple(dict.fromkeys([fold(column), *map(fold, headers)]))
        for column, headers in known.items()
    }


def stage_of(status: str) -> str | None:
    """What a status says about the sale: won, lost or open; None when unknown.

    A whole status counts before a beginning, a longer beginning before a shorter one.
    Bitrix24's pipeline prefix (`C4:WON`) is taken off.
    """
    text = _status_text(status)
    exact, beginnings = _stage_words()
    if text in exact:
        return exact[text]
    return next((group for start, group in beginnings if text.startswith(start)), None)


def is_refunded(status: str) -> bool:
    """Whether a status says that a sale was taken back after it was made."""
    text = _status_text(status)
    words: list[str] = load_preset_file(PRESETS / "generic.yml")["refunded"]
    return any(text.startswith(each[:-1]) if each.endswith("*") else text == each for each in words)


def currency_code(text: str) -> str | None:
    """ISO code of a currency as files write it (`руб.`, `₽`, `100 €`); None when unknown."""
    name = re.sub(r"[\d\s.,'’\u00a0\u202f\u2009()+−-]+", " ", text).strip().casefold()
    name = name.replace("ё", "е")
    if not name:
        return None
    code = _currency_names().get(name)
    return name.upper() if code is None and name.upper() in list_currencies() else code


def header_currency(header: str) -> str | None:
    """The currency a header names as its unit: `Сумма, руб.` is in RUB."""
    unit = _UNIT.search(unicodedata.normalize("NFKC", header).strip())
    return currency_code(unit[1]) if unit else None


def value_of(subject: str, text: str) -> str | None:
    """The canonical word for a cell of a column that allows few (`cost_item`), or None."""
    folded = fold(text)
    words: dict[str, list[str]] = _generic("values")[subject]
    return next((word for word, texts in words.items() if folded in map(fold, texts)), None)


def is_personal(header: str) -> bool:
    """Whether a header says that its column names or locates a person."""
    rules = _personal()
    words = header_words(header)
    folded = "".join(words)
    if folded in rules["allowed"]:
        return False
    return (
        folded in rules["whole"]
        or folded in rules["compounds"]
        or any(word in rules["words"] or word in rules["compounds"] for word in words)
        or {"e", "mail"} <= set(words)
    )


def may_name_people(header: str) -> bool:
    """Whether a header such as Customer holds ids in one file and names in another."""
    return fold(header) in _personal()["whole"] - _personal()["words"]


def special_category(header: str) -> str | None:
    """The special category of personal data a header speaks of (`health`, …), or None."""
    text = " ".join(header_words(header))
    for category, beginnings in _generic("special").items():
        for beginning in beginnings:
            ending = r"\b" if beginning.endswith(".") else ""
            if re.search(rf"\b{re.escape(beginning.rstrip('.'))}{ending}", text):
                return str(category)
    return None


def _status_text(status: str) -> str:
    text = re.sub(r"^C\d+:", "", status.strip())
    return " ".join(header_words(text))


def _one_alphabet(word: str) -> str:
    return word.translate(_LOOK_ALIKES) if re.search("[а-я]", word) else word


def _generic(part: str) -> dict[str, Any]:
    contents: dict[str, Any] = load_preset_file(PRESETS / "generic.yml")[part]
    return contents


@cache
def _stage_words() -> tuple[dict[str, str], list[tuple[str, str]]]:
    exact: dict[str, str] = {}
    beginnings: list[tuple[str, str]] = []
    for group, statuses in _generic("stages").items():
        for status in statuses:
            text = " ".join(header_words(status))
            if status.endswith("*"):
                beginnings.append((text, group))
            else:
                exact[text] = group
    return exact, sorted(beginnings, key=lambda each: -len(each[0]))


@cache
def _currency_names() -> dict[str, str]:
    return {
        str(name).casefold().replace("ё", "е"): str(code)
        for code, names in _generic("currencies").items()
        for name in names
    }


@cache
def _personal() -> dict[str, frozenset[str]]:
    return {kind: frozenset(map(fold, headers)) for kind, headers in _generic("personal").items()}

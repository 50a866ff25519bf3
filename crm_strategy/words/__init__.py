"""Every printed word, in English and Russian, and how numbers are written.

Texts live in gettext catalogues, one domain a subject: `words/<language>/<domain>.po`.
A key names domain and entry: `say("kpis.revenue.name")` reads the entry `revenue.name` of
`kpis.po`. Entries are templates for `str.format`: values come already formatted.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path

from babel.core import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.plural import PluralRule

from crm_strategy.errors import CrmStrategyError

LANGUAGES = ("en", "ru")
"""Languages every word exists in; the first is the fallback of none."""


@dataclass(frozen=True)
class Voice:
    """How a report speaks: its language, its money, and the smallest group it may show.

    `labels` are the client's own names, in the report's language: `{"channel.email": "E-mail"}`.
    `as_of` is the last day observed, for source lines.
    """

    language: str = "en"
    currency: str = "EUR"
    min_cell: int = 10
    labels: Mapping[str, str] = field(default_factory=dict)
    as_of: date | None = None


# One notebook speaks with one voice; a context variable would not outlive a notebook's cell.
_voice = Voice()


def voice() -> Voice:
    """The voice in use."""
    return _voice


def speak(**changes: object) -> Voice:
    """Change the voice from here on: `speak(language="ru", currency="RUB", min_cell=10)`."""
    global _voice
    changed = replace(_voice, **changes)  # type: ignore[arg-type]
    if changed.language not in LANGUAGES:
        raise CrmStrategyError(
            f"Unknown language {changed.language!r}; known are {', '.join(LANGUAGES)}."
        )
    _voice = changed
    return changed


@contextmanager
def speaking(**changes: object) -> Iterator[Voice]:
    """Change the voice for a `with` block."""
    global _voice
    before = _voice
    try:
        yield speak(**changes)
    finally:
        _voice = before


def say(key: str, /, **values: object) -> str:
    """The text of `key` in the voice's language, with `values` filled in.

    Raises
    ------
    KeyError
        No such entry: a word is missing from the catalogue.
    """
    domain, _, entry = key.partition(".")
    return _text(voice().language, domain, entry).format(**values)


def say_count(key: str, count: int, /, **values: object) -> str:
    """The plural form of `key` that fits `count`; `{n}` in it is the formatted count."""
    from crm_strategy.words.numbers import format_count

    language = voice().language
    domain, _, entry = key.partition(".")
    message = _catalogue(language, domain).get(entry)
    forms = message.string if message else None
    if not isinstance(forms, (list, tuple)):
        raise KeyError(f"{key} has no plural forms ({language})")
    form = str(forms[_plural_form(language, count)])
    return form.format(n=format_count(count), **values)


def known(key: str) -> bool:
    """Whether the catalogue of the voice's language holds `key`."""
    domain, _, entry = key.partition(".")
    return _path(voice().language, domain).exists() and (
        _catalogue(voice().language, domain).get(entry) is not None
    )


def label(kind: str, name: object) -> str:
    """The client's own name for a channel, a touchpoint, …; the id itself when it has none."""
    return voice().labels.get(f"{kind}.{name}", str(name))


def _plural_form(language: str, count: int) -> int:
    # gettext's order of forms: English one, other; Russian one, few, many.
    order = {"en": ("one", "other"), "ru": ("one", "few", "many")}[language]
    rule: PluralRule = Locale.parse(language).plural_form
    form = rule(abs(count))
    return order.index(form) if form in order else len(order) - 1


def _text(language: str, domain: str, entry: str) -> str:
    message = _catalogue(language, domain).get(entry)
    if message is None or not message.string:
        raise KeyError(f"{domain}.{entry} ({language})")
    string = message.string
    return string if isinstance(string, str) else string[-1]


def _path(language: str, domain: str) -> Path:
    return Path(__file__).with_name(language) / f"{domain}.po"


@cache
def _catalogue(language: str, domain: str) -> Catalog:
    path = _path(language, domain)
    if not path.exists():
        raise KeyError(f"no catalogue {path.parent.name}/{path.name}")
    with path.open("rb") as file:
        return read_po(file, locale=language)

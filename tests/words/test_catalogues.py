"""The catalogues say the same in both languages: same entries, same placeholders."""

import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from crm_strategy import words
from crm_strategy.analysis.rfm import SEGMENTS
from crm_strategy.words.kpis import KPIS

FOLDER = Path(words.__file__).parent
DOMAINS = sorted({path.stem for path in FOLDER.glob("*/*.po")})
FORMS = {"en": 2, "ru": 3}
ENDED = (".void", ".note", ".alt", ".message")
PROPER = frozenset(
    {
        # Names, abbreviations and notations that Russian business writing keeps in Latin.
        *("CRM", "RFM", "NPS", "CSAT", "ROI", "CAC", "LTV", "KPI", "SMS", "HTML", "Excel", "SHA"),
        *("CSV", "XLSX", "YAML", "JSON", "Parquet", "UTF", "ID", "id", "n", "XmR", "Bitrix"),
    }
)


def entries(language: str, domain: str) -> dict[str, tuple[str, ...]]:
    with (FOLDER / language / f"{domain}.po").open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    return {_key(message): _texts(message) for message in catalogue if message.id}


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _texts(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("domain", DOMAINS)
def test_both_languages_have_the_same_entries_with_the_same_placeholders(domain):
    english, russian = (entries(language, domain) for language in words.LANGUAGES)
    assert sorted(english) == sorted(russian)
    for key, texts in english.items():
        said = set().union(*map(placeholders, texts))
        for text in (*texts, *russian[key]):
            assert placeholders(text) == said, f"{domain}.{key}"


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("domain", DOMAINS)
def test_no_text_is_empty_and_plurals_have_all_their_forms(domain, language):
    for key, texts in entries(language, domain).items():
        assert all(text.strip() for text in texts), f"{domain}.{key}"
        assert len(texts) in (1, FORMS[language]), f"{domain}.{key}"


@pytest.mark.parametrize("domain", ["views", "segments", "lifecycle"])
def test_russian_has_no_english_word_but_names_and_code(domain):
    for key, texts in entries("ru", domain).items():
        if key.endswith(".kpi"):  # The id of a KPI, not a text.
            continue
        for text in texts:
            plain = re.sub(r"`[^`]*`|\{[^}]*\}", " ", text)
            assert set(re.findall(r"[A-Za-z]+", plain)) <= PROPER, f"{domain}.{key}"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_segment_has_a_name_a_meaning_an_action_and_a_kpi(language):
    with words.speaking(language=language):
        for segment in SEGMENTS:
            said = [
                words.say(f"segments.{segment}.{part}") for part in ("name", "meaning", "action")
            ]
            assert len(set(said)) == 3
            assert words.say(f"segments.{segment}.kpi") in KPIS


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_stage_of_the_lifecycle_is_named_and_defined(language):
    with words.speaking(language=language):
        for stage in ("new", "retained", "returned", "lapsed", "active"):
            assert words.say(f"lifecycle.{stage}")
            assert words.say(f"lifecycle.{stage}.definition").endswith(".")


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_printed_sentence_of_the_views_ends_as_one(language):
    for key, texts in entries(language, "views").items():
        if key.startswith(("table.", "chart.")) and key.endswith(ENDED):
            assert all(text.endswith((".", "}")) for text in texts), key

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import crm_strategy.words

PROPER_NAMES = {"CRM", "Excel", "HTML", "crm_strategy"}


def entries(language):
    path = Path(crm_strategy.words.__file__).with_name(language) / "report.po"
    with path.open("rb") as file:
        read = read_po(file, locale=language)
    strings = {message.id: message.string for message in read if message.id}
    return {
        (key if isinstance(key, str) else key[0]): (text,) if isinstance(text, str) else text
        for key, text in strings.items()
    }


def test_both_languages_say_the_same_things():
    english, russian = entries("en"), entries("ru")
    assert english.keys() == russian.keys()
    for key, forms in english.items():
        fields = {name for form in forms for name in re.findall(r"{(\w+)}", form)}
        assert {name for form in russian[key] for name in re.findall(r"{(\w+)}", form)} == fields
        assert all(forms)
        assert all(russian[key])


@pytest.mark.parametrize("key", sorted(entries("ru")))
def test_russian_holds_no_latin_words_but_proper_names(key):
    for form in entries("ru")[key]:
        said = re.sub(r"{\w+}", "", form)
        assert set(re.findall(r"[A-Za-z_]{2,}", said)) <= PROPER_NAMES

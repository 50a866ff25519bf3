import json

from crm_strategy.plan.text import Text, printed
from crm_strategy.words import speaking


def test_one_text_is_the_same_in_every_language():
    text = Text.model_validate("Newsletter")

    assert text.in_language("en") == text.in_language("ru") == "Newsletter"


def test_a_text_for_each_language_is_printed_in_the_reports():
    text = Text(en="Newsletter", ru="Рассылка")

    with speaking(language="en"):
        assert printed(text) == "Newsletter"
    with speaking(language="ru"):
        assert printed(text) == "Рассылка"


def test_a_language_not_written_falls_back_to_the_other():
    assert Text(en="Newsletter").in_language("ru") == "Newsletter"
    assert Text(ru="Рассылка").in_language("en") == "Рассылка"


def test_no_text_is_printed_as_none():
    assert printed(None) is None


def test_a_text_survives_being_written_as_json():
    for text in (Text(en="Newsletter"), Text(en="Newsletter", ru="Рассылка")):
        assert Text.model_validate(json.loads(text.model_dump_json())) == text

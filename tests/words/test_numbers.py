from datetime import date

import pytest

from crm_strategy.words import speaking
from crm_strategy.words.numbers import format_interval, format_value

# Every pair is printed in the report's look: number kind, value, English, Russian.
LOOK = [
    ("count", 1245715, "1,245,715", "1 245 715"),
    ("ratio", 1.8, "1.80", "1,80"),
    ("share", 0.758, "75.8%", "75,8 %"),
    ("points", -0.033, "−3.3 pp", "−3,3 п. п."),
    ("change", 0.014, "+1.4%", "+1,4 %"),
    ("change", -0.00001, "0.0%", "0,0 %"),
    ("money", 1245715, "€1,245,715", "1 245 715 €"),
    ("money", -12.4, "−€12", "−12 €"),
    ("money", -0.2, "€0", "0 €"),
    ("unit_money", 71.2, "€71.20", "71,20 €"),
    ("short_money", 1249999, "€1.25M", "1,25 млн €"),
    ("short_money", 17600, "€17.6k", "17,6 тыс. €"),
    ("short_money", 999_600, "€1.00M", "1,00 млн €"),
    ("short_money", 810, "€810", "810 €"),
    ("date", date(2026, 9, 30), "30 Sep 2026", "30.09.2026"),
    ("date", "2026-09-30", "30 Sep 2026", "30.09.2026"),
    ("month", date(2026, 9, 1), "Sep 2026", "сент. 2026"),
    ("money", None, "–", "–"),
    ("share", float("nan"), "–", "–"),
    ("ratio", float("inf"), "–", "–"),
    ("text", "plain", "plain", "plain"),
]


@pytest.mark.parametrize(("kind", "value", "english", "russian"), LOOK)
def test_numbers_are_written_as_the_look_says(
    kind: str, value: object, english: str, russian: str
) -> None:
    for language, expected in (("en", english), ("ru", russian)):
        with speaking(language=language, currency="EUR"):
            printed = format_value(value, kind)
        assert printed.replace("\u00a0", " ").replace("\u202f", " ") == expected


def test_spaces_inside_numbers_do_not_break() -> None:
    with speaking(language="ru", currency="RUB"):
        assert " " not in format_value(1234567, "money")


def test_an_interval_names_its_unit_once() -> None:
    with speaking(language="en"):
        assert format_interval(0.974, 0.991, "share") == "97.4–99.1%"
    with speaking(language="ru"):
        assert format_interval(0.974, 0.991, "share") == "97,4–99,1\u00a0%"


@pytest.mark.parametrize(
    ("low", "high", "kind", "english", "russian"),
    [
        (-0.93, -0.81, "ratio", "−0.93 to −0.81", "от −0,93 до −0,81"),
        (-0.4, 1.2, "ratio", "−0.40 to 1.20", "от −0,40 до 1,20"),
        (-0.033, 0.012, "share", "−3.3 to 1.2%", "от −3,3 до 1,2 %"),
        (-12, 5, "money", "−€12 to €5", "от −12 € до 5 €"),
        (0.0, 0.081, "points", "0.0 pp to +8.1 pp", "от 0,0 п. п. до +8,1 п. п."),
        (-0.2, 5, "money", "€0–€5", "0 €–5 €"),  # what is printed has no sign
    ],
)
def test_an_interval_with_a_signed_end_is_written_in_words(
    low: float, high: float, kind: str, english: str, russian: str
) -> None:
    for language, expected in (("en", english), ("ru", russian)):
        with speaking(language=language, currency="EUR"):
            assert format_interval(low, high, kind).replace("\u00a0", " ") == expected


def test_a_missing_end_makes_a_missing_interval() -> None:
    with speaking(language="en"):
        assert format_interval(None, 0.2, "share") == "–"


def test_an_unknown_currency_symbol_is_kept_apart_from_the_number() -> None:
    with speaking(language="en", currency="CHF"):
        assert format_value(1200, "money") == "CHF\u00a01,200"

"""The words of the plan and of the KPIs, in both languages."""

import re
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.pofile import read_po

import crm_strategy.words
from crm_strategy.analysis import buying_models, preferences, rfm_maps
from crm_strategy.plan import segment_params
from crm_strategy.plan.goal_checks import _GOAL_CHECKS
from crm_strategy.plan.goal_params import Goal
from crm_strategy.plan.goals import Status
from crm_strategy.plan.period import Rhythm
from crm_strategy.plan.segments import PART_OF, SEGMENT_MAPS, SEGMENTS
from crm_strategy.plan.touchpoint_params import Channel, Touchpoint
from crm_strategy.words import LANGUAGES, known, say, speaking
from crm_strategy.words.kpis import KPIS

WORDS = Path(crm_strategy.words.__file__).parent
PROPER_NAMES = {"CSAT", "NPS", "ROI", "CAC", "LTV", "LLL", "y", "m", "r", "i"}
"""And letters of formulas and of date patterns."""


def entries(language, domain):
    with (WORDS / language / f"{domain}.po").open("rb") as file:
        # Plurals have forms of their own in each language: see tests/words.
        return {
            each.id: each.string for each in read_po(file) if isinstance(each.id, str) and each.id
        }


@pytest.mark.parametrize("domain", ["plan", "kpis"])
def test_both_languages_have_the_same_entries_with_the_same_values_to_fill_in(domain):
    english, russian = (entries(language, domain) for language in ("en", "ru"))

    assert list(english) == list(russian)
    for key, text in english.items():
        assert re.findall(r"{\w+}", text) or not re.findall(r"{\w+}", russian[key]), key
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", russian[key])), key


@pytest.mark.parametrize("domain", ["plan", "kpis"])
def test_the_russian_words_are_russian(domain):
    for key, text in entries("ru", domain).items():
        latin = set(re.findall(r"[A-Za-z]+", re.sub(r"{\w+}|`[^`]+`|«[^»]+»", "", text)))
        assert latin <= PROPER_NAMES, f"{key}: {text}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kpi_has_name_definition_formula_and_unit(language):
    with speaking(language=language):
        for kpi in KPIS:
            for part in ("name", "definition", "formula", "unit"):
                assert say(f"kpis.{kpi}.{part}")
            assert re.fullmatch(r"[^.]+\.", say(f"kpis.{kpi}.definition")), kpi


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_of_the_plan_has_a_word(language):
    choices = {
        "status": get_args(Status),
        "priority": get_args(Goal.model_fields["priority"].annotation),
        "evidence": get_args(Touchpoint.model_fields["evidence"].annotation),
        "place": get_args(Touchpoint.model_fields["place"].annotation),
        "channel_kind": get_args(Channel.model_fields["kind"].annotation),
        "rhythm": (*get_args(Rhythm), "days"),
        "check": (*_GOAL_CHECKS, "served", "goal_count", "ranks"),
        "verdict": ("passed", "failed"),
    }
    with speaking(language=language):
        assert [
            f"plan.{group}.{word}"
            for group, words in choices.items()
            for word in words
            if not known(f"plan.{group}.{word}")
        ] == []


def test_segments_of_a_plan_are_those_of_the_analysis():
    assert SEGMENT_MAPS == rfm_maps.MAPS
    assert {part: named for named, parts in rfm_maps.NAMED_SEGMENTS.items() for part in parts} == {
        **{each: each for each in SEGMENTS},
        **PART_OF,
    }


def test_preferences_of_a_plan_are_those_of_the_analysis():
    assert segment_params.PREFERENCES == preferences.PREFERENCES


def test_models_of_a_plan_are_those_of_the_analysis():
    assert segment_params.ValueParams().models == buying_models.MODELS


def test_kpis_are_those_of_the_design_in_its_order():
    assert list(KPIS) == [
        "revenue",
        "gross_margin",
        "order_count",
        "active_customers",
        "active_share",
        "new_customers",
        "customer_retention_rate",
        "churn_rate",
        "repeat_rate",
        "average_order_value",
        "purchase_frequency",
        "conversion_rate",
        "csat",
        "nps",
        "loyalty_share",
        "marketing_cost",
        "roi",
        "cac",
        "ltv",
        "ltv_to_cac",
        "payback_months",
    ]
    assert {kpi for kpi, each in KPIS.items() if each.seasonal} == {
        "revenue",
        "order_count",
        "active_share",
        "new_customers",
        "loyalty_share",
    }
    assert {each.kind for each in KPIS.values()} == {
        "money",
        "unit_money",
        "count",
        "share",
        "ratio",
        "score",
        "months",
    }

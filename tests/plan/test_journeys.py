from datetime import date

import pytest

from crm_strategy.errors import ParamsError
from crm_strategy.plan.journeys import journey_segments, journey_steps, occasions
from crm_strategy.plan.params import read_params
from crm_strategy.words import speaking

HEAD = "client: Acme\ndata: {orders: {file: a.csv}}\n"


@pytest.fixture
def written(tmp_path):
    def params(text):
        path = tmp_path / "acme.yml"
        path.write_text(HEAD + text, "utf-8")
        return read_params(path)

    return params


def test_a_step_is_its_id_alone_or_the_words_it_is_known_by(written):
    params = written("journeys: {steps: [home, {id: paid, words: [card, invoice]}, ordered]}\n")
    assert journey_steps(params) == [
        ("home", ("home",)),
        ("paid", ("card", "invoice")),
        ("ordered", ()),
    ]


def test_a_stage_of_the_map_stands_for_its_touchpoints(written):
    params = written(
        "touchpoints:\n"
        "  - {id: ad, name: Ad, channel: web, stage: awareness}\n"
        "  - {id: tv, name: TV, channel: tv, stage: awareness}\n"
        "journeys: {steps: [awareness, ordered]}\n"
    )
    assert journey_steps(params)[0] == ("awareness", ("awareness", "ad", "tv"))


def test_left_out_steps_are_none_and_customers_are_journeys(written):
    params = written("")
    assert journey_steps(params) == []
    assert params.journeys.by == "customer"
    assert params.journeys.segments == ("segment",)


def test_occasions_speak_the_readers_language(written):
    params = written(
        "journeys:\n  occasions:\n"
        "    - {name: {en: Sale, ru: Распродажа}, start: 2026-03-01, end: 2026-03-07}\n"
    )
    with speaking(language="ru"):
        assert occasions(params) == [("Распродажа", date(2026, 3, 1), date(2026, 3, 7))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "journeys: {steps: [home]}\n",
            "line 3, journeys.steps: a single step.\n"
            "Name two or more, in order; leave steps out for the usual ones.",
        ),
        (
            "journeys: {steps: [home, home]}\n",
            "line 3, journeys.steps: the step 'home' stands twice.\nGive each step its own id.",
        ),
        (
            "journeys:\n  occasions:\n    - {name: Sale, start: 2026-03-07, end: 2026-03-01}\n",
            "line 5, journeys.occasions[0]: the end 2026-03-01 lies before the start 2026-03-07.\n"
            "Write a later end, or an earlier start.",
        ),
        (
            "journeys: {step: [a, b]}\n",
            "line 3, journeys.step: unknown key.\nDid you mean 'steps'? "
            "Known here: by, gap_minutes, steps, segments, occasions.",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_remedy(written, tmp_path, text, message):
    with pytest.raises(ParamsError) as error:
        written(text)
    assert str(error.value) == f"{tmp_path / 'acme.yml'}, {message}"


def test_an_unknown_column_to_compare_is_refused_with_the_nearest(written, tmp_path):
    params = written("journeys: {segments: [segment, platfrom]}\n")
    with pytest.raises(ParamsError) as error:
        journey_segments(params, ["customer_id", "platform", "city"])
    assert str(error.value) == (
        f"{tmp_path / 'acme.yml'}, line 3, journeys.segments[1]: no column 'platfrom' of the "
        "customers.\nDid you mean 'platform'? Columns: segment, channel, platform, city."
    )
    assert journey_segments(params, ["customer_id", "platfrom"]) == ("segment", "platfrom")

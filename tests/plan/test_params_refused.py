"""Every refusal, by its whole message; those of `data` stand in `test_data_params_refused`."""

import pytest

from tests.plan.acme import ACME, SEGMENTS, plan


def test_client_name_that_leaves_no_folder_name(refusal):
    assert refusal(ACME.replace("Acme", "'../..'")) == (
        "params/acme.yml, line 1, client: '../..' leaves no name for the reports' folder.\n"
        "Use at least one Latin or Cyrillic letter or digit."
    )


def test_unknown_currency(refusal):
    assert refusal(ACME + "currency: EURO\n") == (
        "params/acme.yml, line 4, currency: unknown currency 'EURO'.\n"
        "Did you mean 'EUR'? Write its ISO 4217 code, such as EUR or RUB."
    )


def test_unknown_timezone(refusal):
    assert refusal(ACME + "timezone: Europe/Berln\n") == (
        "params/acme.yml, line 4, timezone: unknown timezone 'Europe/Berln'.\n"
        "Did you mean 'Europe/Berlin'? Write a place of the tz database, such as Europe/Berlin."
    )


def test_timezone_that_is_a_path(refusal):
    assert refusal(ACME + "timezone: ../../etc/passwd\n") == (
        "params/acme.yml, line 4, timezone: unknown timezone '../../etc/passwd'.\n"
        "Write a place of the tz database, such as Europe/Berlin."
    )


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        (
            "language: de",
            "language[0]: 'de' is not known here.\nKnown here: en, ru.",
        ),
        ("language: []", "language: no language.\nWrite one or both: [en, ru]."),
        (
            "rhythm: quarterly",
            "rhythm: 'quarterly' is not known here.\n"
            "Did you mean 'quarter'? Known here: month, quarter, half, year. "
            "rhythm: how often the report is made.",
        ),
        (
            "privacy: {min_cell: 3}",
            "privacy.min_cell: '3' is less than 5.\n"
            "Write at least 5. min_cell: groups of fewer customers are not shown.",
        ),
        (
            "rfm: {bins: 50}",
            "rfm.bins: '50' is more than 10.\nWrite at most 10. bins: score levels per dimension.",
        ),
        (
            "rfm: {bins: 5.5}",
            "rfm.bins: '5.5' is not a whole number.\n"
            "Write digits alone, such as 10. bins: score levels per dimension.",
        ),
        (
            "goals: many",
            "goals: 'many' is not a list.\nWrite [one, another], or a line with '- ' for each. "
            "goals: 5–10 CRM goals; each serves a business goal.",
        ),
        (
            "goals: {a: 1}",
            "goals: a set of 'key: value' pairs is not a list.\n"
            "Write [one, another], or a line with '- ' for each. "
            "goals: 5–10 CRM goals; each serves a business goal.",
        ),
        (
            "goals:",
            "goals: no value.\nWrite one after the colon, or remove the key. "
            "goals: 5–10 CRM goals; each serves a business goal.",
        ),
        (
            "segments: [a]",
            "segments: a list is not a set of 'key: value' pairs.\n"
            "Write {key: value, …}. segments: segments of your own: name and rule; the first rule "
            "that holds counts.",
        ),
        (
            "rfm: 5",
            "rfm: '5' is not a set of 'key: value' pairs.\n"
            "Write {key: value, …}. rfm: recency, frequency, money.",
        ),
        (
            "rfm: {map: eleven}",
            "rfm.map: 'eleven' is not known here.\nKnown here: named, codes, grid. map: named: 8 "
            "segments; codes: 11, by all three scores; grid: 10, by recency and frequency.",
        ),
        (
            "rfm: {cuts: {order_count: [2, 3, 3, 5]}}",
            "rfm: order_count has 3 different cut points, not 4.\n"
            "5 score levels need 4; change cuts or bins.",
        ),
        (
            "segment_kinds: [rmf]",
            "segment_kinds[0]: unknown kind of segment 'rmf'.\n"
            "Did you mean 'rfm'? Kinds: rfm, grid, "
            "lifecycle, value, regularity, tier, rules, response, stopped_at, satisfaction, "
            "attribute:<column>, preference:<column>.",
        ),
        (
            "segment_kinds: ['preference:color']",
            "segment_kinds[0]: no preference 'color'.\nPreferences: category, payment_method, "
            "delivery_method, channel, weekday, hour.",
        ),
        (
            "tiers: {at_least: {gold: 5}, shares: {gold: 0.1}}",
            "tiers: at_least and shares are both given.\nKeep one of them.",
        ),
        (
            "tiers: {shares: {gold: 0.6, silver: 0.5}}",
            "tiers: the shares add up to 1.1.\nAt most 1 can be shared.",
        ),
        (
            "value: {models: []}",
            "value.models: no model.\nName one or more: [bg_nbd, mbg_nbd, pareto_nbd].",
        ),
        (
            "segments: {vip: revenue >}",
            "segments.vip: it ends too early (character 10).\n"
            "    revenue >\n"
            "             ^\n"
            "Write a name, a number or a text here.",
        ),
        (
            "segments: {lost: revenue > 5}",
            "segments.lost: 'lost' has a meaning of its own.\nChoose another name for this rule.",
        ),
        (
            "personas: {vips: {needs: [Speed]}}",
            f"personas.vips: no segment 'vips'.\nSegments: {SEGMENTS}.",
        ),
        (
            "personas: {new: {need: [Speed]}}",
            "personas.new.need: unknown key.\n"
            "Did you mean 'needs'? Known here: demography, geography, needs, interests, behaviour.",
        ),
        (
            "scenarios: [{id: s, segment: all, steps: []}]",
            "scenarios[0].steps: no step.\nAdd one: [{channel: email}].",
        ),
        (
            "scenarios: [{id: s, segment: all, steps: [{channel: a}, {channel: b}, {channel: a}]}]",
            "scenarios[0].steps: steps 1 and 3 both go through 'a'.\n"
            "Each channel once a scenario: remove one of them, or make a scenario of its own.",
        ),
        (
            "scenarios: [{id: s, segment: at_rsk, steps: [{channel: email}]}]",
            "scenarios[0].segment: no segment 'at_rsk'.\n"
            f"Did you mean 'at_risk'? Segments: {SEGMENTS}.",
        ),
    ],
)
def test_wrong_value(refusal, yaml, message):
    assert refusal(f"{ACME}{yaml}\n") == f"params/acme.yml, line 4, {message}"


@pytest.mark.parametrize("value", ["much", "yes", "true", ".nan", ".inf", "'0.38'", "0,38"])
def test_number_that_is_none(refusal, value):
    shown = value.strip("'.")
    assert refusal(plan(target=value)) == (
        f"params/acme.yml, line 14, goals[0].target: '{shown}' is not a number.\n"
        "Write digits with a decimal point, such as 0.38. target: value the KPI should reach, of "
        "one period of the rhythm; shares: 0 to 1."
    )


@pytest.mark.parametrize("value", ["31.12.2026", "2026-13-45", "20261231", "0001-01-01", "soon"])
def test_day_that_is_none(refusal, value):
    assert refusal(plan(by=value)) == (
        f"params/acme.yml, line 15, goals[0].by: '{value}' is not a date.\n"
        "Write year-month-day, such as 2026-12-31."
    )


def test_day_with_a_time(refusal):
    assert refusal(plan(by="2026-12-31 10:00:00")) == (
        "params/acme.yml, line 15, goals[0].by: '2026-12-31 10:00:00' has a time of day.\n"
        "Write the day alone, such as 2026-12-31."
    )


def test_number_in_place_of_text(refusal):
    assert refusal(ACME.replace("Acme", "1001")) == (
        "params/acme.yml, line 1, client: '1001' is not text.\n"
        'Put it in quotes: "1001". client: the client\'s name as printed.'
    )


def test_empty_text(refusal):
    assert refusal(plan(owner="' '")) == (
        "params/acme.yml, line 16, goals[0].owner: empty.\nWrite a text, or remove the key."
    )


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("5", "goals[0].goal: '5' is not text.\nPut it in quotes: \"5\"."),
        ("true", "goals[0].goal: 'true' is not text.\nPut it in quotes: \"true\"."),
        ("", "goals[0].goal: no value.\nWrite one after the colon, or remove the key."),
        (
            "[a]",
            "goals[0].goal: a list is not text.\n"
            "Write one text, or one for each language: {en: …, ru: …}.",
        ),
        (
            "{}",
            "goals[0].goal: no text.\nWrite one text, or one for each language: {en: …, ru: …}.",
        ),
        (
            "{de: Behalten}",
            "goals[0].goal.de: unknown key.\nKnown here: en, ru.",
        ),
        (
            "{en: 5}",
            "goals[0].goal.en: '5' is not text.\nPut it in quotes: \"5\". en: the text in English.",
        ),
    ],
)
def test_text_of_a_report_that_is_none(refusal, yaml, message):
    assert refusal(plan(goal=yaml)) == f"params/acme.yml, line 10, {message}"


def test_missing_keys(refusal):
    assert refusal("currency: EUR\n") == (
        "params/acme.yml, client: missing.\n"
        "Add client: the client's name as printed.\n"
        "params/acme.yml, data: missing.\n"
        "Add data: where the client's data are."
    )


def test_missing_key_of_a_goal(refusal):
    goals = "goals:\n  - id: a\n    goal: G\n    kpi: nps\n    by: 2026-12-31\n"

    assert refusal(ACME + goals) == (
        "params/acme.yml, line 5, goals[0].target: missing.\n"
        "Add target: value the KPI should reach, of one period of the rhythm; shares: 0 to 1."
    )


def test_a_decimal_comma_between_braces_is_known_as_one(refusal):
    told = refusal(
        "client: Acme\ndata: {orders: {file: a.csv}}\n"
        "goals: [{id: a, goal: G, kpi: nps, target: 0,38, by: 2027-01-01}]\n"
    )
    assert told == (
        "params/acme.yml, line 3, goals[0].38: a number alone.\n"
        "A decimal comma? Write a point: 0.38."
    )


@pytest.mark.parametrize(
    ("tiers", "message"),
    [
        (
            "{at_least: {other: 300, gold: 100}}",
            "a tier is called 'other', as are the customers below all tiers.\n"
            "Give it another name.",
        ),
        (
            "{at_least: {gold: 5, silver: 5}}",
            "two tiers begin at the same value.\nWrite another value, or one tier less.",
        ),
    ],
)
def test_tiers_that_cannot_be_told_apart_are_refused(refusal, tiers, message):
    text = f"client: Acme\ndata: {{orders: {{file: a.csv}}}}\ntiers: {tiers}\n"
    assert refusal(text) == f"params/acme.yml, line 3, tiers: {message}"


def test_all_problems_are_listed_in_the_order_of_the_file(refusal):
    text = "client: Acme\nrhythm: weekly\ndata: {}\nlang: en\nprivacy: {min_cell: 1}\n"

    places = [line.split(":")[0] for line in refusal(text).splitlines()[::2]]
    assert places == [
        "params/acme.yml, line 2, rhythm",
        "params/acme.yml, line 4, lang",
        "params/acme.yml, line 5, privacy.min_cell",
    ]

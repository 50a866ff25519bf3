"""Every refusal, by its whole message."""

from pathlib import Path

import pytest

from crm_strategy.errors import ParamsError
from crm_strategy.plan.params import read_params

BEGIN = "Begin with the client's name, client: Acme; 'crm-strategy init' writes a whole file."
LOOK = (
    "Look at this line and the one above for a missing quote, bracket, comma or space; "
    "indent by spaces, not tabs."
)
KPIS = (
    "revenue, gross_margin, order_count, active_customers, active_share, new_customers, "
    "customer_retention_rate, churn_rate, repeat_rate, average_order_value, purchase_frequency, "
    "conversion_rate, csat, nps, loyalty_share, marketing_cost, roi, cac, ltv, ltv_to_cac, "
    "payback_months"
)
SEGMENTS = "all, champions, loyal, potential, new, need_attention, at_risk, cant_lose, lost"
ACME = """\
client: Acme
data:
  orders: {file: orders.csv}
"""
GOAL = {
    "id": "retain",
    "goal": "Keep more buyers",
    "serves": "growth",
    "kpi": "repeat_rate",
    "baseline": "0.2",
    "target": "0.3",
    "by": "2026-12-31",
}


def plan(**changes):
    """A file whose one goal has each key in a line of its own; line 9 is `id`."""
    goal = "\n    ".join(f"{key}: {value}" for key, value in {**GOAL, **changes}.items())
    return f"""{ACME}\
business_goals:
  - {{id: growth, goal: Grow revenue, kpi: revenue, target: 9, by: 2026-12-31}}

goals:
  -
    {goal}
"""


def test_the_plan_the_tests_break_is_right(read):
    assert read(plan()).line_of(("goals", 0, "id")) == 9


def test_unknown_key(refusal):
    assert refusal(plan(tarjet=1)) == (
        "params/acme.yml, line 16, goals[0].tarjet: unknown key.\n"
        "Did you mean 'target'? Known here: id, goal, serves, priority, kpi, segment, baseline, "
        "target, by, baseline_at, owner, test, note."
    )


def test_unknown_key_at_the_top(refusal):
    assert refusal(ACME + "goal: []\n") == (
        "params/acme.yml, line 4, goal: unknown key.\n"
        "Did you mean 'goals'? Known here: client, language, currency, timezone, rhythm, data, "
        "business_goals, goals, segments, segment_kinds, tiers, personas, touchpoints, channels, "
        "scenarios, decisions, privacy, rfm, value, growth, kpis, journeys, attribution."
    )


def test_unknown_key_below_a_name_of_the_users_own(refusal):
    # The channel is named like a key of ours: the keys listed must still be the channel's.
    assert refusal(ACME + "channels:\n  cost: {labl: Cost}\n") == (
        "params/acme.yml, line 5, channels.cost.labl: unknown key.\n"
        "Did you mean 'label'? Known here: label, kind, cost."
    )


def test_goal_with_deadline_before_its_baseline(refusal):
    assert refusal(plan(baseline_at="2027-01-01")) == (
        "params/acme.yml, line 15, goals[0].by: the deadline 2026-12-31 is not after the baseline "
        "of 2027-01-01.\n"
        "Write a later by, or an earlier baseline_at."
    )


def test_goal_with_deadline_on_its_baseline(refusal):
    assert refusal(plan(baseline_at="2026-12-31")) == (
        "params/acme.yml, line 15, goals[0].by: the deadline 2026-12-31 is not after the baseline "
        "of 2026-12-31.\n"
        "Write a later by, or an earlier baseline_at."
    )


def test_target_equal_to_baseline(refusal):
    assert refusal(plan(target=0.2)) == (
        "params/acme.yml, line 14, goals[0].target: 0.2 equals the baseline.\n"
        "A goal is a change: write the value the KPI should reach."
    )


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("38", "Write a fraction: 0.38 for 38 %."),
        ("380", "Write a fraction, such as 0.38 for 38 %."),
        ("-0.1", "Write a fraction, such as 0.38 for 38 %."),
    ],
)
def test_share_that_is_no_fraction(refusal, value, remedy):
    assert refusal(plan(target=value)) == (
        f"params/acme.yml, line 14, goals[0].target: {value} is no share: repeat_rate runs from 0 "
        f"to 1.\n{remedy}"
    )


def test_baseline_that_is_no_fraction(refusal):
    assert refusal(plan(baseline=20)) == (
        "params/acme.yml, line 13, goals[0].baseline: 20 is no share: repeat_rate runs from 0 to "
        "1.\nWrite a fraction: 0.2 for 20 %."
    )


def test_unknown_kpi(refusal):
    assert refusal(plan(kpi="repeat_rat")) == (
        "params/acme.yml, line 12, goals[0].kpi: unknown KPI 'repeat_rat'.\n"
        f"Did you mean 'repeat_rate'? KPIs: {KPIS}."
    )


def test_unknown_business_goal(refusal):
    assert refusal(plan(serves="grwth")) == (
        "params/acme.yml, line 11, goals[0].serves: no business goal 'grwth'.\n"
        "Did you mean 'growth'? Business goals: growth."
    )


def test_business_goal_where_there_is_none(refusal):
    goals = "goals: [{id: a, goal: G, serves: growth, kpi: nps, target: 40, by: 2026-12-31}]\n"

    assert refusal(ACME + goals) == (
        "params/acme.yml, line 4, goals[0].serves: no business goal 'growth'.\n"
        "Business goals: none."
    )


def test_unknown_segment(refusal):
    assert refusal(plan(segment="atrisk")) == (
        "params/acme.yml, line 16, goals[0].segment: no segment 'atrisk'.\n"
        f"Did you mean 'at_risk'? Segments: {SEGMENTS}."
    )


def test_a_segment_of_another_map_is_told_where_its_customers_are(refusal):
    assert refusal(plan(segment="promising")) == (
        "params/acme.yml, line 16, goals[0].segment: no segment 'promising'.\n"
        "It is part of 'potential'; write that, or have all eleven segments with "
        "rfm: {map: codes}."
    )
    assert refusal(plan(segment="lost") + "rfm: {map: grid}\n").startswith(
        "params/acme.yml, line 16, goals[0].segment: no segment 'lost'.\n"
    )


def test_a_segment_of_the_map_that_is_chosen_is_known(read):
    codes = plan(segment="promising") + "rfm: {map: codes}\n"
    assert read(codes).goals[0].segment == "promising"


def test_segment_of_the_clients_own_is_known(read):
    assert read(plan(segment="vip") + "segments: {vip: revenue > 500}\n").goals[0].segment == "vip"


@pytest.mark.parametrize(
    ("section", "item"),
    [
        ("business_goals", "{id: a, goal: G, kpi: nps, target: 40, by: 2026-12-31}"),
        ("goals", "{id: a, goal: G, kpi: nps, target: 40, by: 2026-12-31}"),
        ("touchpoints", "{id: a, name: T, channel: email, stage: purchase}"),
        ("scenarios", "{id: a, segment: all, steps: [{channel: email}]}"),
        ("decisions", "{id: a, decision: D, period: 2026-Q3}"),
    ],
)
def test_duplicate_id(refusal, section, item):
    assert refusal(f"{ACME}{section}:\n  - {item}\n  - {item}\n") == (
        f"params/acme.yml, line 6, {section}[1].id: 'a' is taken by {section}[0] in line 5.\n"
        "Give each its own id."
    )


def test_unknown_channels(refusal):
    text = f"""{ACME}\
channels: {{email: {{}}}}
touchpoints:
  - {{id: t, name: T, channel: emial, stage: purchase}}
scenarios:
  - {{id: s, segment: all, steps: [{{channel: email}}, {{channel: sms}}]}}
"""

    assert refusal(text) == (
        "params/acme.yml, line 6, touchpoints[0].channel: no channel 'emial'.\n"
        "Did you mean 'email'? Channels: email.\n"
        "params/acme.yml, line 8, scenarios[0].steps[1].channel: no channel 'sms'.\n"
        "Channels: email."
    )


def test_any_channel_will_do_where_none_is_listed(read):
    text = ACME + "touchpoints: [{id: t, name: T, channel: email, stage: purchase}]\n"

    assert read(text).touchpoints[0].channel == "email"


def test_action_for_an_unknown_segment(refusal):
    text = f"""{ACME}\
touchpoints:
  - id: t
    name: T
    channel: email
    stage: purchase
    actions:
      news: {{target_action: Order}}
"""

    assert refusal(text) == (
        "params/acme.yml, line 10, touchpoints[0].actions.news: no segment 'news'.\n"
        f"Did you mean 'new'? Segments: {SEGMENTS}."
    )


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


@pytest.mark.parametrize(
    ("orders", "message"),
    [
        (
            "orders.csv",
            "data.orders: 'orders.csv' is not a set of 'key: value' pairs.\n"
            "Write {key: value, …}. orders: one row per order or deal.",
        ),
        (
            "{sheet: Orders}",
            "data.orders: neither file nor table is given.\nAdd file: path/to/export.csv.",
        ),
        (
            "{file: a.csv, table: orders}",
            "data.orders: file and table are both given.\nKeep the one the data come from.",
        ),
        (
            "{table: orders, sheet: Orders}",
            "data.orders: a table of the engine has no sheet.\nRemove sheet, or name a file.",
        ),
        (
            "{file: a.csv, stages: {win: [Won]}}",
            "data.orders.stages.win: 'win' is not known here.\n"
            "Did you mean 'won'? Known here: open, won, lost.",
        ),
        (
            "{file: a.csv, format: {decimal: ';'}}",
            "data.orders.format.decimal: ';' is not known here.\n"
            "Known here: ',', '.'. decimal: decimal mark.",
        ),
    ],
)
def test_wrong_table(refusal, orders, message):
    text = f"client: Acme\ndata:\n  orders: {orders}\n"

    assert refusal(text) == f"params/acme.yml, line 3, {message}"


def test_a_password_in_the_engines_address_is_refused_and_not_repeated(refusal):
    told = refusal(
        "client: Acme\ndata:\n  engine: postgres://crm:geheim@db/shop\n  orders: {table: orders}\n"
    )
    assert told == (
        "params/acme.yml, line 3, data.engine: a password stands in the address.\n"
        "Write ${CRM_PASSWORD} in its place, and set that variable of the environment."
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


def test_an_engine_that_nothing_is_read_from_is_refused(refusal):
    told = refusal("client: Acme\ndata:\n  engine: mars\n  orders: {file: a.csv}\n")
    assert told == (
        "params/acme.yml, line 2, data: engine is given, but no table is read from it.\n"
        "Write {table: name} in the place of a file, or remove engine."
    )


def test_no_orders(refusal):
    assert refusal("client: Acme\ndata:\n  customers: {file: people.csv}\n") == (
        "params/acme.yml, line 2, data: neither orders nor order_lines is given.\n"
        "Add orders: {file: path/to/orders.csv}; a report is about orders."
    )


def test_all_problems_are_listed_in_the_order_of_the_file(refusal):
    text = "client: Acme\nrhythm: weekly\ndata: {}\nlang: en\nprivacy: {min_cell: 1}\n"

    places = [line.split(":")[0] for line in refusal(text).splitlines()[::2]]
    assert places == [
        "params/acme.yml, line 2, rhythm",
        "params/acme.yml, line 4, lang",
        "params/acme.yml, line 5, privacy.min_cell",
    ]


def test_missing_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ParamsError) as refused:
        read_params("params/acme.yml")

    assert str(refused.value) == (
        "params/acme.yml: no such file.\nMake one with 'crm-strategy init CLIENT FILE'."
    )


def test_missing_file_beside_others(read, monkeypatch):
    read(ACME)

    with pytest.raises(ParamsError) as refused:
        read_params("acme")

    assert str(refused.value) == ("acme: no such file.\nParameters files here: params/acme.yml.")


def test_folder_in_place_of_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("params").mkdir()

    with pytest.raises(ParamsError) as refused:
        read_params("params")

    assert str(refused.value) == (
        "params: can't be read: Is a directory.\nName a YAML file you may read."
    )


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_empty_file(refusal, text):
    assert refusal(text) == f"params/acme.yml: the file is empty.\n{BEGIN}"


@pytest.mark.parametrize("text", ["- client: Acme\n", "Acme\n"])
def test_file_without_keys(refusal, text):
    assert refusal(text) == f"params/acme.yml, line 1: expected 'key: value' lines.\n{BEGIN}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "client: [Acme\ndata: {}\n",
            "line 2: not YAML: while parsing a flow sequence from line 1, expected ',' or ']', "
            "but got ':'.",
        ),
        (
            "client: 'Acme\ncurrency: EUR\n",
            "line 3: not YAML: while scanning a quoted scalar from line 1, found unexpected end "
            "of stream.",
        ),
        (
            "data:\n\torders: {}\n",
            "line 2: not YAML: found character '\\t' that cannot start any token.",
        ),
        ("client: Acme: shop\n", "line 1: not YAML: mapping values are not allowed here."),
        ("client: *name\n", "line 1: not YAML: found undefined alias 'name'."),
    ],
)
def test_broken_yaml(refusal, text, message):
    assert refusal(text) == f"params/acme.yml, {message}\n{LOOK}"


def test_key_written_twice(refusal):
    assert refusal(ACME + "currency: EUR\nclient: Other\n") == (
        "params/acme.yml, line 5, client: written twice, first in line 1.\nKeep one of them."
    )


@pytest.mark.parametrize("value", ["ls", "[ls]", "{ls: 1}"])
def test_yaml_that_would_run_code(refusal, value):
    assert refusal(f"client: !!python/object/apply:os.system {value}\n") == (
        "params/acme.yml, line 1, client: the tag tag:yaml.org,2002:python/object/apply:os.system "
        "is not allowed.\n"
        "Remove what begins with '!'."
    )


def test_control_character(refusal):
    assert refusal("currency: EUR\nclient: Ac\x01me\n") == (
        "params/acme.yml, line 2: holds a character that text can't.\nDelete it."
    )


def test_aliases_that_would_fill_the_memory(refusal):
    levels = "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]\n" for n in range(1, 9))

    assert refusal("x0: &x0 [lol, lol]\n" + levels) == (
        "params/acme.yml, line 6, x5: more values or levels than a plan has.\n"
        "Write out its aliases."
    )


def test_alias_that_holds_itself(refusal):
    assert refusal("client: &all [*all]\n") == (
        "params/acme.yml, line 1, client: more values or levels than a plan has.\n"
        "Write out its aliases."
    )


def test_brackets_without_end(refusal):
    assert refusal("client: " + "[" * 5000) == (
        f"params/acme.yml: more levels than a plan has.\n{LOOK}"
    )


def test_file_that_is_not_text(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("acme.yml").write_bytes("client: Ромашка\n".encode("cp1251"))

    with pytest.raises(ParamsError) as refused:
        read_params("acme.yml")

    assert str(refused.value) == "acme.yml: not UTF-8 text (byte 9).\nSave it as UTF-8."


def test_data_file_in_place_of_parameters(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("orders.csv").write_bytes(b"1" * 1_000_001)

    with pytest.raises(ParamsError) as refused:
        read_params("orders.csv")

    assert str(refused.value) == (
        "orders.csv: 1,000,001 bytes are too many for a parameters file.\n"
        "Name the YAML file in params/, not a data file."
    )

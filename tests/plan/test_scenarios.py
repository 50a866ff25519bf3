"""The communication plan: a row a step, as the parameters tell it."""

from crm_strategy.plan.scenarios import scenario_rows
from crm_strategy.words import speaking

PLAN = """\
client: Acme
data: {orders: {file: orders.csv}}
scenarios:
  - id: comeback
    segment: at_risk
    message: {en: We miss you, ru: Мы скучаем}
    offer: Ten off
    steps:
      - {channel: email, wait_days: 2, stop_on: opened}
      - {channel: messenger, wait_days: 3, message: Ask us}
      - {channel: sms, offer: Twenty off}
"""


def test_a_step_says_when_it_comes_what_ends_it_and_what_it_offers(read):
    rows = scenario_rows(read(PLAN))

    assert [(row["step"], row["channel"], row["day"], row["stop_on"]) for row in rows] == [
        (1, "email", 0, "opened"),
        (2, "messenger", 2, None),
        (3, "sms", 5, None),
    ]
    assert [(row["message"], row["offer"]) for row in rows] == [
        ("We miss you", "Ten off"),
        ("Ask us", "Ten off"),
        ("We miss you", "Twenty off"),
    ]
    assert {(row["scenario"], row["segment"]) for row in rows} == {("comeback", "at_risk")}


def test_messages_are_in_the_language_of_the_report(read):
    params = read(PLAN)

    with speaking(language="ru"):
        assert scenario_rows(params)[0]["message"] == "Мы скучаем"


def test_without_scenarios_there_is_no_plan(read):
    assert scenario_rows(read("client: Acme\ndata: {orders: {file: orders.csv}}\n")) == []

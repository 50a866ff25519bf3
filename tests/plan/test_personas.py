from crm_strategy.plan.personas import persona_lines
from crm_strategy.words import speaking

PLAN = """\
client: Acme
data: {orders: {file: orders.csv}}
personas:
  new: {interests: [Novelties], needs: [{en: Advice, ru: Совет}]}
  lost: {}
"""


def test_lines_of_a_persona_stand_by_aspect_in_the_language_of_the_report(read):
    params = read(PLAN)

    with speaking(language="ru"):
        assert persona_lines(params) == [
            {"segment": "new", "aspect": "needs", "value": "Совет"},
            {"segment": "new", "aspect": "interests", "value": "Novelties"},
        ]


def test_no_personas_have_no_lines(read):
    assert persona_lines(read("client: Acme\ndata: {orders: {file: orders.csv}}\n")) == []

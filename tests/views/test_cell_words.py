"""Words of the catalogue begin a cell with a capital; what the client wrote stays as it is."""

import pytest

from crm_strategy.views import tables
from crm_strategy.views.kinds import SEGMENT_WORDS, cell_word
from crm_strategy.views.naming import member_name, segment_name
from crm_strategy.views.payload import column_cells
from crm_strategy.words import speaking


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "Within the interval"), ("ru", "Внутри интервала")]
)
def test_a_verdict_begins_its_cell_with_a_capital(language, expected):
    rows = [{"measure": "revenue", "actual": 1.0, "expected": 1.0, "verdict": "inside"}]
    with speaking(language=language):
        payload = tables.forecast_score_table(rows).payload()
    assert column_cells(payload, "verdict") == [expected]


def test_names_of_the_client_and_parameters_of_a_formula_keep_their_case():
    with speaking(labels={"channel.ebay": "eBay"}):
        assert cell_word("ebay", ("label:channel",)) == "eBay"
    assert cell_word("no reply", ("leads.reason.{}",)) == "no reply"
    assert cell_word("a", ("value.parameter.{}",)) == "a"
    assert cell_word(None, SEGMENT_WORDS) is None


def test_a_rule_of_the_clients_own_is_named_as_people_write():
    assert segment_name("card_holders") == "Card holders"
    assert member_name("rules", "card_holders") == "Card holders"
    assert segment_name("at_risk") == "At risk"
    assert segment_name("companies") == "companies"
    with speaking(labels={"segment.card_holders": "Loyal with a card", "channel.sms": "SMS"}):
        assert segment_name("card_holders") == "Loyal with a card"
        assert member_name("response", "sms") == "SMS"

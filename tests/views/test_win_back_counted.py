"""Win-back where no model tells who has left: what came is said, or that nothing is known."""

import pandas as pd
import pytest

from crm_strategy import words
from crm_strategy.views import findings, tables
from tests.views.test_growth_views import SEGMENTS, lapsed

UNTOLD = lapsed(("at_risk", 184, 70_000.0, None, None, 0.25, 0.3, 200.0))


def came_back(*rows):
    names = ("segment", "customer_count", "returned_count", "return_rate", "low", "high")
    return pd.DataFrame(rows, columns=list(names))


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize(
    ("row", "whose"),
    [
        (("at_risk", 120, 30, 0.25, 0.18, 0.33), "segment"),
        (("all", 120, 30, 0.25, 0.18, 0.33), "all"),
        # 5 of 120 came back: these few are not told.
        (("at_risk", 120, 5, 0.04, 0.02, 0.09), None),
    ],
)
def test_where_no_model_tells_who_left_what_came_is_said_with_n_and_interval(language, row, whose):
    rows = UNTOLD if whose else UNTOLD.assign(own_return_rate=None, gain=None)
    actions = rows.head(0).rename(columns={"segment": "action"})
    with words.speaking(language=language, min_cell=10):
        terms = {"discount": 0.1, "uplift": 0.05, "returns": came_back(row)}
        text = findings.win_back_finding(rows, actions, knows_dropout=False, **terms).text
        if whose:
            assert words.say(f"growth.win_back.counted_{whose}") in text
            assert words.numbers.format_share(0.25) in text
            assert words.numbers.format_interval(0.18, 0.33, "share") in text
            assert "120" in text
        else:
            assert "120" not in text
        assert "likely to buy again" not in text


def test_a_table_of_counted_returns_says_so_and_sums_no_value_that_nobody_knows():
    counted, foretold = (tables.win_back_table(each).payload() for each in (UNTOLD, SEGMENTS))
    note = words.say("growth.win_back.counted_note")
    assert note in counted["note"]
    assert note not in foretold["note"]
    at = [each["name"] for each in counted["columns"]].index("expected_value")
    assert [row[at] for row in counted["rows"]] == [None, None]

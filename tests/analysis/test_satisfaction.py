import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.intervals import share_interval
from crm_strategy.analysis.satisfaction import (
    respondents,
    satisfaction,
    satisfaction_answers,
    satisfaction_members,
    satisfaction_value,
)
from tests.analysis.builders import FEW, records
from tests.analysis.customer_builders import answers, profiles

AS_OF = date(2026, 9, 30)
CUSTOMERS = (("a", 1, 10), ("b", 2, 50), ("c", 3, 30), ("d", 1, 110), ("e", 1, 5), ("f", 2, 20))


def said(*rows):
    return satisfaction_answers(answers(*rows), as_of=AS_OF)


def bands(kind, scores, scale_max=None):
    rows = [(f"c{n:02}", "2026-01-01", kind, score, scale_max) for n, score in enumerate(scores)]
    return [band for (band,) in records(said(*rows).order_by("customer_id"), "band")]


def test_nps_bands():
    assert bands("nps", [0, 6, 6.5, 7, 8, 9, 10]) == [
        *("detractor", "detractor", "passive", "passive", "passive", "promoter", "promoter")
    ]


@pytest.mark.parametrize(
    ("scale_max", "low", "middle", "high"),
    [
        (None, [1, 2], [3], [4, 5]),
        (2, [1], [], [2]),
        (3, [1], [2], [3]),
        (4, [1, 2], [], [3, 4]),
        (7, [1, 2, 3], [4, 5], [6, 7]),
        (10, [0, 1, 2, 3, 4, 5], [6, 7, 8], [9, 10]),
    ],
)
def test_csat_bands(scale_max, low, middle, high):
    expected = ["low"] * len(low) + ["middle"] * len(middle) + ["high"] * len(high)
    assert bands("csat", [*low, *middle, *high], scale_max) == expected


def test_nps_of_another_scale_does_not_count():
    said = answers(("a", "2026-09-01", "nps", 5, 5), ("b", "2026-09-01", "nps", 9, 10))
    found = satisfaction_answers(said, as_of=date(2026, 9, 30)).to_pandas()
    assert found["customer_id"].tolist() == ["b"]


def test_scores_off_the_scale_and_other_kinds_do_not_count():
    assert bands("nps", [-1, 11, None]) == []
    assert bands("csat", [0, 6]) == []
    assert bands("ces", [3]) == []


def test_the_last_answer_until_the_day_counts_and_of_one_moment_the_lowest():
    found = said(
        *(("a", "2026-01-01", "nps", 10), ("a", "2026-02-01", "nps", 3)),
        *(("a", "2026-10-01", "nps", 9), ("b", "2026-01-01", "nps", 9)),
        *(("b", "2026-01-01", "nps", 8), ("b", "2026-01-01", "csat", 5), (None, AS_OF, "nps", 1)),
    )
    assert sorted(records(found, "customer_id", "kind", "score")) == [
        *(("a", "nps", 3.0), ("b", "csat", 5.0), ("b", "nps", 8.0))
    ]


ANSWERS = (
    *(("a", "2026-01-01", "nps", 3), ("b", "2026-01-01", "nps", 0), ("c", "2026-01-01", "nps", 9)),
    *(("x", "2026-01-01", "nps", 9), ("b", "2026-01-01", "csat", 4)),
)


def test_satisfaction_worked_by_hand():
    found = satisfaction(said(*ANSWERS), profiles(*CUSTOMERS)).drop(columns="rate_tells")
    # x answered and never ordered. Nobody is passive: no rate.
    assert records(found) == [
        ("detractor", "nps", 2, 60.0, 0.5, *share_interval(1, 2)),
        ("passive", "nps", 0, 0.0, None, None, None),
        ("promoter", "nps", 1, 30.0, 1.0, *share_interval(1, 1)),
        ("low", "csat", 0, 0.0, None, None, None),
        ("middle", "csat", 0, 0.0, None, None, None),
        ("high", "csat", 1, 50.0, 1.0, *share_interval(1, 1)),
    ]


def test_a_repeat_rate_tells_a_few_beside_the_thirds_of_value():
    # Thirds of six: once ordered only who brought least, so the others of these ordered again.
    ordered = zip("abcdef", (1, 2, 2, 2, 3, 9), strict=True)
    people = [(name, n, worth) for worth, (name, n) in enumerate(ordered)]
    answers = [(name, "2026-01-01", "nps", 10) for name in "abcdef"]
    found = satisfaction(said(*answers), profiles(*people)).set_index("band")["rate_tells"]
    assert found["promoter"] == 1.0
    assert math.isnan(found["passive"]) or found["passive"] == 0.0


def test_value_at_stake_worked_by_hand():
    # Thirds of six: e 5 and a 10, f 20 and c 30, b 50 and d 110.
    found = satisfaction_value(said(*ANSWERS), profiles(*CUSTOMERS))
    assert [row for row in records(found) if row[2]] == [
        ("detractor", "top", 1, 50.0),
        ("detractor", "low", 1, 10.0),
        ("promoter", "middle", 1, 30.0),
    ]
    assert len(found) == 9


def test_customers_of_equal_revenue_are_in_one_third():
    equals = profiles(*((each, 1, 10) for each in "abcdef"))
    found = satisfaction_value(said(*ANSWERS), equals)
    assert set(found.loc[found["customer_count"] > 0, "value_group"]) == {"low"}


def test_respondents_beside_others_worked_by_hand():
    found = respondents(said(*ANSWERS), profiles(*CUSTOMERS))
    assert records(found) == [
        ("respondents", 3, 30.0, pytest.approx(2 / 3), 15.0, *share_interval(2, 3)),
        ("others", 3, 45.0, pytest.approx(1 / 3), 33.75, *share_interval(1, 3)),
    ]


def test_where_everybody_answers_the_others_are_nobody():
    found = respondents(said(("a", "2026-01-01", "nps", 3)), profiles(("a", 1, 10)))
    assert records(found.iloc[1:]) == [("others", 0, None, None, None, None, None)]


def test_members_are_in_the_band_of_their_last_answer_or_unknown():
    found = satisfaction_members(said(*ANSWERS), profiles(*CUSTOMERS))
    assert sorted(records(found)) == [
        *(("a", "detractor"), ("b", "detractor"), ("c", "promoter")),
        *(("d", "unknown"), ("e", "unknown"), ("f", "unknown")),
    ]


def test_where_nobody_was_asked_for_nps_csat_decides():
    asked = said(("b", "2026-01-01", "csat", 4))
    found = satisfaction_members(asked, profiles(("a", 1, 1), ("b", 1, 1)))
    assert sorted(records(found)) == [("a", "unknown"), ("b", "high")]
    cells = satisfaction_value(asked, profiles(*CUSTOMERS))
    assert [row for row in records(cells) if row[2]] == [("high", "top", 1, 50.0)]
    chosen = satisfaction_members(said(*ANSWERS), profiles(("b", 1, 1)), kind="csat")
    assert records(chosen) == [("b", "high")]


@pytest.mark.parametrize("table", [satisfaction, satisfaction_value, respondents])
@pytest.mark.parametrize("customers", [CUSTOMERS, ()])
def test_without_answers_the_tables_are_empty_with_their_columns(table, customers):
    full = table(said(*ANSWERS), profiles(*CUSTOMERS))
    found = table(said(), profiles(*customers))
    assert list(found.columns) == list(full.columns)
    assert found.empty


@FEW
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdefx"),
            st.dates(date(2026, 1, 1), date(2026, 11, 1)),
            st.sampled_from(["nps", "csat"]),
            st.integers(-2, 12),
        ),
        max_size=20,
    ),
    st.randoms(),
)
def test_bands_respondents_and_members_agree_in_any_row_order(rows, random):
    table = profiles(*CUSTOMERS)
    last = said(*rows)
    assert sorted(records(last)) == sorted(records(said(*random.sample(rows, len(rows)))))
    found = satisfaction_members(last, table, kind="nps").to_pandas()
    assert sorted(found["customer_id"]) == list("abcdef")
    answered = satisfaction(last, table).query("kind == 'nps'")
    assert answered["customer_count"].sum() == (found["segment"] != "unknown").sum()
    cells = satisfaction_value(last, table, kind="nps")
    assert cells["revenue"].sum() == pytest.approx(answered["revenue"].sum())
    both = respondents(last, table)
    if len(both):
        assert both["customer_count"].sum() == len(CUSTOMERS)

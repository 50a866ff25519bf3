"""Offers, win-back and tests tell no few customers by what stands beside them."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.views import findings, tables
from crm_strategy.views.payload import column_cells, is_hidden
from tests.analysis.builders import FEW
from tests.views.outlook_samples import OUTLOOK_ROWS

RESULTS = pd.DataFrame(OUTLOOK_ROWS["experiments"])
ROW = (
    *("segment", "customer_count", "past_revenue"),
    *("p_alive", "expected_value", "own_return_rate"),
)


def lapsed(pairs: list[tuple[int, int]]) -> pd.DataFrame:
    """Segments as (lapsed, customers)."""
    rows = [(f"s{at}", gone, 1000.0 - at, 0.1, 90.0, 0.02) for at, (gone, _of) in enumerate(pairs)]
    made = pd.DataFrame(rows, columns=list(ROW)).assign(discount_share=0.2, gain=60.0)
    return made.assign(segment_count=[of for _gone, of in pairs])


def shown(payload: dict, column: str) -> list[bool]:
    return [not is_hidden(cell) for cell in column_cells(payload, column)]


@FEW
@given(
    st.lists(
        st.integers(10, 60).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))),
        min_size=1,
        max_size=6,
    )
)
def test_no_few_who_lapsed_or_did_not_follow_from_the_sizes_of_segments(
    pairs: list[tuple[int, int]],
) -> None:
    payload = tables.win_back_table(lapsed(pairs)).payload()
    names, cells = (column_cells(payload, name) for name in ("segment", "customer_count"))
    told = {str(name): not is_hidden(n) for name, n in zip(names, cells, strict=True)}
    gone = [pair for at, pair in enumerate(pairs) if not told[f"s{at}"]]
    for side in (lambda pair: pair[0], lambda pair: pair[1] - pair[0]):
        kept = [side(pair) for at, pair in enumerate(pairs) if told[f"s{at}"]]
        assert not any(0 < n < 10 for n in kept)
        # All lapsed and all active are known: what is hidden is no few of either.
        left = [side(pair) for pair in gone if side(pair)]
        assert not kept or not any(0 < n < 10 for n in left) or (len(left) > 1 and sum(left) >= 10)


def test_few_who_are_active_and_did_not_order_do_not_follow_from_who_lapsed_and_who_ordered() -> (
    None
):
    # Of s1 90 less 30 lapsed less 56 who ordered: four.
    rows = lapsed([(80, 100), (30, 90), (40, 60), (50, 80)]).assign(buyer_count=[20, 56, 20, 15])
    told = shown(tables.win_back_table(rows).payload(), "customer_count")
    assert told.count(False) >= 2
    names = column_cells(tables.win_back_table(rows).payload(), "segment")
    assert not told[[str(name).casefold() for name in names].index("s1")]


def test_few_active_of_a_segment_are_in_no_sentence_on_win_back() -> None:
    rows = lapsed([(95, 100), (30, 90), (40, 41), (20, 60)])
    assert shown(tables.win_back_table(rows).payload(), "customer_count").count(False) >= 2
    nothing = pd.DataFrame(columns=["action", "customer_count"])
    found = findings.win_back_finding(rows, nothing, discount=0.1, uplift=0.1)
    assert "95 customers" not in found.text


def test_a_difference_does_not_tell_the_rate_of_a_control_that_few_converted_in() -> None:
    # 5 of 500 in the control: 0.14 less the difference of 0.13 would say so.
    rows = (
        RESULTS[RESULTS["experiment"] == "mail"]
        .iloc[[0, 1, 1]]
        .reset_index(drop=True)
        .assign(
            variant=["control", "free", "more"],
            size=[500, 500, 500],
            rate=[0.01, 0.1, 0.14],
            conversions=[5, 50, 70],
            difference=[None, 0.09, 0.13],
        )
    )
    payload = tables.experiments_table(rows).payload()
    for column in ("rate", "difference", "low"):
        assert not any(shown(payload, column)[1:]), column
    found = findings.experiments_finding(rows, days=30)
    assert "13" not in found.title


def test_few_of_a_test_who_did_not_return_are_hidden_with_what_tells_them() -> None:
    rows = pd.DataFrame(
        {
            "experiment": "back",
            "variant": ["control", "letter", "gift"],
            "customer_count": [60, 60, 60],
            "returned_count": [20, 55, 30],
            "return_rate": [20 / 60, 55 / 60, 0.5],
            "low": 0.1,
            "high": 0.9,
            "difference": [None, 35 / 60, 10 / 60],
            "difference_low": [None, 0.1, 0.1],
            "difference_high": [None, 0.9, 0.9],
            "verdict": [None, "more", "more"],
        }
    )
    payload = tables.win_back_results_table(rows).payload()
    assert shown(payload, "returned_count") == [False, False, False]
    title = findings.win_back_results_finding(rows, days=30).title
    assert "letter" not in title


@pytest.mark.parametrize(
    ("drawn", "ordered", "told"), [(64, 24, False), (200, 24, False), (200, 60, True)]
)
def test_few_of_a_test_who_had_not_lapsed_do_not_follow_from_all_tests(
    drawn: int, ordered: int, told: bool
) -> None:
    rows = pd.DataFrame(
        {
            "experiment": "back",
            "variant": ["control", "letter"],
            "customer_count": [60, 60],
            "returned_count": [20, 30],
            "return_rate": [20 / 60, 0.5],
            "low": 0.1,
            "high": 0.9,
            "difference": [None, 10 / 60],
            "difference_low": [None, 0.1],
            "difference_high": [None, 0.9],
            "verdict": [None, "more"],
            # As the tables of all tests tell: of the control so many were drawn, so many ordered.
            "drawn_count": [drawn, 200],
            "drawn_returned_count": [ordered, 90],
        }
    )
    payload = tables.win_back_results_table(rows).payload()
    assert shown(payload, "return_rate") == [told, told]
    assert shown(payload, "customer_count")[0] is told


@pytest.mark.parametrize(("hits", "told"), [((40, 30), True), ((40, 91), False), ((95, 30), False)])
def test_a_difference_of_hits_tells_no_few(hits: tuple[int, int], told: bool) -> None:
    ours, popular = hits
    rows = pd.DataFrame(
        {
            "method": ["offers", "popular", "difference"],
            "customer_count": 100,
            "hit_count": [ours, popular, ours - popular],
            "hit_rate": [ours / 100, popular / 100, (ours - popular) / 100],
            "low": 0.1,
            "high": 0.2,
            "k": 5,
        }
    )
    assert shown(tables.offer_hits_table(rows).payload(), "hit_rate") == [told] * 3
    found = findings.next_offers_finding(rows, customers=900, n=1000)
    assert ("hit_rate" in found.figures) == told


def test_customers_to_whom_a_product_is_offered_but_not_first_are_no_few() -> None:
    rows = pd.DataFrame(
        {
            "product": ["tea", "soap", "oats"],
            "customer_count": [60, 80, 90],
            "first_count": [55, 40, 30],
            "chance": 0.2,
            "margin": 1.0,
            "expected_value": 0.2,
        }
    )
    payload = tables.next_offers_table(rows, n=125).payload()
    told = dict(zip(column_cells(payload, "product"), shown(payload, "first_count"), strict=True))
    assert told == {"tea": False, "soap": False, "oats": False} or not (told["tea"] or told["oats"])


def test_a_bundle_that_few_bought_two_thirds_of_is_left_out() -> None:
    rows = pd.DataFrame(
        {
            "product": ["tea", "tea"],
            "with_product": ["cup", "cup"],
            "third_product": ["spoon", "honey"],
            "order_count": [55, 40],
            "customer_count": [50, 40],
            # Of 60 orders of tea and cup 5 lack the spoon, 20 the honey.
            "confidence": [55 / 60, 40 / 60],
            "confidence_low": 0.5,
            "lift": 3.0,
            "support": 0.1,
            "q_value": 0.01,
            "verdict": "together",
        }
    )
    payload = tables.bundles_table(rows, n=900).payload()
    assert column_cells(payload, "third_product") == ["honey"]
    assert "spoon" not in findings.bundles_finding(rows).title


def test_few_who_ordered_a_year_ago_but_not_first_do_not_follow_from_anniversaries() -> None:
    rows = pd.DataFrame(
        [("anniversary", 40, 19, 900.0, 1), ("season", 84, 26, 2800.0, 2)],
        columns=["moment", "customer_count", "active_count", "past_revenue", "place"],
    )
    payload = tables.moments_table(rows).payload()
    hidden = [is_hidden(cell) for cell in column_cells(payload, "active_count")]
    assert hidden == [True, False]
    assert column_cells(payload, "customer_count") == [40, 84]


@pytest.mark.parametrize(("season", "told"), [(13, True), (21, False), (23, True)])
def test_anniversaries_do_not_follow_from_who_ordered_in_these_days_a_year_ago(
    season: int, told: bool
) -> None:
    # The first orders of these days are among all of a year ago, where there is but one year.
    rows = pd.DataFrame(
        [("anniversary", 13, 0, 900.0, 1), ("season", season, 0, 2800.0, 2)],
        columns=["moment", "customer_count", "active_count", "past_revenue", "place"],
    )
    payload = tables.moments_table(rows).payload()
    found = findings.moments_finding(rows, days=92)
    for column in ("customer_count", "past_revenue"):
        assert is_hidden(column_cells(payload, column)[0]) != told
        assert not is_hidden(column_cells(payload, column)[1])
    assert ("anniversary" in found.figures) == told
    assert found.figures["season"] == season

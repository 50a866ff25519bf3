"""Every map of RFM codes to segments, and own cut points."""

from collections import Counter
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.profiles import customer_behaviour
from crm_strategy.analysis.rfm import (
    MAPS,
    SEGMENT_CODES,
    SEGMENT_KPIS,
    SEGMENTS,
    customer_segments,
    cut_points,
    rf_grid,
    rfm_scores,
    scores_of_profiles,
)
from crm_strategy.analysis.rfm_maps import codes_of
from crm_strategy.words import say, speaking
from tests.analysis.builders import FEW, orders, records, table
from tests.analysis.rfm_orders import AS_OF, SCORES, an_order


def scored(*codes: int, bins: int = 5):
    rows = [
        {
            "customer_id": f"c{number}",
            "order_count": 1,
            "revenue": 10.0,
            "recency_days": 1,
            "recency_score": code // 100,
            "frequency_score": code // 10 % 10,
            "monetary_score": code % 10,
        }
        for number, code in enumerate(codes)
    ]
    return table(SCORES, rows)


def test_every_one_of_the_125_codes_belongs_to_exactly_one_segment():
    every_code = {100 * r + 10 * f + m for r, f, m in product(range(1, 6), repeat=3)}
    named = Counter(code for codes in SEGMENT_CODES.values() for code in codes)
    assert set(named) == every_code
    assert set(named.values()) == {1}


def test_every_code_is_given_the_segment_of_the_map():
    codes = [code for codes in SEGMENT_CODES.values() for code in codes]
    segments = [segment for _, segment in records(
        customer_segments(scored(*codes), segment_map="codes").order_by("customer_id"),
        "customer_id",
        "segment",
    )]  # fmt: skip
    by_id = sorted(range(125), key=lambda number: f"c{number}")
    expected = [next(s for s, each in SEGMENT_CODES.items() if codes[n] in each) for n in by_id]
    assert segments == expected


@pytest.mark.parametrize("segment_map", MAPS)
def test_every_map_gives_each_of_the_125_codes_exactly_one_segment(segment_map):
    codes = codes_of(segment_map)
    assert tuple(codes) == MAPS[segment_map]
    named = Counter(code for each in codes.values() for code in each)
    assert named == Counter(100 * r + 10 * f + m for r, f, m in product(range(1, 6), repeat=3))


def test_a_report_has_at_most_eight_segments_in_the_words_of_the_code_map():
    assert len(MAPS["named"]) == 8
    assert set(MAPS["named"]) <= set(SEGMENTS)
    for code, named in (
        (525, "potential"),
        (331, "need_attention"),
        (222, "lost"),
        (155, "cant_lose"),
    ):
        segments = customer_segments(scored(code))
        assert records(segments, "segment") == [(named,)]


@pytest.mark.parametrize(
    ("code", "segment"),
    [
        (225, "hibernating"),
        (141, "at_risk"),
        (251, "cant_lose"),
        (325, "about_to_sleep"),
        (333, "need_attention"),
        (345, "loyal"),
        (415, "promising"),
        (511, "new"),
        (431, "potential"),
        (541, "champions"),
    ],
)
def test_the_grid_looks_at_recency_and_frequency_alone(code, segment):
    # The ten segments of the R × F grid, each in one of its cells.
    segments = customer_segments(scored(code), segment_map="grid")
    assert records(segments, "segment") == [(segment,)]


def test_the_kpi_of_each_segment_is_the_one_its_words_name():
    with speaking(language="en"):
        assert dict(SEGMENT_KPIS) == {each: say(f"segments.{each}.kpi") for each in SEGMENTS}


def test_own_cut_points_score_by_what_they_reach():
    # 30 days or fewer is recent, and so on; two orders reach one mark, revenue keeps shares.
    cuts = {"recency_days": (90, 30), "order_count": (2, 5)}
    table = orders(
        ("a", "2026-08-31", 10),
        ("a", "2026-08-31", 10),
        ("b", "2026-08-30", 5),
        ("c", "2026-01-01", 1),
    )
    scores = rfm_scores(table, as_of=AS_OF, bins=3, cuts=cuts).order_by("customer_id")
    assert records(
        scores, "recency_days", "recency_score", "order_count", "frequency_score", "monetary_score"
    ) == [(30, 3, 2, 2, 3), (31, 2, 1, 1, 2), (272, 1, 1, 1, 1)]


@FEW
@given(st.lists(an_order, min_size=1), st.integers(2, 10))
def test_the_cut_points_of_scores_give_the_same_scores_again(rows, bins):
    behaviour = customer_behaviour(orders(*rows), as_of=AS_OF)
    scores = scores_of_profiles(behaviour, bins=bins)
    again = scores_of_profiles(behaviour, bins=bins, cuts=cut_points(scores, bins=bins))
    assert records(again.order_by("customer_id")) == records(scores.order_by("customer_id"))


def test_the_cut_points_of_one_period_do_not_move_with_the_other_customers_of_the_next():
    # A customer who did nothing else keeps the scores of orders and revenue.
    first = orders(("a", "2026-06-01", 50), ("b", "2026-06-01", 5), ("b", "2026-06-02", 5))
    cuts = cut_points(rfm_scores(first, as_of=date(2026, 6, 30), bins=2), bins=2)
    assert cuts == {"recency_days": (28.0,), "order_count": (2.0,), "revenue": (50.0,)}
    later = orders(("a", "2026-06-01", 50), *((each, "2026-09-01", 500) for each in "cdefghc"))
    scores = rfm_scores(later, as_of=AS_OF, bins=2, cuts=cuts).filter(
        lambda t: t.customer_id == "a"
    )
    assert records(scores, "recency_score", "frequency_score", "monetary_score") == [(1, 1, 2)]


def test_the_grid_counts_customers_and_revenue_by_cell():
    grid = rf_grid(scored(511, 515, 111))
    assert records(grid) == [(5, 1, "new", 2, 20.0), (1, 1, "hibernating", 1, 10.0)]


def test_own_cut_points_stay_for_another_period_whatever_was_seen():
    own = {"recency_days": (365, 180, 90, 30), "order_count": (2, 3, 5, 9)}
    seen = [("2026-09-20", 3), ("2026-06-30", 3)]
    table = orders(
        *((f"c{at}", day, 10 + at) for at, (day, n) in enumerate(seen) for _ in range(n))
    )
    scores = rfm_scores(table, as_of=date(2026, 9, 30), cuts=own)
    marks = cut_points(scores, cuts=own)
    assert {measure: marks[measure] for measure in own} == own
    # All alike, too: 10 days reach 5 and 100 days 3, whoever else there is.
    alike = rfm_scores(orders(("a", "2026-09-20", 5)), as_of=date(2026, 9, 30), cuts=own)
    earlier = rfm_scores(table, as_of=date(2026, 10, 8), cuts=cut_points(alike, cuts=own)).order_by(
        "customer_id"
    )
    assert records(earlier, "recency_days", "recency_score", "frequency_score") == [
        (18, 5, 3),
        (100, 3, 3),
    ]

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.spans import Span, layers, months_in, spans_of

DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2026, 7, 1), date(2026, 9, 30), 3),
        (date(2024, 2, 1), date(2024, 2, 29), 1),
        (date(2026, 1, 1), date(2026, 2, 7), 1 + 7 / 28),
        (date(2025, 12, 31), date(2026, 1, 1), 2 / 31),
        (date(2025, 1, 1), date(2026, 12, 31), 24),
    ],
)
def test_months_count_their_parts_by_days(start, end, months):
    assert months_in(start, end) == pytest.approx(months)


@given(DAYS, st.integers(0, 300), st.integers(1, 300))
def test_months_of_two_spans_in_a_row_add_up(start, days, more):
    middle = start + timedelta(days=days)
    end = middle + timedelta(days=more)
    following = middle + timedelta(days=1)
    parts = months_in(start, middle) + months_in(following, end)
    assert months_in(start, end) == pytest.approx(parts)


def test_spans_are_in_order_of_time_and_each_id_once():
    first, second = (
        Span("a", date(2026, 1, 1), date(2026, 1, 31)),
        Span("b", date(2026, 2, 1), date(2026, 2, 28)),
    )
    assert spans_of([second, first, second]) == [first, second]


@given(st.lists(st.tuples(DAYS, st.integers(0, 60)), max_size=12))
def test_no_two_spans_of_a_layer_overlap_and_none_is_lost(pairs):
    spans = [
        Span(str(number), start, start + timedelta(days=days))
        for number, (start, days) in enumerate(pairs)
    ]
    found = layers(spans)
    assert sorted(span for layer in found for span in layer) == sorted(spans)
    for layer in found:
        ordered = sorted(layer, key=lambda span: span.start)
        assert all(a.end < b.start for a, b in pairwise(ordered))


def test_periods_of_one_rhythm_are_one_layer():
    months = [Span(str(m), date(2026, m, 1), date(2026, m, 28)) for m in range(1, 13)]
    assert layers(months[::-1]) == [months]

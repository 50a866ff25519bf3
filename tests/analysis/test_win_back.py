from datetime import date

from crm_strategy.analysis.lifecycle import customer_stages
from crm_strategy.analysis.rfm import customer_segments, rfm_scores
from crm_strategy.analysis.win_back import lapsed_segments
from tests.analysis.builders import orders, records

START, END = date(2026, 7, 1), date(2026, 9, 30)


def lapsed(*rows):
    table = orders(*rows)
    customers = customer_segments(rfm_scores(table, as_of=END))
    stages = customer_stages(table, start=START, end=END, active_days=92)
    return records(lapsed_segments(customers, stages))


def test_lapsed_customers_stand_in_their_segment_with_all_they_had_brought():
    # Worse by recency: 1 of 4 for b, 2 for c (d is oldest), so 2 and 3; by orders 0 and 3 of 4:
    # 1 and 4; by revenue 0 and 1: 1 and 2. 211 is lost, 342 potential.
    assert lapsed(
        ("a", "2026-08-01", 150),
        ("b", "2026-06-01", 5),
        ("c", "2026-01-01", 70),
        ("c", "2026-06-10", 50),
        ("c", "2026-06-11", -20),
        ("d", "2025-01-01", 300),
    ) == [("potential", 1, 100.0), ("lost", 1, 5.0)]


def test_nobody_lapsed_gives_an_empty_table():
    assert lapsed() == []
    assert lapsed(("a", "2026-08-01", 100)) == []

import math
from collections import defaultdict
from datetime import date

import pytest

from crm_strategy.analysis.kpi_values import kpi_values
from crm_strategy.analysis.kpis import kpi_history
from crm_strategy.analysis.loyalty import least_told, loyal_counts
from crm_strategy.analysis.rfm import customer_segments, cut_points, rfm_scores
from crm_strategy.analysis.spans import Span
from tests.analysis.builders import orders

Q2 = Span("2026-Q2", date(2026, 4, 1), date(2026, 6, 30))
Q3 = Span("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))


def shop():
    """Nine customers: the later the letter, the oftener and the later they order."""
    rows = [
        (name, f"2026-{month:02d}-10", 10 * place)
        for place, name in enumerate("abcdefghi", start=2)
        for month in range(1, place)
    ]
    return orders(*rows, ("j", "2026-01-05", 5))


def test_loyal_are_the_champions_and_the_loyal_of_the_rfm_map():
    found = loyal_counts(shop(), periods=[Q3]).loc[Q3.id]
    named = customer_segments(rfm_scores(shop(), as_of=Q3.end)).to_pandas()
    assert found["scored"] == 10
    assert found["loyal"] == named["segment"].isin(["champions", "loyal"]).sum() > 0


def test_an_earlier_period_is_scored_by_the_marks_of_the_last():
    found = loyal_counts(shop(), periods=[Q3, Q2])
    assert found.index.tolist() == [Q2.id, Q3.id]
    marks = cut_points(rfm_scores(shop(), as_of=Q3.end))
    then = customer_segments(rfm_scores(shop(), as_of=Q2.end, cuts=marks)).to_pandas()
    assert found.loc[Q2.id, "loyal"] == then["segment"].isin(["champions", "loyal"]).sum()


def test_many_periods_at_once_count_what_each_alone_does():
    quarters = [
        Span(f"2026-Q{number}", date(2026, 3 * number - 2, 1), date(2026, 3 * number, 30))
        for number in (1, 2, 3)
    ]
    marks = cut_points(rfm_scores(shop(), as_of=quarters[-1].end))
    together = loyal_counts(shop(), periods=quarters)
    for quarter in quarters:
        alone = loyal_counts(shop(), periods=[quarter], cuts=marks)
        assert together.loc[quarter.id].equals(alone.loc[quarter.id])


def test_the_kpi_is_their_share_of_all_who_ever_ordered():
    made = shop()
    loyal = loyal_counts(made, periods=[Q3])
    history = kpi_history(orders=made, loyal=loyal, periods=[Q2, Q3], active_days=92)
    values = history[history["kpi"] == "loyalty_share"].set_index("period")["value"]
    assert values[Q3.id] == pytest.approx(loyal.loc[Q3.id, "loyal"] / 10)
    assert values.isna()[Q2.id]


@pytest.mark.parametrize(
    ("sizes", "fewest"),
    [
        # With the 4 lost, 12 champions are hidden: all loyal less the 30 shown would tell both.
        ({"champions": 12, "loyal": 30, "lost": 4, "new": 40}, 4),
        ({"champions": 4, "loyal": 30, "lost": 12, "new": 40}, 4),
        ({"champions": 4, "loyal": 12, "lost": 30, "new": 40}, None),
        ({"champions": 40, "loyal": 30, "lost": 4, "new": 12}, None),
        ({"champions": 12, "loyal": 30, "lost": 14, "new": 40}, None),
    ],
)
def test_the_share_is_hidden_where_it_tells_a_hidden_segment(sizes, fewest):
    told = least_told(sizes, least=10)
    assert told == fewest if fewest else math.isnan(told)
    counts = {"loyal": 40.0, "scored": 86.0, "loyal_tells": told}
    share = kpi_values(defaultdict(lambda: math.nan, counts))["loyalty_share"]
    assert share.smallest_count == (fewest or 40)


def test_without_orders_nobody_is_loyal_and_nothing_is_said():
    found = loyal_counts(orders(), periods=[Q2, Q3])
    assert found.isna().all(axis=None)

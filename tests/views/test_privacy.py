import math
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy import words
from crm_strategy.analysis.kpi_values import kpi_values
from crm_strategy.views import charts, findings, markup, tables
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.views.privacy import rows_to_hide, small
from crm_strategy.views.table import Table
from tests.views.samples import sample, segments

FEW = {"suppressed": True, "text": "<10"}
HIDDEN = {"suppressed": True, "text": "hidden"}
COUNTS = st.lists(st.integers(0, 60), min_size=1, max_size=12)


def groups(*counts: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": [f"g{at}" for at in range(len(counts))],
            "customer_count": counts,
            "revenue": [100.0 * count for count in counts],
        }
    )


def test_a_small_group_shows_that_it_is_small_and_hides_its_other_numbers():
    payload = Table(groups(9, 10, 0), id="x", suppress="customer_count").payload()
    assert payload["rows"] == [["g0", FEW, HIDDEN], ["g1", 10, 1000.0], ["g2", 0, 0.0]]
    assert payload["note"] == (
        "Groups of fewer than 10 customers are hidden, with the figures that would reveal them."
    )
    html = markup.table_html(payload)
    assert '<td class="n"><span class="mut">&lt;10</span></td>' in html
    with words.speaking(min_cell=5):
        shown = Table(groups(9, 4), id="x", suppress="customer_count").payload()
    assert shown["rows"] == [["g0", 9, 900.0], ["g1", {"suppressed": True, "text": "<5"}, HIDDEN]]


def test_a_sum_of_a_column_is_as_small_as_a_number_of_our_own():
    assert small(np.int64(9))
    assert small(pd.Series([4.0, 5.0]).sum())
    assert not small(np.int64(10))


def test_under_a_total_the_next_smallest_is_hidden_too():
    table = Table(
        groups(40, 7, 30, 12), id="x", suppress="customer_count", total=["customer_count"]
    )
    counts = column_cells(table.payload(), "customer_count")
    assert counts == [40, FEW, 30, HIDDEN, 89]


def test_two_hidden_rows_of_fewer_than_ten_together_hide_a_third():
    # Their sum, 3, would follow from the total.
    table = Table(groups(40, 1, 2, 25), id="x", suppress="customer_count", total=["customer_count"])
    assert column_cells(table.payload(), "customer_count") == [40, FEW, FEW, HIDDEN, 68]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        # 51 - 40 = 11 of "<10" and of 10 at least would be 1 and 10.
        ((40, 1, 10), [40, HIDDEN, HIDDEN]),
        # 18 of twice "<10" would be 9 and 9; of 10 any of 1 to 9.
        ((40, 9, 9), [40, HIDDEN, HIDDEN]),
        ((40, 5, 5), [40, FEW, FEW]),
        ((40, 9, 10), [40, FEW, HIDDEN]),
    ],
)
def test_that_a_group_is_small_is_not_said_where_it_would_narrow_it_down(counts, said):
    table = Table(groups(*counts), id="x", suppress="customer_count", total=["customer_count"])
    assert column_cells(table.payload(), "customer_count")[:-1] == said


@given(COUNTS)
def test_hidden_counts_of_a_known_sum_may_be_any_that_their_words_allow(counts):
    table = Table(groups(*counts), id="x", suppress="customer_count", total=["customer_count"])
    cells = column_cells(table.payload(), "customer_count")
    gone = [(cell, n) for cell, n in zip(cells, counts, strict=False) if is_hidden(cell)]
    few = [n for cell, n in gone if cell == FEW]
    if few and not is_hidden(cells[-1]):
        larger, total = len(gone) - len(few), sum(n for _, n in gone)
        least = total - 9 * (len(few) - 1)
        assert larger or least <= 1
        assert total - (len(few) - 1) - 10 * larger >= 9


@given(st.permutations([3, 12, 12, 12, 40, 50]))
def test_groups_of_one_size_are_hidden_together_whatever_their_order(counts):
    # Two tables of the same groups, each in its own order, would else tell what the other hides.
    table = Table(groups(*counts), id="x", suppress="customer_count", total=["customer_count"])
    shown = [n for n in column_cells(table.payload(), "customer_count")[:-1] if not is_hidden(n)]
    assert sorted(shown) == [40, 50]


def test_a_total_that_is_itself_small_is_hidden():
    table = Table(groups(3, 0), id="x", suppress="customer_count", total=["customer_count"])
    assert column_cells(table.payload(), "customer_count") == [FEW, 0, FEW]


@given(COUNTS)
def test_what_is_hidden_in_a_whole_never_follows_from_the_total(counts):
    hide = rows_to_hide(counts, groups=[[0] * len(counts)])
    small = [row for row, count in enumerate(counts) if 0 < count < 10]
    assert set(small) <= set(hide)
    if small:
        shown = [row for row, count in enumerate(counts) if count > 0 and row not in hide]
        together = sum(counts[row] for row in hide)
        assert not shown or (len(hide) >= 2 and together >= 10)
    else:
        assert hide == []


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(0, 60))))
def test_in_a_matrix_no_row_or_column_gives_a_hidden_cell_away(cells):
    rows, columns, counts = zip(*cells, strict=True) if cells else ((), (), ())
    hide = set(rows_to_hide(counts, groups=[rows, columns]))
    for names in (rows, columns):
        for name in set(names):
            inside = [at for at, each in enumerate(names) if each == name and counts[at] > 0]
            gone = [at for at in inside if at in hide]
            if gone and set(gone) != set(inside):
                assert len(gone) >= 2
                assert sum(counts[at] for at in gone) >= 10


def test_a_guard_hides_only_what_it_names_and_only_where_it_holds():
    rows = [
        {"kpi": "new_customers", "value": 4.0, "target": 20.0},
        {"kpi": "average_order_value", "value": 4.0, "target": 20.0},
    ]
    guard = Suppress(count="value", hides=(), only=("kpi", frozenset({"new_customers"})))
    payload = Table(rows, id="x", suppress=[guard]).payload()
    assert column_cells(payload, "value") == [FEW, 4.0]
    assert column_cells(payload, "target") == [20.0, 20.0]


def test_a_kpi_that_rests_on_few_cases_is_hidden_and_its_target_is_not():
    kpis = sample("kpis").assign(n=[4, 14210, 17496, 0, 2480])
    payload = tables.kpis_table(kpis).payload()
    first = dict(zip([c["name"] for c in payload["columns"]], payload["rows"][0], strict=True))
    assert first["value"] == first["change"] == HIDDEN
    assert first["n"] == FEW
    assert (first["target"], first["previous"]) == (1220000.0, 1228515.0)


def test_a_cohort_month_with_few_active_customers_is_hidden():
    rows = [
        {"cohort": "2026-01-01", "period": 1, "customer_count": 200, "active_count": active}
        for active in (9, 20)
    ]
    frame = pd.DataFrame(rows).assign(retention_rate=lambda row: row.active_count / 200)
    payload = tables.cohort_retention_table(frame).payload()
    assert column_cells(payload, "active_count") == [FEW, 20]
    assert column_cells(payload, "retention_rate") == [HIDDEN, 0.1]


def test_a_small_number_of_customers_is_not_told_by_n():
    payload = tables.segments_table(segments([3])).payload()
    assert payload["source"] == "Source: orders."
    assert payload["n"] is None
    assert payload["rows"][-1][1] == FEW


def test_a_chart_and_its_alt_text_cannot_show_what_the_table_hides():
    # 7 lost customers; with them the next smallest, 21 hibernating, go.
    counts = [1100, 1000, 900, 800, 700, 600, 500, 400, 300, 21, 7]
    payload = charts.segment_bars_chart(segments(counts)).payload()
    assert [is_hidden(row[1]) for row in payload["rows"]] == [False] * 9 + [True, True, False]
    assert "Hibernating hidden, Lost hidden" in payload["alt"]
    revenue = [f"€{value:,.0f}" for value in (21 * (240 - 180), 7 * (240 - 200))]
    assert not any(text in payload["alt"] for text in revenue)


@pytest.mark.parametrize("moved", [3, 9])
def test_a_small_move_between_segments_is_a_dot_in_the_heatmap(moved):
    rows = [
        ("champions", "champions", 100),
        ("champions", "loyal", 40),
        ("champions", "at_risk", moved),
        ("loyal", "loyal", 80),
        ("loyal", "champions", 30),
        ("loyal", "at_risk", 25),
    ]
    frame = pd.DataFrame(rows, columns=["from_segment", "to_segment", "customer_count"])
    payload = charts.segment_migration_chart(frame).payload()
    hidden = [row[:2] for row in payload["rows"] if is_hidden(row[2])]
    # The small cell, the next smallest of its row, the next of its column, and theirs.
    assert hidden == [
        ["Champions", "Loyal"],
        ["Champions", "At risk"],
        ["Loyal", "Loyal"],
        ["Loyal", "At risk"],
    ]
    assert "Champions 70%" in payload["alt"] or "Champions 67%" in payload["alt"]


def test_a_hidden_row_of_a_ranking_does_not_keep_its_place():
    # Ranked by revenue, say: first place would tell that the 7 brought most.
    rows = groups(7, 40, 30)
    layout = Layout(ranked=True)
    table = Table(rows, id="x", suppress="customer_count", total=["customer_count"], layout=layout)
    shown = [(row[0], row[1]) for row in table.payload()["rows"]]
    assert shown == [("g1", 40), ("g0", FEW), ("g2", HIDDEN), ("Total", 77)]


def test_a_sum_that_would_tell_a_second_count_is_hidden():
    # 124 + 99 new customers of 231: the three hidden channels have 8 together.
    channels = pd.DataFrame(
        {
            "channel": ["search", "social", "email", "app", "sms"],
            "cost": [1803.0, 1951.0, 1054.0, 581.0, 245.0],
            "new_customers": [124, 99, 4, 2, 2],
            "order_count": [136, 142, 656, 297, 143],
            "cac": [14.54, 19.7, 263.5, 290.5, 122.5],
        }
    )
    payload = tables.channel_costs_table(channels).payload()
    assert column_cells(payload, "new_customers") == [124, 99, FEW, FEW, FEW, HIDDEN]
    assert column_cells(payload, "cac")[2:] == [HIDDEN, HIDDEN, HIDDEN, None]
    assert column_cells(payload, "order_count")[-1] == 1374


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        *(("attributes", ["attribute"]), ("satisfaction", ["kind"]), ("newcomers", [])),
        *(("segment_kinds", ["kind"]), ("value_holdout", ["model"]), ("stopped_at", [])),
        *(("satisfaction_value", ["band"]), ("satisfaction_value", ["value_group"])),
        ("profile_fit", []),
        *(("respondents", []), ("ideal_customer", ["attribute"])),
    ],
)
def test_a_small_group_never_follows_from_the_whole_it_is_a_part_of(name, whole):
    rows = sample(name)
    rows.loc[0, "customer_count"] = 7
    payload = getattr(tables, f"{name}_table")(rows).payload()
    covered = [is_hidden(cell) for cell in column_cells(payload, "customer_count")]
    parts = list(zip(*(column_cells(payload, each) for each in whole), strict=True))
    parts = parts or [()] * len(covered)
    few = column_cells(payload, "customer_count").index(FEW)
    together = [hid for hid, part in zip(covered, parts, strict=True) if part == parts[few]]
    assert sum(together) >= min(2, len(together))
    at = [c["name"] for c in payload["columns"]].index("customer_count")
    numbers = [cell for place, cell in enumerate(payload["rows"][few]) if place > at]
    assert not any(isinstance(cell, float) for cell in numbers)


@pytest.mark.parametrize(("customers", "points"), [(2360, 21), (100, 11), (19, 0), (12, 0)])
def test_the_curve_of_value_moves_by_groups_that_may_be_shown(customers, points):
    total = [{"customer_count": customers}]
    payload = tables.value_curve_table(sample("value_curve"), total).payload()
    assert len(payload["rows"]) == points
    shares = column_cells(payload, "customer_share")
    steps = [customers * (b - a) for a, b in pairwise(shares)]
    assert all(step >= 10 - 1e-9 for step in steps)


def test_shares_of_effort_are_hidden_with_the_size_of_a_small_segment():
    sizes = [{"segment": "champions", "customer_count": 7}]
    sizes += [{"segment": each, "customer_count": 500} for each in ("loyal", "lost")]
    sizes[-1]["customer_count"] = 1000
    chart = charts.effort_chart(sample("effort"), sizes).payload()
    covered = [is_hidden(cell) for cell in column_cells(chart, "touch_share")]
    assert covered == [False, True, True]
    assert "20%" not in chart["alt"]


def lifecycle_rows(**counts: int) -> pd.DataFrame:
    return pd.DataFrame(
        [{"stage": stage, "customer_count": n, "revenue": 10.0 * n} for stage, n in counts.items()]
    )


def scorecard(*, active: int, before: int, new: int, retained: int, base: int) -> pd.DataFrame:
    """KPIs of customers: active now and before, of all there are."""
    counts = {
        "active_end": active,
        "active_start": before,
        "new": new,
        "retained": retained,
        "ever": base,
    }
    figures = kpi_values(defaultdict(lambda: math.nan, counts))
    rows = [
        (kpi, figures[kpi].value, figures[kpi].n, figures[kpi].smallest_count, previous, least)
        for kpi, previous, least in (
            ("active_customers", before, before),
            # Their growth tells the new of this period too: `kpi_history` counts these in.
            ("active_share", before / (base - new), min(before, new)),
            ("new_customers", 40, 40),
            ("customer_retention_rate", 0.8, 40),
            ("churn_rate", 0.2, 40),
        )
    ]
    columns = ["kpi", "value", "n", "smallest_count", "previous", "previous_smallest_count"]
    return pd.DataFrame(rows, columns=columns).assign(
        last_year=None, change=None, low=None, high=None, unit="share"
    )


def test_few_new_customers_do_not_follow_from_active_retained_and_returned():
    # 233 active = 214 retained + 17 returned + 2 new, of whom the first is in the KPIs too.
    stages = lifecycle_rows(new=2, retained=214, returned=17, lapsed=12)
    payload = tables.lifecycle_table(stages).payload()
    assert column_cells(payload, "customer_count") == [FEW, 214, HIDDEN, 12]


def test_few_lapsed_do_not_follow_from_those_active_before():
    stages = lifecycle_rows(new=40, retained=214, returned=17, lapsed=3)
    payload = tables.lifecycle_table(stages).payload()
    # Without the retained, the next smallest of the active must be hidden too.
    assert column_cells(payload, "customer_count") == [40, HIDDEN, HIDDEN, FEW]


def test_few_new_customers_do_not_follow_from_shares_of_all_customers():
    rows = scorecard(active=233, before=241, new=2, retained=214, base=299)
    payload = tables.kpis_table(rows).payload()
    previous = dict(zip(payload["keys"]["kpi"], column_cells(payload, "previous"), strict=True))
    assert previous["active_share"] == HIDDEN
    assert previous["customer_retention_rate"] == 0.8


def test_retention_is_told_where_both_its_parts_may_be():
    rows = scorecard(active=233, before=241, new=2, retained=214, base=299)
    payload = tables.kpis_table(rows).payload()
    values = dict(zip(payload["keys"]["kpi"], column_cells(payload, "value"), strict=True))
    assert values["customer_retention_rate"] == pytest.approx(214 / 241)
    assert values["new_customers"] == HIDDEN


def test_retention_is_hidden_where_it_would_tell_few_lapsed():
    rows = scorecard(active=271, before=217, new=40, retained=214, base=299)
    payload = tables.kpis_table(rows).payload()
    values = dict(zip(payload["keys"]["kpi"], column_cells(payload, "value"), strict=True))
    assert values["customer_retention_rate"] == HIDDEN
    assert values["churn_rate"] == HIDDEN
    assert values["active_share"] == pytest.approx(271 / 299)


def test_returned_customers_do_not_follow_from_the_new_that_the_kpis_tell():
    # 45 active = 30 retained + 12 new + 3 returned: with the returned the retained are hidden,
    # for the new are also told by cohorts, moves between segments and channels.
    rows = scorecard(active=45, before=60, new=12, retained=30, base=160)
    payload = tables.kpis_table(rows).payload()
    values = dict(zip(payload["keys"]["kpi"], column_cells(payload, "value"), strict=True))
    assert values["new_customers"] == 12
    assert values["customer_retention_rate"] == values["churn_rate"] == HIDDEN
    stages = lifecycle_rows(new=12, retained=30, returned=3, lapsed=30)
    shown = column_cells(tables.lifecycle_table(stages).payload(), "customer_count")
    assert shown == [12, HIDDEN, FEW, HIDDEN]


PLANS = pd.DataFrame(
    {
        "attribute": "plan",
        "value": ["basic", "plus", "gold", "other"],
        "customer_count": [90, 60, 12, 3],
        "revenue": [900.0, 700.0, 300.0, 20.0],
        "average_order_value": 10.0,
        "index": [90.0, 110.0, 160.0, 60.0],
        "low": [80.0, 101.0, 130.0, 20.0],
        "high": [99.0, 120.0, 190.0, 99.0],
        "customer_share": [0.55, 0.36, 0.07, 0.02],
        "kind": "other",
    }
)


def test_a_chart_of_chosen_rows_hides_what_its_table_hides():
    # With the 3 of "other" the 12 of "gold" are hidden, though "other" is not drawn.
    table = tables.attributes_table(PLANS).payload()
    shown = dict(
        zip(column_cells(table, "value"), column_cells(table, "customer_count"), strict=True)
    )
    hidden_values = [value for value, count in shown.items() if is_hidden(count)]
    assert hidden_values == ["gold", "Other"]
    payload = charts.attribute_index_chart(PLANS).payload()
    assert column_cells(payload, "value") == ["plus", "basic"]
    assert "gold" not in payload["alt"]
    assert "gold" not in findings.attributes_finding(PLANS).title


def test_a_sentence_hides_what_its_table_hides():
    # 45 answered: 24 promoters, 9 passives, and 12 detractors who would tell the 9.
    answers = pd.DataFrame(
        {
            "kind": "nps",
            "band": ["detractor", "passive", "promoter"],
            "customer_count": [12, 9, 24],
            "revenue": [2302.0, 900.0, 6000.0],
            "repeat_rate": 0.5,
        }
    )
    found = findings.satisfaction_finding(answers)
    assert "12" not in f"{found.title} {found.text}"


@pytest.mark.parametrize(("rate", "told"), [(2 / 31, False), (30 / 31, False), (0.5, True), (0, 1)])
def test_a_rate_that_would_tell_a_few_customers_is_hidden(rate, told):
    rows = pd.DataFrame(
        {
            "channel": ["sms"],
            "touch_count": [40],
            "customer_count": [31],
            "response_count": [15],
            "response_rate": [15 / 31],
            "low": [0.3],
            "high": [0.6],
            "conversion_rate": [rate],
        }
    )
    (cell,) = column_cells(tables.responses_table(rows).payload(), "conversion_rate")
    assert is_hidden(cell) != bool(told)

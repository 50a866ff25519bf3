"""Tables of two divisions tell no small group with the sizes that other tables tell."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm_strategy.views import charts, findings, tables
from crm_strategy.views.payload import column_cells, hidden, is_hidden, too_few
from crm_strategy.views.privacy import told_sizes
from tests.analysis.builders import FEW as FEW_EXAMPLES

FEW = {"suppressed": True, "text": "<10"}
HIDDEN = {"suppressed": True, "text": "hidden"}
COUNTS = st.sampled_from([0, 0, 1, 4, 9, 10, 12, 25, 60])
MORE = settings(max_examples=4 * FEW_EXAMPLES.max_examples)
Cells = dict[tuple[str, str], int]


def matrices(rows: str, columns: str) -> st.SearchStrategy[Cells]:
    """Customers by a letter of each."""
    pairs = [(row, column) for row in rows for column in columns]
    return st.fixed_dictionaries(dict.fromkeys(pairs, COUNTS))


def hidden_sizes(sizes: dict[str, int]) -> set[str]:
    """Groups whose size the table of segments hides."""
    rows = pd.DataFrame({"segment": sizes, "customer_count": sizes}).assign(segment=[*sizes])
    columns = ["customer_share", "revenue", "revenue_share", "purchase_frequency"]
    rows = rows[rows["customer_count"] > 0].assign(**dict.fromkeys(columns, 1.0))
    if rows.empty:
        return set()
    payload = tables.segments_table(rows).payload()
    names = zip(payload["keys"]["segment"], column_cells(payload, "customer_count"), strict=True)
    return {str(name) for name, n in names if is_hidden(n) and name in sizes}


def sums(cells: Cells, axis: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for pair, n in cells.items():
        found[pair[axis]] = found.get(pair[axis], 0) + n
    return found


def assert_no_small_cell_follows(
    cells: Cells,
    hidden: set[tuple[str, str]],
    unseen: tuple[set[str], set[str]],
    *,
    rest_known: bool = True,
) -> None:
    """Of the cells that are hidden, by all margins that are known."""
    unknown = sorted(hidden)
    assert all(n == 0 or n >= 10 for pair, n in cells.items() if pair not in hidden)
    lines = []
    for axis in (0, 1):
        names = set(sums(cells, axis))
        known = [{name} for name in sorted(names - unseen[axis])] + [unseen[axis]] * rest_known
        lines += [[float(pair[axis] in line) for pair in unknown] for line in known]
    equations = np.array(lines).reshape(len(lines), len(unknown))
    for at, pair in enumerate(unknown):
        if 0 < cells[pair] < 10:
            with_it = np.vstack([equations, np.eye(len(unknown))[at]])
            assert np.linalg.matrix_rank(with_it) > np.linalg.matrix_rank(equations), pair
    # Sizes of hidden segments do not follow either.
    for axis in (0, 1):
        for name in sorted(unseen[axis]):
            line = [float(pair[axis] == name) for pair in unknown]
            if 0 < sums(cells, axis)[name] < 10 and any(line):
                with_it = np.vstack([equations, line])
                assert np.linalg.matrix_rank(with_it) > np.linalg.matrix_rank(equations), name


def moves(cells: Cells) -> pd.DataFrame:
    rows = [(*pair, n, 10.0 * n) for pair, n in cells.items() if n]
    return pd.DataFrame(rows, columns=["from_segment", "to_segment", "customer_count", "revenue"])


SPLIT = {("a", "a"): 60, ("a", "b"): 11, ("b", "b"): 10, ("a", "c"): 7, ("b", "a"): 60}
"""Segments now: 120 a, 21 b and 7 c; with c the b are hidden, though both its moves are larger."""


@MORE
@given(matrices("abcd", "abcd"))
@example(dict.fromkeys([(r, c) for r in "abcd" for c in "abcd"], 0) | SPLIT)
def test_no_small_move_follows_from_the_sizes_of_segments_then_and_now(cells: Cells) -> None:
    if sum(cells.values()) < 10:
        return
    payload = tables.segment_migration_table(moves(cells)).payload()
    ends = zip(payload["keys"]["from_segment"], payload["keys"]["to_segment"], strict=True)
    counts = column_cells(payload, "customer_count")
    pairs = [(str(before), str(after)) for before, after in ends]
    gone = {pair for pair, n in zip(pairs, counts, strict=True) if is_hidden(n)}
    chart = charts.segment_migration_chart(moves(cells)).figures.payload()
    assert bool(chart["rows"]) == bool(payload["rows"])
    if not payload["rows"]:
        # No move is told, and none is named as made.
        return
    sizes = zip(chart["keys"]["from_segment"], column_cells(chart, "from_count"), strict=True)
    before = {str(name) for name, n in sizes if is_hidden(n)}
    assert_no_small_cell_follows(cells, gone, (before, hidden_sizes(sums(cells, 1))))
    # Hidden moves stand last: the place of a row tells nothing.
    covered = [is_hidden(n) for n in counts]
    assert covered == sorted(covered)


def test_all_who_stayed_are_not_told_where_some_of_them_are_hidden() -> None:
    cells = {("a", "a"): 60, ("a", "b"): 40, ("b", "b"): 4, ("b", "a"): 70, ("c", "c"): 50}
    cells |= {("c", "a"): 20, ("c", "b"): 30, ("a", "c"): 30}
    found = findings.segment_migration_finding(moves(cells))
    assert "stayed" not in found.text
    found = findings.segment_migration_finding(moves(cells | {("b", "b"): 40}))
    assert "stayed" in found.text


def test_cells_of_scores_stand_in_steps_and_the_smaller_ones_are_all_alike_hidden() -> None:
    scores = [(5, 1, "new", 3), (4, 1, "new", 14), (3, 1, "lost", 15), (2, 1, "lost", 44)]
    rows = pd.DataFrame(
        [(*each, 10.0) for each in scores],
        columns=["recency_score", "frequency_score", "segment", "customer_count", "revenue"],
    )
    payload = tables.rf_grid_table(rows).payload()
    assert column_cells(payload, "customer_count") == [HIDDEN, HIDDEN, 20, 40]
    assert column_cells(payload, "revenue") == [HIDDEN, HIDDEN, 10.0, 10.0]


def answers(cells: Cells, kind: str = "nps") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Satisfaction by band, and by band and third."""
    bands = sums(cells, 0)
    rows = pd.DataFrame({"band": [*bands], "customer_count": [*bands.values()]})
    rows = rows.assign(kind=kind, revenue=1.0, repeat_rate=0.5, low=0.4, high=0.6)
    thirds = pd.DataFrame(
        [(*pair, n, 1.0 * n) for pair, n in cells.items()],
        columns=["band", "value_group", "customer_count", "revenue"],
    )
    return rows, thirds


@MORE
@given(matrices("dpr", "tml"), st.sampled_from([0, 3, 40]))
def test_no_small_answer_follows_from_bands_thirds_and_those_who_did_not_answer(
    cells: Cells, silent: int
) -> None:
    bands, thirds = answers(cells)
    total = [{"customer_count": sum(cells.values()) + silent}]
    payload = tables.satisfaction_table(bands, total).payload()
    names = zip(payload["keys"]["band"], column_cells(payload, "customer_count"), strict=True)
    unseen = {str(name) for name, n in names if is_hidden(n)}
    if silent == 3:
        assert unseen or not any(cells.values())
        assert sum(sums(cells, 0)[name] for name in unseen) + silent >= min(
            10, sum(cells.values()) + silent
        )
    table = tables.satisfaction_value_table(thirds, total).payload()
    pairs = zip(table["keys"]["band"], table["keys"]["value_group"], strict=True)
    counts = column_cells(table, "customer_count")
    gone = {(str(b), str(g)) for (b, g), n in zip(pairs, counts, strict=True) if is_hidden(n)}
    # Nobody knows of how many answers each third of the customers is.
    if sum(cells.values()) >= 10:
        known = silent != 3
        assert_no_small_cell_follows(cells, gone, (unseen, {*"tml"}), rest_known=known)


@pytest.mark.parametrize(("silent", "told"), [(3, False), (40, True)])
def test_few_who_did_not_answer_hide_the_smallest_band(silent: int, told: bool) -> None:
    rows, _ = answers({("detractor", "t"): 20, ("passive", "t"): 30, ("promoter", "t"): 60})
    total = [{"customer_count": 110 + silent}]
    payload = tables.satisfaction_table(rows, total).payload()
    assert (column_cells(payload, "customer_count")[0] == 20) == told
    found = findings.satisfaction_finding(rows, total)
    assert ("20 customers" in found.title) == told


def test_a_hidden_size_beside_the_sum_of_the_hidden_is_not_narrowed_down() -> None:
    # 17 together, of which the other is 10 at least: "<10" would be 7 at most.
    sizes = {"at_risk": 7, "need_attention": 10, "loyal": 80}
    told = told_sizes(sizes, {"at_risk", "need_attention"})
    assert told == {"at_risk": hidden(), "need_attention": hidden(), "loyal": 80}
    assert told_sizes({"a": 4, "b": 60, "c": 80}, {"a", "b"})["a"] == too_few()

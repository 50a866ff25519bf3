"""Small groups do not follow from how segments overlap, nor from the lines of personas."""

import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm_strategy.analysis.personas import personas
from crm_strategy.views import findings, tables
from crm_strategy.views.payload import Cell, column_cells, is_hidden
from tests.analysis.builders import FEW as FEW_EXAMPLES

FEW = {"suppressed": True, "text": "<10"}
HIDDEN = {"suppressed": True, "text": "hidden"}
Matrix = list[list[int]]
LINES, COLUMNS = "abcd", "wxyz"
COUNTS = st.sampled_from([0, 0, 1, 4, 9, 10, 12, 25, 60])
MATRICES = st.lists(st.lists(COUNTS, min_size=4, max_size=4), min_size=2, max_size=4)
MORE = settings(max_examples=10 * FEW_EXAMPLES.max_examples)
"""The examples here ask no engine."""


def overlap(matrix: Matrix) -> pd.DataFrame:
    """Pairs of RFM segments a, b … and tiers w, x …, both ways round."""
    cells = np.array(matrix)
    parts = []
    for table, kinds, names in (
        (cells, ("rfm", "tier"), (LINES, COLUMNS)),
        (cells.T, ("tier", "rfm"), (COLUMNS, LINES)),
    ):
        for row, column in np.argwhere(table > 0):
            n, size = table[row, column], table[row].sum()
            base = table[:, column].sum() / table.sum()
            pair = (kinds[0], names[0][row], kinds[1], names[1][column])
            parts.append((*pair, n, n / size, n / size / base))
    columns = ["kind", "segment", "with_kind", "with_segment", "customer_count", "share", "lift"]
    return pd.DataFrame(parts, columns=columns)


def shown_cells(matrix: Matrix) -> dict[tuple[str, str], Cell]:
    """What the overlap shows of each pair; nothing of those left out."""
    payload = tables.segment_overlap_table(overlap(matrix)).payload()
    pairs = zip(
        column_cells(payload, "segment"), column_cells(payload, "with_segment"), strict=True
    )
    names = [(a, b) if a in LINES else (b, a) for a, b in pairs]
    return dict(zip(names, column_cells(payload, "customer_count"), strict=True))


def hidden_segments(sizes: dict[str, int]) -> set[str]:
    """Segments whose size the table of kinds hides."""
    rows = [
        {"kind": "rfm", "segment": name, "customer_count": int(n), "customer_share": 0.1}
        for name, n in sizes.items()
        if n
    ]
    if not rows:
        return set()
    payload = tables.segment_kinds_table(rows).payload()
    pairs = zip(
        column_cells(payload, "segment"), column_cells(payload, "customer_count"), strict=True
    )
    return {name for name, n in pairs if is_hidden(n)}


def sizes_of(matrix: Matrix) -> tuple[dict[str, int], dict[str, int]]:
    cells = np.array(matrix)
    return (
        dict(zip(LINES, cells.sum(axis=1), strict=False)),
        dict(zip(COLUMNS, cells.sum(axis=0), strict=False)),
    )


def follows(equations: np.ndarray, at: int) -> bool:
    """Whether equations alone determine an unknown: its unit vector is among their sums."""
    unit = np.eye(equations.shape[1])[at]
    with_it = np.vstack([equations, unit])
    return bool(np.linalg.matrix_rank(with_it) == np.linalg.matrix_rank(equations))


GOLD = [[136, 24, 118, 4], [300, 200, 400, 60], [900, 300, 800, 50]]
"""282 in tier gold, of whom 4 returned: each pair of segments is told in the larger share."""

BRIDGE = [[4, 60, 60, 0], [60, 12, 12, 0], [60, 12, 12, 0], [0, 60, 60, 60]]


def test_a_small_cell_does_not_follow_from_the_other_cells_of_its_row_or_column() -> None:
    shown = shown_cells(GOLD)
    assert shown["a", "z"] == FEW
    # The ring of the fewest: 24 beside it, 60 below it, and 200 where these two meet.
    assert {pair for pair, n in shown.items() if n == HIDDEN} == {
        ("a", "x"),
        ("b", "x"),
        ("b", "z"),
    }


@MORE
@given(MATRICES)
@example(GOLD)
@example(BRIDGE)
def test_no_shown_cells_and_sizes_determine_a_small_cell(matrix: Matrix) -> None:
    cells, shown = np.array(matrix), shown_cells(matrix)
    if not shown:
        return
    rows, columns = sizes_of(matrix)
    unseen = hidden_segments(rows) | hidden_segments(columns)
    # Of a segment in no pair the reader knows no cell, of others also which are empty.
    absent = {*rows, *columns} - {name for pair in shown for name in pair}
    unknown = [
        (a, b)
        for a in rows
        for b in columns
        if is_hidden(shown.get((a, b))) or ({a, b} & absent and rows[a] and columns[b])
    ]
    if not unknown:
        assert not ((cells > 0) & (cells < 10)).any()
        return
    known_sums = [(axis, {name}) for axis, sums in enumerate((rows, columns)) for name in sums]
    known_sums = [(axis, names) for axis, names in known_sums if not names & unseen]
    known_sums += [(axis, unseen & set(sums)) for axis, sums in enumerate((rows, columns))]
    equations = np.array(
        [[float(pair[axis] in names) for pair in unknown] for axis, names in known_sums]
    )
    for at, (a, b) in enumerate(unknown):
        if 0 < cells[LINES.index(a), COLUMNS.index(b)] < 10:
            assert not follows(equations, at)
    # Nor is what a row or a column hides a small group itself.
    for equation in equations:
        n = sum(
            cells[LINES.index(a), COLUMNS.index(b)]
            for (a, b), inside in zip(unknown, equation, strict=True)
            if inside
        )
        assert n == 0 or n >= 10


@MORE
@given(MATRICES)
def test_no_small_cell_is_shown_and_none_is_in_the_sentence(matrix: Matrix) -> None:
    assert all(is_hidden(n) or n >= 10 for n in shown_cells(matrix).values())
    pairs = overlap(matrix).assign(
        with_kind=lambda rows: rows["with_kind"].replace("tier", "rules")
    )
    pairs["kind"] = pairs["kind"].replace("tier", "rules")
    payload = tables.segment_overlap_table(pairs).payload()
    told = zip(column_cells(payload, "share"), column_cells(payload, "lift"), strict=True)
    figures = findings.segment_overlap_finding(pairs).payload()["figures"]
    assert not figures or (
        round(figures["share"], 9),
        round(figures["lift"], 9),
    ) in {(round(share, 9), round(lift, 9)) for share, lift in told if not is_hidden(share)}


@MORE
@given(MATRICES)
@example([[60, 60], [2, 1], [6, 6], [40, 0]])
def test_a_segment_of_hidden_size_is_in_no_pair(matrix: Matrix) -> None:
    named = {name for pair in shown_cells(matrix) for name in pair}
    for sizes in sizes_of(matrix):
        assert not named & hidden_segments(sizes)


def test_a_left_out_segment_is_said_to_be_left_out() -> None:
    payload = tables.segment_overlap_table(overlap([[60, 60], [2, 1], [6, 6]])).payload()
    assert not {"b", "c"} & {
        *column_cells(payload, "segment"),
        *column_cells(payload, "with_segment"),
    }
    assert "Segments whose size is hidden are left out" in payload["note"]


def lifts(sizes: dict[str, int]) -> pd.DataFrame:
    """Half of each segment from Germany, of whom all is known; and all but one by e-mail."""
    rows = [
        (segment, kind, attribute, value, count, n, count / n)
        for segment, n in sizes.items()
        for kind, attribute, value, count in (
            ("geography", "country", "DE", n - n // 2),
            ("preference", "channel", "email", max(n - 1, 1)),
        )
    ]
    columns = "segment kind attribute value customer_count known_count share"
    table = pd.DataFrame(rows, columns=columns.split())
    return table.assign(index=110.0, low=101.0)


@MORE
@given(st.lists(st.integers(1, 60), min_size=1, max_size=6))
@example([4, 12, 30, 40])
@example([4, 12, 12, 40])
def test_a_segment_of_hidden_size_has_no_persona(counts: list[int]) -> None:
    sizes = dict(zip("abcdef", counts, strict=False))
    said = pd.DataFrame([(name, "needs", "Gifts") for name in sizes])
    said.columns = ["segment", "aspect", "value"]
    cards = personas(lifts(sizes), said, min_count=10)
    hidden = hidden_segments(sizes)
    assert not hidden & set(cards["segment"])
    # Where nobody is hidden, everybody has a card.
    assert hidden or set(cards["segment"]) == set(sizes)
    for view in (tables.personas_table, tables.persona_cards_table):
        payload = view(cards).payload()
        assert not hidden & set(column_cells(payload, "segment") if payload["rows"] else [])
        assert "Segments whose size is hidden are left out" in payload["note"]

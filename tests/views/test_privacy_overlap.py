"""Small groups do not follow from how segments overlap, nor from the lines of personas."""

import numpy as np
import pandas as pd
import pytest
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


def test_overlaps_stand_in_steps_and_shares_follow_from_these() -> None:
    matrix = [[136, 24, 118, 14], [300, 200, 400, 65], [900, 300, 800, 55]]
    shown = shown_cells(matrix)
    assert [shown["a", each] for each in "wxy"] == [140, 20, 120]
    # Fourteen may be ten or fewer than ten by the next step: neither is told.
    assert ("a", "z") not in shown
    payload = tables.segment_overlap_table(overlap(matrix)).payload()
    told = dict(zip(*(column_cells(payload, each) for each in ("segment", "share")), strict=True))
    assert told["w"] == pytest.approx(900 / 1336)


def test_all_of_a_segment_are_no_more_than_all() -> None:
    payload = tables.segment_overlap_table(overlap([[57, 0], [0, 88]])).payload()
    assert set(column_cells(payload, "share")) == {1.0}
    assert set(column_cells(payload, "customer_count")) == {60, 90}


@MORE
@given(MATRICES, st.integers(0, 200))
def test_what_is_left_beside_an_overlap_is_never_surely_a_few(matrix: Matrix, more: int) -> None:
    cells = np.array(matrix)
    for (a, b), told in shown_cells(matrix).items():
        n = cells[LINES.index(a), COLUMNS.index(b)]
        may_be = range(told - 5, told + 5)
        assert n in may_be
        # A number told elsewhere of these people and some more.
        left = [n + more - each for each in may_be if each <= n + more]
        assert any(each == 0 or each >= 10 for each in left)


@MORE
@given(MATRICES)
def test_no_small_cell_is_shown_and_none_is_in_the_sentence(matrix: Matrix) -> None:
    assert all(n >= 20 for n in shown_cells(matrix).values())
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
    assert "segments whose size is hidden are left out" in payload["note"].casefold()


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
        assert "segments whose size is hidden are left out" in payload["note"].casefold()

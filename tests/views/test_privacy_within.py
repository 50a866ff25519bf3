"""A segment's size tells no few beside those of another kind's segments that lie within it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm_strategy.views import tables
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.views.within_privacy import unseen_segments
from tests.analysis.builders import FEW as FEW_EXAMPLES

COLUMNS = ["kind", "segment", "with_kind", "with_segment", "customer_count", "share", "lift"]
MORE = settings(max_examples=4 * FEW_EXAMPLES.max_examples)
COUNTS = st.sampled_from([0, 0, 0, 1, 4, 8, 10, 12, 25, 46, 60])
MATRICES = st.lists(st.lists(COUNTS, min_size=4, max_size=4), min_size=2, max_size=4)


def overlap(kinds: tuple[str, str], cells: dict[tuple[str, str], int]) -> pd.DataFrame:
    """Pairs of segments of two kinds, both ways round."""
    table = pd.Series(cells).unstack(fill_value=0)
    parts = []
    for way, (kind, other) in ((table, kinds), (table.T, kinds[::-1])):
        for segment, with_segment in np.argwhere(way.to_numpy() > 0):
            n = way.iat[segment, with_segment]
            share = n / way.iloc[segment].sum()
            lift = share / (way.iloc[:, with_segment].sum() / table.to_numpy().sum())
            ends = (kind, way.index[segment], other, way.columns[with_segment])
            parts.append((*ends, n, share, lift))
    return pd.DataFrame(parts, columns=COLUMNS)


def shown(pairs: pd.DataFrame) -> dict[str, set[str]]:
    """Segments by kind whose size the table of kinds tells."""
    sizes = pairs.groupby(["kind", "segment"])["customer_count"].sum().reset_index()
    rows = sizes.assign(customer_share=0.1, revenue=1.0)
    payload = tables.segment_kinds_table(rows, overlap=pairs).payload()
    found: dict[str, set[str]] = {}
    names = (column_cells(payload, each) for each in ("kind", "segment", "customer_count"))
    for kind, segment, n in zip(*names, strict=True):
        found.setdefault(str(kind), set())
        if not is_hidden(n):
            found[str(kind)].add(str(segment))
    return found


def overlapping(pairs: pd.DataFrame) -> set[str]:
    payload = tables.segment_overlap_table(pairs).payload()
    return {str(n) for each in ("segment", "with_segment") for n in column_cells(payload, each)}


LAPSED = {
    ("at_risk", "inactive"): 25,
    ("lost", "inactive"): 46,
    ("need_attention", "inactive"): 8,
    ("need_attention", "lapsed"): 20,
    ("champions", "lapsed"): 12,
    ("champions", "retained"): 32,
    ("champions", "new"): 30,
    ("champions", "returned"): 18,
}


def test_the_few_inactive_who_are_in_neither_segment_of_inactive_ones_do_not_follow() -> None:
    # 79 are inactive: all 25 at risk, all 46 lost, and eight more.
    pairs = overlap(("rfm", "lifecycle"), LAPSED)
    found = shown(pairs)
    assert found["RFM segments"] == {"At risk", "Lost", "Need attention", "Champions"}
    # All less the other stages would tell the inactive, were not one of these hidden, too.
    assert found["Lifecycle"] == {"Lapsed", "Retained", "New"}
    assert not {"Inactive", "Returned"} & overlapping(pairs)


@pytest.mark.parametrize("left", [0, 10])
def test_nobody_and_no_few_left_hide_nothing(left: int) -> None:
    pairs = overlap(("rfm", "lifecycle"), LAPSED | {("need_attention", "inactive"): left})
    assert unseen_segments(pairs) == set()
    assert shown(pairs)["Lifecycle"] == {"Inactive", "Returned", "Lapsed", "Retained", "New"}
    assert "Inactive" in overlapping(pairs)


def test_of_an_rfm_segment_a_smaller_one_within_is_hidden_as_other_tables_tell_its_own() -> None:
    cells = {("lost", "bronze"): 30, ("lost", "silver"): 41, ("lost", "gold"): 8}
    pairs = overlap(("rfm", "tier"), cells | {("loyal", "gold"): 60, ("loyal", "other"): 90})
    found = shown(pairs)
    assert found == {"RFM segments": {"Lost", "Loyal"}, "Loyalty tier": {"Gold", "Other"}}


@pytest.mark.parametrize(("size", "told"), [(28, True), (25, False)])
def test_where_tenths_lie_is_known_by_the_overlap_alone(size: int, told: bool) -> None:
    # 30 in steps of ten are 25 at least: all of a tenth of 25, and of 28 perhaps not all.
    cells = {("decile_9", "inactive"): size, ("decile_1", "inactive"): 5}
    pairs = overlap(("value", "lifecycle"), cells | {("decile_1", "retained"): 60})
    assert ("Inactive" in shown(pairs)["Lifecycle"]) == told


@MORE
@given(MATRICES, st.sampled_from([("rfm", "lifecycle"), ("rfm", "tier"), ("tier", "regularity")]))
@example([[25, 0, 0, 0], [46, 0, 0, 0], [8, 20, 0, 0], [0, 12, 60, 60]], ("rfm", "tier"))
def test_no_few_are_left_of_a_segment_less_those_within(
    matrix: list[list[int]], kinds: tuple[str, str]
) -> None:
    cells = {(r, c): n for r, of in enumerate(matrix) for c, n in enumerate(of)}
    named = {(f"row {r}", f"column {c}"): n for (r, c), n in cells.items()}
    pairs = overlap(kinds, named)
    unseen = unseen_segments(pairs) if len(pairs) else set()
    table = np.array(matrix)
    for kind, way, names in ((kinds[0], table, "row column"), (kinds[1], table.T, "column row")):
        line, other = names.split()
        for at, whole in enumerate(way):
            inside = (way.sum(axis=0) == whole) & (whole > 0)
            within = [
                n
                for c, n in enumerate(whole)
                if inside[c] and (kinds[kind == kinds[0]], f"{other} {c}") not in unseen
            ]
            if within and (kind, f"{line} {at}") not in unseen:
                assert not 0 < whole.sum() - sum(within) < 10

"""Overlaps and grids in steps of customers: no difference of two numbers is surely of a few.

Every two kinds of segments are told side by side, and so are cells of scores, beside all that
other tables tell of the same customers. So each number is rounded to a multiple of `min_cell`, and
stands for as many numbers in a row: whatever is taken from it, or it from, what is left may be
nobody or no few.
"""

import pandas as pd

from crm_strategy.views.payload import hidden
from crm_strategy.views.within_privacy import PAIR, sizes_of, unseen_segments
from crm_strategy.words import voice

ENDS = PAIR


def told_overlaps(overlap: pd.DataFrame) -> pd.DataFrame:
    """The pairs that may be told, with `customer_count` rounded, `share` and `lift` of it.

    Pairs that would be rounded to less than twice `min_cell` are left out: none of a few is told,
    nor one of half a step. So are segments whose size is hidden, as sizes follow from shares.

    Parameters
    ----------
    overlap
        Result of `segment_overlap.segment_overlap`.
    """
    if overlap.empty:
        return overlap
    step = voice().min_cell
    sizes, unseen = pd.Series(sizes_of(overlap)), unseen_segments(overlap)
    ends = [pd.MultiIndex.from_frame(overlap[each]) for each in (ENDS[:2], ENDS[2:])]
    size, other = (sizes.reindex(each).to_numpy(dtype="float64") for each in ends)
    told = in_steps(overlap["customer_count"], step)
    share = (told / size).clip(upper=1.0)
    found = overlap.assign(customer_count=told, share=share, lift=share / other * _all(overlap))
    hidden = ends[0].isin(unseen) | ends[1].isin(unseen)
    return found[(told >= 2 * step) & ~hidden]


def told_grid(grid: pd.DataFrame) -> pd.DataFrame:
    """Cells of recency and frequency with `customer_count` rounded, or hidden with the revenue.

    Parameters
    ----------
    grid
        Result of `rfm.rf_grid`.
    """
    if grid.empty:
        return grid
    step = voice().min_cell
    told = in_steps(grid["customer_count"], step)
    gone = (grid["customer_count"] > 0) & (told < 2 * step)
    columns = [each for each in ("customer_count", "revenue") if each in grid]
    shown = grid.assign(customer_count=told).astype(dict.fromkeys(columns, object))
    for place in grid.index[gone]:
        for column in columns:
            shown.at[place, column] = hidden()
    return shown


def in_steps(counts: "pd.Series[int]", step: int) -> "pd.Series[int]":
    """Counts rounded to multiples of a step."""
    return (counts + step // 2) // step * step


def _all(overlap: pd.DataFrame) -> int:
    """How many customers there are."""
    return int(overlap.groupby(["kind", "with_kind"])["customer_count"].sum().max())

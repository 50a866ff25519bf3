"""Tables across segment kinds: all of them in one shape, how they overlap, who gets effort."""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from crm_strategy.analysis.lifecycle import STAGES
from crm_strategy.analysis.purchase_stops import STOPS
from crm_strategy.analysis.satisfaction import BANDS
from crm_strategy.analysis.segment_kinds import INACTIVE
from crm_strategy.analysis.tiers import SHARES
from crm_strategy.analysis.value_segments import DECILES
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.kind_privacy import told_kinds
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.naming import with_kind_names
from crm_strategy.views.overlap_privacy import ENDS, told_grid, told_overlaps
from crm_strategy.views.repeat_privacy import without_few_repeats
from crm_strategy.views.table import Table
from crm_strategy.views.within_privacy import unseen_segments

PRINTED = {"kind": "text", "segment": "text"}
"""These columns hold names, not ids."""


ORDERS: Final = {
    "lifecycle": (*STAGES, INACTIVE),
    "value": DECILES,
    "regularity": ("one_time", "regular", "frequent"),
    "stopped_at": STOPS,
    "satisfaction": tuple(band for bands in BANDS.values() for band in bands),
}
"""Kinds whose segments have an order of their own."""
_MOST_KINDS_SHOWN: Final = 250


def segment_kinds_table(
    kinds: Data, tiers: Sequence[str] = tuple(SHARES), *, overlap: "Data | None" = None
) -> Table:
    """Every kind of segment: each divides the same customers and the same revenue.

    Parameters
    ----------
    kinds
        Result of `segment_kinds.segments_by_kind`.
    tiers
        Tiers, the best first.
    overlap
        Result of `segment_overlap.segment_overlap`: which segments lie within others.
    """
    pairs = frame_of(() if overlap is None else overlap)
    unseen = set() if pairs.empty else unseen_segments(pairs)
    rows = without_few_repeats(frame_of(kinds), within=["kind"])
    return Table(
        with_kind_names(in_order(told_kinds(rows, unseen), tiers), "kind", "segment"),
        id="segment_kinds",
        formats=PRINTED,
        suppress=(Suppress(count="customer_count", within=("kind",)),),
        layout=Layout(
            sheet_only=("purchase_frequency", "p_alive", "expected_orders"),
            rows_shown=_MOST_KINDS_SHOWN,
            ranked=True,
            ranked_within="kind",
        ),
    )


def in_order(kinds: pd.DataFrame, tiers: Sequence[str]) -> pd.DataFrame:
    """Segments of a kind with an order of its own in that order; the others as they stand.

    Of kinds with an order, segments that it does not name come last: nobody's in particular.
    """
    if kinds.empty:
        return kinds
    orders = ORDERS | {"tier": tuple(tiers)}
    places = {kind: place for place, kind in enumerate(dict.fromkeys(kinds["kind"]))}
    steps = [
        (*orders.get(kind, ()), segment).index(segment)
        for kind, segment in zip(kinds["kind"], kinds["segment"], strict=True)
    ]
    ranked = kinds.assign(place=kinds["kind"].map(places), step=steps).reset_index(drop=True)
    ranked = ranked.sort_values(["place", "step"], kind="stable", ignore_index=True)
    return ranked.drop(columns=["place", "step"])


def rf_grid_table(grid: Data) -> Table:
    """Customers by score of recency and of frequency, rounded."""
    return Table(
        told_grid(frame_of(grid)),
        id="rf_grid",
        formats={"recency_score": "count", "frequency_score": "count"},
        layout=Layout(rows_shown=10),
    )


def segment_overlap_table(overlap: Data) -> Table:
    """Which segments of different kinds are the same people, customers rounded."""
    rows = with_kind_names(strongest_pairs(frame_of(overlap)), "kind", "segment")
    return Table(
        with_kind_names(rows, "with_kind", "with_segment"),
        id="segment_overlap",
        formats=PRINTED,
        layout=Layout(rows_shown=15),
    )


def strongest_pairs(overlap: pd.DataFrame) -> pd.DataFrame:
    """Each pair of segments once, the way round that says more; the most beyond chance first.

    Kinds that are made of the same orders overlap by their making: their pairs come last, with
    those of nobody in particular. Figures are those of `told_overlaps`.
    """
    if overlap.empty:
        return overlap
    ends = [ENDS[:2], ENDS[2:]]
    overlap = told_overlaps(overlap)
    pairs = zip(*(overlap[each].itertuples(index=False, name=None) for each in ends), strict=True)
    ranked = overlap.assign(
        pair=[tuple(sorted(pair)) for pair in pairs],
        made=(overlap["kind"].isin(OF_ORDERS) & overlap["with_kind"].isin(OF_ORDERS))
        | overlap["segment"].isin(UNNAMED)
        | overlap["with_segment"].isin(UNNAMED),
        # In customers: a lift of nine among twelve people says little.
        excess=overlap["customer_count"] * (1 - 1 / overlap["lift"].where(overlap["lift"] > 0)),
    )
    told = ranked.sort_values(["share", *ENDS], ascending=[False] + [True] * 4)
    once = told.drop_duplicates("pair")
    order = ["made", "excess", *ENDS]
    sorted_pairs = once.sort_values(order, ascending=[True, False] + [True] * 4)
    return sorted_pairs[list(overlap.columns)].reset_index(drop=True)


UNNAMED = ("unknown", "other")
OF_ORDERS = ("rfm", "grid", "lifecycle", "value", "regularity", "tier")


def effort_table(effort: Data, segments: Data) -> Table:
    """Shares of customers, revenue, expected value and contacts, and what follows.

    Parameters
    ----------
    effort
        Result of `effort.effort`.
    segments
        Result of `rfm.segment_summary`: how many customers each segment has.
    """
    return Table(
        with_sizes(frame_of(effort), frame_of(segments)),
        id="effort",
        suppress=(Suppress(count="customer_count", within=((),)),),
        layout=Layout(
            columns=(
                *("segment", "customer_share", "revenue_share", "expected_value_share"),
                *("touch_share", "verdict", "customer_count"),
            ),
            words={"verdict": "value.effort.{}"},
            sheet_only=("customer_count",),
            ranked=True,
        ),
    )


def with_sizes(effort: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """The shares of each segment with its number of customers."""
    if effort.empty:
        return effort
    sizes = dict(zip(segments["segment"], segments["customer_count"], strict=True))
    return effort.assign(customer_count=effort["segment"].map(sizes))

"""Segments of each kind whose size is hidden, as other tables of the same people hide it."""

from collections.abc import Collection, Mapping

import pandas as pd

from crm_strategy.analysis.members import OTHER, UNKNOWN
from crm_strategy.views.payload import hidden
from crm_strategy.views.privacy import of_hidden_size, rows_to_hide, small, with_hidden
from crm_strategy.views.stage_privacy import stages_to_hide

LIFECYCLE, SATISFACTION, STOPPED = "lifecycle", "satisfaction", "stopped_at"
RESPONSE, NOT_CONTACTED = "response", "not_contacted"
NAMED, GRID = "rfm", "grid"
"""Two maps of the same scores."""
ORDERED = "ordered"
"""The last of the stages at which purchases stop."""


def sizes_to_hide(kind: str, sizes: Mapping[str, float]) -> set[str]:
    """Segments of a kind whose size is hidden.

    Parameters
    ----------
    kind
        The kind of segments.
    sizes
        Customers of each; together they are all customers.
    """
    if kind == LIFECYCLE:
        return stages_to_hide(sizes)
    if kind == SATISFACTION:
        bands = {band: n for band, n in sizes.items() if band != UNKNOWN}
        return bands_of_hidden_size(bands, silent=sizes.get(UNKNOWN, 0))
    if kind == STOPPED:
        return stops_of_hidden_size(sizes)
    return of_hidden_size(sizes)


def stops_of_hidden_size(sizes: Mapping[str, float]) -> set[str]:
    """Stages of purchases whose size is hidden; `other` stands for whom nothing went on with.

    Those who ordered are the buyers of the KPIs, so only the other stages hide one another.
    """
    alone = {ORDERED} if small(sizes.get(OTHER, 0)) else {ORDERED, OTHER}
    wholes = [stage if stage in alone else "" for stage in sizes]
    places = rows_to_hide([*sizes.values()], groups=[wholes])
    return {[*sizes][place] for place in places}


def bands_of_hidden_size(bands: Mapping[str, float], *, silent: float) -> set[str]:
    """Bands of answers whose size is hidden; `unknown` stands for who did not answer.

    All who answered are known beside those who did not, unless these are few.
    """
    return of_hidden_size({**bands, UNKNOWN: silent} if small(silent) else bands)


def _ordered_uncontacted(kinds: pd.DataFrame) -> float:
    """Who was not contacted less those with whom nothing went on either: so many ordered."""
    sizes = kinds.set_index(["kind", "segment"])["customer_count"]
    pair = [sizes.get((RESPONSE, NOT_CONTACTED)), sizes.get((STOPPED, OTHER))]
    return 0.0 if None in pair else float(pair[0]) - float(pair[1])


def told_kinds(kinds: pd.DataFrame, unseen: Collection[tuple[str, str]] = ()) -> pd.DataFrame:
    """Kinds of segments with the rows hidden of those that other tables tell too.

    Stages that nobody is in are hidden ones as well where their absence would tell the others.
    Of two maps of the same scores one is told: what their segments differ by may be a few.

    Parameters
    ----------
    kinds
        Result of `segment_kinds.segments_by_kind`.
    unseen
        Kind and name of the segments that are hidden beside those of other kinds.
    """
    if kinds.empty:
        return kinds
    if NAMED in set(kinds["kind"]):
        kinds = kinds[kinds["kind"] != GRID]
    parts = []
    alone = _ordered_uncontacted(kinds)
    for kind, rows in kinds.groupby("kind", sort=False):
        sizes = dict(zip(rows["segment"], rows["customer_count"], strict=True))
        asked = sizes | ({NOT_CONTACTED: alone} if kind == RESPONSE and small(alone) else {})
        gone = sizes_to_hide(str(kind), asked) | {name for of, name in unseen if of == kind}
        if kind not in (LIFECYCLE, SATISFACTION, STOPPED) and gone == of_hidden_size(sizes):
            parts.append(rows)  # The table hides these itself.
            continue
        places = [place for place, segment in enumerate(sizes) if segment in gone]
        numbers = [each for each in rows if each not in ("kind", "segment", "customer_count")]
        parts.append(with_hidden(rows, places, hides=numbers, within=[["kind"]]))
        told = {each: hidden() for each in kinds if kinds[each].notna().any()}
        absent = [told | {"kind": kind, "segment": stage} for stage in sorted(gone - {*sizes})]
        if absent and kind == LIFECYCLE:
            parts.append(pd.DataFrame(absent).reindex(columns=kinds.columns))
    return pd.concat([part.astype("object") for part in parts])

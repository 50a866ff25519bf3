"""Segments whose size, less the segments of another kind that lie within, would tell a few."""

from collections.abc import Mapping

import pandas as pd

from crm_strategy.views.kind_privacy import GRID, NAMED, sizes_to_hide
from crm_strategy.views.privacy import complete, small
from crm_strategy.words import voice

PAIR = ["kind", "segment", "with_kind", "with_segment"]
VALUE = "value"
"""Of tenths by a model nobody knows where they lie, but by the overlap."""

Segment = tuple[str, str]


def unseen_segments(overlap: pd.DataFrame) -> set[Segment]:
    """Kind and name of the segments whose size is hidden, each with its complement in its kind.

    Of a segment that a few are left of beside those of another kind within it, the size is hidden.
    Other tables tell the sizes of RFM segments: of these one that lies within is hidden instead.

    Parameters
    ----------
    overlap
        Result of `segment_overlap.segment_overlap`.
    """
    sizes = sizes_of(overlap)
    kinds: dict[str, dict[str, float]] = {}
    for (kind, segment), n in sizes.items():
        kinds.setdefault(kind, {})[segment] = n
    unseen = {(kind, s) for kind, of in kinds.items() for s in sizes_to_hide(kind, of)}
    held = _held(overlap, sizes)
    while telling := _telling(held, sizes, unseen):
        kind = telling[0]
        gone = {s for of, s in unseen if of == kind} | {telling[1]}
        unseen |= {(kind, s) for s in _with_complement(gone, kinds[kind])}
    return unseen


def sizes_of(overlap: pd.DataFrame) -> dict[Segment, float]:
    """Customers by kind and segment."""
    names = PAIR[:3]
    sides = (names, ["with_kind", "with_segment", "kind"])
    sums = [overlap.groupby(side)["customer_count"].sum().rename_axis(names) for side in sides]
    largest = pd.concat(sums).groupby(level=PAIR[:2]).max()
    return {(str(kind), segment): float(n) for (kind, segment), n in largest.items()}


def _held(
    overlap: pd.DataFrame, sizes: Mapping[Segment, float]
) -> dict[tuple[Segment, str], list[Segment]]:
    """By a segment and another kind, the segments of that kind that lie within it whole."""
    step = voice().min_cell
    named = NAMED in {kind for kind, _ in sizes}
    found: dict[tuple[Segment, str], list[Segment]] = {}
    rows = overlap[[*PAIR, "customer_count"]].itertuples(index=False, name=None)
    for kind, segment, with_kind, with_segment, n in rows:
        # The overlap tells as many as it rounds up to the step: all of these, and no fewer.
        surely = int(n + step // 2) % step == 0
        if VALUE in (kind, with_kind) and not surely:
            continue
        if n == sizes[kind, segment] and not (named and GRID in (kind, with_kind)):
            found.setdefault(((with_kind, with_segment), kind), []).append((kind, segment))
    return found


def _telling(
    held: Mapping[tuple[Segment, str], list[Segment]],
    sizes: Mapping[Segment, float],
    unseen: set[Segment],
) -> Segment | None:
    """The first segment whose size is to be hidden, if there is one."""
    for (whole, _), within in held.items():
        parts = [each for each in within if each not in unseen]
        if whole in unseen or not parts:
            continue
        if small(sizes[whole] - sum(sizes[each] for each in parts)):
            return min(parts, key=lambda each: sizes[each]) if whole[0] == NAMED else whole
    return None


def _with_complement(gone: set[str], sizes: Mapping[str, float]) -> set[str]:
    """Hidden segments of a kind, and those that all customers less the others would tell."""
    names = [*sizes]
    hide = {names.index(each) for each in gone if each in sizes}
    complete(hide, dict(enumerate(sizes.values())))
    return gone | {names[place] for place in hide}

"""Which steps of which groups are too few to be told, alone or by subtraction."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

ALL = "all"
"""The attribute of the rows that hold every journey."""


class Inside(NamedTuple):
    """A group all of whose journeys are of one group of another attribute: Graz, of Styria."""

    attribute: str
    value: str
    within_attribute: str
    within: str


def without_small_steps(
    funnels: pd.DataFrame, least: int, *, inside: Sequence[Inside] = ()
) -> pd.DataFrame:
    """The funnels without steps that would tell a group smaller than `least`.

    Left out are stages that fewer reached, or at which fewer stopped: in some of their sessions,
    or in all of them, which the numbers of customers tell; those that fewer did not reach of the
    customers whom other chapters count (`not_here`); the stages behind them, whose rates would
    tell them; and, since the values of an attribute sum to all, the next smallest at that stage
    until at least two and `least` customers are left out. The same holds for groups inside
    another.

    Parameters
    ----------
    funnels
        Rows as `segment_funnels.segment_funnels` returns them; with `listed`, those that are not
        are left out in any case, and count among the others that are.
    least
        Smallest group that may be told; 0 keeps all.
    inside
        Groups that lie within one of another attribute.
    """
    rows = funnels.reset_index(drop=True)
    counts = rows["customer_count"]
    apart = rows["before_customers"] - counts
    guards = [counts, *(each.astype("float64") for each in (rows["stopped_customers"], apart))]
    if "not_here" in rows:
        guards.append(rows["not_here"].astype("float64"))
    listed = rows["listed"].astype("bool") if "listed" in rows else counts.notna()
    gone = {at for at in rows.index if any(_few(n[at], least) for n in guards)}
    never = {at for at in rows.index if not listed[at]}
    grew = True
    while grew:
        before = len(gone)
        for _key, group in rows.groupby(["attribute", "value"], sort=False, dropna=False):
            lost = [at for at in group.index if at in gone]
            gone.update(at for at in group.index if lost and at > lost[0])
        for (attribute, _stage), group in rows.groupby(["attribute", "stage"], sort=False):
            if attribute != ALL:
                _complete(gone, never, counts[group.index], least)
        gone |= _telling_of_their_whole(rows, gone | never, inside, least)
        grew = len(gone) > before
    return rows.drop(index=sorted(gone | never)).reset_index(drop=True)


def _few(count: float, least: int) -> bool:
    return bool(0 < count < least)


def _complete(gone: set[int], never: set[int], counts: "pd.Series", least: int) -> None:
    left_out = [at for at in counts.index if at in gone or at in never]
    rest = [at for at in counts.sort_values(kind="stable").index if at not in left_out]
    # Those that are never listed may be too few beside all the others, too.
    if not gone & {*left_out} and not _few(counts[left_out].sum(), least):
        return
    while left_out and rest and (len(left_out) < 2 or counts[left_out].sum() < least):
        left_out.append(rest.pop(0))
        gone.add(left_out[-1])


def _telling_of_their_whole(
    rows: pd.DataFrame, gone: set[int], inside: Sequence[Inside], least: int
) -> set[int]:
    """Of groups that leave a few of the one they lie within, the smallest at each stage."""
    if not inside:
        return set()
    shown = rows.drop(index=sorted(gone))
    at = {
        key: place
        for place, key in zip(
            shown.index,
            shown[["attribute", "value", "stage"]].itertuples(index=False, name=None),
            strict=True,
        )
    }
    wholes: dict[tuple[int, str], list[int]] = {}
    for each in inside:
        for stage in dict.fromkeys(shown["stage"]):
            part = at.get((each.attribute, each.value, stage))
            whole = at.get((each.within_attribute, each.within, stage))
            if part is not None and whole is not None:
                wholes.setdefault((whole, each.attribute), []).append(part)
    counts = rows["customer_count"]
    return {
        min(parts, key=lambda part: (counts[part], part))
        for (whole, _attribute), parts in wholes.items()
        if _few(counts[whole] - counts[parts].sum(), least)
    }
